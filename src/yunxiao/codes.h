/* SPDX-License-Identifier: ISC */
/*
 * The server's error codes: whether it can have acted, whether trying again
 * makes sense, and what a person is told, in English and Chinese. A code
 * that is not listed is never taken for "nothing was done". Pure.
 */
#ifndef WARDER_YUNXIAO_CODES_H
#define WARDER_YUNXIAO_CODES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "yunxiao/ids.h"

enum code_done {
	CODE_DONE_MAYBE = 0,
	CODE_DONE_NO = 1
};

enum code_again {
	CODE_AGAIN_LOOK = 0, /* only after the run was read */
	CODE_AGAIN_NO,       /* first remove the cause */
	CODE_AGAIN_WAIT
};

enum code_lang {
	CODE_EN = 1,
	CODE_ZH = 2
};

struct code_row {
	const char *code; /* with a final `*` a prefix */
	enum code_done done;
	enum code_again again;
	const char *meaning_en, *meaning_zh;
	const char *text_en, *text_zh; /* with {key} {org} {pipeline} … */
};

/* What the templates may name; NULL or "" prints as a question mark. */
struct code_words {
	const char *code, *key, *org, *pipeline, *run, *host;
	const char *key_id; /* only to see whether it begins with STS. */
	enum api api;
	uint32_t wait_s;
	int64_t here_ms;   /* this host's clock */
	int64_t server_ms; /* of the Date header; 0 unknown */
};

/*
 * Exact first, then the longest prefix. Never NULL: the last row is the one
 * of a code that is not listed, its `code` is "".
 */
const struct code_row *code_find(const char *code);

/* The first, second, … row, for tests and manuals; NULL behind the last. */
const struct code_row *code_row_at(size_t n);

/* `*`, absent, `null`, quotes, backslashes and blanks say nothing. */
bool code_says_nothing(const char *text);

/* Fills the row's template. Cut at a character if `size` is too small. */
void code_print(char *ret, size_t size, const struct code_row *row,
    enum code_lang lang, const struct code_words *words);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * The server's error codes: whether it can have acted, whether trying again
 * makes sense, and what a person is told, in English and Chinese. A code
 * that is not listed is never taken for "nothing was done". Pure.
 * Source: Alibaba Cloud help, error codes of devops 2021-06-25, and
 * documents 48054, 51132, 434846, 2360597.
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
	CODE_AGAIN_NO = 1,   /* first remove the cause */
	CODE_AGAIN_WAIT = 2
};

enum code_lang {
	CODE_EN = 1,
	CODE_ZH = 2
};

struct code_text {
	const char *en, *zh;
};

struct code_row {
	const char *code; /* with a final `*` a prefix, of gateways only */
	const char *http; /* "400, 403", "400-404", "any": a hint, no key */
	enum code_done done;
	enum code_again again;
	struct code_text meaning;
	const struct code_text *text; /* names in braces: code_print() */
};

/*
 * Exact first, then for a gateway's body the longest prefix. (A gateway's
 * body has no member `success`; an answer of the service itself has.) Never
 * NULL: a code that is not listed has a row of its own, its `code` is "".
 */
const struct code_row *code_find(const char *code, bool is_gateway);

/* The rows one by one, for tests and manuals; NULL behind the last. */
const struct code_row *code_row_at(size_t n);

/* NULL, "", `null`, or nothing but blanks, quotes and backslashes. */
bool code_says_nothing(const char *text);

/* What a sentence may name. NULL or "" is printed as a question mark. */
struct code_words {
	const char *code, *key, *org, *pipeline, *run, *host, *request_id;
	const char *key_id; /* only to see whether it begins with STS. */
	enum api api;
	uint16_t http;
	uint32_t wait_s;   /* 0: not told */
	int64_t here_ms;   /* this host's clock */
	int64_t server_ms; /* of the Date header; 0 unknown */
};

/*
 * The row's text for whoever looks a code up: nothing is known of a key or a
 * gate, so they are named in capitals, and no code or status stands behind.
 */
void code_advise(
    char *ret, size_t size, const struct code_row *row, enum code_lang lang);

/* "no", "maybe"; "no", "wait", "look": as documents of programs say it. */
const char *code_done_word(enum code_done done);
const char *code_again_word(enum code_again again);

/*
 * The whole sentence: that the server speaks, the row's text, then code,
 * status and request id. Cut at a character where `size` is too small.
 */
void code_print(char *ret, size_t size, const struct code_row *row,
    enum code_lang lang, const struct code_words *words);

#endif

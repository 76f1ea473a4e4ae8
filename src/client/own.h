/* SPDX-License-Identifier: ISC */
/*
 * warder's own words: exit codes, refusals of the policy, and the local codes
 * of requests, keys, ledger and policy checker. What each means, what to do,
 * whether anything happened, whether trying again is safe, in English and
 * Chinese. One table for `explain-code` and warder-errors(7). Pure.
 */
#ifndef WARDER_CLIENT_OWN_H
#define WARDER_CLIENT_OWN_H

#include <stddef.h>
#include <stdint.h>

#include "yunxiao/codes.h"

enum own_kind {
	OWN_EXIT = 1, /* the code is the word of an exit code */
	OWN_REFUSAL,  /* by the policy here */
	OWN_REQUEST,  /* of a request on its way */
	OWN_KEY,      /* sealed keys */
	OWN_LEDGER,
	OWN_POLICY /* findings of warderctl policy check */
};

enum own_done {
	OWN_DONE_MAYBE = 0,
	OWN_DONE_NO,
	OWN_DONE_YES
};

enum own_again {
	OWN_AGAIN_LOOK = 0, /* only after the gate was looked at */
	OWN_AGAIN_NO,       /* first remove the cause */
	OWN_AGAIN_WAIT,
	OWN_AGAIN_YES
};

struct own_row {
	enum own_kind kind;
	const char *code;
	uint8_t exit;
	const char *server; /* the name Yunxiao has for such a refusal, or "" */
	enum own_done done;
	enum own_again again;
	struct code_text meaning, text;
};

/* The rows one by one; NULL behind the last. Several may have one code. */
const struct own_row *own_row_at(size_t n);

/*
 * The row of a local code with that exit, else of the exit code; NULL if there
 * is neither.
 */
const struct own_row *own_of(uint8_t exit, const char *local_code);

const char *own_done_word(enum own_done done);    /* "no", "maybe", "yes" */
const char *own_again_word(enum own_again again); /* no wait look yes */

/* For own.c: the rows of the other two files. */
extern const struct own_row own_refusals[], own_stores[];
extern const size_t own_refusals_n, own_stores_n;

#endif

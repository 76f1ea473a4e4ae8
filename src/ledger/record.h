/* SPDX-License-Identifier: ISC */
/*
 * One line of the ledger as a value, the only way to write it, and the only
 * way to read it back. Everything that may stand in a line is one row of a
 * table in record.c; a member is there or it is not, and an empty text is
 * there. Pure. Called by the keeper, warderctl, and the rest of the folder.
 */
#ifndef WARDER_LEDGER_RECORD_H
#define WARDER_LEDGER_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define RECORD_LINE_MAX 4096 /* bytes of a line, with its LF */
#define RECORD_HASH_LEN 32
#define RECORD_INT_MAX ((UINT64_C(1) << 53) - 1)
#define RECORD_NUMBER_SIZE 21 /* "YYYYMMDD-NNNN" and NUL, with room */

/* In the order in which a line has them. */
enum member {
	M_V,
	M_SEQ,
	M_TS,
	M_MONO,
	M_BOOT,
	M_HOST,
	M_EV,
	M_REC,
	M_SID,
	M_REF,
	M_RES,
	M_ERR,
	M_USER,
	M_UID,
	M_ACCT,
	M_LUID,
	M_SES,
	M_TTY,
	M_RHOST,
	M_PID,
	M_MFA,
	M_ACT,
	M_ORG,
	M_PIPE,
	M_RUN,
	M_JOB,
	M_GATE,
	M_NAME,
	M_SRC,
	M_WHY,
	M_TICK,
	M_RULE,
	M_GLASS,
	M_VIA,
	M_POL,
	M_NEED,
	M_HAVE,
	M_VD,
	M_KEY,
	M_AK,
	M_KGEN,
	M_EP,
	M_NONCE,
	M_HTTP,
	M_CODE,
	M_RID,
	M_MSG,
	M_MS,
	M_REV,
	M_CLK,
	M_SYS,
	M_N,
	M_H,
	M_FILE,
	M_PREV,
	M_COUNT
};

/*
 * A value of fixed size without pointers; all zero is the empty record. Read
 * it through the calls below. `r` keeps the first failure of a set.
 */
struct record {
	uint64_t present; /* bit by enum member */
	uint64_t number[M_COUNT];
	uint16_t at[M_COUNT], len[M_COUNT]; /* texts: where in `pool` */
	uint16_t used;
	int r;
	char pool[6144];
};

/* Empties it and sets the event ("intent", "ledger.start", …). */
void record_begin(struct record *rec, const char *event);

/*
 * Sets a member; again replaces. A text over its limit is cut at a character
 * and ends with an ellipsis; bytes that are no UTF-8 become U+FFFD. A member
 * of another kind, a number of 2^53 or more, a word, hex or digits of the
 * wrong shape: record_check() gives EFORM, and no such record is written.
 */
void record_set(struct record *rec, enum member m, const char *text);
void record_set_bytes(
    struct record *rec, enum member m, const void *text, size_t len);
void record_set_int(struct record *rec, enum member m, uint64_t n);
void record_set_hex(
    struct record *rec, enum member m, const void *bytes, size_t len);
void record_unset(struct record *rec, enum member m);

bool record_has(const struct record *rec, enum member m);

/* "" if it is not there; borrowed until the record changes. May hold a NUL. */
const char *record_text(const struct record *rec, enum member m);
size_t record_text_len(const struct record *rec, enum member m);
uint64_t record_int(const struct record *rec, enum member m); /* 0 if not */
bool record_is(const struct record *rec, enum member m, const char *text);
const char *record_name(enum member m);
bool member_is_int(enum member m);

/* 0, or why the record cannot be written as it is (EFORM, EFULL). */
WARDER_MUST_CHECK int record_check(const struct record *rec);

/*
 * The line with its LF, and a NUL that does not count. EFORM: one of the
 * first seven members or `prev` is missing.
 */
WARDER_MUST_CHECK int record_print(const struct record *rec,
    char ret_line[RECORD_LINE_MAX + 1], size_t *ret_len);

/*
 * Adds `"name":value` for one member that is there, without a comma; the
 * number of bytes, 0 if they do not fit `size`. For syslog and exports.
 */
size_t record_print_member(
    const struct record *rec, enum member m, char *ret, size_t size);

/*
 * A line with its LF. ETOOBIG: above 4096 bytes. EFORM: anything at all
 * that the same values would not be written as.
 */
WARDER_MUST_CHECK int record_parse(
    const char *line, size_t len, struct record *ret_rec);

/* SHA-256 of a whole line, LF included. */
void record_line_hash(
    uint8_t ret[RECORD_HASH_LEN], const char *line, size_t len);

#endif

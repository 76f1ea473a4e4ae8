/* SPDX-License-Identifier: ISC */
/*
 * The table of members, and how one value becomes bytes in one way only.
 *
 *	{"v":1,"seq":9,...,"prev":"<64 hex>"} LF
 *
 * A server or a caller chooses names, reasons and messages. None of them may
 * end a string, start a line, colour a terminal or turn a text around, so
 * all such characters are escaped, here and nowhere else. Reading is
 * writing: what the values would not be written as is no line of ours.
 */
#include "config.h"

#include <sodium.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "ledger/escape.h"
#include "ledger/record.h"

enum kind {
	K_ONE, /* the number 1 */
	K_INT,
	K_STAMP,
	K_HEX,    /* exactly so many digits */
	K_DIGITS, /* an id that may be larger than an int */
	K_WORD,
	K_RECORD,
	K_ACT,
	K_CLK,
	K_SYS,
	K_TEXT
};

/* name, kind, most bytes of the value as written, without quotes */
#define MEMBERS(X)                                                             \
	X(M_V, "v", K_ONE, 1)                                                  \
	X(M_SEQ, "seq", K_INT, 16)                                             \
	X(M_TS, "ts", K_STAMP, 24)                                             \
	X(M_MONO, "mono", K_INT, 16)                                           \
	X(M_BOOT, "boot", K_HEX, 8)                                            \
	X(M_HOST, "host", K_TEXT, 64)                                          \
	X(M_EV, "ev", K_WORD, 24)                                              \
	X(M_REC, "rec", K_RECORD, 20)                                          \
	X(M_SID, "sid", K_HEX, 32)                                             \
	X(M_REF, "ref", K_INT, 16)                                             \
	X(M_RES, "res", K_WORD, 24)                                            \
	X(M_ERR, "err", K_WORD, 24)                                            \
	X(M_USER, "user", K_TEXT, 64)                                          \
	X(M_UID, "uid", K_INT, 16)                                             \
	X(M_ACCT, "acct", K_DIGITS, 20)                                        \
	X(M_LUID, "luid", K_INT, 16)                                           \
	X(M_SES, "ses", K_INT, 16)                                             \
	X(M_TTY, "tty", K_TEXT, 32)                                            \
	X(M_RHOST, "rhost", K_TEXT, 64)                                        \
	X(M_PID, "pid", K_INT, 16)                                             \
	X(M_MFA, "mfa", K_INT, 16)                                             \
	X(M_ACT, "act", K_ACT, 6)                                              \
	X(M_ORG, "org", K_TEXT, 64)                                            \
	X(M_PIPE, "pipe", K_DIGITS, 20)                                        \
	X(M_RUN, "run", K_DIGITS, 20)                                          \
	X(M_JOB, "job", K_DIGITS, 20)                                          \
	X(M_GATE, "gate", K_HEX, 64)                                           \
	X(M_NAME, "name", K_TEXT, 192)                                         \
	X(M_SRC, "src", K_TEXT, 192)                                           \
	X(M_WHY, "why", K_TEXT, 512)                                           \
	X(M_TICK, "tick", K_TEXT, 64)                                          \
	X(M_RULE, "rule", K_TEXT, 128)                                         \
	X(M_GLASS, "glass", K_TEXT, 64)                                        \
	X(M_VIA, "via", K_TEXT, 128)                                           \
	X(M_POL, "pol", K_HEX, 64)                                             \
	X(M_NEED, "need", K_INT, 16)                                           \
	X(M_HAVE, "have", K_TEXT, 192)                                         \
	X(M_VD, "vd", K_HEX, 64)                                               \
	X(M_KEY, "key", K_TEXT, 64)                                            \
	X(M_AK, "ak", K_TEXT, 16)                                              \
	X(M_KGEN, "kgen", K_INT, 16)                                           \
	X(M_EP, "ep", K_TEXT, 259)                                             \
	X(M_NONCE, "nonce", K_TEXT, 64)                                        \
	X(M_HTTP, "http", K_INT, 16)                                           \
	X(M_CODE, "code", K_TEXT, 96)                                          \
	X(M_RID, "rid", K_TEXT, 96)                                            \
	X(M_MSG, "msg", K_TEXT, 256)                                           \
	X(M_MS, "ms", K_INT, 16)                                               \
	X(M_REV, "rev", K_DIGITS, 20)                                          \
	X(M_CLK, "clk", K_CLK, 7)                                              \
	X(M_SYS, "sys", K_SYS, 7)                                              \
	X(M_N, "n", K_INT, 16)                                                 \
	X(M_H, "h", K_HEX, 64)                                                 \
	X(M_FILE, "file", K_TEXT, 128)                                         \
	X(M_PREV, "prev", K_HEX, 64)

#define ROW(m, name, kind, max) [m] = { name, kind, max },
static const struct {
	const char *name;
	enum kind kind;
	size_t max;
} members[M_COUNT] = { MEMBERS(ROW) };

/* A whole member: comma, quotes and colon of the name, quotes, the value. */
#define LONGEST(m, name, kind, max) +(sizeof(name) - 1 + 6 + (max))
_Static_assert(2 MEMBERS(LONGEST) <= RECORD_LINE_MAX,
    "a line with all members at their limits fits");
_Static_assert(M_COUNT <= 64, "one bit a member");

#define NEEDED                                                                 \
	((UINT64_C(1) << M_V) | (UINT64_C(1) << M_SEQ) |                       \
	    (UINT64_C(1) << M_TS) | (UINT64_C(1) << M_MONO) |                  \
	    (UINT64_C(1) << M_BOOT) | (UINT64_C(1) << M_HOST) |                \
	    (UINT64_C(1) << M_EV) | (UINT64_C(1) << M_PREV))

static const char ellipsis[] = "\xe2\x80\xa6";
#define ELLIPSIS_LEN (sizeof(ellipsis) - 1)

static bool
is_in(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static bool
is_all(const char *text, size_t len, const char *set)
{
	for (size_t i = 0; i < len; i++)
		if (!is_in(text[i], set))
			return false;
	return len > 0;
}

static bool
is_one_of(const char *text, size_t len, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strlen(*words) == len && memcmp(*words, text, len) == 0)
			return true;
	return false;
}

static bool
is_stamp(const char *text, size_t len)
{
	char copy[CLOCK_STAMP_SIZE];
	int64_t ms;

	if (len != 24)
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return clock_parse_stamp(copy, &ms) == 0;
}

#define DIGITS "0123456789"
#define HEX DIGITS "abcdef"
#define WORD "abcdefghijklmnopqrstuvwxyz._-" DIGITS

/* YYYYMMDD-NNNN: the day, and a count of at least four digits. */
static bool
is_record(const char *text, size_t len)
{
	return len >= 13 && is_all(text, 8, DIGITS) && text[8] == '-' &&
	       is_all(text + 9, len - 9, DIGITS);
}

static bool
has_shape(enum member m, const char *text, size_t len)
{
	static const char *const acts[] = { "pass", "refuse", NULL };
	static const char *const clks[] = { "sync", "unsync", "unknown", NULL };
	static const char *const fates[] = { "require", "effort", "sent",
		"lost", NULL };

	if (len > members[m].max)
		return false;
	switch (members[m].kind) {
	case K_ONE:
	case K_INT:
		return false;
	case K_STAMP:
		return is_stamp(text, len);
	case K_HEX:
		return len == members[m].max && is_all(text, len, HEX);
	case K_DIGITS:
		return is_all(text, len, DIGITS);
	case K_WORD:
		return is_all(text, len, WORD);
	case K_RECORD:
		return is_record(text, len);
	case K_ACT:
		return is_one_of(text, len, acts);
	case K_CLK:
		return is_one_of(text, len, clks);
	case K_SYS:
		return is_one_of(text, len, fates);
	case K_TEXT:
		return true;
	}
	return false;
}

bool
member_is_int(enum member m)
{
	return members[m].kind == K_INT || members[m].kind == K_ONE;
}

const char *
record_name(enum member m)
{
	return members[m].name;
}

void
record_begin(struct record *rec, const char *event)
{
	memset(rec, 0, sizeof(*rec));
	record_set(rec, M_EV, event);
}

static void
fail(struct record *rec, int r)
{
	if (rec->r == 0)
		rec->r = r;
}

/* As many whole characters as take `max` bytes in a line, into the pool. */
static void
take_text(struct record *rec, const uint8_t *at, size_t len, size_t max)
{
	size_t taken = 0, n, written;
	char out[ESCAPE_CHAR_MAX];
	uint32_t c;

	while (len > 0) {
		n = escape_next(at, len, &c);
		written = escape_put(c, out);
		if (taken + written > max)
			break;
		taken += written;
		rec->used += (uint16_t)utf8_put(c, rec->pool + rec->used);
		at += n;
		len -= n;
	}
}

void
record_set_bytes(
    struct record *rec, enum member m, const void *text, size_t len)
{
	const size_t max = members[m].max;
	const bool is_text = members[m].kind == K_TEXT;
	size_t start = rec->used;

	if (!is_text && !has_shape(m, text, len)) {
		fail(rec, WARDER_EFORM);
		return;
	}
	if (sizeof(rec->pool) - start < max + ELLIPSIS_LEN + 1) {
		fail(rec, WARDER_EFULL);
		return;
	}
	if (!is_text || escape_len(text, len, max) <= max) {
		take_text(rec, text, len, max);
	} else {
		take_text(rec, text, len, max - ELLIPSIS_LEN);
		memcpy(rec->pool + rec->used, ellipsis, ELLIPSIS_LEN);
		rec->used += (uint16_t)ELLIPSIS_LEN;
	}
	rec->at[m] = (uint16_t)start;
	rec->len[m] = (uint16_t)(rec->used - start);
	rec->pool[rec->used++] = '\0';
	rec->present |= UINT64_C(1) << m;
}

void
record_set(struct record *rec, enum member m, const char *text)
{
	record_set_bytes(rec, m, text, strlen(text));
}

void
record_set_int(struct record *rec, enum member m, uint64_t n)
{
	if (!member_is_int(m) || n > RECORD_INT_MAX ||
	    (members[m].kind == K_ONE && n != 1)) {
		fail(rec, WARDER_EFORM);
		return;
	}
	rec->number[m] = n;
	rec->present |= UINT64_C(1) << m;
}

void
record_set_hex(struct record *rec, enum member m, const void *bytes, size_t len)
{
	char hex[2 * RECORD_HASH_LEN + 1];

	if (len > RECORD_HASH_LEN) {
		fail(rec, WARDER_EFORM);
		return;
	}
	hex_print(hex, bytes, len);
	record_set(rec, m, hex);
}

void
record_unset(struct record *rec, enum member m)
{
	rec->present &= ~(UINT64_C(1) << m);
}

bool
record_has(const struct record *rec, enum member m)
{
	return (rec->present >> m & 1) != 0;
}

const char *
record_text(const struct record *rec, enum member m)
{
	if (!record_has(rec, m) || member_is_int(m))
		return "";
	return rec->pool + rec->at[m];
}

size_t
record_text_len(const struct record *rec, enum member m)
{
	return record_has(rec, m) && !member_is_int(m) ? rec->len[m] : 0;
}

uint64_t
record_int(const struct record *rec, enum member m)
{
	return record_has(rec, m) && member_is_int(m) ? rec->number[m] : 0;
}

bool
record_is(const struct record *rec, enum member m, const char *text)
{
	return record_has(rec, m) && !member_is_int(m) &&
	       record_text_len(rec, m) == strlen(text) &&
	       memcmp(record_text(rec, m), text, strlen(text)) == 0;
}

int
record_check(const struct record *rec)
{
	return rec->r;
}

static size_t
print_number(uint64_t n, char *ret)
{
	char digits[20];
	size_t len = 0;

	do {
		digits[len++] = (char)('0' + n % 10);
		n /= 10;
	} while (n > 0);
	for (size_t i = 0; i < len; i++)
		ret[i] = digits[len - 1 - i];
	return len;
}

static size_t
print_text(const struct record *rec, enum member m, char *ret)
{
	const uint8_t *at = (const uint8_t *)record_text(rec, m);
	size_t left = record_text_len(rec, m), used = 0, n;
	uint32_t c;

	ret[used++] = '"';
	while (left > 0) {
		n = escape_next(at, left, &c);
		used += escape_put(c, ret + used);
		at += n;
		left -= n;
	}
	ret[used++] = '"';
	return used;
}

size_t
record_print_member(
    const struct record *rec, enum member m, char *ret, size_t size)
{
	const size_t name_len = strlen(members[m].name);
	size_t n = 0;

	if (!record_has(rec, m) || size < name_len + 5 + members[m].max)
		return 0;
	ret[n++] = '"';
	memcpy(ret + n, members[m].name, name_len);
	n += name_len;
	ret[n++] = '"';
	ret[n++] = ':';
	if (member_is_int(m))
		return n + print_number(rec->number[m], ret + n);
	return n + print_text(rec, m, ret + n);
}

int
record_print(const struct record *rec, char ret_line[RECORD_LINE_MAX + 1],
    size_t *ret_len)
{
	size_t used = 0, n;

	if (rec->r != 0)
		return rec->r;
	if ((rec->present & NEEDED) != NEEDED)
		return WARDER_EFORM;
	for (enum member m = 0; m < M_COUNT; m++) {
		if (!record_has(rec, m))
			continue;
		ret_line[used] = used == 0 ? '{' : ',';
		used++;
		n = record_print_member(
		    rec, m, ret_line + used, RECORD_LINE_MAX - 2 - used);
		if (n == 0)
			return WARDER_EFULL;
		used += n;
	}
	ret_line[used++] = '}';
	ret_line[used++] = '\n';
	ret_line[used] = '\0';
	*ret_len = used;
	return WARDER_OK;
}

void
record_line_hash(uint8_t ret[RECORD_HASH_LEN], const char *line, size_t len)
{
	crypto_hash_sha256(ret, (const unsigned char *)line, len);
}

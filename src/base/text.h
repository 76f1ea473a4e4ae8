/* SPDX-License-Identifier: ISC */
/*
 * Text as it is kept: UTF-8 in arrays of fixed size, NUL terminated. And
 * text as it is shown: foreign words must not steer a terminal, so every
 * screen goes through text_show(). Pure.
 */
#ifndef WARDER_BASE_TEXT_H
#define WARDER_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

/*
 * The next character of `len` bytes (len > 0). Returns its length, 1 to 4,
 * and the code point; 0 if the bytes are no valid UTF-8 (RFC 3629: neither
 * overlong, nor a surrogate, nor above U+10FFFF).
 */
size_t utf8_next(const uint8_t *at, size_t len, uint32_t *ret_char);

/* Valid UTF-8 without a NUL. */
bool text_is_clean(const void *bytes, size_t len);

/*
 * Characters that steer a screen or hide in it: C0, DEL, C1, soft hyphen,
 * zero width, line and paragraph separators, bidi, BOM, tags.
 */
bool char_is_hostile(uint32_t c);

/* Copies all of `text` or nothing. ETOOBIG: no room for it and its NUL. */
WARDER_MUST_CHECK int text_copy(char *ret, size_t size, const char *text);

/*
 * Copies as many whole characters as fit; true if something was cut.
 * `len` bytes from a server or a peer; invalid bytes become U+FFFD.
 */
bool text_cut(char *ret, size_t size, const void *bytes, size_t len);

/*
 * Writes `text` for a person's screen: hostile characters appear as
 * \u{XXXX}, invalid bytes as U+FFFD, a cut end as an ellipsis. Always NUL
 * terminated. Returns ret, for use inside a printf.
 */
const char *text_show(char *ret, size_t size, const char *text);

/*
 * Prints a JSON text and LF. Whatever steers a terminal or is no UTF-8 stands
 * there as an escape of JSON: the values stay what they are, for a person
 * looks at documents too. Outside its strings `json` is ASCII. EOF: it failed.
 */
int text_put_json(FILE *out, const char *json);

/*
 * A number as people and servers write ids: decimal digits, no sign, no
 * leading zero, 1 to 2^63-1 (at most 9223372036854775807).
 */
bool text_is_id(const char *text);

/* Whole decimal number 0 to `max`, without leading zeros. EFORM if not. */
WARDER_MUST_CHECK int text_parse_number(
    const char *text, uint64_t max, uint64_t *ret);

/* Lower-case hex. `ret` has room for 2 * len + 1. */
void hex_print(char *ret, const void *bytes, size_t len);

/* Exactly 2 * len lower-case hex digits. EFORM if not. */
WARDER_MUST_CHECK int hex_parse(const char *text, void *ret, size_t len);

#endif

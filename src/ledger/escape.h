/* SPDX-License-Identifier: ISC */
/*
 * One character to and from the bytes of a line. Pure; for this folder.
 */
#ifndef WARDER_LEDGER_ESCAPE_H
#define WARDER_LEDGER_ESCAPE_H

#include <stddef.h>
#include <stdint.h>

#define ESCAPE_CHAR_MAX 12 /* bytes that one character takes in a line */

/*
 * The next of `len` foreign bytes (len > 0); how many it takes. A byte that
 * is no UTF-8 counts as U+FFFD, alone.
 */
size_t escape_next(const uint8_t *at, size_t len, uint32_t *ret_char);

/* Plain UTF-8, 1 to 4 bytes. */
size_t utf8_put(uint32_t c, char *ret);

/* As a line has it, 1 to ESCAPE_CHAR_MAX bytes. */
size_t escape_put(uint32_t c, char *ret);

/* How many bytes a text takes in a line; stops counting above `max`. */
size_t escape_len(const uint8_t *at, size_t len, size_t max);

#endif

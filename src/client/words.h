/* SPDX-License-Identifier: ISC */
/*
 * Words for a person. Our own sentences go through _(), everybody else's
 * text through foreign(): nothing foreign may steer the terminal.
 */
#ifndef WARDER_CLIENT_WORDS_H
#define WARDER_CLIENT_WORDS_H

#include <libintl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define _(text) gettext(text)

/* Cleaned for a screen; borrowed until the eighth call after it. */
const char *foreign(const char *text);

/* A text of several lines, each one cleaned and behind `| `. */
void print_foreign(FILE *out, const char *text);

/* `6m`, `5h12m`, `26h`; `-` if `since_ms` is 0 or in the future. */
const char *age_text(char ret[32], uint64_t since_ms, int64_t now_ms);

/*
 * What a policy's pattern asks of a reason or ticket, in words: a bare length
 * as a number, all else as it stands. "" for no pattern. Borrows foreign().
 */
#define PATTERN_TEXT_SIZE 1100
const char *pattern_text(char ret[PATTERN_TEXT_SIZE], const char *pattern);

/* Local time: `13:56`, or with the date on another day. */
const char *time_text(char ret[64], uint64_t at_ms, int64_t now_ms);
const char *clock_text(char ret[32], uint64_t at_ms); /* 14:09:31 */

/* Columns that `text` takes; double width counts twice. */
int text_width(const char *text);

/* The text cut or padded to `width` columns. */
void print_padded(FILE *out, const char *text, int width);

/* `name      `, or `name: ` where one thing stands on a line. */
void print_label(FILE *out, bool is_plain, const char *name);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * Other people's words on their way into a file that a program opens: a
 * spreadsheet that would run them, a browser that would obey them. Bytes
 * that steer or hide are shown as \u{XXXX}, as on every screen.
 */
#ifndef WARDER_CTL_FOREIGN_H
#define WARDER_CTL_FOREIGN_H

#include <stddef.h>
#include <stdio.h>

/*
 * One cell in quotes (RFC 4180). What begins as a formula does, or with an
 * apostrophe, gets an apostrophe before it: = + - @, their full-width forms,
 * TAB, CR and LF; also behind blanks, and behind a semicolon.
 */
void foreign_csv(FILE *out, const char *text, size_t len);

/* For the text of an element or a quoted attribute, nowhere else. */
void foreign_html(FILE *out, const char *text, size_t len);

#endif

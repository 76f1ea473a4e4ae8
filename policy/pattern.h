/* SPDX-License-Identifier: ISC */
/*
 * Patterns for reasons and tickets: POSIX extended syntax cut down, always
 * against the whole text, matched on characters without backtracking, so no
 * text takes more than its length times the size of the pattern. Private to
 * policy/. Pure.
 */
#ifndef WARDER_POLICY_PATTERN_H
#define WARDER_POLICY_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/lex.h"

#define PATTERN_CHARS_MAX 200
#define PATTERN_POSITIONS_MAX 4000 /* when repeats are written out */
#define PATTERN_REPEAT_MAX 255

struct pattern; /* lives in its arena */

/* EFORM: not a pattern. ENOMEM. */
WARDER_MUST_CHECK int pattern_compile(
    const char *text, struct arena *arena, struct pattern **ret_pattern);

/* The whole of `text` fits. No memory for it: it does not. */
bool pattern_fits(const struct pattern *pattern, const char *text);

#endif

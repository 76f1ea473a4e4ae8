/* SPDX-License-Identifier: ISC */
/* An instant as a person writes it on the command line. */
#ifndef WARDER_CLIENT_AT_H
#define WARDER_CLIENT_AT_H

#include <stdint.h>

#include "base/err.h"

/*
 * `2026-12-01 09:30`, with `T` instead of the blank, seconds or a `Z` for UTC
 * where wanted; or `09:30`, the next time the clock here shows that. EFORM,
 * also for what no calendar or clock here ever shows.
 */
WARDER_MUST_CHECK int at_parse(
    const char *text, int64_t now_ms, uint64_t *ret_ms);

#endif

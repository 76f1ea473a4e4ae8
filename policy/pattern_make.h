/* SPDX-License-Identifier: ISC */
/* A text that fits patterns, made up from them. Private to policy/. Pure. */
#ifndef WARDER_POLICY_PATTERN_MAKE_H
#define WARDER_POLICY_PATTERN_MAKE_H

#include "policy/pattern.h"

#define PATTERN_MAKE_MAX 64 /* patterns at once */

/*
 * A shortest text of 1 to `size` - 1 bytes that fits all of them, without a
 * character that steers a screen. EMISSING: none was found, be it that there
 * is none or that the search would take too long. ENOMEM.
 */
WARDER_MUST_CHECK int pattern_make(
    const struct pattern *const *patterns, size_t n, char *ret, size_t size);

#endif

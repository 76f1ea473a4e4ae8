/* SPDX-License-Identifier: ISC */
/* Sets of characters, written in brackets. Private to the patterns. */
#ifndef WARDER_POLICY_PATTERN_SET_H
#define WARDER_POLICY_PATTERN_SET_H

#include "policy/pattern_parse.h"

/* `*text` stands behind `[` and moves behind `]`. `set` is zeroed. EFORM. */
WARDER_MUST_CHECK int set_parse(const char **text, struct set *set);
WARDER_MUST_CHECK int set_add(struct set *set, uint32_t first, uint32_t last);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * Capabilities by the bare system calls: two small calls are less to trust
 * than another library. For the other files of this folder.
 */
#ifndef WARDER_CONFINE_CAPS_H
#define WARDER_CONFINE_CAPS_H

#include <stdint.h>

#include "base/err.h"

/* Permitted and effective become `mask`, inheritable and ambient empty. */
WARDER_MUST_CHECK int caps_set(uint64_t mask);

/* Leaves only `mask` in the bounding set. ERIGHTS: may not take one out. */
WARDER_MUST_CHECK int caps_bound(uint64_t mask);

/*
 * EFENCE unless permitted and effective are just `mask`, inheritable and
 * ambient are empty, and any one more is refused.
 */
WARDER_MUST_CHECK int caps_check(uint64_t mask);

#endif

/* SPDX-License-Identifier: ISC */
/* Between gathering and comparing. Private to drift.c, drift_compare.c. */
#ifndef WARDER_CTL_DRIFT_BUILD_H
#define WARDER_CTL_DRIFT_BUILD_H

#include "ctl/drift.h"

/* A new finding with empty texts; NULL with drift->r set. */
struct drift_finding *drift_find(
    struct drift *drift, enum drift_level level, enum drift_what what);

struct drift_member *drift_member_of(
    const struct drift *drift, const char *account);

#endif

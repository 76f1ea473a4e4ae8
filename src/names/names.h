/* SPDX-License-Identifier: ISC */
/*
 * The name service of this host, as a policy asks it: which user, uid or
 * group is there, and whom it means. "Not there" and "cannot be asked now"
 * stay two answers.
 */
#ifndef WARDER_NAMES_NAMES_H
#define WARDER_NAMES_NAMES_H

#include "policy/check.h"

struct check_people names_here(void);

#endif

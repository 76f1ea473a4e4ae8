/* SPDX-License-Identifier: ISC */
/* The permit lines that let somebody do it. Private to policy/. */
#ifndef WARDER_POLICY_PERMITS_H
#define WARDER_POLICY_PERMITS_H

#include "policy/fit.h"

struct builder;

/*
 * Whether some permit fits, personally or through one for whom the person
 * stands in. With `builder` the lines are told.
 */
bool permits_fit(const struct request *request, const struct standing *standing,
    struct builder *builder);

#endif

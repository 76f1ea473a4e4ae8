/* SPDX-License-Identifier: ISC */
/* What holds of every explanation, whatever it is of. */
#ifndef TESTS_UNIT_EXPLAIN_CHECK_H
#define TESTS_UNIT_EXPLAIN_CHECK_H

#include <stddef.h>

#include "policy/explain.h"

/* Explains, fails the test if something is wrong; returns the ways. */
size_t check_explained(const struct policy *policy, const struct facts *facts);

#endif

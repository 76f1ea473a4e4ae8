/* SPDX-License-Identifier: ISC */
/*
 * The script of a scenario: orders of the control side, each so long after
 * the start (or a reset). Nothing ticks: what is due is done before the next
 * look at the world, so the clock alone says what is seen.
 */
#ifndef WARDER_SANDBOX_SCRIPT_H
#define WARDER_SANDBOX_SCRIPT_H

#include "sandbox/sandbox.h"

/*
 * NULL, or what is wrong: the steps do not stand in the order of their times,
 * an order that there is not, or /reset, which would begin the script anew.
 */
const char *script_check(const cJSON *root);

/* Does what is due by now, under the lock. */
void script_run(struct sandbox *s);

#endif

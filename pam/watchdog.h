/* SPDX-License-Identifier: ISC */
/*
 * The limit of a PAM run that a module cannot sit out: when it is over the
 * verdict "timeout" is sent and the process ends, wherever the module is.
 */
#ifndef WARDER_PAM_WATCHDOG_H
#define WARDER_PAM_WATCHDOG_H

#include "wire/proof.h"

/*
 * From now `limit_ms`, and a second more so that the conversation's own
 * limit, which ends in good order, comes first. ESYS.
 */
WARDER_MUST_CHECK int watchdog_start(
    int sock, uint32_t limit_ms, const struct proof_verdict *verdict);
void watchdog_stop(void);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * One connection of the keeper from its first frame to its end: reads side
 * by side, one ACT at most, after it only reads. Every READ and the ACT get
 * exactly one DONE, unless the connection ends first.
 */
#ifndef WARDER_COURIER_SESSION_H
#define WARDER_COURIER_SESSION_H

#include <stdint.h>

#include "base/conf.h"
#include "base/err.h"

/*
 * Once in a process: it starts libcurl and ends it. `deadline` in boot ms.
 * 0: the keeper closed. ETIME: the deadline, or no first frame in 10 s.
 * Else the violation that ended it.
 */
WARDER_MUST_CHECK int session_run(
    int sock, const struct conf *conf, int64_t deadline);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * The one seam to time. Deadlines run on CLOCK_BOOTTIME, stamps and signed
 * dates on CLOCK_REALTIME. Milliseconds everywhere.
 */
#ifndef WARDER_BASE_CLOCK_H
#define WARDER_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum clock_sync {
	CLOCK_SYNC_UNKNOWN = 0,
	CLOCK_SYNC_YES,
	CLOCK_SYNC_NO
};

#define CLOCK_STAMP_SIZE 32

int64_t clock_real_ms(void); /* since 1970 UTC */
int64_t clock_boot_ms(void);

/* Whether the kernel holds the clock for synchronized (adjtimex, read). */
enum clock_sync clock_sync(void);

/* `2026-01-01T00:00:00.000Z`; without milliseconds if `with_ms` is 0. */
void clock_stamp(char ret[CLOCK_STAMP_SIZE], int64_t real_ms, int with_ms);

/* Reads either form back. EFORM. */
WARDER_MUST_CHECK int clock_parse_stamp(const char *text, int64_t *ret_ms);

/* Milliseconds until `deadline` (boot time), never negative, for poll(2). */
int clock_left_ms(int64_t deadline);

/* Tests only: from now on both clocks say this; -1 ends it. */
void clock_set_for_test(int64_t real_ms, int64_t boot_ms);

#endif

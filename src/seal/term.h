/* SPDX-License-Identifier: ISC */
/*
 * How long a key can still be used, and whether that is soon: one place, so
 * that root's list and the person who passes a gate are warned on one day.
 * Pure. Times in ms since 1970; not_after_ms 0: it is not known to end.
 */
#ifndef WARDER_SEAL_TERM_H
#define WARDER_SEAL_TERM_H

#include <stdbool.h>
#include <stdint.h>

#include "seal/seal.h"

/*
 * What is left; 0: nothing, or no end is known. A temporary key is over in
 * its last minute, as for the keeper.
 */
uint64_t seal_left_ms(
    enum seal_kind kind, uint64_t not_after_ms, uint64_t now_ms);

/* It ends within 14 days; a temporary key, 15 minutes. Not: it has ended. */
bool seal_ends_soon(
    enum seal_kind kind, uint64_t not_after_ms, uint64_t now_ms);

#endif

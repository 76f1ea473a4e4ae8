/* SPDX-License-Identifier: ISC */
/*
 * When a key ends, and since when it should have been changed: one place, so
 * that list, check and doctor warn of the same thing on the same day, and of
 * its end on the day on which whoever passes a gate is warned. Pure.
 */
#ifndef WARDER_CTL_KEY_TERM_H
#define WARDER_CTL_KEY_TERM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/conf.h"
#include "seal/seal.h"

#define KEY_LEFT_SIZE 32

enum key_term {
	KEY_TERM_FINE = 0,
	KEY_TERM_OLD,  /* sealed longer ago than key_age */
	KEY_TERM_SOON, /* seal_ends_soon() */
	KEY_TERM_OVER  /* is not used any more */
};

/*
 * Times in ms since 1970; not_after_ms 0: it is not known to end. A temporary
 * key is over in its last minute, as for the keeper.
 */
enum key_term key_term_of(const struct conf *conf, enum seal_kind kind,
    uint64_t created_ms, uint64_t not_after_ms, uint64_t now_ms);

/* "fine", "old", "soon", "over": for JSON. */
const char *key_term_word(enum key_term term);

/* "13 days", "5 hours", "9 minutes", "40 seconds". Returns ret. */
const char *key_left_print(char ret[KEY_LEFT_SIZE], uint64_t ms);

/*
 * One sentence about a term that is not fine, for a person; "" else. It names
 * what to do and bears nothing foreign.
 */
const char *key_term_print(char *ret, size_t size, const struct conf *conf,
    enum seal_kind kind, uint64_t created_ms, uint64_t not_after_ms,
    uint64_t now_ms);

#endif

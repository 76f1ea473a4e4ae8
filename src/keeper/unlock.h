/* SPDX-License-Identifier: ISC */
/*
 * The passphrase of root: from the frame into locked memory, and what comes
 * of it to the listener. Called by the worker of an admin connection, and by
 * the one that writes down that unused keys were dropped.
 */
#ifndef WARDER_KEEPER_UNLOCK_H
#define WARDER_KEEPER_UNLOCK_H

#include <stdbool.h>

#include "base/err.h"
#include "keeper/keeper.h"

/* One try; others are told busy until it, and its delay, are over. */
WARDER_MUST_CHECK enum reason unlock_try(struct keeper *keeper,
    const struct blob *passphrase, const char **ret_word);

/* *ret_was_open is set with DONE: false, there was nothing to lock. */
WARDER_MUST_CHECK enum reason unlock_drop(
    struct keeper *keeper, bool *ret_was_open, const char **ret_word);

/* A line `lock`: who or what did it. NO_RECORD: it could not be written. */
WARDER_MUST_CHECK enum reason unlock_record_lock(
    struct keeper *keeper, const char *result, const char **ret_word);

#endif

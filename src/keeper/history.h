/* SPDX-License-Identifier: ISC */
/*
 * What the server shows of the past, for warderctl: the runs of one
 * organization that were started since a time, each job of them as it is
 * now. Nothing is judged here; what could not be read is named.
 */
#ifndef WARDER_KEEPER_HISTORY_H
#define WARDER_KEEPER_HISTORY_H

#include "keeper/keeper.h"

/*
 * Both read with the key of the organization that keeper->rules.org is.
 * DONE; INCOMPLETE: something was not read; or why there is nothing at all.
 * *ret_word goes with it.
 */
WARDER_MUST_CHECK enum reason history_run(
    struct keeper *keeper, uint64_t since_ms, const char **ret_word);

/* One run. NOT_FOUND: it is not there, *ret_word is the server's code. */
WARDER_MUST_CHECK enum reason history_one(struct keeper *keeper,
    const char *pipeline, const char *run, const char **ret_word);

#endif

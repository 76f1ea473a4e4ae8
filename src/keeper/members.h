/* SPDX-License-Identifier: ISC */
/*
 * Who has which role at the server, for warderctl: the members of one
 * organization and of each of its pipelines, as printed. Nothing is decided
 * here; a list that could not be read is named, never left out.
 */
#ifndef WARDER_KEEPER_MEMBERS_H
#define WARDER_KEEPER_MEMBERS_H

#include "keeper/keeper.h"

/*
 * Reads with the key of the organization that keeper->rules.org is. DONE;
 * INCOMPLETE: some list was not read; or why there is none at all. *ret_word
 * goes with it.
 */
WARDER_MUST_CHECK enum reason members_run(
    struct keeper *keeper, const char **ret_word);

#endif

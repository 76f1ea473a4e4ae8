/* SPDX-License-Identifier: ISC */
/*
 * Work on files that belong to warder-keeper. Root does none of it: a child
 * becomes that user for good (with group adm), works, and ends. So a link
 * that somebody put into such a folder leads root nowhere.
 */
#ifndef WARDER_CTL_ASKEEPER_H
#define WARDER_CTL_ASKEEPER_H

#include <stddef.h>

#include "base/err.h"

/*
 * Memory that a child may answer in, zeroed; NULL: none. Nothing secret goes
 * into it. Freed with the program.
 */
void *askeeper_share(size_t size);

/*
 * From now on Ctrl-Z and the terminal stop this process no more: for a child
 * that is about to lock what the keeper waits for. Whoever started it stops.
 */
void askeeper_never_stop(void);

/*
 * Runs `work` in such a child, which never stops; what it returns (0 to 99)
 * is returned. Negative: ECRED the child could not become warder-keeper;
 * ESYS; EBUG it ended otherwise.
 */
WARDER_MUST_CHECK int askeeper_run(int (*work)(void *ctx), void *ctx);

#endif

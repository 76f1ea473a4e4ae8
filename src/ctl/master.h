/* SPDX-License-Identifier: ISC */
/*
 * The file that the master key comes from, for the commands that make one.
 * A new master lies beside the old one as `.new` until the store is under it;
 * only then does it take the old one's place, by a rename.
 */
#ifndef WARDER_CTL_MASTER_H
#define WARDER_CTL_MASTER_H

#include <stdbool.h>

#include "base/blob.h"
#include "base/conf.h"
#include "seal/seal.h"

/* Where a master of that source lies, and where its successor waits. */
const char *master_path(enum conf_master source);
const char *master_new_path(enum conf_master source);

/* Whether anything has that name. */
bool master_is_there(const char *path);

/*
 * 32 random bytes, kept at `path` in the way of the source; durable when it
 * returns. 0, or an exit code after a message.
 */
WARDER_MUST_CHECK int master_make(
    enum conf_master source, const char *path, struct blob **ret_master);

/* Reads it back. LOCKED: it is not there, or systemd does not open it. */
WARDER_MUST_CHECK enum seal_err master_load(
    enum conf_master source, const char *path, struct blob **ret_master);

#endif

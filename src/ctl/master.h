/* SPDX-License-Identifier: ISC */
/*
 * Where the master key comes from, for the commands that make one. A new
 * master lies beside the old one as `.new` until the store is under it; only
 * then does it take the place of its source, by a rename.
 */
#ifndef WARDER_CTL_MASTER_H
#define WARDER_CTL_MASTER_H

#include <stdbool.h>

#include "base/blob.h"
#include "base/conf.h"
#include "seal/seal.h"

enum master_place {
	MASTER_NOW, /* the one that counts */
	MASTER_NEW  /* its successor, waiting */
};

/* Where a master of that source lies. */
const char *master_path(enum conf_master source, enum master_place place);

/* Whether anything has that name. */
bool master_is_there(enum conf_master source, enum master_place place);

/*
 * 32 random bytes, kept in the way of the source, for that store; durable
 * when it returns. Asks for a new passphrase where the source is one. 0, or
 * an exit code after a message.
 */
WARDER_MUST_CHECK int master_make(enum conf_master source,
    enum master_place place, const uint8_t store_id[SEAL_ID_LEN],
    struct blob **ret_master);

/*
 * Reads it back; asks for the passphrase where the source is one. 0, or an
 * exit code after a message.
 */
WARDER_MUST_CHECK int master_open(
    enum conf_master source, enum master_place place, struct blob **ret_master);

/*
 * The key id of a master, without a question: proven for a file and a
 * credential, and for a wrap what its head says. LOCKED: it is not there.
 */
WARDER_MUST_CHECK enum seal_err master_key_id(enum conf_master source,
    enum master_place place, uint8_t ret_id[SEAL_ID_LEN]);

/* NEW takes the place of NOW. 0, or an exit code after a message. */
WARDER_MUST_CHECK int master_move(enum conf_master source);

/* Takes it away, if it is there. 0, or an exit code after a message. */
WARDER_MUST_CHECK int master_remove(
    enum conf_master source, enum master_place place);

#endif

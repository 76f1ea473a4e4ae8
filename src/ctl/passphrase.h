/* SPDX-License-Identifier: ISC */
/*
 * The passphrase of the master key, asked for where a command needs it: on
 * the terminal without echo, or as the first line of standard input.
 */
#ifndef WARDER_CTL_PASSPHRASE_H
#define WARDER_CTL_PASSPHRASE_H

#include <stdbool.h>

#include "base/blob.h"
#include "seal/store.h"

/*
 * How this run of warderctl comes by a passphrase, from its command line;
 * before that: by the terminal.
 */
void passphrase_by(bool is_stdin, bool no_prompt);

/* Each returns 0, or an exit code after a message. */
WARDER_MUST_CHECK int passphrase_ask(
    const char *question, struct blob **ret_passphrase);

/* Asked twice, unless it comes by standard input. */
WARDER_MUST_CHECK int passphrase_ask_new(struct blob **ret_passphrase);

/* As warder-keeper: the file `name` in the folder of the store. */
WARDER_MUST_CHECK enum seal_err passphrase_look(
    const char *name, struct seal_wrap *ret_wrap);

/* Asks, and opens `name` with the answer. */
WARDER_MUST_CHECK int passphrase_open(
    const char *name, struct blob **ret_master);

/*
 * Wraps `master` under a new passphrase as `name`, which must not be there
 * yet; the folder is made where it is missing.
 */
WARDER_MUST_CHECK int passphrase_make(const char *name,
    const uint8_t store_id[SEAL_ID_LEN], const struct blob *master);

/* As warder-keeper, too. */
WARDER_MUST_CHECK int passphrase_move(const char *from, const char *to);
WARDER_MUST_CHECK int passphrase_remove(const char *name);

/* Says what is wrong with a wrap and what to do; returns the exit code. */
int passphrase_fail(enum seal_err e, const char *name);

#endif

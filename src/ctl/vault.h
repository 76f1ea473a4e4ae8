/* SPDX-License-Identifier: ISC */
/*
 * What every command about keys needs: the configuration, the keys of the
 * store from the master's source, and the store opened as warder-keeper.
 */
#ifndef WARDER_CTL_VAULT_H
#define WARDER_CTL_VAULT_H

#include <stdbool.h>

#include "base/blob.h"
#include "base/conf.h"
#include "seal/store.h"
#include "state/state.h"

#define VAULT_CONF WARDER_SYSCONFDIR "/warder.conf"
#define VAULT_KEYS WARDER_STATEDIR "/keys"
#define VAULT_CREDENTIAL WARDER_SYSCONFDIR "/master.cred"

/* Says on standard error what went wrong; returns `code`. */
int ctl_fail(int code, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A failure of the store, by its word. */
int ctl_fail_seal(enum seal_err e, const char *what);

/* For commands that change something: uid 0, not dumpable, no core. */
WARDER_MUST_CHECK int ctl_need_root(void);

struct vault {
	struct conf conf;
	struct blob *keys;
};

void vault_clear(struct vault *vault);
#define auto_vault __attribute__((cleanup(vault_clear)))

/* warder.conf, which names a master. 0, or an exit code after a message. */
WARDER_MUST_CHECK int vault_conf(struct conf *ret_conf);

/*
 * Root: reads warder.conf and the master; with the passphrase source it asks
 * (passphrase.h says where). 0, or an exit code after a message.
 */
WARDER_MUST_CHECK int vault_load(struct vault *ret_vault);

/* As warder-keeper: the store, held against what the state remembers. */
WARDER_MUST_CHECK enum seal_err vault_open(
    const struct vault *vault, bool is_writer, struct seal_store **ret_store);

/*
 * So too, for a writer, however old it is: after a restore that was wanted.
 * It is still this host's own, by its id.
 */
WARDER_MUST_CHECK enum seal_err vault_open_restored(
    const struct vault *vault, struct seal_store **ret_store);

/* The mark `kgen`: with each line about the store it says which one it is. */
struct state_mark vault_mark(
    uint64_t generation, const uint8_t store_id[SEAL_ID_LEN]);

#endif

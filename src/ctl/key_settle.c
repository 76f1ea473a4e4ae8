/* SPDX-License-Identifier: ISC */
/* See key_settle.h for the steps, and for what each kill leaves behind. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ctl/askeeper.h"
#include "ctl/conf_line.h"
#include "ctl/key_settle.h"
#include "ctl/master.h"

/* In shared memory. */
struct look {
	struct vault vault;
	struct settle_look seen;
	struct manifest_claim claim;
	bool has_claim;
};

static int
look_as_keeper(void *ctx)
{
	auto_store struct seal_store *store = NULL;
	struct look *look = ctx;
	const struct manifest *list;

	look->seen.e = vault_open(&look->vault, false, &store);
	if (look->seen.e == SEAL_MANIFEST_ROLLBACK)
		look->seen.e = vault_open_restored(&look->vault, &store);
	if (look->seen.e != SEAL_OK)
		return 0;
	list = seal_store_manifest(store);
	look->seen.mark = vault_mark(list->generation, list->store_id);
	memcpy(look->seen.store_id, list->store_id, SEAL_ID_LEN);
	return 0;
}

struct settle_look
settle_look(
    const struct conf *conf, enum conf_master source, const struct blob *keys)
{
	struct look *look = askeeper_share(sizeof(*look));

	if (look == NULL)
		return (struct settle_look){ .e = SEAL_MEMORY_LOCK };
	look->vault.conf = *conf;
	look->vault.conf.master = source;
	look->vault.keys = (struct blob *)(uintptr_t)keys; /* only read */
	if (askeeper_run(look_as_keeper, look) != 0)
		return (struct settle_look){ .e = SEAL_SYSTEM };
	return look->seen;
}

static int
claim_as_keeper(void *ctx)
{
	struct look *look = ctx;

	look->has_claim =
	    seal_store_claim(VAULT_KEYS, geteuid(), &look->claim) == SEAL_OK;
	return 0;
}

/* What MANIFEST says of itself: where to look, not what to believe. */
static bool
read_claim(struct manifest_claim *ret_claim)
{
	struct look *look = askeeper_share(sizeof(*look));

	if (look == NULL || askeeper_run(claim_as_keeper, look) != 0 ||
	    !look->has_claim)
		return false;
	*ret_claim = look->claim;
	return true;
}

static const enum conf_master sources[] = { CONF_MASTER_CREDENTIAL,
	CONF_MASTER_FILE, CONF_MASTER_PASSPHRASE };

enum conf_master
settle_waiting(void)
{
	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
		if (master_is_there(sources[i], MASTER_NEW))
			return sources[i];
	return CONF_MASTER_NONE;
}

int
settle_new_master(enum conf_master from, enum conf_master to)
{
	int r = REASON_DONE;

	if (master_is_there(to, MASTER_NEW))
		r = master_move(to);
	if (r == REASON_DONE && from != to)
		r = master_remove(from, MASTER_NOW);
	if (r != REASON_DONE || from == to)
		return r;
	if ((r = conf_set_master(to)) == 0)
		return REASON_DONE;
	return ctl_fail(REASON_MISCONFIGURED, "%s: %s", VAULT_CONF,
	    r == WARDER_ESYS ? strerror(errno) : warder_strerror(r));
}

/* A master of which there is reason to think that it is the one. */
struct candidate {
	enum conf_master source;
	enum master_place place;
	const struct blob *keys; /* if the caller has them */
};

static bool
is_named(const struct candidate *candidate, const struct manifest_claim *claim)
{
	uint8_t id[SEAL_ID_LEN];

	if (candidate->keys != NULL)
		seal_key_id(id, candidate->keys);
	else if (master_key_id(candidate->source, candidate->place, id) !=
	         SEAL_OK)
		return false;
	return memcmp(id, claim->key_id, sizeof(id)) == 0;
}

/* Keys of its own for the vault: the caller's are the caller's. */
static int
copy_keys(const struct blob *keys, struct blob **ret_keys)
{
	auto_blob struct blob *copy = NULL;

	if (blob_new(SEAL_KEYS_LEN, &copy) != 0 ||
	    blob_append(copy, blob_data(keys), blob_len(keys)) != 0)
		return ctl_fail_seal(SEAL_MEMORY_LOCK, "the master key");
	*ret_keys = blob_steal(&copy);
	return REASON_DONE;
}

static int
load_candidate(const struct candidate *candidate, struct blob **ret_keys)
{
	auto_blob struct blob *master = NULL;
	enum seal_err e;
	int r;

	if (candidate->keys != NULL)
		return copy_keys(candidate->keys, ret_keys);
	(void)printf("%s is the master key that the list of keys names.\n",
	    master_path(candidate->source, candidate->place));
	(void)fflush(stdout);
	r = master_open(candidate->source, candidate->place, &master);
	if (r != REASON_DONE)
		return r;
	e = seal_keys_derive(master, ret_keys);
	return e == SEAL_OK ? REASON_DONE : ctl_fail_seal(e, VAULT_KEYS);
}

/* It opens the store, or nothing is done. */
static bool
prove(struct settle *settle, const struct candidate *candidate)
{
	struct vault vault = { .conf = settle->conf };
	struct settle_look seen;

	vault.conf.master = candidate->source;
	if (load_candidate(candidate, &vault.keys) != REASON_DONE)
		return false;
	seen = settle_look(&vault.conf, candidate->source, vault.keys);
	if (seen.e != SEAL_OK) {
		vault_clear(&vault);
		(void)ctl_fail_seal(seen.e, VAULT_KEYS);
		return false;
	}
	vault_clear(&settle->vault);
	settle->vault = vault;
	settle->mark = seen.mark;
	return true;
}

static enum settled
settle_with(struct settle *settle, const struct candidate *fresh,
    const struct manifest_claim *claim)
{
	const enum conf_master from = settle->conf.master;
	const struct candidate old = { from, MASTER_NOW, settle->old_keys };

	if (is_named(fresh, claim))
		return prove(settle, fresh) && settle_new_master(from,
		                                   fresh->source) == REASON_DONE
		           ? SETTLED_NEW
		           : SETTLED_NOT;
	if (fresh->place == MASTER_NEW && is_named(&old, claim))
		return prove(settle, &old) && master_remove(fresh->source,
		                                  MASTER_NEW) == REASON_DONE
		           ? SETTLED_OLD
		           : SETTLED_NOT;
	(void)ctl_fail(0,
	    "neither %s nor %s opens %s: put back the one that does; nothing "
	    "was changed",
	    master_path(from, MASTER_NOW),
	    master_path(fresh->source, fresh->place), VAULT_KEYS);
	return SETTLED_NOT;
}

enum settled
settle_rekey(struct settle *settle)
{
	struct candidate fresh = { settle_waiting(), MASTER_NEW,
		settle->new_keys };
	struct manifest_claim claim;

	if (!read_claim(&claim)) {
		(void)ctl_fail(
		    0, "%s has no list that can be read", VAULT_KEYS);
		return SETTLED_NOT;
	}
	if (fresh.source == CONF_MASTER_NONE) {
		if (claim.source == (uint8_t)settle->conf.master)
			return SETTLED_NOTHING;
		fresh.source = (enum conf_master)claim.source;
		fresh.place = MASTER_NOW;
	}
	return settle_with(settle, &fresh, &claim);
}

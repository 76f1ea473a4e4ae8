/* SPDX-License-Identifier: ISC */
/*
 * `key rekey`: another master key for the whole store. The new one lies
 * beside the old one before the store is under it, and takes its name only
 * after; MANIFEST says at any instant which of the two is the right one, so
 * a kill between any two steps loses neither. All of it happens under a lock
 * on /etc/warder that the working child holds too: nobody tidies up behind a
 * child that goes on after its parent was killed.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "ctl/askeeper.h"
#include "ctl/key.h"
#include "ctl/key_change.h"
#include "ctl/master.h"
#include "ctl/record.h"
#include "ctl/rootfile.h"
#include "ctl/secret.h"
#include "seal/store.h"

/* In shared memory: what the child does, and its answer. */
struct rekey {
	struct vault vault;      /* borrows its keys */
	const struct blob *keys; /* of the new master */
	uint64_t above;
	bool is_after_restore;
	enum seal_err e;
	struct state_mark mark;
	size_t records;
};

static int
lock_folder(int *ret_fd)
{
	auto_fd int fd =
	    open(WARDER_SYSCONFDIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return ctl_fail(REASON_MISCONFIGURED, "%s: %s",
		    WARDER_SYSCONFDIR, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) != 0)
		return ctl_fail(REASON_MISCONFIGURED,
		    "another key rekey is at work; wait until it is done");
	*ret_fd = fd;
	fd = -1;
	return REASON_DONE;
}

static int
rekey_as_keeper(void *ctx)
{
	auto_store struct seal_store *store = NULL;
	struct rekey *rekey = ctx;
	struct seal_rekey how = {
		.keys = rekey->keys,
		.source = (enum seal_source)rekey->vault.conf.master,
		.above = rekey->above,
		.now_ms = (uint64_t)clock_real_ms(),
	};

	rekey->e = rekey->is_after_restore
	               ? vault_open_restored(&rekey->vault, &store)
	               : vault_open(&rekey->vault, true, &store);
	if (rekey->e == SEAL_OK)
		rekey->e = seal_store_rekey(store, &how);
	if (rekey->e != SEAL_OK)
		return 0;
	rekey->mark = vault_mark(seal_store_manifest(store)->generation,
	    seal_store_manifest(store)->store_id);
	rekey->records = seal_store_manifest(store)->n;
	return 0;
}

/* In shared memory: whether the list bears these keys. */
struct look {
	struct vault vault;
	enum seal_err e;
	struct state_mark mark;
};

static int
look_as_keeper(void *ctx)
{
	auto_store struct seal_store *store = NULL;
	struct look *look = ctx;

	look->e = vault_open(&look->vault, false, &store);
	if (look->e == SEAL_MANIFEST_ROLLBACK)
		look->e = vault_open_restored(&look->vault, &store);
	if (look->e == SEAL_OK)
		look->mark = vault_mark(seal_store_manifest(store)->generation,
		    seal_store_manifest(store)->store_id);
	return 0;
}

/* OK: they do. MANIFEST_MASTER: another master's do. */
static enum seal_err
look_with(
    const struct conf *conf, struct blob *keys, struct state_mark *ret_mark)
{
	struct look *look = askeeper_share(sizeof(*look));

	if (look == NULL)
		return SEAL_MEMORY_LOCK;
	look->vault.conf = *conf;
	look->vault.keys = keys;
	if (askeeper_run(look_as_keeper, look) != 0)
		return SEAL_SYSTEM;
	*ret_mark = look->mark;
	return look->e;
}

static enum seal_err
load_new(enum conf_master source, struct blob **ret_keys)
{
	auto_blob struct blob *master = NULL;
	enum seal_err e;

	e = master_load(source, master_new_path(source), &master);
	return e == SEAL_OK ? seal_keys_derive(master, ret_keys) : e;
}

enum settled {
	SETTLED_NOT = 0, /* after a message */
	SETTLED_NOTHING, /* there was nothing to settle */
	SETTLED_OLD,
	SETTLED_NEW
};

static enum settled
settle_new(const struct vault *vault, struct state_mark *ret_mark)
{
	enum conf_master source = vault->conf.master;
	auto_blob struct blob *keys = NULL;
	enum seal_err e;

	if ((e = load_new(source, &keys)) == SEAL_OK)
		e = look_with(&vault->conf, keys, ret_mark);
	if (e != SEAL_OK) {
		(void)ctl_fail(0,
		    "neither %s nor %s opens %s (%s): put back the one that "
		    "does; nothing was changed",
		    master_path(source), master_new_path(source), VAULT_KEYS,
		    seal_word(e));
		return SETTLED_NOT;
	}
	if (rootfile_move(master_new_path(source), master_path(source)) == 0)
		return SETTLED_NEW;
	(void)ctl_fail(0, "%s: %s", master_path(source), strerror(errno));
	return SETTLED_NOT;
}

/* The old one is asked first: while it opens the store, nothing happened. */
static enum settled
settle(const struct vault *vault, struct state_mark *ret_mark)
{
	const char *fresh = master_new_path(vault->conf.master);
	enum seal_err e;

	if (!master_is_there(fresh))
		return SETTLED_NOTHING;
	e = look_with(&vault->conf, vault->keys, ret_mark);
	if (e == SEAL_MANIFEST_MASTER)
		return settle_new(vault, ret_mark);
	if (e == SEAL_OK && rootfile_remove(fresh) == 0)
		return SETTLED_OLD;
	(void)ctl_fail_seal(
	    e == SEAL_OK ? SEAL_SYSTEM : e, e == SEAL_OK ? fresh : VAULT_KEYS);
	return SETTLED_NOT;
}

/* On record; then what the list no longer names goes. */
static int
end_rekey(const char *result, const struct state_mark *mark)
{
	auto_vault struct vault vault = { .keys = NULL };
	struct record rec;
	enum ledger_err e;
	int r;

	record_begin(&rec, "key.store");
	record_set(&rec, M_RES, result);
	record_set_int(&rec, M_KGEN, mark->n);
	if ((e = ctl_record(&rec, "kgen", mark)) != LEDGER_OK)
		return ctl_fail(REASON_NO_RECORD,
		    "%s, but that is not on record: %s", result,
		    ledger_word(e));
	if ((r = vault_load(&vault)) != 0)
		return r;
	key_sweep(&vault);
	return REASON_DONE;
}

static void
tell_restart(void)
{
	(void)puts(
	    "Restart the keeper now, it still has the old one: "
	    "systemctl restart warder-keeper.service\n"
	    "Renew backups of the store and of the master key: copies made "
	    "before open with the old master key only.");
}

/*
 * A change that was killed between its commit and its line counts, and has
 * no line. It is not known who made it; that it was found is.
 */
static int
make_up_for_the_line(const struct vault *vault)
{
	struct state_mark mark = { .n = 0 };
	uint64_t remembered = 0;
	enum seal_err e;
	int r;

	e = look_with(&vault->conf, vault->keys, &mark);
	if (e != SEAL_OK)
		return ctl_fail_seal(e, VAULT_KEYS);
	if ((r = key_greatest_kgen(&vault->conf, &remembered)) != 0)
		return r;
	if (mark.n < remembered)
		return ctl_fail_seal(SEAL_MANIFEST_ROLLBACK, VAULT_KEYS);
	if (mark.n == remembered) {
		(void)puts("No rekey waits to be finished.");
		key_sweep(vault);
		return REASON_DONE;
	}
	if ((r = end_rekey("found", &mark)) != REASON_DONE)
		return r;
	(void)puts("No rekey waits to be finished. The last change of the "
	           "keys was not on record; that it was found is, now.");
	return REASON_DONE;
}

static int
finish(const struct vault *vault)
{
	struct state_mark mark = { .n = 0 };
	int r;

	switch (settle(vault, &mark)) {
	case SETTLED_NOTHING:
		return make_up_for_the_line(vault);
	case SETTLED_OLD:
		(void)puts("The rekey had not taken place: the master key is "
		           "the one of before.");
		key_sweep(vault);
		return REASON_DONE;
	case SETTLED_NEW:
		if ((r = end_rekey("rekeyed", &mark)) != REASON_DONE)
			return r;
		(void)puts("The rekey had taken place: the new master key is "
		           "in its place now.");
		tell_restart();
		return REASON_DONE;
	case SETTLED_NOT:
		break;
	}
	return REASON_NO_KEY;
}

/* Whoever wants an old store to count says so in person. */
static int
confirm_restore(const struct key_question *question)
{
	auto_blob struct blob *answer = NULL;
	int r = WARDER_EFD;

	if (!question->no_prompt && !question->is_stdin)
		r = secret_ask("The keys that lie here become the ones that "
		               "count, however old they are. Type yes: ",
		    true, 16, &answer);
	if (r == WARDER_EFD)
		return ctl_fail(REASON_INPUT,
		    "--after-restore is confirmed at a terminal only");
	if (r == 0 && blob_len(answer) == 3 &&
	    memcmp(blob_data(answer), "yes", 3) == 0)
		return REASON_DONE;
	return ctl_fail(REASON_CANCELLED, "nothing was changed");
}

/*
 * A failure says nothing of whether the list was switched: a disk may fail
 * after that. The list is asked.
 */
static int
fail_rekey(const struct vault *vault, enum seal_err failed)
{
	struct state_mark mark = { .n = 0 };
	int r = ctl_fail_seal(failed, VAULT_KEYS);

	switch (settle(vault, &mark)) {
	case SETTLED_OLD:
	case SETTLED_NOTHING:
		key_sweep(vault);
		return ctl_fail(r, "the master key is the one of before");
	case SETTLED_NEW:
		(void)end_rekey("rekeyed", &mark);
		tell_restart();
		return r;
	case SETTLED_NOT:
		break;
	}
	return ctl_fail(r, "run warderctl key rekey --finish");
}

static int
rekey(const struct vault *vault, struct rekey *rekey)
{
	enum conf_master source = vault->conf.master;
	const char *fresh = master_new_path(source);
	auto_blob struct blob *master = NULL, *keys = NULL;
	enum seal_err e;
	int r;

	if ((r = master_make(source, fresh, &master)) != 0)
		return r;
	if ((e = seal_keys_derive(master, &keys)) != SEAL_OK)
		return fail_rekey(vault, e);
	rekey->vault = *vault;
	rekey->keys = keys;
	if (askeeper_run(rekey_as_keeper, rekey) != 0)
		return fail_rekey(vault, SEAL_SYSTEM);
	if (rekey->e != SEAL_OK)
		return fail_rekey(vault, rekey->e);
	if (rootfile_move(fresh, master_path(source)) != 0)
		return fail_rekey(vault, SEAL_SYSTEM);
	if ((r = end_rekey("rekeyed", &rekey->mark)) != 0)
		return r;
	(void)printf("Sealed %zu records again under a new master key.\n",
	    rekey->records);
	tell_restart();
	return REASON_DONE;
}

int
key_rekey(const struct key_question *question)
{
	auto_vault struct vault vault = { .keys = NULL };
	struct rekey *shared = askeeper_share(sizeof(*shared));
	auto_fd int lock = -1;
	int r;

	if ((r = ctl_need_root()) != 0 || (r = lock_folder(&lock)) != 0 ||
	    (r = vault_load(&vault)) != 0)
		return r;
	if (shared == NULL)
		return ctl_fail(REASON_BUG, "no memory");
	if (question->is_finish)
		return finish(&vault);
	if (master_is_there(master_new_path(vault.conf.master)))
		return ctl_fail(REASON_MISCONFIGURED,
		    "%s is there: a rekey did not come to its end; first run "
		    "warderctl key rekey --finish",
		    master_new_path(vault.conf.master));
	if (question->is_after_restore) {
		if ((r = confirm_restore(question)) != 0 ||
		    (r = key_greatest_kgen(&vault.conf, &shared->above)) != 0)
			return r;
		shared->is_after_restore = true;
	}
	return rekey(&vault, shared);
}

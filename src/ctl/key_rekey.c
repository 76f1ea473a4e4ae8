/* SPDX-License-Identifier: ISC */
/*
 * `key rekey`: another master key for the whole store. The new one lies
 * beside the old one before the store is under it, and takes its name only
 * after; MANIFEST says at any instant which of the two is the right one, so
 * a kill between any two steps loses neither. All of it happens under a lock
 * that the working child holds too: nobody tidies up behind a child that goes
 * on after its parent was killed.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "ctl/askeeper.h"
#include "ctl/conf_line.h"
#include "ctl/key.h"
#include "ctl/key_change.h"
#include "ctl/key_settle.h"
#include "ctl/master.h"
#include "ctl/record.h"
#include "ctl/secret.h"
#include "seal/store.h"

#define LOCK_FILE WARDER_SYSCONFDIR "/rekey.lock"
#define LOCK_MODE 0600

/* In shared memory: what the child does, and its answer. */
struct rekey {
	struct vault vault;      /* borrows its keys */
	const struct blob *keys; /* of the new master */
	enum conf_master to;     /* its source */
	uint64_t above;
	bool is_after_restore;
	enum seal_err e;
	struct state_mark mark;
	size_t records;
};

/*
 * Whoever may open a file may hold a flock on it: so it is not the folder,
 * which everybody reads, but a file that is root's alone.
 */
static int
lock_rekey(int *ret_fd)
{
	auto_fd int fd = open(
	    LOCK_FILE, O_RDONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, LOCK_MODE);

	if (fd < 0 || fchmod(fd, LOCK_MODE) != 0)
		return ctl_fail(
		    REASON_MISCONFIGURED, "%s: %s", LOCK_FILE, strerror(errno));
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
		.source = (enum seal_source)rekey->to,
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

/* On record; then what the list no longer names goes. */
static int
end_rekey(const struct vault *vault, const char *result,
    const struct state_mark *mark)
{
	struct record rec;
	enum ledger_err e;

	record_begin(&rec, "key.store");
	record_set(&rec, M_RES, result);
	record_set_int(&rec, M_KGEN, mark->n);
	if ((e = ctl_record(&rec, "kgen", mark)) != LEDGER_OK)
		return ctl_fail(REASON_NO_RECORD,
		    "%s, but that is not on record: %s; when the ledger takes "
		    "lines again: warderctl key rekey --finish",
		    result, ledger_word(e));
	key_sweep(vault);
	return REASON_DONE;
}

/* A replaced file shows again to a warder-pam from before. */
static void
tell_next(enum conf_master from, enum conf_master to)
{
	static const char folder[] =
	    "/etc/systemd/system/warder-keeper.service.d";

	if (from != to)
		(void)printf("%s says `master %s` now.\n", VAULT_CONF,
		    conf_master_word(to));
	if (from != to && from != CONF_MASTER_PASSPHRASE)
		(void)printf("Take master-%s.conf out of %s.\n",
		    conf_master_word(from), folder);
	if (from != to && to != CONF_MASTER_PASSPHRASE)
		(void)printf("Put master-%s.conf into %s.\n",
		    conf_master_word(to), folder);
	if (from != to)
		(void)puts("Then: systemctl daemon-reload");
	(void)puts("Restart the keeper now, it still has the old one: "
	           "systemctl restart warder-keeper.service "
	           "warder-pam.service");
	if (to == CONF_MASTER_PASSPHRASE)
		(void)puts("Then unlock it: warderctl unlock");
	(void)puts("Renew backups of the store and of the master key: copies "
	           "made before open with the old master key only.");
}

/*
 * A change that was killed between its commit and its line counts, and has
 * no line. It is not known who made it; that it was found is.
 */
static int
make_up_for_the_line(void)
{
	auto_vault struct vault vault = { .keys = NULL };
	struct settle_look seen;
	uint64_t remembered = 0;
	int r;

	if ((r = vault_load(&vault)) != REASON_DONE)
		return r;
	seen = settle_look(&vault.conf, vault.conf.master, vault.keys);
	if (seen.e != SEAL_OK)
		return ctl_fail_seal(seen.e, VAULT_KEYS);
	if ((r = key_greatest_kgen(&vault.conf, &remembered)) != 0)
		return r;
	if (seen.mark.n < remembered)
		return ctl_fail_seal(SEAL_MANIFEST_ROLLBACK, VAULT_KEYS);
	if (seen.mark.n == remembered) {
		(void)puts("No rekey waits to be finished.");
		key_sweep(&vault);
		return REASON_DONE;
	}
	if ((r = end_rekey(&vault, "found", &seen.mark)) != REASON_DONE)
		return r;
	(void)puts("No rekey waits to be finished. The last change of the "
	           "keys was not on record; that it was found is, now.");
	return REASON_DONE;
}

static int
finish(const struct conf *conf)
{
	struct settle settle = { .conf = *conf };
	int r = REASON_NO_KEY;

	switch (settle_rekey(&settle)) {
	case SETTLED_NOTHING:
		r = make_up_for_the_line();
		break;
	case SETTLED_OLD:
		(void)puts("The rekey had not taken place: the master key is "
		           "the one of before.");
		key_sweep(&settle.vault);
		r = REASON_DONE;
		break;
	case SETTLED_NEW:
		r = end_rekey(&settle.vault, "rekeyed", &settle.mark);
		(void)puts("The rekey had taken place: the new master key is "
		           "in its place now.");
		tell_next(conf->master, settle.vault.conf.master);
		break;
	case SETTLED_NOT:
		break;
	}
	vault_clear(&settle.vault);
	return r;
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
fail_rekey(
    const struct vault *vault, const struct blob *fresh, enum seal_err failed)
{
	struct settle settle = {
		.conf = vault->conf, .old_keys = vault->keys, .new_keys = fresh
	};
	int r = ctl_fail_seal(failed, VAULT_KEYS);

	switch (settle_rekey(&settle)) {
	case SETTLED_OLD:
	case SETTLED_NOTHING:
		key_sweep(vault);
		(void)ctl_fail(r, "the master key is the one of before");
		break;
	case SETTLED_NEW:
		(void)!end_rekey(&settle.vault, "rekeyed", &settle.mark);
		tell_next(vault->conf.master, settle.vault.conf.master);
		break;
	case SETTLED_NOT:
		(void)ctl_fail(r, "run warderctl key rekey --finish");
		break;
	}
	vault_clear(&settle.vault);
	return r;
}

static int
rekey(const struct vault *vault, struct rekey *rekey)
{
	const enum conf_master from = vault->conf.master;
	auto_blob struct blob *master = NULL, *keys = NULL;
	struct vault next = { .conf = vault->conf };
	struct settle_look now;
	enum seal_err e;
	int r;

	now = settle_look(&vault->conf, from, vault->keys);
	if (now.e != SEAL_OK)
		return ctl_fail_seal(now.e, VAULT_KEYS);
	if ((r = ctl_record_ready()) != REASON_DONE ||
	    (r = master_make(rekey->to, MASTER_NEW, now.store_id, &master)) !=
	        0)
		return r;
	if ((e = seal_keys_derive(master, &keys)) != SEAL_OK)
		return fail_rekey(vault, NULL, e);
	rekey->vault = *vault;
	rekey->keys = keys;
	if (askeeper_run(rekey_as_keeper, rekey) != 0)
		return fail_rekey(vault, keys, SEAL_SYSTEM);
	if (rekey->e != SEAL_OK)
		return fail_rekey(vault, keys, rekey->e);
	if (settle_new_master(from, rekey->to) != REASON_DONE)
		return fail_rekey(vault, keys, SEAL_SYSTEM);
	next.conf.master = rekey->to;
	next.keys = keys;
	/* It has taken place, on record or not. */
	r = end_rekey(&next, "rekeyed", &rekey->mark);
	(void)printf("Sealed %zu records again under a new master key.\n",
	    rekey->records);
	tell_next(from, rekey->to);
	return r;
}

/* Nothing that a rekey would run over is there. */
static int
check_places(enum conf_master from, enum conf_master to)
{
	enum conf_master waiting = settle_waiting();

	if (waiting != CONF_MASTER_NONE)
		return ctl_fail(REASON_MISCONFIGURED,
		    "%s is there: a rekey did not come to its end; first run "
		    "warderctl key rekey --finish",
		    master_path(waiting, MASTER_NEW));
	if (from != to && master_is_there(to, MASTER_NOW))
		return ctl_fail(REASON_MISCONFIGURED,
		    "%s is there, and a backup may need it: move it away first",
		    master_path(to, MASTER_NOW));
	return REASON_DONE;
}

int
key_rekey(const struct key_question *question)
{
	auto_vault struct vault vault = { .keys = NULL };
	struct rekey *shared = askeeper_share(sizeof(*shared));
	auto_fd int lock = -1;
	struct conf conf;
	int r;

	if ((r = ctl_need_root()) != 0 || (r = lock_rekey(&lock)) != 0 ||
	    (r = vault_conf(&conf)) != 0)
		return r;
	if (shared == NULL)
		return ctl_fail(REASON_BUG, "no memory");
	if (question->is_finish)
		return finish(&conf);
	shared->to = question->master != CONF_MASTER_NONE ? question->master
	                                                  : conf.master;
	if ((r = check_places(conf.master, shared->to)) != 0 ||
	    (r = vault_load(&vault)) != 0)
		return r;
	if (question->is_after_restore) {
		if ((r = confirm_restore(question)) != 0 ||
		    (r = key_greatest_kgen(&vault.conf, &shared->above)) != 0)
			return r;
		shared->is_after_restore = true;
	}
	return rekey(&vault, shared);
}

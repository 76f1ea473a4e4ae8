/* SPDX-License-Identifier: ISC */
/*
 * `warderctl unlock` and `lock`: the passphrase goes from the terminal, by
 * locked memory, in one message to the keeper, and nothing comes back but
 * how it ended.
 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/text.h"
#include "ctl/commands.h"
#include "ctl/keepercall.h"
#include "ctl/passphrase.h"
#include "ctl/secret.h"
#include "ctl/vault.h"
#include "wire/admin.h"
#include "wire/guarded.h"

#define ANSWER_MS 60000

static int
usage(const char *verb)
{
	(void)fprintf(stderr, "usage: warderctl %s\n",
	    strcmp(verb, "unlock") == 0 ? "unlock [--stdin]" : "lock");
	return REASON_USAGE;
}

static int
fail_keeper(const char *what)
{
	return ctl_fail(REASON_UNREACHABLE,
	    "%s; see `systemctl status warder-keeper.service`, then repeat "
	    "this",
	    what);
}

static int
reach_keeper(int *ret_sock)
{
	char what[256];

	if (keepercall_open(0, ret_sock) == 0)
		return REASON_DONE;
	(void)snprintf(what, sizeof(what), "warder-keeper is not running: %s",
	    strerror(errno));
	return fail_keeper(what);
}

/* What root has to do about it; NULL: the word says enough. */
static const char *
advice_for(const char *word)
{
	static const struct {
		const char *word, *advice;
	} rows[] = {
		{ "wrap_passphrase", "wrong passphrase, or " VAULT_KEYS
		                     "/" SEAL_WRAP_NAME " is damaged" },
		{ "busy",
		    "another unlock is at work, or was wrong a moment ago; "
		    "repeat this in a few seconds" },
		{ "slots",
		    "two other warderctl are talking to the keeper; repeat "
		    "this when one of them is done" },
		{ "locked",
		    VAULT_KEYS "/" SEAL_WRAP_NAME " is not there: put it back "
		               "from the backup that the store is from" },
		{ "wrap_memory",
		    "there is not as much memory free as the passphrase needs; "
		    "it is never tried with less" },
		{ "manifest_master",
		    "the passphrase is right, but the keys are sealed with "
		    "another master key: warderctl key rekey --finish" },
		{ "config",
		    "the keeper reads a warder.conf that names no passphrase" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].word, word) == 0)
			return rows[i].advice;
	return NULL;
}

/* How it ended; `failed` is what is true if it did not end well. */
static int
take_answer(int sock, const char *failed, struct admin_done *ret_done)
{
	const struct keepercall call = { .take = NULL };
	const char *advice;
	char shown[128];
	int r;

	r = keepercall_answer(
	    &call, sock, clock_boot_ms() + ANSWER_MS, ret_done);
	if (r != 0)
		return fail_keeper("warder-keeper did not answer");
	if (ret_done->exit == REASON_DONE)
		return REASON_DONE;
	advice = advice_for(ret_done->word);
	text_show(shown, sizeof(shown), ret_done->word);
	return ctl_fail(ret_done->exit, "%s: %s%s%s", failed, shown,
	    advice != NULL ? ": " : "", advice != NULL ? advice : "");
}

/* The other sources have nothing that a person could give or take away. */
static int
need_passphrase_source(struct conf *ret_conf, const char *verb)
{
	int r = vault_conf(ret_conf);

	if (r != REASON_DONE || ret_conf->master == CONF_MASTER_PASSPHRASE)
		return r;
	return ctl_fail(REASON_USAGE,
	    "there is nothing to %s: %s says `master %s`, so the keeper has "
	    "the keys whenever it runs; `warderctl key rekey --master "
	    "passphrase` changes that",
	    verb, VAULT_CONF,
	    ret_conf->master == CONF_MASTER_FILE ? "file" : "credential");
}

/* Gone already: it may have said before that it is busy. */
static int
sent(int r)
{
	return r == WARDER_OK || r == WARDER_EOF
	           ? REASON_DONE
	           : fail_keeper("warder-keeper takes nothing");
}

static int
send_passphrase(int sock, const struct blob *words)
{
	auto_blob struct blob *body = NULL;
	int r = admin_put_passphrase(words, &body);

	if (r == WARDER_EFORM || r == WARDER_ETOOBIG || r == WARDER_ETEXT)
		return ctl_fail(REASON_UNAUTHENTICATED,
		    "wrong passphrase: it has %d to %d bytes of text in UTF-8",
		    ADMIN_PASSPHRASE_MIN, ADMIN_PASSPHRASE_MAX);
	if (r != 0)
		return ctl_fail_seal(SEAL_MEMORY_LOCK, "input");
	return sent(guarded_send(
	    sock, ADMIN_UNLOCK, 1, body, clock_boot_ms() + ANSWER_MS));
}

static void
tell_unlocked(const struct conf *conf)
{
	if (conf->unlock_idle_ms == 0)
		(void)puts("Unlocked, until `warderctl lock`, a stop of the "
		           "keeper or a reboot.");
	else
		(void)printf("Unlocked, until `warderctl lock`, a stop of the "
		             "keeper, a reboot, or %llu s without use.\n",
		    (unsigned long long)(conf->unlock_idle_ms / 1000));
}

/*
 * Somebody at a terminal is told before typing that it is in vain. Not where
 * the line is there already: each connection takes a slot of root's two.
 */
static int
probe_keeper(bool is_stdin)
{
	auto_fd int probe = -1;

	return is_stdin ? REASON_DONE : reach_keeper(&probe);
}

static int
unlock(const struct conf *conf, bool is_stdin)
{
	auto_blob struct blob *words = NULL;
	struct admin_done done;
	auto_fd int sock = -1;
	int r;

	if ((r = probe_keeper(is_stdin)) != REASON_DONE)
		return r;
	r = passphrase_ask("Passphrase of the master key: ", &words);
	if (r != REASON_DONE)
		return r;
	if (is_stdin && secret_read_end(STDIN_FILENO) != 0)
		return ctl_fail(REASON_USAGE,
		    "the passphrase is one line, and nothing after it");
	if ((r = reach_keeper(&sock)) != REASON_DONE ||
	    (r = send_passphrase(sock, words)) != REASON_DONE ||
	    (r = take_answer(sock, "nothing was unlocked", &done)) !=
	        REASON_DONE)
		return r;
	tell_unlocked(conf);
	return REASON_DONE;
}

int
ctl_unlock(int argc, char **argv)
{
	static const struct option flags[] = {
		{ "stdin", no_argument, NULL, 's' },
		{ NULL, 0, NULL, 0 },
	};
	bool is_stdin = false, no_prompt = false;
	struct conf conf;
	int c, r;

	optind = 0;
	while ((c = getopt_long(argc, argv, "n", flags, NULL)) != -1) {
		if (c == 's')
			is_stdin = true;
		else if (c == 'n')
			no_prompt = true;
		else
			return usage(argv[0]);
	}
	if (optind != argc)
		return usage(argv[0]);
	if ((r = ctl_need_root()) != REASON_DONE ||
	    (r = need_passphrase_source(&conf, "unlock")) != REASON_DONE)
		return r;
	passphrase_by(is_stdin, no_prompt);
	return unlock(&conf, is_stdin);
}

int
ctl_lock(int argc, char **argv)
{
	struct admin_done done;
	auto_fd int sock = -1;
	struct conf conf;
	int r;

	if (argc != 1)
		return usage(argv[0]);
	if ((r = ctl_need_root()) != REASON_DONE ||
	    (r = need_passphrase_source(&conf, "lock")) != REASON_DONE ||
	    (r = reach_keeper(&sock)) != REASON_DONE)
		return r;
	r = sent(frame_send(
	    sock, ADMIN_LOCK, 1, NULL, -1, clock_boot_ms() + ANSWER_MS));
	if (r != REASON_DONE)
		return r;
	/* The keys go first, and then it is written down. */
	r = take_answer(sock,
	    "look with `warderctl doctor` whether they are locked", &done);
	if (r != REASON_DONE)
		return r;
	(void)puts(strcmp(done.word, "locked") == 0
	               ? "The keys were locked already."
	               : "Locked: from now on nothing is signed. What is "
	                 "being decided at this moment comes to its end.");
	return REASON_DONE;
}

/* SPDX-License-Identifier: ISC */
/*
 * Root reads nothing below a folder of warder-keeper: a child that became
 * that user fetches the wrap and puts a new one there. What passes between
 * the two is the sealed file; passphrase and master stay here.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/rand.h"
#include "base/text.h"
#include "ctl/askeeper.h"
#include "ctl/passphrase.h"
#include "ctl/secret.h"
#include "ctl/vault.h"

static struct {
	bool is_stdin, no_prompt;
} how;

void
passphrase_by(bool is_stdin, bool no_prompt)
{
	how.is_stdin = is_stdin;
	how.no_prompt = no_prompt;
}

static int
fail_input(int r)
{
	switch (r) {
	case WARDER_EFD:
		return ctl_fail(REASON_INPUT,
		    "no terminal to ask for the passphrase on; --stdin takes "
		    "it as the first line");
	case WARDER_EOF:
		return ctl_fail(REASON_CANCELLED,
		    "no passphrase was given; nothing was done");
	case WARDER_ENOMEM:
	case WARDER_EFULL:
		return ctl_fail_seal(SEAL_MEMORY_LOCK, "input");
	}
	return ctl_fail(REASON_USAGE,
	    "a passphrase is one line of %d to %d bytes", WRAP_PASSPHRASE_MIN,
	    WRAP_PASSPHRASE_MAX);
}

int
passphrase_ask(const char *question, struct blob **ret_passphrase)
{
	int r = WARDER_EFD;

	if (how.is_stdin)
		r = secret_read_line(
		    STDIN_FILENO, WRAP_PASSPHRASE_MAX, ret_passphrase);
	else if (!how.no_prompt)
		r = secret_ask(
		    question, false, WRAP_PASSPHRASE_MAX, ret_passphrase);
	return r == 0 ? REASON_DONE : fail_input(r);
}

/* What a terminal of another day can type again. */
static int
check_new(const struct blob *words)
{
	const uint8_t *at = blob_data(words);
	size_t left = blob_len(words), n;
	uint32_t c;

	if (left < WRAP_PASSPHRASE_MIN)
		return fail_input(WARDER_EFORM);
	for (; left > 0; at += n, left -= n)
		if ((n = utf8_next(at, left, &c)) == 0 || char_is_hostile(c))
			return ctl_fail(REASON_USAGE,
			    "a passphrase is text in UTF-8 without control "
			    "characters");
	return REASON_DONE;
}

int
passphrase_ask_new(struct blob **ret_passphrase)
{
	auto_blob struct blob *words = NULL, *again = NULL;
	int r;

	r = passphrase_ask(
	    "New passphrase of the master key (16 bytes or more): ", &words);
	if (r != REASON_DONE || (r = check_new(words)) != REASON_DONE)
		return r;
	if (!how.is_stdin) {
		r = passphrase_ask("The same again: ", &again);
		if (r != REASON_DONE)
			return r;
		if (!blob_is_equal(words, again))
			return ctl_fail(REASON_USAGE,
			    "the two are not the same; nothing was done");
	}
	*ret_passphrase = blob_steal(&words);
	return REASON_DONE;
}

/* In shared memory. */
struct errand {
	const char *name, *to;
	struct seal_wrap wrap;
	uint8_t bytes[WRAP_LEN];
	enum seal_err e;
	int error;
};

static int
load_as_keeper(void *ctx)
{
	struct errand *errand = ctx;

	errand->e = seal_wrap_load(
	    VAULT_KEYS, errand->name, geteuid(), &errand->wrap, NULL);
	errand->error = errno;
	return 0;
}

static int
create_as_keeper(void *ctx)
{
	struct errand *errand = ctx;

	if (mkdir(VAULT_KEYS, 0700) != 0 && errno != EEXIST)
		errand->e = SEAL_SYSTEM;
	else
		errand->e = seal_wrap_create(
		    VAULT_KEYS, errand->name, geteuid(), errand->bytes);
	errand->error = errno;
	return 0;
}

static int
move_as_keeper(void *ctx)
{
	struct errand *errand = ctx;

	errand->e =
	    seal_wrap_move(VAULT_KEYS, errand->name, errand->to, geteuid());
	errand->error = errno;
	return 0;
}

static int
remove_as_keeper(void *ctx)
{
	struct errand *errand = ctx;

	errand->e = seal_wrap_remove(VAULT_KEYS, errand->name, geteuid());
	errand->error = errno;
	return 0;
}

static enum seal_err
send_child(int (*work)(void *ctx), struct errand *errand)
{
	if (askeeper_run(work, errand) != 0) {
		errno = EPERM;
		return SEAL_SYSTEM;
	}
	errno = errand->error;
	return errand->e;
}

enum seal_err
passphrase_look(const char *name, struct seal_wrap *ret_wrap)
{
	struct errand *errand = askeeper_share(sizeof(*errand));
	enum seal_err e;

	if (errand == NULL)
		return SEAL_MEMORY_LOCK;
	errand->name = name;
	if ((e = send_child(load_as_keeper, errand)) == SEAL_OK)
		*ret_wrap = errand->wrap;
	return e;
}

int
passphrase_fail(enum seal_err e, const char *name)
{
	if (e == SEAL_LOCKED)
		return ctl_fail(REASON_NO_KEY,
		    "%s/%s is not there: put it back from the backup that the "
		    "store is from",
		    VAULT_KEYS, name);
	if (e == SEAL_WRAP_PASSPHRASE)
		return ctl_fail(REASON_UNAUTHENTICATED,
		    "wrong passphrase, or %s/%s is damaged; nothing was done",
		    VAULT_KEYS, name);
	if (e == SEAL_WRAP_MEMORY)
		return ctl_fail(seal_reason(e),
		    "wrap_memory: there is not as much memory free as the "
		    "passphrase needs (%u MiB); it is never tried with less",
		    WRAP_KIB / 1024);
	return ctl_fail_seal(e, name);
}

int
passphrase_open(const char *name, struct blob **ret_master)
{
	auto_blob struct blob *words = NULL;
	struct seal_wrap wrap;
	enum seal_err e;
	int r;

	if ((e = passphrase_look(name, &wrap)) != SEAL_OK)
		return passphrase_fail(e, name);
	if ((r = passphrase_ask("Passphrase of the master key: ", &words)) !=
	    REASON_DONE)
		return r;
	e = seal_wrap_open(&wrap, words, ret_master);
	return e == SEAL_OK ? REASON_DONE : passphrase_fail(e, name);
}

int
passphrase_make(const char *name, const uint8_t store_id[SEAL_ID_LEN],
    const struct blob *master)
{
	struct errand *errand = askeeper_share(sizeof(*errand));
	struct wrap_head head = { .ops = WRAP_OPS,
		.kib = WRAP_KIB,
		.created_ms = (uint64_t)clock_real_ms() };
	auto_blob struct blob *words = NULL;
	enum seal_err e;
	int r;

	if (errand == NULL)
		return ctl_fail_seal(SEAL_MEMORY_LOCK, name);
	if ((r = passphrase_ask_new(&words)) != REASON_DONE)
		return r;
	memcpy(head.store_id, store_id, SEAL_ID_LEN);
	rand_fill(head.salt, sizeof(head.salt));
	rand_fill(head.nonce, sizeof(head.nonce));
	if ((e = wrap_make(&head, words, master, errand->bytes)) != SEAL_OK)
		return passphrase_fail(e, name);
	errand->name = name;
	e = send_child(create_as_keeper, errand);
	return e == SEAL_OK ? REASON_DONE : passphrase_fail(e, name);
}

int
passphrase_move(const char *from, const char *to)
{
	struct errand *errand = askeeper_share(sizeof(*errand));
	enum seal_err e = SEAL_MEMORY_LOCK;

	if (errand != NULL) {
		errand->name = from;
		errand->to = to;
		e = send_child(move_as_keeper, errand);
	}
	return e == SEAL_OK ? REASON_DONE : passphrase_fail(e, from);
}

int
passphrase_remove(const char *name)
{
	struct errand *errand = askeeper_share(sizeof(*errand));
	enum seal_err e = SEAL_MEMORY_LOCK;

	if (errand != NULL) {
		errand->name = name;
		e = send_child(remove_as_keeper, errand);
	}
	return e == SEAL_OK ? REASON_DONE : passphrase_fail(e, name);
}

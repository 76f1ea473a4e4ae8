/* SPDX-License-Identifier: ISC */
/*
 * The parts of `init` with secrets in them: master key, host key, and the
 * first MANIFEST. The host key signs what people and other hosts believe of
 * this host; it never leaves the store.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/rand.h"
#include "base/text.h"
#include "ctl/askeeper.h"
#include "ctl/init.h"
#include "ctl/master.h"
#include "ctl/passphrase.h"
#include "ctl/record.h"
#include "ctl/rootfile.h"
#include "ledger/note.h"
#include "seal/record.h"

#define LEDGER_PUB WARDER_SYSCONFDIR "/ledger.pub"

/* In shared memory; the keys it borrows are not. */
struct first {
	struct vault vault;
	struct manifest manifest;
	uint8_t bytes[RECORD_SIZE_MAX];
	struct seal_file file;
	enum seal_err e; /* the child's answer */
};

/* One that a run before this one left is taken up again. */
static int
load_kept(struct first *first)
{
	struct seal_wrap wrap;
	struct wrap_head head;
	int r;

	if ((r = vault_load(&first->vault)) != REASON_DONE ||
	    first->vault.conf.master != CONF_MASTER_PASSPHRASE)
		return r;
	/* It opened a moment ago, and says for which store it is. */
	if (passphrase_look(SEAL_WRAP_NAME, &wrap) != SEAL_OK ||
	    wrap_peek(wrap.bytes, wrap.len, &head) != SEAL_OK)
		return passphrase_fail(SEAL_LOCKED, SEAL_WRAP_NAME);
	memcpy(first->manifest.store_id, head.store_id, SEAL_ID_LEN);
	return REASON_DONE;
}

static int
make_master(enum conf_master source, struct first *first)
{
	auto_blob struct blob *master = NULL;
	const char *path = master_path(source, MASTER_NOW);
	enum seal_err e;
	int r;

	rand_fill(first->manifest.store_id, SEAL_ID_LEN);
	if (master_is_there(source, MASTER_NOW)) {
		init_say_kept(path);
		return load_kept(first);
	}
	if ((r = vault_conf(&first->vault.conf)) != REASON_DONE)
		return r;
	r = master_make(source, MASTER_NOW, first->manifest.store_id, &master);
	if (r != REASON_DONE)
		return r;
	init_say_made(path);
	e = seal_keys_derive(master, &first->vault.keys);
	return e == SEAL_OK ? REASON_DONE : ctl_fail_seal(e, path);
}

/* The name of this host, as it may stand in a note. */
static int
host_name(char ret[NOTE_HOST_MAX + 1])
{
	char name[256] = "";
	size_t n;

	if (gethostname(name, sizeof(name) - 1) != 0)
		return WARDER_ESYS;
	for (n = 0; n < NOTE_HOST_MAX && name[n] != '\0'; n++) {
		char c = name[n];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.')
			c = '-';
		ret[n] = c;
	}
	ret[n] = '\0';
	/* The sealed id is `warder/` and this, at most 64 bytes. */
	ret[NOTE_HOST_MAX - 7] = '\0';
	return note_host_is_usable(ret) ? WARDER_OK : WARDER_EFORM;
}

static enum seal_err
make_first(struct first *first, const char *host, const struct blob *seed)
{
	struct seal_credential from = { .kind = SEAL_HOST, .generation = 1 };
	uint8_t nonce[RECORD_NONCE_LEN];
	uint8_t source = (uint8_t)first->vault.conf.master;
	struct manifest *list = &first->manifest;
	struct record_place place = { source, list->store_id, nonce };
	enum seal_err e;

	rand_fill(nonce, sizeof(nonce));
	rand_fill(from.record_id, sizeof(from.record_id));
	(void)snprintf(from.id, sizeof(from.id), "warder/%.57s", host);
	(void)snprintf(from.name, sizeof(from.name), "host");
	from.created_ms = (uint64_t)clock_real_ms();
	from.secret = (struct blob *)seed; /* only read */
	e = record_make(
	    &from, first->vault.keys, &place, first->bytes, &first->file.len);
	if (e != SEAL_OK)
		return e;
	first->file.bytes = first->bytes;
	memcpy(first->file.record_id, from.record_id, SEAL_ID_LEN);
	first->file.generation = 1;
	list->source = source;
	list->generation = 1;
	list->written_ms = from.created_ms;
	list->n = 1;
	memcpy(list->entries[0].record_id, from.record_id, SEAL_ID_LEN);
	list->entries[0].generation = 1;
	list->entries[0].kind = SEAL_HOST;
	list->entries[0].state = MANIFEST_ACTIVE;
	record_hash(list->entries[0].hash, first->bytes, first->file.len);
	return SEAL_OK;
}

static int
create_as_keeper(void *ctx)
{
	struct first *first = ctx;

	if (mkdir(VAULT_KEYS, 0700) != 0 && errno != EEXIST)
		first->e = SEAL_SYSTEM;
	else
		first->e = seal_store_create(VAULT_KEYS, first->vault.keys,
		    geteuid(), &first->manifest, &first->file, 1);
	return 0;
}

static int
has_store_as_keeper(void *ctx)
{
	struct stat st;

	(void)ctx;
	if (lstat(VAULT_KEYS "/MANIFEST", &st) == 0)
		return 1;
	return errno == ENOENT ? 0 : 2;
}

static int
record_first(const struct manifest *first)
{
	struct state_mark mark = vault_mark(1, first->store_id);
	struct record rec;
	enum ledger_err e;

	record_begin(&rec, "key.store");
	record_set(&rec, M_RES, "sealed");
	record_set(&rec, M_KEY, "host");
	record_set_int(&rec, M_KGEN, 1);
	if ((e = ctl_record(&rec, "kgen", &mark)) != LEDGER_OK)
		return ctl_fail(REASON_NO_RECORD,
		    "the host key is sealed, but not on record: %s",
		    ledger_word(e));
	init_say_made(WARDER_LOGDIR "/ledger.jsonl");
	return REASON_DONE;
}

/* The public key goes first: a store without it could prove nothing. */
static int
write_public(const char *host, const struct blob *seed)
{
	struct note_verifier verifier;
	char line[NOTE_VERIFIER_SIZE];
	int r;

	if ((r = note_verifier_of_seed(host, seed, &verifier)) == 0) {
		note_verifier_print(&verifier, line);
		r = rootfile_replace(LEDGER_PUB, 0644, line, strlen(line));
	}
	if (r != 0)
		return ctl_fail(REASON_MISCONFIGURED, "%s: %s", LEDGER_PUB,
		    warder_strerror(r));
	init_say_made(LEDGER_PUB);
	return REASON_DONE;
}

static int
create(struct first *first, const char *host)
{
	auto_blob struct blob *seed = NULL;
	enum seal_err e;
	int r;

	if (blob_new(32, &seed) != 0 || blob_set_len(seed, 32) != 0)
		return ctl_fail(REASON_BUG, "memory_lock");
	rand_fill(blob_space(seed), 32);
	if ((e = make_first(first, host, seed)) != SEAL_OK)
		return ctl_fail_seal(e, "the host key");
	if ((r = write_public(host, seed)) != 0)
		return r;
	if (askeeper_run(create_as_keeper, first) != 0)
		return ctl_fail(REASON_MISCONFIGURED,
		    "no child could work as %s", WARDER_USER_KEEPER);
	if (first->e != SEAL_OK)
		return ctl_fail_seal(first->e, VAULT_KEYS);
	init_say_made(VAULT_KEYS "/MANIFEST");
	return record_first(&first->manifest);
}

/* What it was sealed with is not made anew where it is missing. */
static int
keep_store(enum conf_master source)
{
	const char *path = master_path(source, MASTER_NOW);

	if (!master_is_there(source, MASTER_NOW))
		return ctl_fail(REASON_NO_KEY,
		    "%s is there, but %s, which opens it, is not: put it back",
		    VAULT_KEYS, path);
	init_say_kept(path);
	init_say_kept(VAULT_KEYS "/MANIFEST");
	return REASON_DONE;
}

int
init_store(enum conf_master source)
{
	struct first *first = askeeper_share(sizeof(*first));
	char host[NOTE_HOST_MAX + 1];
	int r = askeeper_run(has_store_as_keeper, NULL);

	if (r == 1)
		return keep_store(source);
	if (r != 0 || first == NULL || host_name(host) != 0)
		return ctl_fail(REASON_MISCONFIGURED,
		    "%s cannot be looked into, or this host has no usable name",
		    VAULT_KEYS);
	r = make_master(source, first);
	if (r == REASON_DONE)
		r = create(first, host);
	vault_clear(&first->vault);
	return r;
}

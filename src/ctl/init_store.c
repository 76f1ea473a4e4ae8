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
#include "ctl/record.h"
#include "ctl/rootfile.h"
#include "ledger/note.h"
#include "seal/record.h"

#define LEDGER_PUB WARDER_SYSCONFDIR "/ledger.pub"

int
init_master(enum conf_master source)
{
	auto_blob struct blob *master = NULL;
	const char *path = master_path(source);
	int r;

	if (master_is_there(path)) {
		init_say_kept(path);
		return REASON_DONE;
	}
	if ((r = master_make(source, path, &master)) != 0)
		return r;
	init_say_made(path);
	return REASON_DONE;
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

struct first {
	const struct vault *vault;
	struct manifest manifest;
	uint8_t bytes[RECORD_SIZE_MAX];
	struct seal_file file;
	enum seal_err e; /* the child's answer */
};

static enum seal_err
make_first(struct first *first, const char *host, const struct blob *seed)
{
	struct seal_credential from = { .kind = SEAL_HOST, .generation = 1 };
	uint8_t store_id[SEAL_ID_LEN], nonce[RECORD_NONCE_LEN];
	uint8_t source = (uint8_t)first->vault->conf.master;
	struct record_place place = { source, store_id, nonce };
	struct manifest *list = &first->manifest;
	enum seal_err e;

	rand_fill(store_id, sizeof(store_id));
	rand_fill(nonce, sizeof(nonce));
	rand_fill(from.record_id, sizeof(from.record_id));
	(void)snprintf(from.id, sizeof(from.id), "warder/%.57s", host);
	(void)snprintf(from.name, sizeof(from.name), "host");
	from.created_ms = (uint64_t)clock_real_ms();
	from.secret = (struct blob *)seed; /* only read */
	e = record_make(
	    &from, first->vault->keys, &place, first->bytes, &first->file.len);
	if (e != SEAL_OK)
		return e;
	first->file.bytes = first->bytes;
	memcpy(first->file.record_id, from.record_id, SEAL_ID_LEN);
	first->file.generation = 1;
	list->source = source;
	memcpy(list->store_id, store_id, SEAL_ID_LEN);
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
		first->e = seal_store_create(VAULT_KEYS, first->vault->keys,
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

int
init_store(const struct vault *vault)
{
	struct first *first = askeeper_share(sizeof(*first));
	auto_blob struct blob *seed = NULL;
	char host[NOTE_HOST_MAX + 1];
	enum seal_err e;
	int r = askeeper_run(has_store_as_keeper, NULL);

	if (r == 1) {
		init_say_kept(VAULT_KEYS "/MANIFEST");
		return REASON_DONE;
	}
	if (r != 0 || first == NULL || host_name(host) != 0)
		return ctl_fail(REASON_MISCONFIGURED,
		    "%s cannot be looked into, or this host has no usable name",
		    VAULT_KEYS);
	if (blob_new(32, &seed) != 0 || blob_set_len(seed, 32) != 0)
		return ctl_fail(REASON_BUG, "memory_lock");
	rand_fill(blob_space(seed), 32);
	first->vault = vault;
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

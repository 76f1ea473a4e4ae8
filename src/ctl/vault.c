/* SPDX-License-Identifier: ISC */
/*
 * The master key is read as root, turned into the two keys of the store and
 * wiped before anything else is done.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"
#include "ctl/master.h"
#include "ctl/vault.h"

int
ctl_fail(int code, const char *format, ...)
{
	char text[2048], shown[4096];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	/* Names of files and organizations come from whoever calls. */
	(void)fprintf(
	    stderr, "warderctl: %s\n", text_show(shown, sizeof(shown), text));
	return code;
}

int
ctl_fail_seal(enum seal_err e, const char *what)
{
	if (e == SEAL_SYSTEM)
		return ctl_fail(
		    seal_reason(e), "%s: %s", what, strerror(errno));
	/* A rekey that was killed leaves it so. */
	if (e == SEAL_MANIFEST_MASTER || e == SEAL_MANIFEST_SOURCE)
		return ctl_fail(seal_reason(e),
		    "%s: %s; if a rekey did not come to its end: warderctl "
		    "key rekey --finish",
		    what, seal_word(e));
	return ctl_fail(seal_reason(e), "%s: %s", what, seal_word(e));
}

int
ctl_need_root(void)
{
	struct rlimit none = { 0, 0 };

	if (geteuid() != 0)
		return ctl_fail(REASON_USAGE, "this is for root");
	umask(077);
	if (prctl(PR_SET_DUMPABLE, 0) != 0 ||
	    setrlimit(RLIMIT_CORE, &none) != 0 || base_init() != 0)
		return ctl_fail(REASON_BUG, "memory cannot be guarded");
	return REASON_DONE;
}

void
vault_clear(struct vault *vault)
{
	blob_freep(&vault->keys);
}

int
vault_conf(struct conf *ret_conf)
{
	struct diag diag = { 0 };
	int r;

	if ((r = conf_load(VAULT_CONF, ret_conf, &diag)) != 0)
		return ctl_fail(REASON_MISCONFIGURED, "%s:%u: %s", VAULT_CONF,
		    diag.line,
		    diag.what[0] != '\0' ? diag.what : warder_strerror(r));
	if (ret_conf->master == CONF_MASTER_NONE)
		return ctl_fail(REASON_MISCONFIGURED,
		    "no master key yet: run warderctl init");
	return REASON_DONE;
}

int
vault_load(struct vault *ret_vault)
{
	auto_vault struct vault vault = { .keys = NULL };
	auto_blob struct blob *master = NULL;
	enum seal_err e;
	int r;

	if ((r = vault_conf(&vault.conf)) != REASON_DONE)
		return r;
	r = master_open(vault.conf.master, MASTER_NOW, &master);
	if (r != REASON_DONE)
		return r;
	if ((e = seal_keys_derive(master, &vault.keys)) != SEAL_OK)
		return ctl_fail_seal(e, "the master key");
	*ret_vault = vault;
	vault.keys = NULL;
	return REASON_DONE;
}

/* What the state remembers; an id of another length is nobody's. */
static enum seal_err
find_known(const struct vault *vault, struct seal_known *ret_known)
{
	struct seal_known known = { vault->conf.least_generation, false,
		{ 0 } };
	auto_state struct state *state = NULL;
	struct state_mark mark = { .n = 0 };
	enum state_result found;

	errno = EIO; /* unless a call knows better */
	if (state_open(WARDER_STATEDIR, &state) != STATE_OK)
		return SEAL_SYSTEM;
	found = state_mark_get(state, "kgen", &mark);
	if ((found != STATE_OK && found != STATE_ABSENT) ||
	    (mark.h_len != 0 && mark.h_len != SEAL_ID_LEN))
		return SEAL_SYSTEM;
	if (mark.n > known.generation)
		known.generation = mark.n;
	known.has_id = mark.h_len == SEAL_ID_LEN;
	if (known.has_id)
		memcpy(known.store_id, mark.h, SEAL_ID_LEN);
	*ret_known = known;
	return SEAL_OK;
}

static enum seal_err
open_known(const struct vault *vault, const struct seal_known *known,
    bool is_writer, struct seal_store **ret_store)
{
	const struct seal_expect expect = seal_expect_of(
	    known, (enum seal_source)vault->conf.master, geteuid());

	return is_writer ? seal_store_open_writer(
	                       VAULT_KEYS, vault->keys, &expect, ret_store)
	                 : seal_store_open(
	                       VAULT_KEYS, vault->keys, &expect, ret_store);
}

enum seal_err
vault_open(
    const struct vault *vault, bool is_writer, struct seal_store **ret_store)
{
	struct seal_known known;
	enum seal_err e = find_known(vault, &known);

	return e != SEAL_OK ? e
	                    : open_known(vault, &known, is_writer, ret_store);
}

enum seal_err
vault_open_restored(const struct vault *vault, struct seal_store **ret_store)
{
	struct seal_known known;
	enum seal_err e = find_known(vault, &known);

	known.generation = 0;
	return e != SEAL_OK ? e : open_known(vault, &known, true, ret_store);
}

struct state_mark
vault_mark(uint64_t generation, const uint8_t store_id[SEAL_ID_LEN])
{
	struct state_mark mark = { .n = generation, .h_len = SEAL_ID_LEN };

	memcpy(mark.h, store_id, SEAL_ID_LEN);
	return mark;
}

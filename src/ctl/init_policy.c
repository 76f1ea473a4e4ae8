/* SPDX-License-Identifier: ISC */
/*
 * A policy that permits nothing, in force: until somebody writes another,
 * the answer is no, and it is a policy's no, not a broken file's.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ctl/init.h"
#include "ctl/record.h"
#include "ctl/rootfile.h"
#include "policy/installed.h"

#define POLICY WARDER_SYSCONFDIR "/policy"
#define INSTALLED WARDER_SYSCONFDIR "/policy.installed"

static const char nothing[] =
    "# Nobody may do anything yet. warder-policy(5) has the language; after\n"
    "# an edit `warderctl policy install` puts it into force.\n"
    "version 1\n"
    "timezone UTC\n";

/* The hash goes on record and into the state: only that set counts. */
static int
record_install(const struct installed *installed)
{
	struct state_mark mark = { .n = 1, .h_len = INSTALLED_HASH_LEN };
	struct record rec;
	enum ledger_err e;

	memcpy(mark.h, installed->hash, INSTALLED_HASH_LEN);
	record_begin(&rec, "policy.install");
	record_set_hex(&rec, M_POL, installed->hash, INSTALLED_HASH_LEN);
	record_set(&rec, M_FILE, POLICY);
	if ((e = ctl_record(&rec, "policy", &mark)) != LEDGER_OK)
		return ctl_fail(REASON_NO_RECORD,
		    "the policy is not on record: %s", ledger_word(e));
	return REASON_DONE;
}

static int
install_nothing(void)
{
	static struct installed installed = { .n = 1,
		.files = { { .name = "policy",
		    .bytes = nothing,
		    .len = sizeof(nothing) - 1 } } };
	char *bytes = NULL;
	size_t len;
	int r;

	if ((r = installed_print(&installed, &bytes, &len)) != 0)
		return ctl_fail(REASON_BUG, "%s", warder_strerror(r));
	r = record_install(&installed);
	if (r == 0 && rootfile_make(INSTALLED, 0644, bytes, len) != 0)
		r = ctl_fail(
		    REASON_MISCONFIGURED, "%s cannot be written", INSTALLED);
	if (r == 0)
		init_say_made(INSTALLED);
	free(bytes);
	return r;
}

int
init_policy(void)
{
	struct stat st;
	int r;

	r = rootfile_make(POLICY, 0644, nothing, sizeof(nothing) - 1);
	if (r != 0 && r != WARDER_EEXIST)
		return ctl_fail(
		    REASON_MISCONFIGURED, "%s: %s", POLICY, warder_strerror(r));
	if (r == 0)
		init_say_made(POLICY);
	else
		init_say_kept(POLICY);
	if (lstat(INSTALLED, &st) == 0) {
		init_say_kept(INSTALLED);
		return REASON_DONE;
	}
	return install_nothing();
}

/* SPDX-License-Identifier: ISC */
/*
 * `warderctl policy install FILE`: checks it, says what changes, puts it on
 * record and into force. The order is the point: the ledger line and the
 * mark first, so that no policy is in force that is not on record; a kill in
 * between leaves a mark that no file bears, and everything is refused until
 * root installs again.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/policy.h"
#include "ctl/policy_diff.h"
#include "ctl/policy_disk.h"
#include "ctl/record.h"
#include "ctl/rootfile.h"
#include "ctl/vault.h"

int
policy_record(const struct installed *old, const struct installed *new)
{
	static const uint8_t none[INSTALLED_HASH_LEN];
	struct state_mark mark = { .n = 0, .h_len = INSTALLED_HASH_LEN };
	struct record rec;
	enum ledger_err e;

	memcpy(mark.h, new->hash, INSTALLED_HASH_LEN);
	record_begin(&rec, "policy.install");
	record_set(&rec, M_RES, "installed");
	record_set_hex(&rec, M_POL, new->hash, INSTALLED_HASH_LEN);
	record_set_hex(
	    &rec, M_H, old == NULL ? none : old->hash, INSTALLED_HASH_LEN);
	record_set(&rec, M_FILE, "policy");
	if ((e = ctl_record(&rec, "policy", &mark)) != LEDGER_OK)
		return ctl_fail(REASON_NO_RECORD,
		    "the policy is not on record, so it is not in force: %s",
		    ledger_word(e));
	return REASON_DONE;
}

static int
put_into_force(const struct installed *old, const struct installed *new,
    const char *whole, size_t len)
{
	int r = policy_record(old, new);

	if (r == REASON_DONE &&
	    rootfile_replace(POLICY_INSTALLED, 0644, whole, len) != 0)
		r = ctl_fail(REASON_MISCONFIGURED,
		    "%s cannot be written; install again", POLICY_INSTALLED);
	return r;
}

/* Somebody saw the changes and said so. */
static int
confirm(bool is_said)
{
	char answer[16] = "";

	if (is_said)
		return REASON_DONE;
	if (!isatty(STDIN_FILENO))
		return ctl_fail(REASON_INPUT,
		    "nobody to ask; say -y to install without a question");
	(void)fputs("Put this into force? [y/N] ", stdout);
	(void)fflush(stdout);
	if (fgets(answer, sizeof(answer), stdin) != NULL &&
	    (strcmp(answer, "y\n") == 0 || strcmp(answer, "yes\n") == 0))
		return REASON_DONE;
	return ctl_fail(REASON_CANCELLED, "nothing was installed");
}

struct installing {
	struct policy_disk disk;
	struct examined examined;
	struct installed old, new;
	char *before, *whole;
	size_t whole_len;
};

static int
say_changes(const struct installed *old, const struct installed *new)
{
	auto_policy_diff struct policy_diff diff = { .n = 0 };

	if (policy_diff_make(old, new, &diff) != 0)
		return ctl_fail(REASON_BUG, "no memory");
	policy_diff_print(stdout, &diff);
	return REASON_DONE;
}

static int
install(struct installing *in, const char *file, bool is_said)
{
	const struct installed *old;
	int r;

	if ((r = ctl_need_root()) != 0 ||
	    (r = policy_disk_open(&in->disk, file)) != 0)
		return r;
	r = policy_examine(&in->disk, &in->examined);
	policy_say_examined(&in->disk, &in->examined);
	if (r != REASON_DONE)
		return ctl_fail(REASON_MISCONFIGURED,
		    "nothing was installed; the policy in force stays");
	if ((r = policy_disk_print(&in->disk, in->examined.policy, &in->new,
	         &in->whole, &in->whole_len)) != 0)
		return ctl_fail(REASON_BUG, "%s", warder_strerror(r));
	old =
	    policy_installed_load(&in->old, &in->before) == 0 ? &in->old : NULL;
	if ((r = say_changes(old, &in->new)) != 0 ||
	    (r = confirm(is_said)) != 0)
		return r;
	return put_into_force(old, &in->new, in->whole, in->whole_len);
}

int
policy_install(int argc, char **argv)
{
	const char *file = argc > 1 ? argv[argc - 1] : "-";
	bool is_said = argc == 3 && strcmp(argv[1], "-y") == 0;
	struct installing *in = calloc(1, sizeof(*in));
	int r;

	if (argc != (is_said ? 3 : 2) || file[0] == '-' || in == NULL) {
		free(in);
		return ctl_fail(
		    REASON_USAGE, "usage: warderctl policy install [-y] FILE");
	}
	r = install(in, file, is_said);
	if (r == 0)
		(void)printf("%s is in force\n", file);
	examined_clear(&in->examined);
	policy_disk_clear(&in->disk);
	free(in->before);
	free(in->whole);
	free(in);
	return r;
}

int
policy_show(int argc, char **argv)
{
	struct installed *old = calloc(1, sizeof(*old));
	char *bytes = NULL;

	(void)argv;
	if (argc != 1 || old == NULL) {
		free(old);
		return ctl_fail(REASON_USAGE, "usage: warderctl policy show");
	}
	if (policy_installed_load(old, &bytes) != 0) {
		free(old);
		return ctl_fail(REASON_MISCONFIGURED,
		    "%s is not there, or not as it was installed",
		    POLICY_INSTALLED);
	}
	for (size_t i = 0; i < old->n; i++) {
		const struct installed_file *file = &old->files[i];

		if (old->n > 1)
			(void)printf("%s# %s%s\n", i == 0 ? "" : "\n",
			    file->name,
			    file->bytes == NULL ? ": could not be read" : "");
		if (file->bytes != NULL)
			(void)fwrite(file->bytes, 1, file->len, stdout);
	}
	free(bytes);
	free(old);
	return REASON_DONE;
}

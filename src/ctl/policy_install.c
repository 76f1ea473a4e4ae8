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

#include "base/safefile.h"
#include "ctl/policy.h"
#include "ctl/policy_disk.h"
#include "ctl/record.h"
#include "ctl/rootfile.h"
#include "ctl/vault.h"
#include "policy/installed.h"

/* The main file in force; NULL if there is none that reads. */
static char *
load_installed(struct installed *installed)
{
	const struct safefile_rule rule = { 0, 022, 1, INSTALLED_MAX };
	uint8_t *bytes = NULL;
	size_t len;

	if (safefile_load(POLICY_INSTALLED, &rule, &bytes, &len) != 0)
		return NULL;
	if (installed_parse(bytes, len, installed) != 0) {
		free(bytes);
		return NULL;
	}
	return (char *)bytes;
}

/* Whether one line of `text` is this one, whole. */
static bool
has_line(const char *text, size_t len, const char *line, size_t line_len)
{
	const char *end;
	size_t n;

	for (; len > 0; text += n, len -= n) {
		end = memchr(text, '\n', len);
		n = end == NULL ? len : (size_t)(end - text);
		if (n == line_len && memcmp(text, line, n) == 0)
			return true;
		n += end != NULL;
	}
	return false;
}

/* Lines of `text` that `other` does not have. */
static size_t
say_lines(char mark, const char *text, size_t len, const char *other,
    size_t other_len)
{
	size_t changed = 0, n;
	const char *end;

	for (; len > 0; text += n, len -= n) {
		end = memchr(text, '\n', len);
		n = end == NULL ? len : (size_t)(end - text);
		if (n > 0 && !has_line(other, other_len, text, n)) {
			(void)printf("%c %.*s\n", mark, (int)n, text);
			changed++;
		}
		n += end != NULL;
	}
	return changed;
}

/* A file that only one of the two sets has is all new, or all gone. */
static size_t
say_file(const char *name, const struct installed_file *before,
    const struct installed_file *now)
{
	static const struct installed_file none = { .bytes = "" };
	size_t changed;

	if (before == NULL || before->bytes == NULL)
		before = &none;
	if (now == NULL || now->bytes == NULL)
		now = &none;
	if (before->len == now->len &&
	    memcmp(before->bytes, now->bytes, now->len) == 0)
		return 0;
	(void)printf("--- %s\n", name);
	changed =
	    say_lines('-', before->bytes, before->len, now->bytes, now->len);
	changed +=
	    say_lines('+', now->bytes, now->len, before->bytes, before->len);
	/* Lines that only changed their places decide the same. */
	return changed + 1;
}

static const struct installed_file *
file_of(const struct installed *set, const char *name)
{
	for (size_t i = 0; set != NULL && i < set->n; i++)
		if (strcmp(set->files[i].name, name) == 0)
			return &set->files[i];
	return NULL;
}

void
policy_say_changes(const struct installed *old, const struct installed *new)
{
	size_t changed = 0;

	for (size_t i = 0; i < new->n; i++)
		changed += say_file(new->files[i].name,
		    file_of(old, new->files[i].name), &new->files[i]);
	for (size_t i = 0; old != NULL && i < old->n; i++)
		if (file_of(new, old->files[i].name) == NULL)
			changed +=
			    say_file(old->files[i].name, &old->files[i], NULL);
	if (changed == 0)
		(void)printf("no line changes\n");
}

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
	struct policy *policy;
	struct installed old, new;
	char *before, *whole;
	size_t whole_len;
};

static int
install(struct installing *in, const char *file, bool is_said)
{
	const struct installed *old;
	int r;

	if ((r = ctl_need_root()) != 0 ||
	    (r = policy_disk_open(&in->disk, file)) != 0)
		return r;
	if (policy_examine(&in->disk, &in->policy) != REASON_DONE)
		return ctl_fail(REASON_MISCONFIGURED,
		    "nothing was installed; the policy in force stays");
	if ((r = policy_disk_print(&in->disk, in->policy, &in->new, &in->whole,
	         &in->whole_len)) != 0)
		return ctl_fail(REASON_BUG, "%s", warder_strerror(r));
	in->before = load_installed(&in->old);
	old = in->before == NULL ? NULL : &in->old;
	policy_say_changes(old, &in->new);
	if ((r = confirm(is_said)) != 0)
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
	policy_freep(&in->policy);
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
	char *bytes;

	(void)argv;
	if (argc != 1 || old == NULL) {
		free(old);
		return ctl_fail(REASON_USAGE, "usage: warderctl policy show");
	}
	bytes = load_installed(old);
	if (bytes == NULL) {
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

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

static void
say_changes(const struct installed *old, const char *bytes, size_t len)
{
	const char *before = old == NULL ? "" : old->files[0].bytes;
	size_t before_len = old == NULL ? 0 : old->files[0].len, changed;

	changed = say_lines('-', before, before_len, bytes, len);
	changed += say_lines('+', bytes, len, before, before_len);
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
put_into_force(const struct installed *old, const char *bytes, size_t len)
{
	struct installed *new = calloc(1, sizeof(*new));
	char *whole = NULL;
	size_t whole_len;
	int r;

	if (new == NULL)
		return ctl_fail(REASON_BUG, "no memory");
	new->n = 1;
	(void)snprintf(
	    new->files[0].name, sizeof(new->files[0].name), "policy");
	new->files[0].bytes = bytes;
	new->files[0].len = len;
	if ((r = installed_print(new, &whole, &whole_len)) != 0) {
		free(new);
		return ctl_fail(REASON_BUG, "%s", warder_strerror(r));
	}
	r = policy_record(old, new);
	if (r == REASON_DONE &&
	    rootfile_replace(POLICY_INSTALLED, 0644, whole, whole_len) != 0)
		r = ctl_fail(REASON_MISCONFIGURED,
		    "%s cannot be written; install again", POLICY_INSTALLED);
	free(whole);
	free(new);
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

int
policy_install(int argc, char **argv)
{
	struct installed *old = calloc(1, sizeof(*old));
	char *bytes = NULL, *before = NULL;
	const char *file = argc > 1 ? argv[argc - 1] : "-";
	bool is_said = argc == 3 && strcmp(argv[1], "-y") == 0;
	size_t len;
	int r;

	if (argc != (is_said ? 3 : 2) || file[0] == '-' || old == NULL) {
		free(old);
		return ctl_fail(
		    REASON_USAGE, "usage: warderctl policy install [-y] FILE");
	}
	if ((r = ctl_need_root()) == 0)
		r = policy_read(file, &bytes, &len);
	if (r == 0 && policy_examine(file, bytes, len) != REASON_DONE)
		r = ctl_fail(REASON_MISCONFIGURED,
		    "nothing was installed; the policy in force stays");
	if (r == 0) {
		before = load_installed(old);
		say_changes(before == NULL ? NULL : old, bytes, len);
		r = confirm(is_said);
	}
	if (r == 0)
		r = put_into_force(before == NULL ? NULL : old, bytes, len);
	if (r == 0)
		(void)printf("%s is in force\n", file);
	free(before);
	free(bytes);
	free(old);
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
	(void)fwrite(old->files[0].bytes, 1, old->files[0].len, stdout);
	free(bytes);
	free(old);
	return REASON_DONE;
}

/* SPDX-License-Identifier: ISC */
/*
 * `warderctl policy check [FILE]`: reads and checks a policy against the
 * people of this host, and changes nothing. Also what `install` does first.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/policy.h"
#include "ctl/policy_disk.h"
#include "ctl/vault.h"

static void
say(struct policy_disk *disk, const char *kind, const struct policy_diag *diag)
{
	size_t len = 0;
	const char *bytes = policy_disk_bytes(disk, diag->file, &len);

	policy_say(policy_disk_path(disk, diag->file),
	    bytes == NULL ? "" : bytes, len, kind, diag);
}

static void
say_finding(struct policy_disk *disk, const struct check_finding *finding)
{
	struct policy_diag diag = { .line = finding->line,
		.col = finding->col };

	(void)snprintf(diag.file, sizeof(diag.file), "%s", finding->file);
	(void)snprintf(diag.local_code, sizeof(diag.local_code), "%s",
	    finding->local_code);
	(void)snprintf(diag.text, sizeof(diag.text), "%s", finding->text);
	say(disk, finding->is_warning ? "warning" : "error", &diag);
}

static int
say_findings(struct policy_disk *disk, const struct policy *policy)
{
	struct check_people people = policy_people_here();
	struct check_finding *findings = NULL;
	size_t n = 0, errors = 0;

	if (policy_check(policy, &people, &findings, &n) != 0)
		return ctl_fail(REASON_BUG, "no memory");
	for (size_t i = 0; i < n; i++) {
		say_finding(disk, &findings[i]);
		errors += !findings[i].is_warning;
	}
	free(findings);
	return errors > 0 ? REASON_MISCONFIGURED : REASON_DONE;
}

int
policy_examine(struct policy_disk *disk, struct policy **ret_policy)
{
	const struct policy_source source = policy_disk_source(disk);
	auto_policy struct policy *policy = NULL;
	struct policy_diag diag;
	int r =
	    policy_parse_set(disk->bytes, disk->len, &source, &policy, &diag);

	if (r == WARDER_EFORM) {
		say(disk, "error", &diag);
		return REASON_MISCONFIGURED;
	}
	if (r != 0)
		return ctl_fail(REASON_BUG, "%s", warder_strerror(r));
	if ((r = say_findings(disk, policy)) != REASON_DONE)
		return r;
	*ret_policy = policy;
	policy = NULL;
	return REASON_DONE;
}

int
policy_check_command(int argc, char **argv)
{
	const char *path = argc == 2 ? argv[1] : POLICY_EDITED;
	auto_policy struct policy *policy = NULL;
	struct policy_disk disk;
	int r;

	if (argc > 2 || path[0] == '-')
		return ctl_fail(
		    REASON_USAGE, "usage: warderctl policy check [FILE]");
	if ((r = policy_disk_open(&disk, path)) != REASON_DONE)
		return r;
	r = policy_examine(&disk, &policy);
	if (r == REASON_DONE)
		(void)printf("%s: no error\n", path);
	policy_disk_clear(&disk);
	return r;
}

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
#include "ctl/vault.h"

static void
say_finding(const char *path, const char *bytes, size_t len,
    const struct check_finding *finding)
{
	struct policy_diag diag = { .line = finding->line,
		.col = finding->col };

	(void)snprintf(diag.local_code, sizeof(diag.local_code), "%s",
	    finding->local_code);
	(void)snprintf(diag.text, sizeof(diag.text), "%s", finding->text);
	policy_say(
	    path, bytes, len, finding->is_warning ? "warning" : "error", &diag);
}

static int
say_findings(const char *path, const char *bytes, size_t len,
    const struct policy *policy)
{
	struct check_people people = policy_people_here();
	struct check_finding *findings = NULL;
	size_t n = 0, errors = 0;

	if (policy_check(policy, &people, &findings, &n) != 0)
		return ctl_fail(REASON_BUG, "no memory");
	for (size_t i = 0; i < n; i++) {
		say_finding(path, bytes, len, &findings[i]);
		errors += !findings[i].is_warning;
	}
	free(findings);
	return errors > 0 ? REASON_MISCONFIGURED : REASON_DONE;
}

int
policy_examine(const char *path, const char *bytes, size_t len)
{
	auto_policy struct policy *policy = NULL;
	struct policy_diag diag;
	int r = policy_parse(bytes, len, &policy, &diag);

	if (r == 0)
		return say_findings(path, bytes, len, policy);
	if (r != WARDER_EFORM)
		return ctl_fail(REASON_BUG, "%s", warder_strerror(r));
	policy_say(path, bytes, len, "error", &diag);
	return REASON_MISCONFIGURED;
}

int
policy_check_command(int argc, char **argv)
{
	const char *path = argc == 2 ? argv[1] : POLICY_EDITED;
	char *bytes = NULL;
	size_t len;
	int r;

	if (argc > 2 || path[0] == '-')
		return ctl_fail(
		    REASON_USAGE, "usage: warderctl policy check [FILE]");
	if ((r = policy_read(path, &bytes, &len)) != REASON_DONE)
		return r;
	r = policy_examine(path, bytes, len);
	if (r == REASON_DONE)
		(void)printf("%s: no error\n", path);
	free(bytes);
	return r;
}

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
#include "ctl/policy.h"
#include "ctl/rootfile.h"

static const char nothing[] =
    "# Nobody may do anything yet. warder-policy(5) has the language; after\n"
    "# an edit `warderctl policy install` puts it into force.\n"
    "version 1\n"
    "timezone UTC\n";

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
	r = policy_record(NULL, &installed);
	if (r == 0 && rootfile_make(POLICY_INSTALLED, 0644, bytes, len) != 0)
		r = ctl_fail(REASON_MISCONFIGURED, "%s cannot be written",
		    POLICY_INSTALLED);
	if (r == 0)
		init_say_made(POLICY_INSTALLED);
	free(bytes);
	return r;
}

int
init_policy(void)
{
	struct stat st;
	int r;

	r = rootfile_make(POLICY_EDITED, 0644, nothing, sizeof(nothing) - 1);
	if (r != 0 && r != WARDER_EEXIST)
		return ctl_fail(REASON_MISCONFIGURED, "%s: %s", POLICY_EDITED,
		    warder_strerror(r));
	if (r == 0)
		init_say_made(POLICY_EDITED);
	else
		init_say_kept(POLICY_EDITED);
	if (lstat(POLICY_INSTALLED, &st) == 0) {
		init_say_kept(POLICY_INSTALLED);
		return REASON_DONE;
	}
	return install_nothing();
}

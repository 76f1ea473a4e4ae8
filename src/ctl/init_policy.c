/* SPDX-License-Identifier: ISC */
/*
 * A policy that permits nothing, in force: until somebody writes another,
 * the answer is no, and it is a policy's no, not a broken file's.
 */
#include "config.h"

#include <sys/stat.h>

#include "ctl/commands.h"
#include "ctl/init.h"
#include "ctl/rootfile.h"

#define POLICY WARDER_SYSCONFDIR "/policy"
#define INSTALLED WARDER_SYSCONFDIR "/policy.installed"

static const char nothing[] =
    "# Nobody may do anything yet. warder-policy(5) has the language; after\n"
    "# an edit `warderctl policy install` puts it into force.\n"
    "version 1\n";

int
init_policy(void)
{
	static char *argv[] = { "policy", "install", "-y", POLICY, NULL };
	struct stat st;
	int r;

	if (lstat(INSTALLED, &st) == 0) {
		init_say_kept(INSTALLED);
		return REASON_DONE;
	}
	r = rootfile_make(POLICY, 0644, nothing, sizeof(nothing) - 1);
	if (r != 0 && r != WARDER_EEXIST)
		return ctl_fail(
		    REASON_MISCONFIGURED, "%s: %s", POLICY, warder_strerror(r));
	if (r == 0)
		init_say_made(POLICY);
	else
		init_say_kept(POLICY);
	return ctl_policy(4, argv);
}

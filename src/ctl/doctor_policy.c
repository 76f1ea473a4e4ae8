/* SPDX-License-Identifier: ISC */
/*
 * What doctor says about the policy in force: whether it reads, and whether
 * this host has the groups and users that it names.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/safefile.h"
#include "base/tzdata.h"
#include "ctl/doctor.h"
#include "names/names.h"
#include "policy/check.h"
#include "policy/installed.h"
#include "policy/policy.h"

#define INSTALLED WARDER_SYSCONFDIR "/policy.installed"
#define PEOPLE_MS 20000
#define PEOPLE_MAX 20 /* findings; more are a name service that is away */
#define INSTALL_ANEW                                                           \
	"correct the policy and install it: warderctl policy install FILE"

static int
load(uint8_t **ret_bytes, struct policy **ret_policy, struct policy_diag *diag)
{
	const struct safefile_rule rule = { 0, 022, 1, INSTALLED_MAX };
	static struct installed installed;
	struct tzdata tzdata = { NULL };
	size_t len;
	int r;

	if ((r = safefile_load(INSTALLED, &rule, ret_bytes, &len)) == 0)
		r = installed_parse(*ret_bytes, len, &installed);
	if (r == 0)
		r = installed_read(
		    &installed, tzdata_find, &tzdata, ret_policy, diag);
	tzdata_clear(&tzdata);
	return r;
}

void
doctor_policy(uint8_t **ret_bytes, struct policy **ret_policy)
{
	struct policy_diag diag = { .line = 0 };
	int r = load(ret_bytes, ret_policy, &diag);

	if (r != 0 && diag.text[0] != '\0') {
		finding_unseen(FINDING_BAD, "policy",
		    "%s:%u: %s; " INSTALL_ANEW, INSTALLED, diag.line,
		    diag.text);
		finding_place(INSTALLED, diag.line);
	} else if (r == WARDER_ERIGHTS)
		finding_unseen(FINDING_BAD, "policy",
		    "%s: %s; look who wrote there, set right what `files` says "
		    "above, then: warderctl policy install FILE",
		    INSTALLED, warder_strerror(r));
	else if (r != 0)
		finding_unseen(FINDING_BAD, "policy", "%s: %s; " INSTALL_ANEW,
		    INSTALLED, warder_strerror(r));
	else if (policy_orgs(*ret_policy) == 0)
		finding_add(FINDING_WARN, "policy",
		    "names no organization: nobody may do "
		    "anything; " INSTALL_ANEW);
	else
		finding_add(FINDING_OK, "policy", "%zu organizations",
		    policy_orgs(*ret_policy));
}

/* What useradd and groupadd of Debian take; a directory may have others. */
static bool
is_local_name(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len <= 32 &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz_") > 0 &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") == len;
}

/* The repair of a name that is not there; it may come from a directory. */
static void
print_making(char ret[512], bool is_group, const char *name)
{
	const char *getent = is_group ? "getent group" : "getent passwd";

	if (is_local_name(name))
		(void)snprintf(ret, 512,
		    "make it: %s %s, or if a directory service should have "
		    "it, see: %s %s; or " INSTALL_ANEW,
		    is_group ? "groupadd" : "useradd", name, getent, name);
	else if (doctor_is_plain(name))
		(void)snprintf(ret, 512,
		    "see whether the directory service has it: %s %s; "
		    "or " INSTALL_ANEW,
		    getent, name);
	else
		(void)snprintf(ret, 512,
		    "see whether the directory service has that name (%s); "
		    "or " INSTALL_ANEW,
		    getent);
}

/* The words of the checker: policy/check_presence.c. */
void
doctor_missing(const struct check_finding *found)
{
	bool is_group = strcmp(found->local_code, "unknown_group") == 0;
	const char *lead =
	    is_group ? "there is no group " : "there is no user ";
	enum finding_level level = is_group ? FINDING_BAD : FINDING_WARN;
	char making[512];

	if (strstr(found->text, "cannot be looked up now") != NULL) {
		finding_unseen(level, "people",
		    "%s (%s:%u); look whether the name service answers: "
		    "getent %s",
		    found->text, found->file, found->line,
		    is_group ? "group" : "passwd");
	} else if (strncmp(found->text, lead, strlen(lead)) == 0) {
		print_making(making, is_group, found->text + strlen(lead));
		finding_add(level, "people", "%s (%s:%u)%s; %s", found->text,
		    found->file, found->line,
		    is_group ? ", so whether its line counts is not known, "
		               "which refuses"
		             : "",
		    making);
	} else {
		finding_add(level, "people", "%s (%s:%u); " INSTALL_ANEW,
		    found->text, found->file, found->line);
	}
	finding_place(found->file, found->line);
}

static void
look_for_people(void *ctx)
{
	const struct policy *policy = ctx;
	const struct check_people people = names_here();
	struct check_finding *found = NULL;
	size_t n = 0, said = 0;

	if (policy_check(policy, &people, &found, &n) != 0) {
		finding_unseen(FINDING_BAD, "people",
		    "no memory to look for them; run warderctl doctor again");
		return;
	}
	for (size_t i = 0; i < n; i++) {
		bool is_group =
		    strcmp(found[i].local_code, "unknown_group") == 0;

		if (!is_group &&
		    strcmp(found[i].local_code, "unknown_user") != 0)
			continue;
		if (said++ < PEOPLE_MAX)
			doctor_missing(&found[i]);
	}
	free(found);
	if (said > PEOPLE_MAX)
		finding_add(FINDING_BAD, "people",
		    "%zu more are missing; see all: warderctl policy check",
		    said - PEOPLE_MAX);
	if (said == 0)
		finding_add(FINDING_OK, "people",
		    "whom the policy names, this host knows");
}

/* A name service that is away may take its time for each name. */
void
doctor_people(const struct policy *policy)
{
	static const struct doctor_look look = { "people", "the name service",
		"see whether it answers: getent passwd root, and its log" };

	doctor_within(
	    PEOPLE_MS, &look, look_for_people, (void *)(uintptr_t)policy);
}

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

	if (r != 0 && diag.text[0] != '\0')
		finding_add(FINDING_BAD, "policy", "%s:%u: %s; " INSTALL_ANEW,
		    INSTALLED, diag.line, diag.text);
	else if (r == WARDER_ERIGHTS)
		finding_add(FINDING_BAD, "policy",
		    "%s: %s; chown root:root %s && chmod 0644 %s", INSTALLED,
		    warder_strerror(r), INSTALLED, INSTALLED);
	else if (r != 0)
		finding_add(FINDING_BAD, "policy", "%s: %s; " INSTALL_ANEW,
		    INSTALLED, warder_strerror(r));
	else if (policy_orgs(*ret_policy) == 0)
		finding_add(FINDING_WARN, "policy",
		    "names no organization: nobody may do "
		    "anything; " INSTALL_ANEW);
	else
		finding_add(FINDING_OK, "policy", "%zu organizations",
		    policy_orgs(*ret_policy));
}

/* The name at the end of "there is no group NAME". */
static const char *
last_word(const char *text)
{
	const char *blank = strrchr(text, ' ');

	return blank == NULL ? text : blank + 1;
}

static void
say_missing(const struct check_finding *found, bool is_group)
{
	bool is_known = strncmp(found->text, "there is no ", 12) == 0;
	const char *name = last_word(found->text);

	if (is_group && is_known)
		finding_add(FINDING_BAD, "people",
		    "%s (%s:%u), so whether its line counts is not known, "
		    "which refuses; make it: groupadd %s, or " INSTALL_ANEW,
		    found->text, found->file, found->line, name);
	else if (is_known)
		finding_add(FINDING_WARN, "people",
		    "%s (%s:%u); make the account: useradd %s, "
		    "or " INSTALL_ANEW,
		    found->text, found->file, found->line, name);
	else
		finding_add(is_group ? FINDING_BAD : FINDING_WARN, "people",
		    "%s (%s:%u); look whether the name service answers: "
		    "getent %s",
		    found->text, found->file, found->line,
		    is_group ? "group" : "passwd");
}

void
doctor_people(const struct policy *policy)
{
	const struct check_people people = names_here();
	struct check_finding *found = NULL;
	size_t n = 0, said = 0;

	if (policy_check(policy, &people, &found, &n) != 0) {
		finding_add(FINDING_BAD, "people",
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
			say_missing(&found[i], is_group);
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

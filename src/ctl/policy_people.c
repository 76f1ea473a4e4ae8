/* SPDX-License-Identifier: ISC */
/*
 * The name service of this host, as the checker of a policy asks it. "Not
 * there" and "cannot be asked now" stay two answers.
 */
#include "config.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/policy.h"

#define ENTRY_MAX (4u << 20) /* bytes of one group with its members */

/* What these calls say if there is no such entry: 0, or one of these. */
static enum fact
fact_of_failure(int e)
{
	return e == 0 || e == ENOENT || e == ESRCH ? FACT_FALSE : FACT_UNKNOWN;
}

static enum fact
find_user(enum check_kind kind, const char *name, uint32_t uid,
    check_visit *visit, void *arg)
{
	struct passwd entry, *found = NULL;
	char buffer[16384];
	int e;

	if (kind == CHECK_UID)
		e = getpwuid_r(uid, &entry, buffer, sizeof(buffer), &found);
	else
		e = getpwnam_r(name, &entry, buffer, sizeof(buffer), &found);
	if (found == NULL)
		return fact_of_failure(e);
	/* Some services take a number for a name; a name is a name. */
	if (kind == CHECK_USER && strcmp(found->pw_name, name) != 0)
		return FACT_FALSE;
	visit(arg, found->pw_name, found->pw_uid);
	return FACT_TRUE;
}

/* Whose own group it is does not stand in the group's entry. */
static void
visit_own_group(gid_t gid, check_visit *visit, void *arg)
{
	const struct passwd *entry;

	setpwent();
	while ((entry = getpwent()) != NULL)
		if (entry->pw_gid == gid)
			visit(arg, entry->pw_name, entry->pw_uid);
	endpwent();
}

static int
load_group(const char *name, struct group *entry, char **buffer,
    struct group **ret_found)
{
	size_t size = 16384;
	char *more;
	int e;

	do {
		more = realloc(*buffer, size);
		if (more == NULL)
			return ENOMEM;
		*buffer = more;
		e = getgrnam_r(name, entry, *buffer, size, ret_found);
		size *= 2;
	} while (e == ERANGE && size <= ENTRY_MAX);
	return e;
}

static enum fact
find_group(const char *name, check_visit *visit, void *arg)
{
	struct group entry, *found = NULL;
	enum fact fact = FACT_TRUE;
	char *buffer = NULL;
	int e = load_group(name, &entry, &buffer, &found);

	if (found == NULL || strcmp(found->gr_name, name) != 0) {
		fact = fact_of_failure(e);
	} else {
		for (char **member = found->gr_mem; *member != NULL; member++)
			(void)find_user(CHECK_USER, *member, 0, visit, arg);
		visit_own_group(found->gr_gid, visit, arg);
	}
	free(buffer);
	return fact;
}

static enum fact
find(void *ctx, enum check_kind kind, const char *name, uint32_t uid,
    check_visit *visit, void *arg)
{
	(void)ctx;
	return kind == CHECK_GROUP ? find_group(name, visit, arg)
	                           : find_user(kind, name, uid, visit, arg);
}

struct check_people
policy_people_here(void)
{
	return (struct check_people){ NULL, find };
}

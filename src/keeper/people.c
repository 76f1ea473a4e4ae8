/* SPDX-License-Identifier: ISC */
/* Asks the name service, once for a request, in this one place. */
#include "config.h"

#include <grp.h>
#include <stdlib.h>
#include <string.h>

#include "keeper/people.h"

#define GROUPS_MAX 4096
#define GROUP_BUFFER (1u << 20)

static int
all_groups(const struct caller *caller, gid_t **ret_gids, int *ret_n)
{
	gid_t *gids = calloc(GROUPS_MAX, sizeof(*gids));
	int n = GROUPS_MAX;

	if (gids == NULL)
		return WARDER_ENOMEM;
	if (getgrouplist(caller->name, caller->gid, gids, &n) < 0) {
		free(gids);
		return WARDER_EFULL;
	}
	*ret_gids = gids;
	*ret_n = n;
	return WARDER_OK;
}

/* A group without a name cannot be one that the policy names. */
static int
add_name(struct people *people, gid_t gid, char *buffer)
{
	struct group entry, *found = NULL;
	char *name;

	if (getgrgid_r(gid, &entry, buffer, GROUP_BUFFER, &found) != 0 ||
	    found == NULL)
		return WARDER_OK;
	if ((name = strdup(found->gr_name)) == NULL)
		return WARDER_ENOMEM;
	people->names[people->names_n++] = name;
	return WARDER_OK;
}

static int
load_names(struct people *people, const struct caller *caller, char *buffer)
{
	gid_t *gids;
	int n, r;

	if ((r = all_groups(caller, &gids, &n)) != 0)
		return r;
	people->names = calloc((size_t)n + 1, sizeof(*people->names));
	if (people->names == NULL)
		r = WARDER_ENOMEM;
	for (int i = 0; i < n && r == 0; i++)
		r = add_name(people, gids[i], buffer);
	free(gids);
	return r;
}

static int
load_lost(struct people *people, const struct policy *policy, char *buffer)
{
	size_t n = policy_groups(policy);
	struct group entry, *found;

	people->lost = calloc(n + 1, sizeof(*people->lost));
	if (people->lost == NULL)
		return WARDER_ENOMEM;
	for (size_t i = 0; i < n; i++) {
		found = NULL;
		if (getgrnam_r(policy_group_at(policy, i), &entry, buffer,
		        GROUP_BUFFER, &found) == 0 &&
		    found != NULL)
			continue;
		people->lost[people->lost_n++] = policy_group_at(policy, i);
	}
	return WARDER_OK;
}

int
people_load(struct people *people, const struct caller *caller,
    const struct policy *policy)
{
	char *buffer = malloc(GROUP_BUFFER);
	int r = WARDER_OK;

	memset(people, 0, sizeof(*people));
	if (buffer == NULL)
		return WARDER_ENOMEM;
	if (caller->name[0] != '\0')
		r = load_names(people, caller, buffer);
	if (r == 0)
		r = load_lost(people, policy, buffer);
	free(buffer);
	if (r != 0) {
		people_clear(people);
		return r;
	}
	people->person = (struct facts_person){
		.uid = caller->uid,
		.name = caller->name[0] != '\0' ? caller->name : NULL,
		.groups_known = caller->name[0] != '\0',
		.groups = (const char *const *)people->names,
		.groups_n = people->names_n,
	};
	return WARDER_OK;
}

void
people_clear(struct people *people)
{
	for (size_t i = 0; i < people->names_n; i++)
		free(people->names[i]);
	free(people->names);
	free(people->lost);
	memset(people, 0, sizeof(*people));
}

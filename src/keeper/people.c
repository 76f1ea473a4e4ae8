/* SPDX-License-Identifier: ISC */
/* Asks the name service, once for a request, in this one place. */
#include "config.h"

#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "keeper/people.h"
#include "names/names.h"

#define GROUPS_MAX 4096
#define GROUP_BUFFER (1u << 20)
#define PASSWD_BUFFER 16384

/* A group without a name cannot be one that the policy names. */
static int
add_group(struct people_texts *texts, gid_t gid, char *buffer)
{
	struct group entry, *found = NULL;
	char *name;

	if (getgrgid_r(gid, &entry, buffer, GROUP_BUFFER, &found) != 0 ||
	    found == NULL)
		return WARDER_OK;
	if ((name = strdup(found->gr_name)) == NULL)
		return WARDER_ENOMEM;
	texts->groups[texts->groups_n++] = name;
	return WARDER_OK;
}

static int
name_groups(struct people_texts *texts, const gid_t *gids, int n, char *buffer)
{
	int r = WARDER_OK;

	texts->groups = calloc((size_t)n + 1, sizeof(*texts->groups));
	if (texts->groups == NULL)
		return WARDER_ENOMEM;
	for (int i = 0; i < n && r == 0; i++)
		r = add_group(texts, gids[i], buffer);
	return r;
}

static int
load_groups(struct people_texts *texts, gid_t gid)
{
	gid_t *gids = calloc(GROUPS_MAX, sizeof(*gids));
	char *buffer = malloc(GROUP_BUFFER);
	int n = GROUPS_MAX, r = WARDER_ENOMEM;

	if (gids != NULL && buffer != NULL) {
		r = getgrouplist(texts->name, gid, gids, &n) < 0 ? WARDER_EFULL
		                                                 : WARDER_OK;
		if (r == 0)
			r = name_groups(texts, gids, n, buffer);
	}
	free(buffer);
	free(gids);
	return r;
}

static void
free_texts(struct people_texts *texts)
{
	for (size_t i = 0; i < texts->groups_n; i++)
		free(texts->groups[i]);
	free(texts->groups);
	free(texts);
}

static int
grow(struct people *people)
{
	struct facts_person *items;
	struct people_texts **texts;

	items = realloc(people->items, (people->n + 1) * sizeof(*items));
	if (items == NULL)
		return WARDER_ENOMEM;
	people->items = items;
	texts = realloc(people->texts, (people->n + 1) * sizeof(*texts));
	if (texts == NULL)
		return WARDER_ENOMEM;
	people->texts = texts;
	return WARDER_OK;
}

/* `name` "": nobody knows it, nor any group. */
static int
add(struct people *people, uid_t uid, gid_t gid, const char *name)
{
	struct people_texts *texts = calloc(1, sizeof(*texts));
	int r = texts == NULL ? WARDER_ENOMEM : grow(people);

	if (r == 0)
		r = text_copy(texts->name, sizeof(texts->name), name);
	if (r == 0 && name[0] != '\0')
		r = load_groups(texts, gid);
	if (r != 0) {
		if (texts != NULL)
			free_texts(texts);
		return r;
	}
	people->texts[people->n] = texts;
	people->items[people->n++] = (struct facts_person){
		.uid = uid,
		.name = name[0] != '\0' ? texts->name : NULL,
		.groups_known = name[0] != '\0',
		.groups = (const char *const *)texts->groups,
		.groups_n = texts->groups_n,
	};
	return WARDER_OK;
}

static int
load_lost(struct people *people, const struct policy *policy)
{
	char *buffer = malloc(GROUP_BUFFER);
	size_t n = policy_groups(policy);
	struct group entry, *found;

	people->lost = calloc(n + 1, sizeof(*people->lost));
	if (people->lost == NULL || buffer == NULL) {
		free(buffer);
		return WARDER_ENOMEM;
	}
	for (size_t i = 0; i < n; i++) {
		found = NULL;
		if (getgrnam_r(policy_group_at(policy, i), &entry, buffer,
		        GROUP_BUFFER, &found) == 0 &&
		    found != NULL)
			continue;
		people->lost[people->lost_n++] = policy_group_at(policy, i);
	}
	free(buffer);
	return WARDER_OK;
}

int
people_load(struct people *people, const struct caller *caller,
    const struct policy *policy)
{
	int r;

	memset(people, 0, sizeof(*people));
	r = add(people, caller->uid, caller->gid, caller->name);
	if (r == 0)
		r = load_lost(people, policy);
	if (r == 0)
		r = people_add_givers(people, policy, caller->uid);
	if (r != 0)
		people_clear(people);
	return r;
}

void
people_clear(struct people *people)
{
	for (size_t i = 0; i < people->n; i++)
		free_texts(people->texts[i]);
	free(people->texts);
	free(people->items);
	free(people->lost);
	memset(people, 0, sizeof(*people));
}

static const struct facts_person *
find(const struct people *people, uint32_t uid)
{
	for (size_t i = 0; i < people->n; i++)
		if (people->items[i].uid == uid)
			return &people->items[i];
	return NULL;
}

int
people_add(struct people *people, const char *name, uint32_t *ret_uid)
{
	char buffer[PASSWD_BUFFER], back[CALLER_NAME_MAX + 1];
	struct passwd entry, *found = NULL;

	if (getpwnam_r(name, &entry, buffer, sizeof(buffer), &found) != 0 ||
	    found == NULL || strcmp(found->pw_name, name) != 0)
		return WARDER_EMISSING;
	/* Two users of one uid must not stand in for each other. */
	identity_name(found->pw_uid, back);
	if (strcmp(back, name) != 0)
		return WARDER_EMISSING;
	*ret_uid = found->pw_uid;
	if (find(people, found->pw_uid) != NULL)
		return WARDER_OK;
	return add(people, found->pw_uid, found->pw_gid, name);
}

struct adding {
	struct people *people;
	int64_t until; /* for everybody only */
	int r;
};

/* One entry is asked for at a time: a decision waits for no long list. */
static void
visit_giver(void *arg, const char *name, uint32_t uid)
{
	struct adding *adding = arg;
	char found[CALLER_NAME_MAX + 1];
	uint32_t same;
	int r;

	if (name == NULL) {
		identity_name(uid, found);
		name = found;
	}
	if (adding->r != 0 || name[0] == '\0')
		return;
	r = people_add(adding->people, name, &same);
	/* Whoever is not there gives nothing, and bans nobody. */
	adding->r = r == WARDER_EMISSING ? WARDER_OK : r;
}

int
people_add_givers(
    struct people *people, const struct policy *policy, uint32_t uid)
{
	const struct facts_person *person = find(people, uid);
	struct adding adding = { .people = people };
	char name[CALLER_NAME_MAX + 1] = "";

	/* `people` moves while it grows. */
	if (person != NULL && person->name != NULL)
		(void)text_cut(
		    name, sizeof(name), person->name, strlen(person->name));
	policy_givers(
	    policy, uid, name[0] != '\0' ? name : NULL, visit_giver, &adding);
	return adding.r;
}

static void
visit_anybody(void *arg, const char *name, uint32_t uid)
{
	struct adding *adding = arg;
	struct people *people = adding->people;
	uint32_t same;
	int r;

	if (adding->r != 0 || find(people, uid) != NULL)
		return;
	if (people->n >= PEOPLE_MAX || clock_boot_ms() > adding->until) {
		people->is_cut = true;
		return;
	}
	r = people_add(people, name, &same);
	if (r == WARDER_ENOMEM)
		adding->r = r;
	else if (r != 0)
		people->is_cut = true;
}

int
people_add_all(struct people *people, const struct policy *policy)
{
	const struct check_people here = names_here();
	struct adding adding = { .people = people,
		.until = clock_boot_ms() + PEOPLE_MS };

	policy_people(policy, &here, visit_anybody, &adding);
	return adding.r;
}

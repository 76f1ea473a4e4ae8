/* SPDX-License-Identifier: ISC */
/*
 * Reads a case. The people of `identities` are the name service of the case:
 * who is not there does not exist, groups that are null could not be looked
 * up.
 */
#include "config.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/policy_case.h"

static int
wrong(char why[160], const char *what)
{
	(void)snprintf(why, 160, "%s", what);
	return WARDER_EFORM;
}

void *
policy_case_get(struct policy_case *pcase, size_t n, size_t size)
{
	void **more, *memory;

	more = realloc(pcase->own, (pcase->own_n + 1) * sizeof(*more));
	if (more == NULL)
		return NULL;
	pcase->own = more;
	memory = calloc(n, size);
	if (memory != NULL)
		more[pcase->own_n++] = memory;
	return memory;
}

void
policy_case_clear(struct policy_case *pcase)
{
	while (pcase->own_n > 0)
		free(pcase->own[--pcase->own_n]);
	free(pcase->own);
	tzdata_clear(&pcase->tzdata);
	cJSON_Delete(pcase->root);
	*pcase = (struct policy_case){ .root = NULL };
}

/* A NUL in a text would end it early, and the rest would not be read. */
static bool
has_nul(const char *json, size_t len)
{
	size_t signs = 0;

	for (size_t i = 0; i < len; i++) {
		if (json[i] == '\0')
			return true;
		if (signs % 2 == 1 && len - i >= 5 &&
		    memcmp(json + i, "u0000", 5) == 0)
			return true;
		signs = json[i] == '\\' ? signs + 1 : 0;
	}
	return false;
}

static int
read_policy(struct policy_case *pcase, char why[160])
{
	const char *plain = cJSON_GetStringValue(
	    cJSON_GetObjectItemCaseSensitive(pcase->root, "policy"));
	const char *coded = cJSON_GetStringValue(
	    cJSON_GetObjectItemCaseSensitive(pcase->root, "policy_base64"));
	size_t len = coded == NULL ? 0 : strlen(coded);

	if ((plain == NULL) == (coded == NULL))
		return wrong(why, "neither policy nor policy_base64, or both");
	pcase->policy = policy_case_get(
	    pcase, (plain == NULL ? len : strlen(plain)) + 1, 1);
	if (pcase->policy == NULL)
		return WARDER_ENOMEM;
	if (plain != NULL) {
		pcase->policy_len = strlen(plain);
		memcpy(pcase->policy, plain, pcase->policy_len);
		return WARDER_OK;
	}
	if (sodium_base642bin((unsigned char *)pcase->policy, len, coded, len,
	        NULL, &pcase->policy_len, NULL,
	        sodium_base64_VARIANT_ORIGINAL) != 0)
		return wrong(why, "policy_base64 is not base64");
	return WARDER_OK;
}

static int
read_files(struct policy_case *pcase, char why[160])
{
	const cJSON *files =
	    cJSON_GetObjectItemCaseSensitive(pcase->root, "files");
	const cJSON *item;

	if (files == NULL || cJSON_IsNull(files))
		return WARDER_OK;
	if (!cJSON_IsObject(files))
		return wrong(why, "files is no object");
	cJSON_ArrayForEach(item, files)
	{
		if (!cJSON_IsString(item) && !cJSON_IsNull(item))
			return wrong(why, "a file that is no text");
	}
	pcase->files = files;
	return WARDER_OK;
}

static bool
is_list_of_texts(const cJSON *list)
{
	const cJSON *item;

	if (cJSON_IsNull(list))
		return true;
	cJSON_ArrayForEach(item, list)
	{
		if (!cJSON_IsString(item))
			return false;
	}
	return cJSON_IsArray(list);
}

static bool
is_uid(const cJSON *json)
{
	return cJSON_IsNumber(json) && json->valuedouble >= 0 &&
	       json->valuedouble <= UINT32_MAX &&
	       (double)(uint32_t)json->valuedouble == json->valuedouble;
}

static int
read_identities(struct policy_case *pcase, char why[160])
{
	const cJSON *whole =
	    cJSON_GetObjectItemCaseSensitive(pcase->root, "identities");
	const cJSON *item;

	pcase->has_identities = whole != NULL && !cJSON_IsNull(whole);
	if (!pcase->has_identities)
		return WARDER_OK;
	pcase->users = cJSON_GetObjectItemCaseSensitive(whole, "users");
	pcase->groups = cJSON_GetObjectItemCaseSensitive(whole, "groups");
	if (!cJSON_IsObject(pcase->users) ||
	    (pcase->groups != NULL && !cJSON_IsObject(pcase->groups)))
		return wrong(why, "identities without users or groups");
	cJSON_ArrayForEach(item, pcase->users)
	{
		if (!is_uid(cJSON_GetObjectItemCaseSensitive(item, "uid")) ||
		    !is_list_of_texts(
		        cJSON_GetObjectItemCaseSensitive(item, "groups")))
			return wrong(why, "a user without uid and groups");
	}
	cJSON_ArrayForEach(item, pcase->groups)
	{
		if (!is_list_of_texts(item))
			return wrong(why, "a group that is no list of names");
	}
	return WARDER_OK;
}

static int
fill_person(
    struct policy_case *pcase, const cJSON *user, struct facts_person *person)
{
	const cJSON *list = cJSON_GetObjectItemCaseSensitive(user, "groups");
	const cJSON *item;
	const char **names;

	person->name = user->string;
	person->uid = (uint32_t)cJSON_GetNumberValue(
	    cJSON_GetObjectItemCaseSensitive(user, "uid"));
	person->groups_known = cJSON_IsArray(list);
	if (!person->groups_known)
		return WARDER_OK;
	names = policy_case_get(
	    pcase, (size_t)cJSON_GetArraySize(list) + 1, sizeof(*names));
	if (names == NULL)
		return WARDER_ENOMEM;
	cJSON_ArrayForEach(item, list)
	{
		names[person->groups_n++] = item->valuestring;
	}
	person->groups = names;
	return WARDER_OK;
}

static int
make_people(struct policy_case *pcase)
{
	size_t n = (size_t)cJSON_GetArraySize(pcase->users);
	struct facts_person *people;
	const cJSON *user;
	int r;

	if (n > FACTS_PEOPLE_MAX) {
		(void)snprintf(pcase->bad_facts, sizeof(pcase->bad_facts),
		    "more than %d people", FACTS_PEOPLE_MAX);
		return WARDER_OK;
	}
	people = policy_case_get(pcase, n + 1, sizeof(*people));
	if (people == NULL)
		return WARDER_ENOMEM;
	pcase->facts.people = people;
	cJSON_ArrayForEach(user, pcase->users)
	{
		r = fill_person(pcase, user, &people[pcase->facts.people_n++]);
		if (r != 0)
			return r;
	}
	return WARDER_OK;
}

static int
read_all(struct policy_case *pcase, char why[160])
{
	const cJSON *facts, *people;
	int r;

	if (!cJSON_IsObject(pcase->root))
		return wrong(why, "this is no JSON object");
	if ((r = read_policy(pcase, why)) != 0 ||
	    (r = read_files(pcase, why)) != 0 ||
	    (r = read_identities(pcase, why)) != 0)
		return r;
	facts = cJSON_GetObjectItemCaseSensitive(pcase->root, "facts");
	if ((r = policy_facts_read(pcase, facts)) != 0)
		return r;
	people = cJSON_GetObjectItemCaseSensitive(facts, "people");
	if (pcase->bad_facts[0] == '\0' && pcase->has_identities &&
	    (people == NULL || cJSON_IsNull(people)))
		return make_people(pcase);
	return WARDER_OK;
}

int
policy_case_parse(
    const char *json, size_t len, struct policy_case *ret_case, char why[160])
{
	struct policy_case pcase = { .root = NULL };
	const char *end = NULL;
	int r;

	if (len > POLICY_CASE_MAX || has_nul(json, len))
		return wrong(why, "too long, or with a NUL inside");
	pcase.root = cJSON_ParseWithLengthOpts(json, len, &end, 0);
	if (pcase.root == NULL)
		return wrong(why, "this is no JSON");
	while (end < json + len && strchr(" \t\r\n", *end) != NULL)
		end++;
	r = end == json + len ? read_all(&pcase, why)
	                      : wrong(why, "something stands behind its end");
	if (r != 0) {
		policy_case_clear(&pcase);
		return r;
	}
	*ret_case = pcase;
	return WARDER_OK;
}

int
policy_case_resolve(struct policy_case *pcase, const struct policy *policy)
{
	size_t n = policy_groups(policy);
	const char **lost;

	if (!pcase->has_identities)
		return WARDER_OK;
	lost = policy_case_get(pcase, n + 1, sizeof(*lost));
	if (lost == NULL)
		return WARDER_ENOMEM;
	pcase->facts.lost_groups_n = 0;
	for (size_t i = 0; i < n; i++) {
		const char *name = policy_group_at(policy, i);

		if (!cJSON_IsArray(
		        cJSON_GetObjectItemCaseSensitive(pcase->groups, name)))
			lost[pcase->facts.lost_groups_n++] = name;
	}
	pcase->facts.lost_groups = lost;
	return WARDER_OK;
}

static bool
has_text(const cJSON *list, const char *text)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, list)
	{
		if (strcmp(item->valuestring, text) == 0)
			return true;
	}
	return false;
}

static bool
is_meant(const cJSON *user, enum check_kind kind, const char *name,
    uint32_t uid, const cJSON *members)
{
	switch (kind) {
	case CHECK_USER:
		return strcmp(user->string, name) == 0;
	case CHECK_UID:
		return cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(
		           user, "uid")) == uid;
	case CHECK_GROUP:
		break;
	}
	return has_text(members, user->string) ||
	       has_text(cJSON_GetObjectItemCaseSensitive(user, "groups"), name);
}

static enum fact
find(void *ctx, enum check_kind kind, const char *name, uint32_t uid,
    check_visit *visit, void *arg)
{
	const struct policy_case *pcase = ctx;
	const cJSON *members = NULL, *user;
	enum fact found = FACT_FALSE;

	if (kind == CHECK_GROUP) {
		members = cJSON_GetObjectItemCaseSensitive(pcase->groups, name);
		if (members == NULL)
			return FACT_FALSE;
		if (cJSON_IsNull(members))
			return FACT_UNKNOWN;
		found = FACT_TRUE;
	}
	cJSON_ArrayForEach(user, pcase->users)
	{
		if (!is_meant(user, kind, name, uid, members))
			continue;
		found = FACT_TRUE;
		visit(arg, user->string,
		    (uint32_t)cJSON_GetNumberValue(
		        cJSON_GetObjectItemCaseSensitive(user, "uid")));
	}
	return found;
}

struct check_people
policy_case_people(const struct policy_case *pcase)
{
	if (!pcase->has_identities)
		return (struct check_people){ .find = NULL };
	return (struct check_people){ (void *)(uintptr_t)pcase, find };
}

static bool
find_file(void *ctx, const char *path, const char **ret_bytes, size_t *ret_len)
{
	const struct policy_case *pcase = ctx;
	const char *text = cJSON_GetStringValue(
	    cJSON_GetObjectItemCaseSensitive(pcase->files, path));

	if (text == NULL)
		return false;
	*ret_bytes = text;
	*ret_len = strlen(text);
	return true;
}

/* The least path behind `after` in byte order that fits, or NULL. */
static const char *
next_match(const struct policy_case *pcase, const char *glob, const char *after)
{
	const char *least = NULL;
	const cJSON *item;

	cJSON_ArrayForEach(item, pcase->files)
	{
		if (policy_path_fits(glob, item->string) &&
		    (after == NULL || strcmp(item->string, after) > 0) &&
		    (least == NULL || strcmp(item->string, least) < 0))
			least = item->string;
	}
	return least;
}

static const char *
match(void *ctx, const char *glob, size_t n)
{
	const char *path = next_match(ctx, glob, NULL);

	while (n-- > 0 && path != NULL)
		path = next_match(ctx, glob, path);
	return path;
}

static bool
find_zone(void *ctx, const char *name, const void **ret_bytes, size_t *ret_len)
{
	struct policy_case *pcase = ctx;

	return tzdata_find(&pcase->tzdata, name, ret_bytes, ret_len);
}

struct policy_source
policy_case_source(struct policy_case *pcase)
{
	return (struct policy_source){ pcase, find_file, match, find_zone };
}

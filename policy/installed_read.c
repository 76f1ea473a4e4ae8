/* SPDX-License-Identifier: ISC */
/* A policy from the installed set: only files that are in the set are read. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "policy/installed.h"

struct set {
	const struct installed *installed;
	bool (*zone)(void *ctx, const char *name, const void **ret_bytes,
	    size_t *ret_len);
	void *zones;
};

static bool
find_file(void *ctx, const char *path, const char **ret_bytes, size_t *ret_len)
{
	const struct set *set = ctx;

	for (size_t i = 1; i < set->installed->n; i++) {
		const struct installed_file *file = &set->installed->files[i];

		if (strcmp(file->name, path) != 0)
			continue;
		*ret_bytes = file->bytes;
		*ret_len = file->len;
		return file->bytes != NULL;
	}
	return false;
}

static const char *
match(void *ctx, const char *glob, size_t n)
{
	const struct set *set = ctx;

	for (size_t i = 1; i < set->installed->n; i++)
		if (policy_path_fits(glob, set->installed->files[i].name) &&
		    n-- == 0)
			return set->installed->files[i].name;
	return NULL;
}

static bool
find_zone(void *ctx, const char *name, const void **ret_bytes, size_t *ret_len)
{
	const struct set *set = ctx;

	return set->zone != NULL &&
	       set->zone(set->zones, name, ret_bytes, ret_len);
}

/* First the files in reading order, then the calendars: no more, no less. */
static bool
is_whole(const struct installed *installed, const struct policy *policy)
{
	size_t files = policy_files(policy), n = files;

	for (size_t i = 0; i < policy_calendars(policy); i++) {
		bool is_new = true;

		for (size_t k = 0; k < i; k++)
			is_new &= strcmp(policy_calendar_at(policy, i),
			              policy_calendar_at(policy, k)) != 0;
		n += is_new;
	}
	if (n != installed->n)
		return false;
	for (size_t i = 0; i < files; i++)
		if (strcmp(policy_file_at(policy, i),
		        installed->files[i].name) != 0)
			return false;
	return true;
}

int
installed_read(const struct installed *installed,
    bool (*zone)(
        void *ctx, const char *name, const void **ret_bytes, size_t *ret_len),
    void *zones, struct policy **ret_policy, struct policy_diag *ret_diag)
{
	struct set set = { installed, zone, zones };
	const struct policy_source source = { &set, find_file, match,
		find_zone };
	auto_policy struct policy *policy = NULL;
	int r = policy_parse_set(installed->files[0].bytes,
	    installed->files[0].len, &source, &policy, ret_diag);

	if (r != 0)
		return r;
	if (!is_whole(installed, policy)) {
		*ret_diag = (struct policy_diag){ .file = "policy",
			.line = 1,
			.col = 1,
			.local_code = "include",
			.text = "the set has other files than it names" };
		return WARDER_EFORM;
	}
	*ret_policy = policy;
	policy = NULL;
	return WARDER_OK;
}

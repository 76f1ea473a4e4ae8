/* SPDX-License-Identifier: ISC */
/* A name service that is away answers as one without that entry does. */
#include "config.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "names/names.h"

#define ENTRY_MAX (4u << 20) /* bytes of one group with its members */

/* What these calls say if there is no such entry: 0, or one of these. */
static enum fact
fact_of_failure(int e)
{
	return e == 0 || e == ENOENT || e == ESRCH ? FACT_FALSE : FACT_UNKNOWN;
}

/*
 * Everybody whom the name service lists, read once: a policy may name
 * thousands, and to ask for each reads a file of thousands anew. Who is not
 * listed is asked for, as some services list nobody.
 */
static struct roll {
	struct listed {
		char *name;
		uint32_t uid;
		gid_t gid;
		size_t i; /* of two entries the first counts, as when asked */
	} * items;
	struct listed **by_uid, **by_name;
	size_t n;
	bool is_read;
} roll;

static int
by_number(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

static int
by_uid(const void *a, const void *b)
{
	const struct listed *left = *(struct listed *const *)a;
	const struct listed *right = *(struct listed *const *)b;
	int order = by_number(left->uid, right->uid);

	return order != 0 ? order : by_number(left->i, right->i);
}

static int
by_name(const void *a, const void *b)
{
	const struct listed *left = *(struct listed *const *)a;
	const struct listed *right = *(struct listed *const *)b;
	int order = strcmp(left->name, right->name);

	return order != 0 ? order : by_number(left->i, right->i);
}

static bool
roll_add(const struct passwd *entry, size_t *cap)
{
	struct listed *more;

	if (roll.n == *cap) {
		*cap = *cap == 0 ? 64 : 2 * *cap;
		more = reallocarray(roll.items, *cap, sizeof(*more));
		if (more == NULL)
			return false;
		roll.items = more;
	}
	more = &roll.items[roll.n];
	*more = (struct listed){ strdup(entry->pw_name), entry->pw_uid,
		entry->pw_gid, roll.n };
	if (more->name == NULL)
		return false;
	roll.n++;
	return true;
}

static void
roll_read(void)
{
	const struct passwd *entry;
	size_t cap = 0;

	if (roll.is_read)
		return;
	roll.is_read = true;
	setpwent();
	while ((entry = getpwent()) != NULL && roll_add(entry, &cap))
		;
	endpwent();
	roll.by_uid = calloc(roll.n + 1, sizeof(struct listed *));
	roll.by_name = calloc(roll.n + 1, sizeof(struct listed *));
	if (roll.by_uid == NULL || roll.by_name == NULL || roll.n == 0)
		return;
	for (size_t i = 0; i < roll.n; i++)
		roll.by_uid[i] = roll.by_name[i] = &roll.items[i];
	qsort(roll.by_uid, roll.n, sizeof(struct listed *), by_uid);
	qsort(roll.by_name, roll.n, sizeof(struct listed *), by_name);
}

/* The first of what is not below the key. */
static const struct listed *
roll_find(struct listed **sorted, const struct listed *key,
    int (*compare)(const void *a, const void *b))
{
	size_t low = 0, high = sorted == NULL ? 0 : roll.n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (compare(&sorted[mid], &key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return sorted == NULL || low == roll.n ? NULL : sorted[low];
}

static const struct listed *
roll_user(enum check_kind kind, const char *name, uint32_t uid)
{
	char *text = (char *)(uintptr_t)name;
	const struct listed key = { .name = text, .uid = uid, .i = 0 };
	const struct listed *found;

	roll_read();
	if (kind == CHECK_UID) {
		found = roll_find(roll.by_uid, &key, by_uid);
		return found != NULL && found->uid == uid ? found : NULL;
	}
	found = roll_find(roll.by_name, &key, by_name);
	return found != NULL && strcmp(found->name, name) == 0 ? found : NULL;
}

static enum fact
find_user(enum check_kind kind, const char *name, uint32_t uid,
    check_visit *visit, void *arg)
{
	struct passwd entry, *found = NULL;
	const struct listed *listed = roll_user(kind, name, uid);
	char buffer[16384];
	int e;

	if (listed != NULL) {
		visit(arg, listed->name, listed->uid);
		return FACT_TRUE;
	}
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
	roll_read();
	for (size_t i = 0; i < roll.n; i++)
		if (roll.items[i].gid == gid)
			visit(arg, roll.items[i].name, roll.items[i].uid);
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
names_here(void)
{
	return (struct check_people){ NULL, find };
}

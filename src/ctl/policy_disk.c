/* SPDX-License-Identifier: ISC */
/*
 * The paths were checked by the parser: relative, without `..`. Whoever may
 * write below the folder of the policy may as well write the policy.
 */
#include "config.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ctl/policy.h"
#include "ctl/policy_disk.h"
#include "ctl/vault.h"

#define FILE_MAX (16u << 20)

struct disk_file {
	struct disk_file *next;
	char *name, *bytes; /* bytes NULL: it cannot be read */
	size_t len;
};

int
policy_disk_open(struct policy_disk *disk, const char *path)
{
	const char *slash = strrchr(path, '/');
	int r;

	*disk = (struct policy_disk){ .main = strdup(path) };
	disk->folder = slash == NULL
	                   ? strdup(".")
	                   : strndup(path, (size_t)(slash - path) + 1);
	if (disk->main == NULL || disk->folder == NULL)
		r = ctl_fail(REASON_BUG, "no memory");
	else
		r = policy_read(path, &disk->bytes, &disk->len);
	if (r != REASON_DONE)
		policy_disk_clear(disk);
	return r;
}

static void
clear_matches(struct policy_disk *disk)
{
	for (size_t i = 0; i < disk->matches_n; i++)
		free(disk->matches[i]);
	free(disk->matches);
	disk->matches = NULL;
	disk->matches_n = 0;
}

void
policy_disk_clear(struct policy_disk *disk)
{
	struct disk_file *file;

	while ((file = disk->files) != NULL) {
		disk->files = file->next;
		free(file->name);
		free(file->bytes);
		free(file);
	}
	clear_matches(disk);
	tzdata_clear(&disk->tzdata);
	free(disk->main);
	free(disk->folder);
	free(disk->bytes);
	*disk = (struct policy_disk){ .main = NULL };
}

/* Regular, and not too large; a device or a pipe could go on for ever. */
static void
load(struct disk_file *file, const char *path)
{
	FILE *in = fopen(path, "re");
	struct stat st;

	if (in == NULL)
		return;
	if (fstat(fileno(in), &st) == 0 && S_ISREG(st.st_mode) &&
	    (file->bytes = malloc(FILE_MAX + 2)) != NULL) {
		file->len = fread(file->bytes, 1, FILE_MAX + 1, in);
		file->bytes[file->len] = '\0';
		if (ferror(in)) {
			free(file->bytes);
			file->bytes = NULL;
		}
	}
	(void)fclose(in);
}

static struct disk_file *
find(struct policy_disk *disk, const char *name)
{
	struct disk_file **at = &disk->files, *file;
	char path[4096];

	for (; *at != NULL; at = &(*at)->next)
		if (strcmp((*at)->name, name) == 0)
			return *at;
	if (snprintf(path, sizeof(path), "%s/%s", disk->folder, name) >=
	        (int)sizeof(path) ||
	    (file = calloc(1, sizeof(*file))) == NULL)
		return NULL;
	if ((file->name = strdup(name)) == NULL) {
		free(file);
		return NULL;
	}
	load(file, path);
	*at = file;
	return file;
}

static bool
find_file(void *ctx, const char *path, const char **ret_bytes, size_t *ret_len)
{
	const struct disk_file *file = find(ctx, path);

	if (file == NULL || file->bytes == NULL)
		return false;
	*ret_bytes = file->bytes;
	*ret_len = file->len;
	return true;
}

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool
is_main(const struct policy_disk *disk, const char *path)
{
	const char *slash = strrchr(disk->main, '/');

	return strcmp(path, slash == NULL ? disk->main : slash + 1) == 0;
}

static void
add_match(struct policy_disk *disk, const char *prefix, const char *name)
{
	char path[512], **more;

	if (snprintf(path, sizeof(path), "%s%s", prefix, name) >= 256 ||
	    !policy_path_fits(disk->glob, path) || is_main(disk, path))
		return;
	more = realloc(disk->matches, (disk->matches_n + 1) * sizeof(*more));
	if (more == NULL)
		return;
	disk->matches = more;
	if ((more[disk->matches_n] = strdup(path)) != NULL)
		disk->matches_n++;
}

static void
list_matches(struct policy_disk *disk, const char *glob)
{
	const char *slash = strrchr(glob, '/');
	char prefix[256] = "", path[4096];
	struct dirent *entry;
	DIR *folder;

	clear_matches(disk);
	(void)snprintf(disk->glob, sizeof(disk->glob), "%s", glob);
	if (slash != NULL)
		(void)snprintf(prefix, sizeof(prefix), "%.*s",
		    (int)(slash - glob) + 1, glob);
	(void)snprintf(path, sizeof(path), "%s/%s", disk->folder, prefix);
	if ((folder = opendir(path)) == NULL)
		return;
	while ((entry = readdir(folder)) != NULL)
		if (entry->d_name[0] != '.')
			add_match(disk, prefix, entry->d_name);
	(void)closedir(folder);
	if (disk->matches_n > 0)
		qsort(disk->matches, disk->matches_n, sizeof(*disk->matches),
		    by_bytes);
}

static const char *
match(void *ctx, const char *glob, size_t n)
{
	struct policy_disk *disk = ctx;

	if (n == 0)
		list_matches(disk, glob);
	return n < disk->matches_n ? disk->matches[n] : NULL;
}

static bool
find_zone(void *ctx, const char *name, const void **ret_bytes, size_t *ret_len)
{
	struct policy_disk *disk = ctx;

	return tzdata_find(&disk->tzdata, name, ret_bytes, ret_len);
}

struct policy_source
policy_disk_source(struct policy_disk *disk)
{
	return (struct policy_source){ disk, find_file, match, find_zone };
}

const char *
policy_disk_bytes(struct policy_disk *disk, const char *name, size_t *ret_len)
{
	const char *bytes = NULL;

	if (strcmp(name, "policy") == 0) {
		*ret_len = disk->len;
		return disk->bytes;
	}
	return find_file(disk, name, &bytes, ret_len) ? bytes : NULL;
}

const char *
policy_disk_path(struct policy_disk *disk, const char *name)
{
	static char path[4096];

	if (strcmp(name, "policy") == 0)
		return disk->main;
	if (strchr(disk->main, '/') == NULL)
		(void)snprintf(path, sizeof(path), "%s", name);
	else
		(void)snprintf(path, sizeof(path), "%s%s", disk->folder, name);
	return path;
}

/* A calendar that two lines name stands in the set once. */
static bool
has_file(const struct installed *set, const char *name)
{
	for (size_t i = 0; i < set->n; i++)
		if (strcmp(set->files[i].name, name) == 0)
			return true;
	return false;
}

static int
add_file(struct policy_disk *disk, struct installed *set, const char *name)
{
	struct installed_file *file = &set->files[set->n];

	if (has_file(set, name))
		return WARDER_OK;
	if (set->n == INSTALLED_FILES_MAX ||
	    snprintf(file->name, sizeof(file->name), "%s", name) >=
	        (int)sizeof(file->name))
		return WARDER_ETOOBIG;
	file->bytes = policy_disk_bytes(disk, name, &file->len);
	if (file->bytes == NULL)
		file->len = 0;
	set->n++;
	return WARDER_OK;
}

int
policy_disk_print(struct policy_disk *disk, const struct policy *policy,
    struct installed *ret_set, char **ret_bytes, size_t *ret_len)
{
	int r = WARDER_OK;

	memset(ret_set, 0, sizeof(*ret_set));
	for (size_t i = 0; i < policy_files(policy) && r == 0; i++)
		r = add_file(disk, ret_set, policy_file_at(policy, i));
	for (size_t i = 0; i < policy_calendars(policy) && r == 0; i++)
		r = add_file(disk, ret_set, policy_calendar_at(policy, i));
	return r != 0 ? r : installed_print(ret_set, ret_bytes, ret_len);
}

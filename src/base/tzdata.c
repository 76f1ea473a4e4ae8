/* SPDX-License-Identifier: ISC */
/*
 * Names come from a policy or from a calendar that anybody may have written:
 * they lead nowhere but below the folder of the tzdata.
 */
#include "config.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/tzdata.h"

#define FOLDER "/usr/share/zoneinfo/"
#define NAME_MAX_LEN 64

struct tzdata_file {
	struct tzdata_file *next;
	char name[NAME_MAX_LEN + 1];
	uint8_t *bytes; /* NULL: there is none */
	size_t len;
};

static bool
is_name(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len <= NAME_MAX_LEN && name[0] != '/' &&
	       strstr(name, "..") == NULL &&
	       strspn(name,
	           "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	           "0123456789_+-/") == len;
}

/* A file of the size that it had a moment ago, or none. */
static void
read_file(struct tzdata_file *file)
{
	char path[sizeof(FOLDER) + NAME_MAX_LEN];
	auto_fd int fd = -1;
	struct stat st;
	ssize_t n;

	(void)snprintf(path, sizeof(path), "%s%s", FOLDER, file->name);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    st.st_size <= 0 || st.st_size > TZDATA_FILE_MAX ||
	    (file->bytes = malloc((size_t)st.st_size)) == NULL)
		return;
	n = read(fd, file->bytes, (size_t)st.st_size);
	if (n == st.st_size) {
		file->len = (size_t)n;
		return;
	}
	free(file->bytes);
	file->bytes = NULL;
}

static struct tzdata_file *
find_file(struct tzdata *tzdata, const char *name)
{
	struct tzdata_file *file = tzdata->files;

	while (file != NULL && strcmp(file->name, name) != 0)
		file = file->next;
	if (file != NULL || (file = calloc(1, sizeof(*file))) == NULL)
		return file;
	(void)snprintf(file->name, sizeof(file->name), "%s", name);
	read_file(file);
	file->next = tzdata->files;
	tzdata->files = file;
	return file;
}

bool
tzdata_find(
    void *tzdata, const char *name, const void **ret_bytes, size_t *ret_len)
{
	struct tzdata_file *file;

	if (!is_name(name) || (file = find_file(tzdata, name)) == NULL ||
	    file->bytes == NULL)
		return false;
	*ret_bytes = file->bytes;
	*ret_len = file->len;
	return true;
}

void
tzdata_clear(struct tzdata *tzdata)
{
	struct tzdata_file *file;

	while ((file = tzdata->files) != NULL) {
		tzdata->files = file->next;
		free(file->bytes);
		free(file);
	}
}

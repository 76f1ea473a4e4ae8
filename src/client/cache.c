/* SPDX-License-Identifier: ISC */
/*
 * /run/user/UID/warder/list: one line a gate, handle and the four ids. A
 * hint: whoever could write it could at most show its user another gate,
 * which he then sees and reads back.
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"
#include "client/cache.h"
#include "yunxiao/ids.h"

#define LINES_MAX 20000

int
cache_folder(bool make)
{
	char path[64];
	auto_fd int dir = -1;
	struct stat st;

	(void)snprintf(
	    path, sizeof(path), "/run/user/%u", (unsigned int)getuid());
	dir = open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0 || fstat(dir, &st) != 0 || st.st_uid != getuid() ||
	    (st.st_mode & 022) != 0)
		return -1;
	if (make)
		(void)mkdirat(dir, "warder", 0700);
	int own = openat(
	    dir, "warder", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	fd_closep(&dir);
	dir = own;
	if (dir < 0 || fstat(dir, &st) != 0 || st.st_uid != getuid() ||
	    (st.st_mode & 077) != 0)
		return -1;
	return fd_steal(&dir);
}

void
cache_store(const struct shown_list *gates)
{
	auto_fd int dir = cache_folder(true);
	bool is_whole = true;
	FILE *file;
	int fd;

	if (dir < 0)
		return;
	(void)unlinkat(dir, "list.new", 0);
	fd = openat(dir, "list.new",
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 || (file = fdopen(fd, "w")) == NULL) {
		fd_closep(&fd);
		return;
	}
	for (size_t i = 0; i < gates->n; i++) {
		const struct person_gate *gate = &gates->items[i].gate;

		is_whole &=
		    fprintf(file, "%s %s %s %s %s\n", gates->items[i].handle,
		        gate->org, gate->pipeline, gate->run, gate->job) > 0;
	}
	if (fclose(file) == 0 && is_whole)
		(void)renameat(dir, "list.new", dir, "list");
	else
		(void)unlinkat(dir, "list.new", 0);
}

/* One line, if it is one and has that handle. */
static bool
read_line(const char *line, const char *handle, struct person_look *look)
{
	char is[GATE_HANDLE_SIZE];
	struct gate_ids ids = { 0 };

	if (sscanf(line, "%14s %64s %19s %19s %19s", is, ids.org, ids.pipeline,
	        ids.run, ids.job) != 5 ||
	    strcmp(is, handle) != 0 || ids_check(&ids, IDS_JOB) != 0)
		return false;
	return text_copy(look->org, sizeof(look->org), ids.org) == 0 &&
	       text_copy(
	           look->pipeline, sizeof(look->pipeline), ids.pipeline) == 0 &&
	       text_copy(look->run, sizeof(look->run), ids.run) == 0 &&
	       text_copy(look->job, sizeof(look->job), ids.job) == 0;
}

size_t
cache_find(const char *handle, struct person_look *ret_look)
{
	auto_fd int dir = cache_folder(false);
	struct person_look look = { 0 };
	char line[256];
	size_t n = 0;
	FILE *file;
	int fd;

	if (dir < 0)
		return 0;
	fd = openat(dir, "list", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || (file = fdopen(fd, "r")) == NULL) {
		fd_closep(&fd);
		return 0;
	}
	for (int i = 0; i < LINES_MAX && fgets(line, sizeof(line), file); i++)
		if (read_line(line, handle, &look) && n++ == 0)
			*ret_look = look;
	(void)fclose(file);
	return n;
}

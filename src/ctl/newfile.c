/* SPDX-License-Identifier: ISC */
/* open O_EXCL, write, fsync, look again, rename, fsync of the folder. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/rand.h"
#include "base/text.h"
#include "ctl/newfile.h"

static int
open_folder(const char *path, struct newfile *newfile)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;
	char folder[PATH_MAX] = ".";

	if (slash != NULL &&
	    snprintf(folder, sizeof(folder), "%.*s",
	        (int)(slash == path ? 1 : slash - path), path) >= PATH_MAX)
		return WARDER_EFORM;
	if (name[0] == '\0' || strcmp(name, ".") == 0 ||
	    strcmp(name, "..") == 0 ||
	    text_copy(newfile->name, sizeof(newfile->name), name) != 0)
		return WARDER_EFORM;
	newfile->dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (newfile->dir >= 0)
		return WARDER_OK;
	return errno == ENOENT || errno == ENOTDIR ? WARDER_EMISSING
	                                           : WARDER_ESYS;
}

/* Nothing there, or a plain file. */
static int
check_place(const struct newfile *newfile)
{
	struct stat st;

	if (fstatat(newfile->dir, newfile->name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT ? WARDER_OK : WARDER_ESYS;
	return S_ISREG(st.st_mode) ? WARDER_OK : WARDER_ERIGHTS;
}

static int
open_tmp(struct newfile *newfile)
{
	uint8_t bytes[12];
	char word[2 * sizeof(bytes) + 1];
	int fd;

	rand_fill(bytes, sizeof(bytes));
	hex_print(word, bytes, sizeof(bytes));
	(void)snprintf(newfile->tmp, sizeof(newfile->tmp), ".warder-%s", word);
	fd = openat(newfile->dir, newfile->tmp,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return WARDER_ESYS;
	newfile->out = fdopen(fd, "w");
	if (newfile->out != NULL)
		return WARDER_OK;
	(void)close(fd);
	(void)unlinkat(newfile->dir, newfile->tmp, 0);
	return WARDER_ENOMEM;
}

int
newfile_open(const char *path, struct newfile *ret_newfile)
{
	struct newfile newfile = { .dir = -1 };
	int r = open_folder(path, &newfile);

	if (r == 0)
		r = check_place(&newfile);
	if (r == 0)
		r = open_tmp(&newfile);
	if (r != 0) {
		fd_closep(&newfile.dir);
		return r;
	}
	*ret_newfile = newfile;
	return WARDER_OK;
}

/* The mode again: the umask of a caller may have taken more of it. */
static int
put_in_place(struct newfile *newfile)
{
	int fd = fileno(newfile->out), r;

	if (fflush(newfile->out) != 0 || ferror(newfile->out) ||
	    fchmod(fd, 0600) != 0 || fsync(fd) != 0)
		return WARDER_ESYS;
	if ((r = check_place(newfile)) != 0)
		return r;
	if (renameat(newfile->dir, newfile->tmp, newfile->dir, newfile->name) !=
	    0)
		return WARDER_ESYS;
	newfile->tmp[0] = '\0';
	return fsync(newfile->dir) == 0 ? WARDER_OK : WARDER_ESYS;
}

int
newfile_finish(struct newfile *newfile)
{
	int r = put_in_place(newfile), error = errno;

	newfile_drop(newfile);
	errno = error;
	return r;
}

void
newfile_drop(struct newfile *newfile)
{
	if (newfile->out != NULL)
		(void)fclose(newfile->out);
	newfile->out = NULL;
	if (newfile->tmp[0] != '\0')
		(void)unlinkat(newfile->dir, newfile->tmp, 0);
	newfile->tmp[0] = '\0';
	fd_closep(&newfile->dir);
}

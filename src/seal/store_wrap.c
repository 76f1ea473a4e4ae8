/* SPDX-License-Identifier: ISC */
/*
 * master.wrap in the folder of the store. It is made under a name of its own
 * and linked to the one that counts, so one that is there is never written
 * over; a successor takes its place by a rename, once the store is under it.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/safefile.h"
#include "seal/internal.h"

#define NAME_SIZE 64

/* What lies in a file of the folder; -1 as descriptor if it is not there. */
static enum seal_err
load(int dir, const char *name, uid_t owner, size_t max, int *ret_fd,
    struct blob **ret_bytes)
{
	const struct safefile_rule rule = {
		.owner = owner, .forbidden = 0077, .max = max
	};
	auto_fd int fd = -1;
	int r = safefile_open_at(dir, name, &rule, &fd);

	if (r == WARDER_EMISSING)
		return SEAL_OK;
	if (r != 0 || (r = safefile_read_blob(fd, max, ret_bytes)) != 0)
		return seal_of_base(r);
	*ret_fd = fd;
	fd = -1;
	return SEAL_OK;
}

static enum seal_err
load_claim(int dir, uid_t owner, struct manifest_claim *ret_claim)
{
	auto_blob struct blob *bytes = NULL;
	auto_fd int fd = -1;
	enum seal_err e;

	e = load(dir, "MANIFEST", owner, MANIFEST_SIZE_MAX, &fd, &bytes);
	if (e != SEAL_OK)
		return e;
	if (bytes == NULL)
		return SEAL_MANIFEST_MISSING;
	return manifest_peek(blob_data(bytes), blob_len(bytes), ret_claim);
}

enum seal_err
seal_store_claim(
    const char *path, uid_t owner, struct manifest_claim *ret_claim)
{
	auto_fd int dir = -1;
	int r = safefile_open_dir(path, owner, 0077, &dir);

	return r != 0 ? seal_of_base(r) : load_claim(dir, owner, ret_claim);
}

enum seal_err
seal_wrap_load(const char *path, const char *name, uid_t owner,
    struct seal_wrap *ret_wrap, int *ret_fd)
{
	auto_blob struct blob *bytes = NULL;
	struct seal_wrap wrap = { .len = 0 };
	auto_fd int dir = -1, fd = -1;
	enum seal_err e;
	int r;

	if ((r = safefile_open_dir(path, owner, 0077, &dir)) != 0)
		return seal_of_base(r);
	/* What is wrong with the list, opening it tells. */
	wrap.has_store = load_claim(dir, owner, &wrap.store) == SEAL_OK;
	if ((e = load(dir, name, owner, SEAL_WRAP_FILE_MAX, &fd, &bytes)) !=
	    SEAL_OK)
		return e;
	if (bytes == NULL)
		return SEAL_LOCKED;
	wrap.len = blob_len(bytes);
	memcpy(wrap.bytes, blob_data(bytes), wrap.len);
	*ret_wrap = wrap;
	if (ret_fd != NULL) {
		*ret_fd = fd;
		fd = -1;
	}
	return SEAL_OK;
}

enum seal_err
seal_wrap_open(const struct seal_wrap *wrap, const struct blob *passphrase,
    struct blob **ret_master)
{
	return wrap_open(wrap->bytes, wrap->len, passphrase,
	    wrap->has_store ? wrap->store.store_id : NULL, ret_master);
}

static enum seal_err
write_tmp(int dir, const char *tmp, const uint8_t bytes[WRAP_LEN])
{
	auto_fd int fd = -1;

	if (unlinkat(dir, tmp, 0) != 0 && errno != ENOENT)
		return SEAL_SYSTEM;
	fd = openat(dir, tmp,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return SEAL_SYSTEM;
	return fd_write_all(fd, bytes, WRAP_LEN) == 0 && fsync(fd) == 0
	           ? SEAL_OK
	           : SEAL_SYSTEM;
}

enum seal_err
seal_wrap_create(const char *path, const char *name, uid_t owner,
    const uint8_t bytes[WRAP_LEN])
{
	char tmp[NAME_SIZE];
	auto_fd int dir = -1;
	enum seal_err e;
	int r, saved;

	if ((r = safefile_open_dir(path, owner, 0077, &dir)) != 0)
		return seal_of_base(r);
	(void)snprintf(tmp, sizeof(tmp), "%s.tmp", name);
	e = write_tmp(dir, tmp, bytes);
	if (e == SEAL_OK && linkat(dir, tmp, dir, name, 0) != 0)
		e = SEAL_SYSTEM;
	saved = errno;
	(void)unlinkat(dir, tmp, 0);
	errno = saved;
	if (e == SEAL_OK && fsync(dir) != 0)
		e = SEAL_SYSTEM;
	return e;
}

enum seal_err
seal_wrap_move(const char *path, const char *from, const char *to, uid_t owner)
{
	auto_fd int dir = -1;
	int r = safefile_open_dir(path, owner, 0077, &dir);

	if (r != 0)
		return seal_of_base(r);
	if (renameat(dir, from, dir, to) != 0 || fsync(dir) != 0)
		return SEAL_SYSTEM;
	return SEAL_OK;
}

enum seal_err
seal_wrap_remove(const char *path, const char *name, uid_t owner)
{
	auto_fd int dir = -1;
	int r = safefile_open_dir(path, owner, 0077, &dir);

	if (r != 0)
		return seal_of_base(r);
	if ((unlinkat(dir, name, 0) != 0 && errno != ENOENT) || fsync(dir) != 0)
		return SEAL_SYSTEM;
	return SEAL_OK;
}

/* SPDX-License-Identifier: ISC */
/*
 * Changing the folder so that a kill at any instant leaves the old set or
 * the new one: record files under names nothing lists yet, then MANIFEST by
 * a rename, each made durable before the next. Only a process that holds the
 * exclusive lock comes here.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/safefile.h"
#include "seal/internal.h"
#include "seal/record.h"
#include "seal/store.h"

/* Writes `name` by way of `name`.tmp; durable when it returns. */
static enum seal_err
write_file(int dir, const char *name, const uint8_t *bytes, size_t len)
{
	char tmp[STORE_NAME_SIZE + 4];
	auto_fd int fd = -1;

	snprintf(tmp, sizeof(tmp), "%s.tmp", name);
	if (unlinkat(dir, tmp, 0) != 0 && errno != ENOENT)
		return SEAL_SYSTEM;
	fd = openat(dir, tmp,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return SEAL_SYSTEM;
	if (fd_write_all(fd, bytes, len) != 0 || fsync(fd) != 0 ||
	    renameat(dir, tmp, dir, name) != 0) {
		int saved = errno;

		unlinkat(dir, tmp, 0);
		errno = saved;
		return SEAL_SYSTEM;
	}
	return fsync(dir) == 0 ? SEAL_OK : SEAL_SYSTEM;
}

static const struct manifest_entry *
find_entry(const struct manifest *manifest, const struct seal_file *file)
{
	for (size_t i = 0; i < manifest->n; i++) {
		const struct manifest_entry *entry = &manifest->entries[i];

		if (entry->generation == file->generation &&
		    memcmp(entry->record_id, file->record_id, SEAL_ID_LEN) == 0)
			return entry;
	}
	return NULL;
}

/* What is written is what the new list says, byte for byte. */
static enum seal_err
check_file(const struct manifest *next, const struct seal_file *file)
{
	const struct manifest_entry *entry = find_entry(next, file);
	uint8_t hash[SEAL_HASH_LEN];

	if (entry == NULL)
		return SEAL_MANIFEST_FIELD;
	record_hash(hash, file->bytes, file->len);
	return memcmp(hash, entry->hash, sizeof(hash)) == 0 ? SEAL_OK
	                                                    : SEAL_KEY_CHANGED;
}

enum seal_err
store_write(int dir, const struct blob *keys, const struct manifest *next,
    const struct seal_file *files, size_t n)
{
	struct manifest manifest = *next;
	uint8_t bytes[MANIFEST_SIZE_MAX];
	char name[STORE_NAME_SIZE];
	size_t len;
	enum seal_err e;

	if ((e = manifest_make(&manifest, keys, bytes, &len)) != SEAL_OK)
		return e;
	for (size_t i = 0; i < n; i++) {
		if ((e = check_file(next, &files[i])) != SEAL_OK)
			return e;
	}
	for (size_t i = 0; i < n; i++) {
		store_file_name(name, files[i].record_id, files[i].generation);
		e = write_file(dir, name, files[i].bytes, files[i].len);
		if (e != SEAL_OK)
			return e;
	}
	return write_file(dir, "MANIFEST", bytes, len);
}

enum seal_err
seal_store_commit(struct seal_store *store, const struct manifest *next,
    const struct seal_file *files, size_t n)
{
	const struct manifest *now = seal_store_manifest(store);
	enum seal_err e;

	if (!store_is_writer(store))
		return SEAL_SYSTEM;
	if (next->generation != now->generation + 1 ||
	    next->source != now->source ||
	    memcmp(next->store_id, now->store_id, SEAL_ID_LEN) != 0)
		return SEAL_MANIFEST_FIELD;
	e = store_write(store_dir(store), store_keys(store), next, files, n);
	if (e == SEAL_OK)
		store_set_manifest(store, next);
	return e;
}

enum seal_err
store_create_at(int dir, const struct blob *keys, uid_t owner,
    const struct manifest *first, const struct seal_file *files, size_t n)
{
	struct stat st;
	enum seal_err e;

	if (keys == NULL)
		return SEAL_LOCKED;
	if ((e = store_lock(dir, true)) != SEAL_OK)
		return e;
	if (fstat(dir, &st) != 0 || st.st_uid != owner)
		return SEAL_FILE_RIGHTS;
	if (fstatat(dir, "MANIFEST", &st, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = EEXIST;
		return SEAL_SYSTEM;
	}
	if (errno != ENOENT)
		return SEAL_SYSTEM;
	return store_write(dir, keys, first, files, n);
}

enum seal_err
seal_store_create(const char *path, const struct blob *keys, uid_t owner,
    const struct manifest *first, const struct seal_file *files, size_t n)
{
	auto_fd int dir = -1;
	int r = safefile_open_dir(path, owner, 0077, &dir);

	if (r != 0)
		return seal_of_base(r);
	return store_create_at(dir, keys, owner, first, files, n);
}

static bool
is_listed(const struct manifest *manifest, const char *name)
{
	char listed[STORE_NAME_SIZE];

	for (size_t i = 0; i < manifest->n; i++) {
		store_file_name(listed, manifest->entries[i].record_id,
		    manifest->entries[i].generation);
		if (strcmp(listed, name) == 0)
			return true;
	}
	return false;
}

static bool
ends_with(const char *name, const char *end)
{
	size_t len = strlen(name), end_len = strlen(end);

	return len > end_len && strcmp(name + len - end_len, end) == 0;
}

/* Only what a commit makes is ever removed; other files are an admin's. */
enum seal_err
seal_store_sweep(const struct seal_store *store, size_t *ret_removed)
{
	const struct manifest *manifest = seal_store_manifest(store);
	int dir = store_dir(store), fd;
	size_t removed = 0;
	struct dirent *entry;
	DIR *list;

	fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return SEAL_SYSTEM;
	if ((list = fdopendir(fd)) == NULL) {
		fd_closep(&fd);
		return SEAL_SYSTEM;
	}
	while ((entry = readdir(list)) != NULL) {
		bool is_ours = ends_with(entry->d_name, ".key") ||
		               ends_with(entry->d_name, ".tmp");

		if (is_ours && !is_listed(manifest, entry->d_name) &&
		    unlinkat(dir, entry->d_name, 0) == 0)
			removed++;
	}
	closedir(list);
	*ret_removed = removed;
	return removed == 0 || fsync(dir) == 0 ? SEAL_OK : SEAL_SYSTEM;
}

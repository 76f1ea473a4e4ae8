/* SPDX-License-Identifier: ISC */
/*
 * Reading a file whose owner and mode matter (keys, policy, configuration).
 * The path is walked from / without following links; each folder belongs to
 * root or to `owner` and is writable by nobody else; the checks are made on
 * the descriptor that is then read. Nothing is trusted by name.
 */
#ifndef WARDER_BASE_SAFEFILE_H
#define WARDER_BASE_SAFEFILE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/blob.h"
#include "base/err.h"

struct safefile_rule {
	uid_t owner;      /* the file belongs to this uid or to root */
	mode_t forbidden; /* no such mode bit: 077 a secret, 022 public */
	size_t min, max;  /* size in bytes */
};

/*
 * `path` is absolute. ret_fd is open for reading. EMISSING; ERIGHTS owner,
 * mode, link or kind; ETOOBIG size; ESYS.
 */
WARDER_MUST_CHECK int safefile_open(
    const char *path, const struct safefile_rule *rule, int *ret_fd);

/* A folder, the same way; `forbidden` is held against it. */
WARDER_MUST_CHECK int safefile_open_dir(
    const char *path, uid_t owner, mode_t forbidden, int *ret_fd);

/* One name below an open folder, checked like the file of safefile_open. */
WARDER_MUST_CHECK int safefile_open_at(
    int dir, const char *name, const struct safefile_rule *rule, int *ret_fd);

/* The whole file as bytes (malloc, one NUL more); the caller frees. */
WARDER_MUST_CHECK int safefile_load(const char *path,
    const struct safefile_rule *rule, uint8_t **ret_bytes, size_t *ret_len);

/* The whole file as a secret, read straight into locked memory. */
WARDER_MUST_CHECK int safefile_load_blob(
    const char *path, const struct safefile_rule *rule, struct blob **ret_blob);

/* The same for a descriptor that safefile_open_at() gave. */
WARDER_MUST_CHECK int safefile_read_blob(
    int fd, size_t max, struct blob **ret_blob);

#endif

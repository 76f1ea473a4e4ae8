/* SPDX-License-Identifier: ISC */
/*
 * A policy as somebody edits it: a main file, and what it names in the same
 * folder and below. Each file is read once, so that what is checked is what
 * is installed.
 */
#ifndef WARDER_CTL_POLICY_DISK_H
#define WARDER_CTL_POLICY_DISK_H

#include <stddef.h>

#include "base/tzdata.h"
#include "policy/installed.h"
#include "policy/policy.h"

struct disk_file;
struct policy_disk {
	char *main, *folder;
	char *bytes; /* of the main file, a NUL behind them */
	size_t len;
	struct disk_file *files; /* below the folder, in order of asking */
	char **matches;          /* of the last include with a `*` */
	size_t matches_n;
	char glob[256];
	struct tzdata tzdata;
};

/* Told on standard error, and an exit code, if it cannot be read. */
WARDER_MUST_CHECK int policy_disk_open(
    struct policy_disk *disk, const char *path);
void policy_disk_clear(struct policy_disk *disk);

struct policy_source policy_disk_source(struct policy_disk *disk);

/* The bytes of a file of the policy ("policy" is the main one), or NULL. */
const char *policy_disk_bytes(
    struct policy_disk *disk, const char *name, size_t *ret_len);

/* Its path as the person named the main file's; borrowed until the next. */
const char *policy_disk_path(struct policy_disk *disk, const char *name);

/*
 * The set that `policy` is, with its hash, as one file (malloc); `set`
 * borrows from the disk. EFORM, ENOMEM, ETOOBIG.
 */
WARDER_MUST_CHECK int policy_disk_print(struct policy_disk *disk,
    const struct policy *policy, struct installed *ret_set, char **ret_bytes,
    size_t *ret_len);

#endif

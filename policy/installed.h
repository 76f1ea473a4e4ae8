/* SPDX-License-Identifier: ISC */
/*
 * The set in force as one file, /etc/warder/policy.installed: for each policy
 * file in reading order (the main one called `policy`), then each calendar, a
 * line `<hex SHA-256 of the bytes> <length> <name>` LF and the bytes. The
 * hash of those lines without the bytes names the set (`pol`). Pure.
 */
#ifndef WARDER_POLICY_INSTALLED_H
#define WARDER_POLICY_INSTALLED_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "policy/policy.h"

#define INSTALLED_FILES_MAX 320
#define INSTALLED_MAX (48u << 20) /* bytes of the whole file */
#define INSTALLED_HASH_LEN 32

struct installed_file {
	char name[256];
	const char *bytes; /* borrowed; NULL: a calendar that is unreadable */
	size_t len;
};

struct installed {
	uint8_t hash[INSTALLED_HASH_LEN]; /* `pol` */
	size_t n;
	struct installed_file files[INSTALLED_FILES_MAX];
};

/* Reads and checks every hash. EFORM, ETRAIL, EBOX (a hash is not right). */
WARDER_MUST_CHECK int installed_parse(
    const void *bytes, size_t len, struct installed *ret_installed);

/*
 * The policy that the set is; `zone` and `zones` as policy_source has them.
 * EFORM with *ret_diag, also where the set has a file that the policy does
 * not name: it is another set than the one that was checked.
 */
WARDER_MUST_CHECK int installed_read(const struct installed *installed,
    bool (*zone)(
        void *ctx, const char *name, const void **ret_bytes, size_t *ret_len),
    void *zones, struct policy **ret_policy, struct policy_diag *ret_diag);

/* Fills `hash`; writes the whole into *ret_bytes (malloc). */
WARDER_MUST_CHECK int installed_print(
    struct installed *installed, char **ret_bytes, size_t *ret_len);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * The key pair of warder-pam, to which clients seal their answers. pam.key
 * is a seed, root's alone; pam.pub is for everybody to read and for root to
 * write. Both are 64 hex digits and LF.
 */
#ifndef WARDER_WIRE_PAMKEY_H
#define WARDER_WIRE_PAMKEY_H

#include <sys/types.h>

#include "base/blob.h"
#include "wire/prompt.h"

#define PAMKEY_FILE_LEN 65

/*
 * ret_secret holds 32 bytes. `owner` is root, or the tests' own uid.
 * EMISSING, ERIGHTS, ETOOBIG, EFORM.
 */
WARDER_MUST_CHECK int pamkey_load(const char *path, uid_t owner,
    struct blob **ret_secret, uint8_t ret_public[PROMPT_KEY_LEN]);
WARDER_MUST_CHECK int pamkey_load_public(
    const char *path, uid_t owner, uint8_t ret_public[PROMPT_KEY_LEN]);

/* The pair of a seed of 32 bytes. */
WARDER_MUST_CHECK int pamkey_of_seed(const struct blob *seed,
    struct blob **ret_secret, uint8_t ret_public[PROMPT_KEY_LEN]);

/* For `init`: the public key alone. */
WARDER_MUST_CHECK int pamkey_public_of_seed(
    const struct blob *seed, uint8_t ret_public[PROMPT_KEY_LEN]);

#endif

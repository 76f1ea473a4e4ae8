/* SPDX-License-Identifier: ISC */
/*
 * Words and keys of the store. The master key lives here only as long as it
 * takes to derive the two keys that are used from it.
 */
#include "config.h"

#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/safefile.h"
#include "seal/internal.h"
#include "seal/seal.h"

#define KDF_CONTEXT "warderK1"
#define KEY_ID_MESSAGE "warder key id v1"

struct named {
	const char *word;
	enum reason reason;
};

/* clang-format off */
static const struct named names[] = {
	[SEAL_OK] = { "", REASON_DONE },
	[SEAL_LOCKED] = { "locked", REASON_LOCKED },
	[SEAL_FILE_RIGHTS] = { "file_rights", REASON_MISCONFIGURED },
	[SEAL_FILE_KIND] = { "file_kind", REASON_MISCONFIGURED },
	[SEAL_FILE_SIZE] = { "file_size", REASON_MISCONFIGURED },
	[SEAL_MANIFEST_MISSING] = { "manifest_missing", REASON_NO_KEY },
	[SEAL_MANIFEST_LENGTH] = { "manifest_length", REASON_NO_KEY },
	[SEAL_MANIFEST_MAGIC] = { "manifest_magic", REASON_NO_KEY },
	[SEAL_MANIFEST_VERSION] = { "manifest_version", REASON_NO_KEY },
	[SEAL_MANIFEST_FIELD] = { "manifest_field", REASON_NO_KEY },
	[SEAL_MANIFEST_MASTER] = { "manifest_master", REASON_NO_KEY },
	[SEAL_MANIFEST_DAMAGED] = { "manifest_damaged", REASON_NO_KEY },
	[SEAL_MANIFEST_STORE] = { "manifest_store", REASON_NO_KEY },
	[SEAL_MANIFEST_SOURCE] = { "manifest_source", REASON_MISCONFIGURED },
	[SEAL_MANIFEST_ROLLBACK] =
	    { "manifest_rollback", REASON_MISCONFIGURED },
	[SEAL_KEY_MISSING] = { "key_missing", REASON_NO_KEY },
	[SEAL_KEY_CHANGED] = { "key_changed", REASON_NO_KEY },
	[SEAL_KEY_LENGTH] = { "key_length", REASON_NO_KEY },
	[SEAL_KEY_MAGIC] = { "key_magic", REASON_NO_KEY },
	[SEAL_KEY_VERSION] = { "key_version", REASON_NO_KEY },
	[SEAL_KEY_FIELD] = { "key_field", REASON_NO_KEY },
	[SEAL_KEY_MASTER] = { "key_master", REASON_NO_KEY },
	[SEAL_KEY_DAMAGED] = { "key_damaged", REASON_NO_KEY },
	[SEAL_KEY_CONTENT] = { "key_content", REASON_NO_KEY },
	[SEAL_KEY_STORE] = { "key_store", REASON_NO_KEY },
	[SEAL_KEY_SOURCE] = { "key_source", REASON_MISCONFIGURED },
	[SEAL_KEY_SWAPPED] = { "key_swapped", REASON_NO_KEY },
	[SEAL_KEY_ROLLBACK] = { "key_rollback", REASON_NO_KEY },
	[SEAL_KEY_EXPIRED] = { "key_expired", REASON_NO_KEY },
	[SEAL_WRAP_LENGTH] = { "wrap_length", REASON_NO_KEY },
	[SEAL_WRAP_MAGIC] = { "wrap_magic", REASON_NO_KEY },
	[SEAL_WRAP_VERSION] = { "wrap_version", REASON_NO_KEY },
	[SEAL_WRAP_FIELD] = { "wrap_field", REASON_NO_KEY },
	[SEAL_WRAP_COST] = { "wrap_cost", REASON_NO_KEY },
	[SEAL_WRAP_MEMORY] = { "wrap_memory", REASON_NO_KEY },
	[SEAL_WRAP_PASSPHRASE] =
	    { "wrap_passphrase", REASON_UNAUTHENTICATED },
	[SEAL_WRAP_STORE] = { "wrap_store", REASON_NO_KEY },
	[SEAL_WRAP_MASTER] = { "wrap_master", REASON_NO_KEY },
	[SEAL_IMPORT_MODE] = { "import_mode", REASON_USAGE },
	[SEAL_IMPORT_KIND] = { "import_kind", REASON_USAGE },
	[SEAL_IMPORT_SHAPE] = { "import_shape", REASON_USAGE },
	[SEAL_IMPORT_FILE] = { "import_file", REASON_USAGE },
	[SEAL_MEMORY_LOCK] = { "memory_lock", REASON_BUG },
	[SEAL_SYSTEM] = { "system", REASON_BUG },
};
/* clang-format on */

static const struct named *
find(enum seal_err e)
{
	size_t n = (size_t)e;

	return &names[n < sizeof(names) / sizeof(names[0]) ? n : SEAL_SYSTEM];
}

const char *
seal_word(enum seal_err e)
{
	return find(e)->word;
}

enum reason
seal_reason(enum seal_err e)
{
	return find(e)->reason;
}

enum seal_err
seal_of_base(int r)
{
	if (r == WARDER_OK)
		return SEAL_OK;
	if (r == WARDER_ENOMEM || r == WARDER_EFULL)
		return SEAL_MEMORY_LOCK;
	if (r == WARDER_ERIGHTS)
		return SEAL_FILE_RIGHTS;
	if (r == WARDER_ETOOBIG)
		return SEAL_FILE_SIZE;
	return SEAL_SYSTEM;
}

enum seal_err
seal_keys_derive(const struct blob *master, struct blob **ret_keys)
{
	auto_blob struct blob *keys = NULL;
	int r;

	_Static_assert(SEAL_MASTER_LEN == crypto_kdf_KEYBYTES, "master");
	if (blob_len(master) != SEAL_MASTER_LEN)
		return SEAL_FILE_SIZE;
	if ((r = blob_new(SEAL_KEYS_LEN, &keys)) != 0 ||
	    (r = blob_set_len(keys, SEAL_KEYS_LEN)) != 0)
		return seal_of_base(r);
	if (crypto_kdf_derive_from_key(
	        blob_space(keys), 32, 1, KDF_CONTEXT, blob_data(master)) != 0 ||
	    crypto_kdf_derive_from_key(blob_space(keys) + 32, 32, 2,
	        KDF_CONTEXT, blob_data(master)) != 0)
		return SEAL_SYSTEM;
	sodium_stackzero(1024);
	*ret_keys = blob_steal(&keys);
	return SEAL_OK;
}

void
seal_key_id(uint8_t ret[SEAL_ID_LEN], const struct blob *keys)
{
	crypto_generichash(ret, SEAL_ID_LEN, (const uint8_t *)KEY_ID_MESSAGE,
	    sizeof(KEY_ID_MESSAGE) - 1, blob_data(keys), 32);
}

/*
 * systemd gives a credential to a service by an access list, whose mask
 * shows as read bits of the group; nobody is in that group. The file of a
 * host without systemd is root's alone.
 */
enum seal_err
seal_master_load(enum seal_source source, const char *credentials_directory,
    struct blob **ret_master)
{
	struct safefile_rule rule = { .owner = 0,
		.forbidden = 0077,
		.min = SEAL_MASTER_LEN,
		.max = SEAL_MASTER_LEN };
	bool is_given = credentials_directory[0] != '\0';
	char path[512];
	int r;

	if (source == SEAL_SOURCE_PASSPHRASE ||
	    (source == SEAL_SOURCE_CREDENTIAL && !is_given))
		return SEAL_LOCKED;
	if (is_given) {
		rule.owner = geteuid();
		rule.forbidden = 0037;
		snprintf(path, sizeof(path), "%s/%s", credentials_directory,
		    source == SEAL_SOURCE_CREDENTIAL ? "warder.master"
		                                     : "warder.rootkey");
	} else {
		snprintf(path, sizeof(path), "%s", SEAL_MASTER_FILE);
	}
	r = safefile_load_blob(path, &rule, ret_master);
	return r == WARDER_EMISSING ? SEAL_LOCKED : seal_of_base(r);
}

void
seal_credential_clear(struct seal_credential *credential)
{
	blob_freep(&credential->secret);
	blob_freep(&credential->token);
}

/* SPDX-License-Identifier: ISC */
/*
 * Both files are checked on every reading: a client that sealed to somebody
 * else's key would hand its password over, so pam.pub has to be root's.
 */
#include "config.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/safefile.h"
#include "base/text.h"
#include "wire/pamkey.h"

#define HEX_LEN (2 * PROMPT_KEY_LEN)

_Static_assert(crypto_box_SEEDBYTES == PROMPT_KEY_LEN, "a seed of 32");
_Static_assert(crypto_box_SECRETKEYBYTES == PROMPT_KEY_LEN, "a key of 32");
_Static_assert(PAMKEY_FILE_LEN == HEX_LEN + 1, "hex and LF");

int
pamkey_of_seed(const struct blob *seed, struct blob **ret_secret,
    uint8_t ret_public[PROMPT_KEY_LEN])
{
	auto_blob struct blob *secret = NULL;
	uint8_t public[PROMPT_KEY_LEN];
	int r;

	if (blob_len(seed) != PROMPT_KEY_LEN)
		return WARDER_EBUG;
	if ((r = blob_new(PROMPT_KEY_LEN, &secret)) != 0 ||
	    (r = blob_set_len(secret, PROMPT_KEY_LEN)) != 0)
		return r;
	if (crypto_box_seed_keypair(
	        public, blob_space(secret), blob_data(seed)) != 0)
		return WARDER_EBUG;
	memcpy(ret_public, public, sizeof(public));
	*ret_secret = blob_steal(&secret);
	return WARDER_OK;
}

/* The text is turned into the seed inside the blob that it was read into. */
static int
seed_of_text(struct blob *text)
{
	auto_blob struct blob *seed = NULL;
	char *at = (char *)blob_space(text);
	int r;

	if (blob_len(text) != PAMKEY_FILE_LEN || at[HEX_LEN] != '\n')
		return WARDER_EFORM;
	at[HEX_LEN] = '\0';
	if ((r = blob_new(PROMPT_KEY_LEN, &seed)) != 0 ||
	    (r = hex_parse(at, blob_space(seed), PROMPT_KEY_LEN)) != 0)
		return r;
	memcpy(at, blob_space(seed), PROMPT_KEY_LEN);
	return blob_set_len(text, PROMPT_KEY_LEN);
}

int
pamkey_load(const char *path, uid_t owner, struct blob **ret_secret,
    uint8_t ret_public[PROMPT_KEY_LEN])
{
	const struct safefile_rule rule = { owner, 077, PAMKEY_FILE_LEN,
		PAMKEY_FILE_LEN };
	auto_blob struct blob *seed = NULL;
	int r;

	if ((r = safefile_load_blob(path, &rule, &seed)) != 0 ||
	    (r = seed_of_text(seed)) != 0)
		return r;
	return pamkey_of_seed(seed, ret_secret, ret_public);
}

int
pamkey_load_public(
    const char *path, uid_t owner, uint8_t ret_public[PROMPT_KEY_LEN])
{
	const struct safefile_rule rule = { owner, 022, PAMKEY_FILE_LEN,
		PAMKEY_FILE_LEN };
	uint8_t *bytes = NULL, key[PROMPT_KEY_LEN];
	size_t len = 0;
	int r;

	if ((r = safefile_load(path, &rule, &bytes, &len)) != 0)
		return r;
	r = WARDER_EFORM;
	if (len == PAMKEY_FILE_LEN && bytes[HEX_LEN] == '\n') {
		bytes[HEX_LEN] = '\0';
		r = hex_parse((const char *)bytes, key, sizeof(key));
	}
	free(bytes);
	if (r == 0)
		memcpy(ret_public, key, sizeof(key));
	return r;
}

int
pamkey_public_of_seed(
    const struct blob *seed, uint8_t ret_public[PROMPT_KEY_LEN])
{
	auto_blob struct blob *secret = NULL;

	return pamkey_of_seed(seed, &secret, ret_public);
}

/* SPDX-License-Identifier: ISC */
/*
 * Making and opening signed notes.
 *
 *	warder/ledger/<host>                 the kind, then its lines
 *	...
 *	                                     one empty line
 *	— warder/<host> base64(key id 4, Ed25519 64)
 *
 * The signature is over the text with the LF of its last line. Key id: the
 * first four bytes of SHA-256 of name, LF, 01, public key. The id is no
 * secret, so the right one under a wrong signature proves nothing.
 */
#include "config.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/safefile.h"
#include "base/text.h"
#include "ledger/note.h"

#define SIGNED_LEN (4 + crypto_sign_BYTES)
#define SIGNED_BASE64 93 /* sodium_base64_ENCODED_LEN(68), with its NUL */
#define KEY_BASE64 45    /* the same of 33 */

static const char dash[] = "\xe2\x80\x94 warder/";

const char *
note_word(enum note_err e)
{
	switch (e) {
	case NOTE_OK:
		return "ok";
	case NOTE_FORM:
		return "note_form";
	case NOTE_KEY:
		return "note_key";
	case NOTE_SIG:
		return "note_sig";
	case NOTE_PAIR:
		return "receipt_pair";
	case NOTE_BUG:
		return "bug";
	}
	return "bug";
}

bool
note_host_is_usable(const char *host)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
	                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                              "0123456789._-";
	size_t len = strlen(host);

	return len > 0 && len <= NOTE_HOST_MAX && strspn(host, allowed) == len;
}

static void
set_id(struct note_verifier *verifier)
{
	crypto_hash_sha256_state hash;
	uint8_t digest[crypto_hash_sha256_BYTES];
	static const uint8_t mark[] = { '\n', 1 };

	crypto_hash_sha256_init(&hash);
	crypto_hash_sha256_update(&hash, (const uint8_t *)"warder/", 7);
	crypto_hash_sha256_update(
	    &hash, (const uint8_t *)verifier->host, strlen(verifier->host));
	crypto_hash_sha256_update(&hash, mark, sizeof(mark));
	crypto_hash_sha256_update(&hash, verifier->key, NOTE_KEY_LEN);
	crypto_hash_sha256_final(&hash, digest);
	memcpy(verifier->id, digest, sizeof(verifier->id));
}

void
note_verifier_print(
    const struct note_verifier *verifier, char ret[NOTE_VERIFIER_SIZE])
{
	uint8_t key[1 + NOTE_KEY_LEN] = { 1 };
	char base64[KEY_BASE64], id[9];

	memcpy(key + 1, verifier->key, NOTE_KEY_LEN);
	sodium_bin2base64(base64, sizeof(base64), key, sizeof(key),
	    sodium_base64_VARIANT_ORIGINAL);
	hex_print(id, verifier->id, sizeof(verifier->id));
	(void)snprintf(ret, NOTE_VERIFIER_SIZE, "warder/%s+%s+%s\n",
	    verifier->host, id, base64);
}

/* Reads host and key; the caller writes all anew and compares. */
static bool
read_verifier(char *line, struct note_verifier *verifier)
{
	uint8_t key[1 + NOTE_KEY_LEN];
	char *plus, *last;
	size_t n;

	if (strncmp(line, "warder/", 7) != 0)
		return false;
	plus = strchr(line, '+');
	last = plus == NULL ? NULL : strchr(plus + 1, '+');
	if (last == NULL)
		return false;
	*plus = '\0';
	if (!note_host_is_usable(line + 7) ||
	    text_copy(verifier->host, sizeof(verifier->host), line + 7) != 0)
		return false;
	if (sodium_base642bin(key, sizeof(key), last + 1, strlen(last + 1),
	        NULL, &n, NULL, sodium_base64_VARIANT_ORIGINAL) != 0 ||
	    n != sizeof(key) || key[0] != 1)
		return false;
	memcpy(verifier->key, key + 1, NOTE_KEY_LEN);
	return true;
}

int
note_verifier_parse(
    const char *line, size_t len, struct note_verifier *ret_verifier)
{
	char copy[NOTE_VERIFIER_SIZE], again[NOTE_VERIFIER_SIZE];
	struct note_verifier verifier;

	if (len > 0 && line[len - 1] == '\n')
		len--;
	if (len >= sizeof(copy) - 1)
		return WARDER_EFORM;
	memcpy(copy, line, len);
	copy[len] = '\0';
	if (!read_verifier(copy, &verifier))
		return WARDER_EFORM;
	set_id(&verifier);
	note_verifier_print(&verifier, again);
	if (strlen(again) != len + 1 || memcmp(again, line, len) != 0)
		return WARDER_EFORM;
	*ret_verifier = verifier;
	return WARDER_OK;
}

int
note_verifier_load(
    const char *path, uid_t owner, struct note_verifier *ret_verifier)
{
	const struct safefile_rule rule = {
		.owner = owner, .forbidden = 022, .min = 1, .max = 256
	};
	uint8_t *bytes = NULL;
	size_t len;
	int r;

	r = safefile_load(path, &rule, &bytes, &len);
	if (r != 0)
		return r;
	r = note_verifier_parse((const char *)bytes, len, ret_verifier);
	free(bytes);
	return r;
}

/* The key pair of a seed. The secret half stays in locked memory. */
static int
key_pair(
    const struct blob *seed, uint8_t ret_key[NOTE_KEY_LEN], struct blob **ret)
{
	auto_blob struct blob *secret = NULL;
	int r;

	if (blob_len(seed) != NOTE_SEED_LEN)
		return WARDER_EFORM;
	r = blob_new(crypto_sign_SECRETKEYBYTES, &secret);
	if (r == 0)
		r = blob_set_len(secret, crypto_sign_SECRETKEYBYTES);
	if (r != 0)
		return r;
	if (crypto_sign_seed_keypair(
	        ret_key, blob_space(secret), blob_data(seed)) != 0)
		return WARDER_EBUG;
	*ret = blob_steal(&secret);
	return WARDER_OK;
}

int
note_verifier_of_seed(const char *host, const struct blob *seed,
    struct note_verifier *ret_verifier)
{
	auto_blob struct blob *secret = NULL;
	struct note_verifier verifier = { .id = { 0 } };
	int r;

	if (!note_host_is_usable(host) ||
	    text_copy(verifier.host, sizeof(verifier.host), host) != 0)
		return WARDER_EFORM;
	r = key_pair(seed, verifier.key, &secret);
	if (r != 0)
		return r;
	set_id(&verifier);
	*ret_verifier = verifier;
	return WARDER_OK;
}

/* Lines of plain text, each with its LF, none empty, at least one. */
static bool
is_text(const char *text, size_t len)
{
	if (len == 0 || text[0] == '\n' || text[len - 1] != '\n' ||
	    !text_is_clean(text, len))
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\n' && i > 0 && text[i - 1] == '\n')
			return false;
		if ((uint8_t)text[i] < 0x20 && text[i] != '\n')
			return false;
	}
	return true;
}

enum note_err
note_sign(const struct blob *seed, const char *host, const char *text,
    char *ret, size_t size)
{
	auto_blob struct blob *secret = NULL;
	struct note_verifier me = { .id = { 0 } };
	uint8_t bytes[SIGNED_LEN];
	char base64[SIGNED_BASE64];
	size_t len = strlen(text);
	int n;

	if (!is_text(text, len) || !note_host_is_usable(host) ||
	    text_copy(me.host, sizeof(me.host), host) != 0 ||
	    key_pair(seed, me.key, &secret) != 0)
		return NOTE_BUG;
	set_id(&me);
	memcpy(bytes, me.id, sizeof(me.id));
	if (crypto_sign_detached(bytes + 4, NULL, (const uint8_t *)text, len,
	        blob_data(secret)) != 0)
		return NOTE_BUG;
	sodium_bin2base64(base64, sizeof(base64), bytes, sizeof(bytes),
	    sodium_base64_VARIANT_ORIGINAL);
	n = snprintf(ret, size, "%s\n%s%s %s\n", text, dash, host, base64);
	if (n < 0 || (size_t)n >= size || (size_t)n > NOTE_MAX)
		return NOTE_BUG;
	return NOTE_OK;
}

/* A signature line taken apart. */
struct signature {
	char host[NOTE_HOST_MAX + 1];
	uint8_t bytes[SIGNED_LEN];
};

static bool
read_signature(const char *line, size_t len, struct signature *ret)
{
	const size_t head = sizeof(dash) - 1, tail = SIGNED_BASE64 - 1;
	char again[SIGNED_BASE64];
	size_t host_len, n;

	/* Its length follows from the host, so the blank has one place. */
	if (len < head + 1 + 1 + tail + 1 || memcmp(line, dash, head) != 0 ||
	    line[len - 1] != '\n' || line[len - 2 - tail] != ' ')
		return false;
	host_len = len - 2 - tail - head;
	if (host_len > NOTE_HOST_MAX)
		return false;
	memcpy(ret->host, line + head, host_len);
	ret->host[host_len] = '\0';
	if (strlen(ret->host) != host_len || !note_host_is_usable(ret->host))
		return false;
	if (sodium_base642bin(ret->bytes, sizeof(ret->bytes),
	        line + len - 1 - tail, tail, NULL, &n, NULL,
	        sodium_base64_VARIANT_ORIGINAL) != 0 ||
	    n != sizeof(ret->bytes))
		return false;
	/* libsodium takes some bytes above 127 for letters: write it anew. */
	sodium_bin2base64(again, sizeof(again), ret->bytes, n,
	    sodium_base64_VARIANT_ORIGINAL);
	return memcmp(again, line + len - 1 - tail, tail) == 0;
}

/* The first line is kind/host, whole. */
static bool
is_kind(const char *text, const char *kind, const char *host)
{
	size_t kind_len = strlen(kind), host_len = strlen(host);

	return strncmp(text, kind, kind_len) == 0 && text[kind_len] == '/' &&
	       strncmp(text + kind_len + 1, host, host_len) == 0 &&
	       text[kind_len + 1 + host_len] == '\n';
}

enum note_err
note_open(const char *note, size_t len, const char *kind,
    const struct note_verifier *verifier, size_t *ret_len)
{
	struct signature signature;
	const char *gap;
	size_t text_len;

	if (len > NOTE_MAX)
		return NOTE_FORM;
	gap = memmem(note, len, "\n\n", 2);
	if (gap == NULL)
		return NOTE_FORM;
	text_len = (size_t)(gap + 1 - note);
	if (!is_text(note, text_len) ||
	    !read_signature(
	        note + text_len + 1, len - text_len - 1, &signature) ||
	    !is_kind(note, kind, signature.host))
		return NOTE_FORM;
	if (strcmp(signature.host, verifier->host) != 0 ||
	    memcmp(signature.bytes, verifier->id, sizeof(verifier->id)) != 0)
		return NOTE_KEY;
	if (crypto_sign_verify_detached(signature.bytes + 4,
	        (const uint8_t *)note, text_len, verifier->key) != 0)
		return NOTE_SIG;
	*ret_len = text_len;
	return NOTE_OK;
}

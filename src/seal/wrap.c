/* SPDX-License-Identifier: ISC */
/*
 *   0   magic 8 · version u16 = 1 · header length u16 = 112
 *   12  AEAD u8 = 1 · KDF u8 = 1 (argon2id 1.3) · 0 × 2
 *   16  store id 16 · key id 16
 *   48  ops u32 · memory u32 KiB
 *   56  salt 16 · nonce 24
 *   96  created u64 ms · 0 × 8
 *   112 ciphertext of the master 32 · tag 16, over all before too
 *
 * Whoever can write this file could ask for a cost that guesses easily, or
 * one that takes all memory: both are refused before any work.
 */
#include "config.h"

#include <sodium.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "seal/internal.h"
#include "seal/wrap.h"

#define AEAD_XCHACHA 1
#define KDF_ARGON2ID 1
#define TAG_LEN 16
#define STACK_WIPED 4096 /* the passphrase passes through BLAKE2b's state */

static const uint8_t magic[8] = { 'W', 'R', 'D', '\r', '\n', 0x1a, '\n', 'P' };

_Static_assert(WRAP_SALT_LEN == crypto_pwhash_argon2id_SALTBYTES, "salt");
_Static_assert(
    WRAP_NONCE_LEN == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "nonce");
_Static_assert(WRAP_LEN == WRAP_HEAD_LEN + SEAL_MASTER_LEN + TAG_LEN, "wrap");

static bool
is_cost(const struct wrap_head *head)
{
	return head->ops >= WRAP_OPS_MIN && head->ops <= WRAP_OPS_MAX &&
	       head->kib >= WRAP_KIB_MIN && head->kib <= WRAP_KIB_MAX;
}

static bool
is_passphrase(const struct blob *passphrase)
{
	return passphrase != NULL &&
	       blob_len(passphrase) >= WRAP_PASSPHRASE_MIN &&
	       blob_len(passphrase) <= WRAP_PASSPHRASE_MAX;
}

static int
get_head(struct rbuf *in, struct wrap_head *out)
{
	uint16_t head_len, zero;
	uint64_t rest;
	uint8_t aead, kdf;
	int r;

	if ((r = get_u16(in, &head_len)) != 0 || (r = get_u8(in, &aead)) != 0 ||
	    (r = get_u8(in, &kdf)) != 0 || (r = get_u16(in, &zero)) != 0 ||
	    (r = get_bytes(in, out->store_id, SEAL_ID_LEN)) != 0 ||
	    (r = get_bytes(in, out->key_id, SEAL_ID_LEN)) != 0 ||
	    (r = get_u32(in, &out->ops)) != 0 ||
	    (r = get_u32(in, &out->kib)) != 0 ||
	    (r = get_bytes(in, out->salt, WRAP_SALT_LEN)) != 0 ||
	    (r = get_bytes(in, out->nonce, WRAP_NONCE_LEN)) != 0 ||
	    (r = get_u64(in, &out->created_ms)) != 0 ||
	    (r = get_u64(in, &rest)) != 0)
		return r;
	if (head_len != WRAP_HEAD_LEN || aead != AEAD_XCHACHA ||
	    kdf != KDF_ARGON2ID || zero != 0 || rest != 0)
		return WARDER_EFORM;
	return WARDER_OK;
}

enum seal_err
wrap_peek(const uint8_t *bytes, size_t len, struct wrap_head *ret_head)
{
	struct rbuf in = rbuf_of(bytes, len);
	uint8_t seen[sizeof(magic)];
	struct wrap_head out;
	uint16_t version;

	if (len != WRAP_LEN || get_bytes(&in, seen, sizeof(seen)) != 0 ||
	    get_u16(&in, &version) != 0)
		return SEAL_WRAP_LENGTH;
	if (memcmp(seen, magic, sizeof(magic)) != 0)
		return SEAL_WRAP_MAGIC;
	if (version != 1)
		return SEAL_WRAP_VERSION;
	if (get_head(&in, &out) != 0)
		return SEAL_WRAP_FIELD;
	if (!is_cost(&out))
		return SEAL_WRAP_COST;
	*ret_head = out;
	return SEAL_OK;
}

enum seal_err
wrap_key(const struct wrap_head *head, const struct blob *passphrase,
    struct blob **ret_key)
{
	auto_blob struct blob *key = NULL;
	int r;

	if (!is_cost(head))
		return SEAL_WRAP_COST;
	/* Nobody could have made a wrap with it. */
	if (!is_passphrase(passphrase))
		return SEAL_WRAP_PASSPHRASE;
	if ((r = blob_new(SEAL_MASTER_LEN, &key)) != 0 ||
	    (r = blob_set_len(key, SEAL_MASTER_LEN)) != 0)
		return seal_of_base(r);
	r = crypto_pwhash(blob_space(key), SEAL_MASTER_LEN,
	    (const char *)blob_data(passphrase), blob_len(passphrase),
	    head->salt, head->ops, (size_t)head->kib * 1024,
	    crypto_pwhash_ALG_ARGON2ID13);
	sodium_stackzero(STACK_WIPED);
	/* With everything else in bounds it is memory that was missing. */
	if (r != 0)
		return SEAL_WRAP_MEMORY;
	*ret_key = blob_steal(&key);
	return SEAL_OK;
}

/* Whether the master is the one that the head names. */
static enum seal_err
check_place(const struct wrap_head *head, const struct blob *master,
    const uint8_t *store_id)
{
	auto_blob struct blob *keys = NULL;
	uint8_t key_id[SEAL_ID_LEN];
	enum seal_err e;

	if (store_id != NULL &&
	    memcmp(head->store_id, store_id, SEAL_ID_LEN) != 0)
		return SEAL_WRAP_STORE;
	if ((e = seal_keys_derive(master, &keys)) != SEAL_OK)
		return e;
	seal_key_id(key_id, keys);
	return sodium_memcmp(key_id, head->key_id, SEAL_ID_LEN) == 0
	           ? SEAL_OK
	           : SEAL_WRAP_MASTER;
}

enum seal_err
wrap_unseal(const uint8_t bytes[WRAP_LEN], const struct blob *key,
    const uint8_t *store_id, struct blob **ret_master)
{
	auto_blob struct blob *master = NULL;
	struct wrap_head head;
	enum seal_err e;
	int r;

	if ((e = wrap_peek(bytes, WRAP_LEN, &head)) != SEAL_OK)
		return e;
	if ((r = blob_new(SEAL_MASTER_LEN, &master)) != 0 ||
	    (r = blob_set_len(master, SEAL_MASTER_LEN)) != 0)
		return seal_of_base(r);
	r = crypto_aead_xchacha20poly1305_ietf_decrypt(blob_space(master), NULL,
	    NULL, bytes + WRAP_HEAD_LEN, WRAP_LEN - WRAP_HEAD_LEN, bytes,
	    WRAP_HEAD_LEN, head.nonce, blob_data(key));
	sodium_stackzero(STACK_WIPED);
	if (r != 0)
		return SEAL_WRAP_PASSPHRASE;
	if ((e = check_place(&head, master, store_id)) != SEAL_OK)
		return e;
	*ret_master = blob_steal(&master);
	return SEAL_OK;
}

enum seal_err
wrap_open(const uint8_t *bytes, size_t len, const struct blob *passphrase,
    const uint8_t *store_id, struct blob **ret_master)
{
	auto_blob struct blob *key = NULL;
	struct wrap_head head;
	enum seal_err e;

	if ((e = wrap_peek(bytes, len, &head)) != SEAL_OK ||
	    (e = wrap_key(&head, passphrase, &key)) != SEAL_OK)
		return e;
	return wrap_unseal(bytes, key, store_id, ret_master);
}

static void
put_head(struct wbuf *out, const struct wrap_head *head)
{
	put_bytes(out, magic, sizeof(magic));
	put_u16(out, 1);
	put_u16(out, WRAP_HEAD_LEN);
	put_u8(out, AEAD_XCHACHA);
	put_u8(out, KDF_ARGON2ID);
	put_u16(out, 0);
	put_bytes(out, head->store_id, SEAL_ID_LEN);
	put_bytes(out, head->key_id, SEAL_ID_LEN);
	put_u32(out, head->ops);
	put_u32(out, head->kib);
	put_bytes(out, head->salt, WRAP_SALT_LEN);
	put_bytes(out, head->nonce, WRAP_NONCE_LEN);
	put_u64(out, head->created_ms);
	put_u64(out, 0);
}

enum seal_err
wrap_make(struct wrap_head *head, const struct blob *passphrase,
    const struct blob *master, uint8_t ret_bytes[WRAP_LEN])
{
	struct wbuf out = wbuf_of(ret_bytes, WRAP_LEN);
	auto_blob struct blob *key = NULL, *keys = NULL;
	enum seal_err e;

	if ((e = seal_keys_derive(master, &keys)) != SEAL_OK ||
	    (e = wrap_key(head, passphrase, &key)) != SEAL_OK)
		return e;
	seal_key_id(head->key_id, keys);
	put_head(&out, head);
	if (wbuf_end(&out) != 0 || out.len != WRAP_HEAD_LEN)
		return SEAL_WRAP_LENGTH;
	crypto_aead_xchacha20poly1305_ietf_encrypt(ret_bytes + WRAP_HEAD_LEN,
	    NULL, blob_data(master), blob_len(master), ret_bytes, WRAP_HEAD_LEN,
	    NULL, head->nonce, blob_data(key));
	sodium_stackzero(STACK_WIPED);
	return SEAL_OK;
}

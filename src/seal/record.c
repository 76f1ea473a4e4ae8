/* SPDX-License-Identifier: ISC */
/*
 * One sealed credential. Whoever can write the folder may give us any bytes,
 * so every field has a range that is asked before anything is opened, and
 * what is opened must then be what was looked for.
 *
 *   0   magic 8 · version u16 = 1 · header length u16 = 128
 *   12  kind · master source · AEAD = 1 · API
 *   16  store id 16 · key id 16 · record id 16 · generation u64
 *   72  created u64 · not after u64 (0 none) · nonce 24
 *   112 lengths u16 × 4 of organization, id, endpoint, name
 *   120 ciphertext length u32 without tag · 0 u32
 *   128 the four texts · ciphertext · tag 16
 *
 * Associated data is all before the ciphertext. The plain text is u16 n,
 * secret, u16 m, token, padded to 128 so that its length stays hidden.
 */
#include "config.h"

#include <sodium.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "seal/internal.h"
#include "seal/record.h"

#define HEAD_LEN 128
#define TAG_LEN crypto_aead_xchacha20poly1305_ietf_ABYTES
#define BLOCK 128
#define CIPHER_MAX 2432

static const uint8_t magic[8] = { 'W', 'R', 'D', '\r', '\n', 0x1a, '\n', 'K' };

struct head {
	uint8_t kind, source, aead, api;
	uint8_t store_id[SEAL_ID_LEN], key_id[SEAL_ID_LEN];
	uint8_t record_id[SEAL_ID_LEN];
	uint64_t generation, created_ms, not_after_ms;
	uint8_t nonce[RECORD_NONCE_LEN];
	uint16_t org_len, id_len, endpoint_len, name_len;
	uint32_t cipher_len;
};

static size_t
texts_len(const struct head *head)
{
	return (size_t)head->org_len + head->id_len + head->endpoint_len +
	       head->name_len;
}

static bool
is_api_of_kind(uint8_t kind, uint8_t api)
{
	switch (kind) {
	case SEAL_ACCESS_KEY:
	case SEAL_STS:
		return api == 1;
	case SEAL_TOKEN:
		return api == 2 || api == 3;
	case SEAL_HOST:
		return api == 0;
	}
	return false;
}

/* Which texts a kind has. A personal token may have an id, or none. */
static bool
has_texts_of_kind(const struct head *head)
{
	bool is_host = head->kind == SEAL_HOST;
	bool has_id = head->id_len > 0 || head->kind == SEAL_TOKEN;

	return head->name_len > 0 && (head->org_len > 0) == !is_host &&
	       (head->endpoint_len > 0) == !is_host && has_id;
}

static bool
is_head(const struct head *head)
{
	return head->source >= SEAL_SOURCE_CREDENTIAL &&
	       head->source <= SEAL_SOURCE_PASSPHRASE && head->aead == 1 &&
	       is_api_of_kind(head->kind, head->api) && head->generation >= 1 &&
	       head->generation <= SEAL_GENERATION_MAX &&
	       (head->kind != SEAL_STS || head->not_after_ms != 0) &&
	       head->org_len <= 64 && head->id_len <= 64 &&
	       head->endpoint_len <= 259 && head->name_len <= 64 &&
	       has_texts_of_kind(head) && head->cipher_len >= BLOCK &&
	       head->cipher_len <= CIPHER_MAX && head->cipher_len % BLOCK == 0;
}

/* The length was asked before: these gets cannot run dry. */
static int
get_head_fields(struct rbuf *in, struct head *head)
{
	uint32_t rest;
	int r;

	if ((r = get_u8(in, &head->kind)) != 0 ||
	    (r = get_u8(in, &head->source)) != 0 ||
	    (r = get_u8(in, &head->aead)) != 0 ||
	    (r = get_u8(in, &head->api)) != 0 ||
	    (r = get_bytes(in, head->store_id, SEAL_ID_LEN)) != 0 ||
	    (r = get_bytes(in, head->key_id, SEAL_ID_LEN)) != 0 ||
	    (r = get_bytes(in, head->record_id, SEAL_ID_LEN)) != 0 ||
	    (r = get_u64(in, &head->generation)) != 0 ||
	    (r = get_u64(in, &head->created_ms)) != 0 ||
	    (r = get_u64(in, &head->not_after_ms)) != 0 ||
	    (r = get_bytes(in, head->nonce, RECORD_NONCE_LEN)) != 0 ||
	    (r = get_u16(in, &head->org_len)) != 0 ||
	    (r = get_u16(in, &head->id_len)) != 0 ||
	    (r = get_u16(in, &head->endpoint_len)) != 0 ||
	    (r = get_u16(in, &head->name_len)) != 0 ||
	    (r = get_u32(in, &head->cipher_len)) != 0 ||
	    (r = get_u32(in, &rest)) != 0)
		return r;
	return rest == 0 && is_head(head) ? WARDER_OK : WARDER_EFORM;
}

static bool
get_plain(struct rbuf *in, size_t len, char *ret)
{
	const uint8_t *at;

	if (get_view(in, len, &at) != 0)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (at[i] < 0x21 || at[i] > 0x7e)
			return false;
		ret[i] = (char)at[i];
	}
	ret[len] = '\0';
	return true;
}

/* All that can be said of the bytes without a key. */
static enum seal_err
get_all(const uint8_t *bytes, size_t len, struct head *head,
    struct seal_credential *out)
{
	struct rbuf in = rbuf_of(bytes, len);
	uint8_t seen[sizeof(magic)];
	uint16_t version, head_len;

	if (len < HEAD_LEN + TAG_LEN || len > RECORD_SIZE_MAX ||
	    get_bytes(&in, seen, sizeof(seen)) != 0 ||
	    get_u16(&in, &version) != 0 || get_u16(&in, &head_len) != 0)
		return SEAL_KEY_LENGTH;
	if (memcmp(seen, magic, sizeof(magic)) != 0)
		return SEAL_KEY_MAGIC;
	if (version != 1)
		return SEAL_KEY_VERSION;
	if (head_len != HEAD_LEN || get_head_fields(&in, head) != 0)
		return SEAL_KEY_FIELD;
	if (len != HEAD_LEN + texts_len(head) + head->cipher_len + TAG_LEN)
		return SEAL_KEY_LENGTH;
	if (!get_plain(&in, head->org_len, out->organization) ||
	    !get_plain(&in, head->id_len, out->id) ||
	    !get_plain(&in, head->endpoint_len, out->endpoint) ||
	    !get_plain(&in, head->name_len, out->name))
		return SEAL_KEY_FIELD;
	out->kind = head->kind;
	out->api = head->api;
	out->created_ms = head->created_ms;
	out->not_after_ms = head->not_after_ms;
	memcpy(out->record_id, head->record_id, SEAL_ID_LEN);
	out->generation = head->generation;
	return SEAL_OK;
}

enum seal_err
record_peek(
    const uint8_t *bytes, size_t len, struct seal_credential *ret_credential)
{
	struct seal_credential out = { .secret = NULL };
	struct head head;
	enum seal_err e = get_all(bytes, len, &head, &out);

	if (e == SEAL_OK)
		*ret_credential = out;
	return e;
}

static bool
is_secret_len(uint8_t kind, size_t n, size_t m)
{
	if (kind == SEAL_HOST && n != crypto_sign_SEEDBYTES)
		return false;
	if (n < 1 || n > RECORD_SECRET_MAX)
		return false;
	return kind == SEAL_STS ? m >= 1 && m <= RECORD_TOKEN_MAX : m == 0;
}

static enum seal_err
take_blob(struct rbuf *in, size_t len, struct blob **ret_blob)
{
	auto_blob struct blob *blob = NULL;
	const uint8_t *at;
	int r;

	if (len == 0)
		return SEAL_OK;
	if (get_view(in, len, &at) != 0)
		return SEAL_KEY_CONTENT;
	if ((r = blob_new(len, &blob)) != 0 ||
	    (r = blob_append(blob, at, len)) != 0)
		return seal_of_base(r);
	*ret_blob = blob_steal(&blob);
	return SEAL_OK;
}

/* Secret and token out of the plain text. */
static enum seal_err
take_content(
    const struct blob *plain, uint8_t kind, struct seal_credential *out)
{
	uint16_t n = 0, m = 0;
	size_t len;
	struct rbuf in, after;
	enum seal_err e;

	if (sodium_unpad(&len, blob_data(plain), blob_len(plain), BLOCK) != 0)
		return SEAL_KEY_CONTENT;
	in = rbuf_of(blob_data(plain), len);
	if (get_u16(&in, &n) != 0 || n > in.left)
		return SEAL_KEY_CONTENT;
	after = rbuf_of(in.at + n, in.left - n);
	if (get_u16(&after, &m) != 0 || m != after.left ||
	    !is_secret_len(kind, n, m))
		return SEAL_KEY_CONTENT;
	if ((e = take_blob(&in, n, &out->secret)) != SEAL_OK)
		return e;
	return take_blob(&after, m, &out->token);
}

static enum seal_err
decrypt(const uint8_t *bytes, size_t len, const struct head *head,
    const struct blob *keys, struct blob **ret_plain)
{
	auto_blob struct blob *plain = NULL;
	size_t before = HEAD_LEN + texts_len(head);
	int r;

	if ((r = blob_new(head->cipher_len, &plain)) != 0 ||
	    (r = blob_set_len(plain, head->cipher_len)) != 0)
		return seal_of_base(r);
	r = crypto_aead_xchacha20poly1305_ietf_decrypt(blob_space(plain), NULL,
	    NULL, bytes + before, len - before, bytes, before, head->nonce,
	    blob_data(keys));
	sodium_stackzero(1024);
	if (r != 0)
		return SEAL_KEY_DAMAGED;
	*ret_plain = blob_steal(&plain);
	return SEAL_OK;
}

/* True bytes, perhaps in the wrong place. */
static enum seal_err
check_place(const struct head *head, const struct seal_credential *found,
    const struct record_expect *expect)
{
	if (sodium_memcmp(head->store_id, expect->store_id, SEAL_ID_LEN) != 0)
		return SEAL_KEY_STORE;
	if (head->source != expect->source)
		return SEAL_KEY_SOURCE;
	if (expect->record_id != NULL &&
	    memcmp(head->record_id, expect->record_id, SEAL_ID_LEN) != 0)
		return SEAL_KEY_SWAPPED;
	if (expect->kind != 0 && head->kind != expect->kind)
		return SEAL_KEY_SWAPPED;
	if (expect->organization != NULL &&
	    strcmp(found->organization, expect->organization) != 0)
		return SEAL_KEY_SWAPPED;
	if (head->generation < expect->least_generation)
		return SEAL_KEY_ROLLBACK;
	if (expect->now_ms != 0 && head->not_after_ms != 0 &&
	    expect->now_ms >= head->not_after_ms)
		return SEAL_KEY_EXPIRED;
	return SEAL_OK;
}

enum seal_err
record_open(const uint8_t *bytes, size_t len, const struct blob *keys,
    const struct record_expect *expect, struct seal_credential *ret_credential)
{
	auto_credential struct seal_credential out = { .secret = NULL };
	auto_blob struct blob *plain = NULL;
	uint8_t key_id[SEAL_ID_LEN];
	struct head head;
	enum seal_err e;

	if (keys == NULL)
		return SEAL_LOCKED;
	if ((e = get_all(bytes, len, &head, &out)) != SEAL_OK)
		return e;
	seal_key_id(key_id, keys);
	if (sodium_memcmp(head.key_id, key_id, SEAL_ID_LEN) != 0)
		return SEAL_KEY_MASTER;
	if ((e = decrypt(bytes, len, &head, keys, &plain)) != SEAL_OK ||
	    (e = take_content(plain, head.kind, &out)) != SEAL_OK ||
	    (e = check_place(&head, &out, expect)) != SEAL_OK)
		return e;
	*ret_credential = out;
	out.secret = out.token = NULL;
	return SEAL_OK;
}

static bool
is_plain(const char *text, size_t max)
{
	size_t n;

	for (n = 0; text[n] != '\0'; n++) {
		if (n == max || text[n] < 0x21 || text[n] > 0x7e)
			return false;
	}
	return true;
}

static bool
fill_head(struct head *head, const struct seal_credential *from,
    const struct blob *keys, const struct record_place *place)
{
	size_t n = from->secret == NULL ? 0 : blob_len(from->secret);
	size_t m = from->token == NULL ? 0 : blob_len(from->token);

	if (!is_plain(from->organization, 64) || !is_plain(from->id, 64) ||
	    !is_plain(from->endpoint, 259) || !is_plain(from->name, 64) ||
	    !is_secret_len((uint8_t)from->kind, n, m))
		return false;
	head->kind = (uint8_t)from->kind;
	head->source = place->source;
	head->aead = 1;
	head->api = from->api;
	memcpy(head->store_id, place->store_id, SEAL_ID_LEN);
	seal_key_id(head->key_id, keys);
	memcpy(head->record_id, from->record_id, SEAL_ID_LEN);
	head->generation = from->generation;
	head->created_ms = from->created_ms;
	head->not_after_ms = from->not_after_ms;
	memcpy(head->nonce, place->nonce, RECORD_NONCE_LEN);
	head->org_len = (uint16_t)strlen(from->organization);
	head->id_len = (uint16_t)strlen(from->id);
	head->endpoint_len = (uint16_t)strlen(from->endpoint);
	head->name_len = (uint16_t)strlen(from->name);
	/* One byte of padding is always there. */
	head->cipher_len = (uint32_t)((4 + n + m) / BLOCK + 1) * BLOCK;
	return is_head(head);
}

static void
put_head(struct wbuf *out, const struct head *head,
    const struct seal_credential *from)
{
	put_bytes(out, magic, sizeof(magic));
	put_u16(out, 1);
	put_u16(out, HEAD_LEN);
	put_u8(out, head->kind);
	put_u8(out, head->source);
	put_u8(out, head->aead);
	put_u8(out, head->api);
	put_bytes(out, head->store_id, SEAL_ID_LEN);
	put_bytes(out, head->key_id, SEAL_ID_LEN);
	put_bytes(out, head->record_id, SEAL_ID_LEN);
	put_u64(out, head->generation);
	put_u64(out, head->created_ms);
	put_u64(out, head->not_after_ms);
	put_bytes(out, head->nonce, RECORD_NONCE_LEN);
	put_u16(out, head->org_len);
	put_u16(out, head->id_len);
	put_u16(out, head->endpoint_len);
	put_u16(out, head->name_len);
	put_u32(out, head->cipher_len);
	put_u32(out, 0);
	put_bytes(out, from->organization, head->org_len);
	put_bytes(out, from->id, head->id_len);
	put_bytes(out, from->endpoint, head->endpoint_len);
	put_bytes(out, from->name, head->name_len);
}

static enum seal_err
make_plain(const struct seal_credential *from, size_t cipher_len,
    struct blob **ret_plain)
{
	auto_blob struct blob *plain = NULL;
	struct wbuf out;
	size_t padded;
	int r;

	if ((r = blob_new(cipher_len, &plain)) != 0)
		return seal_of_base(r);
	out = wbuf_of(blob_space(plain), cipher_len);
	put_u16(&out, (uint16_t)blob_len(from->secret));
	put_bytes(&out, blob_data(from->secret), blob_len(from->secret));
	put_u16(
	    &out, from->token == NULL ? 0 : (uint16_t)blob_len(from->token));
	if (from->token != NULL)
		put_bytes(&out, blob_data(from->token), blob_len(from->token));
	if (wbuf_end(&out) != 0 ||
	    sodium_pad(
	        &padded, blob_space(plain), out.len, BLOCK, cipher_len) != 0 ||
	    padded != cipher_len)
		return SEAL_KEY_CONTENT;
	if ((r = blob_set_len(plain, cipher_len)) != 0)
		return seal_of_base(r);
	*ret_plain = blob_steal(&plain);
	return SEAL_OK;
}

enum seal_err
record_make(const struct seal_credential *credential, const struct blob *keys,
    const struct record_place *place, uint8_t ret_bytes[RECORD_SIZE_MAX],
    size_t *ret_len)
{
	struct wbuf out = wbuf_of(ret_bytes, RECORD_SIZE_MAX);
	auto_blob struct blob *plain = NULL;
	struct head head;
	enum seal_err e;

	if (keys == NULL)
		return SEAL_LOCKED;
	if (!fill_head(&head, credential, keys, place))
		return SEAL_KEY_FIELD;
	put_head(&out, &head, credential);
	if (wbuf_end(&out) != 0 ||
	    out.cap - out.len < head.cipher_len + TAG_LEN)
		return SEAL_KEY_LENGTH;
	if ((e = make_plain(credential, head.cipher_len, &plain)) != SEAL_OK)
		return e;
	crypto_aead_xchacha20poly1305_ietf_encrypt(ret_bytes + out.len, NULL,
	    blob_data(plain), blob_len(plain), ret_bytes, out.len, NULL,
	    head.nonce, blob_data(keys));
	sodium_stackzero(1024);
	*ret_len = out.len + head.cipher_len + TAG_LEN;
	return SEAL_OK;
}

void
record_hash(uint8_t ret[SEAL_HASH_LEN], const uint8_t *bytes, size_t len)
{
	crypto_generichash(ret, SEAL_HASH_LEN, bytes, len, NULL, 0);
}

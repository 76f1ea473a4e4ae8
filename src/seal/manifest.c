/* SPDX-License-Identifier: ISC */
/*
 * The list that counts. Its MAC says that it is ours; its generation, held
 * against what ledger and state remember, that it is the latest.
 */
#include "config.h"

#include <sodium.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "seal/manifest.h"

#define HEAD_LEN 64
#define ENTRY_LEN 64
#define MAC_LEN 32

static const uint8_t magic[8] = { 'W', 'R', 'D', '\r', '\n', 0x1a, '\n', 'M' };

static void
mac_of(uint8_t ret[MAC_LEN], const uint8_t *bytes, size_t len,
    const struct blob *keys)
{
	crypto_generichash(ret, MAC_LEN, bytes, len, blob_data(keys) + 32, 32);
}

static int
compare_entries(const void *one, const void *other)
{
	const struct manifest_entry *a = one, *b = other;
	int r = memcmp(a->record_id, b->record_id, SEAL_ID_LEN);

	if (r != 0)
		return r;
	return (a->generation > b->generation) -
	       (a->generation < b->generation);
}

static bool
is_generation(uint64_t n)
{
	return n >= 1 && n <= SEAL_GENERATION_MAX;
}

static bool
is_source(uint8_t source)
{
	return source >= SEAL_SOURCE_CREDENTIAL &&
	       source <= SEAL_SOURCE_PASSPHRASE;
}

/* Ascending, none twice, at most one active generation of a record. */
static bool
are_entries(const struct manifest *manifest)
{
	const uint8_t *active = NULL;

	for (size_t i = 0; i < manifest->n; i++) {
		const struct manifest_entry *entry = &manifest->entries[i];

		if (!is_generation(entry->generation) ||
		    entry->kind < SEAL_ACCESS_KEY || entry->kind > SEAL_HOST ||
		    entry->state < MANIFEST_ACTIVE ||
		    entry->state > MANIFEST_CANDIDATE)
			return false;
		if (i > 0 && compare_entries(entry - 1, entry) >= 0)
			return false;
		if (entry->state != MANIFEST_ACTIVE)
			continue;
		if (active != NULL &&
		    memcmp(active, entry->record_id, SEAL_ID_LEN) == 0)
			return false;
		active = entry->record_id;
	}
	return true;
}

static int
get_entry(struct rbuf *in, struct manifest_entry *entry)
{
	static const uint8_t zero[6];
	uint8_t rest[6];
	int r;

	if ((r = get_bytes(in, entry->record_id, SEAL_ID_LEN)) != 0 ||
	    (r = get_u64(in, &entry->generation)) != 0 ||
	    (r = get_u8(in, &entry->kind)) != 0 ||
	    (r = get_u8(in, &entry->state)) != 0 ||
	    (r = get_bytes(in, rest, sizeof(rest))) != 0 ||
	    (r = get_bytes(in, entry->hash, SEAL_HASH_LEN)) != 0)
		return r;
	return memcmp(rest, zero, sizeof(zero)) == 0 ? WARDER_OK : WARDER_EFORM;
}

static int
get_head(struct rbuf *in, struct manifest *out, uint8_t key_id[SEAL_ID_LEN])
{
	uint16_t head_len, n;
	uint8_t rest;
	int r;

	if ((r = get_u16(in, &head_len)) != 0 ||
	    (r = get_u8(in, &out->source)) != 0 ||
	    (r = get_u8(in, &rest)) != 0 || (r = get_u16(in, &n)) != 0 ||
	    (r = get_bytes(in, out->store_id, SEAL_ID_LEN)) != 0 ||
	    (r = get_bytes(in, key_id, SEAL_ID_LEN)) != 0 ||
	    (r = get_u64(in, &out->generation)) != 0 ||
	    (r = get_u64(in, &out->written_ms)) != 0)
		return r;
	out->n = n;
	if (head_len != HEAD_LEN || rest != 0 || !is_source(out->source) ||
	    n < 1 || n > MANIFEST_ENTRIES_MAX ||
	    !is_generation(out->generation))
		return WARDER_EFORM;
	return WARDER_OK;
}

/* Whose list this is, and whether it may be the one that counts here. */
static enum seal_err
check_place(const struct manifest *found, const struct manifest_expect *expect)
{
	if (expect->store_id != NULL &&
	    memcmp(found->store_id, expect->store_id, SEAL_ID_LEN) != 0)
		return SEAL_MANIFEST_STORE;
	if (found->source != expect->source)
		return SEAL_MANIFEST_SOURCE;
	return SEAL_OK;
}

static enum seal_err
get_entries(struct rbuf *in, struct manifest *out)
{
	for (size_t i = 0; i < out->n; i++) {
		if (get_entry(in, &out->entries[i]) != 0)
			return SEAL_MANIFEST_FIELD;
	}
	return are_entries(out) ? SEAL_OK : SEAL_MANIFEST_FIELD;
}

static enum seal_err
check_mac(const uint8_t *bytes, size_t len, const struct blob *keys,
    const uint8_t key_id[SEAL_ID_LEN])
{
	uint8_t own_id[SEAL_ID_LEN], mac[MAC_LEN];

	seal_key_id(own_id, keys);
	if (sodium_memcmp(own_id, key_id, SEAL_ID_LEN) != 0)
		return SEAL_MANIFEST_MASTER;
	mac_of(mac, bytes, len - MAC_LEN, keys);
	if (sodium_memcmp(mac, bytes + len - MAC_LEN, MAC_LEN) != 0)
		return SEAL_MANIFEST_DAMAGED;
	return SEAL_OK;
}

/* All of the head, and that the rest is as long as it says. */
static enum seal_err
take_head(struct rbuf *in, struct manifest *out, uint8_t key_id[SEAL_ID_LEN])
{
	uint8_t seen[sizeof(magic)];
	size_t len = in->left;
	uint16_t version;

	if (len < HEAD_LEN + MAC_LEN || len > MANIFEST_SIZE_MAX ||
	    get_bytes(in, seen, sizeof(seen)) != 0 ||
	    get_u16(in, &version) != 0)
		return SEAL_MANIFEST_LENGTH;
	if (memcmp(seen, magic, sizeof(magic)) != 0)
		return SEAL_MANIFEST_MAGIC;
	if (version != 1)
		return SEAL_MANIFEST_VERSION;
	if (get_head(in, out, key_id) != 0)
		return SEAL_MANIFEST_FIELD;
	return len == HEAD_LEN + ENTRY_LEN * out->n + MAC_LEN
	           ? SEAL_OK
	           : SEAL_MANIFEST_LENGTH;
}

enum seal_err
manifest_peek(
    const uint8_t *bytes, size_t len, struct manifest_claim *ret_claim)
{
	struct rbuf in = rbuf_of(bytes, len);
	uint8_t key_id[SEAL_ID_LEN];
	struct manifest out;
	enum seal_err e = take_head(&in, &out, key_id);

	if (e != SEAL_OK)
		return e;
	ret_claim->source = out.source;
	memcpy(ret_claim->store_id, out.store_id, SEAL_ID_LEN);
	memcpy(ret_claim->key_id, key_id, SEAL_ID_LEN);
	return SEAL_OK;
}

enum seal_err
manifest_parse(const uint8_t *bytes, size_t len, const struct blob *keys,
    const struct manifest_expect *expect, struct manifest *ret_manifest)
{
	struct rbuf in = rbuf_of(bytes, len);
	uint8_t key_id[SEAL_ID_LEN];
	struct manifest out;
	enum seal_err e;

	if (keys == NULL)
		return SEAL_LOCKED;
	memset(&out, 0, sizeof(out));
	if ((e = take_head(&in, &out, key_id)) != SEAL_OK ||
	    (e = check_mac(bytes, len, keys, key_id)) != SEAL_OK ||
	    (e = check_place(&out, expect)) != SEAL_OK ||
	    (e = get_entries(&in, &out)) != SEAL_OK)
		return e;
	if (out.generation < expect->least_generation)
		return SEAL_MANIFEST_ROLLBACK;
	*ret_manifest = out;
	return SEAL_OK;
}

static void
put_entry(struct wbuf *out, const struct manifest_entry *entry)
{
	static const uint8_t zero[6];

	put_bytes(out, entry->record_id, SEAL_ID_LEN);
	put_u64(out, entry->generation);
	put_u8(out, entry->kind);
	put_u8(out, entry->state);
	put_bytes(out, zero, sizeof(zero));
	put_bytes(out, entry->hash, SEAL_HASH_LEN);
}

enum seal_err
manifest_make(struct manifest *manifest, const struct blob *keys,
    uint8_t ret_bytes[MANIFEST_SIZE_MAX], size_t *ret_len)
{
	struct wbuf out = wbuf_of(ret_bytes, MANIFEST_SIZE_MAX);
	uint8_t key_id[SEAL_ID_LEN], mac[MAC_LEN];

	if (keys == NULL)
		return SEAL_LOCKED;
	if (manifest->n < 1 || manifest->n > MANIFEST_ENTRIES_MAX ||
	    !is_source(manifest->source) ||
	    !is_generation(manifest->generation))
		return SEAL_MANIFEST_FIELD;
	qsort(manifest->entries, manifest->n, sizeof(manifest->entries[0]),
	    compare_entries);
	if (!are_entries(manifest))
		return SEAL_MANIFEST_FIELD;
	seal_key_id(key_id, keys);
	put_bytes(&out, magic, sizeof(magic));
	put_u16(&out, 1);
	put_u16(&out, HEAD_LEN);
	put_u8(&out, manifest->source);
	put_u8(&out, 0);
	put_u16(&out, (uint16_t)manifest->n);
	put_bytes(&out, manifest->store_id, SEAL_ID_LEN);
	put_bytes(&out, key_id, SEAL_ID_LEN);
	put_u64(&out, manifest->generation);
	put_u64(&out, manifest->written_ms);
	for (size_t i = 0; i < manifest->n; i++)
		put_entry(&out, &manifest->entries[i]);
	if (wbuf_end(&out) != 0)
		return SEAL_MANIFEST_LENGTH;
	mac_of(mac, ret_bytes, out.len, keys);
	put_bytes(&out, mac, sizeof(mac));
	if (wbuf_end(&out) != 0)
		return SEAL_MANIFEST_LENGTH;
	*ret_len = out.len;
	return SEAL_OK;
}

/* SPDX-License-Identifier: ISC */
/*
 * Every bit and every length of every record and of MANIFEST, each by the
 * word that the design gives it. What is expected is told from the layout
 * alone, so a check that moves or goes is seen even where another still
 * refuses the file.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#include "seal/manifest.h"
#include "seal/record.h"
#include "seal/seal.h"
#include "tests/unit/keyrecord.h"

#define HEAD 128
#define LARGEST 9007199254740991u

static uint8_t store_id[SEAL_ID_LEN];

static uint64_t
big_endian(const uint8_t *at, size_t len)
{
	uint64_t n = 0;

	while (len-- > 0)
		n = n << 8 | *at++;
	return n;
}

static const char *
range(uint64_t n, uint64_t low, uint64_t high, const char *inside)
{
	return n >= low && n <= high ? inside : "key_field";
}

/* Organization, id, endpoint, name: how long, and whether it must be. */
static const char *
want_of_length(const uint8_t *file, size_t at)
{
	static const uint64_t longest[] = { 64, 64, 259, 64 };
	size_t which = (at - 112) / 2;
	uint64_t n = big_endian(file + 112 + 2 * which, 2);
	bool is_host = file[12] == SEAL_HOST;

	if (is_host && (which == 0 || which == 2))
		return range(n, 0, 0, "key_length");
	return range(n, file[12] == SEAL_TOKEN && which == 1 ? 0 : 1,
	    longest[which], "key_length");
}

/* The one byte at `at` was changed; `texts` is where the ciphertext begins. */
static const char *
want_of_record(const uint8_t *file, size_t at, size_t texts)
{
	if (at < 8)
		return "key_magic";
	if (at < 10)
		return "key_version";
	if (at < 13 || at == 14 || (at >= 124 && at < HEAD))
		return "key_field"; /* no other kind has the same shape */
	if (at == 13)
		return range(file[13], 1, 3, "key_damaged");
	if (at == 15)
		return file[12] == SEAL_TOKEN
		           ? range(file[15], 2, 3, "key_damaged")
		           : "key_field";
	if (at >= 32 && at < 48)
		return "key_master";
	if (at >= 64 && at < 72)
		return range(
		    big_endian(file + 64, 8), 1, LARGEST, "key_damaged");
	if (at >= 112 && at < 120)
		return want_of_length(file, at);
	if (at >= 120 && at < 124)
		return big_endian(file + 120, 4) % 128 != 0
		           ? "key_field"
		           : range(big_endian(file + 120, 4), 128, 2432,
		                 "key_length");
	if (at >= HEAD && at < texts)
		return range(file[at], 0x21, 0x7e, "key_damaged");
	return "key_damaged";
}

static size_t
end_of_texts(const uint8_t *file)
{
	size_t end = HEAD;

	for (size_t at = 112; at < 120; at += 2)
		end += big_endian(file + at, 2);
	return end;
}

static void
assert_refused(enum seal_err e, const char *want, const char *where, size_t at)
{
	if (strcmp(seal_word(e), want) != 0)
		fail_msg("%s, %zu: %s, not %s", where, at, seal_word(e), want);
}

static struct record_expect
usual_place(void)
{
	hex(vectors, "store_id", store_id, sizeof(store_id));
	return (struct record_expect){
		.source = (uint8_t)number(vectors, "source"),
		.store_id = store_id,
		.now_ms = number(vectors, "now_ms"),
	};
}

static void
each_bit_of_a_record_is_refused_by_name(void **state)
{
	auto_blob struct blob *keys = keys_of(text(vectors, "master_key"));
	struct record_expect place = usual_place();
	struct seal_credential out = { .secret = NULL };
	const cJSON *record;
	size_t bits = 0;

	(void)state;
	cJSON_ArrayForEach(record, member(vectors, "records"))
	{
		struct bytes file;
		size_t texts;

		read_file_hex(record, &file);
		texts = end_of_texts(file.at);
		for (size_t bit = 0; bit < 8 * file.len; bit++) {
			uint8_t mask = (uint8_t)(1u << bit % 8);

			file.at[bit / 8] ^= mask;
			assert_refused(
			    record_open(file.at, file.len, keys, &place, &out),
			    want_of_record(file.at, bit / 8, texts),
			    text(record, "id"), bit);
			file.at[bit / 8] ^= mask;
			bits++;
		}
	}
	assert_null(out.secret);
	assert_int_equal(bits, 8 * (357 + 1006 + 340 + 350 + 292 + 433 + 357));
}

static void
each_other_length_of_a_record_is_refused_by_name(void **state)
{
	auto_blob struct blob *keys = keys_of(text(vectors, "master_key"));
	struct record_expect place = usual_place();
	struct seal_credential out = { .secret = NULL };
	const cJSON *record;

	(void)state;
	cJSON_ArrayForEach(record, member(vectors, "records"))
	{
		struct bytes file = { .len = 0 };

		read_file_hex(record, &file);
		for (size_t len = 0; len <= RECORD_SIZE_MAX + 1; len++) {
			if (len == file.len)
				continue;
			assert_refused(
			    record_open(file.at, len, keys, &place, &out),
			    "key_length", text(record, "id"), len);
		}
	}
	assert_null(out.secret);
}

/* True bytes in the wrong place, one thing wrong at a time, then more. */
static void
each_wrong_place_has_its_own_name(void **state)
{
	auto_blob struct blob *keys = keys_of(text(vectors, "master_key"));
	static const uint8_t foreign[SEAL_ID_LEN] = { 1 };
	const cJSON *record;

	(void)state;
	cJSON_ArrayForEach(record, member(vectors, "records"))
	{
		const char *id = text(record, "id");
		struct seal_credential out = { .secret = NULL };
		struct record_expect place = usual_place();
		struct bytes file;
		uint64_t generation, end;

		read_file_hex(record, &file);
		generation = big_endian(file.at + 64, 8);
		end = big_endian(file.at + 80, 8);
#define REFUSED(want)                                                          \
	assert_refused(record_open(file.at, file.len, keys, &place, &out),     \
	    want, id, __LINE__)
		if (end != 0) {
			place.now_ms = end;
			REFUSED("key_expired");
		}
		place.least_generation = generation + 1;
		REFUSED("key_rollback");
		place.organization = "5ebbc0228123212b59zzzzz";
		REFUSED("key_swapped");
		place.organization = NULL;
		place.kind = file.at[12] % 4 + 1;
		REFUSED("key_swapped");
		place.kind = 0;
		place.record_id = foreign;
		REFUSED("key_swapped");
		place.source = SEAL_SOURCE_PASSPHRASE;
		REFUSED("key_source");
		place.store_id = foreign;
		REFUSED("key_store");
#undef REFUSED
		assert_null(out.secret);
	}
}

/* Any two records in each other's place. */
static void
no_record_stands_for_another(void **state)
{
	auto_blob struct blob *keys = keys_of(text(vectors, "master_key"));
	const cJSON *one, *other;
	size_t swapped = 0, older = 0;

	(void)state;
	cJSON_ArrayForEach(one, member(vectors, "records"))
	    cJSON_ArrayForEach(other, member(vectors, "records"))
	{
		auto_credential struct seal_credential out = { .secret = NULL };
		struct record_expect place = usual_place();
		struct bytes file, listed;
		enum seal_err e;

		read_file_hex(one, &file);
		read_file_hex(other, &listed);
		place.record_id = listed.at + 48;
		place.least_generation = big_endian(listed.at + 64, 8);
		e = record_open(file.at, file.len, keys, &place, &out);
		if (memcmp(file.at + 48, listed.at + 48, SEAL_ID_LEN) != 0) {
			assert_int_equal(e, SEAL_KEY_SWAPPED);
			swapped++;
		} else if (big_endian(file.at + 64, 8) <
		           place.least_generation) {
			assert_int_equal(e, SEAL_KEY_ROLLBACK);
			older++;
		} else {
			assert_int_equal(e, SEAL_OK);
		}
	}
	assert_int_equal(swapped, 40);
	assert_int_equal(older, 1); /* r1 where its candidate is listed */
}

/* Another master is told from damage, and from nothing being there. */
static void
no_bit_of_the_master_key_may_differ(void **state)
{
	struct manifest_expect list = { 1, NULL, 1 };
	uint8_t master[SEAL_MASTER_LEN];
	struct bytes file, listed;
	size_t n = 0;

	(void)state;
	hex(vectors, "master_key", master, sizeof(master));
	read_file_hex(cJSON_GetArrayItem(member(vectors, "records"), 0), &file);
	read_file_hex(member(vectors, "manifest"), &listed);
	for (size_t bit = 0; bit < 8 * sizeof(master); bit++, n++) {
		struct record_expect place = usual_place();
		struct seal_credential out = { .secret = NULL };
		auto_blob struct blob *blob = NULL, *keys = NULL;
		struct manifest manifest;

		master[bit / 8] ^= (uint8_t)(1u << bit % 8);
		blob = blob_of(master, sizeof(master));
		master[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(seal_keys_derive(blob, &keys), SEAL_OK);
		assert_refused(
		    record_open(file.at, file.len, keys, &place, &out),
		    "key_master", "master", bit);
		assert_refused(manifest_parse(listed.at, listed.len, keys,
		                   &list, &manifest),
		    "manifest_master", "master", bit);
	}
	assert_int_equal(n, 256);
}

/* The one byte of MANIFEST at `at` was changed. */
static const char *
want_of_manifest(const uint8_t *file, size_t at)
{
	bool is_inside = true;

	if (at < 8)
		return "manifest_magic";
	if (at < 10)
		return "manifest_version";
	if (at >= 14 && at < 16) /* then the size does not fit */
		return file[14] == 0 && file[15] >= 1 && file[15] <= 64
		           ? "manifest_length"
		           : "manifest_field";
	if (at >= 32 && at < 48)
		return "manifest_master";
	if (at < 12 || at == 13)
		is_inside = false;
	if (at == 12)
		is_inside = file[12] >= 1 && file[12] <= 3;
	if (at >= 48 && at < 56)
		is_inside = big_endian(file + 48, 8) >= 1 &&
		            big_endian(file + 48, 8) <= LARGEST;
	return is_inside ? "manifest_damaged" : "manifest_field";
}

static void
each_bit_of_a_manifest_is_refused_by_name(void **state)
{
	auto_blob struct blob *keys = keys_of(text(vectors, "master_key"));
	struct manifest_expect place = { 1, NULL, 1 };
	struct manifest out;
	struct bytes file;

	(void)state;
	read_file_hex(member(vectors, "manifest"), &file);
	assert_int_equal(file.len, 544);
	for (size_t bit = 0; bit < 8 * file.len; bit++) {
		uint8_t mask = (uint8_t)(1u << bit % 8);

		file.at[bit / 8] ^= mask;
		assert_refused(
		    manifest_parse(file.at, file.len, keys, &place, &out),
		    want_of_manifest(file.at, bit / 8), "MANIFEST", bit);
		file.at[bit / 8] ^= mask;
	}
}

static void
each_other_length_of_a_manifest_is_refused_by_name(void **state)
{
	auto_blob struct blob *keys = keys_of(text(vectors, "master_key"));
	struct manifest_expect place = { 1, NULL, 1 };
	struct bytes file = { .len = 0 };
	struct manifest out;

	(void)state;
	read_file_hex(member(vectors, "manifest"), &file);
	for (size_t len = 0; len <= MANIFEST_SIZE_MAX + 1; len++) {
		if (len != file.len)
			assert_refused(
			    manifest_parse(file.at, len, keys, &place, &out),
			    "manifest_length", "MANIFEST", len);
	}
	assert_int_equal(
	    manifest_parse(file.at, file.len, keys, &place, &out), SEAL_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_bit_of_a_record_is_refused_by_name),
		cmocka_unit_test(
		    each_other_length_of_a_record_is_refused_by_name),
		cmocka_unit_test(each_wrong_place_has_its_own_name),
		cmocka_unit_test(no_record_stands_for_another),
		cmocka_unit_test(no_bit_of_the_master_key_may_differ),
		cmocka_unit_test(each_bit_of_a_manifest_is_refused_by_name),
		cmocka_unit_test(
		    each_other_length_of_a_manifest_is_refused_by_name),
	};

	return cmocka_run_group_tests(tests, load_vectors, free_vectors);
}

/* SPDX-License-Identifier: ISC */
/* Records and manifests: hostile bytes first, then every known answer. */
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

#include "base/text.h"
#include "seal/manifest.h"
#include "seal/record.h"
#include "seal/seal.h"
#include "tests/unit/keyrecord.h"

static const cJSON *
find_record(const char *id)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, member(vectors, "records"))
	{
		if (strcmp(text(item, "id"), id) == 0)
			return item;
	}
	fail_msg("no record %s", id);
	return NULL;
}

/* What the vectors say of store, source and time. */
static uint8_t store_id[SEAL_ID_LEN], other_store[SEAL_ID_LEN];
static uint8_t other_record[SEAL_ID_LEN];

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
every_bad_record_is_refused_by_name(void **state)
{
	const cJSON *how;
	size_t n = 0;

	(void)state;
	cJSON_ArrayForEach(how, member(vectors, "bad_records"))
	{
		const cJSON *with = member(how, "open_with");
		auto_credential struct seal_credential out = { 0 };
		auto_blob struct blob *keys = NULL;
		struct record_expect place = usual_place();
		struct bytes file;
		enum seal_err e;

		keys = keys_of(
		    text(member(with, "master_key") != NULL ? with : vectors,
		        "master_key"));
		read_file_hex(find_record(text(how, "of")), &file);
		change(&file, how);
		if (member(with, "store_id") != NULL) {
			hex(with, "store_id", other_store, SEAL_ID_LEN);
			place.store_id = other_store;
		}
		if (member(with, "record_id") != NULL) {
			hex(with, "record_id", other_record, SEAL_ID_LEN);
			place.record_id = other_record;
		}
		if (member(with, "source") != NULL)
			place.source = (uint8_t)number(with, "source");
		if (member(with, "min_generation") != NULL)
			place.least_generation = number(with, "min_generation");
		if (member(with, "now_ms") != NULL)
			place.now_ms = number(with, "now_ms");
		e = record_open(file.at, file.len, keys, &place, &out);
		if (strcmp(text(how, "expect"), "ok") == 0)
			assert_int_equal(e, SEAL_OK);
		else
			assert_string_equal(seal_word(e), text(how, "expect"));
		n++;
	}
	assert_true(n >= 38);
}

static void
every_bit_and_every_length(void **state)
{
	static const char *const ids[] = { "r1", "r2" };

	(void)state;
	for (size_t k = 0; k < 2; k++) {
		auto_blob struct blob *keys =
		    keys_of(text(vectors, "master_key"));
		struct record_expect place = usual_place();
		struct seal_credential out = { 0 };
		struct bytes file;

		read_file_hex(find_record(ids[k]), &file);
		for (size_t bit = 0; bit < 8 * file.len; bit++) {
			file.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
			assert_int_not_equal(
			    record_open(file.at, file.len, keys, &place, &out),
			    SEAL_OK);
			file.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		for (size_t len = 0; len < file.len; len++)
			assert_int_not_equal(
			    record_open(file.at, len, keys, &place, &out),
			    SEAL_OK);
		assert_null(out.secret);
	}
}

static void
fill(const cJSON *in, struct seal_credential *from)
{
	from->kind = (enum seal_kind)number(in, "kind");
	from->api = (uint8_t)number(in, "api");
	assert_int_equal(
	    text_copy(from->organization, sizeof(from->organization),
	        text(in, "organization")),
	    0);
	assert_int_equal(
	    text_copy(from->id, sizeof(from->id), text(in, "credential_id")),
	    0);
	assert_int_equal(text_copy(from->endpoint, sizeof(from->endpoint),
	                     text(in, "endpoint")),
	    0);
	assert_int_equal(
	    text_copy(from->name, sizeof(from->name), text(in, "name")), 0);
	from->secret = blob_of_hex(text(in, "secret_hex"));
	from->token = blob_of_hex(text(in, "token_hex"));
	from->created_ms = number(in, "created_ms");
	from->not_after_ms = number(in, "not_after_ms");
	hex(in, "record_id", from->record_id, SEAL_ID_LEN);
	from->generation = number(in, "generation");
}

static void
every_vector_seals_and_opens_byte_for_byte(void **state)
{
	const cJSON *record;
	size_t n = 0;

	(void)state;
	cJSON_ArrayForEach(record, member(vectors, "records"))
	{
		const cJSON *in = member(record, "inputs");
		auto_blob struct blob *keys =
		    keys_of(text(vectors, "master_key"));
		auto_credential struct seal_credential from = { 0 };
		auto_credential struct seal_credential out = { 0 };
		struct record_expect place = usual_place();
		uint8_t made[RECORD_SIZE_MAX], nonce[RECORD_NONCE_LEN];
		uint8_t hash[SEAL_HASH_LEN], want[SEAL_HASH_LEN];
		struct record_place where = { place.source, store_id, nonce };
		struct bytes file;
		size_t len = 0;

		fill(in, &from);
		hex(in, "nonce", nonce, sizeof(nonce));
		read_file_hex(record, &file);
		assert_int_equal(
		    record_make(&from, keys, &where, made, &len), SEAL_OK);
		assert_int_equal(len, file.len);
		assert_memory_equal(made, file.at, len);
		record_hash(hash, made, len);
		hex(record, "blake2b_256", want, sizeof(want));
		assert_memory_equal(hash, want, sizeof(want));

		place.now_ms = 1;
		assert_int_equal(
		    record_open(made, len, keys, &place, &out), SEAL_OK);
		assert_true(blob_is_equal(out.secret, from.secret));
		assert_true(from.token == NULL
		                ? out.token == NULL
		                : blob_is_equal(out.token, from.token));
		assert_string_equal(out.organization, from.organization);
		assert_string_equal(out.endpoint, from.endpoint);
		assert_string_equal(out.id, from.id);
		assert_string_equal(out.name, from.name);
		assert_int_equal(out.generation, from.generation);
		n++;
	}
	assert_int_equal(n, 7);
}

static void
the_keys_are_derived_as_written(void **state)
{
	const cJSON *derived = member(vectors, "derived");
	auto_blob struct blob *keys = keys_of(text(vectors, "master_key"));
	uint8_t want[32], key_id[SEAL_ID_LEN];

	(void)state;
	hex(derived, "kek", want, 32);
	assert_memory_equal(blob_data(keys), want, 32);
	hex(derived, "manifest_key", want, 32);
	assert_memory_equal(blob_data(keys) + 32, want, 32);
	seal_key_id(key_id, keys);
	hex(derived, "key_id", want, SEAL_ID_LEN);
	assert_memory_equal(key_id, want, SEAL_ID_LEN);
}

static void
a_wrong_shape_is_not_sealed(void **state)
{
	auto_blob struct blob *keys = keys_of(text(vectors, "master_key"));
	struct record_expect place = usual_place();
	static const uint8_t nonce[RECORD_NONCE_LEN];
	struct record_place where = { place.source, store_id, nonce };
	uint8_t made[RECORD_SIZE_MAX];
	size_t len = 7;

	(void)state;
	for (int wrong = 0; wrong < 7; wrong++) {
		auto_credential struct seal_credential from = { 0 };

		fill(member(find_record("r1"), "inputs"), &from);
		if (wrong == 0)
			from.organization[0] = '\0';
		if (wrong == 1)
			from.endpoint[0] = ' ';
		if (wrong == 2)
			from.kind = SEAL_STS; /* no token, no expiry */
		if (wrong == 3)
			from.api = 2;
		if (wrong == 4)
			from.generation = 0;
		if (wrong == 5)
			blob_freep(&from.secret);
		if (wrong == 6)
			from.generation = SEAL_GENERATION_MAX + 1;
		assert_int_equal(record_make(&from, keys, &where, made, &len),
		    SEAL_KEY_FIELD);
	}
	assert_int_equal(len, 7);
}

static void
without_keys_nothing_opens(void **state)
{
	struct record_expect place = usual_place();
	struct manifest_expect list = { 1, NULL, 1 };
	struct seal_credential out = { 0 };
	struct manifest manifest;
	struct bytes file;

	(void)state;
	read_file_hex(find_record("r1"), &file);
	assert_int_equal(
	    record_open(file.at, file.len, NULL, &place, &out), SEAL_LOCKED);
	assert_int_equal(
	    manifest_parse(file.at, file.len, NULL, &list, &manifest),
	    SEAL_LOCKED);
}

static void
each_failure_has_a_word_and_a_code(void **state)
{
	(void)state;
	for (int e = SEAL_LOCKED; e <= SEAL_SYSTEM; e++) {
		assert_true(strlen(seal_word((enum seal_err)e)) > 3);
		assert_int_not_equal(
		    seal_reason((enum seal_err)e), REASON_DONE);
		for (int k = SEAL_LOCKED; k < e; k++)
			assert_string_not_equal(seal_word((enum seal_err)e),
			    seal_word((enum seal_err)k));
	}
	assert_int_equal(seal_reason(SEAL_LOCKED), 19);
	assert_int_equal(seal_reason(SEAL_FILE_RIGHTS), 21);
	assert_int_equal(seal_reason(SEAL_MANIFEST_ROLLBACK), 21);
	assert_int_equal(seal_reason(SEAL_KEY_EXPIRED), 20);
	assert_int_equal(seal_reason(SEAL_WRAP_PASSPHRASE), 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_bad_record_is_refused_by_name),
		cmocka_unit_test(every_bit_and_every_length),
		cmocka_unit_test(a_wrong_shape_is_not_sealed),
		cmocka_unit_test(without_keys_nothing_opens),
		cmocka_unit_test(every_vector_seals_and_opens_byte_for_byte),
		cmocka_unit_test(the_keys_are_derived_as_written),
		cmocka_unit_test(each_failure_has_a_word_and_a_code),
	};

	return cmocka_run_group_tests(tests, load_vectors, free_vectors);
}

/* SPDX-License-Identifier: ISC */
/* MANIFEST: hostile bytes first, then the known answer. */
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
#include "seal/seal.h"
#include "tests/unit/keyrecord.h"

static uint8_t store_id[SEAL_ID_LEN], other_store[SEAL_ID_LEN];

static void
every_bad_manifest_is_refused_by_name(void **state)
{
	const cJSON *how;
	size_t n = 0;

	(void)state;
	cJSON_ArrayForEach(how, member(vectors, "bad_manifests"))
	{
		const cJSON *with = member(how, "open_with");
		auto_blob struct blob *keys = NULL;
		struct manifest_expect place = { 1, store_id, 1 };
		struct manifest out;
		struct bytes file;

		hex(vectors, "store_id", store_id, sizeof(store_id));
		keys = keys_of(
		    text(member(with, "master_key") != NULL ? with : vectors,
		        "master_key"));
		read_file_hex(member(vectors, "manifest"), &file);
		change(&file, how);
		if (member(with, "store_id") != NULL) {
			hex(with, "store_id", other_store, SEAL_ID_LEN);
			place.store_id = other_store;
		}
		if (member(with, "source") != NULL)
			place.source = (uint8_t)number(with, "source");
		if (member(with, "min_generation") != NULL)
			place.least_generation = number(with, "min_generation");
		assert_string_equal(seal_word(manifest_parse(
		                        file.at, file.len, keys, &place, &out)),
		    text(how, "expect"));
		n++;
	}
	assert_int_equal(n, 16);
}

static void
no_changed_bit_of_a_manifest_counts(void **state)
{
	auto_blob struct blob *keys = keys_of(text(vectors, "master_key"));
	struct manifest_expect place = { 1, NULL, 1 };
	struct manifest out;
	struct bytes file;

	(void)state;
	read_file_hex(member(vectors, "manifest"), &file);
	for (size_t bit = 0; bit < 8 * file.len; bit++) {
		file.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_not_equal(
		    manifest_parse(file.at, file.len, keys, &place, &out),
		    SEAL_OK);
		file.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t len = 0; len < file.len; len++)
		assert_int_not_equal(
		    manifest_parse(file.at, len, keys, &place, &out), SEAL_OK);
}

static void
the_manifest_is_written_as_it_was_read(void **state)
{
	auto_blob struct blob *keys = keys_of(text(vectors, "master_key"));
	struct manifest_expect place = { 1, NULL, 12 };
	struct manifest out;
	struct manifest_entry first;
	uint8_t made[MANIFEST_SIZE_MAX];
	struct bytes file;
	size_t len;

	(void)state;
	read_file_hex(member(vectors, "manifest"), &file);
	assert_int_equal(
	    manifest_parse(file.at, file.len, keys, &place, &out), SEAL_OK);
	assert_int_equal(out.n, 7);
	assert_int_equal(out.generation, 12);
	/* The order in which entries are handed over does not matter. */
	first = out.entries[0];
	out.entries[0] = out.entries[6];
	out.entries[6] = first;
	assert_int_equal(manifest_make(&out, keys, made, &len), SEAL_OK);
	assert_int_equal(len, file.len);
	assert_memory_equal(made, file.at, len);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_bad_manifest_is_refused_by_name),
		cmocka_unit_test(no_changed_bit_of_a_manifest_counts),
		cmocka_unit_test(the_manifest_is_written_as_it_was_read),
	};

	return cmocka_run_group_tests(tests, load_vectors, free_vectors);
}

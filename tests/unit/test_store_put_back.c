/* SPDX-License-Identifier: ISC */
/* Files of a store in each other's place, of another day, or of another host. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "seal/internal.h"
#include "seal/record.h"
#include "seal/store.h"
#include "tests/unit/store_scene.h"

/* Renames one file over another; both names are of the folder. */
static void
put(int dir, const char *from, const char *to)
{
	assert_int_equal(renameat(dir, from, dir, to), 0);
}

static void
two_files_that_changed_places_are_refused(void **state)
{
	struct seal_expect expect = scene_usual();
	auto_store struct seal_store *store = NULL;
	struct seal_credential out = { 0 };
	char one[STORE_NAME_SIZE], other[STORE_NAME_SIZE];
	struct scene_made made[2];
	int dir = scene_folder();

	(void)state;
	scene_create(made);
	store_file_name(one, made[0].entry.record_id, 1);
	store_file_name(other, made[1].entry.record_id, 1);
	put(dir, one, "aside");
	put(dir, other, one);
	put(dir, "aside", other);
	close(dir);
	assert_int_equal(scene_open(&expect, false, &store), SEAL_OK);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(seal_store_record(store,
		                     made[i].entry.record_id, 1, 1, &out),
		    SEAL_KEY_CHANGED);
	assert_null(out.secret);
}

/* The new MANIFEST stays; the file of before comes back under the new name. */
static void
an_older_generation_is_refused(void **state)
{
	struct seal_expect expect = scene_usual();
	auto_store struct seal_store *store = NULL;
	struct seal_credential out = { 0 };
	char older[STORE_NAME_SIZE], name[STORE_NAME_SIZE];
	struct scene_made made[2], newer;
	struct manifest next;
	int dir = scene_folder();

	(void)state;
	scene_create(made);
	scene_make(&newer, 1, 2, "shop", 0);
	next = scene_list(2, &newer, 1);
	assert_int_equal(scene_open(&expect, true, &store), SEAL_OK);
	assert_int_equal(
	    seal_store_commit(store, &next, &newer.file, 1), SEAL_OK);
	store_file_name(older, newer.entry.record_id, 1);
	store_file_name(name, newer.entry.record_id, 2);
	put(dir, older, name);
	assert_int_equal(
	    seal_store_record(store, newer.entry.record_id, 2, 1, &out),
	    SEAL_KEY_CHANGED);
	assert_int_equal(unlinkat(dir, name, 0), 0);
	assert_int_equal(
	    seal_store_record(store, newer.entry.record_id, 2, 1, &out),
	    SEAL_KEY_MISSING);
	close(dir);
}

/* All of a folder put back, its own MANIFEST with it. */
static void
an_older_folder_is_refused(void **state)
{
	struct seal_expect expect = scene_usual();
	auto_store struct seal_store *store = NULL;
	struct scene_made made[2];
	struct manifest next;
	int dir = scene_folder();

	(void)state;
	scene_create(made);
	next = scene_list(2, made, 2);
	assert_int_equal(scene_open(&expect, true, &store), SEAL_OK);
	put(dir, "MANIFEST", "aside");
	assert_int_equal(seal_store_commit(store, &next, NULL, 0), SEAL_OK);
	seal_store_freep(&store);
	put(dir, "aside", "MANIFEST");
	close(dir);
	expect.least_generation = 2;
	assert_int_equal(
	    scene_open(&expect, false, &store), SEAL_MANIFEST_ROLLBACK);
	assert_null(store);
}

static void
a_foreign_store_and_a_wrong_master_are_refused(void **state)
{
	static const uint8_t foreign[SEAL_ID_LEN] = { 8 };
	static const uint8_t bytes[SEAL_MASTER_LEN] = { 1, 2, 4 };
	struct seal_expect expect = scene_usual();
	auto_store struct seal_store *store = NULL;
	auto_blob struct blob *master = NULL, *others = NULL;
	struct scene_made made[2];

	(void)state;
	scene_create(made);
	expect.store_id = foreign;
	assert_int_equal(
	    scene_open(&expect, false, &store), SEAL_MANIFEST_STORE);
	expect = scene_usual();
	expect.source = SEAL_SOURCE_CREDENTIAL;
	assert_int_equal(
	    scene_open(&expect, false, &store), SEAL_MANIFEST_SOURCE);
	expect = scene_usual();
	assert_int_equal(blob_new(SEAL_MASTER_LEN, &master), 0);
	assert_int_equal(blob_append(master, bytes, sizeof(bytes)), 0);
	assert_int_equal(seal_keys_derive(master, &others), SEAL_OK);
	assert_int_equal(
	    store_take(scene_folder(), others, &expect, false, &store),
	    SEAL_MANIFEST_MASTER);
	assert_null(store);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(two_files_that_changed_places_are_refused),
		STORE_TEST(an_older_generation_is_refused),
		STORE_TEST(an_older_folder_is_refused),
		STORE_TEST(a_foreign_store_and_a_wrong_master_are_refused),
	};

	return cmocka_run_group_tests(tests, scene_setup, scene_teardown);
}

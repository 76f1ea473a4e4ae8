/* SPDX-License-Identifier: ISC */
/* The folder of sealed keys, in a folder of its own. */
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
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "seal/internal.h"
#include "seal/record.h"
#include "seal/store.h"
#include "tests/unit/store_scene.h"

static void
an_empty_folder_has_no_manifest(void **state)
{
	struct seal_expect expect = scene_usual();
	auto_store struct seal_store *store = NULL;

	(void)state;
	assert_int_equal(
	    scene_open(&expect, false, &store), SEAL_MANIFEST_MISSING);
	assert_null(store);
}

static void
a_store_is_never_made_over_another(void **state)
{
	struct scene_made made[2];
	struct manifest list;
	int dir;

	(void)state;
	scene_create(made);
	list = scene_list(1, made, 2);
	dir = scene_folder();
	assert_int_equal(
	    store_create_at(dir, scene_keys, getuid(), &list, NULL, 0),
	    SEAL_SYSTEM);
	assert_int_equal(errno, EEXIST);
	close(dir);
}

static void
a_readable_manifest_is_refused(void **state)
{
	struct seal_expect expect = scene_usual();
	auto_store struct seal_store *store = NULL;
	struct scene_made made[2];
	int dir = scene_folder();

	(void)state;
	scene_create(made);
	assert_int_equal(fchmodat(dir, "MANIFEST", 0640, 0), 0);
	assert_int_equal(scene_open(&expect, false, &store), SEAL_FILE_RIGHTS);
	close(dir);
}

static void
an_older_store_is_refused(void **state)
{
	struct seal_expect expect = scene_usual();
	auto_store struct seal_store *store = NULL;
	struct scene_made made[2];

	(void)state;
	scene_create(made);
	expect.least_generation = 2;
	assert_int_equal(
	    scene_open(&expect, false, &store), SEAL_MANIFEST_ROLLBACK);
}

static void
a_record_under_another_name(void **state)
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
	assert_int_equal(renameat(dir, one, dir, other), 0);
	close(dir);
	assert_int_equal(scene_open(&expect, false, &store), SEAL_OK);
	assert_int_equal(seal_store_find(store, "ops", "5ebbc022", 1, &out),
	    SEAL_KEY_CHANGED);
	assert_int_equal(
	    seal_store_record(store, made[1].entry.record_id, 1, 1, &out),
	    SEAL_KEY_CHANGED);
}

static void
the_millisecond_of_expiry(void **state)
{
	struct seal_expect expect = scene_usual();
	auto_store struct seal_store *store = NULL;
	auto_credential struct seal_credential out = { 0 };
	struct scene_made made[2];

	(void)state;
	scene_create(made);
	assert_int_equal(scene_open(&expect, false, &store), SEAL_OK);
	assert_int_equal(seal_store_find(store, "ops", "5ebbc022", 5000, &out),
	    SEAL_KEY_EXPIRED);
	assert_int_equal(
	    seal_store_find(store, "ops", "5ebbc022", 4999, &out), SEAL_OK);
}

static void
a_key_of_another_organization_is_not_found(void **state)
{
	struct seal_expect expect = scene_usual();
	auto_store struct seal_store *store = NULL;
	auto_credential struct seal_credential out = { 0 };
	struct scene_made made[2];

	(void)state;
	scene_create(made);
	assert_int_equal(scene_open(&expect, false, &store), SEAL_OK);
	assert_int_equal(seal_store_find(store, "shop", "5ebbc023", 1, &out),
	    SEAL_KEY_MISSING);
	assert_int_equal(seal_store_find(store, "sho", "5ebbc022", 1, &out),
	    SEAL_KEY_MISSING);
	assert_int_equal(
	    seal_store_find(store, "shop", "5ebbc022", 1, &out), SEAL_OK);
	assert_memory_equal(blob_data(out.secret), "secret-1-1", 10);
	assert_int_equal(out.store_generation, 1);
}

static void
a_reader_commits_nothing(void **state)
{
	struct seal_expect expect = scene_usual();
	auto_store struct seal_store *store = NULL;
	struct scene_made made[2];
	struct manifest next;

	(void)state;
	scene_create(made);
	assert_int_equal(scene_open(&expect, false, &store), SEAL_OK);
	next = scene_list(2, made, 1);
	assert_int_equal(seal_store_commit(store, &next, NULL, 0), SEAL_SYSTEM);
}

static void
a_commit_counts_one_up_and_writes_what_it_lists(void **state)
{
	struct seal_expect expect = scene_usual();
	auto_store struct seal_store *store = NULL;
	auto_credential struct seal_credential out = { 0 };
	struct scene_made made[2], newer;
	struct manifest next;
	size_t removed = 0;

	(void)state;
	scene_create(made);
	scene_make(&newer, 1, 2, "shop", 0);
	assert_int_equal(scene_open(&expect, true, &store), SEAL_OK);
	next = scene_list(3, &newer, 1);
	assert_int_equal(seal_store_commit(store, &next, &newer.file, 1),
	    SEAL_MANIFEST_FIELD);
	next = scene_list(2, &newer, 1);
	newer.bytes[200] ^= 1;
	assert_int_equal(
	    seal_store_commit(store, &next, &newer.file, 1), SEAL_KEY_CHANGED);
	newer.bytes[200] ^= 1;
	assert_int_equal(
	    seal_store_commit(store, &next, &newer.file, 1), SEAL_OK);
	assert_int_equal(seal_store_sweep(store, &removed), SEAL_OK);
	assert_int_equal(removed, 2); /* shop 1 and ops 1 */
	seal_store_freep(&store);

	expect.least_generation = 2;
	assert_int_equal(scene_open(&expect, false, &store), SEAL_OK);
	assert_int_equal(
	    seal_store_find(store, "shop", "5ebbc022", 1, &out), SEAL_OK);
	assert_memory_equal(blob_data(out.secret), "secret-1-2", 10);
	assert_int_equal(out.store_generation, 2);
}

/*
 * What a kill leaves: new files that nothing lists, and half a MANIFEST. The
 * old set counts, and the leftovers go.
 */
static void
a_kill_before_the_rename_leaves_the_old_set(void **state)
{
	struct seal_expect expect = scene_usual();
	auto_store struct seal_store *store = NULL;
	auto_credential struct seal_credential out = { 0 };
	struct scene_made made[2], newer;
	char name[STORE_NAME_SIZE];
	size_t removed = 0;
	int dir = scene_folder(), fd;

	(void)state;
	scene_create(made);
	scene_make(&newer, 1, 2, "shop", 0);
	store_file_name(name, newer.entry.record_id, 2);
	fd = openat(dir, name, O_CREAT | O_WRONLY, 0600);
	assert_int_equal(
	    write(fd, newer.bytes, newer.file.len), (ssize_t)newer.file.len);
	close(fd);
	close(openat(dir, "MANIFEST.tmp", O_CREAT | O_WRONLY, 0600));
	close(openat(dir, "notes", O_CREAT | O_WRONLY, 0600));
	assert_int_equal(scene_open(&expect, true, &store), SEAL_OK);
	assert_int_equal(
	    seal_store_find(store, "shop", "5ebbc022", 1, &out), SEAL_OK);
	assert_memory_equal(blob_data(out.secret), "secret-1-1", 10);
	assert_int_equal(seal_store_sweep(store, &removed), SEAL_OK);
	assert_int_equal(removed, 2);
	assert_int_equal(faccessat(dir, "notes", F_OK, 0), 0);
	close(dir);
}

static void
a_candidate_is_found_by_its_id_alone(void **state)
{
	struct seal_expect expect = scene_usual();
	auto_store struct seal_store *store = NULL;
	auto_credential struct seal_credential out = { 0 };
	struct scene_made made[2], both[2];
	struct manifest next;

	(void)state;
	scene_create(made);
	both[0] = made[0];
	scene_make(&both[1], 1, 2, "shop", 0);
	both[1].entry.state = MANIFEST_CANDIDATE;
	next = scene_list(2, both, 2);
	assert_int_equal(scene_open(&expect, true, &store), SEAL_OK);
	assert_int_equal(
	    seal_store_commit(store, &next, &both[1].file, 1), SEAL_OK);
	assert_int_equal(
	    seal_store_find(store, "shop", "5ebbc022", 1, &out), SEAL_OK);
	assert_memory_equal(blob_data(out.secret), "secret-1-1", 10);
	seal_credential_clear(&out);
	assert_int_equal(
	    seal_store_record(store, both[1].entry.record_id, 2, 1, &out),
	    SEAL_OK);
	assert_memory_equal(blob_data(out.secret), "secret-1-2", 10);
	seal_credential_clear(&out);
	assert_int_equal(
	    seal_store_record(store, both[1].entry.record_id, 0, 1, &out),
	    SEAL_OK);
	assert_memory_equal(blob_data(out.secret), "secret-1-1", 10);
	seal_credential_clear(&out);
	assert_int_equal(
	    seal_store_record(store, both[1].entry.record_id, 3, 1, &out),
	    SEAL_KEY_MISSING);
	assert_int_equal(seal_store_host(store, &out), SEAL_KEY_MISSING);
}

static void
without_keys_the_store_is_locked(void **state)
{
	struct seal_expect expect = scene_usual();
	struct seal_store *store = NULL;

	(void)state;
	assert_int_equal(
	    seal_store_open("/nowhere", NULL, &expect, &store), SEAL_LOCKED);
	assert_int_equal(
	    store_take(scene_folder(), NULL, &expect, false, &store),
	    SEAL_LOCKED);
	assert_null(store);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(an_empty_folder_has_no_manifest),
		STORE_TEST(without_keys_the_store_is_locked),
		STORE_TEST(a_store_is_never_made_over_another),
		STORE_TEST(a_readable_manifest_is_refused),
		STORE_TEST(an_older_store_is_refused),
		STORE_TEST(a_record_under_another_name),
		STORE_TEST(the_millisecond_of_expiry),
		STORE_TEST(a_key_of_another_organization_is_not_found),
		STORE_TEST(a_reader_commits_nothing),
		STORE_TEST(a_commit_counts_one_up_and_writes_what_it_lists),
		STORE_TEST(a_kill_before_the_rename_leaves_the_old_set),
		STORE_TEST(a_candidate_is_found_by_its_id_alone),
	};

	return cmocka_run_group_tests(tests, scene_setup, scene_teardown);
}

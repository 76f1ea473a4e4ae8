/* SPDX-License-Identifier: ISC */
/* The folder of sealed keys, in a folder of its own below the build. */
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
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"
#include "seal/internal.h"
#include "seal/record.h"
#include "seal/store.h"

static char folder[] = "/tmp/warder-test-store-XXXXXX";
static struct blob *keys;
static const uint8_t store_id[SEAL_ID_LEN] = { 7 };
static const uint8_t nonce[RECORD_NONCE_LEN] = { 9 };

static int
open_folder(void)
{
	return open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int
setup(void **state)
{
	auto_blob struct blob *master = NULL;
	static const uint8_t bytes[SEAL_MASTER_LEN] = { 1, 2, 3 };

	(void)state;
	if (base_init() != 0 || mkdtemp(folder) == NULL ||
	    blob_new(SEAL_MASTER_LEN, &master) != 0 ||
	    blob_append(master, bytes, sizeof(bytes)) != 0)
		return -1;
	return seal_keys_derive(master, &keys) == SEAL_OK ? 0 : -1;
}

static int
empty_folder(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "%s", folder);
	if (fork() == 0) {
		execlp("find", "find", command, "-mindepth", "1", "-delete",
		    (char *)NULL);
		_exit(1);
	}
	wait(NULL);
	return 0;
}

static int
teardown(void **state)
{
	empty_folder(state);
	blob_freep(&keys);
	return rmdir(folder);
}

/* A sealed AccessKey whose secret is its generation, and its entry. */
struct made {
	uint8_t bytes[RECORD_SIZE_MAX];
	struct seal_file file;
	struct manifest_entry entry;
};

static void
make(struct made *made, uint8_t id, uint64_t generation, const char *name,
    uint64_t not_after_ms)
{
	auto_credential struct seal_credential from = {
		.kind = SEAL_ACCESS_KEY,
		.api = 1,
		.organization = "5ebbc022",
		.id = "LTAI5tTESTTESTTEST",
		.endpoint = "127.0.0.1:8443",
		.record_id = { id },
		.generation = generation,
		.created_ms = 1,
		.not_after_ms = not_after_ms,
	};
	struct record_place place = { SEAL_SOURCE_FILE, store_id, nonce };
	char secret[32];

	snprintf(secret, sizeof(secret), "secret-%d-%d", id, (int)generation);
	assert_int_equal(text_copy(from.name, sizeof(from.name), name), 0);
	assert_int_equal(blob_new(32, &from.secret), 0);
	assert_int_equal(blob_append(from.secret, secret, strlen(secret)), 0);
	memset(made, 0, sizeof(*made));
	made->file.bytes = made->bytes;
	assert_int_equal(
	    record_make(&from, keys, &place, made->bytes, &made->file.len),
	    SEAL_OK);
	made->file.record_id[0] = made->entry.record_id[0] = id;
	made->file.generation = made->entry.generation = generation;
	made->entry.kind = SEAL_ACCESS_KEY;
	made->entry.state = MANIFEST_ACTIVE;
	record_hash(made->entry.hash, made->bytes, made->file.len);
}

static struct manifest
list_of(uint64_t generation, const struct made *made, size_t n)
{
	struct manifest list;

	memset(&list, 0, sizeof(list));
	list.source = SEAL_SOURCE_FILE;
	memcpy(list.store_id, store_id, SEAL_ID_LEN);
	list.generation = generation;
	list.n = n;
	for (size_t i = 0; i < n; i++)
		list.entries[i] = made[i].entry;
	return list;
}

static struct seal_expect
usual(void)
{
	return (struct seal_expect){ SEAL_SOURCE_FILE, store_id, 1, getuid() };
}

static enum seal_err
open_store(
    const struct seal_expect *expect, bool is_writer, struct seal_store **ret)
{
	return store_take(open_folder(), keys, expect, is_writer, ret);
}

/* Two keys, shop and ops; the folder is empty before. */
static void
create(struct made made[2])
{
	int dir = open_folder();
	struct manifest list;
	struct seal_file files[2];

	make(&made[0], 1, 1, "shop", 0);
	make(&made[1], 2, 1, "ops", 5000);
	list = list_of(1, made, 2);
	files[0] = made[0].file;
	files[1] = made[1].file;
	assert_int_equal(
	    store_create_at(dir, keys, getuid(), &list, files, 2), SEAL_OK);
	close(dir);
}

static void
an_empty_folder_has_no_manifest(void **state)
{
	struct seal_expect expect = usual();
	auto_store struct seal_store *store = NULL;

	(void)state;
	assert_int_equal(
	    open_store(&expect, false, &store), SEAL_MANIFEST_MISSING);
	assert_null(store);
}

static void
a_store_is_never_made_over_another(void **state)
{
	struct made made[2];
	struct manifest list;
	int dir;

	(void)state;
	create(made);
	list = list_of(1, made, 2);
	dir = open_folder();
	assert_int_equal(
	    store_create_at(dir, keys, getuid(), &list, NULL, 0), SEAL_SYSTEM);
	assert_int_equal(errno, EEXIST);
	close(dir);
}

static void
a_readable_manifest_is_refused(void **state)
{
	struct seal_expect expect = usual();
	auto_store struct seal_store *store = NULL;
	struct made made[2];
	int dir = open_folder();

	(void)state;
	create(made);
	assert_int_equal(fchmodat(dir, "MANIFEST", 0640, 0), 0);
	assert_int_equal(open_store(&expect, false, &store), SEAL_FILE_RIGHTS);
	close(dir);
}

static void
an_older_store_is_refused(void **state)
{
	struct seal_expect expect = usual();
	auto_store struct seal_store *store = NULL;
	struct made made[2];

	(void)state;
	create(made);
	expect.least_generation = 2;
	assert_int_equal(
	    open_store(&expect, false, &store), SEAL_MANIFEST_ROLLBACK);
}

static void
a_record_under_another_name(void **state)
{
	struct seal_expect expect = usual();
	auto_store struct seal_store *store = NULL;
	struct seal_credential out = { 0 };
	char one[STORE_NAME_SIZE], other[STORE_NAME_SIZE];
	struct made made[2];
	int dir = open_folder();

	(void)state;
	create(made);
	store_file_name(one, made[0].entry.record_id, 1);
	store_file_name(other, made[1].entry.record_id, 1);
	assert_int_equal(renameat(dir, one, dir, other), 0);
	close(dir);
	assert_int_equal(open_store(&expect, false, &store), SEAL_OK);
	assert_int_equal(seal_store_find(store, "ops", "5ebbc022", 1, &out),
	    SEAL_KEY_CHANGED);
	assert_int_equal(
	    seal_store_record(store, made[1].entry.record_id, 1, 1, &out),
	    SEAL_KEY_CHANGED);
}

static void
the_millisecond_of_expiry(void **state)
{
	struct seal_expect expect = usual();
	auto_store struct seal_store *store = NULL;
	auto_credential struct seal_credential out = { 0 };
	struct made made[2];

	(void)state;
	create(made);
	assert_int_equal(open_store(&expect, false, &store), SEAL_OK);
	assert_int_equal(seal_store_find(store, "ops", "5ebbc022", 5000, &out),
	    SEAL_KEY_EXPIRED);
	assert_int_equal(
	    seal_store_find(store, "ops", "5ebbc022", 4999, &out), SEAL_OK);
}

static void
a_key_of_another_organization_is_not_found(void **state)
{
	struct seal_expect expect = usual();
	auto_store struct seal_store *store = NULL;
	auto_credential struct seal_credential out = { 0 };
	struct made made[2];

	(void)state;
	create(made);
	assert_int_equal(open_store(&expect, false, &store), SEAL_OK);
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
	struct seal_expect expect = usual();
	auto_store struct seal_store *store = NULL;
	struct made made[2];
	struct manifest next;

	(void)state;
	create(made);
	assert_int_equal(open_store(&expect, false, &store), SEAL_OK);
	next = list_of(2, made, 1);
	assert_int_equal(seal_store_commit(store, &next, NULL, 0), SEAL_SYSTEM);
}

static void
a_commit_counts_one_up_and_writes_what_it_lists(void **state)
{
	struct seal_expect expect = usual();
	auto_store struct seal_store *store = NULL;
	auto_credential struct seal_credential out = { 0 };
	struct made made[2], newer;
	struct manifest next;
	size_t removed = 0;

	(void)state;
	create(made);
	make(&newer, 1, 2, "shop", 0);
	assert_int_equal(open_store(&expect, true, &store), SEAL_OK);
	next = list_of(3, &newer, 1);
	assert_int_equal(seal_store_commit(store, &next, &newer.file, 1),
	    SEAL_MANIFEST_FIELD);
	next = list_of(2, &newer, 1);
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
	assert_int_equal(open_store(&expect, false, &store), SEAL_OK);
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
	struct seal_expect expect = usual();
	auto_store struct seal_store *store = NULL;
	auto_credential struct seal_credential out = { 0 };
	struct made made[2], newer;
	char name[STORE_NAME_SIZE];
	size_t removed = 0;
	int dir = open_folder(), fd;

	(void)state;
	create(made);
	make(&newer, 1, 2, "shop", 0);
	store_file_name(name, newer.entry.record_id, 2);
	fd = openat(dir, name, O_CREAT | O_WRONLY, 0600);
	assert_int_equal(
	    write(fd, newer.bytes, newer.file.len), (ssize_t)newer.file.len);
	close(fd);
	close(openat(dir, "MANIFEST.tmp", O_CREAT | O_WRONLY, 0600));
	close(openat(dir, "notes", O_CREAT | O_WRONLY, 0600));
	assert_int_equal(open_store(&expect, true, &store), SEAL_OK);
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
	struct seal_expect expect = usual();
	auto_store struct seal_store *store = NULL;
	auto_credential struct seal_credential out = { 0 };
	struct made made[2], both[2];
	struct manifest next;

	(void)state;
	create(made);
	both[0] = made[0];
	make(&both[1], 1, 2, "shop", 0);
	both[1].entry.state = MANIFEST_CANDIDATE;
	next = list_of(2, both, 2);
	assert_int_equal(open_store(&expect, true, &store), SEAL_OK);
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
	struct seal_expect expect = usual();
	struct seal_store *store = NULL;

	(void)state;
	assert_int_equal(
	    seal_store_open("/nowhere", NULL, &expect, &store), SEAL_LOCKED);
	assert_int_equal(
	    store_take(open_folder(), NULL, &expect, false, &store),
	    SEAL_LOCKED);
	assert_null(store);
}

#define TEST(name) cmocka_unit_test_teardown(name, empty_folder)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_empty_folder_has_no_manifest),
		TEST(without_keys_the_store_is_locked),
		TEST(a_store_is_never_made_over_another),
		TEST(a_readable_manifest_is_refused),
		TEST(an_older_store_is_refused),
		TEST(a_record_under_another_name),
		TEST(the_millisecond_of_expiry),
		TEST(a_key_of_another_organization_is_not_found),
		TEST(a_reader_commits_nothing),
		TEST(a_commit_counts_one_up_and_writes_what_it_lists),
		TEST(a_kill_before_the_rename_leaves_the_old_set),
		TEST(a_candidate_is_found_by_its_id_alone),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

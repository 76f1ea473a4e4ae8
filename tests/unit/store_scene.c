/* SPDX-License-Identifier: ISC */
/* A store of two keys; see store_scene.h. */
#include "config.h"

#include <dirent.h>
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

#include "base/text.h"
#include "seal/internal.h"
#include "seal/record.h"
#include "seal/store.h"
#include "tests/unit/store_scene.h"

static char folder[] = "/tmp/warder-test-store-XXXXXX";
struct blob *scene_keys;
static const uint8_t store_id[SEAL_ID_LEN] = { 7 };
static const uint8_t nonce[RECORD_NONCE_LEN] = { 9 };

int
scene_folder(void)
{
	return open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int
scene_setup(void **state)
{
	auto_blob struct blob *master = NULL;
	static const uint8_t bytes[SEAL_MASTER_LEN] = { 1, 2, 3 };

	(void)state;
	if (base_init() != 0 || mkdtemp(folder) == NULL ||
	    blob_new(SEAL_MASTER_LEN, &master) != 0 ||
	    blob_append(master, bytes, sizeof(bytes)) != 0)
		return -1;
	return seal_keys_derive(master, &scene_keys) == SEAL_OK ? 0 : -1;
}

int
scene_empty(void **state)
{
	int dir = scene_folder();
	DIR *list = fdopendir(dir);
	const struct dirent *entry;

	(void)state;
	if (list == NULL)
		return -1;
	while ((entry = readdir(list)) != NULL) {
		if (entry->d_name[0] != '.')
			(void)unlinkat(dir, entry->d_name, 0);
	}
	closedir(list);
	return 0;
}

int
scene_teardown(void **state)
{
	scene_empty(state);
	blob_freep(&scene_keys);
	return rmdir(folder);
}

void
scene_make(struct scene_made *made, uint8_t id, uint64_t generation,
    const char *name, uint64_t not_after_ms)
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
	assert_int_equal(record_make(&from, scene_keys, &place, made->bytes,
	                     &made->file.len),
	    SEAL_OK);
	made->file.record_id[0] = made->entry.record_id[0] = id;
	made->file.generation = made->entry.generation = generation;
	made->entry.kind = SEAL_ACCESS_KEY;
	made->entry.state = MANIFEST_ACTIVE;
	record_hash(made->entry.hash, made->bytes, made->file.len);
}

struct manifest
scene_list(uint64_t generation, const struct scene_made *made, size_t n)
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

struct seal_expect
scene_usual(void)
{
	return (struct seal_expect){ SEAL_SOURCE_FILE, store_id, 1, getuid() };
}

enum seal_err
scene_open(
    const struct seal_expect *expect, bool is_writer, struct seal_store **ret)
{
	return store_take(scene_folder(), scene_keys, expect, is_writer, ret);
}

/* Two scene_keys, shop and ops; the folder is empty before. */
void
scene_create(struct scene_made made[2])
{
	int dir = scene_folder();
	struct manifest list;
	struct seal_file files[2];

	scene_make(&made[0], 1, 1, "shop", 0);
	scene_make(&made[1], 2, 1, "ops", 5000);
	list = scene_list(1, made, 2);
	files[0] = made[0].file;
	files[1] = made[1].file;
	assert_int_equal(
	    store_create_at(dir, scene_keys, getuid(), &list, files, 2),
	    SEAL_OK);
	close(dir);
}

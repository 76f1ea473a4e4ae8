/* SPDX-License-Identifier: ISC */
/*
 * A store of two keys, shop and ops, in a folder of its own, for the tests
 * of src/seal. Each fails the running test where something does not work.
 */
#ifndef WARDER_TESTS_UNIT_STORE_SCENE_H
#define WARDER_TESTS_UNIT_STORE_SCENE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "seal/manifest.h"
#include "seal/record.h"
#include "seal/seal.h"
#include "seal/store.h"

/* The keys of the store; of the group. */
extern struct blob *scene_keys;
int scene_setup(void **state);
int scene_teardown(void **state);

/* After each test: nothing is left in the folder. */
int scene_empty(void **state);
#define STORE_TEST(name) cmocka_unit_test_teardown(name, scene_empty)

/* A descriptor of the folder. */
int scene_folder(void);

/* A sealed AccessKey whose secret is its generation, and its entry. */
struct scene_made {
	uint8_t bytes[RECORD_SIZE_MAX];
	struct seal_file file;
	struct manifest_entry entry;
};

void scene_make(struct scene_made *made, uint8_t id, uint64_t generation,
    const char *name, uint64_t not_after_ms);
struct manifest scene_list(
    uint64_t generation, const struct scene_made *made, size_t n);

/* What the store of scene_create() is. */
struct seal_expect scene_usual(void);
enum seal_err scene_open(
    const struct seal_expect *expect, bool is_writer, struct seal_store **ret);

/* Two keys; the folder is empty before. */
void scene_create(struct scene_made made[2]);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * The known answers of the sealed formats, for the tests of src/seal. Each
 * fails the running test where something is not there.
 */
#ifndef WARDER_TESTS_UNIT_KEYRECORD_H
#define WARDER_TESTS_UNIT_KEYRECORD_H

#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include "base/blob.h"

struct bytes {
	uint8_t at[8192];
	size_t len;
};

/* keyrecord-v1.json, while the group runs. */
extern cJSON *vectors;
int load_vectors(void **state);
int free_vectors(void **state);

const cJSON *member(const cJSON *object, const char *name);
const char *text(const cJSON *object, const char *name);
uint64_t number(const cJSON *object, const char *name);
void hex(const cJSON *object, const char *name, uint8_t *ret, size_t len);
struct blob *blob_of(const void *bytes, size_t len);
struct blob *blob_of_hex(const char *digits);
struct blob *keys_of(const char *master_hex);
void read_file_hex(const cJSON *object, struct bytes *file);

/* Applies xor, cut_to, append_… of a bad case. */
void change(struct bytes *file, const cJSON *how);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * What seal-make and seal-open read alike. Ends the program with the name of
 * a member that is not there or has another form.
 */
#ifndef WARDER_TESTS_BIN_SEALED_H
#define WARDER_TESTS_BIN_SEALED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include "base/blob.h"

bool sealed_has(const cJSON *object, const char *name);

/* Exactly `len` bytes in hex digits. */
void sealed_hex(
    const cJSON *object, const char *name, uint8_t *ret, size_t len);

/* As many bytes as the digits say, at most `cap`. */
size_t sealed_bytes(
    const cJSON *object, const char *name, uint8_t *ret, size_t cap);

/* The same in guarded memory; NULL where there are none. */
struct blob *sealed_blob(const cJSON *object, const char *name);

/* A whole number of 0 to `max`. */
uint64_t sealed_number(const cJSON *object, const char *name, uint64_t max);

/* The two keys of the store, from master_key. */
struct blob *sealed_keys(const cJSON *object);

#endif

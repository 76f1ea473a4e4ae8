/* SPDX-License-Identifier: ISC */
/* Reading for the tools of src/seal; see sealed.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "seal/seal.h"
#include "tests/bin/input.h"
#include "tests/bin/sealed.h"

/* Above anything that a record may hold, so that too much can be tried. */
#define PART_MAX 8192

bool
sealed_has(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name) != NULL;
}

void
sealed_hex(const cJSON *object, const char *name, uint8_t *ret, size_t len)
{
	if (hex_parse(input_text(object, name), ret, len) != 0)
		input_die(name);
}

size_t
sealed_bytes(const cJSON *object, const char *name, uint8_t *ret, size_t cap)
{
	size_t len = strlen(input_text(object, name)) / 2;

	if (!sealed_has(object, name) || len > cap)
		input_die(name);
	sealed_hex(object, name, ret, len);
	return len;
}

struct blob *
sealed_blob(const cJSON *object, const char *name)
{
	static uint8_t bytes[PART_MAX];
	size_t len = sealed_bytes(object, name, bytes, sizeof(bytes));
	struct blob *blob = NULL;

	if (len == 0)
		return NULL;
	if (blob_new(len, &blob) != 0 || blob_append(blob, bytes, len) != 0)
		input_die("no locked memory");
	return blob;
}

uint64_t
sealed_number(const cJSON *object, const char *name, uint64_t max)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

	/* 2^53 is the first that a double cannot tell from its neighbour. */
	if (!cJSON_IsNumber(item) || item->valuedouble < 0 ||
	    item->valuedouble > 9007199254740992.0 ||
	    (uint64_t)item->valuedouble > max ||
	    (double)(uint64_t)item->valuedouble < item->valuedouble)
		input_die(name);
	return (uint64_t)item->valuedouble;
}

struct blob *
sealed_keys(const cJSON *object)
{
	auto_blob struct blob *master = sealed_blob(object, "master_key");
	struct blob *keys = NULL;

	if (master == NULL || seal_keys_derive(master, &keys) != SEAL_OK)
		input_die("master_key");
	return keys;
}

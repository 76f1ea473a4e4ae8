/* SPDX-License-Identifier: ISC */
/* Reading the known answers of src/seal; see keyrecord.h. */
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
#include "seal/seal.h"
#include "tests/unit/keyrecord.h"

cJSON *vectors;

const cJSON *
member(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

const char *
text(const cJSON *object, const char *name)
{
	const cJSON *item = member(object, name);

	assert_true(cJSON_IsString(item));
	return item->valuestring;
}

uint64_t
number(const cJSON *object, const char *name)
{
	const cJSON *item = member(object, name);

	assert_true(cJSON_IsNumber(item));
	return (uint64_t)item->valuedouble;
}

void
hex(const cJSON *object, const char *name, uint8_t *ret, size_t len)
{
	assert_int_equal(hex_parse(text(object, name), ret, len), 0);
}

int
load_vectors(void **state)
{
	const char *top = getenv("top_srcdir");
	char path[512];
	static char bytes[1 << 20];
	FILE *file;

	(void)state;
	snprintf(path, sizeof(path), "%s/tests/vectors/keyrecord-v1.json",
	    top == NULL ? "." : top);
	if (base_init() != 0 || (file = fopen(path, "r")) == NULL)
		return -1;
	if (fread(bytes, 1, sizeof(bytes) - 1, file) == 0)
		return -1;
	fclose(file);
	return (vectors = cJSON_Parse(bytes)) == NULL ? -1 : 0;
}

int
free_vectors(void **state)
{
	(void)state;
	cJSON_Delete(vectors);
	return 0;
}

struct blob *
blob_of(const void *bytes, size_t len)
{
	struct blob *blob = NULL;

	assert_int_equal(blob_new(len == 0 ? 1 : len, &blob), 0);
	assert_int_equal(blob_append(blob, bytes, len), 0);
	return blob;
}

struct blob *
blob_of_hex(const char *digits)
{
	uint8_t bytes[4096];
	size_t len = strlen(digits) / 2;

	assert_true(len <= sizeof(bytes));
	assert_int_equal(hex_parse(digits, bytes, len), 0);
	return len == 0 ? NULL : blob_of(bytes, len);
}

struct blob *
keys_of(const char *master_hex)
{
	auto_blob struct blob *master = blob_of_hex(master_hex);
	struct blob *keys = NULL;

	assert_int_equal(seal_keys_derive(master, &keys), SEAL_OK);
	return keys;
}

void
read_file_hex(const cJSON *object, struct bytes *file)
{
	file->len = strlen(text(object, "file_hex")) / 2;
	assert_true(file->len <= sizeof(file->at));
	hex(object, "file_hex", file->at, file->len);
}

void
change(struct bytes *file, const cJSON *how)
{
	const cJSON *pair, *item;

	if (member(how, "file_hex") != NULL)
		read_file_hex(how, file);
	cJSON_ArrayForEach(pair, member(how, "xor"))
	{
		int at = cJSON_GetArrayItem(pair, 0)->valueint;

		file->at[at] ^= (uint8_t)cJSON_GetArrayItem(pair, 1)->valueint;
	}
	if ((item = member(how, "cut_to")) != NULL)
		file->len = (size_t)item->valueint;
	if ((item = member(how, "append_hex")) != NULL) {
		size_t n = strlen(item->valuestring) / 2;

		assert_int_equal(
		    hex_parse(item->valuestring, file->at + file->len, n), 0);
		file->len += n;
	}
	if ((item = member(how, "append_zero_bytes")) != NULL) {
		memset(file->at + file->len, 0, (size_t)item->valueint);
		file->len += (size_t)item->valueint;
	}
}

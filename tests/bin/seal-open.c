/* SPDX-License-Identifier: ISC */
/*
 * Opens one sealed record and prints what is in it, or the word of the
 * failure. It prints secrets: it is a test tool and is never installed.
 *
 *   in   {master_key, store_id, source, now_ms, record_id, generation,
 *        organization, file_hex}
 *   out  {error, secret_hex, token_hex}
 *
 * record_id, generation and organization are what the caller looks for;
 * without such a member any will do.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "seal/record.h"
#include "seal/seal.h"
#include "tests/bin/input.h"
#include "tests/bin/sealed.h"

#define FILE_MAX ((size_t)4 << 20) /* so that far too much can be tried */

struct places {
	uint8_t store_id[SEAL_ID_LEN], record_id[SEAL_ID_LEN];
};

/* The store holds a record against the same things. */
static void
read_place(const cJSON *input, struct places *ids, struct record_expect *expect)
{
	sealed_hex(input, "store_id", ids->store_id, SEAL_ID_LEN);
	expect->store_id = ids->store_id;
	expect->source = (uint8_t)sealed_number(input, "source", UINT8_MAX);
	expect->now_ms = sealed_number(input, "now_ms", UINT64_MAX);
	if (sealed_has(input, "record_id")) {
		sealed_hex(input, "record_id", ids->record_id, SEAL_ID_LEN);
		expect->record_id = ids->record_id;
	}
	if (sealed_has(input, "generation"))
		expect->least_generation =
		    sealed_number(input, "generation", UINT64_MAX);
	if (sealed_has(input, "organization"))
		expect->organization = input_text(input, "organization");
}

static void
print_hex(const char *name, const struct blob *blob)
{
	char hex[2 * RECORD_TOKEN_MAX + 1] = "";

	if (blob != NULL)
		hex_print(hex, blob_data(blob), blob_len(blob));
	printf(",\"%s\":\"%s\"", name, hex);
}

int
main(void)
{
	auto_credential struct seal_credential out = { .secret = NULL };
	auto_blob struct blob *keys = NULL;
	struct record_expect expect = { .source = 0 };
	struct places ids;
	uint8_t *file = malloc(FILE_MAX);
	cJSON *input;
	size_t len;
	enum seal_err e;

	if (base_init() != 0 || file == NULL)
		input_die("no memory, or libsodium does not start");
	input = input_read();
	keys = sealed_keys(input);
	read_place(input, &ids, &expect);
	len = sealed_bytes(input, "file_hex", file, FILE_MAX);
	e = record_open(file, len, keys, &expect, &out);
	printf("{\"error\":\"%s\"", seal_word(e));
	print_hex("secret_hex", out.secret);
	print_hex("token_hex", out.token);
	printf("}\n");
	free(file);
	cJSON_Delete(input);
	return fflush(stdout) == 0 ? 0 : 1;
}

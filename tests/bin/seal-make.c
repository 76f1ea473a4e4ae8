/* SPDX-License-Identifier: ISC */
/*
 * Seals one described credential, so that the file can be held against known
 * answers. Unlike warderctl it takes the nonce and all secrets as they are
 * given: it is a test tool and is never installed.
 *
 *   in   {master_key, inputs {kind, source, aead, api, store_id, record_id,
 *        generation, created_ms, not_after_ms, nonce, organization,
 *        credential_id, endpoint, name, secret_hex, token_hex}}
 *   out  {file_hex}
 *
 * What cannot be sealed ends it with status 1 and the word of the failure.
 */
#include "config.h"

#include <stdio.h>

#include "base/text.h"
#include "seal/record.h"
#include "seal/seal.h"
#include "tests/bin/input.h"
#include "tests/bin/sealed.h"

static void
read_text(const cJSON *inputs, const char *name, char *ret, size_t size)
{
	if (text_copy(ret, size, input_text(inputs, name)) != 0)
		input_die(seal_word(SEAL_KEY_FIELD));
}

static void
read_credential(const cJSON *inputs, struct seal_credential *from)
{
	from->kind = (enum seal_kind)sealed_number(inputs, "kind", UINT8_MAX);
	from->api = (uint8_t)sealed_number(inputs, "api", UINT8_MAX);
	read_text(inputs, "organization", from->organization,
	    sizeof(from->organization));
	read_text(inputs, "credential_id", from->id, sizeof(from->id));
	read_text(inputs, "endpoint", from->endpoint, sizeof(from->endpoint));
	read_text(inputs, "name", from->name, sizeof(from->name));
	from->secret = sealed_blob(inputs, "secret_hex");
	from->token = sealed_blob(inputs, "token_hex");
	from->created_ms = sealed_number(inputs, "created_ms", UINT64_MAX);
	from->not_after_ms = sealed_number(inputs, "not_after_ms", UINT64_MAX);
	from->generation = sealed_number(inputs, "generation", UINT64_MAX);
	sealed_hex(inputs, "record_id", from->record_id, SEAL_ID_LEN);
}

int
main(void)
{
	auto_credential struct seal_credential from = { .secret = NULL };
	auto_blob struct blob *keys = NULL;
	uint8_t store_id[SEAL_ID_LEN], nonce[RECORD_NONCE_LEN];
	uint8_t made[RECORD_SIZE_MAX];
	struct record_place place = { 0, store_id, nonce };
	char hex[2 * RECORD_SIZE_MAX + 1];
	const cJSON *inputs;
	cJSON *input;
	size_t len;
	enum seal_err e;

	if (base_init() != 0)
		input_die("libsodium does not start");
	input = input_read();
	inputs = input_member(input, "inputs");
	keys = sealed_keys(input);
	read_credential(inputs, &from);
	if (sealed_number(inputs, "aead", UINT8_MAX) != 1)
		input_die(seal_word(SEAL_KEY_FIELD));
	place.source = (uint8_t)sealed_number(inputs, "source", UINT8_MAX);
	sealed_hex(inputs, "store_id", store_id, sizeof(store_id));
	sealed_hex(inputs, "nonce", nonce, sizeof(nonce));
	e = record_make(&from, keys, &place, made, &len);
	cJSON_Delete(input);
	if (e != SEAL_OK)
		input_die(seal_word(e));
	hex_print(hex, made, len);
	printf("{\"file_hex\":\"%s\"}\n", hex);
	return fflush(stdout) == 0 ? 0 : 1;
}

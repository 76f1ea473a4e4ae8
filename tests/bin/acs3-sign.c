/* SPDX-License-Identifier: ISC */
/*
 * Signs one described request and prints every step, so that our arithmetic
 * can be held against the vendor's. Unlike the keeper it signs whatever it
 * is given: it is a test tool and is never installed.
 *
 *   in   {method, path, query [[name, value|null]], headers {name: value},
 *        body, bodyHex, accessKeyId, accessKeySecret}
 *   out  {canonicalRequest, stringToSign, authorization}
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/blob.h"
#include "tests/bin/input.h"
#include "yunxiao/acs3.h"

static struct acs3_pair query[ACS3_PAIRS_MAX], headers[ACS3_PAIRS_MAX];

/* Length first, then the marks become the NULs they stand for. */
static struct acs3_text
text_of(const cJSON *item)
{
	struct acs3_text text = { "", 0 };
	char *at;

	if (!cJSON_IsString(item))
		return text;
	text.bytes = item->valuestring;
	text.len = strlen(item->valuestring);
	for (at = item->valuestring; *at != '\0'; at++) {
		if (*at == INPUT_NUL)
			*at = '\0';
	}
	return text;
}

static struct acs3_text
member_of(const cJSON *object, const char *name)
{
	return text_of(cJSON_GetObjectItemCaseSensitive(object, name));
}

static size_t
read_query(const cJSON *list)
{
	const cJSON *pair;
	size_t n = 0;

	cJSON_ArrayForEach(pair, list)
	{
		if (n == ACS3_PAIRS_MAX)
			input_die("too many query members");
		query[n].name = text_of(cJSON_GetArrayItem(pair, 0));
		query[n].value = text_of(cJSON_GetArrayItem(pair, 1));
		n++;
	}
	return n;
}

static size_t
read_headers(const cJSON *object)
{
	const cJSON *item;
	size_t n = 0;

	cJSON_ArrayForEach(item, object)
	{
		if (n == ACS3_PAIRS_MAX)
			input_die("too many headers");
		if (cJSON_IsNull(item))
			continue;
		headers[n].name.bytes = item->string;
		headers[n].name.len = strlen(item->string);
		headers[n].value = text_of(item);
		n++;
	}
	return n;
}

static int
digit_of(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at;

	if (c >= 'A' && c <= 'F')
		c = (char)(c - 'A' + 'a');
	at = c == '\0' ? NULL : strchr(digits, c);
	return at == NULL ? -1 : (int)(at - digits);
}

/* What read_body() made of hex; main frees it. */
static char *body_owned;

/* bodyHex is the truth; body is the same as text, if it is one. */
static struct acs3_text
read_body(const cJSON *input)
{
	const cJSON *hex = cJSON_GetObjectItemCaseSensitive(input, "bodyHex");
	struct acs3_text body = { "", 0 };
	static char *bytes; /* read until the end of the program */

	if (!cJSON_IsString(hex))
		return member_of(input, "body");
	body.len = strlen(hex->valuestring) / 2;
	if (strlen(hex->valuestring) % 2 != 0 ||
	    (bytes = malloc(body.len + 1)) == NULL)
		input_die("bodyHex is not hex");
	for (size_t i = 0; i < body.len; i++) {
		int high = digit_of(hex->valuestring[2 * i]);
		int low = digit_of(hex->valuestring[2 * i + 1]);

		if (high < 0 || low < 0)
			input_die("bodyHex is not hex");
		bytes[i] = (char)(high << 4 | low);
	}
	body.bytes = body_owned = bytes;
	return body;
}

/* JSON string from bytes; a NUL is written as the escape it came as. */
static void
print_string(const char *bytes, size_t len)
{
	putchar('"');
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (c < 0x20)
			printf("\\u%04x", c);
		else
			putchar(c);
	}
	putchar('"');
}

static void
print_all(const struct blob *canonical, const struct blob *names,
    struct acs3_text id, const struct blob *secret)
{
	char to_sign[ACS3_TO_SIGN_SIZE], signature[ACS3_HEX_SIZE];
	char *line = NULL;
	size_t len = 0;
	FILE *out;

	acs3_to_sign(to_sign, canonical);
	if (acs3_signature(signature, secret, to_sign) != 0 ||
	    (out = open_memstream(&line, &len)) == NULL)
		input_die("no memory");
	fputs("ACS3-HMAC-SHA256 Credential=", out);
	fwrite(id.bytes, 1, id.len, out);
	fputs(",SignedHeaders=", out);
	fwrite(blob_data(names), 1, blob_len(names), out);
	fprintf(out, ",Signature=%s", signature);
	fclose(out);
	fputs("{\"canonicalRequest\":", stdout);
	print_string((const char *)blob_data(canonical), blob_len(canonical));
	fputs(",\"stringToSign\":", stdout);
	print_string(to_sign, strlen(to_sign));
	fputs(",\"authorization\":", stdout);
	print_string(line, len);
	puts("}");
	free(line);
}

int
main(void)
{
	auto_blob struct blob *canonical = NULL, *names = NULL, *secret = NULL;
	struct acs3_request request = { .query = query, .headers = headers };
	struct acs3_text body, key;
	cJSON *input;

	if (base_init() != 0)
		input_die("libsodium does not start");
	input = input_read();
	request.method = member_of(input, "method");
	request.path = member_of(input, "path");
	request.query_n = read_query(input_member(input, "query"));
	request.headers_n = read_headers(input_member(input, "headers"));
	body = read_body(input);
	request.body = (const uint8_t *)body.bytes;
	request.body_len = body.len;
	key = member_of(input, "accessKeySecret");
	if (blob_new(key.len + 1, &secret) != 0 ||
	    blob_append(secret, key.bytes, key.len) != 0 ||
	    acs3_canonical(&request, &canonical, &names) != 0)
		input_die("the request cannot be signed");
	print_all(canonical, names, member_of(input, "accessKeyId"), secret);
	cJSON_Delete(input);
	free(body_owned);
	return fflush(stdout) == 0 ? 0 : 1;
}

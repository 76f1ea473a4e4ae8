/* SPDX-License-Identifier: ISC */
/*
 * The canonical request has one spelling for everything that may be written
 * in several ways. Nothing is decoded here: decoding twice is how two sides
 * come to sign different requests.
 *
 *   METHOD LF path LF query LF headers LF names LF hash of the body
 *   query    name=value joined by &, sorted by name
 *   headers  name:value LF each, sorted; host, content-type, x-acs-*
 *   names    joined by ;
 */
#include "config.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "yunxiao/acs3.h"

#define ALGORITHM "ACS3-HMAC-SHA256"

static bool
is_unreserved(unsigned char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' ||
	       c == '~';
}

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') ||
	       (c >= 'a' && c <= 'f');
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

size_t
acs3_encode(char *ret, size_t size, struct acs3_text text)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.bytes[i];
		char triplet[3] = { '%', digits[c >> 4], digits[c & 15] };
		size_t len = is_unreserved(c) ? 1 : 3;

		if (n + len < size)
			memcpy(
			    ret + n, len == 1 ? &text.bytes[i] : triplet, len);
		n += len;
	}
	if (size > 0)
		ret[n < size ? n : 0] = '\0';
	return n;
}

/* A growing text in a blob; the first failure is kept. */
struct sink {
	struct blob *blob;
	int r;
};

static void
add(struct sink *out, const void *bytes, size_t len)
{
	if (out->r == 0)
		out->r = blob_append(out->blob, bytes, len);
}

static void
add_encoded(struct sink *out, struct acs3_text text)
{
	char one[4];

	for (size_t i = 0; i < text.len; i++)
		add(out, one,
		    acs3_encode(one, sizeof(one),
		        (struct acs3_text){ text.bytes + i, 1 }));
}

/* The path is encoded already; what slipped through raw is encoded now. */
static void
add_path(struct sink *out, struct acs3_text path)
{
	if (path.len == 0)
		add(out, "/", 1);
	for (size_t i = 0; i < path.len; i++) {
		const char *at = path.bytes + i;
		bool is_triplet = *at == '%' && i + 2 < path.len &&
		                  is_hex(at[1]) && is_hex(at[2]);

		if (is_triplet || *at == '/')
			add(out, at, 1);
		else
			add_encoded(out, (struct acs3_text){ at, 1 });
	}
}

static int
compare_bytes(struct acs3_text a, struct acs3_text b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int r = len == 0 ? 0 : memcmp(a.bytes, b.bytes, len);

	if (r != 0)
		return r;
	return (a.len > b.len) - (a.len < b.len);
}

static int
compare_folded(struct acs3_text a, struct acs3_text b)
{
	for (size_t i = 0; i < a.len && i < b.len; i++) {
		unsigned char x = (unsigned char)lower(a.bytes[i]);
		unsigned char y = (unsigned char)lower(b.bytes[i]);

		if (x != y)
			return x < y ? -1 : 1;
	}
	return (a.len > b.len) - (a.len < b.len);
}

/* By name alone; equal names stay in their order. */
static int
compare_query(const void *one, const void *other)
{
	const struct acs3_pair *a = *(const struct acs3_pair *const *)one;
	const struct acs3_pair *b = *(const struct acs3_pair *const *)other;
	int r = compare_bytes(a->name, b->name);

	return r != 0 ? r : (a > b) - (a < b);
}

static struct acs3_text
strip(struct acs3_text text)
{
	while (text.len > 0 && (*text.bytes == ' ' || *text.bytes == '\t'))
		text.bytes++, text.len--;
	while (text.len > 0 && (text.bytes[text.len - 1] == ' ' ||
	                           text.bytes[text.len - 1] == '\t'))
		text.len--;
	return text;
}

static int
compare_header(const void *one, const void *other)
{
	const struct acs3_pair *a = *(const struct acs3_pair *const *)one;
	const struct acs3_pair *b = *(const struct acs3_pair *const *)other;
	int r = compare_folded(a->name, b->name);

	return r != 0 ? r : compare_bytes(strip(a->value), strip(b->value));
}

static bool
is_named(struct acs3_text name, const char *word)
{
	return compare_folded(name, (struct acs3_text){ word, strlen(word) }) ==
	       0;
}

static bool
is_signed(struct acs3_text name)
{
	static const char prefix[] = "x-acs-";
	const size_t len = sizeof(prefix) - 1;

	return is_named(name, "host") || is_named(name, "content-type") ||
	       (name.len >= len &&
	           is_named((struct acs3_text){ name.bytes, len }, prefix));
}

static void
add_query(struct sink *out, const struct acs3_pair *const *sorted, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			add(out, "&", 1);
		add_encoded(out, sorted[i]->name);
		add(out, "=", 1);
		add_encoded(out, sorted[i]->value);
	}
}

static void
add_lower(struct sink *out, struct acs3_text name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = lower(name.bytes[i]);

		add(out, &c, 1);
	}
}

/* A name that comes twice is one line, its values joined by commas. */
static void
add_headers(struct sink *out, struct sink *names,
    const struct acs3_pair *const *sorted, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct acs3_text value = strip(sorted[i]->value);

		if (i > 0 &&
		    compare_folded(sorted[i - 1]->name, sorted[i]->name) == 0) {
			add(out, ",", 1);
		} else {
			if (i > 0) {
				add(out, "\n", 1);
				add(names, ";", 1);
			}
			add_lower(out, sorted[i]->name);
			add(out, ":", 1);
			add_lower(names, sorted[i]->name);
		}
		add(out, value.bytes, value.len);
	}
	if (n > 0)
		add(out, "\n", 1);
}

/* No spelling is longer than this. */
static size_t
room_for(const struct acs3_request *request)
{
	size_t room = 256 + request->method.len + 3 * request->path.len;

	for (size_t i = 0; i < request->query_n; i++)
		room += 2 + 3 * (request->query[i].name.len +
		                    request->query[i].value.len);
	for (size_t i = 0; i < request->headers_n; i++)
		room += 4 + 2 * request->headers[i].name.len +
		        request->headers[i].value.len;
	return room;
}

static void
add_body_hash(struct sink *out, const struct acs3_request *request)
{
	uint8_t hash[crypto_hash_sha256_BYTES];
	char hex[ACS3_HEX_SIZE];

	crypto_hash_sha256(hash,
	    request->body_len == 0 ? (const uint8_t *)"" : request->body,
	    request->body_len);
	hex_print(hex, hash, sizeof(hash));
	add(out, hex, sizeof(hex) - 1);
}

static void
add_all(
    struct sink *out, struct sink *names, const struct acs3_request *request)
{
	const struct acs3_pair *sorted[ACS3_PAIRS_MAX];
	size_t n = 0;

	add(out, request->method.bytes, request->method.len);
	add(out, "\n", 1);
	add_path(out, request->path);
	add(out, "\n", 1);
	for (; n < request->query_n; n++)
		sorted[n] = &request->query[n];
	qsort(sorted, n, sizeof(sorted[0]), compare_query);
	add_query(out, sorted, n);
	add(out, "\n", 1);
	n = 0;
	for (size_t i = 0; i < request->headers_n; i++) {
		if (is_signed(request->headers[i].name))
			sorted[n++] = &request->headers[i];
	}
	qsort(sorted, n, sizeof(sorted[0]), compare_header);
	add_headers(out, names, sorted, n);
	add(out, "\n", 1);
	add(out, blob_data(names->blob), blob_len(names->blob));
	add(out, "\n", 1);
	add_body_hash(out, request);
}

int
acs3_canonical(const struct acs3_request *request, struct blob **ret_canonical,
    struct blob **ret_names)
{
	auto_blob struct blob *canonical = NULL, *names = NULL;
	struct sink out = { 0 }, names_out = { 0 };
	size_t room = room_for(request);
	int r;

	if (request->query_n > ACS3_PAIRS_MAX ||
	    request->headers_n > ACS3_PAIRS_MAX)
		return WARDER_ETOOBIG;
	if ((r = blob_new(room, &canonical)) != 0 ||
	    (r = blob_new(room, &names)) != 0)
		return r;
	out.blob = canonical;
	names_out.blob = names;
	add_all(&out, &names_out, request);
	if (out.r != 0 || names_out.r != 0)
		return out.r != 0 ? out.r : names_out.r;
	*ret_canonical = blob_steal(&canonical);
	*ret_names = blob_steal(&names);
	return WARDER_OK;
}

void
acs3_to_sign(char ret[ACS3_TO_SIGN_SIZE], const struct blob *canonical)
{
	uint8_t hash[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(hash, blob_data(canonical), blob_len(canonical));
	memcpy(ret, ALGORITHM "\n", sizeof(ALGORITHM));
	hex_print(ret + sizeof(ALGORITHM), hash, sizeof(hash));
}

/*
 * The state of an HMAC is as good as the key, so it stands in a blob too;
 * its size keeps it aligned there (the bytes end at a page's end).
 */
int
acs3_signature(
    char ret[ACS3_HEX_SIZE], const struct blob *secret, const char *to_sign)
{
	auto_blob struct blob *memory = NULL;
	crypto_auth_hmacsha256_state *state;
	uint8_t mac[crypto_auth_hmacsha256_BYTES];
	int r;

	_Static_assert(sizeof(*state) % 16 == 0, "state must stay aligned");
	if ((r = blob_new(sizeof(*state), &memory)) != 0)
		return r;
	state = (void *)blob_space(memory);
	crypto_auth_hmacsha256_init(state, blob_data(secret), blob_len(secret));
	crypto_auth_hmacsha256_update(
	    state, (const uint8_t *)to_sign, strlen(to_sign));
	crypto_auth_hmacsha256_final(state, mac);
	sodium_stackzero(2048);
	hex_print(ret, mac, sizeof(mac));
	return WARDER_OK;
}

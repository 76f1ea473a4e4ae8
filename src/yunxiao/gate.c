/* SPDX-License-Identifier: ISC */
/*
 * One reading of a run becomes one string of bytes with one hash, whatever
 * the order in which the server lists sources, parameters and validators.
 *
 *   "warder/gate/1" LF
 *   s org · s pipeline · s run · s job · u64 start of the job, ms
 *   s stage · s job name · u8 trigger · s account of the trigger
 *   u16 n, sources     s repo · s branch · s commit
 *   u16 n, parameters  s name · u8 hidden · s value
 *   u16 n, validators  s id
 *
 * s is u16 length and bytes. Lists are sorted as bytes, equal ones once.
 */
#include "config.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "yunxiao/gate.h"

#define PREFIX "warder/gate/1\n"
#define TEXT_ROOM (2 + GATE_TEXT_LEN_MAX)
#define ELEMENT_ROOM (3 * TEXT_ROOM + 1)
#define HEAD_ROOM (sizeof(PREFIX) + 9 * TEXT_ROOM + 16)

static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";

/* A text above the cap enters as `sha256:` and the hash of its whole. */
static void
put_gate_text(struct wbuf *out, struct gate_text text)
{
	char mark[7 + 2 * crypto_hash_sha256_BYTES + 1] = "sha256:";
	const char *bytes = text.text == NULL ? "" : text.text;
	uint8_t own[crypto_hash_sha256_BYTES];
	size_t len = strlen(bytes);

	if (text.whole == NULL && len > GATE_TEXT_LEN_MAX) {
		crypto_hash_sha256(own, (const uint8_t *)bytes, len);
		text.whole = own;
	}
	if (text.whole != NULL) {
		hex_print(mark + 7, text.whole, crypto_hash_sha256_BYTES);
		bytes = mark;
	}
	put_text16(out, bytes);
}

void
gate_commit(char ret[65], struct gate_text commit)
{
	size_t len = commit.text == NULL ? 0 : strlen(commit.text);

	if (commit.whole != NULL || (len != 40 && len != 64))
		len = 0;
	for (size_t i = 0; i < len; i++) {
		char c = commit.text[i];

		if (c >= 'A' && c <= 'F')
			c = (char)(c - 'A' + 'a');
		if ((c < '0' || c > '9') && (c < 'a' || c > 'f'))
			len = 0;
		else
			ret[i] = c;
	}
	ret[len] = '\0';
}

static void
put_commit(struct wbuf *out, struct gate_text commit)
{
	char hex[65];

	gate_commit(hex, commit);
	put_text16(out, hex);
}

static void
put_source(struct wbuf *out, const struct gate_facts *facts, size_t n)
{
	put_gate_text(out, facts->sources[n].repo);
	put_gate_text(out, facts->sources[n].branch);
	put_commit(out, facts->sources[n].commit);
}

static void
put_parameter(struct wbuf *out, const struct gate_facts *facts, size_t n)
{
	const struct gate_parameter *parameter = &facts->parameters[n];
	static const struct gate_text nothing = { "", NULL };

	put_gate_text(out, parameter->name);
	put_u8(out, parameter->is_hidden ? 1 : 0);
	put_gate_text(out, parameter->is_hidden ? nothing : parameter->value);
}

static void
put_validator(struct wbuf *out, const struct gate_facts *facts, size_t n)
{
	put_gate_text(out, facts->validators[n]);
}

/* Bytes that grow; malloc'ed. */
struct grown {
	uint8_t *bytes;
	size_t len, cap;
};

static void
grown_clear(struct grown *grown)
{
	free(grown->bytes);
}
#define auto_grown __attribute__((cleanup(grown_clear)))

static int
grown_add(struct grown *grown, const void *bytes, size_t len)
{
	size_t cap = grown->cap;
	uint8_t *more;

	while (cap - grown->len < len)
		cap = cap == 0 ? 4096 : 2 * cap;
	if (cap != grown->cap) {
		if ((more = realloc(grown->bytes, cap)) == NULL)
			return WARDER_ENOMEM;
		grown->bytes = more;
		grown->cap = cap;
	}
	if (len != 0)
		memcpy(grown->bytes + grown->len, bytes, len);
	grown->len += len;
	return WARDER_OK;
}

struct element {
	const uint8_t *at;
	size_t offset, len;
};

static int
compare_elements(const void *one, const void *other)
{
	const struct element *a = one, *b = other;
	int r = memcmp(a->at, b->at, a->len < b->len ? a->len : b->len);

	if (r != 0)
		return r;
	return (a->len > b->len) - (a->len < b->len);
}

/* Counts and writes the sorted elements, equal ones once. */
static int
add_sorted(
    struct grown *out, const struct element *elements, size_t n, size_t cap)
{
	size_t count = 0;
	uint8_t head[2];
	int r;

	for (size_t i = 0; i < n; i++) {
		if (i == 0 ||
		    compare_elements(&elements[i - 1], &elements[i]) != 0)
			count++;
	}
	if (count > cap)
		return WARDER_EFULL;
	head[0] = (uint8_t)(count >> 8);
	head[1] = (uint8_t)count;
	if ((r = grown_add(out, head, sizeof(head))) != 0)
		return r;
	for (size_t i = 0; i < n; i++) {
		if (i > 0 &&
		    compare_elements(&elements[i - 1], &elements[i]) == 0)
			continue;
		if ((r = grown_add(out, elements[i].at, elements[i].len)) != 0)
			return r;
	}
	return WARDER_OK;
}

typedef void put_element(
    struct wbuf *out, const struct gate_facts *facts, size_t n);

static int
add_list(struct grown *out, const struct gate_facts *facts, size_t n,
    size_t cap, put_element *put)
{
	auto_grown struct grown all = { 0 };
	struct element *elements;
	int r = WARDER_OK;

	if ((elements = calloc(n + 1, sizeof(*elements))) == NULL)
		return WARDER_ENOMEM;
	for (size_t i = 0; i < n && r == 0; i++) {
		uint8_t bytes[ELEMENT_ROOM];
		struct wbuf one = wbuf_of(bytes, sizeof(bytes));

		put(&one, facts, i);
		elements[i].offset = all.len;
		elements[i].len = one.len;
		if ((r = wbuf_end(&one)) == 0)
			r = grown_add(&all, bytes, one.len);
	}
	if (r == 0) {
		for (size_t i = 0; i < n; i++)
			elements[i].at = all.bytes + elements[i].offset;
		qsort(elements, n, sizeof(*elements), compare_elements);
		r = add_sorted(out, elements, n, cap);
	}
	free(elements);
	return r;
}

static bool
is_trigger(uint8_t trigger)
{
	return trigger == 1 || trigger == 2 || trigger == 3 || trigger == 5 ||
	       trigger == 6;
}

static int
add_head(struct grown *out, const struct gate_facts *facts)
{
	uint8_t bytes[HEAD_ROOM];
	struct wbuf head = wbuf_of(bytes, sizeof(bytes));
	int r;

	put_bytes(&head, PREFIX, sizeof(PREFIX) - 1);
	put_text16(&head, facts->ids.org);
	put_text16(&head, facts->ids.pipeline);
	put_text16(&head, facts->ids.run);
	put_text16(&head, facts->ids.job);
	put_u64(&head, facts->start_ms);
	put_gate_text(&head, facts->stage);
	put_gate_text(&head, facts->job);
	put_u8(&head, is_trigger(facts->trigger) ? facts->trigger : 0);
	put_gate_text(&head, facts->starter);
	if ((r = wbuf_end(&head)) != 0)
		return r;
	return grown_add(out, bytes, head.len);
}

int
gate_preimage(
    const struct gate_facts *facts, uint8_t **ret_bytes, size_t *ret_len)
{
	auto_grown struct grown out = { 0 };
	int r;

	if ((r = ids_check(&facts->ids, IDS_JOB)) != 0 ||
	    (r = add_head(&out, facts)) != 0 ||
	    (r = add_list(&out, facts, facts->sources_n, GATE_SOURCES_MAX,
	         put_source)) != 0 ||
	    (r = add_list(&out, facts, facts->parameters_n, GATE_PARAMETERS_MAX,
	         put_parameter)) != 0 ||
	    (r = add_list(&out, facts, facts->validators_n, GATE_VALIDATORS_MAX,
	         put_validator)) != 0)
		return r;
	*ret_bytes = out.bytes;
	*ret_len = out.len;
	out.bytes = NULL;
	return WARDER_OK;
}

int
gate_hash(const struct gate_facts *facts, uint8_t ret_hash[GATE_HASH_LEN])
{
	uint8_t *bytes;
	size_t len;
	int r;

	if ((r = gate_preimage(facts, &bytes, &len)) != 0)
		return r;
	crypto_hash_sha256(ret_hash, bytes, len);
	free(bytes);
	return WARDER_OK;
}

/* Five bits a letter, most significant first, a dash after each group. */
static void
print_bits(char *ret, const uint8_t *hash, size_t letters, size_t group)
{
	for (size_t i = 0; i < letters; i++) {
		unsigned int five = 0;

		if (i > 0 && i % group == 0)
			*ret++ = '-';
		for (size_t bit = 5 * i; bit < 5 * i + 5; bit++) {
			unsigned int byte = hash[bit / 8];

			five = five << 1 | (byte >> (7 - bit % 8) & 1u);
		}
		*ret++ = alphabet[five];
	}
	*ret = '\0';
}

void
gate_handle_print(char ret[GATE_HANDLE_SIZE], const uint8_t hash[GATE_HASH_LEN])
{
	print_bits(ret, hash, 12, 4);
}

void
gate_fingerprint_print(
    char ret[GATE_FINGERPRINT_SIZE], const uint8_t hash[GATE_HASH_LEN])
{
	print_bits(ret, hash, 26, 5);
}

static int
parse_bits(const char *text, size_t letters, size_t group, char *ret)
{
	size_t dashes = (letters - 1) / group;
	bool has_dashes = strlen(text) == letters + dashes;
	char *at = ret;

	if (!has_dashes && strlen(text) != letters)
		return WARDER_EFORM;
	for (size_t i = 0; i < letters; i++) {
		char c;

		if (i > 0 && i % group == 0) {
			if (has_dashes && *text++ != '-')
				return WARDER_EFORM;
			*at++ = '-';
		}
		c = *text++;
		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (c == '\0' || strchr(alphabet, c) == NULL)
			return WARDER_EFORM;
		*at++ = c;
	}
	*at = '\0';
	return WARDER_OK;
}

int
gate_handle_parse(const char *text, char ret_handle[GATE_HANDLE_SIZE])
{
	char handle[GATE_HANDLE_SIZE];
	int r;

	if ((r = parse_bits(text, 12, 4, handle)) != 0)
		return r;
	memcpy(ret_handle, handle, sizeof(handle));
	return WARDER_OK;
}

int
gate_fingerprint_parse(
    const char *text, char ret_fingerprint[GATE_FINGERPRINT_SIZE])
{
	char fingerprint[GATE_FINGERPRINT_SIZE];
	int r;

	if ((r = parse_bits(text, 26, 5, fingerprint)) != 0)
		return r;
	memcpy(ret_fingerprint, fingerprint, sizeof(fingerprint));
	return WARDER_OK;
}

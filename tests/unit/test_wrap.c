/* SPDX-License-Identifier: ISC */
/*
 * master.wrap: hostile files first. argon2id needs of a file only salt and
 * cost, so all other bits are tried with one key; of the bits that change
 * what argon2id is given a few are, at the least cost that is accepted.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cjson/cJSON.h>
#include <cmocka.h>
#include <sodium.h>

#include "base/rand.h"
#include "seal/internal.h"
#include "tests/unit/keyrecord.h"

#define WORDS "correct horse battery staple"

static const cJSON *
inputs(void)
{
	return member(member(vectors, "wrap"), "inputs");
}

static struct blob *
passphrase_of(const cJSON *object)
{
	const cJSON *other = member(object, "passphrase_hex");

	return blob_of_hex(other != NULL ? other->valuestring
	                                 : text(inputs(), "passphrase_hex"));
}

/* A wrap at the least cost, of the vectors' master. */
static void
make_cheap(struct blob **ret_passphrase, uint8_t ret_bytes[WRAP_LEN])
{
	auto_blob struct blob *master =
	    blob_of_hex(text(vectors, "master_key"));
	struct wrap_head head = {
		.ops = WRAP_OPS_MIN, .kib = WRAP_KIB_MIN, .created_ms = 1
	};

	rand_fill(head.store_id, sizeof(head.store_id));
	rand_fill(head.salt, sizeof(head.salt));
	rand_fill(head.nonce, sizeof(head.nonce));
	*ret_passphrase = blob_of(WORDS, sizeof(WORDS) - 1);
	assert_int_equal(
	    wrap_make(&head, *ret_passphrase, master, ret_bytes), SEAL_OK);
}

static void
every_bad_wrap_is_refused_by_name(void **state)
{
	const cJSON *how;
	size_t n = 0;

	(void)state;
	cJSON_ArrayForEach(how, member(vectors, "bad_wraps"))
	{
		auto_blob struct blob *passphrase =
		    passphrase_of(member(how, "open_with"));
		auto_blob struct blob *master = NULL;
		struct bytes file;

		read_file_hex(member(vectors, "wrap"), &file);
		change(&file, how);
		assert_string_equal(seal_word(wrap_open(file.at, file.len,
		                        passphrase, NULL, &master)),
		    text(how, "expect"));
		assert_null(master);
		n++;
	}
	assert_int_equal(n, 9);
}

static void
a_wrap_of_another_store_or_key_is_refused(void **state)
{
	auto_blob struct blob *passphrase = NULL, *master = NULL, *key = NULL;
	uint8_t bytes[WRAP_LEN], other[SEAL_ID_LEN] = { 1 };
	struct wrap_head head;

	(void)state;
	make_cheap(&passphrase, bytes);
	assert_int_equal(wrap_peek(bytes, sizeof(bytes), &head), SEAL_OK);
	assert_int_equal(wrap_key(&head, passphrase, &key), SEAL_OK);
	assert_int_equal(
	    wrap_unseal(bytes, key, other, &master), SEAL_WRAP_STORE);
	assert_null(master);
	assert_int_equal(
	    wrap_unseal(bytes, key, head.store_id, &master), SEAL_OK);
}

/* Whoever knows the passphrase may still not name another master. */
static void
a_head_that_names_another_master_is_refused(void **state)
{
	static const char *const hex = "000102030405060708090a0b0c0d0e0f"
	                               "101112131415161718191a1b1c1d1e1f";
	auto_blob struct blob *passphrase = NULL, *key = NULL, *out = NULL;
	auto_blob struct blob *other = blob_of_hex(hex);
	uint8_t bytes[WRAP_LEN];
	struct wrap_head head;
	unsigned long long n;

	(void)state;
	make_cheap(&passphrase, bytes);
	assert_int_equal(wrap_peek(bytes, sizeof(bytes), &head), SEAL_OK);
	assert_int_equal(wrap_key(&head, passphrase, &key), SEAL_OK);
	crypto_aead_xchacha20poly1305_ietf_encrypt(bytes + WRAP_HEAD_LEN, &n,
	    blob_data(other), blob_len(other), bytes, WRAP_HEAD_LEN, NULL,
	    head.nonce, blob_data(key));
	assert_int_equal(wrap_unseal(bytes, key, NULL, &out), SEAL_WRAP_MASTER);
	assert_null(out);
}

/* What a wrap with a changed byte `at` says, by its layout; NULL: salt. */
static const char *
want_of(const uint8_t *file, size_t at)
{
	uint32_t n = (uint32_t)file[at & ~3u] << 24 |
	             (uint32_t)file[(at & ~3u) + 1] << 16 |
	             (uint32_t)file[(at & ~3u) + 2] << 8 | file[(at & ~3u) + 3];

	if (at < 8)
		return "wrap_magic";
	if (at < 10)
		return "wrap_version";
	if (at < 16 || (at >= 104 && at < 112))
		return "wrap_field";
	if (at >= 48 && at < 52)
		return n >= 2 && n <= 10 ? NULL : "wrap_cost";
	if (at >= 52 && at < 56)
		return n >= 65536 && n <= 1048576 ? NULL : "wrap_cost";
	if (at >= 56 && at < 72)
		return NULL;
	return "wrap_passphrase";
}

static void
every_bit_of_a_wrap_counts(void **state)
{
	auto_blob struct blob *passphrase = NULL, *key = NULL;
	uint8_t bytes[WRAP_LEN];
	struct wrap_head head;
	size_t tried = 0, costly = 0;

	(void)state;
	make_cheap(&passphrase, bytes);
	assert_int_equal(wrap_peek(bytes, sizeof(bytes), &head), SEAL_OK);
	assert_int_equal(wrap_key(&head, passphrase, &key), SEAL_OK);
	for (size_t bit = 0; bit < 8 * sizeof(bytes); bit++) {
		auto_blob struct blob *out = NULL;
		const char *want;

		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if ((want = want_of(bytes, bit / 8)) != NULL) {
			assert_string_equal(
			    seal_word(wrap_unseal(bytes, key, NULL, &out)),
			    want);
			tried++;
		} else if (bit % 64 == 0) {
			assert_int_equal(wrap_open(bytes, sizeof(bytes),
			                     passphrase, NULL, &out),
			    SEAL_WRAP_PASSPHRASE);
			costly++;
		} else {
			/* The tag is over salt and cost too. */
			assert_int_equal(wrap_unseal(bytes, key, NULL, &out),
			    SEAL_WRAP_PASSPHRASE);
			tried++;
		}
		assert_null(out);
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_int_equal(tried + costly, 8 * sizeof(bytes));
	assert_int_equal(costly, 2);
}

static void
every_other_length_is_refused(void **state)
{
	auto_blob struct blob *passphrase = NULL, *out = NULL;
	uint8_t bytes[2 * WRAP_LEN] = { 0 };

	(void)state;
	make_cheap(&passphrase, bytes);
	for (size_t len = 0; len <= sizeof(bytes); len++) {
		if (len == WRAP_LEN)
			continue;
		assert_int_equal(wrap_open(bytes, len, passphrase, NULL, &out),
		    SEAL_WRAP_LENGTH);
	}
	assert_null(out);
}

static void
a_passphrase_has_16_to_255_bytes(void **state)
{
	auto_blob struct blob *master =
	    blob_of_hex(text(vectors, "master_key"));
	struct wrap_head head = { .ops = WRAP_OPS_MIN, .kib = WRAP_KIB_MIN };
	static const struct {
		size_t len;
		enum seal_err want;
	} cases[] = { { 15, SEAL_WRAP_PASSPHRASE }, { 16, SEAL_OK },
		{ 255, SEAL_OK }, { 256, SEAL_WRAP_PASSPHRASE } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		auto_blob struct blob *words = NULL;
		uint8_t bytes[WRAP_LEN];

		assert_int_equal(blob_new(cases[i].len, &words), 0);
		assert_int_equal(blob_set_len(words, cases[i].len), 0);
		memset(blob_space(words), 'x', cases[i].len);
		assert_int_equal(
		    wrap_make(&head, words, master, bytes), cases[i].want);
	}
}

/* Nothing cheaper is made, and nothing dearer either. */
static void
no_wrap_is_made_out_of_bounds(void **state)
{
	static const struct {
		uint32_t ops, kib;
	} costs[] = { { 1, WRAP_KIB_MIN }, { 11, WRAP_KIB_MIN },
		{ 3, WRAP_KIB_MIN - 1 }, { 3, WRAP_KIB_MAX + 1 } };
	auto_blob struct blob *words = blob_of(WORDS, sizeof(WORDS) - 1);
	auto_blob struct blob *master =
	    blob_of_hex(text(vectors, "master_key"));
	uint8_t bytes[WRAP_LEN];

	(void)state;
	for (size_t i = 0; i < sizeof(costs) / sizeof(costs[0]); i++) {
		struct wrap_head head = { .ops = costs[i].ops,
			.kib = costs[i].kib };

		assert_int_equal(
		    wrap_make(&head, words, master, bytes), SEAL_WRAP_COST);
	}
}

/* How much this process has mapped, in bytes. */
static rlim_t
mapped(void)
{
	FILE *file = fopen("/proc/self/statm", "r");
	unsigned long pages = 0;

	assert_non_null(file);
	assert_int_equal(fscanf(file, "%lu", &pages), 1);
	fclose(file);
	return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

static void
too_little_memory_is_an_error_and_never_a_lower_cost(void **state)
{
	auto_blob struct blob *passphrase = NULL, *out = NULL;
	uint8_t bytes[WRAP_LEN];
	struct rlimit was, tight;

	(void)state;
#ifdef WARDER_SANITIZERS
	skip(); /* the sanitizer has mapped all there is to map */
#endif
	make_cheap(&passphrase, bytes);
	assert_int_equal(getrlimit(RLIMIT_AS, &was), 0);
	tight = was;
	tight.rlim_cur = mapped() + (rlim_t)WRAP_KIB_MIN * 512;
	assert_int_equal(setrlimit(RLIMIT_AS, &tight), 0);
	assert_int_equal(
	    wrap_open(bytes, sizeof(bytes), passphrase, NULL, &out),
	    SEAL_WRAP_MEMORY);
	assert_null(out);
	assert_int_equal(setrlimit(RLIMIT_AS, &was), 0);
	assert_int_equal(
	    wrap_open(bytes, sizeof(bytes), passphrase, NULL, &out), SEAL_OK);
}

static void
the_vector_wraps_and_opens_byte_for_byte(void **state)
{
	auto_blob struct blob *words = passphrase_of(NULL);
	auto_blob struct blob *master =
	    blob_of_hex(text(inputs(), "master_key"));
	auto_blob struct blob *out = NULL;
	struct wrap_head head = { .ops = (uint32_t)number(inputs(), "ops"),
		.kib = (uint32_t)number(inputs(), "mem_kib"),
		.created_ms = number(inputs(), "created_ms") };
	uint8_t bytes[WRAP_LEN];
	struct bytes file;

	(void)state;
	hex(inputs(), "store_id", head.store_id, sizeof(head.store_id));
	hex(inputs(), "salt", head.salt, sizeof(head.salt));
	hex(inputs(), "nonce", head.nonce, sizeof(head.nonce));
	read_file_hex(member(vectors, "wrap"), &file);
	assert_int_equal(file.len, WRAP_LEN);
	assert_int_equal(wrap_make(&head, words, master, bytes), SEAL_OK);
	assert_memory_equal(bytes, file.at, WRAP_LEN);
	assert_int_equal(
	    wrap_open(file.at, file.len, words, head.store_id, &out), SEAL_OK);
	assert_true(blob_is_equal(out, master));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_bad_wrap_is_refused_by_name),
		cmocka_unit_test(a_wrap_of_another_store_or_key_is_refused),
		cmocka_unit_test(a_head_that_names_another_master_is_refused),
		cmocka_unit_test(every_bit_of_a_wrap_counts),
		cmocka_unit_test(every_other_length_is_refused),
		cmocka_unit_test(a_passphrase_has_16_to_255_bytes),
		cmocka_unit_test(no_wrap_is_made_out_of_bounds),
		cmocka_unit_test(
		    too_little_memory_is_an_error_and_never_a_lower_cost),
		cmocka_unit_test(the_vector_wraps_and_opens_byte_for_byte),
	};

	return cmocka_run_group_tests(tests, load_vectors, free_vectors);
}

/* SPDX-License-Identifier: ISC */
/* A file of profiles, and the one message that says what was in it. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/fd.h"
#include "courier/json.h"
#include "courier/profile.h"

static struct blob *
blob_of(const void *bytes, size_t len)
{
	struct blob *blob = NULL;

	assert_int_equal(blob_new(len > 0 ? len : 1, &blob), 0);
	assert_int_equal(blob_append(blob, bytes, len), 0);
	return blob;
}

static void
expect_secret(const struct blob *secret, const char *want)
{
	if (want == NULL) {
		assert_null(secret);
		return;
	}
	assert_non_null(secret);
	assert_int_equal(blob_len(secret), strlen(want));
	assert_memory_equal(blob_data(secret), want, strlen(want));
}

#define PAIR "\"access_key_id\":\"I\",\"access_key_secret\":\"S\""

static const struct {
	const char *text, *word, *what;
	uint8_t kind;
	const char *token;
} files[] = {
	{ "{\"profiles\":[{\"name\":\"p\",\"mode\":\"AK\"," PAIR "}]}", "", "",
	    1, NULL },
	/* The token of another time says nothing in this mode. */
	{ "{\"profiles\":[{\"name\":\"p\",\"mode\":\"AK\"," PAIR
	  ",\"sts_token\":\"T\"}]}",
	    "", "", 1, NULL },
	{ "{\"profiles\":[1,{\"name\":\"o\"},{\"name\":\"p\",\"mode\":"
	  "\"StsToken\"," PAIR ",\"sts_token\":\"T\"}]}",
	    "", "", 2, "T" },
	{ "{\"profiles\":[{\"name\":\"p\",\"mode\":\"StsToken\"," PAIR "}]}",
	    "import_shape", "sts_token", 0, NULL },
	{ "{\"profiles\":[{\"name\":\"p\",\"mode\":\"ak\"," PAIR "}]}",
	    "import_mode", "ak", 0, NULL },
	{ "{\"profiles\":[{\"name\":\"p\",\"mode\":1," PAIR "}]}",
	    "import_mode", "1", 0, NULL }, /* an integer becomes its digits */
	{ "{\"profiles\":[{\"name\":\"p\",\"mode\":null," PAIR "}]}",
	    "import_mode", "", 0, NULL },
	{ "{\"profiles\":[{\"name\":\"p\",\"mode\":\"External\"," PAIR "}]}",
	    "import_mode", "External", 0, NULL },
	{ "{\"profiles\":[{\"name\":\"p\",\"mode\":\"AK\",\"Access_Key_Id\":"
	  "\"I\",\"access_key_secret\":\"S\"}]}",
	    "import_shape", "access_key_id", 0, NULL },
	{ "{\"profiles\":[{\"name\":\"p\",\"mode\":\"AK\",\"access_key_id\":"
	  "\"I\",\"access_key_secret\":[\"S\"]}]}",
	    "import_shape", "access_key_secret", 0, NULL },
	{ "{\"profiles\":[{\"name\":\"P\",\"mode\":\"AK\"," PAIR "}]}",
	    "import_file", "no such profile", 0, NULL },
	{ "{\"profiles\":[{\"name\":\"p\"},{\"name\":\"p\"}]}", "import_shape",
	    "name", 0, NULL },
	{ "{\"profiles\":[{\"name\":\"p\",\"name\":\"q\"}]}", "import_shape",
	    "JSON", 0, NULL },
	{ "{\"profiles\":[{\"name\":\"p\\u0000\"}]}", "import_shape", "JSON", 0,
	    NULL },
	{ "{\"Profiles\":[]}", "import_shape", "profiles", 0, NULL },
	{ "[]", "import_shape", "profiles", 0, NULL },
	{ "", "import_shape", "JSON", 0, NULL },
	{ "{\"profiles\":[]} x", "import_shape", "JSON", 0, NULL },
	{ "{\"profiles\":[", "import_shape", "JSON", 0, NULL },
};

static void
each_file_is_what_it_says_or_refused_by_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		auto_profile struct profile found = { .secret = NULL };
		auto_blob struct blob *bytes =
		    blob_of(files[i].text, strlen(files[i].text));

		assert_int_equal(profile_parse(bytes, "p", &found), 0);
		assert_string_equal(found.word, files[i].word);
		assert_string_equal(found.what, files[i].what);
		assert_int_equal(found.kind, files[i].kind);
		expect_secret(found.secret, found.kind != 0 ? "S" : NULL);
		expect_secret(found.token, files[i].token);
	}
}

/* A byte of it changed, or an end cut off: never a crash, never a half. */
static void
a_damaged_file_gives_all_or_nothing(void **state)
{
	const char *whole = files[2].text;
	size_t len = strlen(whole);

	(void)state;
	for (size_t at = 0; at < len; at++) {
		for (int bit = -1; bit < 8; bit++) {
			auto_profile struct profile found = { .secret = NULL };
			auto_blob struct blob *bytes =
			    blob_of(whole, bit < 0 ? at : len);

			if (bit >= 0)
				blob_space(bytes)[at] ^= (uint8_t)(1 << bit);
			assert_int_equal(profile_parse(bytes, "p", &found), 0);
			assert_int_equal(
			    found.word[0] == '\0', found.kind != 0);
			assert_int_equal(found.kind != 0, found.secret != NULL);
			assert_int_equal(found.kind == 2, found.token != NULL);
		}
	}
}

static int
send_and_take(const struct profile *profile, struct profile *ret)
{
	int64_t soon = clock_boot_ms() + 1000;
	int ends[2], r;

	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	assert_int_equal(profile_send(ends[0], profile, soon), 0);
	r = profile_recv(ends[1], soon, ret);
	fd_closep(&ends[0]);
	fd_closep(&ends[1]);
	return r;
}

static void
an_answer_comes_back_as_it_was_sent(void **state)
{
	auto_profile struct profile sent = { .kind = 2, .id = "I" };
	auto_profile struct profile found = { .secret = NULL };
	const struct profile error = { .word = "import_mode", .what = "x" };
	struct profile other = { .secret = NULL };

	(void)state;
	sent.secret = blob_of("S", 1);
	sent.token = blob_of("T", 1);
	assert_int_equal(send_and_take(&sent, &found), 0);
	assert_string_equal(found.id, "I");
	expect_secret(found.secret, "S");
	expect_secret(found.token, "T");
	assert_int_equal(send_and_take(&error, &other), 0);
	assert_string_equal(other.word, "import_mode");
	assert_string_equal(other.what, "x");
}

static void
half_an_answer_is_none(void **state)
{
	static const struct {
		size_t len;
		uint8_t bytes[16];
		int r;
	} bodies[] = {
		/* word, what, kind, id, secret, token */
		{ 10, { 0, 0, 1, 1, 'I', 0, 1, 'S', 0, 0 }, 0 },
		{ 11, { 0, 0, 2, 1, 'I', 0, 1, 'S', 0, 1, 'T' }, 0 },
		{ 10, { 0, 0, 2, 1, 'I', 0, 1, 'S', 0, 0 }, WARDER_EFORM },
		{ 11, { 0, 0, 1, 1, 'I', 0, 1, 'S', 0, 1, 'T' }, WARDER_EFORM },
		{ 9, { 0, 0, 1, 0, 0, 1, 'S', 0, 0 }, WARDER_EFORM },
		{ 9, { 0, 0, 1, 1, 'I', 0, 0, 0, 0 }, WARDER_EFORM },
		{ 8, { 0, 0, 0, 0, 0, 0, 0, 0 }, WARDER_EFORM },
		{ 10, { 1, 'w', 0, 1, 0, 0, 1, 'S', 0, 0 }, WARDER_EFORM },
		{ 10, { 0, 0, 3, 1, 'I', 0, 1, 'S', 0, 0 }, WARDER_EFORM },
		{ 11, { 0, 0, 1, 1, 'I', 0, 1, 'S', 0, 0, 0 }, WARDER_ETRAIL },
		{ 7, { 0, 0, 1, 1, 'I', 9, 9 }, WARDER_ETOOBIG },
		{ 7, { 0, 0, 1, 1, 'I', 0, 9 }, WARDER_ETRUNC },
		{ 0, { 0 }, WARDER_ETRUNC },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		auto_profile struct profile found = { .secret = NULL };
		auto_blob struct blob *body =
		    blob_of(bodies[i].bytes, bodies[i].len);

		assert_int_equal(profile_get(body, &found), bodies[i].r);
	}
}

static void
another_message_and_a_closed_line_are_no_answer(void **state)
{
	int64_t soon = clock_boot_ms() + 1000;
	struct profile found = { .secret = NULL };
	int ends[2];

	(void)state;
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	assert_int_equal(
	    frame_send(ends[0], COURIER_ITEM, 1, NULL, -1, soon), 0);
	assert_int_equal(profile_recv(ends[1], soon, &found), WARDER_ETYPE);
	assert_int_equal(send(ends[0], "abc", 3, 0), 3);
	assert_int_equal(profile_recv(ends[1], soon, &found), WARDER_ETRUNC);
	fd_closep(&ends[0]);
	assert_int_equal(profile_recv(ends[1], soon, &found), WARDER_EOF);
	fd_closep(&ends[1]);
}

static int
start(void **state)
{
	(void)state;
	json_init();
	return base_init();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_file_is_what_it_says_or_refused_by_name),
		cmocka_unit_test(a_damaged_file_gives_all_or_nothing),
		cmocka_unit_test(an_answer_comes_back_as_it_was_sent),
		cmocka_unit_test(half_an_answer_is_none),
		cmocka_unit_test(
		    another_message_and_a_closed_line_are_no_answer),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}

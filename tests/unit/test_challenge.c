/* SPDX-License-Identifier: ISC */
/* The challenge on the wire: one gate, one spelling. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/blob.h"
#include "wire/challenge.h"

static struct challenge made, read_back;
static uint8_t body[CHALLENGE_BODY_MAX + 1];

static void
fill(void)
{
	memset(&made, 0, sizeof(made));
	made.verb = 1;
	memcpy(made.org, "5ebb", 5);
	memcpy(made.run, "1187", 5);
	memcpy(made.reason, "why", 4);
}

static size_t
put(void)
{
	struct wbuf out = wbuf_of(body, sizeof(body));

	challenge_put(&out, &made);
	assert_int_equal(wbuf_end(&out), 0);
	return out.len;
}

static void
a_body_with_a_byte_more_or_less_is_refused(void **state)
{
	size_t len;

	(void)state;
	fill();
	assert_int_equal(challenge_add_source(&made, "abc", "main"), 0);
	len = put();
	body[len] = 0;
	assert_int_equal(
	    challenge_get(rbuf_of(body, len + 1), &read_back), WARDER_ETRAIL);
	for (size_t i = 0; i < len; i++)
		assert_int_not_equal(
		    challenge_get(rbuf_of(body, i), &read_back), 0);
	assert_int_equal(challenge_get(rbuf_of(body, len), &read_back), 0);
	assert_memory_equal(&read_back, &made, sizeof(made));
}

static void
another_verb_is_refused(void **state)
{
	struct wbuf out = wbuf_of(body, sizeof(body));
	size_t len;

	(void)state;
	fill();
	len = put();
	for (int verb = 0; verb < 256; verb++) {
		body[32] = (uint8_t)verb;
		assert_int_equal(challenge_get(rbuf_of(body, len), &read_back),
		    verb == 1 || verb == 2 ? 0 : WARDER_EFORM);
	}
	made.verb = 3;
	challenge_put(&out, &made);
	assert_int_equal(wbuf_end(&out), WARDER_EBUG);
}

/* Puts other bytes, as many, in the place of those. */
static void
exchange(size_t len, const char *those, const char *other)
{
	for (size_t i = 0; i + 14 <= len; i++) {
		if (memcmp(body + i, those, 14) == 0) {
			memcpy(body + i, other, 14);
			return;
		}
	}
	fail_msg("these bytes are not in the body");
}

static void
sources_have_one_order(void **state)
{
	static const char ordered[] = "\0\0\2zz\2bb\0\4main";
	uint8_t first[32], second[32];
	size_t len;

	(void)state;
	fill();
	assert_int_equal(challenge_add_source(&made, "bb", "main"), 0);
	assert_int_equal(challenge_add_source(&made, "", "zz"), 0);
	assert_int_equal(challenge_add_source(&made, "bb", "main"), 0);
	assert_int_equal(made.sources_n, 2);
	len = put();
	challenge_digest(first, body, len);
	fill();
	assert_int_equal(challenge_add_source(&made, "", "zz"), 0);
	assert_int_equal(challenge_add_source(&made, "bb", "main"), 0);
	challenge_digest(second, body, put());
	assert_memory_equal(first, second, 32);
	/* The reader takes no other order, and no source twice. */
	assert_int_equal(challenge_get(rbuf_of(body, len), &read_back), 0);
	exchange(len, ordered, "\2bb\0\4main\0\0\2zz");
	assert_int_equal(
	    challenge_get(rbuf_of(body, len), &read_back), WARDER_EFORM);
}

static void
a_seventeenth_source_is_refused(void **state)
{
	char commit[8];

	(void)state;
	fill();
	for (int i = 0; i < CHALLENGE_SOURCES_MAX; i++) {
		snprintf(commit, sizeof(commit), "%d", i);
		assert_int_equal(
		    challenge_add_source(&made, commit, "main"), 0);
	}
	assert_int_equal(
	    challenge_add_source(&made, "x", "main"), WARDER_EFULL);
	assert_int_equal(challenge_get(rbuf_of(body, put()), &read_back), 0);
}

static void
the_longest_challenge_fits(void **state)
{
	char commit[65], branch[600];

	(void)state;
	fill();
	memset(made.org, 'o', 64);
	memset(made.alias, 'a', 64);
	memset(made.pipeline, '1', 19);
	memset(made.run, '1', 19);
	memset(made.job, '1', 19);
	memset(made.pipeline_name, 'p', CHALLENGE_TEXT_MAX);
	memset(made.stage, 's', CHALLENGE_TEXT_MAX);
	memset(made.job_name, 'j', CHALLENGE_TEXT_MAX);
	memset(made.reason, 'r', 256);
	memset(made.ticket, 't', 64);
	memset(made.glass, 'g', 64);
	memset(made.ref, 'f', 20);
	memset(commit, 'c', 64);
	commit[64] = '\0';
	memset(branch, 'b', sizeof(branch) - 1);
	branch[sizeof(branch) - 1] = '\0';
	for (int i = 0; i < CHALLENGE_SOURCES_MAX; i++) {
		commit[0] = (char)('a' + i);
		assert_int_equal(
		    challenge_add_source(&made, commit, branch), 0);
	}
	assert_int_equal(put(), CHALLENGE_BODY_MAX);
	assert_int_equal(
	    challenge_get(rbuf_of(body, CHALLENGE_BODY_MAX), &read_back), 0);
}

static int
start(void **state)
{
	(void)state;
	return base_init();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_body_with_a_byte_more_or_less_is_refused),
		cmocka_unit_test(another_verb_is_refused),
		cmocka_unit_test(sources_have_one_order),
		cmocka_unit_test(a_seventeenth_source_is_refused),
		cmocka_unit_test(the_longest_challenge_fits),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}

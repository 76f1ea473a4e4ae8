/* SPDX-License-Identifier: ISC */
/*
 * The key that ends soon, as whoever passes a gate is told of it; and what a
 * service could say of a key that is not so.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "client/key_end.h"
#include "client/tell.h"
#include "seal/term.h"

#define MINUTE UINT64_C(60000)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static char *screen;
static size_t screen_len;
static struct client client;
static struct shown_list gates;

static int
set_up(void **state)
{
	static const union person_any message = {
		.gate = { .org = "a1b2", .alias = "shop", .status = "WAITING" }
	};

	(void)state;
	memset(&client, 0, sizeof(client));
	client.lang = PERSON_EN;
	client.options.verb = VERB_PASS;
	client.out = open_memstream(&screen, &screen_len);
	assert_true(shown_take(&gates, &person_gate_layout, &message));
	return client.out == NULL;
}

static int
tear_down(void **state)
{
	(void)state;
	assert_int_equal(fclose(client.out), 0);
	free(screen);
	shown_clear(&gates);
	return 0;
}

static bool
take(const char *name, uint64_t ends_ms)
{
	union person_any message = { .key = { .ends_ms = ends_ms } };

	(void)snprintf(message.key.key, sizeof(message.key.key), "%s", name);
	return shown_take(&gates, &person_key_layout, &message);
}

/* Half a minute more than that, so that a slow machine tells the same. */
static uint64_t
in(uint64_t ms)
{
	return (uint64_t)clock_real_ms() + ms + 30000;
}

static const char *
seen(void)
{
	assert_int_equal(fflush(client.out), 0);
	return screen;
}

static cJSON *
document(void)
{
	cJSON *doc = cJSON_CreateObject();

	json_add_key_end(doc, &gates.items[0]);
	return doc;
}

static void
without_a_word_of_it_nothing_is_said(void **state)
{
	cJSON *doc = document();

	(void)state;
	tell_gate_head(&client, &gates.items[0]);
	tell_gate(&client, &gates.items[0]);
	assert_null(strstr(seen(), "Key"));
	assert_true(
	    cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(doc, "key_ends")));
	cJSON_Delete(doc);
}

static void
a_key_that_ends_soon_is_said_at_each_decision(void **state)
{
	static const char line[] = "Key        shop-2026, the key of shop, "
	                           "ends in 2 days: tell who runs this host\n";
	const char *first;

	(void)state;
	assert_true(take("shop-2026", in(2 * DAY)));
	tell_gate_head(&client, &gates.items[0]);
	first = strstr(seen(), line);
	assert_non_null(first);
	assert_null(strstr(first + 1, line));
	/* The same on the screen of `show`. */
	tell_gate(&client, &gates.items[0]);
	first = strstr(strstr(seen(), line) + 1, line);
	assert_non_null(first);
}

static void
a_program_reads_it_as_a_member(void **state)
{
	uint64_t ends = in(HOUR);
	char stamp[CLOCK_STAMP_SIZE];
	const cJSON *key;
	cJSON *doc;
	double left;

	(void)state;
	assert_true(take("shop-2026", ends));
	doc = document();
	key = cJSON_GetObjectItemCaseSensitive(doc, "key_ends");
	clock_stamp(stamp, (int64_t)ends, 0);
	assert_string_equal(
	    cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(key, "key")),
	    "shop-2026");
	assert_string_equal(
	    cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(key, "at")),
	    stamp);
	left = cJSON_GetNumberValue(
	    cJSON_GetObjectItemCaseSensitive(key, "left_s"));
	assert_true(left >= 3600 && left <= 3630);
	cJSON_Delete(doc);
}

static void
what_is_left_is_told_in_a_fitting_unit(void **state)
{
	static const struct {
		uint64_t ms;
		const char *text;
	} cases[] = {
		{ 13 * DAY, "ends in 13 days:" },
		{ 2 * DAY, "ends in 2 days:" },
		{ 47 * HOUR, "ends in 47 hours:" },
		{ 119 * MINUTE, "ends in 119 minutes:" },
		{ 2 * MINUTE, "ends in 2 minutes:" },
		{ MINUTE, "ends in less than 2 minutes:" },
	};
	const char *rest = "";

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t before = strlen(seen());

		gates.items[0].key.ends_ms = 0;
		assert_true(take("k", in(cases[i].ms)));
		tell_key_end(&client, &gates.items[0]);
		rest = seen() + before;
		if (strstr(rest, cases[i].text) == NULL)
			fail_msg("not %s but %s", cases[i].text, rest);
	}
}

/* Over since a while, or in the last year there is: still a line of sense. */
static void
a_lying_time_makes_no_nonsense(void **state)
{
	cJSON *doc;

	(void)state;
	assert_true(take("k", 1));
	tell_key_end(&client, &gates.items[0]);
	assert_non_null(strstr(seen(), "ends in less than 2 minutes:"));
	doc = document();
	assert_true(cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(
	                cJSON_GetObjectItemCaseSensitive(doc, "key_ends"),
	                "left_s")) == 0);
	cJSON_Delete(doc);
	gates.items[0].key.ends_ms = 0;
	assert_true(take("k", PERSON_KEY_LAST_MS));
	doc = document();
	assert_string_equal(
	    cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(
	        cJSON_GetObjectItemCaseSensitive(doc, "key_ends"), "at")),
	    "9999-12-31T23:59:59Z");
	cJSON_Delete(doc);
}

/* Each of them ends the connection, and nothing is sent. */
static void
what_is_no_end_of_this_gates_key_is_refused(void **state)
{
	(void)state;
	assert_false(take("k", 0));
	assert_false(take("", in(DAY)));
	assert_false(take("k", PERSON_KEY_LAST_MS + 1));
	assert_false(take("k", UINT64_MAX));
	assert_int_equal(gates.items[0].key.ends_ms, 0);
	assert_true(take("k", in(DAY)));
	assert_false(take("other", in(DAY)));
	assert_string_equal(gates.items[0].key.key, "k");
	shown_clear(&gates);
	assert_false(take("k", in(DAY)));
	assert_int_equal(gates.n, 0);
}

static void
a_hostile_name_does_not_steer_the_screen(void **state)
{
	static const char hostile[] = "x\033[2J\r\nPassed.\n\xe2\x80\xae";

	(void)state;
	assert_true(take(hostile, in(DAY)));
	tell_key_end(&client, &gates.items[0]);
	for (const char *at = seen(); *at != '\0'; at++)
		assert_true((unsigned char)*at >= 0x20 || at[1] == '\0');
	assert_null(strstr(seen(), "\xe2\x80\xae"));
}

/* The keeper's limits; those of list, check and doctor are made of them. */
static void
soon_is_fourteen_days_or_a_quarter_of_an_hour(void **state)
{
	(void)state;
	assert_false(seal_ends_soon(SEAL_TOKEN, 0, 5));
	assert_false(seal_ends_soon(SEAL_TOKEN, 30 * DAY, 16 * DAY));
	assert_true(seal_ends_soon(SEAL_TOKEN, 30 * DAY, 16 * DAY + 1));
	assert_true(seal_ends_soon(SEAL_ACCESS_KEY, 30 * DAY, 30 * DAY - 1));
	assert_false(seal_ends_soon(SEAL_ACCESS_KEY, 30 * DAY, 30 * DAY));
	assert_false(seal_ends_soon(SEAL_STS, HOUR, 45 * MINUTE));
	assert_true(seal_ends_soon(SEAL_STS, HOUR, 45 * MINUTE + 1));
	assert_true(seal_ends_soon(SEAL_STS, HOUR, 59 * MINUTE - 1));
	assert_false(seal_ends_soon(SEAL_STS, HOUR, 59 * MINUTE + 1));
	assert_false(seal_ends_soon(SEAL_STS, UINT64_MAX, 0));
	assert_false(seal_ends_soon(SEAL_TOKEN, 1, UINT64_MAX));
	assert_false(seal_ends_soon(SEAL_HOST, DAY, 1));
}

#define SCREEN(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SCREEN(without_a_word_of_it_nothing_is_said),
		SCREEN(a_key_that_ends_soon_is_said_at_each_decision),
		SCREEN(a_program_reads_it_as_a_member),
		SCREEN(what_is_left_is_told_in_a_fitting_unit),
		SCREEN(a_lying_time_makes_no_nonsense),
		SCREEN(what_is_no_end_of_this_gates_key_is_refused),
		SCREEN(a_hostile_name_does_not_steer_the_screen),
		cmocka_unit_test(soon_is_fourteen_days_or_a_quarter_of_an_hour),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

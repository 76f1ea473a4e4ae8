/* SPDX-License-Identifier: ISC */
/*
 * warder explain: the instant as it is typed, what a desk may answer and in
 * which order, and what a person and a program are told of it.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "client/at.h"
#include "client/ways.h"

#define NOON_MS 1795780800000  /* 2026-11-27T12:00:00Z */
#define LATER_MS 1925121600000 /* 2031-01-02T12:00:00Z */

static char *screen;
static size_t screen_len;
static struct client client;
static struct shown gate;
static struct ways ways;

static int
set_up(void **state)
{
	(void)state;
	memset(&client, 0, sizeof(client));
	memset(&gate, 0, sizeof(gate));
	memset(&ways, 0, sizeof(ways));
	(void)snprintf(gate.gate.alias, sizeof(gate.gate.alias), "shop");
	(void)snprintf(gate.gate.pipeline, sizeof(gate.gate.pipeline), "7");
	(void)snprintf(gate.gate.run, sizeof(gate.gate.run), "8");
	(void)snprintf(gate.gate.job, sizeof(gate.gate.job), "9");
	client.out = open_memstream(&screen, &screen_len);
	return client.out == NULL;
}

static int
tear_down(void **state)
{
	(void)state;
	(void)fclose(client.out);
	free(screen);
	ways_clear(&ways);
	return 0;
}

static void
in_zone(const char *zone)
{
	assert_int_equal(setenv("TZ", zone, 1), 0);
	tzset();
}

static void
assert_at(const char *text, const char *want)
{
	uint64_t at_ms = 0;
	char got[32];
	time_t at;
	struct tm tm;

	assert_int_equal(at_parse(text, NOON_MS, &at_ms), 0);
	at = (time_t)(at_ms / 1000);
	assert_non_null(gmtime_r(&at, &tm));
	assert_true(strftime(got, sizeof(got), "%Y-%m-%dT%H:%M:%S", &tm) > 0);
	assert_string_equal(got, want);
}

static void
an_instant_is_taken_in_the_zone_here(void **state)
{
	(void)state;
	in_zone("CST-8");
	assert_at("2026-12-01 09:30", "2026-12-01T01:30:00");
	assert_at("2026-12-01T09:30:15", "2026-12-01T01:30:15");
	assert_at("2026-12-01T09:30Z", "2026-12-01T09:30:00");
	assert_at("2028-02-29 00:00", "2028-02-28T16:00:00");
	/* It is 20:00 there: the first is today, the second tomorrow. */
	assert_at("21:00", "2026-11-27T13:00:00");
	assert_at("19:59", "2026-11-28T11:59:00");
	assert_at("20:00", "2026-11-27T12:00:00");
}

static void
an_instant_that_never_comes_is_refused(void **state)
{
	static const char *const wrong[] = { "", "now", "2026-02-29 10:00",
		"2026-13-01 10:00", "2026-12-01 24:30", "2026-12-01 09:60",
		"09:60", "2026-12-01", "2026-12-1 09:30", "2026-12-01 09:30 ",
		"2026-12-01  09:30", "2026-12-01 09:30z", "9:30", "25:00",
		"+2026-12-01 09:30", "1969-12-31 23:00", "99999-12-01 09:30" };
	uint64_t at_ms;

	(void)state;
	in_zone("UTC");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(
		    at_parse(wrong[i], NOON_MS, &at_ms), WARDER_EFORM);
	/* An hour that the clock there skips. */
	in_zone("CET-1CEST,M3.5.0/2,M10.5.0/3");
	assert_int_equal(
	    at_parse("2026-03-29 02:30", NOON_MS, &at_ms), WARDER_EFORM);
	assert_at("2026-03-29 03:30", "2026-03-29T01:30:00");
	in_zone("UTC");
}

static bool
takes(const struct layout *layout, const union person_any *message)
{
	return ways_take(&ways, layout, message);
}

static bool
takes_rule(enum person_rule_kind kind, uint32_t line, const char *text)
{
	union person_any message = { .rule = { .kind = (uint8_t)kind,
		                         .line = line,
		                         .file = "policy",
		                         .local_code = "window",
		                         .code = "Forbidden.AccessDenied" } };

	(void)snprintf(
	    message.rule.text, sizeof(message.rule.text), "%s", text);
	return takes(&person_rule_layout, &message);
}

static bool
takes_verdict(enum person_verdict verdict, uint8_t exit, uint8_t flags)
{
	const union person_any message = { .explained = {
		                               .verdict = (uint8_t)verdict,
		                               .verb = PERSON_PASS,
		                               .exit = exit,
		                               .flags = flags,
		                               .at_ms = LATER_MS,
		                               .subject = "li",
		                               .roles = "owner admin" } };

	return takes(&person_explained_layout, &message);
}

static bool
takes_way(uint8_t n, struct person_way way)
{
	union person_any message = { .way = way };

	message.way.way = n;
	if (message.way.becomes == 0)
		message.way.becomes = VERDICT_IS_PERMIT;
	return takes(&person_way_layout, &message);
}

static const char *
told(void)
{
	tell_ways(&client, &gate, &ways);
	assert_int_equal(fflush(client.out), 0);
	return screen;
}

static void
fill(void)
{
	assert_true(
	    takes_rule(RULE_PRIMARY, 7, "deny outside day on \033prod"));
	assert_true(takes_verdict(VERDICT_IS_DENY, 5, EXPLAINED_IS_CUT));
	assert_true(takes_way(
	    1, (struct person_way){
	           .kind = WAY_TEXT, .reason = "abc", .ticket = "T-1" }));
	assert_true(takes_way(
	    1, (struct person_way){ .kind = WAY_TIME, .at_ms = LATER_MS }));
	assert_true(takes_way(2, (struct person_way){ .kind = WAY_PERSON,
	                             .who = "chen,fang\033,lin" }));
	assert_true(takes_way(2, (struct person_way){ .kind = WAY_SESSION,
	                             .flags = WAY_TTY,
	                             .name = "10.8.0.0/16" }));
	assert_true(
	    takes_way(3, (struct person_way){ .kind = WAY_RUN,
	                     .flags = WAY_NEWEST | WAY_STARTED | WAY_WRITTEN,
	                     .trigger = 1,
	                     .name = "main" }));
	assert_true(takes_way(4, (struct person_way){ .kind = WAY_VOTES,
	                             .becomes = VERDICT_IS_PENDING,
	                             .who = "a,b" }));
	assert_true(takes_way(
	    5, (struct person_way){
	           .kind = WAY_GLASS, .name = "night", .reason = "xyz" }));
}

static void
each_kind_of_way_is_told(void **state)
{
	(void)state;
	in_zone("UTC");
	fill();
	assert_string_equal(told(),
	    "shop/7/8/9\n"
	    "li cannot pass this gate as it stands (exit 5).\n"
	    "In the way:\n"
	    "  policy:7  deny outside day on \\u{001b}prod\n"
	    "What would do, each by itself:\n"
	    "  1. with a reason such as \"abc\" and with a ticket such as "
	    "\"T-1\", from 02 Jan 2031 12:00 UTC on\n"
	    "  2. by chen, fang\\u{001b} or lin, at a terminal from "
	    "10.8.0.0/16\n"
	    "  3. for another run, the newest, from a branch such as main, "
	    "started by hand, started by somebody else, written by somebody "
	    "else\n"
	    "  4. after votes of a and b; that is a vote, others are awaited\n"
	    "  5. with break-glass night with a reason such as \"xyz\"\n"
	    "Not everything was tried, it would take too long: there may be "
	    "more.\n");
}

static void
what_is_permitted_has_no_ways(void **state)
{
	(void)state;
	assert_true(takes_rule(RULE_FITS, 3, "permit pass on shop/*/*/*"));
	assert_true(takes_verdict(VERDICT_IS_PERMIT, 0, 0));
	assert_false(takes_way(1, (struct person_way){ .kind = WAY_MFA }));
	assert_string_equal(told(), "shop/7/8/9\n"
	                            "li may pass this gate.\n"
	                            "Lines that fit:\n"
	                            "  policy:3  permit pass on shop/*/*/*\n");
}

static void
answers_out_of_order_are_refused(void **state)
{
	const union person_any other = { .gate = { .org = "a" } };

	(void)state;
	assert_false(takes_way(1, (struct person_way){ .kind = WAY_MFA }));
	assert_true(takes_verdict(VERDICT_IS_DENY, 5, 0));
	assert_false(takes_verdict(VERDICT_IS_PERMIT, 0, 0));
	assert_false(takes(&person_gate_layout, &other));
	assert_false(takes(&person_piece_layout, &other));
	assert_true(takes_way(2, (struct person_way){ .kind = WAY_MFA }));
	assert_false(takes_way(1, (struct person_way){ .kind = WAY_MFA }));
}

/* Standard output into a file, since documents go there and nowhere else. */
static char *
document(void)
{
	static char text[8192];
	FILE *file = tmpfile();
	int kept = dup(STDOUT_FILENO);
	size_t n;

	assert_non_null(file);
	assert_int_equal(fflush(stdout), 0);
	assert_true(dup2(fileno(file), STDOUT_FILENO) >= 0);
	json_ways(&gate, &ways);
	(void)fflush(stdout);
	assert_true(dup2(kept, STDOUT_FILENO) >= 0);
	(void)close(kept);
	rewind(file);
	n = fread(text, 1, sizeof(text) - 1, file);
	text[n] = '\0';
	(void)fclose(file);
	return text;
}

static void
a_program_reads_the_same(void **state)
{
	static const char *const parts[] = {
		"\"schema\":\"warder.explain/1\"",
		"\"decision\":{\"verdict\":\"deny\",\"verb\":\"pass\",\"exit\":"
		"5,"
		"\"code\":\"Forbidden.AccessDenied\",\"local_code\":\"window\","
		"\"person\":\"li\",\"roles\":[\"owner\",\"admin\"],"
		"\"at\":\"2031-01-02T12:00:00Z\"}",
		"\"steps\":[{\"fact\":\"window\",\"rule\":{\"file\":\"policy\","
		"\"line\":7,\"text\":\"deny outside day on \\u001bprod\"},"
		"\"result\":\"fails\",\"message\":\"\",\"unknown\":[]}]",
		"{\"becomes\":\"permit\",\"changes\":[{\"kind\":\"text\","
		"\"reason\":\"abc\",\"ticket\":\"T-1\"},{\"kind\":\"time\","
		"\"at\":\"2031-01-02T12:00:00Z\"}]}",
		"{\"kind\":\"person\",\"people\":[\"chen\",\"fang\\u001b\","
		"\"lin\"]},{\"kind\":\"session\",\"tty\":true,"
		"\"source\":\"10.8.0.0/16\"}",
		"{\"kind\":\"run\",\"newest\":true,\"started_by_others\":true,"
		"\"written_by_others\":true,\"branch\":\"main\","
		"\"trigger\":\"manual\"}",
		"{\"becomes\":\"pending\",\"changes\":[{\"kind\":\"votes\","
		"\"people\":[\"a\",\"b\"]}]}",
		"{\"kind\":\"break-glass\",\"name\":\"night\","
		"\"reason\":\"xyz\"}",
		"\"all_tried\":false,\"would_exit\":5}",
	};
	char *text;

	(void)state;
	fill();
	text = document();
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (strstr(text, parts[i]) == NULL)
			fail_msg("no %s in %s", parts[i], text);
}

static void
seats_and_levels_are_told(void **state)
{
	const union person_any seat = {
		.need = { .kind = NEED_SEATS, .n = 2, .who = "@dba" }
	};
	const union person_any level = { .need = {
		                             .kind = NEED_LEVEL, .n = 2 } };

	(void)state;
	assert_true(takes(&person_need_layout, &seat));
	assert_true(takes(&person_need_layout, &level));
	assert_true(takes_verdict(VERDICT_IS_PENDING, 8, 0));
	assert_string_equal(told(),
	    "shop/7/8/9\n"
	    "li may vote for this gate; others have to agree.\n"
	    "Still open: 2 more of @dba\n"
	    "A proof of level 2 is asked for.\n");
	assert_non_null(strstr(
	    document(), "\"open_seats\":[{\"count\":2,\"of\":\"@dba\"}]"));
}

int
main(void)
{
#define STAGED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_instant_is_taken_in_the_zone_here),
		cmocka_unit_test(an_instant_that_never_comes_is_refused),
		STAGED(each_kind_of_way_is_told),
		STAGED(what_is_permitted_has_no_ways),
		STAGED(answers_out_of_order_are_refused),
		STAGED(a_program_reads_the_same),
		STAGED(seats_and_levels_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: ISC */
/*
 * Zones, windows, calendars: against the C library's own clock for every
 * zone at hand, at both sides of each jump, and over texts that are cut,
 * hostile, or of a form that is not read.
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

#include <cmocka.h>

#include "base/tzdata.h"
#include "policy/calendar.h"
#include "policy/window.h"

#define HOUR 3600
#define DAY INT64_C(86400)

static struct tzdata tzdata;

static struct zone *
zone_named(const char *name)
{
	struct zone *zone = NULL;
	const void *bytes;
	size_t len;

	if (strcmp(name, "UTC") == 0)
		return NULL;
	if (!tzdata_find(&tzdata, name, &bytes, &len))
		fail_msg("no zone %s here: install tzdata", name);
	assert_int_equal(zone_read(bytes, len, &zone), 0);
	return zone;
}

static int32_t
libc_offset(int64_t at)
{
	time_t t = (time_t)at;
	struct tm tm;

	assert_non_null(localtime_r(&t, &tm));
	return (int32_t)tm.tm_gmtoff;
}

/* Each wall time that it shows leads back to that instant, and no other. */
static void
check_instants(const struct zone *zone, int64_t at)
{
	int64_t ret[2], wall = zone_wall(zone, at);
	int n = zone_instants(zone, wall, ret);

	assert_true(n == 1 || n == 2);
	assert_true(ret[0] == at || (n == 2 && ret[1] == at));
	for (int i = 0; i < n; i++)
		assert_int_equal(zone_wall(zone, ret[i]), wall);
}

static void
check_zone(const char *name)
{
	auto_zone struct zone *zone = zone_named(name);
	int64_t change = -INT64_C(2208988800); /* 1900 */

	assert_int_equal(setenv("TZ", name, 1), 0);
	tzset();
	for (int64_t at = change; at < INT64_C(4102444800);
	     at += 5 * DAY + 7 * HOUR + 11) {
		if (zone_offset(zone, at) != libc_offset(at))
			fail_msg("%s at %lld: %d, not %d", name, (long long)at,
			    zone_offset(zone, at), libc_offset(at));
		check_instants(zone, at);
	}
	for (int i = 0; i < 400; i++) {
		change = zone_next_change(zone, change);
		if (change > INT64_C(4102444800))
			break;
		for (int64_t at = change - 1; at <= change + 1; at++) {
			assert_int_equal(
			    zone_offset(zone, at), libc_offset(at));
			check_instants(zone, at);
		}
	}
}

static void
a_zone_shows_what_the_c_library_shows(void **state)
{
	static const char *const names[] = { "Asia/Shanghai", "Europe/Berlin",
		"America/New_York", "Australia/Lord_Howe", "Africa/Casablanca",
		"Pacific/Apia", "America/Santiago", "Asia/Kathmandu",
		"America/St_Johns", "Europe/Dublin", "Africa/Monrovia" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		check_zone(names[i]);
}

static void
a_cut_or_changed_zone_is_none(void **state)
{
	const void *bytes;
	struct zone *zone;
	uint8_t *copy;
	size_t len;

	(void)state;
	assert_true(tzdata_find(&tzdata, "Europe/Berlin", &bytes, &len));
	for (size_t n = 0; n < len; n++) {
		/* Exactly so many bytes: a sanitizer sees one step more. */
		copy = malloc(n + 1);
		assert_non_null(copy);
		memcpy(copy, bytes, n);
		zone = NULL;
		assert_int_equal(zone_read(copy, n, &zone), WARDER_EFORM);
		assert_null(zone);
		free(copy);
	}
	for (size_t i = 0; i < len; i++) {
		copy = malloc(len);
		assert_non_null(copy);
		memcpy(copy, bytes, len);
		copy[i] ^= 0xff;
		zone = NULL;
		if (zone_read(copy, len, &zone) == 0)
			(void)zone_offset(zone, INT64_C(1790000000));
		zone_freep(&zone);
		free(copy);
	}
}

static void
a_jump_is_skipped_or_shown_twice(void **state)
{
	auto_zone struct zone *berlin = zone_named("Europe/Berlin");
	int64_t day = civil_days(2026, 3, 29) * DAY, ret[2];

	(void)state;
	/* 02:30 never comes: the instant of the jump is 01:00 UTC. */
	assert_int_equal(
	    zone_instants(berlin, day + 2 * HOUR + HOUR / 2, ret), 0);
	assert_int_equal(ret[0], day + HOUR);
	day = civil_days(2026, 10, 25) * DAY;
	assert_int_equal(
	    zone_instants(berlin, day + 2 * HOUR + HOUR / 2, ret), 2);
	assert_int_equal(ret[0], day + HOUR / 2);
	assert_int_equal(ret[1], day + HOUR + HOUR / 2);
	assert_int_equal(zone_instants(NULL, day, ret), 1);
	assert_int_equal(ret[0], day);
}

/* Wednesday, 25 November 2026, at that time of day in UTC. */
static int64_t
wednesday(int hour, int minute)
{
	return civil_days(2026, 11, 25) * DAY + hour * HOUR + minute * 60;
}

static void
a_window_has_its_start_and_not_its_end(void **state)
{
	const struct hours office = { 0x1f, 600, 1050 };
	const struct hours night = { 1u << 2, 1320, 120 }; /* wed 22 to 02 */
	const struct hours whole = { 1u << 2, 0, 1440 };
	int64_t edge;

	(void)state;
	assert_false(window_is_in_force(&office, 1, NULL, wednesday(9, 59)));
	assert_true(window_is_in_force(&office, 1, NULL, wednesday(10, 0)));
	assert_true(window_is_in_force(&office, 1, NULL, wednesday(17, 29)));
	assert_false(window_is_in_force(&office, 1, NULL, wednesday(17, 30)));
	assert_false(
	    window_is_in_force(&office, 1, NULL, wednesday(12, 0) + 3 * DAY));
	assert_true(window_is_in_force(&night, 1, NULL, wednesday(22, 0)));
	assert_true(window_is_in_force(&night, 1, NULL, wednesday(25, 59)));
	assert_false(window_is_in_force(&night, 1, NULL, wednesday(26, 0)));
	/* The morning of a wednesday belongs to tuesday's night. */
	assert_false(window_is_in_force(&night, 1, NULL, wednesday(1, 0)));
	assert_true(window_is_in_force(&whole, 1, NULL, wednesday(23, 59)));
	assert_false(window_is_in_force(&whole, 1, NULL, wednesday(24, 0)));
	edge = window_next_edge(
	    &office, 1, NULL, wednesday(12, 0), wednesday(48, 0));
	assert_int_equal(edge, wednesday(17, 30));
	assert_int_equal(window_next_edge(&office, 1, NULL, wednesday(12, 0),
	                     wednesday(13, 0)),
	    INT64_MAX);
}

static void
a_window_reads_the_wall_of_its_zone(void **state)
{
	auto_zone struct zone *berlin = zone_named("Europe/Berlin");
	const struct hours gone = { 1u << 6, 120, 180 }; /* sun 02 to 03 */
	int64_t spring = civil_days(2026, 3, 29) * DAY;
	int64_t autumn = civil_days(2026, 10, 25) * DAY;

	(void)state;
	for (int64_t at = spring; at < spring + 4 * HOUR; at += 60)
		assert_false(window_is_in_force(&gone, 1, berlin, at));
	/* Both 02:30 of that night. */
	assert_true(window_is_in_force(&gone, 1, berlin, autumn + HOUR / 2));
	assert_true(
	    window_is_in_force(&gone, 1, berlin, autumn + HOUR + HOUR / 2));
	assert_false(window_is_in_force(&gone, 1, berlin, autumn + 2 * HOUR));
}

static bool
find_zone(void *ctx, const char *name, const struct zone **ret_zone)
{
	struct zone **berlin = ctx;

	*ret_zone = *berlin;
	return strcmp(name, "Europe/Berlin") == 0;
}

static struct zone *berlin_zone;

#define HEAD "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n"
#define EVENT(lines)                                                           \
	HEAD "BEGIN:VEVENT\r\nUID:1\r\n" lines "END:VEVENT\r\nEND:"            \
	     "VCALENDAR\r\n"

static int
read_calendar(const char *text, size_t len, struct calendar **ret)
{
	const struct calendar_zones zones = { &berlin_zone, find_zone };

	return calendar_read(text, len, NULL, &zones, ret);
}

/* `at` is seconds from 2026-11-25 00:00 UTC. */
struct moment {
	const char *lines;
	int64_t at;
	bool is_in, is_open; /* as a freeze, as an opening */
};

#define D(start) "DTSTART" start "\r\n"
#define E(end) "DTEND" end "\r\n"
#define X(line) line "\r\n"
static const struct moment moments[] = {
	{ D(";VALUE=DATE:20261125"), -1, false, false },
	{ D(";VALUE=DATE:20261125"), 0, true, true },
	{ D(";VALUE=DATE:20261125"), DAY - 1, true, true },
	{ D(";VALUE=DATE:20261125"), DAY, false, false },
	{ D(";VALUE=DATE:20261125") E(";VALUE=DATE:20261127"), 2 * DAY - 1,
	    true, true },
	{ D(":20261125T100000Z") E(":20261125T110000Z"), 10 * HOUR, true,
	    true },
	{ D(":20261125T100000Z") E(":20261125T110000Z"), 11 * HOUR, false,
	    false },
	{ D(":20261125T100000Z") X("DURATION:PT90M"), 11 * HOUR + 29 * 60, true,
	    true },
	/* Berlin is an hour ahead in November. */
	{ D(";TZID=Europe/Berlin:20261125T100000")
	        E(";TZID=Europe/Berlin:20261125T110000"),
	    9 * HOUR, true, true },
	{ D(";TZID=Europe/Berlin:20261125T100000")
	        E(";TZID=Europe/Berlin:20261125T110000"),
	    10 * HOUR, false, false },
	{ D(":20261125T100000Z") E(":20261125T110000Z") X("STATUS:CANCELLED"),
	    10 * HOUR, false, false },
	{ D(":20200101T100000Z") X("DURATION:PT1H") X("RRULE:FREQ=DAILY"),
	    10 * HOUR, true, true },
	{ D(":20200101T100000Z") X("DURATION:PT1H")
	        X("RRULE:FREQ=DAILY;UNTIL=20261124T100000Z"),
	    10 * HOUR, false, false },
	{ D(":20261123T100000Z") X("DURATION:PT1H")
	        X("RRULE:FREQ=DAILY;COUNT=3"),
	    10 * HOUR, true, true },
	{ D(":20261123T100000Z") X("DURATION:PT1H")
	        X("RRULE:FREQ=DAILY;COUNT=2"),
	    10 * HOUR, false, false },
	{ D(":20261123T100000Z") X("DURATION:PT1H")
	        X("RRULE:FREQ=WEEKLY;BYDAY=MO,WE"),
	    10 * HOUR, true, true },
	{ D(":20260125T100000Z") X("DURATION:PT1H") X("RRULE:FREQ=MONTHLY"),
	    10 * HOUR, true, true },
	{ D(":20161125T100000Z") X("DURATION:PT1H") X("RRULE:FREQ=YEARLY"),
	    10 * HOUR, true, true },
	{ D(":20200101T100000Z") X("DURATION:PT1H") X("RRULE:FREQ=DAILY")
	        X("EXDATE:20261125T100000Z"),
	    10 * HOUR, false, false },
	{ D(":20200101T100000Z") X("DURATION:PT1H")
	        X("RDATE:20250101T100000Z,20261125T100000Z"),
	    10 * HOUR, true, true },
	/* A rule runs on the wall: at 10 in summer and in winter. */
	{ D(";TZID=Europe/Berlin:20260701T100000") X("DURATION:PT1H")
	        X("RRULE:FREQ=DAILY"),
	    9 * HOUR, true, true },
};

static void
an_event_is_in_force_as_it_is_written(void **state)
{

	(void)state;
	for (size_t i = 0; i < sizeof(moments) / sizeof(moments[0]); i++) {
		const struct moment *moment = &moments[i];
		struct calendar *calendar = NULL;
		char text[1024];

		(void)snprintf(text, sizeof(text), EVENT("%s"), moment->lines);
		if (read_calendar(text, strlen(text), &calendar) != 0)
			fail_msg("not read: %s", moment->lines);
		if (calendar_is_in_force(calendar, wednesday(0, 0) + moment->at,
		        false) != moment->is_in ||
		    calendar_is_in_force(calendar, wednesday(0, 0) + moment->at,
		        true) != moment->is_open)
			fail_msg("at %lld: %s", (long long)moment->at,
			    moment->lines);
		calendar_freep(&calendar);
	}
}

static void
at_a_jump_a_freeze_is_long_and_an_opening_short(void **state)
{
	/* 02:30 to 02:45 in the night that has 02:xx twice. */
	static const char twice[] =
	    EVENT(D(";TZID=Europe/Berlin:20261025T023000")
	            E(";TZID=Europe/Berlin:20261025T024500"));
	int64_t night = civil_days(2026, 10, 25) * DAY;
	struct calendar *calendar = NULL;

	(void)state;
	assert_int_equal(read_calendar(twice, strlen(twice), &calendar), 0);
	for (int minute = 0; minute < 240; minute++) {
		int64_t at = night + minute * 60;

		assert_int_equal(calendar_is_in_force(calendar, at, false),
		    minute >= 30 && minute < 105);
		assert_false(calendar_is_in_force(calendar, at, true));
	}
	assert_int_equal(
	    calendar_next_edge(calendar, night, night + DAY, false),
	    night + 30 * 60);
	assert_int_equal(
	    calendar_next_edge(calendar, night + 30 * 60, night + DAY, false),
	    night + 105 * 60);
	calendar_freep(&calendar);
}

static void
what_is_not_understood_is_unreadable(void **state)
{
	static const char *const texts[] = {
		"",
		"BEGIN:VCALENDAR\r\n",
		HEAD "BEGIN:VEVENT\r\nEND:VCALENDAR\r\n",
		HEAD "END:VCALENDAR\r\nmore\r\n",
		HEAD "END:VCALENDAR\r\n" HEAD "END:VCALENDAR\r\n",
		EVENT(""),
		EVENT(D(":20261125T100000Z")),
		EVENT(D(":20261125T100000Z") E(":20261125T100000Z")),
		EVENT(D(":20261125T100000Z") E(":20261125T090000Z")),
		EVENT(D(":20261125T100000Z") E(":20261125T110000")),
		EVENT(D(":20261125T100000Z") E(";VALUE=DATE:20261126")),
		EVENT(D(":20261125T100000Z") X("DURATION:-PT1H")),
		EVENT(D(":20261125T100000Z") X("DURATION:soon")),
		EVENT(D(":20261125T100000Z") E(":20261125T110000Z")
		        X("DURATION:PT1H")),
		EVENT(D(";TZID=Mars/Base:20261125T100000") X("DURATION:PT1H")),
		EVENT(D(":20261345T100000Z") X("DURATION:PT1H")),
		EVENT(D(":20260230T100000Z") X("DURATION:PT1H")),
		EVENT(D(":tomorrow") X("DURATION:PT1H")),
		EVENT(D(":20261125T100000Z") D(":20261126T100000Z")
		        X("DURATION:PT1H")),
		EVENT(D(":20261125T100000Z") X("DURATION:PT1H")
		        X("RECURRENCE-ID:20261125T100000Z")),
		EVENT(D(":20261125T100000Z") X("DURATION:PT1H")
		        X("EXRULE:FREQ=DAILY")),
		EVENT(D(":20261125T100000Z") X("DURATION:PT1H")
		        X("RRULE:FREQ=HOURLY")),
		EVENT(D(":20261125T100000Z") X("DURATION:PT1H")
		        X("RRULE:FREQ=SECONDLY")),
		EVENT(D(":20261125T100000Z") X("DURATION:PT1H")
		        X("RRULE:FREQ=SOMETIMES")),
		EVENT(D(":20261125T100000Z") X("DURATION:PT1H")
		        X("RDATE;VALUE=PERIOD:20261125T100000Z/PT1H")),
		EVENT(D(":20261125T100000Z") X("DURATION:PT1H")
		        X("RDATE;VALUE=DATE:20261126")),
	};
	struct calendar *calendar = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (read_calendar(texts[i], strlen(texts[i]), &calendar) == 0)
			fail_msg("read: %s", texts[i]);
	assert_null(calendar);
}

static void
a_cut_calendar_is_unreadable_at_every_byte(void **state)
{
	static const char whole[] = EVENT(D(":20261125T100000Z")
	        X("DURATION:PT1H") X("RRULE:FREQ=DAILY;COUNT=3"));
	struct calendar *calendar = NULL;

	(void)state;
	/* But for the line feed, and the return before it, at its end. */
	for (size_t n = 0; n < strlen(whole) - 2; n++)
		assert_int_equal(
		    read_calendar(whole, n, &calendar), WARDER_EFORM);
	assert_int_equal(read_calendar(whole, strlen(whole), &calendar), 0);
	calendar_freep(&calendar);
}

/*
 * A rule without end, and dense, costs a bounded walk; one that never comes
 * true is a mistake of whoever wrote it.
 */
static void
an_endless_rule_is_answered_with_care(void **state)
{
	static const char dense[] =
	    EVENT(D(":19000101T000000Z") X("DURATION:PT1S")
	            X("RRULE:FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12,13,"
	              "14,15,16,17,18,19,20,21,22,23;BYMINUTE=0,15,30,45"));
	static const char never[] = EVENT(D(":20260101T000000Z") X(
	    "DURATION:PT1S") X("RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"));
	struct calendar *calendar = NULL;

	(void)state;
	assert_int_equal(read_calendar(dense, strlen(dense), &calendar), 0);
	assert_true(calendar_is_in_force(calendar, wednesday(1, 7), false));
	assert_false(calendar_is_in_force(calendar, wednesday(1, 7), true));
	calendar_freep(&calendar);
	assert_int_equal(
	    read_calendar(never, strlen(never), &calendar), WARDER_EFORM);
}

static int
set_up(void **state)
{
	(void)state;
	berlin_zone = zone_named("Europe/Berlin");
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	zone_freep(&berlin_zone);
	tzdata_clear(&tzdata);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_zone_shows_what_the_c_library_shows),
		cmocka_unit_test(a_cut_or_changed_zone_is_none),
		cmocka_unit_test(a_jump_is_skipped_or_shown_twice),
		cmocka_unit_test(a_window_has_its_start_and_not_its_end),
		cmocka_unit_test(a_window_reads_the_wall_of_its_zone),
		cmocka_unit_test(an_event_is_in_force_as_it_is_written),
		cmocka_unit_test(
		    at_a_jump_a_freeze_is_long_and_an_opening_short),
		cmocka_unit_test(what_is_not_understood_is_unreadable),
		cmocka_unit_test(a_cut_calendar_is_unreadable_at_every_byte),
		cmocka_unit_test(an_endless_rule_is_answered_with_care),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* SPDX-License-Identifier: ISC */
/*
 * From text to events. libical forgives much and says little; so the frame
 * of the text is held to form first, its complaints count, and every property
 * that would change when an event is, and is not understood here, makes the
 * whole file unreadable.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "policy/calendar_build.h"

#define YEAR_LEAST 1900
#define YEAR_MOST 2999
#define DEPTH_MAX 8

struct reading {
	const struct zone *local;
	const struct calendar_zones *zones;
	struct calendar *calendar;
	size_t cap;
};

int64_t
wall_of(struct icaltimetype time)
{
	return civil_days(time.year, (unsigned int)time.month,
	           (unsigned int)time.day) *
	           86400 +
	       (time.is_date ? 0
	                     : (int64_t)time.hour * 3600 +
	                           (int64_t)time.minute * 60 + time.second);
}

struct icaltimetype
time_of(int64_t wall_s)
{
	struct icaltimetype time = icaltime_null_time();
	struct civil civil;

	civil_of(wall_s, &civil);
	time.year = civil.year;
	time.month = civil.month;
	time.day = civil.day;
	time.hour = civil.hour;
	time.minute = civil.minute;
	time.second = civil.second;
	return time;
}

static bool
is_word(const char *line, size_t len, const char *word)
{
	return len == strlen(word) && strncasecmp(line, word, len) == 0;
}

/* BEGIN and END in pairs, one VCALENDAR around all, and nothing behind it. */
static bool
is_framed(const char *text)
{
	int depth = 0, calendars = 0;
	size_t len, trimmed;

	for (; *text != '\0'; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		trimmed = len > 0 && text[len - 1] == '\r' ? len - 1 : len;
		if (depth == 0 && !(calendars == 0 && is_word(text, trimmed,
		                                          "BEGIN:VCALENDAR")))
			return false;
		if (strncasecmp(text, "BEGIN:", 6) == 0 && ++depth > DEPTH_MAX)
			return false;
		if (depth == 1 && is_word(text, trimmed, "BEGIN:VCALENDAR"))
			calendars++;
		if (strncasecmp(text, "END:", 4) != 0)
			continue;
		if ((depth == 1) != is_word(text, trimmed, "END:VCALENDAR"))
			return false;
		depth--;
	}
	return depth == 0 && calendars == 1;
}

/* What a time is told in. */
enum form {
	FORM_DATE = 1,
	FORM_FLOATING,
	FORM_UTC,
	FORM_ZONE
};

struct told {
	enum form form;
	const struct zone *zone;
	const char *tzid;
	int64_t wall;
};

static bool
is_sane(struct icaltimetype time)
{
	struct icaltimetype same = time;

	if (icaltime_is_null_time(time) || time.year < YEAR_LEAST ||
	    time.year > YEAR_MOST || time.month < 1 || time.month > 12 ||
	    time.day < 1)
		return false;
	same = icaltime_normalize(same);
	return icaltime_compare(same, time) == 0 && same.day == time.day;
}

/* DTSTART, DTEND, RDATE, EXDATE: the time as its wall shows it. */
static bool
read_time(const struct reading *reading, icalproperty *property,
    struct icaltimetype time, struct told *ret)
{
	icalparameter *tzid =
	    icalproperty_get_first_parameter(property, ICAL_TZID_PARAMETER);

	*ret = (struct told){ .form = FORM_FLOATING, .zone = reading->local };
	if (!is_sane(time))
		return false;
	ret->wall = wall_of(time);
	if (time.is_date)
		ret->form = FORM_DATE;
	else if (icaltime_is_utc(time))
		ret->form = FORM_UTC;
	if (ret->form == FORM_UTC)
		ret->zone = NULL;
	if (tzid == NULL)
		return true;
	if (ret->form != FORM_FLOATING)
		return false;
	ret->form = FORM_ZONE;
	ret->tzid = icalparameter_get_tzid(tzid);
	return ret->tzid != NULL && reading->zones->find != NULL &&
	       reading->zones->find(reading->zones->ctx, ret->tzid, &ret->zone);
}

static bool
is_same_form(const struct told *a, const struct told *b)
{
	return a->form == b->form &&
	       (a->form != FORM_ZONE || strcmp(a->tzid, b->tzid) == 0);
}

static size_t
count(icalcomponent *event, icalproperty_kind kind)
{
	return (size_t)icalcomponent_count_properties(event, kind);
}

static bool
read_start(
    const struct reading *reading, icalcomponent *event, struct told *ret)
{
	icalproperty *start =
	    icalcomponent_get_first_property(event, ICAL_DTSTART_PROPERTY);

	return count(event, ICAL_DTSTART_PROPERTY) == 1 &&
	       read_time(reading, start, icalproperty_get_dtstart(start), ret);
}

static bool
read_duration(icalcomponent *event, int64_t *ret_len)
{
	icalproperty *property =
	    icalcomponent_get_first_property(event, ICAL_DURATION_PROPERTY);
	struct icaldurationtype duration = icalproperty_get_duration(property);

	if (icaldurationtype_is_bad_duration(duration) ||
	    duration.is_neg != 0 || duration.weeks > 5300 ||
	    duration.days > 37000 || duration.hours > 900000 ||
	    duration.minutes > 54000000)
		return false;
	*ret_len = (int64_t)duration.weeks * 604800 +
	           (int64_t)duration.days * 86400 +
	           (int64_t)duration.hours * 3600 +
	           (int64_t)duration.minutes * 60 + (int64_t)duration.seconds;
	return true;
}

static bool
read_len(const struct reading *reading, icalcomponent *event,
    const struct told *start, int64_t *ret_len)
{
	size_t ends = count(event, ICAL_DTEND_PROPERTY);
	size_t durations = count(event, ICAL_DURATION_PROPERTY);
	icalproperty *property =
	    icalcomponent_get_first_property(event, ICAL_DTEND_PROPERTY);
	struct told end;

	if (ends + durations > 1)
		return false;
	if (ends + durations == 0) {
		*ret_len = 86400;
		return start->form == FORM_DATE;
	}
	if (durations == 1)
		return read_duration(event, ret_len) && *ret_len > 0;
	if (!read_time(
	        reading, property, icalproperty_get_dtend(property), &end) ||
	    !is_same_form(start, &end))
		return false;
	*ret_len = end.wall - start->wall;
	return *ret_len > 0;
}

/* On the wall of the event, whichever way it is told; dates stay dates. */
static bool
to_wall(const struct told *start, const struct told *told, int64_t *ret)
{
	*ret = told->wall;
	if (is_same_form(start, told))
		return true;
	if (start->form == FORM_DATE || told->form == FORM_DATE ||
	    told->form != FORM_UTC)
		return false;
	*ret = zone_wall(start->zone, told->wall);
	return true;
}

static bool
add_wall(int64_t **walls, size_t *n, int64_t wall)
{
	int64_t *more = reallocarray(*walls, *n + 1, sizeof(*more));

	if (more == NULL)
		return false;
	*walls = more;
	more[(*n)++] = wall;
	return true;
}

static bool
read_dates(const struct reading *reading, icalcomponent *from,
    const struct told *start, struct event *event)
{
	icalproperty *property;
	struct icaldatetimeperiodtype date;
	struct told told;
	int64_t wall;

	for (property =
	         icalcomponent_get_first_property(from, ICAL_RDATE_PROPERTY);
	     property != NULL; property = icalcomponent_get_next_property(
	                           from, ICAL_RDATE_PROPERTY)) {
		date = icalproperty_get_rdate(property);
		if (!icalperiodtype_is_null_period(date.period) ||
		    !read_time(reading, property, date.time, &told) ||
		    !to_wall(start, &told, &wall) ||
		    !add_wall(&event->more, &event->more_n, wall))
			return false;
	}
	for (property =
	         icalcomponent_get_first_property(from, ICAL_EXDATE_PROPERTY);
	     property != NULL; property = icalcomponent_get_next_property(
	                           from, ICAL_EXDATE_PROPERTY)) {
		if (!read_time(reading, property,
		        icalproperty_get_exdate(property), &told) ||
		    !to_wall(start, &told, &wall) ||
		    !add_wall(&event->less, &event->less_n, wall))
			return false;
	}
	return true;
}

static bool
read_rule(icalcomponent *from, const struct told *start, struct event *event)
{
	icalproperty *property =
	    icalcomponent_get_first_property(from, ICAL_RRULE_PROPERTY);
	struct icalrecurrencetype *rule = &event->rule;
	icalrecur_iterator *iterator;

	if (property == NULL)
		return true;
	*rule = icalproperty_get_rrule(property);
	if (count(from, ICAL_RRULE_PROPERTY) != 1 || rule->rscale != NULL ||
	    (rule->freq != ICAL_DAILY_RECURRENCE &&
	        rule->freq != ICAL_WEEKLY_RECURRENCE &&
	        rule->freq != ICAL_MONTHLY_RECURRENCE &&
	        rule->freq != ICAL_YEARLY_RECURRENCE) ||
	    rule->interval < 1 || rule->count < 0)
		return false;
	/* The end of a rule is often told in UTC; the rule runs on the wall. */
	if (!icaltime_is_null_time(rule->until)) {
		int64_t until = wall_of(rule->until);

		if (!is_sane(rule->until))
			return false;
		if (icaltime_is_utc(rule->until) && !rule->until.is_date)
			until = zone_wall(start->zone, until);
		else if (rule->until.is_date && start->form != FORM_DATE)
			until += 86399;
		rule->until = time_of(until);
		rule->until.is_date = event->first.is_date;
	}
	event->has_rule = true;
	iterator = icalrecur_iterator_new(*rule, event->first);
	if (iterator == NULL)
		return false;
	icalrecur_iterator_free(iterator);
	return true;
}

static bool
has_what_is_not_read(icalcomponent *event)
{
	return count(event, ICAL_RECURRENCEID_PROPERTY) != 0 ||
	       count(event, ICAL_EXRULE_PROPERTY) != 0;
}

static bool
read_event(struct reading *reading, icalcomponent *from, struct event *event)
{
	struct told start;

	if (has_what_is_not_read(from) || !read_start(reading, from, &start) ||
	    !read_len(reading, from, &start, &event->len))
		return false;
	event->zone = start.zone;
	event->start = start.wall;
	event->first = time_of(start.wall);
	event->first.is_date = start.form == FORM_DATE;
	return read_rule(from, &start, event) &&
	       read_dates(reading, from, &start, event);
}

static int
add_event(struct reading *reading, icalcomponent *from)
{
	struct calendar *calendar = reading->calendar;
	struct event *more;

	if (calendar->n == CALENDAR_EVENTS_MAX)
		return WARDER_EFORM;
	if (calendar->n == reading->cap) {
		reading->cap = reading->cap == 0 ? 8 : 2 * reading->cap;
		more =
		    reallocarray(calendar->events, reading->cap, sizeof(*more));
		if (more == NULL)
			return WARDER_ENOMEM;
		calendar->events = more;
	}
	memset(&calendar->events[calendar->n], 0, sizeof(struct event));
	return read_event(reading, from, &calendar->events[calendar->n++])
	           ? WARDER_OK
	           : WARDER_EFORM;
}

static int
read_events(struct reading *reading, icalcomponent *root)
{
	icalcomponent *event;
	int r = WARDER_OK;

	if (icalcomponent_isa(root) != ICAL_VCALENDAR_COMPONENT ||
	    icalcomponent_count_errors(root) != 0)
		return WARDER_EFORM;
	for (event =
	         icalcomponent_get_first_component(root, ICAL_VEVENT_COMPONENT);
	     event != NULL && r == 0; event = icalcomponent_get_next_component(
	                                  root, ICAL_VEVENT_COMPONENT)) {
		if (has_what_is_not_read(event))
			return WARDER_EFORM;
		if (icalcomponent_get_status(event) != ICAL_STATUS_CANCELLED)
			r = add_event(reading, event);
	}
	return r;
}

int
calendar_read(const char *bytes, size_t len, const struct zone *local,
    const struct calendar_zones *zones, struct calendar **ret_calendar)
{
	struct reading reading = { .local = local, .zones = zones };
	icalcomponent *root = NULL;
	char *text;
	int r = WARDER_EFORM;

	if (len > CALENDAR_BYTES_MAX || memchr(bytes, '\0', len) != NULL)
		return WARDER_EFORM;
	icalerror_set_errors_are_fatal(0);
	if ((text = strndup(bytes, len)) == NULL)
		return WARDER_ENOMEM;
	reading.calendar = calloc(1, sizeof(*reading.calendar));
	if (reading.calendar != NULL && is_framed(text) &&
	    (root = icalparser_parse_string(text)) != NULL)
		r = read_events(&reading, root);
	else if (reading.calendar == NULL)
		r = WARDER_ENOMEM;
	if (root != NULL)
		icalcomponent_free(root);
	free(text);
	if (r != 0)
		calendar_freep(&reading.calendar);
	else
		*ret_calendar = reading.calendar;
	return r;
}

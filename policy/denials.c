/* SPDX-License-Identifier: ISC */
/* Whether a deny line fits. Only a sure no keeps it away. */
#include "config.h"

#include "policy/calendar.h"
#include "policy/fit.h"
#include "policy/window.h"

static enum fact
fact_of(bool is)
{
	return is ? FACT_TRUE : FACT_FALSE;
}

static enum fact
fact_not(enum fact a)
{
	return a == FACT_UNKNOWN ? a : fact_of(a == FACT_FALSE);
}

/* A calendar asked for its openings is never open longer than it looks. */
static enum fact
is_in_force(
    const struct request *request, const struct period *period, bool as_opening)
{
	int64_t now_s = request->facts->clock.now_s;
	const struct named_zone *zone;

	if (!request->has_time)
		return FACT_UNKNOWN;
	if (period->is_calendar)
		return period->calendar == NULL
		           ? FACT_UNKNOWN
		           : fact_of(calendar_is_in_force(
		                 period->calendar, now_s, as_opening));
	zone = &request->policy->zones[period->zone];
	if (!zone->is_known)
		return FACT_UNKNOWN;
	return fact_of(window_is_in_force(
	    period->hours, period->hours_n, zone->zone, now_s));
}

static enum fact
fit_period(const struct request *request, const struct statement *line,
    const char **ret_code, const char **ret_unknown)
{
	bool is_outside = line->deny == DENY_OUTSIDE;
	const struct period *period;
	enum fact is;

	*ret_code = "window";
	if (line->period_at == SIZE_MAX)
		return FACT_UNKNOWN;
	period = &request->policy->periods[line->period_at];
	if (period->is_calendar)
		*ret_code = "calendar";
	is = is_in_force(request, period, is_outside);
	if (is == FACT_UNKNOWN)
		*ret_unknown = request->has_time ? *ret_code : "clock.synced";
	return is_outside ? fact_not(is) : is;
}

enum fact
fit_deny(const struct request *request, const struct standing *standing,
    const struct statement *line, const char **ret_code,
    const char **ret_unknown)
{
	enum facts_trigger trigger = request->facts->gate.trigger;
	enum fact fits;

	*ret_unknown = "";
	switch (line->deny) {
	case DENY_SELF:
		*ret_code = "self";
		return fit_self(request, standing, line->self, ret_unknown);
	case DENY_OUTSIDE:
	case DENY_DURING:
		return fit_period(request, line, ret_code, ret_unknown);
	case DENY_TRIGGER:
		*ret_code = "trigger";
		if (trigger != TRIGGER_UNKNOWN)
			return fact_of((line->triggers & 1u << trigger) != 0);
		*ret_unknown = "gate.trigger";
		return FACT_UNKNOWN;
	case DENY_USER:
		break;
	}
	*ret_code = "user";
	fits = fit_banned(standing, line->to);
	if (fits == FACT_UNKNOWN)
		*ret_unknown = "people.groups";
	return fits;
}

const char *
denial_text(enum deny_kind kind)
{
	static const char *const texts[] = {
		[DENY_SELF] = "this is your own change",
		[DENY_OUTSIDE] = "it is not the time for this",
		[DENY_DURING] = "now is not the time for this",
		[DENY_TRIGGER] = "not for a run that was started so",
		[DENY_USER] = "not for you",
	};

	return texts[kind];
}

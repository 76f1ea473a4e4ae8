/* SPDX-License-Identifier: ISC */
/* An explanation for a person: what is in the way, and what would do. */
#include "config.h"

#include <string.h>

#include "base/clock.h"
#include "client/tell.h"
#include "client/ways.h"
#include "client/words.h"

/* Names as they came, `,` between them, for a sentence. */
static void
print_names(FILE *out, const char *who, const char *last)
{
	char name[PERSON_USER + 1];
	const char *end;
	bool is_first = true;

	for (; *who != '\0'; who = *end == ',' ? end + 1 : end) {
		end = who + strcspn(who, ",");
		(void)snprintf(
		    name, sizeof(name), "%.*s", (int)(end - who), who);
		if (!is_first)
			(void)fputs(*end == '\0' ? last : ", ", out);
		(void)fputs(foreign(name), out);
		is_first = false;
	}
}

static void
print_texts(FILE *out, const struct person_way *way)
{
	if (way->reason[0] != '\0')
		(void)fprintf(out, _(" with a reason such as \"%s\""),
		    foreign(way->reason));
	if (way->reason[0] != '\0' && way->ticket[0] != '\0')
		(void)fputs(_(" and"), out);
	if (way->ticket[0] != '\0')
		(void)fprintf(out, _(" with a ticket such as \"%s\""),
		    foreign(way->ticket));
}

static const char *
trigger_text(uint8_t trigger)
{
	switch (trigger) {
	case 1:
		return _("by hand");
	case 2:
		return _("by schedule");
	case 3:
		return _("by a push");
	case 4:
		return _("by another pipeline");
	case 5:
		return _("by a webhook");
	}
	return "";
}

static void
print_run(FILE *out, const struct person_way *way)
{
	(void)fputs(_(" for another run"), out);
	if ((way->flags & WAY_NEWEST) != 0)
		(void)fputs(_(", the newest"), out);
	if (way->name[0] != '\0')
		(void)fprintf(
		    out, _(", from a branch such as %s"), foreign(way->name));
	if (way->trigger != 0)
		(void)fprintf(
		    out, _(", started %s"), trigger_text(way->trigger));
	if ((way->flags & WAY_STARTED) != 0)
		(void)fputs(_(", started by somebody else"), out);
	if ((way->flags & WAY_WRITTEN) != 0)
		(void)fputs(_(", written by somebody else"), out);
}

static void
print_session(FILE *out, const struct person_way *way)
{
	if ((way->flags & WAY_TTY) != 0)
		(void)fputs(_(" at a terminal"), out);
	if (way->name[0] != '\0')
		(void)fprintf(out, _(" from %s"), foreign(way->name));
}

static void
print_change(FILE *out, const struct person_way *way)
{
	char text[64];

	switch (way->kind) {
	case WAY_PERSON:
		(void)fputs(_(" by "), out);
		print_names(out, way->who, _(" or "));
		return;
	case WAY_TEXT:
		print_texts(out, way);
		return;
	case WAY_TIME:
		(void)fprintf(out, _(" from %s on"),
		    time_text(text, way->at_ms, clock_real_ms()));
		return;
	case WAY_MFA:
		(void)fprintf(
		    out, _(" with a new proof of level %u"), way->level);
		return;
	case WAY_SESSION:
		print_session(out, way);
		return;
	case WAY_RUN:
		print_run(out, way);
		return;
	case WAY_VOTES:
		(void)fputs(_(" after votes of "), out);
		print_names(out, way->who, _(" and "));
		print_texts(out, way);
		return;
	case WAY_GLASS:
		(void)fprintf(
		    out, _(" with break-glass %s"), foreign(way->name));
		print_texts(out, way);
		return;
	}
}

static void
tell_each_way(FILE *out, const struct ways *ways)
{
	(void)fputs(ways->n > 0
	                ? _("What would do, each by itself:\n")
	                : _("No set of up to three changes would do.\n"),
	    out);
	for (size_t i = 0; i < ways->n; i++) {
		const struct person_way *way = &ways->items[i];
		bool is_first = i == 0 || way[-1].way != way->way;
		bool is_last = i + 1 == ways->n || way[1].way != way->way;

		if (is_first)
			(void)fprintf(out, "  %u.", way->way);
		else
			(void)fputs(_(","), out);
		print_change(out, way);
		if (is_last && way->becomes == VERDICT_IS_PENDING)
			(void)fputs(
			    _("; that is a vote, others are awaited"), out);
		if (is_last)
			(void)fputc('\n', out);
	}
}

static void
tell_limits(FILE *out, uint8_t flags)
{
	if ((flags & EXPLAINED_NO_REASON) != 0)
		(void)fputs(_("No reason could be made up that fits all "
		              "patterns.\n"),
		    out);
	if ((flags & EXPLAINED_NO_TICKET) != 0)
		(void)fputs(_("No ticket could be made up that fits all "
		              "patterns.\n"),
		    out);
	if ((flags & (EXPLAINED_IS_CUT | EXPLAINED_NOT_ALL)) != 0)
		(void)fputs(_("Not everything was tried, it would take too "
		              "long: there may be more.\n"),
		    out);
}

/* "chen may pass it", as of an instant if one was asked for. */
static void
tell_verdict(const struct client *client, const struct person_explained *is)
{
	bool is_refusal = is->verb == PERSON_REFUSE;
	FILE *out = client->out;
	char text[64];

	if (client->options.at != NULL)
		(void)fprintf(out, _("At %s: "),
		    time_text(text, is->at_ms, clock_real_ms()));
	switch (is->verdict) {
	case VERDICT_IS_PERMIT:
		(void)fprintf(out,
		    is_refusal ? _("%s may refuse this gate.\n")
		               : _("%s may pass this gate.\n"),
		    foreign(is->subject));
		return;
	case VERDICT_IS_PENDING:
		(void)fprintf(out,
		    _("%s may vote for this gate; others have to agree.\n"),
		    foreign(is->subject));
		return;
	}
	(void)fprintf(out,
	    is_refusal
	        ? _("%s cannot refuse this gate as it stands (exit %u).\n")
	        : _("%s cannot pass this gate as it stands (exit %u).\n"),
	    foreign(is->subject), is->exit);
}

static void
tell_needs(FILE *out, const struct shown *lines)
{
	for (size_t i = 0; lines != NULL && i < lines->needs_n; i++) {
		const struct person_need *need = &lines->needs[i];

		if (need->kind == NEED_LEVEL && need->n > 1)
			(void)fprintf(out,
			    _("A proof of level %u is asked for.\n"), need->n);
		if (need->kind == NEED_SEATS)
			(void)fprintf(out, _("Still open: %u more of %s\n"),
			    need->n, foreign(need->who));
	}
}

void
tell_ways(const struct client *client, const struct shown *gate,
    const struct ways *ways)
{
	const struct shown *lines = ways_lines(ways);
	bool is_deny = ways->verdict.verdict == VERDICT_IS_DENY;
	FILE *out = client->out;

	(void)fprintf(out, "%s/%s/%s/%s\n", foreign(shown_org(gate)),
	    foreign(shown_pipeline(gate)), foreign(gate->gate.run),
	    foreign(gate->gate.job));
	tell_verdict(client, &ways->verdict);
	if (lines != NULL && lines->rules_n > 0)
		(void)fputs(ways->verdict.verdict == VERDICT_IS_PERMIT
		                ? _("Lines that fit:\n")
		                : _("In the way:\n"),
		    out);
	for (size_t i = 0; lines != NULL && i < lines->rules_n; i++)
		tell_rule(out, &lines->rules[i]);
	tell_needs(out, lines);
	if (is_deny)
		tell_each_way(out, ways);
	tell_limits(out, ways->verdict.flags);
}

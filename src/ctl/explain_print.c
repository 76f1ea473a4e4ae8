/* SPDX-License-Identifier: ISC */
/* An explanation for people: what is in the way, and what would do. */
#include "config.h"

#include <string.h>
#include <time.h>

#include "base/text.h"
#include "ctl/explain_report.h"

#define SHOWN 512

static const char *
member(const cJSON *object, const char *name)
{
	const char *text = cJSON_GetStringValue(
	    cJSON_GetObjectItemCaseSensitive(object, name));

	return text == NULL ? "" : text;
}

static int
number(const cJSON *object, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

	return cJSON_IsNumber(item) ? item->valueint : 0;
}

static void
print_reason(FILE *where, const cJSON *reason)
{
	const cJSON *unknown =
	    cJSON_GetObjectItemCaseSensitive(reason, "unknown");
	const char *text = member(reason, "text"), *end;
	char shown[SHOWN];
	const cJSON *item;

	if (member(reason, "file")[0] != '\0')
		(void)fprintf(where, "  %s:%d: ", member(reason, "file"),
		    number(reason, "line"));
	else
		(void)fputs("  built in: ", where);
	(void)fprintf(where, "%s [%s]\n",
	    text_show(shown, sizeof(shown), member(reason, "message")),
	    member(reason, "local_code"));
	/* Of a block its first line is enough. */
	end = strchr(text, '\n');
	if (text[0] != '\0')
		(void)fprintf(where, "      %.*s\n",
		    (int)(end == NULL ? strlen(text) : (size_t)(end - text)),
		    text);
	cJSON_ArrayForEach(item, unknown)
	{
		(void)fprintf(where, "      not known: %s\n",
		    text_show(shown, sizeof(shown), item->valuestring));
	}
}

/* What has to be given where a pattern alone does not say it well. */
static void
print_missing(FILE *where, const struct explanation *got)
{
	const struct verdict *verdict = &got->verdict;

	for (size_t i = 0; i < verdict->missing.quorum_n; i++) {
		const struct verdict_quorum *at = &verdict->missing.quorum[i];

		for (size_t k = 0; k < at->open_n; k++)
			(void)fprintf(where,
			    "      still open: %u more of %s%s\n",
			    at->open[k].count, at->open[k].is_role ? "" : "@",
			    at->open[k].of);
	}
	if (got->is_reason_unmade)
		(void)fputs("      no reason could be made up that fits all "
		            "patterns\n",
		    where);
	if (got->is_ticket_unmade)
		(void)fputs("      no ticket could be made up that fits all "
		            "patterns\n",
		    where);
}

static void
print_names(FILE *where, const struct explain_change *change, const char *last)
{
	char shown[SHOWN];

	for (size_t i = 0; i < change->people_n; i++)
		(void)fprintf(where, "%s%s",
		    i == 0                      ? ""
		    : i + 1 == change->people_n ? last
		                                : ", ",
		    text_show(shown, sizeof(shown), change->people[i].name));
}

static void
print_texts(FILE *where, const struct explain_change *change)
{
	char shown[SHOWN];

	if (change->reason != NULL)
		(void)fprintf(where, " with a reason such as \"%s\"",
		    text_show(shown, sizeof(shown), change->reason));
	if (change->ticket != NULL)
		(void)fprintf(where, "%s with a ticket such as \"%s\"",
		    change->reason == NULL ? "" : " and",
		    text_show(shown, sizeof(shown), change->ticket));
}

static void
print_time(FILE *where, int64_t at_s)
{
	time_t at = (time_t)at_s;
	struct tm tm;
	char text[64] = "";

	if (localtime_r(&at, &tm) != NULL)
		(void)strftime(text, sizeof(text), "%a %Y-%m-%d %H:%M %Z", &tm);
	(void)fprintf(where, "from %s on", text);
}

static void
print_run(FILE *where, const struct explain_change *change)
{
	char shown[SHOWN];

	(void)fputs("for another run", where);
	if (change->is_newest)
		(void)fputs(", the newest", where);
	if (change->branch != NULL)
		(void)fprintf(where, ", from a branch such as %s",
		    text_show(shown, sizeof(shown), change->branch));
	if (change->trigger != TRIGGER_UNKNOWN)
		(void)fprintf(where, ", started by the trigger %s",
		    explain_trigger_word(change->trigger));
	if (change->started_by != NULL || change->written_by != NULL)
		(void)fprintf(where, ", %s%s%s by somebody else",
		    change->started_by == NULL ? "" : "started",
		    change->started_by != NULL && change->written_by != NULL
		        ? " and "
		        : "",
		    change->written_by == NULL ? "" : "written");
}

static void
print_change(FILE *where, const struct explain_change *change)
{
	char shown[SHOWN];

	switch (change->kind) {
	case EXPLAIN_PERSON:
		(void)fputs("by ", where);
		print_names(where, change, " or ");
		return;
	case EXPLAIN_TEXT:
		break;
	case EXPLAIN_TIME:
		print_time(where, change->at_s);
		return;
	case EXPLAIN_MFA:
		(void)fprintf(
		    where, "with a new proof of level %u", change->level);
		return;
	case EXPLAIN_SESSION:
		if (change->needs_tty)
			(void)fputs("at a terminal", where);
		if (change->net != NULL)
			(void)fprintf(where, "%sfrom %s",
			    change->needs_tty ? " " : "", change->net);
		return;
	case EXPLAIN_RUN:
		print_run(where, change);
		return;
	case EXPLAIN_VOTES:
		(void)fputs("after votes of ", where);
		print_names(where, change, " and ");
		print_texts(where, change);
		return;
	case EXPLAIN_GLASS:
		(void)fprintf(where, "with break-glass %s",
		    text_show(shown, sizeof(shown), change->glass));
		break;
	}
	print_texts(where, change);
}

static void
print_ways(FILE *where, const struct explanation *got)
{
	if (got->ways_n > 0)
		(void)fputs("What would do, each by itself:\n", where);
	else
		(void)fputs("No set of up to three changes would do.\n", where);
	for (size_t i = 0; i < got->ways_n; i++) {
		(void)fprintf(where, "  %zu.", i + 1);
		for (size_t k = 0; k < got->ways[i].n; k++) {
			const struct explain_change *change =
			    &got->ways[i].changes[k];

			(void)fputs(k == 0 ? "" : ",", where);
			/* A text begins with its blank. */
			(void)fputs(
			    change->kind == EXPLAIN_TEXT ? "" : " ", where);
			print_change(where, change);
		}
		(void)fputs(got->ways[i].becomes == VERDICT_PENDING
		                ? "; that is a vote, others are awaited\n"
		                : "\n",
		    where);
	}
	if (got->is_cut)
		(void)fputs("Not everything was tried, it would take too long: "
		            "there may be more.\n",
		    where);
}

void
explain_report_print(FILE *where, const struct explain_report *report)
{
	const cJSON *decision = report->decision;
	const cJSON *blocking =
	    cJSON_GetObjectItemCaseSensitive(decision, "blocking");
	const cJSON *rule = cJSON_GetObjectItemCaseSensitive(decision, "rule");
	const cJSON *item;

	if (report->policy == NULL)
		(void)fputs("error: policy or facts cannot be used; ", where);
	else
		(void)fprintf(where, "%s: %s ", member(decision, "verdict"),
		    member(decision, "verb"));
	(void)fprintf(
	    where, "would end with exit code %d\n", number(decision, "exit"));
	if (cJSON_GetArraySize(blocking) == 0) {
		(void)fprintf(where, "%s:%d permits it; nothing is missing.\n",
		    member(rule, "file"), number(rule, "line"));
		return;
	}
	(void)fputs("In the way:\n", where);
	cJSON_ArrayForEach(item, blocking)
	{
		print_reason(where, item);
	}
	print_missing(where, &report->got);
	if (report->policy != NULL && report->got.verdict.kind == VERDICT_DENY)
		print_ways(where, &report->got);
}

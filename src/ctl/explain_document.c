/* SPDX-License-Identifier: ISC */
/* An explanation as JSON. What a change leaves as it is has no member. */
#include "config.h"

#include <string.h>

#include "base/clock.h"
#include "ctl/explain_report.h"
#include "ctl/policy_document.h"

static int
explain(struct policy_case *pcase, struct explain_report *report)
{
	const struct policy_source source = policy_case_source(pcase);
	struct policy_diag diag;
	int r = policy_parse_set(
	    pcase->policy, pcase->policy_len, &source, &report->policy, &diag);

	if (r == 0)
		r = policy_case_resolve(pcase, report->policy);
	if (r == 0)
		r = policy_explain(
		    report->policy, &pcase->facts, NULL, &report->got);
	return r;
}

int
explain_report_make(struct policy_case *pcase, struct explain_report *ret)
{
	struct explain_report report = { .policy = NULL };
	const char *verdict;
	int r = policy_document_make(pcase, &report.decision);

	if (r != 0)
		return r;
	verdict = cJSON_GetStringValue(
	    cJSON_GetObjectItemCaseSensitive(report.decision, "verdict"));
	if (verdict == NULL)
		r = WARDER_ENOMEM;
	else if (strcmp(verdict, "error") != 0)
		r = explain(pcase, &report);
	if (r != 0) {
		explain_report_clear(&report);
		return r;
	}
	*ret = report;
	return WARDER_OK;
}

void
explain_report_clear(struct explain_report *report)
{
	explanation_clear(&report->got);
	policy_freep(&report->policy);
	cJSON_Delete(report->decision);
	memset(report, 0, sizeof(*report));
}

const char *
explain_trigger_word(enum facts_trigger trigger)
{
	switch (trigger) {
	case TRIGGER_MANUAL:
		return "manual";
	case TRIGGER_SCHEDULE:
		return "schedule";
	case TRIGGER_PUSH:
		return "push";
	case TRIGGER_PIPELINE:
		return "pipeline";
	case TRIGGER_WEBHOOK:
		return "webhook";
	case TRIGGER_UNKNOWN:
		break;
	}
	return "";
}

static void
add_text(cJSON *object, const char *name, const char *text)
{
	if (text != NULL)
		(void)cJSON_AddStringToObject(object, name, text);
}

static void
add_flag(cJSON *object, const char *name, bool is)
{
	if (is)
		(void)cJSON_AddTrueToObject(object, name);
}

static void
copy_member(cJSON *to, const cJSON *from, const char *name)
{
	(void)cJSON_AddItemToObject(to, name,
	    cJSON_Duplicate(cJSON_GetObjectItemCaseSensitive(from, name), 1));
}

/* One obstacle: what it is about, which line says so, what is unknown. */
static cJSON *
blocking_step(const cJSON *reason)
{
	cJSON *step = cJSON_CreateObject(), *rule;

	(void)cJSON_AddItemToObject(step, "fact",
	    cJSON_Duplicate(
	        cJSON_GetObjectItemCaseSensitive(reason, "local_code"), 1));
	if (cJSON_IsString(cJSON_GetObjectItemCaseSensitive(reason, "file"))) {
		rule = cJSON_AddObjectToObject(step, "rule");
		copy_member(rule, reason, "file");
		copy_member(rule, reason, "line");
		copy_member(rule, reason, "text");
	} else {
		(void)cJSON_AddNullToObject(step, "rule");
	}
	(void)cJSON_AddStringToObject(step, "result", "fails");
	copy_member(step, reason, "message");
	copy_member(step, reason, "unknown");
	return step;
}

/* A line that fits; what it is about is its first word. */
static cJSON *
fitting_step(const cJSON *rule)
{
	cJSON *step = cJSON_CreateObject();
	const char *text = cJSON_GetStringValue(
	    cJSON_GetObjectItemCaseSensitive(rule, "text"));
	size_t n = text == NULL ? 0 : strcspn(text, " \t");
	char word[32] = "";

	if (n < sizeof(word) && text != NULL)
		memcpy(word, text, n);
	(void)cJSON_AddStringToObject(step, "fact", word);
	(void)cJSON_AddItemToObject(step, "rule", cJSON_Duplicate(rule, 1));
	(void)cJSON_AddStringToObject(step, "result", "fits");
	return step;
}

static void
add_steps(cJSON *document, const cJSON *decision)
{
	const cJSON *blocking =
	    cJSON_GetObjectItemCaseSensitive(decision, "blocking");
	cJSON *steps = cJSON_AddArrayToObject(document, "steps");
	const cJSON *item;

	cJSON_ArrayForEach(item, blocking)
	{
		(void)cJSON_AddItemToArray(steps, blocking_step(item));
	}
	if (cJSON_GetArraySize(blocking) > 0)
		return;
	cJSON_ArrayForEach(
	    item, cJSON_GetObjectItemCaseSensitive(decision, "rules"))
	{
		(void)cJSON_AddItemToArray(steps, fitting_step(item));
	}
}

static void
add_people(cJSON *to, const struct explain_change *change)
{
	cJSON *list = cJSON_AddArrayToObject(to, "people"), *person;

	for (size_t i = 0; i < change->people_n; i++) {
		person = cJSON_CreateObject();
		(void)cJSON_AddNumberToObject(
		    person, "uid", change->people[i].uid);
		add_text(person, "name", change->people[i].name);
		(void)cJSON_AddItemToArray(list, person);
	}
}

static void
add_run(cJSON *to, const struct explain_change *change)
{
	const char *trigger = explain_trigger_word(change->trigger);

	add_flag(to, "newest", change->is_newest);
	add_text(to, "branch", change->branch);
	add_text(to, "trigger", trigger[0] == '\0' ? NULL : trigger);
	add_flag(to, "started_by_others", change->started_by != NULL);
	add_flag(to, "written_by_others", change->written_by != NULL);
}

static cJSON *
change_json(const struct explain_change *change)
{
	static const char *const kinds[] = { "", "person", "text", "time",
		"mfa", "session", "run", "votes", "break-glass" };
	cJSON *to = cJSON_CreateObject();
	char stamp[CLOCK_STAMP_SIZE];

	add_text(to, "kind", kinds[change->kind]);
	if (change->kind == EXPLAIN_PERSON || change->kind == EXPLAIN_VOTES)
		add_people(to, change);
	if (change->kind == EXPLAIN_TIME) {
		clock_stamp(stamp, change->at_s * 1000, 0);
		add_text(to, "at", stamp);
	}
	if (change->level != 0)
		(void)cJSON_AddNumberToObject(to, "level", change->level);
	add_flag(to, "tty", change->needs_tty);
	add_text(to, "source", change->net);
	add_run(to, change);
	add_text(to, "name", change->glass);
	add_text(to, "reason", change->reason);
	add_text(to, "ticket", change->ticket);
	return to;
}

static void
add_ways(cJSON *document, const struct explanation *got)
{
	cJSON *ways = cJSON_AddArrayToObject(document, "ways"), *way, *list;

	for (size_t i = 0; i < got->ways_n; i++) {
		way = cJSON_CreateObject();
		add_text(way, "becomes",
		    got->ways[i].becomes == VERDICT_PERMIT ? "permit"
		                                           : "pending");
		list = cJSON_AddArrayToObject(way, "changes");
		for (size_t k = 0; k < got->ways[i].n; k++)
			(void)cJSON_AddItemToArray(
			    list, change_json(&got->ways[i].changes[k]));
		(void)cJSON_AddItemToArray(ways, way);
	}
}

cJSON *
explain_report_json(const struct explain_report *report)
{
	cJSON *document = cJSON_CreateObject();

	(void)cJSON_AddStringToObject(document, "schema", "warder.explain/1");
	(void)cJSON_AddItemToObject(
	    document, "decision", cJSON_Duplicate(report->decision, 1));
	add_steps(document, report->decision);
	add_ways(document, &report->got);
	(void)cJSON_AddBoolToObject(document, "all_tried", !report->got.is_cut);
	(void)cJSON_AddItemToObject(document, "would_exit",
	    cJSON_Duplicate(
	        cJSON_GetObjectItemCaseSensitive(report->decision, "exit"), 1));
	return document;
}

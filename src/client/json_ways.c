/* SPDX-License-Identifier: ISC */
/*
 * warder.explain/1, the same members as warderctl policy explain prints: what
 * a change leaves as it is has no member.
 */
#include "config.h"

#include <string.h>

#include "base/clock.h"
#include "client/json_inside.h"
#include "client/ways.h"

static void
add(cJSON *to, const char *name, const char *text)
{
	(void)cJSON_AddStringToObject(to, name, text);
}

static void
add_given(cJSON *to, const char *name, const char *text)
{
	if (text[0] != '\0')
		add(to, name, text);
}

static void
add_time(cJSON *to, const char *name, uint64_t at_ms)
{
	char stamp[CLOCK_STAMP_SIZE];

	clock_stamp(stamp, (int64_t)at_ms, 0);
	add(to, name, stamp);
}

/* Each part of a list; a blank behind what parts them is not of the part. */
static void
add_list(cJSON *to, const char *name, const char *list, const char *between)
{
	cJSON *array = cJSON_AddArrayToObject(to, name);
	char part[PERSON_LONG + 1];
	size_t n;

	for (; *list != '\0'; list += n + (list[n] != '\0')) {
		list += strspn(list, " ");
		n = strcspn(list, between);
		memcpy(part, list, n);
		part[n] = '\0';
		if (n > 0)
			(void)cJSON_AddItemToArray(
			    array, cJSON_CreateString(part));
	}
}

/* An obstacle, or a line that fits: which fact, which line, what is unknown. */
static cJSON *
step(const struct person_rule *rule)
{
	cJSON *to = cJSON_CreateObject(), *at;
	bool fits = rule->kind == RULE_FITS;
	char word[32] = "";

	(void)snprintf(word, sizeof(word), "%.*s",
	    (int)strcspn(rule->text, " \t"), rule->text);
	add(to, "fact", fits ? word : rule->local_code);
	if (rule->line != 0) {
		at = cJSON_AddObjectToObject(to, "rule");
		add(at, "file", rule->file);
		(void)cJSON_AddNumberToObject(at, "line", rule->line);
		add(at, "text", rule->text);
	} else {
		(void)cJSON_AddNullToObject(to, "rule");
	}
	add(to, "result", fits ? "fits" : "fails");
	if (!fits)
		add(to, "message", rule->message);
	if (!fits)
		add_list(to, "unknown", rule->unknown, ",");
	return to;
}

static const char *
verdict_text(uint8_t verdict)
{
	static const char *const words[] = { "", "permit", "pending", "deny" };

	return words[verdict];
}

static void
add_decision(cJSON *doc, const struct ways *ways)
{
	const struct person_explained *is = &ways->verdict;
	const struct shown *lines = ways_lines(ways);
	const struct person_rule *first =
	    lines != NULL && lines->rules_n > 0 ? &lines->rules[0] : NULL;
	bool is_wrong = first != NULL && first->kind != RULE_FITS;
	cJSON *to = cJSON_AddObjectToObject(doc, "decision");

	add(to, "verdict", verdict_text(is->verdict));
	add(to, "verb", is->verb == PERSON_REFUSE ? "refuse" : "pass");
	(void)cJSON_AddNumberToObject(to, "exit", is->exit);
	add(to, "code", is_wrong ? first->code : "");
	add(to, "local_code", is_wrong ? first->local_code : "");
	add(to, "person", is->subject);
	add_list(to, "roles", is->roles, " ");
	add_time(to, "at", is->at_ms);
}

static void
add_change(cJSON *list, const struct person_way *way)
{
	static const char *const kinds[] = { "", "person", "text", "time",
		"mfa", "session", "run", "votes", "break-glass" };
	static const char *const names[] = { [WAY_SESSION] = "source",
		[WAY_RUN] = "branch",
		[WAY_GLASS] = "name" };
	static const char *const triggers[] = { "", "manual", "schedule",
		"push", "pipeline", "webhook" };
	static const char *const flags[] = { "tty", "newest",
		"started_by_others", "written_by_others" };
	cJSON *to = cJSON_CreateObject();

	add(to, "kind", kinds[way->kind]);
	if (way->kind == WAY_PERSON || way->kind == WAY_VOTES)
		add_list(to, "people", way->who, ",");
	if (way->kind == WAY_TIME)
		add_time(to, "at", way->at_ms);
	if (way->level != 0)
		(void)cJSON_AddNumberToObject(to, "level", way->level);
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if ((way->flags & 1u << i) != 0)
			(void)cJSON_AddTrueToObject(to, flags[i]);
	if (names[way->kind] != NULL)
		add_given(to, names[way->kind], way->name);
	add_given(to, "trigger", triggers[way->trigger]);
	add_given(to, "reason", way->reason);
	add_given(to, "ticket", way->ticket);
	(void)cJSON_AddItemToArray(list, to);
}

static void
add_ways(cJSON *doc, const struct ways *ways)
{
	cJSON *list = cJSON_AddArrayToObject(doc, "ways"), *changes = NULL;

	for (size_t i = 0; i < ways->n; i++) {
		const struct person_way *way = &ways->items[i];

		if (i == 0 || way[-1].way != way->way) {
			cJSON *to = cJSON_CreateObject();

			add(to, "becomes", verdict_text(way->becomes));
			changes = cJSON_AddArrayToObject(to, "changes");
			(void)cJSON_AddItemToArray(list, to);
		}
		add_change(changes, way);
	}
}

static void
add_seats(cJSON *doc, const struct shown *lines)
{
	cJSON *seats = cJSON_AddArrayToObject(doc, "open_seats"), *seat;

	for (size_t i = 0; lines != NULL && i < lines->needs_n; i++) {
		if (lines->needs[i].kind != NEED_SEATS)
			continue;
		seat = cJSON_CreateObject();
		(void)cJSON_AddNumberToObject(seat, "count", lines->needs[i].n);
		add(seat, "of", lines->needs[i].who);
		(void)cJSON_AddItemToArray(seats, seat);
	}
}

void
json_ways(const struct shown *gate, const struct ways *ways)
{
	const uint8_t flags = ways->verdict.flags;
	const struct shown *lines = ways_lines(ways);
	cJSON *doc = json_document("warder.explain/1", true), *steps, *at;

	(void)cJSON_AddArrayToObject(doc, "errors");
	at = cJSON_AddObjectToObject(doc, "gate");
	add(at, "handle", gate->handle);
	add(at, "org", shown_org(gate));
	add(at, "pipeline_id", gate->gate.pipeline);
	add(at, "run_id", gate->gate.run);
	add(at, "job_id", gate->gate.job);
	add_decision(doc, ways);
	steps = cJSON_AddArrayToObject(doc, "steps");
	for (size_t i = 0; lines != NULL && i < lines->rules_n; i++)
		(void)cJSON_AddItemToArray(steps, step(&lines->rules[i]));
	add_seats(doc, lines);
	add_ways(doc, ways);
	(void)cJSON_AddBoolToObject(doc, "all_tried",
	    (flags & (EXPLAINED_IS_CUT | EXPLAINED_NOT_ALL)) == 0);
	(void)cJSON_AddNumberToObject(doc, "would_exit", ways->verdict.exit);
	json_print(doc);
}

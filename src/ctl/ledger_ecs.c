/* SPDX-License-Identifier: ISC */
/*
 * Two tables: where a member goes, and what kind of event a line is. Numbers
 * that are names (uid, session) become texts, as the schema has keywords.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ctl/ledger_ecs.h"

#define NS_PER_MS UINT64_C(1000000)
#define MS_MAX UINT64_C(9000000000000) /* as ns still a long */

enum shape {
	AS_WARDER = 0, /* below "warder", under its own name */
	AS_IS,
	AS_KEYWORD, /* a number as text */
	AS_NS,
	AS_ERROR /* an error only where the line is no success */
};

static const struct {
	const char *group, *name;
	enum shape shape;
} places[M_COUNT] = {
	[M_TS] = { NULL, "@timestamp", AS_IS },
	[M_EV] = { "event", "action", AS_IS },
	[M_REC] = { "event", "id", AS_IS },
	[M_SEQ] = { "event", "sequence", AS_IS },
	[M_ERR] = { "event", "reason", AS_IS },
	[M_MS] = { "event", "duration", AS_NS },
	[M_USER] = { "user", "name", AS_IS },
	[M_UID] = { "user", "id", AS_KEYWORD },
	[M_HOST] = { "host", "name", AS_IS },
	[M_RHOST] = { "source", "address", AS_IS },
	[M_PID] = { "process", "pid", AS_IS },
	[M_ORG] = { "organization", "id", AS_IS },
	[M_RULE] = { "rule", "id", AS_IS },
	[M_EP] = { "server", "address", AS_IS },
	[M_CODE] = { "error", "code", AS_ERROR },
	[M_MSG] = { "error", "message", AS_ERROR },
};

static bool
begins(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

const char *
ledger_ecs_outcome(const struct record *rec)
{
	static const char *const good[] = { "proven", "voted", "passed",
		"stopped", "moved", "verified", "shown", "exported",
		"reported" };
	const char *event = record_text(rec, M_EV);
	const char *res = record_text(rec, M_RES);

	if (record_is(rec, M_EV, "key.fail") ||
	    record_is(rec, M_EV, "policy.refuse"))
		return "failure";
	if (!record_has(rec, M_RES))
		return NULL;
	if (strcmp(res, "unknown") == 0 || strcmp(res, "unconfirmed") == 0)
		return "unknown";
	if (begins(event, "key.") || begins(event, "policy."))
		return "success";
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (strcmp(res, good[i]) == 0)
			return "success";
	return "failure";
}

static cJSON *
group_of(cJSON *all, const char *name)
{
	cJSON *group = cJSON_GetObjectItemCaseSensitive(all, name);

	return group != NULL ? group : cJSON_AddObjectToObject(all, name);
}

static void
add_int(cJSON *object, const char *name, uint64_t n, bool as_text)
{
	char digits[32];

	(void)snprintf(digits, sizeof(digits), "%" PRIu64, n);
	if (as_text)
		(void)cJSON_AddStringToObject(object, name, digits);
	else
		(void)cJSON_AddRawToObject(object, name, digits);
}

/* The value as the line has it, escapes and all: it is JSON already. */
static void
add_value(
    cJSON *object, const char *name, const struct record *rec, enum member m)
{
	char member[RECORD_LINE_MAX];
	size_t n = record_print_member(rec, m, member, sizeof(member) - 1);
	const char *colon;

	member[n] = '\0';
	colon = strchr(member, ':');
	if (colon != NULL)
		(void)cJSON_AddRawToObject(object, name, colon + 1);
}

static void
add_member(cJSON *all, const struct record *rec, enum member m, bool is_good)
{
	const char *name = places[m].name;
	enum shape shape = places[m].shape;
	cJSON *group = all;

	if ((shape == AS_ERROR &&
	        (is_good || record_text(rec, m)[0] == '\0')) ||
	    (shape == AS_NS && record_int(rec, m) > MS_MAX))
		shape = AS_WARDER;
	if (shape == AS_WARDER) {
		name = record_name(m);
		group = group_of(all, "warder");
	} else if (places[m].group != NULL) {
		group = group_of(all, places[m].group);
	}
	if (shape == AS_NS)
		add_int(group, name, record_int(rec, m) * NS_PER_MS, false);
	else if (shape == AS_KEYWORD)
		add_int(group, name, record_int(rec, m), true);
	else
		add_value(group, name, rec, m);
}

/* The schema's own words for what kind of event this is, where it has any. */
static void
add_kind(cJSON *event, const struct record *rec)
{
	static const struct {
		const char *begins, *category, *type;
	} kinds[] = {
		{ "auth", "authentication", "info" },
		{ "policy.", "configuration", "change" },
		{ "config.", "configuration", "change" },
		{ "key.", "configuration", "change" },
		{ "keeper.start", "process", "start" },
		{ "keeper.stop", "process", "end" },
		{ "denied", "iam", "denied" },
	};
	const char *outcome = ledger_ecs_outcome(rec);
	const char *word = record_text(rec, M_EV);

	(void)cJSON_AddStringToObject(event, "kind", "event");
	(void)cJSON_AddStringToObject(event, "module", "warder");
	(void)cJSON_AddStringToObject(event, "dataset", "warder.ledger");
	if (outcome != NULL)
		(void)cJSON_AddStringToObject(event, "outcome", outcome);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!begins(word, kinds[i].begins))
			continue;
		(void)cJSON_AddItemToObject(event, "category",
		    cJSON_CreateStringArray(&kinds[i].category, 1));
		(void)cJSON_AddItemToObject(
		    event, "type", cJSON_CreateStringArray(&kinds[i].type, 1));
		return;
	}
}

cJSON *
ledger_ecs(const struct record *rec)
{
	cJSON *all = cJSON_CreateObject(), *response;
	const char *outcome = ledger_ecs_outcome(rec);
	bool is_good = outcome == NULL || strcmp(outcome, "success") == 0;

	add_member(all, rec, M_TS, is_good);
	(void)cJSON_AddStringToObject(
	    group_of(all, "ecs"), "version", LEDGER_ECS_VERSION);
	add_kind(group_of(all, "event"), rec);
	for (enum member m = M_V; m < M_COUNT; m++)
		if (record_has(rec, m) && m != M_TS && m != M_HTTP)
			add_member(all, rec, m, is_good);
	if (record_has(rec, M_HTTP)) {
		response =
		    cJSON_AddObjectToObject(group_of(all, "http"), "response");
		add_int(
		    response, "status_code", record_int(rec, M_HTTP), false);
	}
	return all;
}

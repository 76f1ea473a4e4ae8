/* SPDX-License-Identifier: ISC */
/*
 * Facts out of JSON, by tables: one row a field, with its kind and its place
 * in struct facts. A field that no row has, a value of another kind and one
 * that is out of range make all of them bad; null is the same as absent.
 */
#include "config.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "ctl/policy_case.h"

#define TEXT_MAX 4096
#define NUMBER_MAX ((uint64_t)1 << 53)
#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

enum kind {
	KIND_TEXT = 1,
	KIND_ID,     /* digits */
	KIND_NUMBER, /* struct fact_number */
	KIND_UID,    /* the same, 32 bits */
	KIND_PLAIN_UID,
	KIND_FACT,
	KIND_FLAG,
	KIND_WORD,   /* one of `words`, an enum that begins with 1 */
	KIND_TIME,   /* clock.known and .now_s */
	KIND_TEXTS,  /* pointer at `at`, known and count beside it */
	KIND_OBJECT, /* by `rows`, in the same struct */
	KIND_LIST    /* of objects by `rows`, each of `size` bytes */
};

struct row {
	const char *name;
	enum kind kind;
	size_t at;
	const char *const *words;
	const struct row *rows;
	size_t rows_n, size, max;
	size_t count_at, known_at; /* known_at 0: there is no such member */
};

static int read_rows(struct policy_case *pcase, const cJSON *json,
    const struct row *rows, size_t n, void *ret);

static int
bad(struct policy_case *pcase, const char *field, const char *what)
{
	if (pcase->bad_facts[0] == '\0')
		(void)snprintf(pcase->bad_facts, sizeof(pcase->bad_facts),
		    "%.64s: %s", field, what);
	return WARDER_EFORM;
}

static int
read_text(struct policy_case *pcase, const struct row *row, const cJSON *json,
    const char **ret)
{
	const char *text = cJSON_GetStringValue(json);

	if (text == NULL || strlen(text) > TEXT_MAX)
		return bad(pcase, row->name, "not a text of up to 4096 bytes");
	if (row->kind == KIND_ID &&
	    (strlen(text) > 20 || strspn(text, "0123456789") != strlen(text)))
		return bad(pcase, row->name, "not an id of up to 20 digits");
	*ret = text;
	return WARDER_OK;
}

static int
read_number(struct policy_case *pcase, const struct row *row, const cJSON *json,
    uint64_t max, uint64_t *ret)
{
	double number;

	if (!cJSON_IsNumber(json))
		return bad(pcase, row->name, "not a number");
	number = json->valuedouble;
	if (!(number >= 0) || number > (double)max ||
	    (double)(uint64_t)number != number)
		return bad(pcase, row->name, "not a whole number in range");
	*ret = (uint64_t)number;
	return WARDER_OK;
}

static int
read_word(struct policy_case *pcase, const struct row *row, const cJSON *json,
    int *ret)
{
	const char *text = cJSON_GetStringValue(json);

	if (text == NULL)
		return bad(pcase, row->name, "not a word");
	for (int i = 0; row->words[i] != NULL; i++)
		if (strcmp(row->words[i], text) == 0) {
			*ret = i + 1;
			return WARDER_OK;
		}
	return bad(pcase, row->name, "not one of its words");
}

static int
read_time(struct policy_case *pcase, const struct row *row, const cJSON *json,
    struct facts *facts)
{
	const char *text = cJSON_GetStringValue(json);
	int64_t ms;

	if (text == NULL || clock_parse_stamp(text, &ms) != 0)
		return bad(pcase, row->name, "not a time in UTC");
	facts->clock.known = true;
	facts->clock.now_s = ms / 1000;
	return WARDER_OK;
}

static int
read_list(struct policy_case *pcase, const struct row *row, const cJSON *json,
    char *base)
{
	size_t n = cJSON_IsArray(json) ? (size_t)cJSON_GetArraySize(json) : 0;
	const struct row text = { row->name, .kind = KIND_TEXT };
	size_t size = row->kind == KIND_TEXTS ? sizeof(char *) : row->size;
	const cJSON *item;
	char *items, *at;
	int r = WARDER_OK;

	if (!cJSON_IsArray(json) || n > row->max)
		return bad(pcase, row->name, "not a list, or too long a one");
	if ((items = policy_case_get(pcase, n + 1, size)) == NULL)
		return WARDER_ENOMEM;
	at = items;
	cJSON_ArrayForEach(item, json)
	{
		if (row->kind == KIND_TEXTS)
			r = read_text(
			    pcase, &text, item, (const char **)(void *)at);
		else
			r = read_rows(pcase, item, row->rows, row->rows_n, at);
		if (r != 0)
			return r;
		at += size;
	}
	*(void **)(void *)(base + row->at) = items;
	*(size_t *)(void *)(base + row->count_at) = n;
	if (row->known_at != 0)
		*(bool *)(base + row->known_at) = true;
	return WARDER_OK;
}

static int
read_uid(struct policy_case *pcase, const struct row *row, const cJSON *json,
    uint32_t *ret)
{
	uint64_t n;
	int r = read_number(pcase, row, json, UINT32_MAX, &n);

	if (r == 0)
		*ret = (uint32_t)n;
	return r;
}

static int
read_bool(struct policy_case *pcase, const struct row *row, const cJSON *json,
    void *at)
{
	if (!cJSON_IsBool(json))
		return bad(pcase, row->name, "neither true nor false");
	if (row->kind == KIND_FLAG)
		*(bool *)at = cJSON_IsTrue(json);
	else
		*(enum fact *)at = cJSON_IsTrue(json) ? FACT_TRUE : FACT_FALSE;
	return WARDER_OK;
}

static int
read_value(struct policy_case *pcase, const struct row *row, const cJSON *json,
    char *base)
{
	void *at = base + row->at;
	struct fact_number *number = at;
	int r;

	switch (row->kind) {
	case KIND_TEXT:
	case KIND_ID:
		return read_text(pcase, row, json, at);
	case KIND_NUMBER:
	case KIND_UID:
		r = read_number(pcase, row, json,
		    row->kind == KIND_UID ? UINT32_MAX : NUMBER_MAX,
		    &number->n);
		number->known = r == 0;
		return r;
	case KIND_PLAIN_UID:
		return read_uid(pcase, row, json, at);
	case KIND_FACT:
	case KIND_FLAG:
		return read_bool(pcase, row, json, at);
	case KIND_WORD:
		return read_word(pcase, row, json, at);
	case KIND_TIME:
		return read_time(pcase, row, json, at);
	case KIND_TEXTS:
	case KIND_LIST:
		return read_list(pcase, row, json, base);
	case KIND_OBJECT:
		return read_rows(pcase, json, row->rows, row->rows_n, base);
	}
	return WARDER_EBUG;
}

static int
read_rows(struct policy_case *pcase, const cJSON *json, const struct row *rows,
    size_t n, void *ret)
{
	const cJSON *item;
	uint64_t seen = 0;
	size_t i;
	int r;

	if (!cJSON_IsObject(json))
		return bad(pcase, "facts", "an object has to stand here");
	cJSON_ArrayForEach(item, json)
	{
		for (i = 0; i < n; i++)
			if (strcmp(rows[i].name, item->string) == 0)
				break;
		if (i == n)
			return bad(pcase, item->string, "no such field");
		if ((seen & (uint64_t)1 << i) != 0)
			return bad(pcase, item->string, "stands twice");
		seen |= (uint64_t)1 << i;
		if (!cJSON_IsNull(item) &&
		    (r = read_value(pcase, &rows[i], item, ret)) != 0)
			return r;
	}
	return WARDER_OK;
}

#define AT(member) offsetof(struct facts, member)

static const char *const phases[] = { "first", "final", NULL };
static const char *const verbs[] = { "pass", "refuse", "view", "review", NULL };
static const char *const found[] = { "nothing", "pipeline", "run", "gate",
	NULL };
static const char *const triggers[] = { "manual", "schedule", "push",
	"pipeline", "webhook", NULL };
_Static_assert(PHASE_FIRST == 1 && PHASE_FINAL == 2 && VERB_PASS == 1 &&
                   VERB_REVIEW == 4 && FOUND_NOTHING == 1 && FOUND_GATE == 4 &&
                   TRIGGER_MANUAL == 1 && TRIGGER_WEBHOOK == 5,
    "the lists of words are in the order of their enums");

static const struct row clock_rows[] = {
	{ "now", KIND_TIME, 0 },
	{ "synced", KIND_FACT, AT(clock.synced) },
};
static const struct row actor_rows[] = {
	{ "uid", KIND_UID, AT(actor_uid) },
	{ "named", KIND_FLAG, AT(actor_named) },
};
#define IN(member) offsetof(struct facts_person, member)
static const struct row person_rows[] = {
	{ "uid", KIND_PLAIN_UID, IN(uid) },
	{ "name", KIND_TEXT, IN(name) },
	{ "groups", KIND_TEXTS, IN(groups), .max = 65536,
	    .count_at = IN(groups_n), .known_at = IN(groups_known) },
};
#undef IN
static const struct row session_rows[] = {
	{ "tty", KIND_TEXT, AT(session.tty) },
	{ "source", KIND_TEXT, AT(session.source) },
	{ "host", KIND_TEXT, AT(session.host) },
};
static const struct row auth_rows[] = {
	{ "level", KIND_NUMBER, AT(auth.level) },
	{ "age_s", KIND_NUMBER, AT(auth.age_s) },
	{ "max_level", KIND_NUMBER, AT(auth.max_level) },
};
static const struct row request_rows[] = {
	{ "org", KIND_TEXT, AT(request.org) },
	{ "pipeline", KIND_ID, AT(request.pipeline) },
	{ "run", KIND_ID, AT(request.run) },
	{ "job", KIND_ID, AT(request.job) },
	{ "reason", KIND_TEXT, AT(request.reason) },
	{ "ticket", KIND_TEXT, AT(request.ticket) },
	{ "break_glass", KIND_TEXT, AT(request.break_glass) },
	{ "review", KIND_NUMBER, AT(request.review) },
};
#define IN(member) offsetof(struct facts_source, member)
static const struct row source_rows[] = {
	{ "repo", KIND_TEXT, IN(repo) },
	{ "branch", KIND_TEXT, IN(branch) },
	{ "commit", KIND_TEXT, IN(commit) },
	{ "authors", KIND_TEXTS, IN(authors), .max = FACTS_AUTHORS_MAX,
	    .count_at = IN(authors_n), .known_at = IN(authors_known) },
};
#undef IN
static const struct row gate_rows[] = {
	{ "found", KIND_WORD, AT(gate.found), .words = found },
	{ "pipeline", KIND_TEXT, AT(gate.pipeline) },
	{ "stage", KIND_TEXT, AT(gate.stage) },
	{ "job", KIND_TEXT, AT(gate.job) },
	{ "handle", KIND_TEXT, AT(gate.handle) },
	{ "key_may", KIND_FACT, AT(gate.key_may) },
	{ "newest", KIND_FACT, AT(gate.newest) },
	{ "waiting_s", KIND_NUMBER, AT(gate.waiting_s) },
	{ "trigger", KIND_WORD, AT(gate.trigger), .words = triggers },
	{ "trigger_account", KIND_ID, AT(gate.trigger_account) },
	{ "sources", KIND_LIST, AT(gate.sources), .rows = source_rows,
	    .rows_n = COUNT(source_rows), .size = sizeof(struct facts_source),
	    .max = FACTS_SOURCES_MAX, .count_at = AT(gate.sources_n),
	    .known_at = AT(gate.sources_known) },
};
#define IN(member) offsetof(struct facts_vote, member)
static const struct row vote_rows[] = {
	{ "uid", KIND_UID, IN(uid) },
	{ "handle", KIND_TEXT, IN(handle) },
	{ "host", KIND_TEXT, IN(host) },
	{ "age_s", KIND_NUMBER, IN(age_s) },
	{ "level", KIND_NUMBER, IN(level) },
	{ "reason", KIND_TEXT, IN(reason) },
	{ "ticket", KIND_TEXT, IN(ticket) },
};
#undef IN
#define IN(member) offsetof(struct facts_glass, member)
static const struct row glass_rows[] = {
	{ "name", KIND_TEXT, IN(name) },
	{ "uid", KIND_UID, IN(uid) },
	{ "age_s", KIND_NUMBER, IN(age_s) },
	{ "reviewed", KIND_FACT, IN(reviewed) },
};
#undef IN
static const char *const schemas[] = { "warder.facts/1", NULL };

/* What is read besides struct facts: whether the schema was named. */
struct whole {
	struct facts facts;
	int schema;
};

#define OBJECT(name, list)                                                     \
	{                                                                      \
		name, KIND_OBJECT, 0, .rows = list, .rows_n = COUNT(list)      \
	}
static const struct row rows[] = {
	{ "schema", KIND_WORD, offsetof(struct whole, schema),
	    .words = schemas },
	{ "phase", KIND_WORD, AT(phase), .words = phases },
	{ "verb", KIND_WORD, AT(verb), .words = verbs },
	OBJECT("clock", clock_rows),
	OBJECT("actor", actor_rows),
	{ "people", KIND_LIST, AT(people), .rows = person_rows,
	    .rows_n = COUNT(person_rows), .size = sizeof(struct facts_person),
	    .max = FACTS_PEOPLE_MAX, .count_at = AT(people_n) },
	OBJECT("session", session_rows),
	OBJECT("auth", auth_rows),
	OBJECT("request", request_rows),
	OBJECT("gate", gate_rows),
	{ "votes", KIND_LIST, AT(votes), .rows = vote_rows,
	    .rows_n = COUNT(vote_rows), .size = sizeof(struct facts_vote),
	    .max = FACTS_VOTES_MAX, .count_at = AT(votes_n) },
	{ "break_glass", KIND_LIST, AT(glass), .rows = glass_rows,
	    .rows_n = COUNT(glass_rows), .size = sizeof(struct facts_glass),
	    .max = FACTS_GLASS_MAX, .count_at = AT(glass_n),
	    .known_at = AT(glass_known) },
};

/* A person is known by the uid; one without is nobody at all. */
static int
check_people(struct policy_case *pcase, const cJSON *json)
{
	const struct facts *facts = &pcase->facts;
	const cJSON *item;

	cJSON_ArrayForEach(item,
	    cJSON_GetObjectItemCaseSensitive(json,
	        "peopl"
	        "e")) if (!cJSON_IsNumber(cJSON_GetObjectItemCaseSensitive(item,
	                      "uid"))) return bad(pcase, "people",
	    "somebody without uid");
	for (size_t i = 0; i < facts->people_n; i++)
		for (size_t j = 0; j < i; j++) {
			const char *a = facts->people[i].name;
			const char *b = facts->people[j].name;

			if (facts->people[i].uid == facts->people[j].uid ||
			    (a != NULL && b != NULL && strcmp(a, b) == 0))
				return bad(
				    pcase, "people", "two of one uid or name");
		}
	return WARDER_OK;
}

int
policy_facts_read(struct policy_case *pcase, const cJSON *json)
{
	struct whole whole = { .schema = 0 };
	int r;

	if (json == NULL)
		r = bad(pcase, "facts", "there are none");
	else
		r = read_rows(pcase, json, rows, COUNT(rows), &whole);
	if (r == 0) {
		pcase->facts = whole.facts;
		r = check_people(pcase, json);
	}
	if (r == 0 && (whole.schema == 0 || whole.facts.phase == 0 ||
	                  whole.facts.verb == 0))
		r = bad(pcase, "facts", "schema, phase or verb is missing");
	return r == WARDER_EFORM ? WARDER_OK : r;
}

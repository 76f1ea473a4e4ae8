/* SPDX-License-Identifier: ISC */
/* Every flag narrows; what is not given asks for nothing. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "ctl/ledger_filter.h"

/* A day or a stamp, in UTC. */
static bool
read_time(const char *text, int64_t *ret_ms)
{
	char whole[CLOCK_STAMP_SIZE];

	if (clock_parse_stamp(text, ret_ms) == 0)
		return true;
	if (strlen(text) != 10)
		return false;
	(void)snprintf(whole, sizeof(whole), "%sT00:00:00Z", text);
	return clock_parse_stamp(whole, ret_ms) == 0;
}

static int
read_flag(const char *flag, const char *text, int64_t *ret_ms)
{
	if (text == NULL || read_time(text, ret_ms))
		return REASON_DONE;
	(void)fprintf(stderr,
	    "warderctl: %s wants 2026-01-31 or 2026-01-31T23:59:59Z\n", flag);
	return REASON_USAGE;
}

int
ledger_filter_ready(struct ledger_filter *filter)
{
	int r = read_flag("--since", filter->since, &filter->since_ms);

	if (r == REASON_DONE)
		r = read_flag("--until", filter->until, &filter->until_ms);
	if (r != REASON_DONE || filter->since == NULL ||
	    filter->until == NULL || filter->since_ms < filter->until_ms)
		return r;
	(void)fputs("warderctl: --until has to be after --since\n", stderr);
	return REASON_USAGE;
}

bool
ledger_filter_is_set(const struct ledger_filter *filter)
{
	return filter->event != NULL || filter->user != NULL ||
	       filter->org != NULL || filter->pipeline != NULL ||
	       filter->run != NULL || filter->result != NULL ||
	       filter->since != NULL || filter->until != NULL;
}

static void
copy(char *ret, size_t size, const struct record *rec, enum member m)
{
	/* Every room is larger than the member's limit; else "" is safe. */
	if (text_copy(ret, size, record_text(rec, m)) != 0)
		ret[0] = '\0';
}

static void
describe(struct ledger_subject *subject, const struct record *rec)
{
	subject->seq = record_int(rec, M_SEQ);
	copy(subject->user, sizeof(subject->user), rec, M_USER);
	copy(subject->org, sizeof(subject->org), rec, M_ORG);
	copy(subject->pipeline, sizeof(subject->pipeline), rec, M_PIPE);
	copy(subject->run, sizeof(subject->run), rec, M_RUN);
	copy(subject->name, sizeof(subject->name), rec, M_NAME);
}

/*
 * Where an intent is kept until its answer: there are as many places as open
 * intents in a ledger. One that is damaged may have more.
 */
static struct ledger_subject *
place_of(struct ledger_filter *filter)
{
	for (size_t i = 0; i < LEDGER_OPEN_MAX; i++)
		if (filter->intents[i].seq == 0)
			return &filter->intents[i];
	return &filter->intents[filter->n++ % LEDGER_OPEN_MAX];
}

static bool
is_last_answer(const struct record *rec)
{
	return record_is(rec, M_EV, "settle") ||
	       !record_is(rec, M_RES, "unknown");
}

/* Who and where a line is about: for an answer, as its intent said. */
static void
find_subject(struct ledger_filter *filter, const struct record *rec,
    struct ledger_subject *ret)
{
	struct ledger_subject *kept;

	describe(ret, rec);
	if (record_is(rec, M_EV, "intent"))
		*place_of(filter) = *ret;
	if (!record_is(rec, M_EV, "outcome") && !record_is(rec, M_EV, "settle"))
		return;
	for (size_t i = 0; i < LEDGER_OPEN_MAX; i++) {
		kept = &filter->intents[i];
		if (kept->seq == 0 || kept->seq != record_int(rec, M_REF))
			continue;
		*ret = *kept;
		if (is_last_answer(rec))
			kept->seq = 0;
		return;
	}
}

/* `wanted` is `text` up to a slash; where that slash is, or NULL. */
static const char *
behind_part(const char *text, const char *wanted)
{
	size_t len = strlen(wanted);

	return strncmp(text, wanted, len) == 0 && text[len] == '/' ? text + len
	                                                           : NULL;
}

static bool
is_org(const struct ledger_subject *subject, const char *wanted)
{
	return strcmp(subject->org, wanted) == 0 ||
	       behind_part(subject->name, wanted) != NULL;
}

static bool
is_pipeline(const struct ledger_subject *subject, const char *wanted)
{
	const char *slash = strchr(subject->name, '/');

	return strcmp(subject->pipeline, wanted) == 0 ||
	       (slash != NULL && behind_part(slash + 1, wanted) != NULL);
}

static bool
is_in_time(const struct ledger_filter *filter, const struct record *rec)
{
	int64_t at_ms;

	if (filter->since == NULL && filter->until == NULL)
		return true;
	return clock_parse_stamp(record_text(rec, M_TS), &at_ms) == 0 &&
	       (filter->since == NULL || at_ms >= filter->since_ms) &&
	       (filter->until == NULL || at_ms < filter->until_ms);
}

bool
ledger_filter_takes(struct ledger_filter *filter, const struct record *rec)
{
	struct ledger_subject found, *subject = &found;

	find_subject(filter, rec, &found);
	if (filter->record != NULL && !record_is(rec, M_REC, filter->record))
		return false;
	if (filter->event != NULL && !record_is(rec, M_EV, filter->event))
		return false;
	if (filter->result != NULL && !record_is(rec, M_RES, filter->result))
		return false;
	if (filter->user != NULL && strcmp(subject->user, filter->user) != 0)
		return false;
	if (filter->org != NULL && !is_org(subject, filter->org))
		return false;
	if (filter->pipeline != NULL && !is_pipeline(subject, filter->pipeline))
		return false;
	if (filter->run != NULL && strcmp(subject->run, filter->run) != 0)
		return false;
	return is_in_time(filter, rec);
}

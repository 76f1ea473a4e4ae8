/* SPDX-License-Identifier: ISC */
/* An explanation to the desk: reasons, needs, the verdict, and each way. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "keeper/tell.h"

_Static_assert(EXPLAIN_WAYS_MAX <= WAYS_MAX, "each way has a number");

static void
copy(char *to, size_t size, const char *from)
{
	if (from != NULL)
		(void)text_cut(to, size, from, strlen(from));
}

/* Appends a word; one that has no room is left out, and the list ends there. */
static bool
append(char *to, size_t size, const char *between, const char *word)
{
	size_t len = strlen(to), more = strlen(word);

	if (len + strlen(between) + more >= size)
		return false;
	(void)snprintf(
	    to + len, size - len, "%s%s", len > 0 ? between : "", word);
	return true;
}

static uint8_t
verdict_word(enum verdict_kind kind)
{
	switch (kind) {
	case VERDICT_PERMIT:
		return VERDICT_IS_PERMIT;
	case VERDICT_PENDING:
		return VERDICT_IS_PENDING;
	case VERDICT_DENY:
	case VERDICT_ERROR:
		break;
	}
	return VERDICT_IS_DENY;
}

static void
tell_seats(struct keeper *keeper, const struct verdict *verdict)
{
	for (size_t i = 0; i < verdict->missing.quorum_n; i++) {
		const struct verdict_quorum *at = &verdict->missing.quorum[i];

		for (size_t k = 0; k < at->open_n; k++) {
			struct person_need need = { .kind = NEED_SEATS,
				.n = at->open[k].count };

			(void)snprintf(need.who, sizeof(need.who), "%s%s",
			    at->open[k].is_role ? "" : "@", at->open[k].of);
			tell_whole_need(keeper, &need);
		}
	}
}

static void
tell_verdict(struct keeper *keeper, const struct person_explain *ask,
    const struct question *question, const struct explanation *got)
{
	const struct verdict *verdict = &got->verdict;
	struct person_explained to = { .verdict = verdict_word(verdict->kind),
		.verb = ask->verb,
		.exit = (uint8_t)verdict->exit,
		.at_ms = question->at_ms != 0 ? (uint64_t)question->at_ms
		                              : (uint64_t)clock_real_ms() };

	if (got->is_cut)
		to.flags |= EXPLAINED_IS_CUT;
	if (got->is_reason_unmade)
		to.flags |= EXPLAINED_NO_REASON;
	if (got->is_ticket_unmade)
		to.flags |= EXPLAINED_NO_TICKET;
	if (keeper->rules.people.is_cut)
		to.flags |= EXPLAINED_NOT_ALL;
	copy(to.subject, sizeof(to.subject),
	    ask->subject[0] != '\0' ? ask->subject : keeper->caller.name);
	for (size_t i = 0; i < verdict->roles_n; i++)
		(void)append(
		    to.roles, sizeof(to.roles), " ", verdict->roles[i]);
	tell_explained(keeper, &to);
}

static uint8_t
flags_of(const struct explain_change *change)
{
	return (uint8_t)((change->needs_tty ? WAY_TTY : 0u) |
	                 (change->is_newest ? WAY_NEWEST : 0u) |
	                 (change->started_by != NULL ? WAY_STARTED : 0u) |
	                 (change->written_by != NULL ? WAY_WRITTEN : 0u));
}

static const char *
name_of(const struct explain_change *change)
{
	if (change->kind == EXPLAIN_SESSION)
		return change->net;
	return change->kind == EXPLAIN_RUN ? change->branch : change->glass;
}

static void
tell_change_of_way(struct keeper *keeper, size_t n,
    const struct explain_way *way, const struct explain_change *change)
{
	struct person_way to = { .way = (uint8_t)(n + 1),
		.becomes = verdict_word(way->becomes),
		.kind = (uint8_t)change->kind,
		.level = (uint8_t)change->level,
		.flags = flags_of(change),
		.trigger = (uint8_t)change->trigger };

	if (change->kind == EXPLAIN_TIME)
		to.at_ms = (uint64_t)change->at_s * 1000;
	copy(to.name, sizeof(to.name), name_of(change));
	copy(to.reason, sizeof(to.reason), change->reason);
	copy(to.ticket, sizeof(to.ticket), change->ticket);
	for (size_t i = 0; i < change->people_n; i++)
		if (!append(
		        to.who, sizeof(to.who), ",", change->people[i].name))
			break;
	tell_way(keeper, &to);
}

void
tell_explanation(struct keeper *keeper, const struct person_explain *ask,
    const struct question *question, const struct explanation *got)
{
	tell_rules(keeper, &got->verdict);
	tell_needs(keeper, &got->verdict);
	tell_seats(keeper, &got->verdict);
	tell_verdict(keeper, ask, question, got);
	for (size_t i = 0; i < got->ways_n; i++)
		for (size_t k = 0; k < got->ways[i].n; k++)
			tell_change_of_way(
			    keeper, i, &got->ways[i], &got->ways[i].changes[k]);
}

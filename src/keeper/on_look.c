/* SPDX-License-Identifier: ISC */
/*
 * LOOK: one gate is read and shown, to whom the policy lets see it. Before
 * the first request to the server stand the steps that need none of it, so
 * an outsider causes no request and learns nothing.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "keeper/keeper.h"
#include "keeper/tell.h"

#define LOOK_MS 90000 /* a wait of 60 s that the server asks for fits */

/* Digits are an id, all else the whole name of the pipeline. */
static int
find_pipeline(struct keeper *keeper, struct reader *reader,
    const struct person_look *look)
{
	struct view *view = &keeper->view;

	if (text_is_id(look->pipeline)) {
		(void)snprintf(view->ids.pipeline, sizeof(view->ids.pipeline),
		    "%.19s", look->pipeline);
		return GO_ON;
	}
	return sight_find_pipeline(
	    reader, view->ids.org, look->pipeline, view->ids.pipeline);
}

static int
read_gate(struct keeper *keeper, const struct person_look *look)
{
	struct reader reader = keeper_reader(keeper, clock_boot_ms() + LOOK_MS);
	struct view *view = &keeper->view;

	(void)snprintf(view->ids.org, sizeof(view->ids.org), "%s",
	    rules_org_id(&keeper->rules));
	(void)snprintf(
	    view->alias, sizeof(view->alias), "%s", keeper->rules.org.alias);
	(void)snprintf(view->ids.run, sizeof(view->ids.run), "%s", look->run);
	(void)snprintf(view->ids.job, sizeof(view->ids.job), "%s", look->job);
	if (find_pipeline(keeper, &reader, look) != GO_ON)
		return ENDED;
	if (ids_check(&view->ids, IDS_RUN) != 0 ||
	    (look->job[0] != '\0' && !text_is_id(look->job)))
		return keeper_end(keeper, REASON_USAGE, "usage");
	if (view_read(view, &reader, VIEW_SHOWN) != GO_ON ||
	    sight_pipeline_name(&reader, &view->ids, view->pipeline_name,
	        sizeof(view->pipeline_name)) != GO_ON ||
	    sight_runs(&reader, &view->ids, &view->runs) != GO_ON)
		return ENDED;
	if (view->runs.n > 0)
		memcpy(view->newest, view->runs.ids[0], sizeof(view->newest));
	return GO_ON;
}

/* No reason of the steps up to the role: deny and require hide nothing. */
static bool
is_within_role(const struct verdict *verdict)
{
	static const char *const early[] = { "usage", "user_unknown", "robot",
		"org_unknown", "not_in_org", "no_pipeline", "no_run", "no_gate",
		"role_member", "role_viewer", "no_permit" };

	if (verdict->kind == VERDICT_ERROR)
		return false;
	if (verdict->kind != VERDICT_DENY)
		return true;
	for (size_t i = 0; i < sizeof(early) / sizeof(early[0]); i++)
		if (strcmp(verdict->local_code, early[i]) == 0)
			return false;
	return true;
}

static bool
may_go_on(const struct verdict *verdict)
{
	return verdict->kind == VERDICT_PERMIT;
}

/* A list does not read who wrote what; a look at the gate does. */
static bool
waits_for_authors(const struct view *view, const struct verdict_reason *reason)
{
	return view->change == NULL &&
	       strcmp(reason->local_code, "self") == 0 &&
	       strcmp(reason->unknown, "gate.sources.authors") == 0;
}

/*
 * An ACT's words are not there yet, so reasons and tickets that are asked
 * for are no obstacle to showing "you may".
 */
static bool
lacks_only_words(const struct view *view, const struct verdict *verdict)
{
	for (size_t i = 0; i < verdict->blocking_n; i++)
		if (strcmp(verdict->blocking[i].local_code, "reason") != 0 &&
		    strcmp(verdict->blocking[i].local_code, "ticket") != 0 &&
		    !waits_for_authors(view, &verdict->blocking[i]))
			return false;
	return verdict->kind == VERDICT_DENY && verdict->blocking_n > 0;
}

static int
ask(struct keeper *keeper, const struct view *view, enum facts_verb verb,
    struct verdict *ret)
{
	const struct question question = { .phase = PHASE_FIRST,
		.verb = verb,
		.view = view,
		.conf = keeper->conf };

	if (rules_decide(&keeper->rules, &question, ret) != 0)
		return keeper_end(keeper, REASON_BUG, "bug");
	return GO_ON;
}

int
look_judge(struct keeper *keeper, const struct view *view,
    struct verdict *ret_pass, uint8_t *ret_can, bool *ret_visible)
{
	auto_verdict struct verdict seen = { 0 }, refuse = { 0 };

	if (ask(keeper, view, VERB_VIEW, &seen) != GO_ON ||
	    ask(keeper, view, VERB_PASS, ret_pass) != GO_ON ||
	    ask(keeper, view, VERB_REFUSE, &refuse) != GO_ON)
		return ENDED;
	*ret_can = 0;
	if (may_go_on(ret_pass) || lacks_only_words(view, ret_pass))
		*ret_can |= PERSON_CAN_PASS;
	if (may_go_on(&refuse) || lacks_only_words(view, &refuse))
		*ret_can |= PERSON_CAN_REFUSE;
	*ret_visible = seen.kind == VERDICT_PERMIT ||
	               is_within_role(ret_pass) || is_within_role(&refuse);
	return GO_ON;
}

/* An id as it was typed; a name could be anybody's text. */
static void
set_id(struct record *rec, enum member m, const char *id)
{
	if (text_is_id(id))
		record_set(rec, m, id);
}

/*
 * Whom no organization names is refused before anything is read, and that is
 * on record too: who it was, and what he was after.
 */
static int
refuse_stranger(struct keeper *keeper, const struct person_look *look)
{
	struct person_result *result = &keeper->result;
	char number[RECORD_NUMBER_SIZE];
	struct policy_org org;
	struct record rec;
	enum ledger_err e;

	if (result->exit != REASON_DENIED)
		return ENDED;
	if (book_number(&keeper->book, number) != 0)
		return keeper_end(keeper, REASON_NO_RECORD, "store_down");
	record_begin(&rec, "denied");
	record_set(&rec, M_REC, number);
	record_set(&rec, M_RES, "denied");
	record_set(&rec, M_ERR, result->local_code);
	record_set(&rec, M_CODE, result->code);
	book_who(&rec, &keeper->caller, "", 0);
	if (policy_org_find(keeper->rules.policy, look->org, &org))
		record_set(&rec, M_ORG, org.id);
	set_id(&rec, M_PIPE, look->pipeline);
	set_id(&rec, M_RUN, look->run);
	set_id(&rec, M_JOB, look->job);
	record_set_hex(
	    &rec, M_POL, keeper->rules.hash, sizeof(keeper->rules.hash));
	record_set(&rec, M_CLK, ledger_clock_word());
	e = book_write(&keeper->book, &rec, NULL, NULL);
	if (e != LEDGER_OK)
		return keeper_end(keeper, REASON_NO_RECORD, ledger_word(e));
	(void)snprintf(result->record, sizeof(result->record), "%.20s", number);
	return ENDED;
}

/* Only where a line of the policy asks for them, and something may come. */
static int
read_authors(struct keeper *keeper)
{
	const struct view *view = &keeper->view;

	if (view->look.state != GATE_WAITING ||
	    !policy_asks_authors(keeper->rules.policy, view->alias))
		return GO_ON;
	return keeper_read_change(keeper);
}

int
on_look(void *session, struct frame *frame)
{
	auto_verdict struct verdict pass = { 0 };
	struct keeper *keeper = session;
	struct person_look look;
	bool is_visible;
	uint8_t can;
	int r;

	if ((r = layout_take(frame, &person_look_layout, &look)) != 0)
		return r;
	keeper->state = PERSON_BUSY;
	keeper->lang = look.lang;
	if (keeper_meet(keeper, frame) != GO_ON)
		return ENDED;
	if (rules_pick(&keeper->rules, look.org, VERB_VIEW, &keeper->result) !=
	    GO_ON)
		return refuse_stranger(keeper, &look);
	if (read_gate(keeper, &look) != GO_ON ||
	    read_authors(keeper) != GO_ON ||
	    look_judge(keeper, &keeper->view, &pass, &can, &is_visible) !=
	        GO_ON)
		return ENDED;
	if (!is_visible)
		return keeper_end(keeper, REASON_NOT_FOUND, "no_gate");
	tell_gate(keeper, &keeper->view, can, (uint8_t)pass.missing.mfa);
	tell_key(keeper);
	tell_unknown_authors(keeper);
	tell_rules(keeper, &pass);
	tell_needs(keeper, &pass);
	tell_ready(keeper);
	keeper->state = PERSON_SHOWN;
	return GO_ON;
}

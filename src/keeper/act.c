/* SPDX-License-Identifier: ISC */
/*
 * The data path. The order of the table is the design; no step is skipped,
 * none is repeated, and what a person is told at the end is signed.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "keeper/act.h"
#include "keeper/tell.h"

/* clang-format off */
static const struct step {
	const char *name;
	step_function *run;
} steps[] = {
	{ "state",        step_state },
	{ "handle",       step_handle },
	{ "decide first", step_decide_first },
	{ "key",          step_key },
	{ "authenticate", step_authenticate },
	{ "decide",       step_decide },
	{ "vote",         step_vote },
	{ "look again",   step_look_again },
	{ "intent",       step_intent },
	{ "claim",        step_claim },
	{ "sign",         step_sign },
	{ "send",         step_send },
	{ "watch",        step_watch },
};
/* clang-format on */

int
act_end(struct decision *decision, enum reason exit, const char *local_code)
{
	(void)keeper_end(decision->keeper, exit, local_code);
	(void)snprintf(decision->keeper->result.record,
	    sizeof(decision->keeper->result.record), "%.20s", decision->record);
	return ENDED;
}

void
act_record(
    const struct decision *decision, struct record *rec, const char *event)
{
	const struct keeper *keeper = decision->keeper;

	record_begin(rec, event);
	if (decision->record[0] != '\0')
		record_set(rec, M_REC, decision->record);
	book_who(rec, &keeper->caller, rules_account(&keeper->rules),
	    decision->proven_at != 0 ? decision->level : 0);
	book_gate(rec, &keeper->view, decision->act.verb);
	if (decision->act.reason[0] != '\0')
		record_set(rec, M_WHY, decision->act.reason);
	if (decision->act.ticket[0] != '\0')
		record_set(rec, M_TICK, decision->act.ticket);
	if (decision->rule[0] != '\0')
		record_set(rec, M_RULE, decision->rule);
	record_set_hex(
	    rec, M_POL, keeper->rules.hash, sizeof(keeper->rules.hash));
}

/* The four codes that a client believes only with the host's signature. */
static bool
is_to_be_signed(uint8_t exit)
{
	return exit == REASON_DONE || exit == REASON_VOTED ||
	       exit == REASON_ALREADY || exit == REASON_OTHERWISE;
}

static void
sign_answer(struct decision *decision)
{
	struct keeper *keeper = decision->keeper;
	struct result_note result = { .exit = keeper->result.exit,
		.at_ms = clock_real_ms() };
	char note[RESULT_NOTE_SIZE];

	if (!is_to_be_signed(keeper->result.exit))
		return;
	memcpy(result.request, decision->request, sizeof(result.request));
	memcpy(result.gate, decision->act.gate, sizeof(result.gate));
	(void)snprintf(
	    result.record, sizeof(result.record), "%s", keeper->result.record);
	book_result_note(&keeper->ring, &keeper->book, &result, note);
	if (note[0] != '\0')
		tell_note(keeper, note);
}

static int
run_steps(struct decision *decision)
{
	int r = ENDED;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (!decision->is_intended &&
		    keeper_is_alone(decision->keeper)) {
			/* Nobody listens any more; nothing was sent. */
			r = act_end(decision, REASON_CANCELLED, "gone");
			break;
		}
		if ((r = steps[i].run(decision)) != GO_ON)
			break;
	}
	/* No step said what came of it: that is never a success. */
	if (r == GO_ON)
		r = act_end(decision, REASON_BUG, "bug");
	if (decision->is_intended)
		r = step_outcome(decision);
	return r;
}

int
on_act(void *session, struct frame *frame)
{
	struct keeper *keeper = session;
	struct decision *decision = calloc(1, sizeof(*decision));
	int r;

	if (decision == NULL)
		return keeper_end(keeper, REASON_BUG, "bug");
	decision->keeper = keeper;
	keeper->state = PERSON_ACTING;
	if ((r = layout_take(frame, &person_act_layout, &decision->act)) != 0)
		goto out;
	prompt_request(
	    decision->request, keeper->lang, frame->body, frame->len);
	/*
	 * Whoever wants us to end waits until the person knows what came of
	 * it, be it that nothing was sent.
	 */
	keeper->is_held = true;
	serve_hold(SERVE_HOLD_WORD);
	r = run_steps(decision);
	sign_answer(decision);
out:
	verdict_clear(&decision->verdict);
	blob_freep(&decision->post);
	free(decision);
	return r;
}

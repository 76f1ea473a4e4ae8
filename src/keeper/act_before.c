/* SPDX-License-Identifier: ISC */
/*
 * The steps before the intent that need no person at a prompt: what the gate
 * shows, what the policy says. Whatever ends here has sent nothing.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "keeper/act.h"
#include "keeper/tell.h"

#define LOOK_AGAIN_MS 30000

/* 9 is "the way you asked": a refused gate is that to who refuses. */
static void
say_as_asked(const struct decision *decision)
{
	struct person_result *result = &decision->keeper->result;

	if (decision->act.verb != PERSON_REFUSE)
		return;
	if (result->exit == REASON_ALREADY)
		result->exit = REASON_OTHERWISE;
	else if (result->exit == REASON_OTHERWISE)
		result->exit = REASON_ALREADY;
}

int
step_state(struct decision *decision)
{
	struct keeper *keeper = decision->keeper;
	char gate[2 * GATE_HASH_LEN + 1];
	enum ledger_err e;
	int r;

	/* The same words as for a gate that a look did not find waiting. */
	r = view_pick(&keeper->view, VIEW_WAITING, &keeper->result);
	if (r != GO_ON) {
		say_as_asked(decision);
		return r;
	}
	if (!keeper->view.is_hashed)
		return act_end(decision, REASON_DENIED, "gate_limit");
	hex_print(gate, keeper->view.hash, sizeof(keeper->view.hash));
	if ((e = ledger_refresh(keeper->book.ledger)) != LEDGER_OK)
		return act_end(decision, REASON_NO_RECORD, ledger_word(e));
	if (ledger_find_open(keeper->book.ledger, gate) != NULL)
		return act_end(decision, REASON_IN_PROGRESS, "open_intent");
	return GO_ON;
}

int
step_handle(struct decision *decision)
{
	const struct view *view = &decision->keeper->view;

	if (memcmp(decision->act.gate, view->hash, sizeof(view->hash)) != 0)
		return act_end(decision, REASON_CHANGED, "changed");
	return GO_ON;
}

static void
keep_rule(struct decision *decision)
{
	const struct verdict_rule *rule = decision->verdict.rule;

	decision->rule[0] = '\0';
	if (rule != NULL)
		(void)snprintf(decision->rule, sizeof(decision->rule),
		    "%.128s:%u", rule->file, rule->line);
}

/* A refusal is on record before anybody is told of it. */
static int
record_denial(struct decision *decision)
{
	struct keeper *keeper = decision->keeper;
	struct record rec;
	enum ledger_err e;

	if (book_number(&keeper->book, decision->record) != 0)
		return act_end(decision, REASON_NO_RECORD, "store_down");
	act_record(decision, &rec, "denied");
	record_set(&rec, M_RES, "denied");
	record_set(&rec, M_ERR, decision->verdict.local_code);
	record_set(&rec, M_CODE, decision->verdict.code);
	record_set(&rec, M_CLK, ledger_clock_word());
	e = book_write(&keeper->book, &rec, NULL, NULL);
	if (e != LEDGER_OK)
		return act_end(decision, REASON_NO_RECORD, ledger_word(e));
	return GO_ON;
}

static int
ask_policy(struct decision *decision, enum facts_phase phase)
{
	struct keeper *keeper = decision->keeper;
	const struct question question = {
		.phase = phase,
		.verb = decision->act.verb == PERSON_REFUSE ? VERB_REFUSE
		                                            : VERB_PASS,
		.view = &keeper->view,
		.reason = decision->act.reason,
		.ticket = decision->act.ticket,
		.glass = decision->act.glass,
		.level = decision->level,
		.age_s =
		    phase == PHASE_FINAL
		        ? (uint64_t)(clock_boot_ms() - decision->proven_at) /
		              1000
		        : 0,
		.conf = keeper->conf,
	};

	verdict_clear(&decision->verdict);
	if (rules_decide(&keeper->rules, &question, &decision->verdict) != 0)
		return act_end(decision, REASON_BUG, "bug");
	keep_rule(decision);
	if (decision->verdict.kind == VERDICT_PERMIT)
		return GO_ON;
	/* Votes are not kept yet, so nobody may be told that one is. */
	if (decision->verdict.kind == VERDICT_PENDING) {
		decision->verdict.exit = REASON_DENIED;
		decision->verdict.code = "Forbidden.AccessDenied";
	}
	tell_rules(keeper, &decision->verdict);
	if (record_denial(decision) != GO_ON)
		return ENDED;
	(void)rules_end(&decision->verdict, &keeper->result);
	(void)snprintf(keeper->result.record, sizeof(keeper->result.record),
	    "%.20s", decision->record);
	return ENDED;
}

int
step_decide_first(struct decision *decision)
{
	if (ask_policy(decision, PHASE_FIRST) != GO_ON)
		return ENDED;
	/* A decision always takes a proof, also where no line asks. */
	decision->level = decision->verdict.missing.mfa > 1
	                      ? (uint8_t)decision->verdict.missing.mfa
	                      : 1;
	return GO_ON;
}

int
step_key(struct decision *decision)
{
	struct keeper *keeper = decision->keeper;
	const struct ring_key key = { rules_org_id(&keeper->rules),
		rules_key_name(&keeper->rules) };
	enum seal_err e = ring_try(&keeper->ring, &key, NULL, &decision->trace);

	if (e == SEAL_OK)
		return GO_ON;
	return act_end(decision, seal_reason(e), seal_word(e));
}

/* Another policy was installed meanwhile: this one decides nothing more. */
static int
check_policy(struct decision *decision)
{
	struct keeper *keeper = decision->keeper;
	struct rules now = { 0 };
	const char *word = "policy";
	enum reason reason =
	    rules_read(&now, keeper->places->policy, keeper->book.state, &word);
	bool is_same =
	    memcmp(now.hash, keeper->rules.hash, sizeof(now.hash)) == 0;

	rules_clear(&now);
	if (reason != REASON_DONE) {
		book_note_refusal(&keeper->book, word, now.hash);
		return act_end(decision, reason, word);
	}
	if (!is_same)
		return act_end(
		    decision, REASON_MISCONFIGURED, "policy_changed");
	return GO_ON;
}

int
step_decide(struct decision *decision)
{
	struct keeper *keeper = decision->keeper;
	struct people now;

	if (check_policy(decision) != GO_ON)
		return ENDED;

	/* A role lost during the prompt is lost. */
	if (people_load(&now, &keeper->caller, keeper->rules.policy) != 0)
		return act_end(decision, REASON_DENIED, "user_unknown");
	people_clear(&keeper->rules.people);
	keeper->rules.people = now;
	return ask_policy(decision, PHASE_FINAL);
}

/*
 * Votes are not kept yet, so a quorum that wants others was refused before
 * this; if a verdict is pending all the same, sending would be wrong and
 * recording it has no place to go.
 */
int
step_vote(struct decision *decision)
{
	if (decision->verdict.kind == VERDICT_PERMIT)
		return GO_ON;
	return act_end(decision, REASON_MISCONFIGURED, "quorum");
}

int
step_look_again(struct decision *decision)
{
	struct keeper *keeper = decision->keeper;
	struct view *view = &keeper->view;
	struct reader reader =
	    keeper_reader(keeper, clock_boot_ms() + LOOK_AGAIN_MS);
	uint8_t before[GATE_HASH_LEN];
	int r;

	memcpy(before, view->hash, sizeof(before));
	r = view_read(view, &reader, VIEW_WAITING);
	keeper->server_ms = (int64_t)reader.server_ms;
	if (r != GO_ON) {
		say_as_asked(decision);
		return r;
	}
	if (!view->is_hashed || memcmp(before, view->hash, sizeof(before)) != 0)
		return act_end(decision, REASON_CHANGED, "changed");
	return GO_ON;
}

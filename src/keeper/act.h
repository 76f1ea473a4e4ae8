/* SPDX-License-Identifier: ISC */
/*
 * One decision, as a table of steps in a fixed order. Each step either goes
 * on or ends the decision with a result; before the intent an end means that
 * nothing was sent, after it every way leads through the outcome.
 *
 *   identity, look    session.c, on_look.c (LOOK on the same connection)
 *   state             still waiting, no intent open for it
 *   handle            the hash is the one the person saw
 *   decide first      policy without proof: hopeless ends here
 *   key               it could be opened, before anybody types a password
 *   authenticate      challenge accepted, own counter, PAM
 *   decide            policy with every fact
 *   vote              a quorum that is not complete: recorded, not sent
 *   look again        read anew: the same hash, still waiting
 *   intent            nonce, ledger line durable, syslog
 *   claim             this host, this process alone
 *   sign, send        one POST
 *   watch             until the job left the gate
 *   outcome           ledger line, syslog, signed answer
 */
#ifndef WARDER_KEEPER_ACT_H
#define WARDER_KEEPER_ACT_H

#include "keeper/keeper.h"
#include "wire/prompt.h"
#include "yunxiao/answer.h"

#define ACT_OTHERS_MAX 16 /* validators that are named at the end */

struct decision {
	struct keeper *keeper;
	struct person_act act;
	uint8_t request[PROMPT_REQUEST_LEN]; /* R */
	struct challenge challenge;
	uint8_t level;          /* of the proof to be had, then proven */
	int64_t proven_at;      /* boot ms */
	struct verdict verdict; /* the last one */
	char record[RECORD_NUMBER_SIZE];
	char rule[160];   /* file:line that decided */
	bool is_intended; /* the intent line is durable */
	bool is_claimed;
	uint64_t claim_revision;
	struct ledger_line intent;
	uint8_t nonce[SIGN_NONCE_LEN];
	struct ring_trace trace;
	int64_t claimed_at; /* boot ms */
	struct blob *post;  /* the signed request, until it is sent */
	struct courier_done done;
	struct answer_meaning meaning;
	enum gate_state seen; /* by the watch */
	bool is_for_others;   /* our part is done, the gate waits on */
	char validators[ACT_OTHERS_MAX][RUN_ID_MAX + 1]; /* as last seen */
	size_t validators_n;
	const char *res; /* of the outcome */
	const char *err; /* local reason of the outcome, or NULL */
};

typedef int step_function(struct decision *decision);

/* act_before.c */
step_function step_state, step_handle, step_decide_first, step_key, step_decide,
    step_vote, step_look_again;
/* act_proof.c */
step_function step_authenticate;
/* act_send.c */
step_function step_intent, step_claim, step_sign, step_send, step_watch,
    step_outcome;

/* Ends with this reason; before the intent nothing was sent. */
int act_end(
    struct decision *decision, enum reason exit, const char *local_code);

/* Who, where and why, for any line about this decision. */
void act_record(
    const struct decision *decision, struct record *rec, const char *event);

#endif

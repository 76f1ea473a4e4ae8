/* SPDX-License-Identifier: ISC */
/*
 * Authentication by warder-pam. Proof is one VERDICT with the constant, both
 * PAM results success, the same name, the digest of the very challenge, then
 * the end of the connection. Silence, death and anything else are a no.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/rand.h"
#include "base/text.h"
#include "keeper/act.h"
#include "keeper/tell.h"
#include "wire/peer.h"
#include "wire/proof.h"

#define MARGIN_MS 5000

/* The lowest listed level that reaches `level`; 0 if there is none. */
static uint8_t
service_level(const struct conf *conf, uint8_t level)
{
	for (; level <= CONF_LEVELS; level++)
		if (conf->service[level][0] != '\0')
			return level;
	return 0;
}

static int
make_challenge(struct decision *decision, struct proof_auth *auth)
{
	struct challenge *challenge = &decision->challenge;
	struct wbuf out = wbuf_of(auth->challenge, sizeof(auth->challenge));

	view_challenge(&decision->keeper->view, &decision->act, challenge);
	rand_fill(challenge->nonce, sizeof(challenge->nonce));
	challenge_put(&out, challenge);
	auth->challenge_len = out.len;
	return wbuf_end(&out);
}

static int
make_auth(struct decision *decision, struct proof_auth *auth)
{
	const struct keeper *keeper = decision->keeper;
	const char *service = keeper->conf->service[decision->level];
	int r;

	if ((r = text_copy(auth->service, sizeof(auth->service), service)) !=
	        0 ||
	    (r = text_copy(
	         auth->user, sizeof(auth->user), keeper->caller.name)) != 0 ||
	    (r = text_copy(auth->tty, sizeof(auth->tty), keeper->caller.tty)) !=
	        0)
		return r;
	auth->lang = keeper->lang;
	auth->flags = (decision->act.flags & PERSON_ACT_NO_PROMPT) != 0
	                  ? PROOF_NO_PROMPT
	                  : 0;
	auth->limit_ms = keeper->conf->prompt_timeout_ms < PROOF_LIMIT_MS
	                     ? keeper->conf->prompt_timeout_ms
	                     : PROOF_LIMIT_MS;
	memcpy(auth->request, decision->request, sizeof(auth->request));
	return make_challenge(decision, auth);
}

/* Counted before the first question, so that a cut connection counts. */
static int
take_failure(struct decision *decision)
{
	struct keeper *keeper = decision->keeper;
	enum state_result taken = state_fail_take(keeper->book.state,
	    keeper->caller.uid, keeper->conf->auth_failures,
	    keeper->conf->auth_window_ms, clock_real_ms(), NULL);

	if (taken == STATE_OK)
		return GO_ON;
	if (taken == STATE_DENIED)
		return act_end(decision, REASON_UNAUTHENTICATED, "lockout");
	return act_end(decision, REASON_NO_RECORD, state_word(taken));
}

/* ACCEPTED at most once, then one VERDICT. */
static int
await_verdict(struct decision *decision, int sock, int64_t deadline,
    bool *ret_accepted, struct proof_verdict *verdict)
{
	uint32_t type = 0;
	int r;

	*ret_accepted = false;
	for (;;) {
		if ((r = proof_recv(sock, deadline, &type, verdict)) != 0) {
			log_warn("warder-pam: %s", warder_strerror(r));
			return act_end(decision, REASON_UNREACHABLE, "pam");
		}
		if (type == PROOF_VERDICT)
			return GO_ON;
		if (*ret_accepted)
			return act_end(decision, REASON_UNREACHABLE, "pam");
		*ret_accepted = true;
		if (take_failure(decision) != GO_ON)
			return ENDED;
	}
}

/* `err` is NULL for a proof. */
static int
record_proof(struct decision *decision, const char *err)
{
	struct keeper *keeper = decision->keeper;
	struct record rec;
	enum ledger_err e;

	record_begin(&rec, "auth");
	record_set(&rec, M_RES, err == NULL ? "proven" : "failed");
	if (err != NULL)
		record_set(&rec, M_ERR, err);
	book_who(&rec, &keeper->caller, rules_account(&keeper->rules),
	    err == NULL ? decision->level : 0);
	record_set(&rec, M_CLK, ledger_clock_word());
	e = book_write(&keeper->book, &rec, NULL, NULL);
	if (e != LEDGER_OK)
		return act_end(decision, REASON_NO_RECORD, ledger_word(e));
	return GO_ON;
}

/* What warder-pam's word means to the person. */
static int
end_by_word(struct decision *decision, const char *word, bool is_accepted)
{
	static const struct {
		const char *word;
		enum reason exit;
		const char *local_code;
	} words[] = {
		{ "pam", REASON_UNAUTHENTICATED, "pam" },
		{ "expired", REASON_UNAUTHENTICATED, "expired" },
		{ "new_password", REASON_UNAUTHENTICATED, "new_password" },
		{ "renamed", REASON_UNAUTHENTICATED, "pam" },
		{ "timeout", REASON_UNAUTHENTICATED, "timeout" },
		{ "request", REASON_UNAUTHENTICATED, "challenge" },
		{ "start", REASON_MISCONFIGURED, "pam" },
		{ "no_prompt", REASON_INPUT, "no_prompt" },
		{ "gone", REASON_CANCELLED, "gone" },
	};

	if (is_accepted && record_proof(decision, word) != GO_ON)
		return ENDED;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i].word, word) == 0)
			return act_end(
			    decision, words[i].exit, words[i].local_code);
	return act_end(decision, REASON_UNAUTHENTICATED, "pam");
}

static int
judge(struct decision *decision, int sock, const struct proof_auth *auth,
    const struct proof_verdict *verdict, bool is_accepted)
{
	struct keeper *keeper = decision->keeper;
	uint8_t digest[32];

	challenge_digest(digest, auth->challenge, auth->challenge_len);
	/* A yes that nobody accepted a challenge for is no yes. */
	if (!is_accepted ||
	    proof_check(verdict, keeper->caller.name, digest) != 0 ||
	    proof_end(sock) != 0)
		return end_by_word(decision,
		    verdict->word[0] != '\0' ? verdict->word : "pam",
		    is_accepted);
	decision->proven_at = clock_boot_ms();
	if (record_proof(decision, NULL) != GO_ON)
		return ENDED;
	if (state_fail_forgive(keeper->book.state, keeper->caller.uid) !=
	    STATE_DONE)
		log_warn("a failure count could not be given back");
	tell_progress(keeper, PROGRESS_PROVEN, keeper->caller.name, "");
	return GO_ON;
}

static int
prove(struct decision *decision, struct proof_auth *auth)
{
	struct keeper *keeper = decision->keeper;
	struct proof_verdict *verdict = calloc(1, sizeof(*verdict));
	int64_t deadline = clock_boot_ms() + MARGIN_MS;
	auto_fd int sock = -1;
	bool is_accepted = false;
	int r = ENDED;

	if (verdict == NULL)
		return act_end(decision, REASON_BUG, "bug");
	if (peer_connect(keeper->serve->pam, &sock) != 0 ||
	    proof_auth_send(sock, auth, keeper->channel, deadline) != 0) {
		r = act_end(decision, REASON_UNREACHABLE, "pam");
	} else {
		deadline += 2 * (int64_t)auth->limit_ms;
		r = await_verdict(
		    decision, sock, deadline, &is_accepted, verdict);
		if (r == GO_ON)
			r = judge(decision, sock, auth, verdict, is_accepted);
		else if (is_accepted)
			(void)!record_proof(
			    decision, keeper->result.local_code);
	}
	free(verdict);
	return r;
}

int
step_authenticate(struct decision *decision)
{
	struct keeper *keeper = decision->keeper;
	struct proof_auth *auth;
	int r;

	decision->level = service_level(keeper->conf, decision->level);
	if (decision->level == 0)
		return act_end(decision, REASON_MISCONFIGURED, "mfa");
	if (state_fail_check(keeper->book.state, keeper->caller.uid,
	        keeper->conf->auth_failures, keeper->conf->auth_window_ms,
	        clock_real_ms()) == STATE_DENIED)
		return act_end(decision, REASON_UNAUTHENTICATED, "lockout");
	if ((auth = calloc(1, sizeof(*auth))) == NULL)
		return act_end(decision, REASON_BUG, "bug");
	r = make_auth(decision, auth);
	r = r != 0 ? act_end(decision, REASON_BUG, "bug")
	           : prove(decision, auth);
	free(auth);
	return r;
}

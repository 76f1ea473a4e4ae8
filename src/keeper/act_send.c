/* SPDX-License-Identifier: ISC */
/*
 * From the intent to the outcome. Once the intent is durable every path ends
 * in step_outcome(); nothing is sent twice, and what is not known is called
 * unknown. The client may go away, signals wait.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/rand.h"
#include "base/text.h"
#include "keeper/act.h"
#include "keeper/claim.h"
#include "keeper/tell.h"
#include "keeper/watch.h"

#define START_WITHIN_MS 5000 /* of the claim */
#define SLACK_MS 5000

/* A post-intent end: the outcome's words, then what the person is told. */
static int
fail(struct decision *decision, const char *res, const char *err,
    enum reason exit)
{
	decision->res = res;
	decision->err = err;
	return act_end(decision, exit, err);
}

/*
 * How long the gate waits already, by the job's start at the server: left out
 * where the server told none, or one that is still to come.
 */
static void
fill_wait(const struct view *view, struct record *rec)
{
	const uint64_t start_ms = view->run->jobs[view->look.job].start_ms;
	const uint64_t now_ms = (uint64_t)clock_real_ms();

	if (start_ms != 0 && start_ms <= now_ms)
		record_set_int(rec, M_N, (now_ms - start_ms) / 1000);
}

static void
fill_intent(struct decision *decision, struct record *rec)
{
	const struct keeper *keeper = decision->keeper;

	act_record(decision, rec, "intent");
	fill_wait(&keeper->view, rec);
	book_key(rec, &decision->trace);
	record_set(rec, M_CLK, ledger_clock_word());
	record_set(
	    rec, M_SYS, keeper->conf->syslog_required ? "require" : "effort");
}

int
step_intent(struct decision *decision)
{
	struct keeper *keeper = decision->keeper;
	enum syslog_fate fate;
	enum ledger_err e;
	struct record rec;

	rand_fill(decision->nonce, sizeof(decision->nonce));
	hex_print(
	    decision->trace.nonce, decision->nonce, sizeof(decision->nonce));
	if (book_number(&keeper->book, decision->record) != 0 ||
	    book_hold(&keeper->book, decision->record) != 0)
		return act_end(decision, REASON_NO_RECORD, "store_down");
	/* From here on nobody is asked any more, and an orphan goes on, too. */
	keeper->carrier.is_over = NULL;
	serve_hold(SERVE_HOLD_ALL);
	fill_intent(decision, &rec);
	e = book_write(&keeper->book, &rec, &decision->intent, &fate);
	if (e != LEDGER_OK) {
		book_let_go(&keeper->book, decision->record);
		return act_end(decision, REASON_NO_RECORD, ledger_word(e));
	}
	decision->is_intended = true;
	/* Until a step knows better. */
	decision->res = "unknown";
	decision->err = "bug";
	if (fate != SYSLOG_SENT && keeper->conf->syslog_required)
		return fail(decision, "unsent", "syslog", REASON_NO_RECORD);
	tell_progress(keeper, PROGRESS_RECORDED, decision->record, "");
	return GO_ON;
}

int
step_claim(struct decision *decision)
{
	switch (claim_take(decision)) {
	case CLAIM_OURS:
		decision->is_claimed = true;
		decision->claimed_at = clock_boot_ms();
		return GO_ON;
	case CLAIM_THEIRS:
		/* Somebody else sends: what becomes of it is watched. */
		decision->res = "unsent";
		decision->err = "claimed";
		return watch_other(decision);
	case CLAIM_FAILED:
		break;
	}
	return fail(decision, "unsent", "store_down", REASON_NOT_SENT);
}

int
step_sign(struct decision *decision)
{
	struct keeper *keeper = decision->keeper;
	const struct ring_key key = { rules_org_id(&keeper->rules),
		rules_key_name(&keeper->rules) };
	const struct call_args args = { .ids = keeper->view.ids };
	struct courier_request *post;
	enum seal_err e;

	if (courier_request_new(&decision->post) != 0)
		return fail(decision, "unsent", "memory_lock", REASON_BUG);
	post = courier_request_of(decision->post);
	e = ring_sign(&keeper->ring, &key, NULL,
	    decision->act.verb == PERSON_REFUSE ? CALL_REFUSE : CALL_PASS,
	    &args, decision->nonce, post, &decision->trace);
	if (e != SEAL_OK)
		return fail(decision, "unsent", seal_word(e), seal_reason(e));
	post->start_before = (uint64_t)(decision->claimed_at + START_WITHIN_MS);
	return GO_ON;
}

static struct answer_meaning
judge(const struct decision *decision, int r, int handed)
{
	const struct courier_done *done = &decision->done;
	struct answer answer = { .api = (enum api)decision->trace.api,
		.sent = handed ? 1 : 0 };

	/* No word from the courier: not sent only if it never got it. */
	if (r != 0)
		return answer_judge(&answer);
	answer.sent = done->sent;
	answer.http = done->http;
	answer.readable = done->readable;
	answer.success = done->success;
	answer.bare = done->bare;
	answer.retry_after_ms = done->retry_after;
	answer.connections = done->connections;
	(void)snprintf(answer.code, sizeof(answer.code), "%s", done->code);
	return answer_judge(&answer);
}

static void
fill_server_words(struct decision *decision)
{
	struct person_result *result = &decision->keeper->result;
	const struct courier_done *done = &decision->done;

	sight_about(&decision->keeper->about, &decision->trace, done);
	decision->keeper->about.wait_ms = decision->meaning.wait_ms;
	result->origin = ORIGIN_SERVER;
	result->http = done->http;
	result->retry = decision->meaning.outcome == ANSWER_THROTTLED;
	(void)snprintf(result->code, sizeof(result->code), "%s", done->code);
	(void)snprintf(result->request_id, sizeof(result->request_id), "%s",
	    done->request_id);
	(void)snprintf(result->text, sizeof(result->text), "%s", done->message);
}

static int
after_answer(struct decision *decision)
{
	switch (decision->meaning.outcome) {
	case ANSWER_ACCEPTED:
	case ANSWER_UNKNOWN:
		return GO_ON; /* the watch tells */
	case ANSWER_NOT_SENT:
		(void)fail(decision, "unsent", "unsent", REASON_NOT_SENT);
		decision->keeper->result.retry = 1;
		return ENDED;
	case ANSWER_THROTTLED:
		(void)fail(
		    decision, "throttled", "server", REASON_SERVER_REFUSED);
		fill_server_words(decision);
		return ENDED;
	case ANSWER_REFUSED:
		(void)fail(
		    decision, "rejected", "server", REASON_SERVER_REFUSED);
		fill_server_words(decision);
		return ENDED;
	}
	return GO_ON;
}

/* What the server said, as a word: never "success" for what is not one. */
static void
tell_answer(const struct decision *decision)
{
	const struct courier_done *done = &decision->done;
	char word[128];

	/* Sent, and nothing came back: an empty word. */
	if (done->http == 0 && decision->meaning.outcome != ANSWER_UNKNOWN)
		return;
	if (done->http == 0)
		word[0] = '\0';
	else if (done->code[0] != '\0')
		(void)snprintf(word, sizeof(word), "%s", done->code);
	else if (decision->meaning.outcome == ANSWER_ACCEPTED)
		(void)snprintf(word, sizeof(word), "success");
	else
		(void)snprintf(word, sizeof(word), "HTTP %u, not understood",
		    (unsigned int)done->http);
	tell_progress(decision->keeper, PROGRESS_ANSWERED, word,
	    done->request_id[0] != '\0' ? done->request_id : "-");
}

int
step_send(struct decision *decision)
{
	struct keeper *keeper = decision->keeper;
	const struct conf *conf = keeper->conf;
	int64_t deadline = clock_boot_ms() + conf->connect_timeout_ms +
	                   conf->answer_timeout_ms + SLACK_MS;
	int handed, r;

	tell_progress(keeper, PROGRESS_SENT, decision->trace.endpoint, "");
	r = carry_act(&keeper->carrier, courier_request_of(decision->post),
	    deadline, &handed, &decision->done);
	blob_freep(&decision->post);
	if (r != 0)
		log_warn("the courier: %s", warder_strerror(r));
	decision->meaning = judge(decision, r, handed);
	tell_answer(decision);
	return after_answer(decision);
}

/* What the answer said is worth telling where it did not settle it. */
int
step_watch(struct decision *decision)
{
	int r = watch_gate(decision);

	if (decision->keeper->result.exit == REASON_UNKNOWN &&
	    decision->done.http != 0)
		fill_server_words(decision);
	return r;
}

static void
fill_outcome(struct decision *decision, struct record *rec)
{
	const struct courier_done *done = &decision->done;

	record_begin(rec, "outcome");
	record_set(rec, M_REC, decision->record);
	record_set_int(rec, M_REF, decision->intent.seq);
	record_set(rec, M_RES, decision->res);
	if (decision->err != NULL && decision->err[0] != '\0')
		record_set(rec, M_ERR, decision->err);
	record_set(rec, M_ACT, verb_word(decision->act.verb));
	if (done->http != 0)
		record_set_int(rec, M_HTTP, done->http);
	record_set(rec, M_CODE, done->code);
	record_set(rec, M_RID, done->request_id);
	record_set(rec, M_MSG, done->message);
	if (done->ms != 0)
		record_set_int(rec, M_MS, done->ms);
	record_set(rec, M_CLK, ledger_clock_word());
}

/* What the design deletes a claim for: nothing can have happened by it. */
static bool
is_claim_over(const struct decision *decision)
{
	return decision->is_claimed &&
	       (strcmp(decision->res, "unsent") == 0 ||
	           strcmp(decision->res, "rejected") == 0 ||
	           strcmp(decision->res, "throttled") == 0);
}

/* The whole line goes to the person: it is the only record there is. */
static void
tell_unrecorded(struct decision *decision, const struct record *rec)
{
	struct person_result *result = &decision->keeper->result;
	char line[RECORD_LINE_MAX + 1] = "";
	struct record plain = *rec;
	size_t len = 0;

	(void)act_end(decision, REASON_UNRECORDED, "unrecorded");
	for (int m = M_EV; m < M_PREV && len < sizeof(line) - 2; m++) {
		if (len > 0)
			line[len++] = ',';
		size_t n = record_print_member(
		    &plain, (enum member)m, line + len, sizeof(line) - len - 1);

		len = n == 0 && len > 0 ? len - 1 : len + n;
	}
	line[len] = '\0';
	(void)text_cut(result->line, sizeof(result->line), line, len);
	log_warn("not recorded: %s", line);
}

int
step_outcome(struct decision *decision)
{
	struct keeper *keeper = decision->keeper;
	struct record rec;
	enum ledger_err e;

	fill_outcome(decision, &rec);
	e = book_write(&keeper->book, &rec, NULL, NULL);
	if (e != LEDGER_OK) {
		tell_unrecorded(decision, &rec);
	} else {
		book_checkpoint(&keeper->book, &keeper->ring);
		if (is_claim_over(decision))
			claim_drop(decision);
	}
	book_let_go(&keeper->book, decision->record);
	return ENDED;
}

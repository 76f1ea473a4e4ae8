/* SPDX-License-Identifier: ISC */
/*
 * Gateway checks, then faults, then the call itself. A fault that keeps the
 * call from acting still lets it run dry, so that its answer is the one that
 * an acting call would have given.
 */
#include "config.h"

#include <string.h>

#include "sandbox/calls.h"
#include "sandbox/journal.h"
#include "sandbox/script.h"
#include "sandbox/serve.h"
#include "sandbox/token.h"
#include "sandbox/verify.h"

static const struct fail not_found = { 404, "InvalidApi.NotFound",
	"No such path." };

static void
count_post(struct sandbox *s, const struct req *r)
{
	if (strcmp(r->method, "POST") != 0)
		return;
	s->posts++;
	if (r->ids.job != NULL)
		world_count(&s->world, &r->ids, "posts");
}

static void
act_later(struct sandbox *s, struct req *r, const struct plan *plan)
{
	bool is_pass = r->call->serve == serve_pass;

	if (strcmp(r->verdict, "ok") != 0 ||
	    strcmp(r->call->method, "POST") != 0)
		return;
	world_decide_later(&s->world, &r->ids,
	    is_pass ? VERB_PASS : VERB_REFUSE, r->key->account,
	    sandbox_now_ms() + plan_number(plan->args, "ms", 1000));
	r->effect = is_pass ? "passed" : "refused";
}

static int
status_sent(const struct plan *plan, const struct answer *a)
{
	if (plan->kind == NULL)
		return a->status;
	switch (plan->kind->send) {
	case SEND_NOTHING:
	case SEND_RESET:
	case SEND_STATUS_LINE:
		return 0;
	case SEND_WHOLE:
	case SEND_CUT:
	case SEND_LONG:
	case SEND_EXTRA:
	case SEND_DRIP:
	case SEND_ENDLESS:
	case SEND_ENDLESS_HEADERS:
	case SEND_HUGE_HEADERS:
		break;
	}
	return a->status;
}

static void
serve_call(
    struct sandbox *s, struct req *r, struct answer *a, struct plan *plan)
{
	struct spoil by = { s, r, NULL };

	r->verdict = "ok";
	*plan = faults_take(s, r);
	r->dry = !plan_acts(plan);
	r->call->serve(s, r, a);
	if (plan->kind == NULL)
		return;
	r->fault = plan->kind->name;
	by.args = plan->args;
	if (plan->kind->acts == ACTS_LATER)
		act_later(s, r, plan);
	if (plan->kind->spoil != NULL)
		plan->kind->spoil(a, &by);
	spoil_request_id(a, &by);
}

/* Everything before a call of either family is served. */
static const struct fail *
check(struct sandbox *s, struct req *r, struct answer *a, struct key *ret_key)
{
	if (r->is_malformed)
		return &not_found;
	return a->is_token ? token_verify(s, r, ret_key)
	                   : verify_request(s, r, ret_key);
}

void
serve_request(struct sandbox *s, struct req *r, struct answer *ret_answer,
    struct plan *ret_plan)
{
	const struct fail *why;
	struct key key;

	memset(ret_plan, 0, sizeof(*ret_plan));
	answer_start(ret_answer);
	req_parse_target(r);
	ret_answer->is_token = token_is(r);
	pthread_mutex_lock(&s->lock);
	script_run(s);
	if (ret_answer->is_token)
		token_find(s, r);
	else
		calls_read_ids(r);
	world_advance(&s->world,
	    r->ids.pipeline != NULL && r->ids.pipeline[0] != '\0'
	        ? r->ids.pipeline
	        : NULL,
	    sandbox_now_ms());
	count_post(s, r);
	why = check(s, r, ret_answer, &key);
	if (why != NULL) {
		r->verdict = why->code;
		answer_gateway(ret_answer, r, why);
	} else {
		r->key = &key;
		serve_call(s, r, ret_answer, ret_plan);
		r->key = NULL;
	}
	answer_print(ret_answer);
	ret_answer->date_off_s += s->offset_ms / 1000;
	r->status = status_sent(ret_plan, ret_answer);
	journal_request(s, r);
	pthread_mutex_unlock(&s->lock);
}

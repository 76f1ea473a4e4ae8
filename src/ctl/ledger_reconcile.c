/* SPDX-License-Identifier: ISC */
/*
 * `warderctl ledger reconcile [ORG]`: the keeper reads what the server shows
 * of the past, then the ledger is read, in this order: a decision made by
 * warder meanwhile has its line by then. What is found goes on record once.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "ctl/keepercall.h"
#include "ctl/ledger_proof.h"
#include "ctl/policy.h"
#include "ctl/reconcile_report.h"
#include "ctl/record.h"
#include "ctl/vault.h"

#define ASK_MS 660000 /* longer than the keeper reads at most */
#define ONE_MS 60000
#define ONES_MAX 500 /* runs that are read one by one */
#define DAYS INT64_C(30)
#define DAY_MS INT64_C(86400000)

static int
unread(struct reconcile_report *report, const char *what, const char *id,
    const char *code)
{
	struct reconcile_unread *one;

	if (report->unread_n++ >= RECONCILE_UNREAD_MAX)
		return WARDER_OK;
	one = &report->unread[report->unread_n - 1];
	(void)snprintf(one->what, sizeof(one->what), "%s", what);
	(void)snprintf(one->id, sizeof(one->id), "%s", id);
	(void)snprintf(one->code, sizeof(one->code), "%s", code);
	return WARDER_OK;
}

static int
take_row(struct reconcile_report *report, const struct admin_row *row)
{
	struct reconcile *all = &report->all;
	char id[64], *code;

	(void)snprintf(id, sizeof(id), "%" PRIu64, row->n);
	if (strcmp(row->topic, "pipeline") == 0)
		return reconcile_pipeline(all, id, row->text);
	if (strcmp(row->topic, "run") == 0)
		return reconcile_run(all, row->text, id);
	if (strcmp(row->topic, "no-pipelines") == 0)
		return unread(report, "pipelines", "", row->text);
	if (strcmp(row->topic, "no-runs") == 0)
		return unread(report, "runs", id, row->text);
	if (strcmp(row->topic, "no-run") != 0 ||
	    (code = strchr(row->text, ' ')) == NULL)
		return WARDER_EFORM;
	(void)snprintf(id, sizeof(id), "%.*s/%" PRIu64,
	    (int)(code - row->text < 20 ? code - row->text : 20), row->text,
	    row->n);
	return unread(report, "run", id, code + 1);
}

static int
take(void *ctx, const struct frame *frame)
{
	struct reconcile_report *report = ctx;
	struct admin_seen seen;
	struct admin_row row;
	int r;

	switch (frame->type) {
	case ADMIN_ROW:
		r = layout_take(frame, &admin_row_layout, &row);
		return r != 0 ? r : take_row(report, &row);
	case ADMIN_SEEN:
		r = layout_take(frame, &admin_seen_layout, &seen);
		return r != 0 ? r : reconcile_job(&report->all, &seen);
	default:
		return WARDER_ETYPE;
	}
}

/* DONE, also where something was not read: that is in the report. */
static enum reason
ask_history(struct reconcile_report *report)
{
	const struct keepercall call = { take, report, ASK_MS };
	struct admin_history history = { .since =
		                             (uint64_t)report->all.since_ms };
	struct admin_done done;
	int r;

	if (text_copy(history.org, sizeof(history.org), report->all.org) != 0)
		return REASON_BUG;
	r = keepercall_ask(
	    &call, ADMIN_HISTORY, &admin_history_layout, &history, &done);
	if (r != 0) {
		(void)snprintf(report->word, sizeof(report->word), "keeper");
		return r == WARDER_ENOMEM ? REASON_BUG : REASON_UNREACHABLE;
	}
	(void)snprintf(report->word, sizeof(report->word), "%s", done.word);
	if (done.exit == REASON_INCOMPLETE && report->unread_n > 0)
		return REASON_DONE;
	return (enum reason)done.exit;
}

static bool
says_gone(const struct admin_done *done)
{
	return done->exit == REASON_NOT_FOUND &&
	       (strcmp(done->word, "InvalidPipelineRun.NotFound") == 0 ||
	           strcmp(done->word, "InvalidPipeline.NotFound") == 0);
}

/* A run that lines name and no list showed. */
static int
ask_one(struct reconcile_report *report, const struct reconcile_ids *ids)
{
	const struct keepercall call = { take, report, ONE_MS };
	struct admin_run run = { .org = "" };
	struct admin_done done = { .exit = REASON_BUG };
	char id[64];
	int r;

	(void)snprintf(run.org, sizeof(run.org), "%s", report->all.org);
	(void)snprintf(
	    run.pipeline, sizeof(run.pipeline), "%.19s", ids->pipeline);
	(void)snprintf(run.run, sizeof(run.run), "%.19s", ids->run);
	r = keepercall_ask(&call, ADMIN_RUN, &admin_run_layout, &run, &done);
	if (r == WARDER_ENOMEM)
		return r;
	if (r == 0 && says_gone(&done))
		return reconcile_gone(&report->all, ids);
	if (r == 0 && done.exit == REASON_DONE)
		return WARDER_OK;
	(void)snprintf(id, sizeof(id), "%s/%s", ids->pipeline, ids->run);
	(void)unread(report, "run", id, r == 0 ? done.word : "keeper");
	/* Asked once; what it would have said is not known. */
	return reconcile_unreadable(&report->all, ids);
}

static int
ask_ones(struct reconcile_report *report)
{
	struct reconcile_ids run;
	size_t at = 0, n = 0;
	int r = WARDER_OK;

	while (r == 0 && reconcile_next_unread(&report->all, &at, &run)) {
		if (n++ == ONES_MAX)
			return unread(report, "run", "", "too_many_runs");
		r = ask_one(report, &run);
	}
	return r;
}

static void
on_line(void *arg, const char *line, size_t len, const struct record *rec)
{
	struct reconcile_report *report = arg;

	(void)line;
	(void)len;
	if (report->r == 0)
		report->r = reconcile_line(&report->all, rec);
}

/* A ledger that does not hold accounts for nothing. */
static enum reason
read_ledger(struct reconcile_report *report)
{
	const struct ledger_question question = { .is_json = false };
	const struct ledger_reader reader = { on_line, report };
	struct ledger_proof proof;
	int status = ledger_prove(&question, &proof);

	if (status == REASON_DONE && proof.report.exit != REASON_DONE &&
	    proof.report.exit != REASON_OPEN_INTENTS) {
		ledger_proof_say(&proof, false);
		status = proof.report.exit;
	}
	if (status == REASON_DONE)
		status = ledger_walk(&proof, false, &reader);
	ledger_proof_free(&proof);
	if (status == REASON_DONE && report->r != 0)
		status = REASON_BUG;
	if (status != REASON_DONE)
		(void)snprintf(report->word, sizeof(report->word), "ledger");
	return (enum reason)status;
}

/* Findings that no line tells of yet; those that got none are said. */
static void
put_on_record(struct reconcile_report *report)
{
	struct record rec;
	enum ledger_err e;

	for (size_t i = 0; i < report->all.findings_n; i++) {
		if (report->all.findings[i].known != 0)
			continue;
		reconcile_record(&report->all, &report->all.findings[i], &rec);
		e = ctl_record(&rec, NULL, NULL);
		if (e == LEDGER_OK)
			continue;
		report->not_on_record++;
		(void)fprintf(stderr,
		    "warderctl: a finding is not on record: %s\n",
		    ledger_word(e));
	}
}

static void
run_org(struct reconcile_report *report)
{
	int r = WARDER_OK;

	report->reason = ask_history(report);
	if (report->reason == REASON_DONE)
		report->reason = read_ledger(report);
	if (report->reason != REASON_DONE)
		return;
	if ((r = ask_ones(report)) == 0)
		r = reconcile_compare(&report->all);
	if (r == 0) {
		put_on_record(report);
		return;
	}
	report->reason = REASON_BUG;
	(void)snprintf(
	    report->word, sizeof(report->word), "%s", warder_strerror(r));
}

static int
one_org(struct reconcile_output *output, const struct policy_org *org,
    int64_t since_ms)
{
	struct reconcile_report *report = calloc(1, sizeof(*report));

	if (report == NULL)
		return ctl_fail(REASON_BUG, "no memory");
	report->all.alias = org->alias;
	report->all.org = org->id;
	report->all.since_ms = since_ms;
	run_org(report);
	reconcile_tell(output, report);
	reconcile_clear(&report->all);
	free(report);
	return REASON_DONE;
}

static int
all_orgs(struct reconcile_output *output, const struct policy *policy,
    const char *name, int64_t since_ms)
{
	struct policy_org org;
	int r = REASON_DONE;

	if (name != NULL && !policy_org_find(policy, name, &org))
		return ctl_fail(REASON_NOT_FOUND,
		    "the installed policy has no organization of that name");
	if (name != NULL)
		return one_org(output, &org, since_ms);
	if (policy_orgs(policy) == 0)
		return policy_fail_no_org();
	for (size_t i = 0; i < policy_orgs(policy) && r == REASON_DONE; i++) {
		org = policy_org_at(policy, i);
		r = one_org(output, &org, since_ms);
	}
	return r;
}

int
ledger_reconcile_command(const struct ledger_question *question)
{
	struct ledger_filter filter = question->filter;
	auto_policy struct policy *policy = NULL;
	struct reconcile_output output = { .is_json = question->is_json };
	int64_t since_ms = clock_real_ms() - DAYS * DAY_MS;
	int r;

	if (ledger_filter_ready(&filter) != REASON_DONE)
		return REASON_USAGE;
	if (filter.since != NULL)
		since_ms = filter.since_ms;
	if ((r = ctl_need_root()) != 0 ||
	    (r = policy_load_installed(&policy)) != REASON_DONE)
		return r;
	reconcile_begin(&output);
	r = all_orgs(&output, policy, question->subject, since_ms);
	if (r == REASON_DONE && output.compared > 0)
		(void)ledger_say_read("reconciled", output.findings);
	return reconcile_end(&output, r);
}

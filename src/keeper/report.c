/* SPDX-License-Identifier: ISC */
/*
 * The list of pipelines comes first: a key that the server does not take ends
 * there. The signed API has no call that names the account of a key, only one
 * that lists its organizations; the token API is the other way round.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "keeper/admin.h"
#include "keeper/listing.h"
#include "keeper/report.h"

#define REPORT_MS 240000
#define BRIEF_MS 10000 /* a little more than doctor waits */

struct report {
	struct keeper *keeper;
	struct ring_trace trace;
	struct reader reader;
	struct call_args args; /* the organization, and nothing else */
	bool is_incomplete;
	bool is_member; /* the organization is in the key's own list */
};

static void
unread(void *ctx, const char *what, const struct person_result *why)
{
	struct report *report = ctx;

	report->is_incomplete = true;
	admin_row(report->keeper, "unread", ADMIN_WARN, 0, what);
	admin_row(
	    report->keeper, "unread-why", ADMIN_WARN, 0, admin_word_of(why));
}

static void
send_key(const struct report *report)
{
	const struct ring_trace *trace = &report->trace;
	struct admin_key key = { .kind = (uint8_t)trace->kind,
		.api = trace->api,
		.generation = trace->generation,
		.created_ms = trace->created_ms,
		.not_after_ms = trace->not_after_ms };

	_Static_assert(sizeof(key.name) == sizeof(trace->name) &&
	                   sizeof(key.id) == sizeof(trace->id_shown),
	    "one limit");
	memcpy(key.name, trace->name, sizeof(key.name));
	if (trace->id[0] != '\0')
		memcpy(key.id, trace->id_shown, sizeof(key.id));
	(void)snprintf(
	    key.endpoint, sizeof(key.endpoint), "%s", trace->endpoint);
	(void)!admin_send(report->keeper, &admin_key_layout, &key);
}

static int
on_pipeline(void *ctx, const struct item *item)
{
	struct report *report = ctx;

	if (item->kind == ITEM_PIPELINE && text_is_id(item->pipeline.id))
		admin_row(report->keeper, "pipeline", ADMIN_OK,
		    strtoull(item->pipeline.id, NULL, 10),
		    item->pipeline.name.text);
	return WARDER_OK;
}

static int
on_owner(void *ctx, const struct item *item)
{
	struct report *report = ctx;

	if (item->kind != ITEM_MEMBER)
		return WARDER_OK;
	admin_row(report->keeper, "account", ADMIN_OK, 0, item->member.account);
	admin_row(report->keeper, "account-name", ADMIN_OK, 0,
	    item->member.name.text);
	return WARDER_OK;
}

static int
on_organization(void *ctx, const struct item *item)
{
	struct report *report = ctx;

	if (item->kind != ITEM_ORGANIZATION ||
	    strcmp(item->organization.id, report->args.ids.org) != 0)
		return WARDER_OK;
	report->is_member = true;
	admin_row(report->keeper, "organization", ADMIN_OK,
	    item->organization.admin, item->organization.name.text);
	return WARDER_OK;
}

/* Whose key it is, or what stands in place of that. */
static void
read_account(struct report *report)
{
	const struct call_args none = { 0 };

	if (report->trace.api != API_SIGNED) {
		if (sight_read(&report->reader, CALL_WHOAMI, &none, on_owner,
		        report, NULL) != GO_ON)
			unread(report, "account", report->reader.result);
		return;
	}
	admin_row(report->keeper, "account-untold", ADMIN_OK, 0, "");
	if (sight_read(&report->reader, CALL_ORGANIZATIONS, &none,
	        on_organization, report, NULL) != GO_ON)
		unread(report, "organization", report->reader.result);
	else if (!report->is_member)
		admin_row(
		    report->keeper, "organization-none", ADMIN_WARN, 0, "");
}

static bool
has_robot(const struct report *report, const struct view *view)
{
	const struct rules *rules = &report->keeper->rules;
	const char *id;

	for (size_t n = 0;
	     (id = look_validator(view->run, &view->look, n)) != NULL; n++)
		if (policy_is_robot(rules->policy, rules->org.alias, id))
			return true;
	return false;
}

static enum listing_told
on_gate(void *ctx, const struct view *view)
{
	struct report *report = ctx;
	struct person_gate shown;
	struct admin_gate gate = { .pipeline = "" };

	view_gate(view, &shown);
	(void)snprintf(
	    gate.pipeline, sizeof(gate.pipeline), "%s", shown.pipeline);
	(void)snprintf(gate.run, sizeof(gate.run), "%s", shown.run);
	(void)snprintf(gate.job, sizeof(gate.job), "%s", shown.job);
	(void)text_cut(gate.pipeline_name, sizeof(gate.pipeline_name),
	    shown.pipeline_name, strlen(shown.pipeline_name));
	(void)text_cut(gate.job_name, sizeof(gate.job_name), shown.job_name,
	    strlen(shown.job_name));
	gate.pass = shown.pass;
	gate.refuse = shown.refuse;
	gate.robot = has_robot(report, view);
	return admin_send(report->keeper, &admin_gate_layout, &gate) == 0
	           ? LISTING_TOLD
	           : LISTING_NO_ROOM;
}

static int
read_all(struct report *report)
{
	const struct listing_ear ear = {
		.gate = on_gate, .unread = unread, .ctx = report
	};
	struct keeper *keeper = report->keeper;
	bool is_complete;

	if (sight_pages(&report->reader, CALL_PIPELINES, &report->args,
	        on_pipeline, report, &is_complete) != GO_ON)
		return admin_end_check(
		    keeper, &report->trace, rules_org_id(&keeper->rules));
	if (!is_complete) {
		(void)sight_end(&keeper->result, REASON_INCOMPLETE, "unread");
		unread(report, "pipelines", &keeper->result);
	}
	read_account(report);
	if (!listing_run(keeper, "", &ear))
		report->is_incomplete = true;
	return admin_done(keeper,
	    report->is_incomplete ? REASON_INCOMPLETE : REASON_DONE,
	    report->is_incomplete ? "unread" : "done");
}

static int
count(void *ctx, const struct item *item)
{
	uint64_t *n = ctx;

	*n += item->kind == ITEM_PIPELINE;
	return WARDER_OK;
}

/* libcurl's numbers stay; of a call that came to nothing it is all there is. */
static void
say_why_unsent(const struct report *report)
{
	static const struct {
		uint8_t curl;
		const char *text;
	} rows[] = { { 5, "the proxy's name does not resolve" },
		{ 6, "the server's name does not resolve" },
		{ 7, "nobody takes the connection" },
		{ 28, "no answer in time" }, { 35, "TLS does not begin" },
		{ 52, "it ends the connection without an answer" },
		{ 56, "the connection breaks off" },
		{ 60,
		    "its certificate is of no CA in ca_file, or not its own" },
		{ 77, "ca_file cannot be read" },
		{ 90, "its key is none of those of `pin`" },
		{ 97, "the proxy refuses" } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].curl == report->reader.curl)
			admin_row(report->keeper, "unsent", ADMIN_BAD,
			    rows[i].curl, rows[i].text);
}

/* The least call that a key for gates can make: whether it is taken at all. */
static int
read_one_page(struct report *report)
{
	uint64_t n = 0;

	if (sight_read(&report->reader, CALL_PIPELINES, &report->args, count,
	        &n, NULL) != GO_ON) {
		say_why_unsent(report);
		return admin_end_check(report->keeper, &report->trace,
		    rules_org_id(&report->keeper->rules));
	}
	admin_row(report->keeper, "check", ADMIN_OK, n,
	    "pipelines on the first page");
	return admin_done(report->keeper, REASON_DONE, "done");
}

/* As with a person's request: an event of its own. */
static int
fail(struct keeper *keeper, enum seal_err e)
{
	struct record rec;

	if (e != SEAL_LOCKED && e != SEAL_SYSTEM) {
		record_begin(&rec, "key.fail");
		record_set(&rec, M_ERR, seal_word(e));
		record_set(&rec, M_KEY, rules_key_name(&keeper->rules));
		if (book_write(&keeper->book, &rec, NULL, NULL) != LEDGER_OK)
			log_warn("the ledger did not take key.fail");
	}
	return admin_done(keeper, seal_reason(e), seal_word(e));
}

int
report_run(struct keeper *keeper, const char *org, bool is_brief)
{
	struct report report = { .keeper = keeper };
	const char *word = "config";
	enum reason reason;
	enum seal_err e;

	/* Only to know whose key reads which organization. */
	reason = rules_read(
	    &keeper->rules, keeper->places->policy, keeper->book.state, &word);
	if (reason != REASON_DONE)
		return admin_done(keeper, reason, word);
	if (!policy_org_find(keeper->rules.policy, org, &keeper->rules.org))
		return admin_done(keeper, REASON_NOT_FOUND, "org_unknown");
	report.reader = admin_reader(keeper, is_brief ? BRIEF_MS : REPORT_MS);
	(void)snprintf(report.args.ids.org, sizeof(report.args.ids.org), "%s",
	    rules_org_id(&keeper->rules));
	e = ring_try(&keeper->ring, &report.reader.key, NULL, &report.trace);
	/* Doctor, who asks so, leaves no line behind. */
	if (e != SEAL_OK && is_brief)
		return admin_done(keeper, seal_reason(e), seal_word(e));
	if (e != SEAL_OK)
		return fail(keeper, e);
	send_key(&report);
	return is_brief ? read_one_page(&report) : read_all(&report);
}

/* SPDX-License-Identifier: ISC */
/*
 * Names come from the server and from lines of the ledger: they are cleaned
 * here. What was not read stands beside what was found, never instead of it.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "ctl/keepercall.h"
#include "ctl/reconcile_report.h"
#include "ctl/vault.h"

void
reconcile_begin(struct reconcile_output *output)
{
	char now[CLOCK_STAMP_SIZE];

	if (!output->is_json)
		return;
	output->document = cJSON_CreateObject();
	clock_stamp(now, clock_real_ms(), 0);
	cJSON_AddStringToObject(
	    output->document, "schema", "warderctl.ledger/1");
	cJSON_AddStringToObject(output->document, "now", now);
	cJSON_AddArrayToObject(output->document, "errors");
	cJSON_AddArrayToObject(output->document, "orgs");
	cJSON_AddArrayToObject(output->document, "findings");
}

static const char *
failure_of(const struct reconcile_report *report)
{
	if (report->reason == REASON_UNREACHABLE)
		return "warder-keeper does not answer, or speaks another "
		       "version";
	if (strcmp(report->word, "ledger") == 0)
		return "this host's ledger does not hold, so it accounts for "
		       "nothing: warderctl ledger verify";
	return keepercall_words(report->word);
}

/* What it is, without the name. */
static void
sentence_of(const struct reconcile_finding *finding, char *ret, size_t size)
{
	char at[64] = "at a time that the server does not tell";
	char validators[600];

	if (finding->at_ms != 0)
		clock_stamp(at, (int64_t)finding->at_ms, 0);
	switch (finding->kind) {
	case RECONCILE_AROUND:
		(void)snprintf(ret, size,
		    strcmp(finding->act, "pass") == 0
		        ? "passed %s, and not by warder here"
		        : "refused or cancelled %s, and not by warder here",
		    at);
		return;
	case RECONCILE_VANISHED:
		(void)snprintf(ret, size,
		    "a line here names this gate; at the server it is gone");
		return;
	case RECONCILE_REVISED:
		(void)snprintf(ret, size, "other validators than on record: %s",
		    text_show(
		        validators, sizeof(validators), finding->validators));
		return;
	case RECONCILE_NOTED:
		(void)snprintf(ret, size, "validators: %s",
		    text_show(
		        validators, sizeof(validators), finding->validators));
		return;
	case RECONCILE_KINDS:
		break;
	}
	ret[0] = '\0';
}

static void
print_finding(const struct reconcile_finding *finding)
{
	char name[800], text[800], known[64] = "";

	sentence_of(finding, text, sizeof(text));
	if (finding->known != 0)
		(void)snprintf(known, sizeof(known),
		    "; on record since line %" PRIu64, finding->known);
	(void)printf("%-8s %s (%s/%s/%s): %s%s\n",
	    finding->kind == RECONCILE_NOTED ? "note"
	    : finding->known != 0            ? "known"
	                                     : "found",
	    text_show(name, sizeof(name), finding->name), finding->ids.pipeline,
	    finding->ids.run, finding->ids.job, text, known);
}

static size_t
count(const struct reconcile *all, enum reconcile_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < all->findings_n; i++)
		n += all->findings[i].kind == kind;
	return n;
}

static void
print_org(const struct reconcile_report *report)
{
	const struct reconcile *all = &report->all;
	char since[CLOCK_STAMP_SIZE], begin[CLOCK_STAMP_SIZE], code[300];

	for (size_t i = 0; i < all->findings_n; i++)
		print_finding(&all->findings[i]);
	for (size_t i = 0; i < report->unread_n && i < RECONCILE_UNREAD_MAX;
	     i++)
		(void)printf("unread   %s %s: %s\n", report->unread[i].what,
		    report->unread[i].id,
		    text_show(code, sizeof(code), report->unread[i].code));
	clock_stamp(since, all->since_ms, 0);
	clock_stamp(begin, all->begin_ms, 0);
	(void)printf(
	    "%s: %zu runs started since %s; gates decided: %zu, by warder: "
	    "%zu, not by warder: %zu; vanished: %zu; other validators: %zu; "
	    "not read: %zu\n",
	    all->alias, all->runs_n, since, all->decided, all->ours,
	    count(all, RECONCILE_AROUND), count(all, RECONCILE_VANISHED),
	    count(all, RECONCILE_REVISED), report->unread_n);
	if (all->begin_ms > all->since_ms)
		(void)printf("Decisions from before the first line here, %s, "
		             "do not count.\n",
		    begin);
}

static void
add_number(cJSON *object, const char *name, uint64_t n)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRIu64, n);
	cJSON_AddStringToObject(object, name, text);
}

static void
finding_to_json(cJSON *list, const struct reconcile *all,
    const struct reconcile_finding *finding)
{
	char text[800], at[CLOCK_STAMP_SIZE] = "";
	cJSON *one = cJSON_CreateObject();

	sentence_of(finding, text, sizeof(text));
	if (finding->at_ms != 0)
		clock_stamp(at, (int64_t)finding->at_ms, 0);
	cJSON_AddStringToObject(one, "level",
	    finding->kind == RECONCILE_NOTED ? "ok"
	    : finding->known != 0            ? "warn"
	                                     : "bad");
	cJSON_AddStringToObject(one, "topic", reconcile_word(finding->kind));
	cJSON_AddStringToObject(one, "text", text);
	cJSON_AddStringToObject(one, "org", all->alias);
	cJSON_AddStringToObject(one, "pipeline_id", finding->ids.pipeline);
	cJSON_AddStringToObject(one, "run_id", finding->ids.run);
	cJSON_AddStringToObject(one, "job_id", finding->ids.job);
	cJSON_AddStringToObject(one, "name", finding->name);
	cJSON_AddStringToObject(one, "act", finding->act);
	cJSON_AddStringToObject(one, "at", at);
	cJSON_AddStringToObject(one, "validators", finding->validators);
	cJSON_AddBoolToObject(one, "new", finding->known == 0);
	add_number(one, "line", finding->known);
	cJSON_AddItemToArray(list, one);
}

static void
error_to_json(struct reconcile_output *output, const char *alias,
    const char *what, const char *id, const char *code)
{
	cJSON *one = cJSON_CreateObject();

	cJSON_AddStringToObject(one, "org", alias);
	cJSON_AddStringToObject(one, "what", what);
	cJSON_AddStringToObject(one, "id", id);
	cJSON_AddStringToObject(one, "code", code);
	cJSON_AddItemToArray(
	    cJSON_GetObjectItemCaseSensitive(output->document, "errors"), one);
}

static void
org_to_json(
    struct reconcile_output *output, const struct reconcile_report *report)
{
	const struct reconcile *all = &report->all;
	cJSON *one = cJSON_CreateObject();
	char since[CLOCK_STAMP_SIZE];

	clock_stamp(since, all->since_ms, 0);
	cJSON_AddStringToObject(one, "org", all->alias);
	cJSON_AddStringToObject(one, "org_id", all->org);
	cJSON_AddStringToObject(one, "since", since);
	add_number(one, "runs", all->runs_n);
	add_number(one, "decided", all->decided);
	add_number(one, "by_warder", all->ours);
	add_number(one, "not_read", report->unread_n);
	cJSON_AddItemToArray(
	    cJSON_GetObjectItemCaseSensitive(output->document, "orgs"), one);
	for (size_t i = 0; i < all->findings_n; i++)
		finding_to_json(cJSON_GetObjectItemCaseSensitive(
		                    output->document, "findings"),
		    all, &all->findings[i]);
	for (size_t i = 0; i < report->unread_n && i < RECONCILE_UNREAD_MAX;
	     i++)
		error_to_json(output, all->alias, report->unread[i].what,
		    report->unread[i].id, report->unread[i].code);
}

void
reconcile_tell(
    struct reconcile_output *output, const struct reconcile_report *report)
{
	const struct reconcile *all = &report->all;

	if (report->reason != REASON_DONE) {
		(void)ctl_fail(
		    report->reason, "%s: %s", all->alias, failure_of(report));
		if (output->failed == REASON_DONE)
			output->failed = report->reason;
		if (output->document != NULL)
			error_to_json(output, all->alias, "organization", "",
			    report->word);
		return;
	}
	output->compared++;
	output->unread += report->unread_n + report->not_on_record;
	for (size_t i = 0; i < all->findings_n; i++) {
		if (all->findings[i].kind == RECONCILE_NOTED)
			continue;
		output->findings++;
		output->fresh += all->findings[i].known == 0;
	}
	if (output->document != NULL)
		org_to_json(output, report);
	else
		print_org(report);
}

/* New findings go before what was not read, which is said too. */
static int
exit_of(const struct reconcile_output *output)
{
	if (output->fresh > 0)
		return REASON_DOCTOR_BAD;
	if (output->failed != REASON_DONE)
		return output->compared == 0 ? (int)output->failed
		                             : REASON_INCOMPLETE;
	return output->unread > 0 ? REASON_INCOMPLETE : REASON_DONE;
}

int
reconcile_end(struct reconcile_output *output, int r)
{
	char *text;
	int status = r != REASON_DONE ? r : exit_of(output);

	if (output->document == NULL)
		return status;
	cJSON_AddBoolToObject(output->document, "complete",
	    r == REASON_DONE && output->unread == 0 &&
	        output->failed == REASON_DONE);
	cJSON_AddNumberToObject(output->document, "exit", status);
	text = cJSON_PrintUnformatted(output->document);
	cJSON_Delete(output->document);
	if (text == NULL)
		return ctl_fail(REASON_BUG, "no memory");
	(void)text_put_json(stdout, text);
	cJSON_free(text);
	return status;
}

/* SPDX-License-Identifier: ISC */
/*
 * What a key is good for, on a screen or as JSON. What no reading call tells
 * is said in as many words, so that nobody takes silence for a yes.
 */
#include "config.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "ctl/keepercall.h"
#include "ctl/key.h"
#include "ctl/key_report.h"
#include "ctl/key_term.h"

#define NAMES_SHOWN 8
#define SHOWN_SIZE 2600 /* of 512 bytes, each of them hostile */

static const char *
tri_word(uint8_t tri, const char *yes, const char *no, const char *unknown)
{
	return tri == TRI_TRUE ? yes : tri == TRI_FALSE ? no : unknown;
}

static const char *
not_asked(const char *word)
{
	if (strcmp(word, "keeper") == 0)
		return "warder-keeper is not running";
	if (strcmp(word, "courier") == 0)
		return "warder-courier is not running";
	return "the keeper broke off; its log tells why";
}

/* Why it cannot be used, or could not be tried, and what to do. */
static void
print_failure(const struct key_report *report)
{
	bool is_missing = strcmp(report->word, "key_missing") == 0;
	char said[SHOWN_SIZE], code[SHOWN_SIZE];

	(void)text_show(said, sizeof(said),
	    report->said[0] != '\0' ? report->said : report->word);
	(void)text_show(code, sizeof(code),
	    report->code[0] != '\0' ? report->code : report->word);
	if (report->reason == REASON_NO_KEY)
		(void)printf("  Unusable       %s: %s: warderctl key seal %s\n",
		    report->word,
		    is_missing ? "no key of that name is sealed"
		               : "seal a new one",
		    report->alias);
	else if (report->reason == REASON_LOCKED)
		(void)puts("  Locked         open the keys: warderctl unlock");
	else if (report->reason == REASON_UNREACHABLE)
		(void)printf("  Not asked      %s\n", not_asked(report->word));
	else if (report->reason == REASON_BUSY)
		(void)printf(
		    "  Not asked      %s\n", keepercall_words(report->word));
	else if (report->reason == REASON_NOT_SENT)
		(void)printf("  Not reached    the server gave no answer that "
		             "can be read: %s\n",
		    code);
	else if (report->said[0] != '\0') /* it bears the code */
		(void)printf("  Refused        %s\n", said);
	else
		(void)printf("  Refused        %s\n", code);
}

static void
print_key(
    const struct key_report *report, const struct conf *conf, uint64_t now_ms)
{
	const struct admin_key *key = &report->key;
	char made[CLOCK_STAMP_SIZE], end[CLOCK_STAMP_SIZE], term[200];
	char name[400], endpoint[1400];

	clock_stamp(made, (int64_t)key->created_ms, 0);
	if (key->not_after_ms != 0)
		clock_stamp(end, (int64_t)key->not_after_ms, 0);
	(void)printf("  Key            %s, %s%s%s, for %s\n",
	    text_show(name, sizeof(name), key->name),
	    key_kind_word((enum seal_kind)key->kind),
	    key->id[0] != '\0' ? " " : "", key->id,
	    text_show(endpoint, sizeof(endpoint), key->endpoint));
	(void)printf("  Sealed         %s, %s\n", made,
	    key->not_after_ms != 0 ? end : "no end is known");
	(void)key_term_print(term, sizeof(term), conf,
	    (enum seal_kind)key->kind, key->created_ms, key->not_after_ms,
	    now_ms);
	if (term[0] != '\0')
		(void)printf("  Look at it     it %s\n", term);
}

static void
print_account(const struct key_report *report)
{
	char name[SHOWN_SIZE], id[SHOWN_SIZE];

	if (report->account[0] != '\0')
		(void)printf("  Account        %s, user %s: the token acts as "
		             "that person\n",
		    text_show(name, sizeof(name), report->account_name),
		    text_show(id, sizeof(id), report->account));
	else if (report->is_untold)
		(void)puts("  Account        not told: the signed API has no "
		           "call that names the account of a key");
	if (report->has_org)
		(void)printf("  Organization   %s; %s\n",
		    text_show(name, sizeof(name), report->org_name),
		    tri_word(report->admin, "the account is its admin",
		        "the account is a member, no admin",
		        "whether the account is its admin is not told"));
	if (report->is_no_member)
		(void)puts("  Organization   not among those that the account "
		           "has joined: have it invited");
}

static void
print_pipelines(const struct key_report *report)
{
	char name[SHOWN_SIZE];

	(void)printf("  Reads          %zu pipeline%s", report->pipelines_n,
	    report->pipelines_n == 1 ? "" : "s");
	for (size_t i = 0; i < report->pipelines_n && i < NAMES_SHOWN; i++)
		(void)printf("%s%s (%llu)", i == 0 ? ": " : ", ",
		    text_show(name, sizeof(name), report->pipelines[i].name),
		    (unsigned long long)report->pipelines[i].id);
	if (report->pipelines_n > NAMES_SHOWN)
		(void)printf(" and %zu more; --json names all",
		    report->pipelines_n - NAMES_SHOWN);
	(void)putchar('\n');
}

static void
print_gate(const struct admin_gate *gate)
{
	char pipeline[SHOWN_SIZE], job[SHOWN_SIZE];

	(void)printf("  Gate           %s / run %s / job %s %s: %s, %s%s\n",
	    text_show(pipeline, sizeof(pipeline), gate->pipeline_name),
	    gate->run, gate->job, text_show(job, sizeof(job), gate->job_name),
	    tri_word(gate->pass, "may pass it", "may not pass it",
	        "whether it may pass it is not told"),
	    tri_word(gate->refuse, "may refuse it", "may not refuse it",
	        "whether it may refuse it is not told"),
	    gate->robot ? "" : "; no robot of the policy is a validator");
}

static void
print_gates(const struct key_report *report)
{
	if (report->gates_n == 0)
		(void)puts("  Gates          none waits now");
	for (size_t i = 0; i < report->gates_n; i++)
		print_gate(&report->gates[i]);
	(void)puts("  Not known      what it may do at a gate that does not "
	           "wait: the server says so only while\n"
	           "                 one waits, and whether a pass is taken "
	           "only when it is made");
}

static void
print_one(
    const struct key_report *report, const struct conf *conf, uint64_t now_ms)
{
	char what[SHOWN_SIZE], code[SHOWN_SIZE];

	(void)printf("%s (%s)\n", report->alias, report->org_id);
	if (report->has_key)
		print_key(report, conf, now_ms);
	if (report->reason != REASON_DONE &&
	    report->reason != REASON_INCOMPLETE) {
		print_failure(report);
		return;
	}
	print_account(report);
	print_pipelines(report);
	print_gates(report);
	for (size_t i = 0; i < report->unread_n; i++)
		(void)printf("  Not read       %s: %s\n",
		    text_show(what, sizeof(what), report->unread[i].what),
		    text_show(code, sizeof(code), report->unread[i].code));
	if (report->left_out > 0)
		(void)printf("  Left out       %zu, above what is kept here\n",
		    report->left_out);
}

void
key_report_print(const struct key_report *reports, size_t n,
    const struct conf *conf, uint64_t now_ms)
{
	for (size_t i = 0; i < n; i++)
		print_one(&reports[i], conf, now_ms);
}

static void
add_tri(cJSON *object, const char *name, uint8_t tri)
{
	if (tri == TRI_ABSENT)
		cJSON_AddNullToObject(object, name);
	else
		cJSON_AddBoolToObject(object, name, tri == TRI_TRUE);
}

static void
add_stamp(cJSON *object, const char *name, uint64_t ms)
{
	char stamp[CLOCK_STAMP_SIZE];

	if (ms == 0)
		return;
	clock_stamp(stamp, (int64_t)ms, 0);
	cJSON_AddStringToObject(object, name, stamp);
}

static void
add_key(cJSON *to, const struct admin_key *key, const struct conf *conf,
    uint64_t now_ms)
{
	char number[24];

	(void)snprintf(number, sizeof(number), "%llu",
	    (unsigned long long)key->generation);
	cJSON_AddStringToObject(to, "name", key->name);
	cJSON_AddStringToObject(
	    to, "kind", key_kind_word((enum seal_kind)key->kind));
	cJSON_AddStringToObject(to, "id", key->id);
	cJSON_AddStringToObject(to, "state", "active");
	cJSON_AddStringToObject(to, "endpoint", key->endpoint);
	cJSON_AddStringToObject(to, "generation", number);
	add_stamp(to, "sealed", key->created_ms);
	add_stamp(to, "not_after", key->not_after_ms);
	cJSON_AddStringToObject(to, "term",
	    key_term_word(key_term_of(conf, (enum seal_kind)key->kind,
	        key->created_ms, key->not_after_ms, now_ms)));
}

static void
add_gates(cJSON *check, const struct key_report *report)
{
	cJSON *gates = cJSON_AddArrayToObject(check, "gates");

	for (size_t i = 0; i < report->gates_n; i++) {
		const struct admin_gate *from = &report->gates[i];
		cJSON *gate = cJSON_CreateObject();

		cJSON_AddStringToObject(gate, "pipeline_id", from->pipeline);
		cJSON_AddStringToObject(gate, "pipeline", from->pipeline_name);
		cJSON_AddStringToObject(gate, "run_id", from->run);
		cJSON_AddStringToObject(gate, "job_id", from->job);
		cJSON_AddStringToObject(gate, "job", from->job_name);
		add_tri(gate, "may_pass", from->pass);
		add_tri(gate, "may_refuse", from->refuse);
		cJSON_AddBoolToObject(
		    gate, "robot_is_validator", from->robot != 0);
		cJSON_AddItemToArray(gates, gate);
	}
}

static void
add_pipelines(cJSON *check, const struct key_report *report)
{
	cJSON *pipelines = cJSON_AddArrayToObject(check, "pipelines");
	char number[24];

	for (size_t i = 0; i < report->pipelines_n; i++) {
		cJSON *pipeline = cJSON_CreateObject();

		(void)snprintf(number, sizeof(number), "%llu",
		    (unsigned long long)report->pipelines[i].id);
		cJSON_AddStringToObject(pipeline, "pipeline_id", number);
		cJSON_AddStringToObject(
		    pipeline, "pipeline", report->pipelines[i].name);
		cJSON_AddItemToArray(pipelines, pipeline);
	}
}

static void
add_check(cJSON *to, const struct key_report *report)
{
	cJSON *check = cJSON_AddObjectToObject(to, "check");

	cJSON_AddNumberToObject(check, "exit", (double)report->reason);
	cJSON_AddStringToObject(check, "word", report->word);
	cJSON_AddStringToObject(check, "code", report->code);
	cJSON_AddStringToObject(check, "message", report->said);
	if (report->account[0] != '\0') {
		cJSON_AddStringToObject(check, "account", report->account);
		cJSON_AddStringToObject(
		    check, "account_name", report->account_name);
	} else {
		cJSON_AddNullToObject(check, "account"); /* not told */
	}
	if (report->has_org || report->is_no_member) {
		cJSON_AddBoolToObject(check, "is_member", report->has_org);
		add_tri(check, "is_admin", report->admin);
	}
	add_pipelines(check, report);
	add_gates(check, report);
}

static void
add_errors(cJSON *errors, const struct key_report *report)
{
	for (size_t i = 0; i < report->unread_n; i++) {
		cJSON *error = cJSON_CreateObject();

		cJSON_AddStringToObject(error, "org", report->alias);
		cJSON_AddStringToObject(error, "what", report->unread[i].what);
		cJSON_AddStringToObject(error, "code", report->unread[i].code);
		cJSON_AddItemToArray(errors, error);
	}
}

int
key_report_json(const struct key_report *reports, size_t n,
    const struct conf *conf, uint64_t now_ms)
{
	cJSON *document = cJSON_CreateObject(), *keys, *errors;
	bool is_complete = true;
	char *text;

	for (size_t i = 0; i < n; i++)
		is_complete = is_complete && reports[i].reason == REASON_DONE &&
		              reports[i].left_out == 0;
	cJSON_AddStringToObject(document, "schema", "warderctl.keys/1");
	add_stamp(document, "now", now_ms);
	cJSON_AddBoolToObject(document, "complete", is_complete);
	errors = cJSON_AddArrayToObject(document, "errors");
	keys = cJSON_AddArrayToObject(document, "keys");
	for (size_t i = 0; i < n; i++) {
		cJSON *key = cJSON_CreateObject();

		cJSON_AddStringToObject(key, "org", reports[i].alias);
		cJSON_AddStringToObject(key, "org_id", reports[i].org_id);
		if (reports[i].has_key)
			add_key(key, &reports[i].key, conf, now_ms);
		add_check(key, &reports[i]);
		add_errors(errors, &reports[i]);
		cJSON_AddItemToArray(keys, key);
	}
	text = cJSON_PrintUnformatted(document);
	cJSON_Delete(document);
	if (text == NULL)
		return ctl_fail(REASON_BUG, "no memory");
	(void)text_put_json(stdout, text);
	free(text);
	return REASON_DONE;
}

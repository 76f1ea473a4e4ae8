/* SPDX-License-Identifier: ISC */
/*
 * One function a document, in the order in which a person would read it.
 * Foreign text goes in as it came; what would end a string or steer a
 * terminal is escaped on the way out.
 */
#include "config.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "client/change.h"
#include "client/json.h"
#include "client/json_change.h"
#include "client/json_inside.h"
#include "client/key_end.h"
#include "client/tell.h"
#include "client/words.h"

static void
add(cJSON *to, const char *name, const char *text)
{
	(void)cJSON_AddStringToObject(to, name, text);
}

static void
add_time(cJSON *to, const char *name, uint64_t at_ms)
{
	char stamp[CLOCK_STAMP_SIZE];

	clock_stamp(stamp, (int64_t)at_ms, 0);
	add(to, name, stamp);
}

cJSON *
json_document(const char *schema, bool is_complete)
{
	cJSON *doc = cJSON_CreateObject();

	add(doc, "schema", schema);
	add_time(doc, "now", (uint64_t)clock_real_ms());
	(void)cJSON_AddBoolToObject(doc, "complete", is_complete);
	return doc;
}

void
json_print(cJSON *doc)
{
	char *text = cJSON_PrintUnformatted(doc);

	if (text != NULL)
		(void)text_put_json(stdout, text);
	(void)fflush(stdout);
	cJSON_free(text);
	cJSON_Delete(doc);
}

void
json_error(enum reason reason, const char *code, const char *sentence)
{
	cJSON *doc = json_document("warder.error/1", true);
	const char *word = reason_word((int)reason);

	(void)cJSON_AddArrayToObject(doc, "errors");
	(void)cJSON_AddNumberToObject(doc, "exit", (double)reason);
	add(doc, "word", word != NULL ? word : "");
	add(doc, "code", code);
	add(doc, "message", sentence);
	json_print(doc);
}

/* What the server said and when, for whoever goes on by program. */
static void
add_server(
    cJSON *to, const struct about *about, const struct person_result *result)
{
	cJSON *server = cJSON_AddObjectToObject(to, "server");
	uint32_t wait_s = said_wait_s(about);

	add(server, "request_id", result->request_id);
	(void)cJSON_AddNumberToObject(server, "http", result->http);
	add(server, "error_code",
	    result->origin == ORIGIN_SERVER ? result->code : "");
	add(server, "text", result->text);
	if (about->server == NULL)
		return;
	add(server, "key", about->server->key);
	add(server, "endpoint", about->server->host);
	if (wait_s > 0)
		(void)cJSON_AddNumberToObject(server, "wait_s", wait_s);
	if (about->server->server_ms != 0) {
		add_time(server, "date", about->server->server_ms);
		add_time(server, "date_here", about->server->here_ms);
	}
}

void
json_ended(const struct about *about, const struct person_result *result,
    const char *sentence)
{
	cJSON *doc = json_document("warder.error/1", true);
	const char *word = reason_word(result->exit);

	(void)cJSON_AddArrayToObject(doc, "errors");
	(void)cJSON_AddNumberToObject(doc, "exit", result->exit);
	add(doc, "word", word != NULL ? word : "");
	add(doc, "code",
	    result->code[0] != '\0' ? result->code : result->local_code);
	add(doc, "local_code", result->local_code);
	(void)cJSON_AddBoolToObject(doc, "retry", result->retry == 1);
	add(doc, "message", sentence);
	if (result->origin == ORIGIN_SERVER)
		add_server(doc, about, result);
	json_print(doc);
}

static void
add_can(cJSON *to, const struct shown *shown)
{
	cJSON *can = cJSON_AddArrayToObject(to, "can");

	if ((shown->gate.can & PERSON_CAN_PASS) != 0)
		(void)cJSON_AddItemToArray(can, cJSON_CreateString("pass"));
	if ((shown->gate.can & PERSON_CAN_REFUSE) != 0)
		(void)cJSON_AddItemToArray(can, cJSON_CreateString("refuse"));
}

static void
add_needs(cJSON *to, const char *name, const struct shown *shown)
{
	static const char *const kinds[] = { "", "reason", "ticket", "level",
		"seats", "time", "way" };
	cJSON *needs = cJSON_AddArrayToObject(to, name);

	for (size_t i = 0; i < shown->needs_n; i++) {
		const struct person_need *need = &shown->needs[i];
		cJSON *item = cJSON_CreateObject();

		add(item, "kind", kinds[need->kind]);
		(void)cJSON_AddNumberToObject(item, "n", need->n);
		add(item, "text", need->text);
		add(item, "who", need->who);
		(void)cJSON_AddItemToArray(needs, item);
	}
}

/* What list and show have in common. */
static void
add_gate(cJSON *to, const struct shown *shown)
{
	const struct person_gate *gate = &shown->gate;
	int64_t age = clock_real_ms() - (int64_t)gate->started_ms;

	add(to, "handle", shown->handle);
	add(to, "fingerprint", shown->fingerprint);
	add(to, "org", shown_org(shown));
	add(to, "org_id", gate->org);
	add(to, "pipeline", gate->pipeline_name);
	add(to, "pipeline_id", gate->pipeline);
	add(to, "run_id", gate->run);
	add(to, "job_id", gate->job);
	add(to, "job", gate->job_name);
	add(to, "stage", gate->stage);
	add(to, "status", gate->status);
	if (gate->started_ms != 0 && age >= 0)
		(void)cJSON_AddNumberToObject(
		    to, "age_s", (double)(age / 1000));
	else
		(void)cJSON_AddNullToObject(to, "age_s");
	add(to, "commit", shown_commit(shown));
	add(to, "started_by", shown_starter(shown));
	if (gate->newest == TRI_ABSENT)
		(void)cJSON_AddNullToObject(to, "newest");
	else
		(void)cJSON_AddBoolToObject(
		    to, "newest", gate->newest == TRI_TRUE);
	add(to, "superseded_by", gate->superseded_by);
	add_can(to, shown);
	add_needs(to, "needs", shown);
}

static void
add_unread(cJSON *doc, const struct shown_list *gates)
{
	cJSON *errors = cJSON_AddArrayToObject(doc, "errors");

	for (size_t i = 0; i < gates->unread_n; i++) {
		cJSON *item = cJSON_CreateObject();

		if (gates->unread[i].kind == PIECE_NOT_READ) {
			add(item, "what", gates->unread[i].a);
			add(item, "code", gates->unread[i].b);
		}
		(void)cJSON_AddItemToArray(errors, item);
	}
}

/* The pieces of a kind as objects with these three members. */
static cJSON *
add_pieces(cJSON *to, const char *name, const struct shown *shown,
    enum person_piece_kind kind, const char *const members[3])
{
	cJSON *array = cJSON_AddArrayToObject(to, name);
	const struct person_piece *piece;

	for (size_t i = 0; (piece = shown_piece(shown, kind, i)) != NULL; i++) {
		cJSON *item = cJSON_CreateObject();

		add(item, members[0], piece->a);
		if (members[1] != NULL)
			add(item, members[1], piece->b);
		if (members[2] != NULL)
			add(item, members[2], piece->c);
		(void)cJSON_AddItemToArray(array, item);
	}
	return array;
}

/* The kinds of pieces as a program reads them. */
static const char *const commit_names[] = { "repo", "branch", "commit" };
static const char *const after_names[] = { "stage", "job", NULL };
static const char *const validator_names[] = { "id", "user", NULL };

/* A gate of a list: short, but with what it would let out. */
static cJSON *
listed_gate(const struct shown *shown)
{
	cJSON *item = cJSON_CreateObject();

	add_gate(item, shown);
	(void)add_pieces(item, "commits", shown, PIECE_SOURCE, commit_names);
	(void)add_pieces(item, "after", shown, PIECE_AFTER, after_names);
	return item;
}

static void
add_interrupted(cJSON *doc)
{
	cJSON *item = cJSON_CreateObject();

	add(item, "what", "list");
	add(item, "code", "interrupted");
	(void)cJSON_AddItemToArray(
	    cJSON_GetObjectItemCaseSensitive(doc, "errors"), item);
}

void
json_list(const struct shown_list *gates, int exit, int64_t age_ms)
{
	cJSON *doc = json_document("warder.list/1", exit == REASON_DONE),
	      *array;

	add_unread(doc, gates);
	if (exit >= 128)
		add_interrupted(doc);
	(void)cJSON_AddNumberToObject(
	    doc, "list_age_s", age_ms < 0 ? 0 : (double)(age_ms / 1000));
	array = cJSON_AddArrayToObject(doc, "gates");
	for (size_t i = 0; i < gates->n; i++)
		(void)cJSON_AddItemToArray(
		    array, listed_gate(&gates->items[i]));
	(void)cJSON_AddArrayToObject(doc, "debts");
	json_print(doc);
}

void
json_notice(const char *event, const struct shown *shown,
    const struct shown_list *list, bool is_complete)
{
	cJSON *doc = json_document("warder.notice/1", is_complete);

	add_unread(doc, list);
	add(doc, "event", event);
	(void)cJSON_AddItemToObject(doc, "gate", listed_gate(shown));
	(void)cJSON_AddArrayToObject(doc, "people");
	json_print(doc);
}

static void
add_rules(cJSON *to, const struct shown *shown)
{
	static const char *const kinds[] = { "", "primary", "also", "fits" };
	cJSON *rules = cJSON_AddArrayToObject(to, "rules");

	for (size_t i = 0; i < shown->rules_n; i++) {
		const struct person_rule *rule = &shown->rules[i];
		cJSON *item = cJSON_CreateObject();

		add(item, "kind", kinds[rule->kind]);
		add(item, "code", rule->code);
		add(item, "local_code", rule->local_code);
		add(item, "file", rule->file);
		(void)cJSON_AddNumberToObject(item, "line", rule->line);
		(void)cJSON_AddNumberToObject(item, "col", rule->col);
		add(item, "text", rule->text);
		add(item, "message", rule->message);
		add(item, "unknown", rule->unknown);
		(void)cJSON_AddItemToArray(rules, item);
	}
}

/* `since`: same, changed, new, gone, hidden; null where nothing is known. */
static void
add_parameter(cJSON *array, const char *now, const char *name,
    const struct person_piece *was)
{
	cJSON *item = cJSON_CreateObject();

	add(item, "name", name);
	add(item, "now", now);
	add(item, "before", was != NULL ? was->b : "");
	if (was != NULL)
		add(item, "since", was->c);
	else
		(void)cJSON_AddNullToObject(item, "since");
	(void)cJSON_AddItemToArray(array, item);
}

static void
add_parameters(cJSON *doc, const struct shown *shown)
{
	cJSON *array = cJSON_AddArrayToObject(doc, "parameters");
	const struct person_piece *piece;

	for (size_t i = 0;
	     (piece = shown_piece(shown, PIECE_PARAMETER, i)) != NULL; i++)
		add_parameter(
		    array, piece->b, piece->a, change_was(shown, piece->a));
	for (size_t i = 0; (piece = shown_piece(shown, PIECE_WAS, i)) != NULL;
	     i++)
		if (strcmp(piece->c, "gone") == 0)
			add_parameter(array, "", piece->a, piece);
}

void
json_gate(const struct shown *shown, bool is_complete)
{
	cJSON *doc = json_document("warder.gate/1", is_complete), *commits,
	      *errors = cJSON_AddArrayToObject(doc, "errors");

	if (!is_complete)
		json_add_failures(errors, shown);
	add_gate(doc, shown);
	commits = add_pieces(doc, "commits", shown, PIECE_SOURCE, commit_names);
	json_add_change(doc, commits, shown);
	add_parameters(doc, shown);
	(void)add_pieces(doc, "after", shown, PIECE_AFTER, after_names);
	(void)add_pieces(
	    doc, "validators", shown, PIECE_VALIDATOR, validator_names);
	(void)cJSON_AddNullToObject(doc, "expires");
	json_add_key_end(doc, shown);
	add_needs(doc, "missing", shown);
	add_rules(doc, shown);
	json_print(doc);
}

static void
add_message(cJSON *doc, const struct client *client, const struct about *about,
    const struct person_result *result)
{
	/* Both languages always: a program passes on the one it needs. */
	static const struct {
		uint8_t exit;
		const char *en, *zh;
	} texts[] = {
		{ REASON_DENIED, "Refused by the policy here.",
		    "已被本机策略拒绝。" },
		{ REASON_VOTED, "Vote recorded.", "已记录一票。" },
		{ REASON_ALREADY, "Already decided so.", "此前已如此决定。" },
		{ REASON_OTHERWISE, "Already decided otherwise.",
		    "此前已作出相反决定。" },
		{ REASON_CHANGED, "The gate changed.", "卡点已变化。" },
		{ REASON_UNAUTHENTICATED, "Not authenticated.",
		    "身份验证未通过。" },
	};
	cJSON *message = cJSON_AddObjectToObject(doc, "message");
	const struct own_row *row = own_of(result->exit, result->local_code);
	const char *en = row != NULL ? row->meaning.en : "";
	const char *zh = row != NULL ? row->meaning.zh : "";
	char said_en[SAID_SIZE], said_zh[SAID_SIZE];

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i].exit == result->exit)
			en = texts[i].en, zh = texts[i].zh;
	if (result->exit == REASON_SERVER_REFUSED &&
	    result->origin == ORIGIN_SERVER) {
		said_sentence(said_en, CODE_EN, about, result);
		said_sentence(said_zh, CODE_ZH, about, result);
		en = said_en, zh = said_zh;
	}
	if (result->exit == REASON_DONE && result->local_code[0] == '\0') {
		en = client->options.verb == VERB_REFUSE ? "Refused."
		                                         : "Passed.";
		zh = client->options.verb == VERB_REFUSE ? "已拒绝。"
		                                         : "已通过。";
	}
	add(message, "en", en);
	add(message, "zh", zh);
}

void
json_decision(const struct client *client, const struct about *about,
    const struct person_result *result)
{
	static const char *const outstanding[] = { "id", "user", NULL };
	cJSON *doc = json_document("warder.decision/1", true), *gate;
	const char *word = reason_word(result->exit);

	(void)cJSON_AddArrayToObject(doc, "errors");
	add(doc, "record", result->record);
	add(doc, "verb", tell_verb(client->options.verb));
	add(doc, "word", word != NULL ? word : "");
	(void)cJSON_AddNumberToObject(doc, "exit", result->exit);
	add(doc, "origin",
	    result->origin == ORIGIN_SERVER ? "server" : "local");
	add(doc, "code", result->code);
	add(doc, "local_code", result->local_code);
	(void)cJSON_AddBoolToObject(doc, "retry", result->retry == 1);
	gate = cJSON_AddObjectToObject(doc, "gate");
	add_gate(gate, about->shown);
	add_rules(doc, about->shown);
	add_server(doc, about, result);
	(void)add_pieces(
	    doc, "outstanding", about->shown, PIECE_OUTSTANDING, outstanding);
	json_add_key_end(doc, about->shown);
	if (result->line[0] != '\0')
		add(doc, "line", result->line);
	add_message(doc, client, about, result);
	json_print(doc);
}

void
json_whoami(const struct person_person *person, const struct shown_list *pieces)
{
	cJSON *doc = json_document("warder.whoami/1", true), *groups, *roles,
	      *item;

	(void)cJSON_AddArrayToObject(doc, "errors");
	add(doc, "name", person->name);
	(void)cJSON_AddNumberToObject(doc, "uid", person->uid);
	(void)cJSON_AddNumberToObject(doc, "login_uid", person->luid);
	(void)cJSON_AddNumberToObject(doc, "session", person->session);
	add(doc, "tty", person->tty);
	add(doc, "source", person->source);
	groups = cJSON_AddArrayToObject(doc, "groups");
	roles = cJSON_AddArrayToObject(doc, "roles");
	for (size_t i = 0; i < pieces->unread_n; i++) {
		const struct person_piece *piece = &pieces->unread[i];

		if (piece->kind == PIECE_GROUP)
			(void)cJSON_AddItemToArray(
			    groups, cJSON_CreateString(piece->a));
		if (piece->kind != PIECE_ROLE)
			continue;
		item = cJSON_CreateObject();
		add(item, "org", piece->a);
		add(item, "role", piece->b);
		(void)cJSON_AddItemToArray(roles, item);
	}
	(void)cJSON_AddArrayToObject(doc, "debts");
	json_print(doc);
}

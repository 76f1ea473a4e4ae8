/* SPDX-License-Identifier: ISC */
/*
 * Protocol 5, for uid 0: a reading call with one key, the settling of open
 * intents, a report. Nothing here decides, acts on a gate, or returns a
 * secret; root could do more in other ways, code inside warder-pam could not.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "keeper/admin.h"
#include "keeper/history.h"
#include "keeper/keeper.h"
#include "keeper/members.h"
#include "keeper/report.h"
#include "keeper/settle.h"
#include "keeper/unlock.h"
#include "keeper/upkeep.h"
#include "wire/admin.h"
#include "wire/dispatch.h"
#include "wire/guarded.h"
#include "wire/peer.h"
#include "yunxiao/codes.h"

#define CHECK_MS 30000
#define SEND_MS 5000
#define SERVED_MS 2000
#define UNLOCK_BODY_MAX (2 + ADMIN_PASSPHRASE_MAX)

/* Once it does not take what it is told, it is told nothing more. */
int
admin_send(struct keeper *keeper, const struct layout *layout, const void *msg)
{
	int r;

	if (keeper->is_deaf)
		return WARDER_EOF;
	r = layout_send(keeper->conn, keeper->id, layout, msg, -1,
	    clock_boot_ms() + SEND_MS);
	if (r != 0) {
		keeper->is_deaf = true;
		log_warn("warderctl does not read on: %s", warder_strerror(r));
	}
	return r;
}

static int
send_row(struct keeper *keeper, const char *topic, enum admin_level level,
    uint64_t n, const char *text)
{
	struct admin_row row = { .level = (uint8_t)level, .n = n };

	(void)snprintf(row.topic, sizeof(row.topic), "%s", topic);
	(void)text_cut(row.text, sizeof(row.text), text, strlen(text));
	return admin_send(keeper, &admin_row_layout, &row);
}

void
admin_row(struct keeper *keeper, const char *topic, enum admin_level level,
    uint64_t n, const char *text)
{
	(void)!send_row(keeper, topic, level, n, text);
}

int
admin_row_id(struct keeper *keeper, const char *topic, enum admin_level level,
    const char *id, const char *text)
{
	uint64_t n = text_is_id(id) ? strtoull(id, NULL, 10) : 0;

	return send_row(keeper, topic, level, n, text);
}

const char *
admin_word_of(const struct person_result *why)
{
	return why->code[0] != '\0' ? why->code : why->local_code;
}

/* A frame about a pause is a person's, and of another protocol. */
struct reader
admin_reader(struct keeper *keeper, int64_t ms)
{
	struct reader reader = keeper_reader(keeper, clock_boot_ms() + ms);

	reader.on_pause = NULL;
	return reader;
}

int
admin_done(struct keeper *keeper, enum reason exit, const char *word)
{
	struct admin_done done = { .exit = (uint8_t)exit };

	(void)snprintf(done.word, sizeof(done.word), "%s", word);
	(void)!admin_send(keeper, &admin_done_layout, &done);
	return ENDED;
}

static int
count_pipelines(void *ctx, const struct item *item)
{
	uint64_t *n = ctx;

	*n += item->kind == ITEM_PIPELINE;
	return WARDER_OK;
}

struct owner {
	char name[COURIER_TXT_MAX + 1], user[COURIER_ID_MAX + 1];
};

static int
on_owner(void *ctx, const struct item *item)
{
	struct owner *owner = ctx;

	if (item->kind != ITEM_MEMBER)
		return WARDER_OK;
	memcpy(owner->name, item->member.name.text, sizeof(owner->name));
	memcpy(owner->user, item->member.account, sizeof(owner->user));
	return WARDER_OK;
}

/* Whose a personal token is: it acts as that person, so root is told. */
static int
check_owner(struct keeper *keeper, struct reader *reader)
{
	const struct call_args args = { 0 };
	struct owner owner = { "", "" };
	char name[128], text[256];

	if (sight_read(reader, CALL_WHOAMI, &args, on_owner, &owner, NULL) !=
	    GO_ON)
		return ENDED;
	(void)text_cut(name, sizeof(name), owner.name, strlen(owner.name));
	(void)snprintf(text, sizeof(text), "the token acts as %s, user %s",
	    name, owner.user);
	admin_row(keeper, "token", ADMIN_OK, 0, text);
	return GO_ON;
}

int
admin_end_check(
    struct keeper *keeper, const struct ring_trace *trace, const char *org)
{
	const struct person_result *result = &keeper->result;
	const struct code_words words = { .code = result->code,
		.key = trace->name,
		.org = org,
		.host = trace->endpoint,
		.request_id = result->request_id,
		.key_id = trace->id,
		.api = (enum api)trace->api,
		.http = result->http,
		.here_ms = clock_real_ms() };
	char text[1024];

	admin_row(keeper, "check", ADMIN_BAD, result->http,
	    result->code[0] != '\0' ? result->code : result->text);
	if (result->code[0] != '\0') {
		code_print(text, sizeof(text), code_find(result->code, true),
		    CODE_EN, &words);
		admin_row(keeper, "server", ADMIN_BAD, 0, text);
	}
	/* No organization there is a key that is of no use for it. */
	return admin_done(keeper,
	    result->exit == REASON_NOT_FOUND ? REASON_SERVER_REFUSED
	                                     : (enum reason)result->exit,
	    result->local_code);
}

static int
check_with(struct keeper *keeper, struct reader *reader,
    const struct admin_check *check)
{
	struct ring_trace trace = { .api = API_NONE };
	struct call_args args = { 0 };
	uint64_t n = 0;
	enum seal_err e;

	e = ring_try(reader->ring, &reader->key, reader->record, &trace);
	if (e != SEAL_OK)
		return admin_done(keeper, seal_reason(e), seal_word(e));
	if (trace.api != API_SIGNED && check_owner(keeper, reader) != GO_ON)
		return admin_end_check(keeper, &trace, check->org);
	(void)snprintf(args.ids.org, sizeof(args.ids.org), "%s", check->org);
	if (sight_read(reader, CALL_PIPELINES, &args, count_pipelines, &n,
	        NULL) != GO_ON)
		return admin_end_check(keeper, &trace, check->org);
	admin_row(keeper, "check", ADMIN_OK, n, "pipelines on the first page");
	return admin_done(keeper, REASON_DONE, "done");
}

/* One page of pipelines: the least call that a key for gates can make. */
static int
on_check(void *session, struct frame *frame)
{
	static const uint8_t zeros[SEAL_ID_LEN];
	struct keeper *keeper = session;
	struct admin_check check;
	struct ring_record record = { { 0 }, 0 };
	struct reader reader;
	int r;

	if ((r = layout_take(frame, &admin_check_layout, &check)) != 0)
		return r;
	/* What the store is held against stands there. */
	if (keeper_open_book(keeper) != GO_ON)
		return admin_done(keeper, (enum reason)keeper->result.exit,
		    keeper->result.local_code);
	if (memcmp(check.record, zeros, sizeof(zeros)) == 0)
		return report_run(
		    keeper, check.org, check.generation == ADMIN_CHECK_BRIEF);
	reader = (struct reader){ .carrier = &keeper->carrier,
		.ring = &keeper->ring,
		.key = { check.org, "" },
		.deadline = clock_boot_ms() + CHECK_MS,
		.result = &keeper->result };
	memcpy(record.id, check.record, sizeof(record.id));
	record.generation = check.generation;
	reader.record = &record;
	return check_with(keeper, &reader, &check);
}

static int
on_settle(void *session, struct frame *frame)
{
	struct keeper *keeper = session;
	struct settled settled = { 0 };

	if (frame->len != 0)
		return WARDER_ETRAIL;
	if (keeper_open_book(keeper) != GO_ON)
		return admin_done(keeper, (enum reason)keeper->result.exit,
		    keeper->result.local_code);
	settle_all(keeper, &settled);
	admin_row(keeper, "settled", ADMIN_OK, settled.closed, "");
	admin_row(keeper, "open", settled.open ? ADMIN_WARN : ADMIN_OK,
	    settled.open, "");
	return admin_done(
	    keeper, settled.open ? REASON_OPEN_INTENTS : REASON_DONE, "done");
}

/* Asks nothing: whoever serves it ends it then. */
static void
row_of_service(struct keeper *keeper, const char *name, const char *path)
{
	int r = peer_is_served(path, SERVED_MS);

	if (r == 0)
		admin_row(keeper, name, ADMIN_OK, 0, "answers");
	else
		admin_row(keeper, name, ADMIN_BAD, r == WARDER_ETIME,
		    r == WARDER_ETIME ? "its socket is there, but nobody takes "
		                        "a call in time"
		                      : "does not answer");
}

/* Where a person has the passphrase, locked is how a boot leaves it. */
static enum admin_level
level_of_keys(const struct conf *conf, enum seal_err e)
{
	if (e == SEAL_OK)
		return ADMIN_OK;
	return e == SEAL_LOCKED && conf->master == CONF_MASTER_PASSPHRASE
	           ? ADMIN_WARN
	           : ADMIN_BAD;
}

static int
on_status(void *session, struct frame *frame)
{
	struct keeper *keeper = session;
	auto_credential struct seal_credential host = { 0 };
	uint64_t lines;
	char text[64];
	enum seal_err e;

	if (frame->len != 0)
		return WARDER_ETRAIL;
	row_of_service(keeper, "warder-pam", keeper->serve->pam);
	row_of_service(keeper, "warder-courier", keeper->serve->courier);
	if (keeper_open_book(keeper) != GO_ON) {
		admin_row(
		    keeper, "ledger", ADMIN_BAD, 0, keeper->result.local_code);
		return admin_done(keeper, REASON_DOCTOR_BAD, "bad");
	}
	e = ring_host(&keeper->ring, &host);
	admin_row(keeper, "keys", level_of_keys(keeper->conf, e),
	    host.store_generation, e == SEAL_OK ? "open" : seal_word(e));
	lines = ledger_seq(keeper->book.ledger);
	(void)snprintf(text, sizeof(text), "%" PRIu64 " lines", lines);
	admin_row(keeper, "ledger", ADMIN_OK, lines, text);
	return admin_done(keeper, REASON_DONE, "done");
}

/* Only to know whose key reads which organization. GO_ON, or it is told. */
static int
find_org(struct keeper *keeper, const char *org)
{
	const char *word = "config";
	enum reason reason;

	if (keeper_open_book(keeper) != GO_ON)
		return admin_done(keeper, (enum reason)keeper->result.exit,
		    keeper->result.local_code);
	reason = rules_read(
	    &keeper->rules, keeper->places->policy, keeper->book.state, &word);
	if (reason != REASON_DONE)
		return admin_done(keeper, reason, word);
	if (!policy_org_find(keeper->rules.policy, org, &keeper->rules.org))
		return admin_done(keeper, REASON_NOT_FOUND, "org_unknown");
	return GO_ON;
}

/* Who has which role there; what to think of it is warderctl's. */
static int
on_members(void *session, struct frame *frame)
{
	struct keeper *keeper = session;
	struct admin_members asked;
	const char *word = "config";
	enum reason reason;
	int r;

	if ((r = layout_take(frame, &admin_members_layout, &asked)) != 0)
		return r;
	if (find_org(keeper, asked.org) != GO_ON)
		return ENDED;
	reason = members_run(keeper, &word);
	return admin_done(keeper, reason, word);
}

/* What was decided there; who answers for it is warderctl's to find. */
static int
on_history(void *session, struct frame *frame)
{
	struct keeper *keeper = session;
	struct admin_history asked;
	const char *word = "config";
	enum reason reason;
	int r;

	if ((r = layout_take(frame, &admin_history_layout, &asked)) != 0)
		return r;
	if (find_org(keeper, asked.org) != GO_ON)
		return ENDED;
	reason = history_run(keeper, asked.since, &word);
	return admin_done(keeper, reason, word);
}

static int
on_run(void *session, struct frame *frame)
{
	struct keeper *keeper = session;
	struct admin_run asked;
	const char *word = "config";
	enum reason reason;
	int r;

	if ((r = layout_take(frame, &admin_run_layout, &asked)) != 0)
		return r;
	if (!text_is_id(asked.pipeline) || !text_is_id(asked.run))
		return WARDER_EFORM;
	if (find_org(keeper, asked.org) != GO_ON)
		return ENDED;
	reason = history_one(keeper, asked.pipeline, asked.run, &word);
	return admin_done(keeper, reason, word);
}

static int
on_lock(void *session, struct frame *frame)
{
	struct keeper *keeper = session;
	const char *word = "";
	bool was_open = false;
	enum reason reason;

	if (frame->len != 0)
		return WARDER_ETRAIL;
	reason = unlock_drop(keeper, &was_open, &word);
	if (reason == REASON_DONE)
		word = was_open ? "done" : "locked";
	return admin_done(keeper, reason, word);
}

/* Received here and not by the table: a frame of the table is on the stack. */
static int
run_unlock(struct keeper *keeper, int64_t deadline)
{
	auto_blob struct blob *body = NULL, *passphrase = NULL;
	struct settled settled = { 0 };
	const char *word = "done";
	enum reason reason;
	uint32_t type;
	int r;

	r = guarded_recv(
	    keeper->conn, deadline, UNLOCK_BODY_MAX, &type, &keeper->id, &body);
	if (r == 0)
		r = type == ADMIN_UNLOCK
		        ? admin_get_passphrase(body, &passphrase)
		        : WARDER_ETYPE;
	blob_freep(&body);
	if (r != 0)
		return r;
	reason = unlock_try(keeper, passphrase, &word);
	blob_freep(&passphrase);
	(void)!admin_done(keeper, reason, word);
	/* What a start does, and could not while the keys were locked. */
	if (reason == REASON_DONE)
		upkeep_run(keeper);
	/* Only to know whose key reads which organization. */
	if (reason == REASON_DONE &&
	    rules_read(&keeper->rules, keeper->places->policy,
	        keeper->book.state, &word) == REASON_DONE)
		settle_all(keeper, &settled);
	return ENDED;
}

static int
run_table(struct keeper *keeper, int64_t deadline)
{
	static const struct route routes[] = {
		{ ADMIN_LOCK, 1u, FRAME_BODY_MAX, false, on_lock },
		{ ADMIN_CHECK, 1u, FRAME_BODY_MAX, false, on_check },
		{ ADMIN_SETTLE, 1u, FRAME_BODY_MAX, false, on_settle },
		{ ADMIN_STATUS, 1u, FRAME_BODY_MAX, false, on_status },
		{ ADMIN_MEMBERS, 1u, FRAME_BODY_MAX, false, on_members },
		{ ADMIN_HISTORY, 1u, FRAME_BODY_MAX, false, on_history },
		{ ADMIN_RUN, 1u, FRAME_BODY_MAX, false, on_run },
	};
	auto_frame struct frame frame = FRAME_NONE;
	int r;

	r = frame_recv(keeper->conn, WIRE_ADMIN, deadline, &frame);
	if (r == WARDER_EVERSION)
		frame_send_mercy(keeper->conn, WIRE_ADMIN);
	if (r != 0)
		return r;
	keeper->id = frame.id;
	return dispatch(
	    routes, sizeof(routes) / sizeof(routes[0]), 0, keeper, &frame);
}

int
admin_run(struct keeper *keeper)
{
	int64_t deadline = clock_boot_ms() + PERSON_FIRST_MS;
	uint32_t type;
	int r;

	if ((r = guarded_peek(keeper->conn, deadline, &type)) == 0)
		r = type == ADMIN_UNLOCK ? run_unlock(keeper, deadline)
		                         : run_table(keeper, deadline);
	if (r != 0 && r != ENDED && r != WARDER_EOF)
		log_warn("warderctl's connection: %s", warder_strerror(r));
	return 0;
}

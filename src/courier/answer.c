/* SPDX-License-Identifier: ISC */
/*
 * The envelope of an answer: is it one at all, does it name an error, is the
 * payload of the call in it. The order matters: what does not get past one
 * step says nothing in the next.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "courier/answer.h"
#include "courier/facts.h"

#define PAGE_MAX 30 /* entries of a page, as asked for */

struct call {
	facts_walk *walk;
	const char *payload, *other; /* members of the signed envelope */
	bool is_list;
};

/* clang-format off */
static const struct call calls[COURIER_WHAT_LAST + 1] = {
	[COURIER_RUN] = { facts_run, "pipelineRun", NULL, false },
	[COURIER_RUNS] = { facts_runs, "pipelineRuns", NULL, true },
	[COURIER_PIPELINES] = { facts_pipelines, "pipelines", NULL, true },
	[COURIER_PIPELINE] = { facts_pipeline, "pipeline", NULL, false },
	[COURIER_MEMBERS] = { facts_members, "members", "member", true },
	[COURIER_RESOURCE_MEMBERS] =
	    { facts_resource_members, "resourceMembers", NULL, true },
	[COURIER_ORGANIZATIONS] =
	    { facts_organizations, "organizations", NULL, true },
	[COURIER_WHOAMI] = { facts_whoami, NULL, NULL, false },
	[COURIER_REPOSITORY] = { facts_repository, "repository", NULL, false },
	[COURIER_COMMIT] = { facts_commit, "result", NULL, false },
	[COURIER_COMPARE] = { facts_compare, "result", NULL, false },
};
/* clang-format on */

/* `application/json`, `text/json; charset=…`, `application/problem+json`. */
static bool
names_json(const char *type)
{
	size_t len = strcspn(type, "; \t");

	return len > 5 && memcmp(type + len - 4, "json", 4) == 0 &&
	       (type[len - 5] == '/' || type[len - 5] == '+');
}

static bool
is_success(const struct reply *reply)
{
	return reply->http >= 200 && reply->http <= 299;
}

/* Several spellings say the same thing; ones that differ say nothing sure. */
static int
read_code(const cJSON *json, struct courier_done *done)
{
	static const char *const names[] = { "errorCode", "Code", "code" };
	const char *found = NULL, *code;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		code = json_text(json, names[i]);
		if (facts_says_nothing(code))
			continue;
		if (found != NULL && strcmp(found, code) != 0)
			return WARDER_EFORM;
		found = code;
	}
	if (found != NULL)
		(void)text_cut(
		    done->code, sizeof(done->code), found, strlen(found));
	return WARDER_OK;
}

static void
read_message(const cJSON *json, struct courier_done *done)
{
	static const char *const names[] = { "errorMessage", "errorDescription",
		"Message", "message" };
	const char *text;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		text = json_text(json, names[i]);
		if (facts_says_nothing(text))
			continue;
		(void)text_cut(
		    done->message, sizeof(done->message), text, strlen(text));
		return;
	}
}

static void
read_request_id(const cJSON *json, struct courier_done *done)
{
	const char *id = facts_text(json, "requestId", "RequestId");

	if (!facts_says_nothing(id))
		(void)text_cut(
		    done->request_id, sizeof(done->request_id), id, strlen(id));
}

/*
 * The tree of an answer that is whole and says that it is JSON. Of any other
 * only what stands in its head is kept.
 */
static int
open_reply(enum courier_api api, const struct reply *reply, cJSON **ret_json,
    struct courier_done *done)
{
	done->http = reply->http;
	(void)text_cut(done->request_id, sizeof(done->request_id),
	    reply->request_id, strlen(reply->request_id));
	if (!reply->is_whole || reply->is_encoded || reply->http == 0 ||
	    (api == COURIER_API_SIGNED && !names_json(reply->type)))
		return WARDER_EFORM;
	return json_parse(reply->body, reply->len, ret_json);
}

void
answer_act(
    enum courier_api api, const struct reply *reply, struct courier_done *done)
{
	auto_json cJSON *json = NULL;

	if (open_reply(api, reply, &json, done) != 0)
		return;
	if (cJSON_IsObject(json)) {
		if (read_code(json, done) != 0)
			return;
		read_message(json, done);
		read_request_id(json, done);
		done->success = facts_tri(json_any(json, "success"));
		done->readable = 1;
	} else if (api == COURIER_API_TOKEN && cJSON_IsBool(json)) {
		done->bare = facts_tri(json);
		done->readable = 1;
	}
}

static void
find_next_token(struct item_page_end *end, const cJSON *json)
{
	const char *next = json_text(json, "nextToken");

	if (facts_says_nothing(next))
		end->complete = 1;
	else
		facts_id(end->token, sizeof(end->token), next);
}

/*
 * The token API tells it in headers. A page is the last only if nothing says
 * otherwise: neither a next page nor a higher number of pages, and where no
 * header speaks, not a full page either.
 */
static void
find_next_page(struct item_page_end *end, const struct reply *reply, int n)
{
	bool has_more = reply->page != 0 && reply->page < reply->total_pages;

	if (!facts_says_nothing(reply->next_page) &&
	    strcmp(reply->next_page, "0") != 0)
		facts_id(end->token, sizeof(end->token), reply->next_page);
	else if (has_more)
		(void)snprintf(end->token, sizeof(end->token), "%u",
		    (unsigned int)reply->page + 1);
	else if (reply->has_next_page || n < PAGE_MAX ||
	         (reply->page != 0 && reply->total_pages != 0))
		end->complete = 1;
}

static int
take_page_end(struct facts *facts, const cJSON *json)
{
	struct item item = { .kind = ITEM_PAGE_END };

	if (facts->api == COURIER_API_SIGNED)
		find_next_token(&item.page_end, json);
	else
		find_next_page(
		    &item.page_end, facts->reply, cJSON_GetArraySize(json));
	return facts_take(facts, &item);
}

static const cJSON *
payload_of(enum courier_api api, const struct call *call, const cJSON *json)
{
	const cJSON *payload;

	if (api == COURIER_API_TOKEN || call->payload == NULL)
		return json;
	payload = json_any(json, call->payload);
	return payload == NULL && call->other != NULL
	           ? json_any(json, call->other)
	           : payload;
}

static int
walk(struct facts *facts, const struct call *call, const cJSON *json)
{
	int r;

	r = call->walk(facts, payload_of(facts->api, call, json));
	if (r != 0 || !call->is_list)
		return r;
	return take_page_end(facts, json);
}

/*
 * The payload counts only beside a success that was said in so many words.
 * The token API's answers are bare; one that says something else all the
 * same says no.
 */
static bool
has_payload(enum courier_api api, const struct reply *reply, const cJSON *json,
    const struct courier_done *done)
{
	const cJSON *success = json_any(json, "success");

	if (!is_success(reply) || done->code[0] != '\0')
		return false;
	return cJSON_IsTrue(success) ||
	       (api == COURIER_API_TOKEN && success == NULL);
}

/*
 * Twice over the same tree: first to see that all of it fits, then to hand
 * it on. Half of an answer is never handed on.
 */
static int
take_payload(enum courier_api api, const struct call *call,
    const struct reply *reply, const cJSON *json,
    const struct answer_sink *sink, struct courier_done *done)
{
	struct facts dry = { .reply = reply, .api = api };
	struct facts facts = { .sink = sink, .reply = reply, .api = api };
	int r;

	if (walk(&dry, call, json) != 0)
		return WARDER_OK;
	if ((r = walk(&facts, call, json)) != 0)
		return r;
	done->items = facts.items;
	done->readable = 1;
	return WARDER_OK;
}

int
answer_read(enum courier_api api, enum courier_what what,
    const struct reply *reply, const struct answer_sink *sink,
    struct courier_done *done)
{
	auto_json cJSON *json = NULL;

	if (open_reply(api, reply, &json, done) != 0)
		return WARDER_OK;
	if (cJSON_IsObject(json)) {
		/* A bare answer of the token API has members of its own. */
		if (read_code(json, done) != 0)
			return WARDER_OK;
		read_message(json, done);
		read_request_id(json, done);
	}
	if (has_payload(api, reply, json, done))
		return take_payload(api, &calls[what], reply, json, sink, done);
	done->readable = done->code[0] != '\0';
	return WARDER_OK;
}

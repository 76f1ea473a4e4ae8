/* SPDX-License-Identifier: ISC */
/*
 * The control port's HTTP side: collects a body, finds the order in a table
 * and sends its JSON.
 */
#include "config.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/control.h"
#include "sandbox/https.h"
#include "sandbox/script.h"

struct order {
	const char *path;
	const char *(*serve)(
	    struct sandbox *s, const cJSON *in, cJSON *ret, struct text *why);
};

static const struct order orders[] = {
	{ "/fault", change_fault },
	{ "/run", change_run },
	{ "/change", change_change },
	{ "/decide", change_decide },
	{ "/reset", change_reset },
	{ "/clock", change_clock },
};

static void
say(struct reply *r, int status, cJSON *tree)
{
	char *s = cJSON_PrintUnformatted(tree);

	r->status = status;
	text_clear(&r->body);
	text_add(&r->body, s != NULL ? s : "{}");
	text_add(&r->body, "\n");
	cJSON_free(s);
	cJSON_Delete(tree);
}

static void
say_error(struct reply *r, int status, const char *what, const char *where)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "error", what);
	cJSON_AddStringToObject(o, "where", where);
	say(r, status, o);
}

static const struct order *
find_order(const char *path)
{
	size_t i;

	for (i = 0; i < sizeof(orders) / sizeof(orders[0]); i++)
		if (strcmp(orders[i].path, path) == 0)
			return &orders[i];
	return NULL;
}

bool
control_knows(const char *path)
{
	return find_order(path) != NULL;
}

bool
control_order(struct sandbox *s, const char *path, const cJSON *in)
{
	const struct order *order = find_order(path);
	cJSON *ret = cJSON_CreateObject();
	struct text why = { 0 };
	bool is_done;

	text_add(&why, "");
	is_done = order != NULL && order->serve(s, in, ret, &why) == NULL;
	text_free(&why);
	cJSON_Delete(ret);
	return is_done;
}

static void
on_post(struct sandbox *s, const char *url, const struct text *body,
    struct reply *r)
{
	const struct order *order = find_order(url);
	struct text why = { 0 };
	const char *wrong;
	cJSON *in, *ret;

	if (order == NULL) {
		say_error(r, 404, "no such order", url);
		return;
	}
	in = cJSON_ParseWithOpts(body->len > 0 ? body->s : "{}", NULL, true);
	if (!cJSON_IsObject(in)) {
		cJSON_Delete(in);
		say_error(r, 400, "the body is no JSON object", url);
		return;
	}
	ret = cJSON_CreateObject();
	text_add(&why, "");
	wrong = order->serve(s, in, ret, &why);
	if (wrong == NULL)
		say(r, 200, ret);
	else {
		cJSON_Delete(ret);
		say_error(r, 400, wrong, why.s);
	}
	cJSON_Delete(in);
	text_free(&why);
}

static void
say_journal(struct sandbox *s, const char *since, struct reply *r)
{
	unsigned long i = since != NULL ? strtoul(since, NULL, 10) : 0;

	r->status = 200;
	text_clear(&r->body);
	for (; i < s->seq; i++) {
		text_add(&r->body, s->lines[i]);
		text_add(&r->body, "\n");
	}
}

static void
say_count(struct sandbox *s, struct reply *r)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddNumberToObject(o, "posts", s->posts);
	cJSON_AddNumberToObject(o, "connections", s->connections);
	cJSON_AddNumberToObject(o, "seq", s->seq);
	cJSON_AddItemToObject(o, "gates",
	    s->world.counts != NULL ? cJSON_Duplicate(s->world.counts, true)
	                            : cJSON_CreateObject());
	say(r, 200, o);
}

static void
say_state(struct sandbox *s, struct reply *r)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddNumberToObject(o, "now_ms", (double)sandbox_now_ms());
	cJSON_AddNumberToObject(o, "offset_ms", (double)s->offset_ms);
	cJSON_AddNumberToObject(o, "step_ms", (double)s->step_ms);
	/* The keys stay out: this is printed by tests that fail. */
	cJSON_AddItemToObject(o, "organizations",
	    cJSON_Duplicate(get(s->world.root, "organizations"), true));
	say(r, 200, o);
}

static void
on_get(struct sandbox *s, const char *url, const char *since, struct reply *r)
{
	if (strcmp(url, "/journal") == 0)
		say_journal(s, since, r);
	else if (strcmp(url, "/count") == 0)
		say_count(s, r);
	else if (strcmp(url, "/state") == 0)
		say_state(s, r);
	else
		say_error(r, 404, "nothing to see", url);
}

static enum MHD_Result
send_reply(struct MHD_Connection *c, struct reply *r)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(
	    r->body.len, r->body.s, MHD_RESPMEM_MUST_COPY);
	enum MHD_Result result = MHD_NO;

	if (response != NULL) {
		MHD_add_response_header(
		    response, "Content-Type", "application/json");
		result =
		    MHD_queue_response(c, (unsigned int)r->status, response);
		MHD_destroy_response(response);
	}
	text_free(&r->body);
	return result;
}

static enum MHD_Result
on_request(void *cls, struct MHD_Connection *c, const char *url,
    const char *method, const char *version, const char *data, size_t *data_len,
    void **con_cls)
{
	struct sandbox *s = cls;
	struct text *body = *con_cls;
	struct reply r = { 0 };

	(void)version;
	if (body == NULL) {
		*con_cls = text_alloc(sizeof(struct text));
		return MHD_YES;
	}
	if (*data_len > 0) {
		if (body->len + *data_len > CONTROL_MAX_BODY)
			return MHD_NO;
		text_add_bytes(body, data, *data_len);
		*data_len = 0;
		return MHD_YES;
	}
	pthread_mutex_lock(&s->lock);
	script_run(s);
	world_advance(&s->world, NULL, sandbox_now_ms());
	if (strcmp(method, "POST") == 0)
		on_post(s, url, body, &r);
	else if (strcmp(method, "GET") == 0)
		on_get(s, url,
		    MHD_lookup_connection_value(
		        c, MHD_GET_ARGUMENT_KIND, "since"),
		    &r);
	else
		say_error(&r, 405, "GET or POST", method);
	pthread_mutex_unlock(&s->lock);
	return send_reply(c, &r);
}

static void
on_completed(void *cls, struct MHD_Connection *c, void **con_cls,
    enum MHD_RequestTerminationCode why)
{
	struct text *body = *con_cls;

	(void)cls;
	(void)c;
	(void)why;
	if (body != NULL)
		text_free(body);
	free(body);
	*con_cls = NULL;
}

struct MHD_Daemon *
control_start(struct sandbox *s, uint16_t port)
{
	struct sockaddr_in addr = https_loopback(port);

	return MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, port, NULL,
	    NULL, on_request, s, MHD_OPTION_SOCK_ADDR, &addr,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, s,
	    MHD_OPTION_CONNECTION_LIMIT, 64U, MHD_OPTION_END);
}

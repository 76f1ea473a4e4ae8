/* SPDX-License-Identifier: ISC */
/*
 * Writes the journal, to the file and to the list that control hands out.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sandbox/calls.h"
#include "sandbox/journal.h"

static void
write_all(int fd, const char *s, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, s, len);

		if (n <= 0)
			return;
		s += n;
		len -= (size_t)n;
	}
}

static cJSON *
start_line(struct sandbox *s, int64_t ms, unsigned int connection)
{
	cJSON *line = cJSON_CreateObject();

	cJSON_AddNumberToObject(line, "seq", s->seq + 1);
	cJSON_AddNumberToObject(line, "ms", (double)ms);
	cJSON_AddNumberToObject(line, "connection", connection);
	return line;
}

static void
end_line(struct sandbox *s, cJSON *line)
{
	struct text t = { 0 };
	char *printed = cJSON_PrintUnformatted(line);
	char **lines = realloc(s->lines, (s->seq + 1) * sizeof(*lines));

	cJSON_Delete(line);
	if (printed == NULL || lines == NULL)
		abort();
	text_add(&t, printed);
	cJSON_free(printed);
	s->lines = lines;
	s->lines[s->seq++] = text_dup(t.s);
	text_add(&t, "\n");
	if (s->journal_fd >= 0)
		write_all(s->journal_fd, t.s, t.len);
	text_free(&t);
}

/* Header bytes beyond ASCII become U+0080 to U+00FF, so JSON stays JSON. */
static cJSON *
bytes_as_text(const char *s)
{
	struct text t = { 0 };
	cJSON *v;

	text_add(&t, "");
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;
		char two[2] = { (char)(0xc0 | (c >> 6)),
			(char)(0x80 | (c & 0x3f)) };

		if (c < 0x80)
			text_add_bytes(&t, s, 1);
		else
			text_add_bytes(&t, two, 2);
	}
	v = cJSON_CreateString(t.s);
	text_free(&t);
	return v;
}

static void
add_text(cJSON *o, const char *name, const char *value)
{
	if (value != NULL)
		cJSON_AddItemToObject(o, name, bytes_as_text(value));
	else
		cJSON_AddNullToObject(o, name);
}

static void
add_headers(cJSON *line, const struct pairs *headers)
{
	cJSON *list = cJSON_AddArrayToObject(line, "headers");
	size_t i;

	for (i = 0; i < headers->n; i++) {
		cJSON *one = cJSON_CreateArray();

		cJSON_AddItemToArray(one, bytes_as_text(headers->v[i].name));
		cJSON_AddItemToArray(one, bytes_as_text(headers->v[i].value));
		cJSON_AddItemToArray(list, one);
	}
}

static void
add_ids(cJSON *line, const struct ids *ids)
{
	cJSON *o = cJSON_AddObjectToObject(line, "ids");

	add_text(o, "organization", ids->organization);
	add_text(o, "pipeline", ids->pipeline);
	add_text(o, "run", ids->run);
	add_text(o, "job", ids->job);
}

/* As the client named it; the token API's calls are named by the sandbox. */
static const char *
action_of(const struct req *r)
{
	const char *named = pairs_header(&r->headers, "x-acs-action");

	return named == NULL && r->call != NULL ? r->call->action : named;
}

void
journal_request(struct sandbox *s, const struct req *r)
{
	cJSON *line = start_line(s, r->ms, r->connection);
	struct text body = { 0 };

	text_add_hex(&body, r->body.s, r->body.len);
	add_text(line, "tls", r->tls);
	add_text(line, "method", r->method);
	add_text(line, "target", r->target);
	add_headers(line, &r->headers);
	add_text(line, "body", body.s);
	add_text(line, "action", action_of(r));
	add_ids(line, &r->ids);
	add_text(line, "verdict", r->verdict);
	add_text(line, "effect", r->effect);
	add_text(line, "fault", r->fault);
	cJSON_AddNumberToObject(line, "status", r->status);
	text_free(&body);
	end_line(s, line);
}

void
journal_connection(struct sandbox *s, unsigned int connection, const char *tls)
{
	cJSON *line = start_line(s, sandbox_now_ms(), connection);

	add_text(line, "tls", tls);
	add_text(line, "method", NULL);
	add_text(line, "verdict", "no-request");
	add_text(line, "effect", "none");
	add_text(line, "fault", NULL);
	cJSON_AddNumberToObject(line, "status", 0);
	end_line(s, line);
}

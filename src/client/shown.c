/* SPDX-License-Identifier: ISC */
/* Collects what belongs to a gate; the caps are the link's. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "client/shown.h"

/* Room for one more; NULL marks the list as not whole. */
static void *
grow(struct shown_list *list, void *items, size_t *n, size_t size)
{
	void *more = realloc(items, (*n + 1) * size);

	if (more == NULL)
		list->is_over_full = true;
	else
		memset((char *)more + *n * size, 0, size), ++*n;
	return more;
}

static void
add_gate(struct shown_list *list, const struct person_gate *gate)
{
	struct shown *more =
	    grow(list, list->items, &list->n, sizeof(*list->items));

	if (more == NULL)
		return;
	list->items = more;
	more = &list->items[list->n - 1];
	more->gate = *gate;
	gate_handle_print(more->handle, gate->gate);
	gate_fingerprint_print(more->fingerprint, gate->gate);
}

static void
add_piece(struct shown_list *list, const struct person_piece *piece)
{
	struct shown *last = list->n > 0 ? &list->items[list->n - 1] : NULL;
	bool is_unread = piece->kind == PIECE_NOT_READ || last == NULL;
	struct person_piece **to = is_unread ? &list->unread : &last->pieces;
	size_t *n = is_unread ? &list->unread_n : &last->pieces_n;
	struct person_piece *more = grow(list, *to, n, sizeof(**to));

	if (more == NULL)
		return;
	*to = more;
	more[*n - 1] = *piece;
}

/* A rule or a need without a gate: of the request as a whole. */
static struct shown *
last_of(struct shown_list *list)
{
	const struct person_gate none = { 0 };

	if (list->n == 0)
		add_gate(list, &none);
	return list->n > 0 ? &list->items[list->n - 1] : NULL;
}

static void
add_rule(struct shown_list *list, const struct person_rule *rule)
{
	struct shown *last = last_of(list);
	struct person_rule *more;

	if (last == NULL || (more = grow(list, last->rules, &last->rules_n,
	                         sizeof(*more))) == NULL)
		return;
	last->rules = more;
	more[last->rules_n - 1] = *rule;
}

static void
add_need(struct shown_list *list, const struct person_need *need)
{
	struct shown *last = last_of(list);
	struct person_need *more;

	if (last == NULL || (more = grow(list, last->needs, &last->needs_n,
	                         sizeof(*more))) == NULL)
		return;
	last->needs = more;
	more[last->needs_n - 1] = *need;
}

/* A second one, or one of no gate, is somebody's invention. */
static bool
add_key(struct shown_list *list, const struct person_key *key)
{
	struct shown *last = list->n > 0 ? &list->items[list->n - 1] : NULL;

	if (last == NULL || last->key.ends_ms != 0 || key->key[0] == '\0' ||
	    key->ends_ms == 0 || key->ends_ms > PERSON_KEY_LAST_MS)
		return false;
	last->key = *key;
	return true;
}

static void
add_server(struct shown_list *list, const struct person_server *server)
{
	list->server = *server;
	list->has_server = true;
}

bool
shown_take(struct shown_list *list, const struct layout *layout,
    const union person_any *message)
{
	if (layout == &person_gate_layout)
		add_gate(list, &message->gate);
	else if (layout == &person_piece_layout)
		add_piece(list, &message->piece);
	else if (layout == &person_rule_layout)
		add_rule(list, &message->rule);
	else if (layout == &person_need_layout)
		add_need(list, &message->need);
	else if (layout == &person_key_layout)
		return add_key(list, &message->key);
	else if (layout == &person_server_layout)
		add_server(list, &message->server);
	else
		return false;
	return true;
}

void
shown_clear_one(struct shown *shown)
{
	free(shown->pieces);
	free(shown->rules);
	free(shown->needs);
	memset(shown, 0, sizeof(*shown));
}

void
shown_clear(struct shown_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		shown_clear_one(&list->items[i]);
	free(list->items);
	free(list->unread);
	memset(list, 0, sizeof(*list));
}

int
shown_move(struct shown_list *list, struct shown *shown)
{
	struct shown *more =
	    grow(list, list->items, &list->n, sizeof(*list->items));

	if (more == NULL)
		return WARDER_ENOMEM;
	list->items = more;
	more[list->n - 1] = *shown;
	memset(shown, 0, sizeof(*shown));
	return WARDER_OK;
}

bool
shown_is_same(const struct shown *one, const struct shown *other)
{
	const struct person_gate *a = &one->gate, *b = &other->gate;

	return memcmp(a->gate, b->gate, sizeof(a->gate)) == 0 &&
	       strcmp(a->org, b->org) == 0 &&
	       strcmp(a->pipeline, b->pipeline) == 0 &&
	       strcmp(a->run, b->run) == 0 && strcmp(a->job, b->job) == 0;
}

const struct person_need *
shown_need(const struct shown *shown, enum person_need_kind kind)
{
	for (size_t i = 0; i < shown->needs_n; i++)
		if (shown->needs[i].kind == kind)
			return &shown->needs[i];
	return NULL;
}

const struct person_piece *
shown_piece(const struct shown *shown, enum person_piece_kind kind, size_t n)
{
	for (size_t i = 0; i < shown->pieces_n; i++)
		if (shown->pieces[i].kind == kind && n-- == 0)
			return &shown->pieces[i];
	return NULL;
}

bool
shown_waits(const struct shown *shown)
{
	return strcmp(shown->gate.status, "WAITING") == 0 ||
	       strcmp(shown->gate.status, "SWITCH_MANUAL") == 0;
}

const char *
shown_commit(const struct shown *shown)
{
	const struct person_piece *source = shown_piece(shown, PIECE_SOURCE, 0);

	return source != NULL ? source->c : "";
}

const char *
shown_org(const struct shown *shown)
{
	return shown->gate.alias[0] != '\0' ? shown->gate.alias
	                                    : shown->gate.org;
}

const char *
shown_pipeline(const struct shown *shown)
{
	return shown->gate.pipeline_name[0] != '\0' ? shown->gate.pipeline_name
	                                            : shown->gate.pipeline;
}

const char *
shown_starter(const struct shown *shown)
{
	static const char *const kinds[] = { "-", "-", "schedule", "push", "-",
		"pipeline", "webhook" };
	const struct person_gate *gate = &shown->gate;

	if (gate->starter[0] != '\0')
		return gate->starter;
	if (gate->trigger == 1 && gate->account[0] != '\0')
		return gate->account;
	return gate->trigger < sizeof(kinds) / sizeof(kinds[0])
	           ? kinds[gate->trigger]
	           : "-";
}

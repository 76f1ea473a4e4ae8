/* SPDX-License-Identifier: ISC */
/*
 * Gates as the service told them: each with the pieces, rules and needs that
 * came after it. Foreign text, not yet cleaned.
 */
#ifndef WARDER_CLIENT_SHOWN_H
#define WARDER_CLIENT_SHOWN_H

#include "wire/person.h"
#include "yunxiao/gate.h"

struct shown {
	struct person_gate gate;
	char handle[GATE_HANDLE_SIZE], fingerprint[GATE_FINGERPRINT_SIZE];
	struct person_piece *pieces;
	struct person_rule *rules;
	struct person_need *needs;
	size_t pieces_n, rules_n, needs_n;
	struct person_key key; /* it ends soon; ends_ms 0: nothing is known */
};

struct shown_list {
	struct shown *items;
	size_t n;
	struct person_piece *unread; /* PIECE_NOT_READ, of no gate */
	size_t unread_n;
	bool is_over_full;           /* no memory: what is here is not all */
	struct person_server server; /* of the result to come */
	bool has_server;
};

/*
 * Takes GATE, PIECE, RULE, NEED, KEY or SERVER; false for every other message,
 * and for a KEY that is not the only one of a gate or names no key or time.
 */
bool shown_take(struct shown_list *list, const struct layout *layout,
    const union person_any *message);
void shown_clear(struct shown_list *list);
void shown_clear_one(struct shown *shown);

/* Takes a gate with all that is its, which leaves *shown empty; ENOMEM. */
WARDER_MUST_CHECK int shown_move(struct shown_list *list, struct shown *shown);

/* The same gate in the same state: its hash, and the ids of one without. */
bool shown_is_same(const struct shown *one, const struct shown *other);

/* The first need of a kind, or NULL. */
const struct person_need *shown_need(
    const struct shown *shown, enum person_need_kind kind);

/* The n-th piece of a kind, or NULL. */
const struct person_piece *shown_piece(
    const struct shown *shown, enum person_piece_kind kind, size_t n);

bool shown_waits(const struct shown *shown);

/* The first source's commit, or "". */
const char *shown_commit(const struct shown *shown);

/* Organization, pipeline as a person calls them: the name, else the id. */
const char *shown_org(const struct shown *shown);
const char *shown_pipeline(const struct shown *shown);

/* Who or what started it: a user, an account, "schedule", … or "-". */
const char *shown_starter(const struct shown *shown);

#endif

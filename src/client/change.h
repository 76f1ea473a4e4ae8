/* SPDX-License-Identifier: ISC */
/*
 * CHANGE: what the run of a gate on show would bring. Its pieces follow one
 * another among shown->pieces: BEFORE; WAS of each parameter; then for each
 * source CHANGE, its COMMITs with their AUTHORs, MORE, PATHs, MORE, UNKNOWN.
 */
#ifndef WARDER_CLIENT_CHANGE_H
#define WARDER_CLIENT_CHANGE_H

#include "client/client.h"
#include "client/link.h"
#include "client/shown.h"

/*
 * Asks behind a LOOK on *link and adds the pieces to the gate; the session is
 * over then. REASON_DONE; REASON_INCOMPLETE where a reading failed, which a
 * piece tells; else the exit code, told to the person.
 */
int change_ask(
    struct client *client, struct link *link, struct shown_list *gates);

/* Where the pieces of CHANGE begin; pieces_n without any. */
size_t change_start(const struct shown *shown);

/* What the parameter was in the run before, or NULL. */
const struct person_piece *change_was(
    const struct shown *shown, const char *parameter);

/* The screen, and the members of the document. */
void tell_change(const struct client *client, const struct shown *shown);
void tell_unknown_authors(
    const struct client *client, const struct shown *shown);

#endif

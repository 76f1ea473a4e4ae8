/* SPDX-License-Identifier: ISC */
/*
 * What a person is told: gates, results, and what to do next. All sentences
 * are here; services send codes and foreign text.
 */
#ifndef WARDER_CLIENT_TELL_H
#define WARDER_CLIENT_TELL_H

#include "client/client.h"
#include "client/said.h"
#include "client/shown.h"

/* `warder: sentence`, on stderr; as warder.error/1 on stdout with --json. */
int tell_error(const struct client *client, enum reason reason,
    const char *code, const char *sentence);

/* The head of pass and refuse: what is about to be decided. */
void tell_gate_head(const struct client *client, const struct shown *shown);

/* The screen of `show`. */
void tell_gate(const struct client *client, const struct shown *shown);

/* One line while something is under way. */
void tell_progress(
    const struct client *client, const struct person_progress *progress);

/* Wipes the line of progress that is on the screen. */
void tell_progress_end(void);

/* One line of a RULE: where it stands, what it says, what is unknown. */
void tell_rule(FILE *out, const struct person_rule *rule);

/*
 * How a request ended. `shown` is NULL before a gate was told. Nothing is
 * printed under --json.
 */
void tell_result(const struct client *client, const struct shown *shown,
    const struct person_result *result);

/* The same with all that is known of it. */
void tell_outcome(const struct client *client, const struct about *about,
    const struct person_result *result);

/* "pass", "refuse" */
const char *tell_verb(enum client_verb verb);

/* The table of `list`. */
void tell_list(const struct client *client, const struct shown_list *gates);

#endif

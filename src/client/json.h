/* SPDX-License-Identifier: ISC */
/*
 * The documents of --json, on stdout, one a line. Ids and 64-bit numbers are
 * strings, times RFC 3339 UTC. Built with cJSON, never by hand.
 */
#ifndef WARDER_CLIENT_JSON_H
#define WARDER_CLIENT_JSON_H

#include "client/client.h"
#include "client/explain.h"
#include "client/said.h"
#include "client/shown.h"

void json_error(enum reason reason, const char *code, const char *sentence);
/*
 * warder.list/1 of a list that ended with `exit` (0, 25, or 128 and more); it
 * was kept and told so long ago, or is new (-1).
 */
void json_list(const struct shown_list *gates, int exit, int64_t age_ms);

/* warder.notice/1: `event` of a gate, seen in `list`, whole or not. */
void json_notice(const char *event, const struct shown *shown,
    const struct shown_list *list, bool is_complete);

/* Not complete: what the run would bring could not be read whole. */
void json_gate(const struct shown *shown, bool is_complete);
/* The same of a RESULT before any gate was told. */
void json_ended(const struct about *about, const struct person_result *result,
    const char *sentence);
void json_decision(const struct client *client, const struct about *about,
    const struct person_result *result);
void json_whoami(
    const struct person_person *person, const struct shown_list *pieces);

/* warder.code/1: what `code` may mean, or every code there is. */
void json_code(const char *code, const struct explained *found, size_t n);
void json_codes(void);

#endif

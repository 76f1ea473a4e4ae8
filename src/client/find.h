/* SPDX-License-Identifier: ISC */
/*
 * From what was typed to a LOOK. A handle comes from the last list, which is
 * a hint only, or from a new one; what binds is the whole hash in ACT.
 */
#ifndef WARDER_CLIENT_FIND_H
#define WARDER_CLIENT_FIND_H

#include "client/client.h"
#include "client/shown.h"

struct found {
	struct person_look look;
	char handle[GATE_HANDLE_SIZE]; /* that was typed, or "" */
};

/*
 * REASON_DONE; 2 or 11 with a sentence printed; or what a LIST ended with.
 * `names_run` false in an address: what waits there is printed, and 2.
 */
int find_gate(struct client *client, const char *text, struct found *ret_found);

/* The gates that LIST tells, for `list` and for finding. */
struct listed {
	struct shown_list gates;
	struct person_result result;
};

/*
 * The exit code; 0, 25 and 128 or more (interrupted: what came so far) leave
 * *ret_listed filled, to be cleared.
 */
int find_list(struct client *client, const char *org, const char *pipeline,
    bool mine, struct listed *ret_listed);

#endif

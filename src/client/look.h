/* SPDX-License-Identifier: ISC */
/*
 * LOOK: one gate, as the service tells it, held against what was asked for.
 */
#ifndef WARDER_CLIENT_LOOK_H
#define WARDER_CLIENT_LOOK_H

#include "client/find.h"
#include "client/link.h"

/*
 * Opens the connection and looks. REASON_DONE: *ret_gates has one gate and
 * an ACT may follow on *ret_link. Else the exit code, told to the person;
 * for a gate that changed since it was typed, 7.
 */
int look_gate(struct client *client, const char *text, struct link *ret_link,
    struct shown_list *ret_gates);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * The control port: plain HTTP on loopback, JSON both ways. Tests arm
 * faults, change the world and read the journal through it. Whoever reaches
 * the port may do everything; nothing here is worth a lock.
 */
#ifndef WARDER_SANDBOX_CONTROL_H
#define WARDER_SANDBOX_CONTROL_H

#include <microhttpd.h>

#include "sandbox/sandbox.h"

#define CONTROL_MAX_BODY (1024 * 1024)

/* What a handler answers with: a status and a JSON tree or lines. */
struct reply {
	int status;
	struct text body;
};

struct MHD_Daemon *control_start(struct sandbox *s, uint16_t port);

bool control_knows(const char *path);

/* One order of a script, under the lock; false: it was not understood. */
bool control_order(struct sandbox *s, const char *path, const cJSON *in);

/*
 * Orders that change the world (change.c). in is an object. They return
 * NULL, or the word that was not understood; ret is what else to say.
 */
const char *change_fault(
    struct sandbox *s, const cJSON *in, cJSON *ret, struct text *why);
const char *change_run(
    struct sandbox *s, const cJSON *in, cJSON *ret, struct text *why);
const char *change_change(
    struct sandbox *s, const cJSON *in, cJSON *ret, struct text *why);
const char *change_decide(
    struct sandbox *s, const cJSON *in, cJSON *ret, struct text *why);
const char *change_reset(
    struct sandbox *s, const cJSON *in, cJSON *ret, struct text *why);
const char *change_clock(
    struct sandbox *s, const cJSON *in, cJSON *ret, struct text *why);

#endif

/* SPDX-License-Identifier: ISC */
/* The keeper's listener: keys in locked memory, and the service itself. */
#ifndef WARDER_KEEPER_LISTENER_H
#define WARDER_KEEPER_LISTENER_H

#include "serve/serve.h"

extern const struct service keeper_service;

/* The hooks, for a program of tests with other users and paths. */
int keeper_before_drop(struct serve *serve);
int keeper_on_keyline(struct serve *serve, int line, enum serve_kind kind);
int64_t keeper_due(const struct serve *serve);
bool keeper_on_due(struct serve *serve);
void keeper_on_full(int sock, enum serve_kind kind);
int keeper_worker(const struct serve *serve, struct serve_worker *worker);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * warder-courier as a service: who it is, who may call, and what a worker
 * gives up before it touches libcurl.
 */
#ifndef WARDER_COURIER_WORKER_H
#define WARDER_COURIER_WORKER_H

#include "serve/serve.h"

/* For main, and for a test's main, which changes users and paths. */
extern const struct service courier_service;

/* Fences, then session_run(). Returns the exit status. */
int courier_worker(const struct serve *serve, struct serve_worker *worker);

#endif

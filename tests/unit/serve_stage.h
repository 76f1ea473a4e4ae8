/* SPDX-License-Identifier: ISC */
/*
 * Services of the test program itself, and a listener of one of them in a
 * folder that lives for one test. A worker tells what it is and has.
 */
#ifndef WARDER_TESTS_SERVE_STAGE_H
#define WARDER_TESTS_SERVE_STAGE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "serve/serve.h"

#define WAIT_MS 8000
#define STAGE_SERVICES 3

/* What a worker tells of itself. */
struct told {
	int kind, dumpable, no_new_privs, variables, terminal, parent_is_there;
	uint64_t open_fds;
	uint32_t peer_uid;
};

struct stage {
	char folder[64], path[96], mark[96];
	pid_t listener;
};

extern const struct service stage_services[STAGE_SERVICES];

/* By its name, or NULL. */
const struct service *stage_service(const char *name);

int stage_set_up(void **state);
int stage_tear_down(void **state);

/* Its listener listens when this returns. */
void stage_start(struct stage *stage, const char *name);
int stage_call(const struct stage *stage);

/* The length of what comes within WAIT_MS; 0 at its end; -1 for nothing. */
ssize_t stage_hear(int sock, void *ret, size_t size);
int stage_call_and_hear(const struct stage *stage, struct told *ret);

#endif

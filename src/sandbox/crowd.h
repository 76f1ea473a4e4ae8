/* SPDX-License-Identifier: ISC */
/* Many pipelines, for trying out lists at scale. */
#ifndef WARDER_SANDBOX_CROWD_H
#define WARDER_SANDBOX_CROWD_H

#include <cjson/cJSON.h>
#include <stddef.h>

#define CROWD_MAX 100000

struct crowd {
	size_t n;       /* pipelines more */
	size_t waiting; /* of them, with a run that waits at a gate */
	size_t running; /* and with a run that is under way and has no gate */
};

/*
 * Adds them to the first organization of a checked scenario. -1: its first
 * pipeline, which is the pattern, has no run.
 */
int crowd_add(cJSON *root, const struct crowd *crowd);

#endif

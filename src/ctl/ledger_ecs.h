/* SPDX-License-Identifier: ISC */
/*
 * A line in the words of the Elastic Common Schema, for who has its tools.
 * What has no name there is below "warder", so that nothing is lost.
 */
#ifndef WARDER_CTL_LEDGER_ECS_H
#define WARDER_CTL_LEDGER_ECS_H

#include <cjson/cJSON.h>

#include "ledger/record.h"

#define LEDGER_ECS_VERSION "8.11.0"

/* One document; the caller's. NULL: no memory. */
cJSON *ledger_ecs(const struct record *rec);

/* "success", "failure", "unknown", or NULL for a line that is no result. */
const char *ledger_ecs_outcome(const struct record *rec);

#endif

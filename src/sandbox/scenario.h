/* SPDX-License-Identifier: ISC */
/*
 * The scenario: keys, organizations, people, pipelines and runs, read from
 * JSON and checked member by member before anything uses it. The format is
 * described in warder-sandbox(1).
 */
#ifndef WARDER_SANDBOX_SCENARIO_H
#define WARDER_SANDBOX_SCENARIO_H

#include <cjson/cJSON.h>
#include <stdint.h>

#include "sandbox/text.h"

extern const char *const scenario_builtin[]; /* lines, NULL at the end */

/*
 * Reads a scenario; times "ago" become Unix ms counted back from now.
 * Returns a tree of the caller, or NULL with ret_why naming the place.
 */
cJSON *scenario_parse(const char *json, int64_t now_ms, struct text *ret_why);

/* Checks a list of sources, parameters or stages that control brings. */
int scenario_check_part(
    const char *part, const cJSON *value, struct text *ret_why);

/* A job as the scenario writes it becomes one that lives. */
void scenario_set_times(cJSON *run, int64_t now_ms);

#endif

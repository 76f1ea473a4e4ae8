/* SPDX-License-Identifier: ISC */
/*
 * The world as the signed API shows it to one account. The member names are
 * those of the vendor's documents (460565, 460566, 460541), misspellings
 * included.
 */
#ifndef WARDER_SANDBOX_SHOW_H
#define WARDER_SANDBOX_SHOW_H

#include "sandbox/world.h"

/* `pipelineRun`; which actions are disabled depends on the account. */
cJSON *show_run(const cJSON *organization, const cJSON *pipeline,
    const cJSON *run, const char *account);
/* One row of ListPipelineRuns. */
cJSON *show_run_row(const cJSON *pipeline, const cJSON *run);
/* One row of ListPipelines. */
cJSON *show_pipeline_row(const cJSON *pipeline);
/* `pipeline` of GetPipeline. */
cJSON *show_pipeline(const cJSON *pipeline);
/* `member` of GetOrganizationMember. */
cJSON *show_member(const cJSON *person);

#endif

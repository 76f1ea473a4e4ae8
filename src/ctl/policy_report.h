/* SPDX-License-Identifier: ISC */
/* The document warderctl.policy/1 of `check` and `diff`, and its end. */
#ifndef WARDER_CTL_POLICY_REPORT_H
#define WARDER_CTL_POLICY_REPORT_H

#include <cjson/cJSON.h>

#include "base/err.h"
#include "ctl/policy.h"

/* With schema, now, and empty `errors` and `findings`. */
cJSON *policy_report_new(void);

/* What was found, into `findings`, with the path as the person named it. */
void policy_report_findings(
    cJSON *document, struct policy_disk *disk, const struct examined *examined);

/* One more of `errors`: something could not be read. */
void policy_report_error(cJSON *document, const char *file, const char *text);

/* Prints it with its exit code and takes it over. Returns the code, or BUG. */
WARDER_MUST_CHECK int policy_report_end(cJSON *document, int code);

#endif

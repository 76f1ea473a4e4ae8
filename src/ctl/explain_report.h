/* SPDX-License-Identifier: ISC */
/* A case explained: for people, and as the document `warder.explain/1`. */
#ifndef WARDER_CTL_EXPLAIN_REPORT_H
#define WARDER_CTL_EXPLAIN_REPORT_H

#include <stdio.h>

#include "ctl/policy_case.h"
#include "policy/explain.h"

struct explain_report {
	cJSON *decision; /* `warder.verdict/1` */
	struct policy *policy;
	struct explanation got; /* without ways where policy or facts are bad */
};

/* Borrows the case. ENOMEM. */
WARDER_MUST_CHECK int explain_report_make(
    struct policy_case *pcase, struct explain_report *ret);
void explain_report_clear(struct explain_report *report);

/* NULL: no memory. The caller deletes it. */
cJSON *explain_report_json(const struct explain_report *report);

void explain_report_print(FILE *where, const struct explain_report *report);

/* How a run is started, as the language says it; "" unknown. */
const char *explain_trigger_word(enum facts_trigger trigger);

#endif

/* SPDX-License-Identifier: ISC */
/* What is printed of a comparison: for people, and as JSON. */
#ifndef WARDER_CTL_DRIFT_REPORT_H
#define WARDER_CTL_DRIFT_REPORT_H

#include <cjson/cJSON.h>
#include <stdio.h>

#include "ctl/drift.h"
#include "policy/policy.h"

#define DRIFT_UNREAD_MAX 64 /* more are counted, not named */

/* A list that was not read to its end. */
struct drift_unread {
	char what[32]; /* "members", "pipelines", "pipeline", "account" */
	char id[20];   /* of the pipeline, or "" */
	char code[513];
};

/* One organization. */
struct drift_report {
	struct policy_org org; /* borrowed from the policy */
	struct drift drift;
	struct roster roster;
	struct drift_unread unread[DRIFT_UNREAD_MAX];
	size_t unread_n; /* also those that are not kept */
	/* Not DONE, not INCOMPLETE: nothing was read, and why. */
	enum reason reason;
	char word[65];
};

/* The finding as one sentence, filtered for a screen. Returns ret. */
const char *drift_sentence(char *ret, size_t size,
    const struct drift_report *report, const struct drift_finding *finding);

/* What was not read, as one sentence. Returns ret. */
const char *drift_unread_sentence(
    char *ret, size_t size, const struct drift_unread *unread);

void drift_print(FILE *out, const struct drift_report *report);

/* Adds to the document's findings, errors and orgs. */
void drift_to_json(cJSON *document, const struct drift_report *report);

#endif

/* SPDX-License-Identifier: ISC */
/* What `ledger reconcile` says of one organization, and of all together. */
#ifndef WARDER_CTL_RECONCILE_REPORT_H
#define WARDER_CTL_RECONCILE_REPORT_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "ctl/reconcile.h"

#define RECONCILE_UNREAD_MAX 200 /* that are told one by one */

struct reconcile_unread {
	char what[16], id[64], code[128];
};

struct reconcile_report {
	struct reconcile all;
	enum reason reason; /* DONE: it was compared */
	char word[128];     /* why it was not */
	int r;              /* while lines are read */
	struct reconcile_unread unread[RECONCILE_UNREAD_MAX];
	size_t unread_n; /* all of them */
	size_t not_on_record;
};

struct reconcile_output {
	bool is_json;
	cJSON *document;
	size_t findings, fresh, unread, compared;
	enum reason failed; /* of the first that was not compared */
};

void reconcile_begin(struct reconcile_output *output);
void reconcile_tell(
    struct reconcile_output *output, const struct reconcile_report *report);

/* The exit code; `r` is why it ended before its time, or DONE. */
int reconcile_end(struct reconcile_output *output, int r);

#endif

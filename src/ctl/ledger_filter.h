/* SPDX-License-Identifier: ISC */
/*
 * Which lines were asked for: one set of flags for show, export and report.
 * An outcome names neither person nor pipeline; it answers an intent that
 * does, and counts as of that one. So lines have to come in their order.
 */
#ifndef WARDER_CTL_LEDGER_FILTER_H
#define WARDER_CTL_LEDGER_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "ledger/chain.h"
#include "ledger/record.h"

/* What an intent said of its answer to come. */
struct ledger_subject {
	uint64_t seq;
	char user[65], org[65], pipeline[21], run[21], name[193];
};

/* All NULL, all zero: every line. The texts are borrowed. */
struct ledger_filter {
	const char *record, *event, *user, *org, *pipeline, *run, *result;
	const char *since, *until;
	int64_t since_ms, until_ms;
	struct ledger_subject intents[LEDGER_OPEN_MAX]; /* open; seq 0: none */
	size_t n; /* beyond that many: the next one that makes room */
};

/* Reads the times. A sentence on stderr and REASON_USAGE if one is none. */
WARDER_MUST_CHECK int ledger_filter_ready(struct ledger_filter *filter);

/* Whether any flag was given at all. */
bool ledger_filter_is_set(const struct ledger_filter *filter);

/* Once for each line, from the oldest on. */
bool ledger_filter_takes(
    struct ledger_filter *filter, const struct record *rec);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * What the keeper found out about one organization's key. Texts are the
 * server's own words, unfiltered; whoever shows them filters.
 */
#ifndef WARDER_CTL_KEY_REPORT_H
#define WARDER_CTL_KEY_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/conf.h"
#include "base/err.h"
#include "wire/admin.h"

#define REPORT_PIPELINES_MAX 6000
#define REPORT_GATES_MAX 20000
#define REPORT_UNREAD_MAX 256

struct report_pipeline {
	uint64_t id;
	char name[513];
};

struct report_unread {
	char what[513], code[513];
};

struct key_report {
	char alias[65], org_id[65];
	bool has_key;
	struct admin_key key;
	enum reason reason;
	char word[65];            /* local code behind the reason */
	char code[97], said[513]; /* the server's code, and what it means */
	bool is_untold, is_no_member, has_org;
	char account[513], account_name[513]; /* "" not known */
	char org_name[513];
	uint8_t admin; /* tri: of the organization */
	struct report_pipeline *pipelines;
	struct admin_gate *gates;
	struct report_unread *unread;
	size_t pipelines_n, gates_n, unread_n;
	size_t left_out; /* above a cap of ours */
};

void key_report_clear(struct key_report *report);

/* One frame of the keeper but DONE. Not 0: not such an answer. */
WARDER_MUST_CHECK int key_report_take(
    struct key_report *report, const struct frame *frame);

/* Several, as one document or for reading. `now_ms` is UTC. */
void key_report_print(const struct key_report *reports, size_t n,
    const struct conf *conf, uint64_t now_ms);
WARDER_MUST_CHECK int key_report_json(const struct key_report *reports,
    size_t n, const struct conf *conf, uint64_t now_ms);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * What an install would change: two sets of policy files, line against line.
 * For a person who decides whether that is what they meant, so a line that
 * only moved is no change: it decides the same.
 */
#ifndef WARDER_CTL_POLICY_DIFF_H
#define WARDER_CTL_POLICY_DIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cjson/cJSON.h>

#include "base/err.h"
#include "policy/installed.h"

struct diff_line {
	uint32_t number; /* from 1, in its file */
	const char *text;
	size_t len; /* without LF or CR */
};

struct diff_lines {
	struct diff_line *items;
	size_t n;
};

enum diff_state {
	DIFF_SAME = 1, /* byte for byte */
	DIFF_CHANGED,
	DIFF_NEW,
	DIFF_GONE
};

struct diff_file {
	const char *name;
	enum diff_state state;
	bool is_lost; /* a calendar that can be read no more */
	struct diff_lines gone, come;
};

struct policy_diff {
	struct diff_file *files; /* those of the new set first */
	size_t n;
	size_t changed, gone, come; /* files that are not the same; lines */
};

/*
 * From `old` (NULL: nothing was) to `new`; texts are borrowed from both.
 * Blank lines are left out. ENOMEM. The caller clears it.
 */
WARDER_MUST_CHECK int policy_diff_make(const struct installed *old,
    const struct installed *new, struct policy_diff *ret_diff);
void policy_diff_clear(struct policy_diff *diff);
#define auto_policy_diff __attribute__((cleanup(policy_diff_clear)))

void policy_diff_print(FILE *out, const struct policy_diff *diff);

/* `files[]` of a document warderctl.policy/1. */
void policy_diff_json(cJSON *document, const struct policy_diff *diff);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * Names: given twice, used and not given, given and not used; and words that
 * stand twice in one list, as the parser noted them.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "policy/check_build.h"

/* A name with its place, of one name space. */
struct given {
	const char *name;
	uint32_t file, line, col;
};

static int
by_name(const void *a, const void *b)
{
	const struct given *left = a, *right = b;
	int order = strcmp(left->name, right->name);

	if (order != 0)
		return order;
	if (left->file != right->file)
		return left->file < right->file ? -1 : 1;
	if (left->line != right->line)
		return left->line < right->line ? -1 : 1;
	return (left->col > right->col) - (left->col < right->col);
}

/* Whichever stands later in the text is the one too many. */
static void
say_given_twice(struct given *given, size_t n, struct findings *findings)
{
	if (n > 0)
		qsort(given, n, sizeof(*given), by_name);
	for (size_t i = 1; i < n; i++)
		if (strcmp(given[i].name, given[i - 1].name) == 0)
			findings_add(findings, given[i].file, given[i].line,
			    given[i].col, false, "duplicate",
			    "%.80s is there already", given[i].name);
}

static size_t
most_names(const struct policy *policy)
{
	size_t n = policy->labels_n;

	n = policy->periods_n > n ? policy->periods_n : n;
	n = policy->orgs_n > n ? policy->orgs_n : n;
	return n > GLASS_MAX ? n : GLASS_MAX;
}

static void
check_given(
    const struct policy *policy, struct given *given, struct findings *findings)
{
	size_t n = 0;

	for (size_t i = 0; i < policy->labels_n; i++)
		given[i] = (struct given){ policy->labels[i].name,
			policy->labels[i].file, policy->labels[i].line,
			policy->labels[i].col };
	say_given_twice(given, policy->labels_n, findings);
	for (size_t i = 0; i < policy->periods_n; i++)
		given[i] = (struct given){ policy->periods[i].name,
			policy->periods[i].file, policy->periods[i].line,
			policy->periods[i].col };
	say_given_twice(given, policy->periods_n, findings);
	for (size_t i = 0; i < policy->statements_n; i++) {
		const struct statement *line = &policy->statements[i];

		if (line->kind == STATEMENT_GLASS)
			given[n++] = (struct given){ line->glass->name,
				line->file, line->glass->name_line,
				line->glass->name_col };
	}
	say_given_twice(given, n, findings);
}

static void
check_org_names(
    const struct policy *policy, struct given *given, struct findings *findings)
{
	for (size_t i = 0; i < policy->orgs_n; i++)
		given[i] = (struct given){ policy->orgs[i].alias,
			policy->orgs[i].file, policy->orgs[i].alias_line,
			policy->orgs[i].alias_col };
	say_given_twice(given, policy->orgs_n, findings);
	for (size_t i = 0; i < policy->orgs_n; i++)
		given[i] =
		    (struct given){ policy->orgs[i].id, policy->orgs[i].file,
			    policy->orgs[i].id_line, policy->orgs[i].id_col };
	say_given_twice(given, policy->orgs_n, findings);
}

static int
by_selector(const void *a, const void *b)
{
	const struct selector *left = *(const struct selector *const *)a;
	const struct selector *right = *(const struct selector *const *)b;
	int order = strcmp(left->org, right->org);

	if (order == 0)
		order = strcmp(left->pipeline, right->pipeline);
	if (order == 0)
		order = strcmp(left->stage, right->stage);
	if (order == 0)
		order = strcmp(left->job, right->job);
	if (order == 0 && left->line != right->line)
		order = left->line < right->line ? -1 : 1;
	if (order == 0)
		order = (left->col > right->col) - (left->col < right->col);
	return order;
}

/*
 * A label's block is one list over many lines. The parser notes what stands
 * twice in one line; a block of 200,000 has to be sorted for the rest.
 */
static void
check_label_list(const struct label *label, struct findings *findings)
{
	const struct selector **sorted = calloc(label->on_n, sizeof(*sorted));

	if (sorted == NULL) {
		findings->r = WARDER_ENOMEM;
		return;
	}
	for (size_t i = 0; i < label->on_n; i++)
		sorted[i] = &label->on[i];
	qsort(
	    sorted, label->on_n, sizeof(const struct selector *), by_selector);
	for (size_t i = 1; i < label->on_n; i++)
		if (sorted[i]->line != sorted[i - 1]->line &&
		    strcmp(sorted[i]->org, sorted[i - 1]->org) == 0 &&
		    strcmp(sorted[i]->pipeline, sorted[i - 1]->pipeline) == 0 &&
		    strcmp(sorted[i]->stage, sorted[i - 1]->stage) == 0 &&
		    strcmp(sorted[i]->job, sorted[i - 1]->job) == 0)
			findings_add(findings, sorted[i]->file, sorted[i]->line,
			    sorted[i]->col, false, "duplicate",
			    "this stands in the label already");
	free(sorted);
}

static void
check_used(const struct policy *policy, struct findings *findings)
{
	for (size_t i = 0; i < policy->labels_n; i++)
		if (!policy->labels[i].is_used)
			findings_add(findings, policy->labels[i].file,
			    policy->labels[i].line, policy->labels[i].col,
			    false, "unused", "no line uses the label %.64s",
			    policy->labels[i].name);
	for (size_t i = 0; i < policy->periods_n; i++)
		if (!policy->periods[i].is_used)
			findings_add(findings, policy->periods[i].file,
			    policy->periods[i].line, policy->periods[i].col,
			    false, "unused", "no line uses %.64s",
			    policy->periods[i].name);
}

static void
check_defined(const struct statement *line, struct findings *findings)
{
	for (size_t i = 0; i < line->on_n; i++) {
		const struct target *on = &line->on[i];

		if (on->label != NULL && on->label_at == SIZE_MAX)
			findings_add(findings, on->selector.file,
			    on->selector.line, on->selector.col, false,
			    "undefined",
			    "no label is called %.64s; a gate is written "
			    "org/pipeline/stage/job",
			    on->label);
	}
	if (line->period != NULL && line->period_at == SIZE_MAX)
		findings_add(findings, line->file, line->period_line,
		    line->period_col, false, "undefined",
		    "no window and no calendar is called %.64s", line->period);
}

static void
check_outside(const struct policy *policy, struct findings *findings)
{
	for (size_t i = 0; i < policy->zones_n; i++)
		if (!policy->zones[i].is_known && policy->zones[i].line != 0)
			findings_add(findings, policy->zones[i].file,
			    policy->zones[i].line, policy->zones[i].col, false,
			    "undefined", "the tzdata here has no zone %.64s",
			    policy->zones[i].name);
	for (size_t i = 0; i < policy->periods_n; i++)
		if (policy->periods[i].is_calendar &&
		    policy->periods[i].calendar == NULL)
			findings_add(findings, policy->periods[i].file,
			    policy->periods[i].line, policy->periods[i].col,
			    true, "calendar",
			    "%.128s cannot be read: it counts as a freeze, "
			    "and as closed",
			    policy->periods[i].path);
}

void
check_names(const struct policy *policy, struct findings *findings)
{
	struct given *given = calloc(most_names(policy) + 1, sizeof(*given));

	if (given == NULL) {
		findings->r = WARDER_ENOMEM;
		return;
	}
	check_given(policy, given, findings);
	check_org_names(policy, given, findings);
	free(given);
	for (size_t i = 0; i < policy->labels_n; i++)
		if (policy->labels[i].on_n > 1)
			check_label_list(&policy->labels[i], findings);
	check_used(policy, findings);
	check_outside(policy, findings);
	for (size_t i = 0; i < policy->statements_n; i++)
		check_defined(&policy->statements[i], findings);
	for (size_t i = 0; i < policy->repeated_n; i++)
		findings_add(findings, policy->repeated[i].file,
		    policy->repeated[i].line, policy->repeated[i].col, false,
		    "duplicate", "%.80s stands here already",
		    policy->repeated[i].text);
}

/* SPDX-License-Identifier: ISC */
/* Puts a verdict together, and frees one. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "policy/quorum.h"
#include "policy/verdict_build.h"

/* The memory behind a verdict. */
struct store {
	struct verdict_rule rules[VERDICT_RULES_MAX];
	struct verdict_reason reasons[VERDICT_REASONS_MAX];
	struct verdict_rule primary;
	struct verdict_quorum quorums[VERDICT_QUORUMS_MAX];
};

int
builder_open(struct builder *builder, const struct policy *policy)
{
	memset(builder, 0, sizeof(*builder));
	builder->policy = policy;
	builder->verdict.own = calloc(1, sizeof(struct store));
	return builder->verdict.own == NULL ? WARDER_ENOMEM : WARDER_OK;
}

void
builder_drop(struct builder *builder)
{
	verdict_clear(&builder->verdict);
}

void
verdict_clear(struct verdict *verdict)
{
	free(verdict->own);
	memset(verdict, 0, sizeof(*verdict));
}

void
builder_add(struct builder *builder, const struct statement *line,
    const char *local_code, const char *code, enum reason exit,
    const char *message, const char *unknown)
{
	struct store *store = builder->verdict.own;
	size_t n = builder->verdict.blocking_n;

	/* The first reasons are there; a further one changes nothing. */
	if (n == VERDICT_REASONS_MAX)
		return;
	store->reasons[n] = (struct verdict_reason){
		.local_code = local_code,
		.code = code,
		.file = line == NULL ? NULL
		                     : builder->policy->files[line->file].name,
		.line = line == NULL ? 0 : line->line,
		.text = line == NULL ? "" : line->text,
		.message = message,
		.unknown = unknown,
	};
	builder->of_reason[n] = line;
	builder->exits[n] = exit;
	builder->verdict.blocking_n++;
}

void
builder_rule(struct builder *builder, const struct statement *line)
{
	if (builder->fitting_n < VERDICT_RULES_MAX)
		builder->fitting[builder->fitting_n++] = line;
}

void
builder_level(struct builder *builder, uint32_t level, uint32_t fresh_s)
{
	if (level > builder->verdict.missing.mfa)
		builder->verdict.missing.mfa = level;
	if (fresh_s != 0 && (builder->verdict.missing.fresh_s == 0 ||
	                        fresh_s < builder->verdict.missing.fresh_s))
		builder->verdict.missing.fresh_s = fresh_s;
}

static void
add_text(const char **texts, size_t *n, const char *text)
{
	if (*n < VERDICT_TEXTS_MAX)
		texts[(*n)++] = text;
}

void
builder_missing_reason(struct builder *builder, const char *pattern)
{
	add_text(builder->verdict.missing.reason,
	    &builder->verdict.missing.reason_n, pattern);
}

void
builder_missing_ticket(struct builder *builder, const char *pattern)
{
	add_text(builder->verdict.missing.ticket,
	    &builder->verdict.missing.ticket_n, pattern);
}

void
builder_via(struct builder *builder, const char *giver)
{
	add_text(builder->verdict.via, &builder->verdict.via_n, giver);
}

static void
add_open(struct verdict_quorum *to, const char *of, bool is_role)
{
	if (to->open_n > 0 && to->open[to->open_n - 1].is_role == is_role &&
	    strcmp(to->open[to->open_n - 1].of, of) == 0) {
		to->open[to->open_n - 1].count++;
		return;
	}
	to->open[to->open_n].count = 1;
	to->open[to->open_n].of = of;
	to->open[to->open_n++].is_role = is_role;
}

/* Seats stand in the order of the text, each as often as it is asked for. */
void
builder_missing_quorum(struct builder *builder, const struct statement *line,
    const struct condition *quorum, const struct filled *filled)
{
	const struct policy *policy = builder->policy;
	struct store *store = builder->verdict.own;
	size_t n = builder->verdict.missing.quorum_n, at = 0;
	struct verdict_quorum *to = &store->quorums[n];

	if (n == VERDICT_QUORUMS_MAX)
		return;
	to->file = policy->files[line->file].name;
	to->line = line->line;
	to->need = (uint32_t)filled->n;
	for (size_t i = 0; i < quorum->seats_n; i++) {
		const struct seats *seats = &quorum->seats[i];

		for (uint32_t k = 0; k < seats->count; k++, at++) {
			if (filled->is[at])
				to->have[to->have_n++] =
				    filled->by[at]->standing.person->name;
			else
				add_open(to,
				    seats->is_role
				        ? role_names[seats->role]
				        : policy->principals[seats->principal]
				              .name,
				    seats->is_role);
		}
	}
	builder->verdict.missing.quorum = store->quorums;
	builder->verdict.missing.quorum_n++;
}

void
builder_roles(struct builder *builder, const struct request *request)
{
	for (int role = 0; role < ROLES; role++)
		if (request->actor.roles[role] == FACT_TRUE)
			builder->verdict.roles[builder->verdict.roles_n++] =
			    role_names[role];
}

static struct verdict_rule
rule_of(const struct builder *builder, const struct statement *line)
{
	return (struct verdict_rule){ builder->policy->files[line->file].name,
		line->file, line->line, line->col, line->text };
}

static int
by_line(const void *a, const void *b)
{
	const struct verdict_rule *x = a, *y = b;

	if (x->file_at != y->file_at)
		return x->file_at < y->file_at ? -1 : 1;
	return (x->line > y->line) - (x->line < y->line);
}

/* Each line once, in the order of the text. */
static void
fill_rules(
    struct builder *builder, const struct statement *const *lines, size_t n)
{
	struct verdict *verdict = &builder->verdict;
	struct store *store = verdict->own;
	size_t kept = 0;

	verdict->rules = store->rules;
	for (size_t i = 0; i < n && verdict->rules_n < VERDICT_RULES_MAX; i++)
		if (lines[i] != NULL)
			store->rules[verdict->rules_n++] =
			    rule_of(builder, lines[i]);
	qsort(store->rules, verdict->rules_n, sizeof(store->rules[0]), by_line);
	for (size_t i = 0; i < verdict->rules_n; i++)
		if (i == 0 ||
		    by_line(&store->rules[i], &store->rules[i - 1]) != 0)
			store->rules[kept++] = store->rules[i];
	verdict->rules_n = kept;
}

static void
close_permit(struct builder *builder)
{
	struct verdict *verdict = &builder->verdict;
	struct store *store = verdict->own;

	verdict->kind = VERDICT_PERMIT;
	verdict->code = verdict->local_code = "";
	verdict->exit = REASON_DONE;
	fill_rules(builder, builder->fitting, builder->fitting_n);
	for (size_t i = 0; i < builder->fitting_n; i++) {
		if (builder->fitting[i]->kind != STATEMENT_PERMIT)
			continue;
		store->primary = rule_of(builder, builder->fitting[i]);
		verdict->rule = &store->primary;
		break;
	}
}

/* Only votes are missing, and the caller's is one of them. */
static bool
is_pending(const struct builder *builder, size_t *ret_first)
{
	const struct verdict *verdict = &builder->verdict;
	const struct store *store = verdict->own;

	if (builder->before_quorum != 0)
		return false;
	for (size_t i = 0; i < verdict->blocking_n; i++)
		if (builder->exits[i] == REASON_VOTED &&
		    strcmp(store->reasons[i].local_code, "quorum") == 0) {
			*ret_first = i;
			return true;
		}
	return false;
}

static void
close_reasons(struct builder *builder, enum verdict_kind kind)
{
	struct verdict *verdict = &builder->verdict;
	struct store *store = verdict->own;
	size_t first = 0;

	verdict->kind = kind;
	if (kind == VERDICT_DENY && is_pending(builder, &first))
		verdict->kind = VERDICT_PENDING;
	verdict->code = store->reasons[first].code;
	verdict->local_code = store->reasons[first].local_code;
	verdict->exit = builder->exits[first];
	fill_rules(builder, builder->of_reason, verdict->blocking_n);
	if (builder->of_reason[first] != NULL) {
		store->primary = rule_of(builder, builder->of_reason[first]);
		verdict->rule = &store->primary;
	}
}

int
builder_close(struct builder *builder, enum verdict_kind kind,
    struct verdict *ret_verdict)
{
	struct verdict *verdict = &builder->verdict;
	struct store *store = verdict->own;

	if (builder->r != 0) {
		int r = builder->r;

		builder_drop(builder);
		return r;
	}
	verdict->blocking = store->reasons;
	if (verdict->blocking_n == 0)
		close_permit(builder);
	else
		close_reasons(builder, kind);
	*ret_verdict = *verdict;
	return WARDER_OK;
}

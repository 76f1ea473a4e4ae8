/* SPDX-License-Identifier: ISC */
/* Puts a verdict together, and frees one. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "policy/verdict_build.h"

/* The memory behind a verdict. */
struct store {
	struct verdict_rule rules[VERDICT_RULES_MAX];
	struct verdict_reason reasons[VERDICT_REASONS_MAX];
	struct verdict_rule primary;
};

int
builder_open(struct builder *builder)
{
	memset(builder, 0, sizeof(*builder));
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
		.file = line == NULL ? NULL : "policy",
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
builder_roles(struct builder *builder, const struct request *request)
{
	for (int role = 0; role < ROLES; role++)
		if (request->roles[role] == FACT_TRUE)
			builder->verdict.roles[builder->verdict.roles_n++] =
			    role_names[role];
}

static struct verdict_rule
rule_of(const struct statement *line)
{
	return (
	    struct verdict_rule){ "policy", line->line, line->col, line->text };
}

static int
by_line(const void *a, const void *b)
{
	const struct verdict_rule *x = a, *y = b;

	return (x->line > y->line) - (x->line < y->line);
}

/* Each line once, in the order of the text. */
static void
fill_rules(
    struct verdict *verdict, const struct statement *const *lines, size_t n)
{
	struct store *store = verdict->own;
	size_t kept = 0;

	verdict->rules = store->rules;
	for (size_t i = 0; i < n && verdict->rules_n < VERDICT_RULES_MAX; i++)
		if (lines[i] != NULL)
			store->rules[verdict->rules_n++] = rule_of(lines[i]);
	qsort(store->rules, verdict->rules_n, sizeof(store->rules[0]), by_line);
	for (size_t i = 0; i < verdict->rules_n; i++)
		if (i == 0 || store->rules[i].line != store->rules[i - 1].line)
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
	fill_rules(verdict, builder->fitting, builder->fitting_n);
	for (size_t i = 0; i < builder->fitting_n; i++) {
		if (builder->fitting[i]->kind != STATEMENT_PERMIT)
			continue;
		store->primary = rule_of(builder->fitting[i]);
		verdict->rule = &store->primary;
		break;
	}
}

int
builder_close(struct builder *builder, enum verdict_kind kind,
    struct verdict *ret_verdict)
{
	struct verdict *verdict = &builder->verdict;
	struct store *store = verdict->own;

	verdict->blocking = store->reasons;
	if (verdict->blocking_n == 0) {
		close_permit(builder);
	} else {
		verdict->kind = kind;
		verdict->code = store->reasons[0].code;
		verdict->local_code = store->reasons[0].local_code;
		verdict->exit = builder->exits[0];
		fill_rules(verdict, builder->of_reason, verdict->blocking_n);
		if (builder->of_reason[0] != NULL) {
			store->primary = rule_of(builder->of_reason[0]);
			verdict->rule = &store->primary;
		}
	}
	*ret_verdict = *verdict;
	return WARDER_OK;
}

/* SPDX-License-Identifier: ISC */
/*
 * What is not permitted is not allowed; a line that permits has to fit for
 * sure. What somebody lends of theirs counts only where nothing is the
 * person's own.
 */
#include "config.h"

#include "policy/permits.h"
#include "policy/verdict_build.h"

static bool
is_permit(const struct request *request, const struct statement *line)
{
	return line->kind == STATEMENT_PERMIT &&
	       (line->verbs & 1u << request->facts->verb) != 0 &&
	       fit_on(request, line) == FACT_TRUE;
}

static bool
fit_personally(const struct request *request, const struct standing *standing,
    struct builder *builder)
{
	const struct statement *line;
	bool is_found = false;
	size_t next = 0;

	while ((line = fitting_next(request, &next)) != NULL) {
		if (!is_permit(request, line) ||
		    fit_who(standing, line->to) != FACT_TRUE)
			continue;
		is_found = true;
		if (builder == NULL)
			return true;
		builder_rule(builder, line);
	}
	return is_found;
}

/* Users and groups, never roles. */
static bool
fit_through(const struct request *request, const struct standing *standing,
    size_t giver, struct builder *builder)
{
	const struct standing *at = &standing->givers[giver];
	const struct statement *line;
	bool is_found = false;
	size_t next = 0;

	while ((line = fitting_next(request, &next)) != NULL) {
		if (!is_permit(request, line) ||
		    fit_mentions(&line->to->people, at->gifts) != FACT_TRUE)
			continue;
		is_found = true;
		if (builder == NULL)
			return true;
		builder_rule(builder, line);
	}
	if (is_found) {
		builder_rule(builder, standing->giver_lines[giver]);
		builder_via(builder, at->person->name);
	}
	return is_found;
}

bool
permits_fit(const struct request *request, const struct standing *standing,
    struct builder *builder)
{
	bool is_found = fit_personally(request, standing, builder);
	size_t n = is_found ? 0 : standing->givers_n;

	for (size_t i = 0; i < n; i++)
		is_found |= fit_through(request, standing, i, builder);
	return is_found;
}

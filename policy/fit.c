/* SPDX-License-Identifier: ISC */
/* Three-valued answers about gates; those about people are in people.c. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "policy/fit.h"

enum fact
fact_and(enum fact a, enum fact b)
{
	if (a == FACT_FALSE || b == FACT_FALSE)
		return FACT_FALSE;
	return a == FACT_TRUE && b == FACT_TRUE ? FACT_TRUE : FACT_UNKNOWN;
}

enum fact
fact_or(enum fact a, enum fact b)
{
	if (a == FACT_TRUE || b == FACT_TRUE)
		return FACT_TRUE;
	return a == FACT_FALSE && b == FACT_FALSE ? FACT_FALSE : FACT_UNKNOWN;
}

/* `*` any run of characters, `?` exactly one, all else itself. */
static bool
glob_fits(const char *glob, const char *text)
{
	const char *star = NULL, *from = NULL;
	uint32_t c;

	while (*text != '\0') {
		if (*glob == '*') {
			star = ++glob;
			from = text;
		} else if (*glob == '?') {
			text +=
			    utf8_next((const uint8_t *)text, strlen(text), &c);
			glob++;
		} else if (*glob == *text) {
			glob++;
			text++;
		} else if (star != NULL) {
			glob = star;
			from +=
			    utf8_next((const uint8_t *)from, strlen(from), &c);
			text = from;
		} else {
			return false;
		}
	}
	while (*glob == '*')
		glob++;
	return *glob == '\0';
}

/* A name with a slash, or with characters that hide, is nobody's name. */
static bool
is_name_usable(const char *name)
{
	size_t left = strlen(name), n;
	uint32_t c;

	if (!text_is_clean(name, left))
		return false;
	for (; left > 0; name += n, left -= n) {
		n = utf8_next((const uint8_t *)name, left, &c);
		if (c == '/' || c < 0x20 || (c >= 0x7f && c <= 0x9f) ||
		    c == 0xad || c == 0x61c || (c >= 0x200b && c <= 0x200f) ||
		    (c >= 0x2028 && c <= 0x202e) ||
		    (c >= 0x2060 && c <= 0x2069) || c == 0xfeff)
			return false;
	}
	return true;
}

/* `name` NULL: unknown. */
static enum fact
fit_part(const char *part, const char *name)
{
	if (part[0] == '*' && part[1] == '\0')
		return FACT_TRUE;
	if (name == NULL)
		return FACT_UNKNOWN;
	return glob_fits(part, name) ? FACT_TRUE : FACT_FALSE;
}

static enum fact
fit_pipeline(const struct request *request, const struct selector *selector)
{
	const char *id = request->facts->request.pipeline;

	if (selector->id == NULL)
		return fit_part(selector->pipeline, request->pipeline);
	if (id == NULL)
		return FACT_UNKNOWN;
	return strcmp(selector->id, id) == 0 ? FACT_TRUE : FACT_FALSE;
}

/* One part that surely does not fit is enough, whatever else is unknown. */
static enum fact
fit_selector(const struct request *request, const struct selector *on)
{
	enum fact fits = fit_pipeline(request, on);

	if (fits != FACT_FALSE)
		fits = fact_and(fits, fit_part(on->org, request->org_name));
	if (fits != FACT_FALSE)
		fits = fact_and(fits, fit_part(on->stage, request->stage));
	if (fits != FACT_FALSE)
		fits = fact_and(fits, fit_part(on->job, request->job));
	return fits;
}

static enum fact
look_at(const struct request *request, const struct statement *statement)
{
	struct selector_walk walk = selectors_of(request->policy, statement);
	enum fact fits = FACT_FALSE;
	const struct selector *on;

	while (fits != FACT_TRUE && (on = selector_next(&walk)) != NULL)
		fits = fact_or(fits, fit_selector(request, on));
	/* A label that is not there may have meant this gate. */
	for (size_t i = 0; i < statement->on_n; i++)
		if (statement->on[i].label != NULL &&
		    statement->on[i].label_at == SIZE_MAX)
			fits = fact_or(fits, FACT_UNKNOWN);
	return fits;
}

enum fact
fit_on(const struct request *request, const struct statement *statement)
{
	if (request->fits == NULL)
		return look_at(request, statement);
	return (
	    enum fact)request->fits[statement - request->policy->statements];
}

/* Tells a line about another pipeline without looking at its selector. */
static bool
is_elsewhere(const struct statement *statement, uint32_t pipeline_hash)
{
	return pipeline_hash != 0 && statement->pipeline_hash != 0 &&
	       statement->pipeline_hash != pipeline_hash;
}

int
fit_all(struct request *request)
{
	const struct policy *policy = request->policy;
	uint8_t *fits = malloc(policy->statements_n + 1);
	uint32_t hash =
	    request->pipeline == NULL ? 0 : name_hash(request->pipeline);

	if (fits == NULL)
		return WARDER_ENOMEM;
	for (size_t i = 0; i < policy->statements_n; i++) {
		const struct statement *line = &policy->statements[i];

		fits[i] = (uint8_t)(is_elsewhere(line, hash)
		                        ? FACT_FALSE
		                        : look_at(request, line));
	}
	request->fits = fits;
	return WARDER_OK;
}

const struct statement *
fitting_next(const struct request *request, size_t *at)
{
	const struct policy *policy = request->policy;
	size_t i = *at;

	while (i < policy->statements_n &&
	       fit_on(request, &policy->statements[i]) == FACT_FALSE)
		i++;
	*at = i + 1;
	return i < policy->statements_n ? &policy->statements[i] : NULL;
}

static const char *
usable(const char *name)
{
	return name != NULL && name[0] != '\0' && is_name_usable(name) ? name
	                                                               : NULL;
}

void
fit_names(struct request *request)
{
	const struct facts *facts = request->facts;

	request->org_name = usable(facts->request.org);
	request->pipeline = usable(facts->gate.pipeline);
	request->stage = usable(facts->gate.stage);
	request->job = usable(facts->gate.job);
}

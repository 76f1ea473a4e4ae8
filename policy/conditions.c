/* SPDX-License-Identifier: ISC */
/* Whether a condition of `require` holds. Only a sure yes does. */
#include "config.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/text.h"
#include "policy/fit.h"

static enum fact
fact_of(bool is)
{
	return is ? FACT_TRUE : FACT_FALSE;
}

bool
level_is_reached(const struct facts *facts, uint32_t level, uint32_t fresh_s)
{
	if (facts->phase == PHASE_FIRST)
		return facts->auth.max_level.known &&
		       facts->auth.max_level.n >= level;
	if (!facts->auth.level.known || facts->auth.level.n < level)
		return false;
	return fresh_s == 0 ||
	       (facts->auth.age_s.known && facts->auth.age_s.n <= fresh_s);
}

static enum fact
fit_level(const struct facts *facts, const struct condition *condition,
    const char **ret_unknown)
{
	if (level_is_reached(facts, condition->level, condition->span_s))
		return FACT_TRUE;
	if (facts->phase == PHASE_FIRST)
		*ret_unknown =
		    facts->auth.max_level.known ? "" : "auth.max_level";
	else if (!facts->auth.level.known)
		*ret_unknown = "auth.level";
	else if (condition->span_s != 0 && !facts->auth.age_s.known)
		*ret_unknown = "auth.age_s";
	return FACT_FALSE;
}

static enum fact
fit_text(const struct condition *condition, const char *text)
{
	return fact_of(text != NULL && pattern_fits(condition->pattern, text));
}

/* The keeper reckons with its clock how long the gate waits. */
static enum fact
fit_age(const struct request *request, const struct condition *condition,
    const char **ret_unknown)
{
	const struct fact_number *waiting = &request->facts->gate.waiting_s;

	bool is_synced = request->facts->clock.synced == FACT_TRUE;

	if (is_synced && waiting->known)
		return fact_of(waiting->n <= condition->span_s);
	*ret_unknown = is_synced ? "gate.waiting_s" : "clock.synced";
	return FACT_UNKNOWN;
}

static bool
is_within(const struct net *net, const uint8_t *address)
{
	size_t whole = net->bits / 8, rest = net->bits % 8;
	uint8_t mask = (uint8_t)(0xff00u >> rest);

	return memcmp(net->address, address, whole) == 0 &&
	       (rest == 0 ||
	           ((net->address[whole] ^ address[whole]) & mask) == 0);
}

static enum fact
fit_source(const struct facts *facts, const struct condition *condition,
    const char **ret_unknown)
{
	const char *source = facts->session.source;
	bool is_local = source != NULL && strcmp(source, "local") == 0;
	bool is_v6 = source != NULL && strchr(source, ':') != NULL;
	uint8_t address[16];

	if (source != NULL && source[0] == '\0')
		return FACT_FALSE;
	if (source == NULL ||
	    (!is_local &&
	        inet_pton(is_v6 ? AF_INET6 : AF_INET, source, address) != 1)) {
		*ret_unknown = "session.source";
		return FACT_UNKNOWN;
	}
	for (size_t i = 0; i < condition->nets_n; i++) {
		const struct net *net = &condition->nets[i];

		if (net->is_local ? is_local
		                  : !is_local && net->is_v6 == is_v6 &&
		                        is_within(net, address))
			return FACT_TRUE;
	}
	return FACT_FALSE;
}

/* From the last `*` on again, one character further. */
struct star {
	const char *glob, *text;
};

static bool
step_back(struct star *star, const char **glob, const char **text)
{
	uint32_t c;

	if (star->glob == NULL || *star->text == '\0' || *star->text == '/')
		return false;
	star->text +=
	    utf8_next((const uint8_t *)star->text, strlen(star->text), &c);
	*glob = star->glob;
	*text = star->text;
	return true;
}

bool
branch_fits(const char *glob, const char *text)
{
	struct star star = { NULL, NULL };
	uint32_t c;

	while (*text != '\0' || *glob != '\0') {
		if (*glob == '*') {
			star = (struct star){ ++glob, text };
		} else if (*glob == '?' && *text != '\0' && *text != '/') {
			text +=
			    utf8_next((const uint8_t *)text, strlen(text), &c);
			glob++;
		} else if (*glob != '\0' && *glob != '?' && *glob == *text) {
			glob++;
			text++;
		} else if (!step_back(&star, &glob, &text)) {
			return false;
		}
	}
	return true;
}

static enum fact
fit_branch_of(const struct condition *condition, const char *branch)
{
	if (branch == NULL || branch[0] == '\0')
		return FACT_UNKNOWN;
	for (size_t i = 0; i < condition->globs_n; i++)
		if (branch_fits(condition->globs[i], branch))
			return FACT_TRUE;
	return FACT_FALSE;
}

static enum fact
fit_branch(const struct facts *facts, const struct condition *condition,
    const char **ret_unknown)
{
	enum fact fits = FACT_TRUE;

	/* A run without sources is on no branch at all. */
	if (!facts->gate.sources_known || facts->gate.sources_n == 0)
		fits = FACT_UNKNOWN;
	for (size_t i = 0; fits == FACT_TRUE && i < facts->gate.sources_n; i++)
		fits = fit_branch_of(condition, facts->gate.sources[i].branch);
	if (fits == FACT_UNKNOWN)
		*ret_unknown = "gate.sources";
	return fits;
}

enum fact
fit_condition(const struct request *request, const struct condition *condition,
    const char **ret_unknown)
{
	const struct facts *facts = request->facts;

	*ret_unknown = "";
	switch (condition->kind) {
	case CONDITION_MFA:
		return fit_level(facts, condition, ret_unknown);
	case CONDITION_REASON:
		return fit_text(condition, facts->request.reason);
	case CONDITION_TICKET:
		return fit_text(condition, facts->request.ticket);
	case CONDITION_NEWEST:
		if (facts->gate.newest == FACT_UNKNOWN)
			*ret_unknown = "gate.newest";
		return facts->gate.newest;
	case CONDITION_AGE:
		return fit_age(request, condition, ret_unknown);
	case CONDITION_TTY:
		if (facts->session.tty == NULL)
			*ret_unknown = "session.tty";
		return fact_of(facts->session.tty != NULL &&
		               facts->session.tty[0] != '\0');
	case CONDITION_SOURCE:
		return fit_source(facts, condition, ret_unknown);
	case CONDITION_BRANCH:
		return fit_branch(facts, condition, ret_unknown);
	case CONDITION_QUORUM:
		break;
	}
	return FACT_UNKNOWN;
}

const char *
condition_code(enum condition_kind kind)
{
	static const char *const codes[] = { [CONDITION_MFA] = "mfa",
		[CONDITION_REASON] = "reason",
		[CONDITION_TICKET] = "ticket",
		[CONDITION_NEWEST] = "newest",
		[CONDITION_AGE] = "age",
		[CONDITION_TTY] = "tty",
		[CONDITION_SOURCE] = "source",
		[CONDITION_BRANCH] = "branch",
		[CONDITION_QUORUM] = "quorum" };

	return codes[kind];
}

const char *
condition_text(enum condition_kind kind)
{
	static const char *const texts[] = {
		[CONDITION_MFA] = "a stronger or fresher proof is asked for",
		[CONDITION_REASON] = "a reason of this form is asked for",
		[CONDITION_TICKET] = "a ticket of this form is asked for",
		[CONDITION_NEWEST] = "there is a newer run",
		[CONDITION_AGE] = "the gate has waited too long",
		[CONDITION_TTY] = "this takes a terminal",
		[CONDITION_SOURCE] = "not from where you logged in",
		[CONDITION_BRANCH] = "not from this branch",
		[CONDITION_QUORUM] = "others have to agree",
	};

	return texts[kind];
}

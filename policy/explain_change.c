/* SPDX-License-Identifier: ISC */
/* What a person can bring along: a text, a proof, another place, a name. */
#include "config.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "policy/explain_build.h"

bool
explain_make_text(struct search *search, const struct attempt *attempt,
    struct explain_change *ret)
{
	const struct made *reason =
	    explain_text(search, attempt->block, CONDITION_REASON);
	const struct made *ticket =
	    explain_text(search, attempt->block, CONDITION_TICKET);

	ret->reason = reason->text;
	ret->ticket = ticket->text;
	return ret->reason != NULL || ret->ticket != NULL;
}

/* Not before the password: which levels there are is the host's, not theirs. */
bool
explain_make_level(struct search *search, const struct attempt *attempt,
    struct explain_change *ret)
{
	const struct facts *facts = search->facts;
	const struct condition *at;
	bool is_reached = level_is_reached(facts, 1, 0);

	ret->level = explain_level(search, attempt->block);
	for (size_t i = 0;
	     (at = explain_asked(search, attempt->block, i)) != NULL; i++)
		if (at->kind == CONDITION_MFA)
			is_reached = is_reached && level_is_reached(facts,
			                               at->level, at->span_s);
	if (is_reached || facts->phase != PHASE_FINAL)
		return false;
	return !facts->auth.max_level.known ||
	       facts->auth.max_level.n >= ret->level;
}

/* Whether all conditions of one kind of the gate and the block hold. */
static bool
do_hold(const struct search *search, size_t block, const struct facts *facts,
    enum condition_kind kind)
{
	struct request request = search->request;
	const struct condition *at;
	const char *unknown;

	request.facts = facts;
	for (size_t i = 0; (at = explain_asked(search, block, i)) != NULL; i++)
		if (at->kind == kind &&
		    fit_condition(&request, at, &unknown) != FACT_TRUE)
			return false;
	return true;
}

/* A host of that network, and how the network is written. */
static void
write_net(const struct net *net, char host[64], char name[64])
{
	uint8_t bytes[16];
	size_t len = net->is_v6 ? 16 : 4;
	int family = net->is_v6 ? AF_INET6 : AF_INET;

	if (net->is_local) {
		(void)snprintf(host, 64, "local");
		(void)snprintf(name, 64, "local");
		return;
	}
	memcpy(bytes, net->address, sizeof(bytes));
	(void)inet_ntop(family, bytes, name, 48);
	if (net->bits < len * 8) {
		size_t at = strlen(name);

		(void)snprintf(name + at, 64 - at, "/%u", net->bits);
		bytes[len - 1] |= 1;
	}
	(void)inet_ntop(family, bytes, host, 64);
}

/* Networks lie within each other or apart: one named here fits, or none. */
static bool
find_net(struct search *search, size_t block, struct explain_change *ret)
{
	struct facts facts = *search->facts;
	const struct condition *at;
	char host[64], name[64];

	facts.session.source = host;
	for (size_t i = 0; (at = explain_asked(search, block, i)) != NULL; i++)
		for (size_t k = 0;
		     at->kind == CONDITION_SOURCE && k < at->nets_n; k++) {
			write_net(&at->nets[k], host, name);
			if (!do_hold(search, block, &facts, CONDITION_SOURCE))
				continue;
			ret->source =
			    arena_text(search->arena, host, strlen(host));
			ret->net =
			    arena_text(search->arena, name, strlen(name));
			return ret->source != NULL && ret->net != NULL;
		}
	return false;
}

bool
explain_make_session(struct search *search, const struct attempt *attempt,
    struct explain_change *ret)
{
	size_t block = attempt->block;

	ret->needs_tty = !do_hold(search, block, search->facts, CONDITION_TTY);
	if (!do_hold(search, block, search->facts, CONDITION_SOURCE) &&
	    !find_net(search, block, ret))
		return false;
	return ret->needs_tty || ret->source != NULL;
}

static bool
block_asks(const struct glass *block, enum condition_kind kind)
{
	for (size_t i = 0; i < block->asks_n; i++)
		for (size_t k = 0; k < block->asks[i].conditions_n; k++)
			if (block->asks[i].conditions[k].kind == kind)
				return true;
	return false;
}

/* The name, with a text where the block itself asks for one. */
bool
explain_make_glass(struct search *search, const struct attempt *attempt,
    struct explain_change *ret)
{
	const struct glass *block = search->blocks[attempt->block];
	const struct made *text;

	ret->glass = block->name;
	if ((attempt->kinds & 1u << EXPLAIN_TEXT) != 0)
		return true;
	text = explain_text(search, attempt->block, CONDITION_REASON);
	if (block_asks(block, CONDITION_REASON) && text->is_needed &&
	    (ret->reason = text->text) == NULL)
		return false;
	text = explain_text(search, attempt->block, CONDITION_TICKET);
	return !block_asks(block, CONDITION_TICKET) || !text->is_needed ||
	       (ret->ticket = text->text) != NULL;
}

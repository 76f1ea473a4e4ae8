/* SPDX-License-Identifier: ISC */
/*
 * The installed policy as the keeper uses it: read whole from one descriptor
 * at every request, its hash held against the mark that install left, and
 * asked with facts that come from the kernel, the courier and PAM.
 */
#ifndef WARDER_KEEPER_RULES_H
#define WARDER_KEEPER_RULES_H

#include <stdint.h>

#include "base/conf.h"
#include "keeper/identity.h"
#include "keeper/people.h"
#include "keeper/view.h"
#include "policy/installed.h"
#include "policy/policy.h"
#include "state/state.h"
#include "wire/person.h"

struct rules {
	struct policy *policy;
	uint8_t hash[INSTALLED_HASH_LEN]; /* `pol` */
	const struct caller *caller;      /* borrowed */
	const char *host;                 /* borrowed; NULL: not known */
	struct people people;
	struct policy_org org; /* the one looked at; alias NULL: none yet */
};

void rules_clear(struct rules *rules);

/*
 * Reads and checks the policy alone. DONE, or MISCONFIGURED with the local
 * code in *ret_word. `state` may be NULL only where nothing is decided.
 */
WARDER_MUST_CHECK enum reason rules_read(struct rules *rules, const char *path,
    struct state *state, const char **ret_word);

/* The same, and the caller's groups now. */
WARDER_MUST_CHECK enum reason rules_load(struct rules *rules, const char *path,
    struct state *state, const struct caller *caller, const char **ret_word);

/* Key name of an organization id, or NULL if no block has it. */
const char *rules_key_of(const struct rules *rules, const char *org_id);

/* Of the organization looked at; "" before rules_pick(). */
const char *rules_org_id(const struct rules *rules);
const char *rules_key_name(const struct rules *rules);
const char *rules_account(const struct rules *rules); /* the caller's, or "" */

/*
 * Steps 1 to 5 for this organization (alias or id). GO_ON: it is looked at
 * from now on. ENDED: *result says what an outsider or a stranger is told.
 */
WARDER_MUST_CHECK int rules_pick(struct rules *rules, const char *org,
    enum facts_verb verb, struct person_result *result);

/* What is asked; zero is unknown or not given. */
struct question {
	enum facts_phase phase;
	const struct subject *subject; /* NULL: the caller is meant */
	int64_t at_ms;                 /* an instant that is supposed; 0: now */
	enum facts_verb verb;
	const struct view *view; /* the gate */
	/* With what it is asked for; NULL: not given. */
	const char *reason, *ticket, *glass;
	uint8_t level;           /* proven, 0 none */
	uint64_t age_s;          /* since when */
	const struct conf *conf; /* for the highest level there is */
};

/* Somebody else than the caller, whose session nobody knows. */
struct subject {
	bool is_known; /* a user of this host */
	uint32_t uid;
};

/* Facts, and what they point to besides rules and question. */
struct rules_facts {
	struct facts facts;
	struct facts_source sources[FACTS_SOURCES_MAX];
	char handle[2 * GATE_HASH_LEN + 1];
};

void rules_facts(const struct rules *rules, const struct question *question,
    struct rules_facts *ret);

/* ENOMEM: no decision, which is no. The caller clears *ret_verdict. */
WARDER_MUST_CHECK int rules_decide(const struct rules *rules,
    const struct question *question, struct verdict *ret_verdict);

/* Highest level for which the configuration names a service. */
uint8_t rules_max_level(const struct conf *conf);

/* Fills a result from a verdict that is no permit. Returns ENDED. */
int rules_end(const struct verdict *verdict, struct person_result *result);

#endif

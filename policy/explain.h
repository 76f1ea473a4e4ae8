/* SPDX-License-Identifier: ISC */
/*
 * What would turn a deny into a permit, or into a vote that counts: the
 * smallest sets of changes, found by the very decision that said no. Each way
 * was applied to the facts and seen to flip it, and no part of it does. Pure.
 */
#ifndef WARDER_POLICY_EXPLAIN_H
#define WARDER_POLICY_EXPLAIN_H

#include "policy/policy.h"

#define EXPLAIN_WAYS_MAX 5
#define EXPLAIN_SIZE_MAX 3 /* changes of a way */
#define EXPLAIN_PEOPLE_MAX 10
#define EXPLAIN_EVALUATIONS 20000u
#define EXPLAIN_DAYS 400

/* In the order in which ways of one size are told. */
enum explain_kind {
	EXPLAIN_PERSON = 1, /* somebody else asks */
	EXPLAIN_TEXT,       /* another reason or ticket */
	EXPLAIN_TIME,       /* later */
	EXPLAIN_MFA,        /* a stronger proof, made now */
	EXPLAIN_SESSION,    /* from a terminal, from another place */
	EXPLAIN_RUN,        /* another run */
	EXPLAIN_VOTES,      /* others vote first */
	EXPLAIN_GLASS       /* in an emergency */
};
#define EXPLAIN_KINDS 8

struct explain_person {
	uint32_t uid;
	const char *name;
};

/* What is not said stays as it is. Texts live as long as the explanation. */
struct explain_change {
	enum explain_kind kind;
	/* PERSON: any one of these; VOTES: all of these. */
	const struct explain_person *people;
	size_t people_n;
	/* TEXT, GLASS, VOTES; NULL: as it is. */
	const char *reason, *ticket;
	int64_t at_s;       /* TIME */
	uint32_t level;     /* MFA, VOTES */
	bool needs_tty;     /* SESSION */
	const char *source; /* SESSION: an address, or `local`; or NULL */
	const char *net;    /* the network that it is of */
	bool is_newest;     /* RUN */
	enum facts_trigger trigger;
	const char *branch;     /* of every source; or NULL */
	const char *started_by; /* an account that is nobody's; or NULL */
	const char *written_by; /* the same */
	const char *glass;      /* GLASS: the name of the block */
};

struct explain_way {
	struct explain_change changes[EXPLAIN_SIZE_MAX]; /* by kind */
	size_t n;
	enum verdict_kind becomes; /* PERMIT or PENDING */
};

/* 0: the usual one. */
struct explain_limits {
	uint32_t evaluations;
	uint32_t days;
};

struct explanation {
	struct verdict verdict; /* of the facts as they are */
	struct explain_way ways[EXPLAIN_WAYS_MAX];
	size_t ways_n;
	uint32_t evaluations; /* decisions that were made */
	bool is_cut;          /* not all sets, people or instants were tried */
	/* Asked for, but no text could be made up that fits all patterns. */
	bool is_reason_unmade, is_ticket_unmade;
	void *own;
};

/*
 * 0: *ret is filled (explanation_clear() it), also where there is no way.
 * ENOMEM. `limits` NULL: the usual ones. Borrows policy and facts.
 */
WARDER_MUST_CHECK int policy_explain(const struct policy *policy,
    const struct facts *facts, const struct explain_limits *limits,
    struct explanation *ret);
void explanation_clear(struct explanation *explanation);
#define auto_explanation __attribute__((cleanup(explanation_clear)))

/* Facts with changes, and what they point to. */
struct explain_facts {
	struct facts facts;
	struct facts_source sources[FACTS_SOURCES_MAX];
	const char *author[1];
	struct facts_vote votes[FACTS_VOTES_MAX];
	char hosts[FACTS_VOTES_MAX][16];
	struct facts_glass glass[FACTS_GLASS_MAX];
};

/*
 * Applies changes in their order; of the people of a PERSON the one with
 * that number. Borrows both. False: they do not fit these facts.
 */
bool explain_apply(const struct explain_change *changes, size_t n,
    size_t person, const struct facts *facts, struct explain_facts *ret);

#endif

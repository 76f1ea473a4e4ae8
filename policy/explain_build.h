/* SPDX-License-Identifier: ISC */
/* The search for ways: what it knows, and how a change is made up. Private. */
#ifndef WARDER_POLICY_EXPLAIN_BUILD_H
#define WARDER_POLICY_EXPLAIN_BUILD_H

#include "policy/explain.h"
#include "policy/fit.h"

#define ELIGIBLE_MAX 256
#define SEATED_MAX 64
#define TEXTS_FAILED_MAX 8 /* each may have taken long */
#define INSTANTS_MAX 4096
#define EXPLAIN_REASON_SIZE 257 /* what a client sends at most, and a NUL */
#define EXPLAIN_TICKET_SIZE 65

/* A text once made up, or not. */
struct made {
	bool is_tried, is_asked, is_needed;
	const char *text; /* NULL: none could be made up */
};

/* An instant at which something may change. */
struct instant {
	int64_t at_s;
	bool is_clear; /* no window and no calendar is in the way */
};

struct search {
	const struct policy *policy;
	const struct facts *facts;
	struct explanation *ret;
	struct arena *arena;
	struct request request; /* of the facts as they are */
	/* Of this gate: what is asked, what denies, which blocks there are. */
	const struct condition **asked;
	size_t asked_n;
	const struct condition **quorums;
	size_t quorums_n;
	const struct statement **denials;
	size_t denials_n;
	const struct glass *blocks[GLASS_MAX + 1]; /* 0: the one asked for */
	size_t blocks_n;
	struct made reasons[GLASS_MAX + 1], tickets[GLASS_MAX + 1];
	const struct statement **delegates;
	size_t delegates_n;
	const struct facts_person *eligible[ELIGIBLE_MAX];
	size_t eligible_n;
	struct instant *instants;
	size_t instants_n;
	bool are_instants_cut;
	int64_t until_s;
	struct explain_facts *room;
	const struct facts_person *seated[SEATED_MAX];
	size_t seated_n;
	struct explain_person voters[SEATED_MAX]; /* of one attempt */
	unsigned int texts_failed;
	uint32_t left; /* decisions that may still be made */
	bool is_over;  /* one more was asked for */
	int r;
};

/* One set of changes in the making. */
struct attempt {
	unsigned int kinds; /* 1u << enum explain_kind */
	size_t block;       /* 0: the one asked for, which may be none */
	struct explain_person person;
	struct explain_change changes[EXPLAIN_SIZE_MAX];
	size_t n;
};

struct outcome {
	enum verdict_kind kind;
	bool is_who;     /* refused for who asks */
	bool is_in_time; /* it may be another answer at another time */
};

static inline bool
outcome_is_yes(const struct outcome *outcome)
{
	return outcome->kind == VERDICT_PERMIT ||
	       outcome->kind == VERDICT_PENDING;
}

/*
 * Decides with the changes applied. False: nothing was decided, for the
 * search is over or has failed (r).
 */
bool explain_decide(struct search *search, const struct explain_change *changes,
    size_t n, size_t person, struct outcome *ret);

/* explain_asked.c. ENOMEM. */
WARDER_MUST_CHECK int explain_look(struct search *search);
/* Conditions of the gate and of a block, by number from 0; NULL: no more. */
const struct condition *explain_asked(
    const struct search *search, size_t block, size_t n);
/* The highest level asked for, at least 1. */
uint32_t explain_level(const struct search *search, size_t block);
/* A text in the place of that of the facts. */
const struct made *explain_text(
    struct search *search, size_t block, enum condition_kind kind);

/* explain_time.c. */
WARDER_MUST_CHECK int explain_instants(struct search *search);
/* Puts the first instant at which the attempt flips into its change. */
bool explain_first_instant(struct search *search, struct attempt *attempt,
    struct explain_change *change);

/*
 * Fill *ret (zeroed but for its kind); false: there is nothing that this kind
 * of change could change. `now` are the facts with those before it.
 */
bool explain_make_text(struct search *search, const struct attempt *attempt,
    struct explain_change *ret);
bool explain_make_level(struct search *search, const struct attempt *attempt,
    struct explain_change *ret);
bool explain_make_session(struct search *search, const struct attempt *attempt,
    struct explain_change *ret);
bool explain_make_glass(struct search *search, const struct attempt *attempt,
    struct explain_change *ret);
bool explain_make_run(struct search *search, const struct attempt *attempt,
    const struct facts *now, struct explain_change *ret);

/* explain_people.c. All who have a seat vote, then no more than it takes. */
void explain_find_eligible(struct search *search);
void explain_find_seated(struct search *search);
bool explain_make_votes(struct search *search, const struct attempt *attempt,
    struct explain_change *ret);
void explain_fewer_votes(
    struct search *search, struct attempt *attempt, size_t votes);

#endif

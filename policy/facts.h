/* SPDX-License-Identifier: ISC */
/*
 * What a decision is made from: one struct, filled by the keeper (or from a
 * JSON case by warderctl), borrowed while deciding. Unknown is a value of its
 * own everywhere, and it is the zero value: what nobody filled in is unknown
 * and never helps. Pure.
 */
#ifndef WARDER_POLICY_FACTS_H
#define WARDER_POLICY_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FACTS_PEOPLE_MAX 4096
#define FACTS_SOURCES_MAX 64
#define FACTS_AUTHORS_MAX 1024
#define FACTS_VOTES_MAX 256
#define FACTS_GLASS_MAX 1024

enum fact {
	FACT_UNKNOWN = 0,
	FACT_FALSE,
	FACT_TRUE
};

/* A number that may be unknown. */
struct fact_number {
	bool known;
	uint64_t n;
};

enum facts_phase {
	PHASE_FIRST = 1,
	PHASE_FINAL
};
enum facts_verb {
	VERB_PASS = 1,
	VERB_REFUSE,
	VERB_VIEW,
	VERB_REVIEW
};

/* How far the look at the gate came. */
enum facts_found {
	FOUND_UNKNOWN = 0,
	FOUND_NOTHING,
	FOUND_PIPELINE,
	FOUND_RUN,
	FOUND_GATE
};

enum facts_trigger {
	TRIGGER_UNKNOWN = 0,
	TRIGGER_MANUAL,
	TRIGGER_SCHEDULE,
	TRIGGER_PUSH,
	TRIGGER_PIPELINE,
	TRIGGER_WEBHOOK
};

/* Texts: NULL is unknown, "" is known to be nothing. */
struct facts_person {
	uint32_t uid;
	const char *name; /* NULL: none, or name and uid disagree */
	bool groups_known;
	const char *const *groups; /* names */
	size_t groups_n;
};

struct facts_source {
	const char *repo, *branch, *commit;
	bool authors_known;
	const char *const *authors; /* addresses or account ids */
	size_t authors_n;
};

struct facts_vote {
	struct fact_number uid, age_s, level;
	const char *handle, *host, *reason, *ticket;
};

struct facts_glass {
	const char *name;
	struct fact_number uid, age_s;
	enum fact reviewed;
};

struct facts {
	enum facts_phase phase;
	enum facts_verb verb;
	struct {
		bool known;
		int64_t now_s; /* since 1970 UTC */
		enum fact synced;
	} clock;
	struct fact_number actor_uid;
	bool actor_named;
	const struct facts_person *people;
	size_t people_n;
	/*
	 * Groups that the policy names and that do not resolve now: membership
	 * in them is unknown for everybody.
	 */
	const char *const *lost_groups;
	size_t lost_groups_n;
	struct {
		const char *tty, *source, *host;
	} session;
	struct {
		struct fact_number level, age_s, max_level;
	} auth;
	struct {
		/* Inside request NULL means "not given". */
		const char *org, *pipeline, *run, *job;
		const char *reason, *ticket, *break_glass;
		struct fact_number review;
	} request;
	struct {
		enum facts_found found;
		const char *pipeline, *stage, *job, *handle;
		enum fact key_may, newest;
		struct fact_number waiting_s;
		enum facts_trigger trigger;
		const char *trigger_account;
		bool sources_known;
		const struct facts_source *sources;
		size_t sources_n;
	} gate;
	const struct facts_vote *votes;
	size_t votes_n;
	bool glass_known; /* all uses so far are here */
	const struct facts_glass *glass;
	size_t glass_n;
};

#endif

/* SPDX-License-Identifier: ISC */
/*
 * What a decision says, and why: all reasons at once, the lines they come
 * from, what is still missing. Texts are owned by the verdict or by the
 * policy it was made from, and live as long as both. Pure.
 */
#ifndef WARDER_POLICY_VERDICT_H
#define WARDER_POLICY_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Zero is no; yes is far away from it. */
enum verdict_kind {
	VERDICT_DENY = 0,
	VERDICT_ERROR = 1,
	VERDICT_PENDING = 0x2e9d47b3,
	VERDICT_PERMIT = 0x5a3c96e1
};

struct verdict_rule {
	const char *file; /* "policy", or the path of an included file */
	uint32_t file_at; /* its number in reading order */
	uint32_t line, col;
	const char *text; /* the statement as it is written */
};

struct verdict_reason {
	const char *local_code, *code;
	const char *file; /* NULL: built in, no line */
	uint32_t line;
	const char *text;    /* of the line, "" if built in */
	const char *message; /* `because`, or a short English text */
	const char *unknown; /* the facts that were unknown, "" none */
};

#define VERDICT_RULES_MAX 256
#define VERDICT_REASONS_MAX 256
#define VERDICT_TEXTS_MAX 32
#define VERDICT_QUORUMS_MAX 16
#define VERDICT_SEATS_MAX 16

/* A quorum that is open: who sits, and which seats are empty. */
struct verdict_quorum {
	const char *file;
	uint32_t line, need;                 /* seats */
	const char *have[VERDICT_SEATS_MAX]; /* names, in order of the seats */
	size_t have_n;
	struct {
		uint32_t count;
		const char *of; /* a group's name or a role */
		bool is_role;
	} open[VERDICT_SEATS_MAX];
	size_t open_n;
};

struct verdict {
	enum verdict_kind kind;
	const char *code;       /* "" for permit and pending */
	const char *local_code; /* "" for permit */
	enum reason exit;
	const struct verdict_rule *rule; /* primary, or NULL */
	struct verdict_rule *rules;
	size_t rules_n;
	struct verdict_reason *blocking;
	size_t blocking_n;
	struct {
		uint32_t mfa;     /* highest level asked, 0 none */
		uint32_t fresh_s; /* smallest, 0 none */
		const char *reason[VERDICT_TEXTS_MAX]; /* patterns */
		size_t reason_n;
		const char *ticket[VERDICT_TEXTS_MAX];
		size_t ticket_n;
		struct verdict_quorum *quorum;
		size_t quorum_n;
	} missing;
	const char *roles[4]; /* of the actor in this organization */
	size_t roles_n;
	const char *via[VERDICT_TEXTS_MAX]; /* for whom the actor stands in */
	size_t via_n;
	void *own; /* memory behind all of it */
};

/* Frees what a verdict holds and zeroes it (which is a deny). */
void verdict_clear(struct verdict *verdict);
#define auto_verdict __attribute__((cleanup(verdict_clear)))

#endif

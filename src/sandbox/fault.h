/* SPDX-License-Identifier: ISC */
/*
 * Faults on demand: which request one applies to, whether the call still
 * acts, how the answer is spoilt and how it is sent. Faults meet only
 * requests that passed every check of the gateway.
 */
#ifndef WARDER_SANDBOX_FAULT_H
#define WARDER_SANDBOX_FAULT_H

#include "sandbox/sandbox.h"

enum acts {
	ACTS_NO,
	ACTS_YES,
	ACTS_CHOICE, /* args.acts says, else no */
	ACTS_LATER,  /* args.ms later */
};

enum send {
	SEND_WHOLE = 0,
	SEND_NOTHING,
	SEND_RESET,
	SEND_CUT,
	SEND_LONG,
	SEND_EXTRA,
	SEND_DRIP,
	SEND_ENDLESS,
	SEND_ENDLESS_HEADERS,
	SEND_HUGE_HEADERS,
	SEND_STATUS_LINE,
};

/* What a spoiler sees. args is an object, perhaps an empty one. */
struct spoil {
	const struct sandbox *s;
	const struct req *r;
	const cJSON *args;
};

struct fault_kind {
	const char *name;
	enum acts acts;
	enum send send;
	void (*spoil)(struct answer *a, const struct spoil *by);
};

/* What to do with one request; kind NULL: nothing is wrong with it. */
struct plan {
	const struct fault_kind *kind;
	cJSON *args; /* owned */
};

/* Arms a fault that control sent; -1 with ret_why: it was not understood. */
int faults_add(struct sandbox *s, const cJSON *order, struct text *ret_why);
void faults_clear(struct fault **f);
/* The first armed fault that fits, used up by one. */
struct plan faults_take(struct sandbox *s, const struct req *r);
void plan_free(struct plan *p);

bool plan_acts(const struct plan *p);
/* args.NAME, or otherwise where there is none. */
int64_t plan_number(const cJSON *args, const char *name, int64_t otherwise);

/* The table, for faults_add and the manual's test. */
const struct fault_kind *fault_kinds(size_t *ret_n);

/* Spoilers, in spoil.c (whole answers) and twist.c (pieces of JSON). */
void spoil_html_200(struct answer *a, const struct spoil *by);
void spoil_html_502(struct answer *a, const struct spoil *by);
void spoil_xml_400(struct answer *a, const struct spoil *by);
void spoil_empty_200(struct answer *a, const struct spoil *by);
void spoil_status_204(struct answer *a, const struct spoil *by);
void spoil_false(struct answer *a, const struct spoil *by);
void spoil_false_nothing(struct answer *a, const struct spoil *by);
void spoil_contradiction(struct answer *a, const struct spoil *by);
void spoil_5xx(struct answer *a, const struct spoil *by);
void spoil_nonce_used(struct answer *a, const struct spoil *by);
void spoil_throttle(struct answer *a, const struct spoil *by);
void spoil_throttle_bare(struct answer *a, const struct spoil *by);
void spoil_redirect(struct answer *a, const struct spoil *by);
void spoil_clock(struct answer *a, const struct spoil *by);
void spoil_gzip(struct answer *a, const struct spoil *by);
/* Of any kind: args.request_id in the body, args.header_id in the head only. */
void spoil_request_id(struct answer *a, const struct spoil *by);
void twist_types(struct answer *a, const struct spoil *by);
void twist_nothing(struct answer *a, const struct spoil *by);
void twist_other_run(struct answer *a, const struct spoil *by);
void twist_vanish(struct answer *a, const struct spoil *by);
void twist_dup_keys(struct answer *a, const struct spoil *by);
void twist_nul(struct answer *a, const struct spoil *by);
void twist_deep(struct answer *a, const struct spoil *by);
void twist_bad_utf8(struct answer *a, const struct spoil *by);
void twist_bom(struct answer *a, const struct spoil *by);
void twist_surrogate(struct answer *a, const struct spoil *by);
void twist_control(struct answer *a, const struct spoil *by);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * Single facts out of a tree, in the form of the wire, and where they go.
 * For answer.c and the files with one function a call.
 */
#ifndef WARDER_COURIER_FACTS_H
#define WARDER_COURIER_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "courier/answer.h"
#include "courier/json.h"

/*
 * Counts what it hands on. `sink` NULL: only counts, to see first whether
 * all of it fits.
 */
struct facts {
	const struct answer_sink *sink;
	const struct reply *reply;
	enum courier_api api;
	uint32_t items;
	size_t bytes;
};

/* ETOOBIG: above a limit of the wire. Else an error of the sink. */
WARDER_MUST_CHECK int facts_take(struct facts *facts, const struct item *item);

/*
 * The walk over one call's answer; `root` is its payload. EFORM: of another
 * shape, nothing of it counts.
 */
typedef int facts_walk(struct facts *facts, const cJSON *root);
facts_walk facts_run, facts_runs, facts_pipelines, facts_pipeline,
    facts_members, facts_resource_members, facts_organizations, facts_whoami,
    facts_repository, facts_commit, facts_compare;

/* The first of two names that is there with that type. `other` may be NULL. */
const char *facts_text(
    const cJSON *object, const char *name, const char *other);

/* "" if there is none, or longer than `size` allows: it names nobody then. */
void facts_id(char *ret, size_t size, const char *text);

/* The same, and "" unless it is a number from 1 on (pipeline, run, job). */
void facts_number_id(char *ret, size_t size, const char *text);

/* A text of any length; NULL is the empty one. */
void facts_txt(struct courier_txt *ret, const char *text);

/* Milliseconds since 1970; 0 if it is none. */
uint64_t facts_ms(const cJSON *object, const char *name);

/* A small number; 255 and above, and what is none, is 0. */
uint8_t facts_small(const cJSON *object, const char *name);

/* TRI_TRUE and TRI_FALSE for the two words only. */
uint8_t facts_tri(const cJSON *value);

/*
 * A text that says no more than that there is nothing: NULL, the word null,
 * or nothing but space, quotation marks and backslashes.
 */
bool facts_says_nothing(const char *text);

#endif

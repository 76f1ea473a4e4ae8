/* SPDX-License-Identifier: ISC */
/*
 * The four ids that name a gate. A run id is only an ordinal inside its
 * pipeline, so a wrong pipeline id names another real run: the ids travel in
 * one struct with named members, never as texts in a row. Pure.
 */
#ifndef WARDER_YUNXIAO_IDS_H
#define WARDER_YUNXIAO_IDS_H

#include <stdbool.h>

#include "base/err.h"

#define ID_ORG_MAX 64
#define ID_NUMBER_MAX 19

/* "" where nothing was given. */
struct gate_ids {
	char org[ID_ORG_MAX + 1];
	char pipeline[ID_NUMBER_MAX + 1];
	char run[ID_NUMBER_MAX + 1];
	char job[ID_NUMBER_MAX + 1];
};

/* How many of the four a caller needs. */
enum ids_depth {
	IDS_ORG = 1,
	IDS_PIPELINE,
	IDS_RUN,
	IDS_JOB
};

/* Which API an endpoint speaks; the numbers of the sealed record. */
enum api {
	API_NONE = 0,
	API_SIGNED = 1, /* devops 2021-06-25 */
	API_TOKEN = 2,  /* token, central */
	API_REGION = 3  /* token, region edition: the host is the tenant */
};

/* 1 to 64 ASCII letters and digits. */
bool id_is_org(const char *text);

/* Pipeline, run and job: decimal, 1 to 2^63-1, no leading zero. */
bool id_is_number(const char *text);

/* Of two such texts the longer is the greater; "" is less than all. */
bool id_is_greater(const char *a, const char *b);

/* Account ids: 1 to 20 decimal digits; they are texts, never numbers. */
bool id_is_account(const char *text);

/* EFORM unless every id down to `depth` is there and well formed. */
WARDER_MUST_CHECK int ids_check(
    const struct gate_ids *ids, enum ids_depth depth);

bool ids_are_equal(const struct gate_ids *a, const struct gate_ids *b);

#endif

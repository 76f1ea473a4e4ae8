/* SPDX-License-Identifier: ISC */
/*
 * An answer before it is sent: a JSON tree as long as faults may still
 * change it, then bytes. Knows the three shapes of error bodies.
 */
#ifndef WARDER_SANDBOX_ANSWER_H
#define WARDER_SANDBOX_ANSWER_H

#include <cjson/cJSON.h>

#include "sandbox/req.h"

/* One row of the table of error codes. */
struct fail {
	int http;
	const char *code, *text;
};

struct answer {
	int status;
	cJSON *json; /* NULL once printed, or where the body is no JSON */
	struct text body;
	const char *type;     /* Content-Type, static */
	struct pairs headers; /* besides Content-Type, Date, request id */
	char request_id[37];
	int64_t date_off_s; /* what the Date header is off by */
	bool is_token;      /* of the token API: no envelope, its own errors */
};

/* Gives the answer its request id. */
void answer_start(struct answer *a);
void answer_free(struct answer *a);

/*
 * 200 with an envelope that says yes; returns the tree for the payload. In
 * the token API the bare word true, which takes none.
 */
cJSON *answer_yes(struct answer *a);
/* 200 with that tree, which it takes, and nothing around it. */
void answer_bare(struct answer *a, cJSON *payload);
/* The tree as an object: a bare word becomes the member `success`. */
cJSON *answer_object(struct answer *a);
/* The envelope with success false, or the token API's error. */
void answer_no(struct answer *a, const struct fail *why);
/* The gateway's own error. */
void answer_gateway(
    struct answer *a, const struct req *r, const struct fail *why);
/* A body that is taken as it stands. */
void answer_plain(
    struct answer *a, int status, const char *type, const char *body);
/* The tree becomes bytes. */
void answer_print(struct answer *a);

/* A number of up to 64 bits from its digits. */
void answer_add_long(cJSON *to, const char *name, const char *digits);

#endif

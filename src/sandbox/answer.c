/* SPDX-License-Identifier: ISC */
/*
 * Builds answers in the shapes that the service has: the envelope of a
 * business call, the error of the gateway in front of it, and the bare
 * answers and errors of the token API.
 */
#include "config.h"

#include <gnutls/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/answer.h"

void
answer_start(struct answer *a)
{
	unsigned char b[16];

	memset(a, 0, sizeof(*a));
	if (gnutls_rnd(GNUTLS_RND_NONCE, b, sizeof(b)) != 0)
		abort();
	snprintf(a->request_id, sizeof(a->request_id),
	    "%02X%02X%02X%02X-%02X%02X-5%01X%02X-%02X%02X-"
	    "%02X%02X%02X%02X%02X%02X",
	    b[0], b[1], b[2], b[3], b[4], b[5], b[6] & 15, b[7],
	    (b[8] & 0x3f) | 0x80, b[9], b[10], b[11], b[12], b[13], b[14],
	    b[15]);
	a->status = 200;
	a->type = "application/json;charset=utf-8";
}

void
answer_free(struct answer *a)
{
	cJSON_Delete(a->json);
	text_free(&a->body);
	pairs_free(&a->headers);
	memset(a, 0, sizeof(*a));
}

static void
reset_to(struct answer *a, int status, cJSON *json)
{
	cJSON_Delete(a->json);
	a->json = json;
	a->status = status;
	a->type = "application/json;charset=utf-8";
	text_clear(&a->body);
}

cJSON *
answer_yes(struct answer *a)
{
	if (a->is_token) {
		answer_bare(a, cJSON_CreateTrue());
		return a->json;
	}
	reset_to(a, 200, cJSON_CreateObject());
	cJSON_AddStringToObject(a->json, "requestId", a->request_id);
	/* The help page prints two quotation marks for "no error". */
	cJSON_AddStringToObject(a->json, "errorMessage", "\"\"");
	cJSON_AddTrueToObject(a->json, "success");
	cJSON_AddStringToObject(a->json, "errorCode", "\"\"");
	return a->json;
}

void
answer_bare(struct answer *a, cJSON *payload)
{
	reset_to(a, 200, payload);
}

cJSON *
answer_object(struct answer *a)
{
	cJSON *word = a->json;

	if (!cJSON_IsBool(word))
		return word;
	a->json = cJSON_CreateObject();
	cJSON_AddItemToObject(a->json, "success", word);
	return a->json;
}

/* Three names of the text were seen; each status sticks to one here. */
static void
token_no(struct answer *a, const struct fail *why)
{
	const char *text = why->http == 403   ? "errorDescription"
	                   : why->http == 429 ? "message"
	                                      : "errorMessage";

	reset_to(a, why->http, cJSON_CreateObject());
	cJSON_AddStringToObject(a->json, "errorCode", why->code);
	cJSON_AddStringToObject(a->json, text, why->text);
	if (why->http < 300)
		cJSON_AddFalseToObject(a->json, "success");
}

void
answer_no(struct answer *a, const struct fail *why)
{
	if (a->is_token) {
		token_no(a, why);
		return;
	}
	reset_to(a, why->http, cJSON_CreateObject());
	cJSON_AddStringToObject(a->json, "requestId", a->request_id);
	cJSON_AddStringToObject(a->json, "errorMessage", why->text);
	cJSON_AddFalseToObject(a->json, "success");
	cJSON_AddStringToObject(a->json, "errorCode", why->code);
}

void
answer_gateway(struct answer *a, const struct req *r, const struct fail *why)
{
	const char *host = pairs_header(&r->headers, "host");
	struct text help = { 0 };

	if (a->is_token) {
		token_no(a, why);
		return;
	}
	text_printf(&help,
	    "https://api.aliyun.com/troubleshoot?q=%s&product=devops",
	    why->code);
	reset_to(a, why->http, cJSON_CreateObject());
	cJSON_AddStringToObject(a->json, "RequestId", a->request_id);
	cJSON_AddStringToObject(a->json, "HostId", host != NULL ? host : "");
	cJSON_AddStringToObject(a->json, "Code", why->code);
	cJSON_AddStringToObject(a->json, "Message", why->text);
	cJSON_AddStringToObject(a->json, "Recommend", help.s);
	text_free(&help);
}

void
answer_plain(struct answer *a, int status, const char *type, const char *body)
{
	reset_to(a, status, NULL);
	a->type = type;
	text_add(&a->body, body);
}

void
answer_print(struct answer *a)
{
	char *s;

	if (a->json == NULL)
		return;
	s = cJSON_PrintUnformatted(a->json);
	cJSON_Delete(a->json);
	a->json = NULL;
	text_clear(&a->body);
	text_add(&a->body, s != NULL ? s : "");
	cJSON_free(s);
}

void
answer_add_long(cJSON *to, const char *name, const char *digits)
{
	/* cJSON keeps numbers as doubles, so the digits go in as text. */
	cJSON_AddRawToObject(
	    to, name, digits != NULL && digits[0] != '\0' ? digits : "null");
}

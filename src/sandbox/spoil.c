/* SPDX-License-Identifier: ISC */
/*
 * Faults that put another answer in the place of the right one.
 */
#include "config.h"

#include "sandbox/fault.h"

#define HTML "text/html; charset=utf-8"

void
spoil_html_200(struct answer *a, const struct spoil *by)
{
	(void)by;
	answer_plain(a, 200, HTML,
	    "<!DOCTYPE html><html><head><title>Sign in</title></head>"
	    "<body>Please sign in to this network.</body></html>\n");
}

void
spoil_html_502(struct answer *a, const struct spoil *by)
{
	(void)by;
	answer_plain(a, 502, HTML,
	    "<html><body><h1>502 Bad Gateway</h1></body></html>\n");
}

void
spoil_xml_400(struct answer *a, const struct spoil *by)
{
	const char *code = get_text(by->args, "code");
	struct text t = { 0 };

	text_printf(&t,
	    "<?xml version='1.0' encoding='UTF-8'?><Error><RequestId>%s"
	    "</RequestId><HostId>sandbox</HostId><Code>%s</Code>"
	    "<Message>Not as it should be.</Message></Error>\n",
	    a->request_id, code[0] != '\0' ? code : "SignatureDoesNotMatch");
	answer_plain(a, 400, "text/xml;charset=utf-8", t.s);
	text_free(&t);
}

void
spoil_empty_200(struct answer *a, const struct spoil *by)
{
	(void)by;
	answer_plain(a, 200, "application/json;charset=utf-8", "");
}

void
spoil_status_204(struct answer *a, const struct spoil *by)
{
	(void)by;
	answer_plain(a, 204, "application/json;charset=utf-8", "");
}

static const char *
text_or(const cJSON *args, const char *name, const char *otherwise)
{
	const char *s = get_text(args, name);

	return s[0] != '\0' ? s : otherwise;
}

void
spoil_false(struct answer *a, const struct spoil *by)
{
	struct fail why = {
		(int)plan_number(by->args, "status", 200),
		text_or(by->args, "code", "Forbidden.AccessDenied"),
		text_or(by->args, "message", "The account may not do this."),
	};

	answer_no(a, &why);
}

void
spoil_false_nothing(struct answer *a, const struct spoil *by)
{
	/* Two quotation marks: how the documents print "no error". */
	struct fail why = { (int)plan_number(by->args, "status", 200), "\"\"",
		"\"\"" };

	if (a->is_token)
		answer_bare(a, cJSON_CreateFalse());
	else
		answer_no(a, &why);
}

void
spoil_contradiction(struct answer *a, const struct spoil *by)
{
	cJSON *root;

	answer_yes(a);
	root = answer_object(a);
	set_text(root, "errorCode",
	    text_or(by->args, "code", "Forbidden.AccessDenied"));
	set_text(
	    root, "errorMessage", text_or(by->args, "message", "Not allowed."));
}

void
spoil_5xx(struct answer *a, const struct spoil *by)
{
	int status = (int)plan_number(by->args, "status", 500);
	struct fail why = {
		status,
		text_or(by->args, "code",
		    status == 503 ? "ServiceUnavailable"
		    : a->is_token ? "InternalServerError"
		                  : "InternalError"),
		text_or(by->args, "message", "Try again later."),
	};

	answer_gateway(a, by->r, &why);
}

void
spoil_nonce_used(struct answer *a, const struct spoil *by)
{
	static const struct fail why = { 400, "SignatureNonceUsed",
		"Nonce was used before." };

	answer_gateway(a, by->r, &why);
}

void
spoil_throttle_bare(struct answer *a, const struct spoil *by)
{
	struct fail why = {
		(int)plan_number(by->args, "status", a->is_token ? 429 : 400),
		text_or(by->args, "code",
		    a->is_token ? "TooManyRequests" : "Throttling.User"),
		"Too many requests of this user.",
	};

	answer_gateway(a, by->r, &why);
}

void
spoil_throttle(struct answer *a, const struct spoil *by)
{
	struct text ms = { 0 };

	spoil_throttle_bare(a, by);
	text_printf(&ms, "%lld", (long long)plan_number(by->args, "ms", 1000));
	pairs_add(&a->headers, "x-acs-retry-after", ms.s);
	text_free(&ms);
}

void
spoil_redirect(struct answer *a, const struct spoil *by)
{
	struct text url = { 0 };

	text_printf(
	    &url, "https://" SANDBOX_HOST ":%u/redirected", by->s->https_port);
	answer_plain(a, (int)plan_number(by->args, "status", 302), HTML,
	    "<html><body>Moved.</body></html>\n");
	pairs_add(&a->headers, "Location", text_or(by->args, "url", url.s));
	text_free(&url);
}

void
spoil_clock(struct answer *a, const struct spoil *by)
{
	a->date_off_s = plan_number(by->args, "s", 0);
}

void
spoil_gzip(struct answer *a, const struct spoil *by)
{
	(void)by;
	pairs_add(&a->headers, "Content-Encoding", "gzip");
}

void
spoil_request_id(struct answer *a, const struct spoil *by)
{
	const char *body = get_text(by->args, "request_id");
	const char *head = get_text(by->args, "header_id");
	bool is_gateway = get(a->json, "RequestId") != NULL;

	if (body[0] != '\0' && cJSON_IsObject(a->json))
		set_text(a->json, is_gateway ? "RequestId" : "requestId", body);
	if (head[0] == '\0')
		return;
	cJSON_DeleteItemFromObjectCaseSensitive(
	    a->json, is_gateway ? "RequestId" : "requestId");
	pairs_add(&a->headers, "x-acs-request-id", head);
}

/* SPDX-License-Identifier: ISC */
/*
 * People paste what is in front of them, which now and then is a secret.
 * So the first question is whether the text may be kept at all; only then
 * what it names. A page we do not know is refused, never guessed at.
 */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "yunxiao/gate.h"
#include "yunxiao/url.h"

#define SEGMENTS_MAX 16

struct piece {
	const char *at;
	size_t len;
};

/* An address taken apart; pieces are borrowed from the text. */
struct address {
	struct piece host, query;
	struct piece segments[SEGMENTS_MAX];
	size_t n;
};

static bool
is_piece(struct piece piece, const char *word)
{
	return piece.len == strlen(word) &&
	       memcmp(piece.at, word, piece.len) == 0;
}

/* The same in any letter case, for hosts. */
static bool
is_folded(struct piece piece, const char *word)
{
	return piece.len == strlen(word) &&
	       strncasecmp(piece.at, word, piece.len) == 0;
}

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z');
}

/* A word that begins like a key id or a token; `-` and `_` do not part it. */
static bool
holds_word(const char *text, const char *start)
{
	const char *at = text;

	while ((at = strstr(at, start)) != NULL) {
		bool is_start =
		    at == text ||
		    !(is_alnum(at[-1]) || at[-1] == '_' || at[-1] == '-');

		if (is_start && is_alnum(at[strlen(start)]))
			return true;
		at++;
	}
	return false;
}

static bool
holds_folded(const char *text, const char *part)
{
	for (; *text != '\0'; text++) {
		if (strncasecmp(text, part, strlen(part)) == 0)
			return true;
	}
	return false;
}

static bool
holds_credential(const char *text)
{
	return holds_folded(text, "AccessKeyId=") ||
	       holds_folded(text, "Signature=") ||
	       holds_folded(text, "ACS3-HMAC") || holds_word(text, "LTAI") ||
	       holds_word(text, "pt-");
}

/* A segment `webhook`, or the host that serves nothing else. */
static bool
is_webhook(const char *text)
{
	const char *at = text;

	if (holds_folded(text, "flow-openapi.aliyun.com"))
		return true;
	while (*at != '\0') {
		struct piece segment = { at, strcspn(at, "/?#") };

		if (is_folded(segment, "webhook") && at != text &&
		    at[-1] == '/')
			return true;
		at += segment.len;
		if (*at != '\0')
			at++;
	}
	return false;
}

static bool
take_number(struct piece piece, char ret[ID_NUMBER_MAX + 1])
{
	char text[ID_NUMBER_MAX + 1];

	if (piece.len > ID_NUMBER_MAX)
		return false;
	memcpy(text, piece.at, piece.len);
	text[piece.len] = '\0';
	if (!id_is_number(text))
		return false;
	memcpy(ret, text, sizeof(text));
	return true;
}

static bool
take_org(struct piece piece, char ret[ID_ORG_MAX + 1])
{
	char text[ID_ORG_MAX + 1];

	if (piece.len > ID_ORG_MAX)
		return false;
	memcpy(text, piece.at, piece.len);
	text[piece.len] = '\0';
	if (!id_is_org(text))
		return false;
	memcpy(ret, text, piece.len + 1);
	return true;
}

/* One value of the query; false if the name comes twice. */
static bool
find_in_query(struct piece query, const char *name, struct piece *ret_value)
{
	const char *at = query.at, *end = query.at + query.len;
	size_t name_len = strlen(name), seen = 0;

	ret_value->at = NULL;
	while (at < end) {
		const char *stop = memchr(at, '&', (size_t)(end - at));
		size_t len = (size_t)((stop == NULL ? end : stop) - at);

		if (len >= name_len && memcmp(at, name, name_len) == 0 &&
		    (len == name_len || at[name_len] == '=')) {
			size_t skip = len == name_len ? len : name_len + 1;

			*ret_value = (struct piece){ at + skip, len - skip };
			seen++;
		}
		at += len + 1;
	}
	return seen <= 1;
}

static enum gate_form_error
split(const char *text, struct address *address)
{
	size_t len = strcspn(text, "/?#");

	if (strpbrk(text, "%\\") != NULL)
		return GATE_FORM_USER;
	address->host = (struct piece){ text, len };
	if (memchr(text, '@', len) != NULL || memchr(text, ':', len) != NULL)
		return GATE_FORM_USER;
	text += len;
	while (*text == '/') {
		len = strcspn(++text, "/?#");
		if (address->n == SEGMENTS_MAX)
			return GATE_FORM_PATHTAIL;
		address->segments[address->n++] = (struct piece){ text, len };
		text += len;
	}
	/* One slash at the end says nothing. */
	if (address->n > 0 && address->segments[address->n - 1].len == 0)
		address->n--;
	if (*text == '?')
		text++;
	address->query = (struct piece){ text, strcspn(text, "#") };
	return GATE_FORM_OK;
}

/* organizationId, wherever it stands, must not say another organization. */
static enum gate_form_error
take_query_org(const struct address *address, struct gate_text_given *given)
{
	char org[ID_ORG_MAX + 1];
	struct piece value;

	if (!find_in_query(address->query, "organizationId", &value))
		return GATE_FORM_QUERY;
	if (value.at == NULL)
		return GATE_FORM_OK;
	if (!take_org(value, org))
		return GATE_FORM_ID;
	if (given->org[0] != '\0' && strcmp(given->org, org) != 0)
		return GATE_FORM_QUERY;
	memcpy(given->org, org, sizeof(org));
	return GATE_FORM_OK;
}

static enum gate_form_error
take_query_run(
    const struct address *address, bool is_run, struct gate_text_given *given)
{
	char run[ID_NUMBER_MAX + 1];
	struct piece value;

	if (!find_in_query(address->query, "build", &value))
		return GATE_FORM_QUERY;
	if (value.at == NULL || (!is_run && given->run[0] == '\0'))
		return GATE_FORM_OK;
	if (!take_number(value, run))
		return GATE_FORM_ID;
	if (given->run[0] != '\0' && strcmp(given->run, run) != 0)
		return GATE_FORM_QUERY;
	memcpy(given->run, run, sizeof(run));
	return GATE_FORM_OK;
}

/* /pipelines/P, …/current, …/builds, …/builds/R */
static enum gate_form_error
take_flow(const struct address *address, struct gate_text_given *given)
{
	const struct piece *segments = address->segments;
	size_t n = address->n;
	enum gate_form_error e;

	if (n < 2 || n > 4 || !is_piece(segments[0], "pipelines"))
		return GATE_FORM_PATHTAIL;
	if (n == 3 && !is_piece(segments[2], "current") &&
	    !is_piece(segments[2], "builds"))
		return GATE_FORM_PATHTAIL;
	if (n == 4 && !is_piece(segments[2], "builds"))
		return GATE_FORM_PATHTAIL;
	if (!take_number(segments[1], given->pipeline) ||
	    (n == 4 && !take_number(segments[3], given->run)))
		return GATE_FORM_ID;
	if ((e = take_query_run(address, false, given)) != GATE_FORM_OK)
		return e;
	return take_query_org(address, given);
}

/* /ec/pipelines/P?build=R */
static enum gate_form_error
take_rdc(const struct address *address, struct gate_text_given *given)
{
	enum gate_form_error e;

	if (address->n != 3 || !is_piece(address->segments[0], "ec") ||
	    !is_piece(address->segments[1], "pipelines"))
		return GATE_FORM_PATHTAIL;
	if (!take_number(address->segments[2], given->pipeline))
		return GATE_FORM_ID;
	if ((e = take_query_run(address, true, given)) != GATE_FORM_OK)
		return e;
	return take_query_org(address, given);
}

/* Pages that name an organization and no gate. */
static enum gate_form_error
take_organization(const struct address *address, size_t at, bool is_hint,
    struct gate_text_given *given)
{
	enum gate_form_error e;

	if (address->n <= at ||
	    (at == 1 && !is_piece(address->segments[0], "organization")))
		return GATE_FORM_PATHTAIL;
	if (!take_org(address->segments[at], given->org))
		return GATE_FORM_ID;
	if ((e = take_query_org(address, given)) != GATE_FORM_OK)
		return e;
	given->is_org_hint = is_hint;
	return GATE_FORM_NOGATE;
}

static bool
is_region(struct piece host)
{
	static const char tail[] = ".devops.aliyuncs.com";
	const size_t len = sizeof(tail) - 1;

	return host.len > len &&
	       strncasecmp(host.at + host.len - len, tail, len) == 0;
}

static enum gate_form_error
take_address(const char *text, struct gate_text_given *given)
{
	struct address address = { .n = 0 };
	enum gate_form_error e;

	if (strncasecmp(text, "https://", 8) == 0)
		text += 8;
	else if (strncasecmp(text, "http://", 7) == 0)
		text += 7;
	else if (strstr(text, "://") != NULL &&
	         strcspn(text, ":") < strcspn(text, "/?#"))
		return GATE_FORM_SCHEME;
	given->form = GATE_FORM_ADDRESS;
	if ((e = split(text, &address)) != GATE_FORM_OK)
		return e;
	if (is_folded(address.host, "flow.aliyun.com"))
		return take_flow(&address, given);
	if (is_folded(address.host, "rdc.aliyun.com"))
		return take_rdc(&address, given);
	if (is_folded(address.host, "devops.aliyun.com"))
		return take_organization(&address, 1, false, given);
	if (is_folded(address.host, "codeup.aliyun.com"))
		return take_organization(&address, 0, true, given);
	return is_region(address.host) ? GATE_FORM_REGION : GATE_FORM_HOST;
}

/* An organization by id or by its name in the policy. */
static bool
take_org_word(struct piece piece, char ret[ID_ORG_MAX + 1])
{
	if (piece.len == 0 || piece.len > ID_ORG_MAX || !is_alnum(*piece.at))
		return false;
	for (size_t i = 0; i < piece.len; i++) {
		char c = piece.at[i];

		if (!is_alnum(c) && c != '.' && c != '-' && c != '_')
			return false;
	}
	memcpy(ret, piece.at, piece.len);
	ret[piece.len] = '\0';
	return true;
}

/* A pipeline by id, if there are only digits, else by its whole name. */
static enum gate_form_error
take_pipeline(struct piece piece, char ret[GATE_NAME_MAX + 1])
{
	if (piece.len == 0)
		return GATE_FORM_SHAPE;
	if (piece.len > GATE_NAME_MAX)
		return GATE_FORM_LONG;
	memcpy(ret, piece.at, piece.len);
	ret[piece.len] = '\0';
	if (strspn(ret, "0123456789") == piece.len && !id_is_number(ret))
		return GATE_FORM_ID;
	return GATE_FORM_OK;
}

/* ORG/PIPELINE/RUN[/JOB] */
static enum gate_form_error
take_path(const char *text, struct gate_text_given *given)
{
	struct piece parts[5];
	size_t n = 0;
	enum gate_form_error e;

	for (const char *at = text; n < 5; at += parts[n++].len + 1) {
		parts[n] = (struct piece){ at, strcspn(at, "/") };
		if (at[parts[n].len] == '\0') {
			n++;
			break;
		}
	}
	if (n != 3 && n != 4)
		return GATE_FORM_SHAPE;
	given->form = GATE_FORM_PATH;
	if (!take_org_word(parts[0], given->org))
		return GATE_FORM_SHAPE;
	if ((e = take_pipeline(parts[1], given->pipeline)) != GATE_FORM_OK)
		return e;
	if (!take_number(parts[2], given->run) ||
	    (n == 4 && !take_number(parts[3], given->job)))
		return GATE_FORM_ID;
	return GATE_FORM_OK;
}

static enum gate_form_error
take_handle(const char *text, struct gate_text_given *given)
{
	size_t len = strlen(text);

	given->form = GATE_FORM_HANDLE;
	if (gate_handle_parse(text, given->handle) == 0)
		return GATE_FORM_OK;
	return len == 12 || len == 14 ? GATE_FORM_HANDLE_BAD : GATE_FORM_SHAPE;
}

/*
 * A scheme, a port or a user part make an address, and so does a host that
 * is or pretends to be one of the vendor's. An organization may have a name
 * with dots, so other dotted words are judged by what follows.
 */
static bool
is_address(const char *text)
{
	char first[256];
	size_t len = strcspn(text, "/?#");

	if (memchr(text, ':', len) != NULL || memchr(text, '@', len) != NULL ||
	    len >= sizeof(first))
		return true;
	memcpy(first, text, len);
	first[len] = '\0';
	return strchr(first, '.') != NULL && holds_folded(first, "aliyun");
}

/* What is neither a path nor a handle, but has a dotted head, is a host. */
static enum gate_form_error
take_words(const char *text, struct gate_text_given *given)
{
	enum gate_form_error e;

	if (strchr(text, '/') == NULL && strchr(text, '.') == NULL)
		return take_handle(text, given);
	e = take_path(text, given);
	if (e != GATE_FORM_OK &&
	    memchr(text, '.', strcspn(text, "/?#")) != NULL)
		return GATE_FORM_HOST;
	return e;
}

static enum gate_form_error
take(const char *text, struct gate_text_given *given)
{
	if (text[0] == '\0')
		return GATE_FORM_EMPTY;
	if (holds_credential(text))
		return GATE_FORM_CREDENTIAL;
	if (is_webhook(text))
		return GATE_FORM_WEBHOOK;
	if (strlen(text) > GATE_TEXT_MAX)
		return GATE_FORM_LONG;
	if (!text_is_clean(text, strlen(text)))
		return GATE_FORM_SHAPE;
	if (is_address(text))
		return take_address(text, given);
	return take_words(text, given);
}

enum gate_form_error
gate_text_parse(const char *text, struct gate_text_given *ret_given)
{
	struct gate_text_given given = { .form = 0 };
	enum gate_form_error e = take(text, &given);

	memset(ret_given, 0, sizeof(*ret_given));
	if (e == GATE_FORM_OK || e == GATE_FORM_NOGATE)
		*ret_given = given;
	return e;
}

const char *
gate_form_text(enum gate_form_error e)
{
	switch (e) {
	case GATE_FORM_OK:
		return "a gate";
	case GATE_FORM_EMPTY:
		return "no gate was given";
	case GATE_FORM_SHAPE:
		return "give a handle, ORG/PIPELINE/RUN or "
		       "ORG/PIPELINE/RUN/JOB, or an address of Yunxiao Flow";
	case GATE_FORM_HANDLE_BAD:
		return "a handle is 12 letters and digits without i, l, o, u";
	case GATE_FORM_ID:
		return "an id is a number from 1 to 9223372036854775807";
	case GATE_FORM_LONG:
		return "that is too long";
	case GATE_FORM_SCHEME:
		return "only https and http addresses are read";
	case GATE_FORM_HOST:
		return "that is no address of Yunxiao Flow";
	case GATE_FORM_USER:
		return "an address with a user part, a port, % or a backslash "
		       "is not read";
	case GATE_FORM_PATHTAIL:
		return "that page of Yunxiao names no gate we know how to read";
	case GATE_FORM_QUERY:
		return "the address says two different things";
	case GATE_FORM_REGION:
		return "an address of a region edition; give the ids";
	case GATE_FORM_WEBHOOK:
		return "that address is a secret that starts pipelines";
	case GATE_FORM_CREDENTIAL:
		return "that holds a credential";
	case GATE_FORM_NOGATE:
		return "that page names an organization, but no gate";
	}
	return "no gate";
}

/* SPDX-License-Identifier: ISC */
/*
 * Value classes. A word that is not of the form its place asks for makes the
 * whole policy void; a name is never read as a number, a string never as a
 * keyword.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "policy/rules.h"

const char *const role_names[ROLES] = { "owner", "admin", "member", "viewer" };

static const char *const reserved[] = { "owner", "admin", "member", "viewer",
	"on", "to", "in", "by", "per", "from", "through", "within", "because" };

static bool
is_reserved(const char *text)
{
	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (strcmp(text, reserved[i]) == 0)
			return true;
	return false;
}

int
value_role(const char *text)
{
	for (int role = 0; role < ROLES; role++)
		if (strcmp(text, role_names[role]) == 0)
			return role;
	return -1;
}

static const char alphanumerics[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

bool
value_is_alias(const char *text)
{
	size_t len = strlen(text);

	return len >= 1 && len <= 64 && strspn(text, alphanumerics) >= 1 &&
	       strspn(text,
	           "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	           "0123456789._-") == len;
}

bool
value_is_org_id(const char *text)
{
	size_t len = strlen(text);

	return len >= 1 && len <= 64 && strspn(text, alphanumerics) == len;
}

bool
value_is_digits(const char *text)
{
	size_t len = strlen(text);

	return len >= 1 && len <= 20 && strspn(text, "0123456789") == len;
}

static bool
is_only_digits(const char *text)
{
	return text[0] != '\0' && text[strspn(text, "0123456789")] == '\0';
}

bool
value_is_address(const char *text)
{
	const char *at = strchr(text, '@');

	return at != NULL && at != text && at[1] != '\0' &&
	       strchr(at + 1, '@') == NULL;
}

static bool
is_user_name(const char *text)
{
	size_t len = strlen(text);

	return len >= 1 && len <= 256 && strchr("@-+%!", text[0]) == NULL &&
	       strpbrk(text, "/:,=;*?!()<>&|'") == NULL;
}

int
take_name(struct words *words, const char **ret)
{
	const struct token *token;
	size_t len;
	int r;

	if ((r = words_take(words, &token)) != 0)
		return r;
	len = strlen(token->text);
	if (token->kind != TOKEN_WORD || len > 64 || is_reserved(token->text) ||
	    strpbrk(token->text, "/:,=@*?!;$'()<>&|") != NULL)
		return words_wrong(
		    words, token, "bad_value", "this is not a name");
	*ret = token->text;
	return WARDER_OK;
}

size_t
principal_number(struct policy *policy, enum principal_kind kind,
    const char *name, uint32_t uid, const struct token *token)
{
	struct principal *more;

	for (size_t i = 0; i < policy->principals_n; i++) {
		const struct principal *at = &policy->principals[i];

		if (at->kind == kind && at->uid == uid &&
		    (name == NULL || strcmp(at->name, name) == 0))
			return i;
	}
	more = policy_grow(policy->arena, policy->principals,
	    &policy->principals_n, &policy->principals_cap, sizeof(*more));
	if (more == NULL)
		return SIZE_MAX;
	policy->principals = more;
	more[policy->principals_n - 1] =
	    (struct principal){ kind, name, uid, token->line, token->col };
	return policy->principals_n - 1;
}

static int
uid_of(struct words *words, const struct token *token, const char *text,
    size_t *ret_principal)
{
	uint64_t uid;

	if (text_parse_number(text, UINT32_MAX - 1, &uid) != 0 || uid == 65534)
		return words_wrong(words, token, "bad_value",
		    "this is not a uid that a person can have");
	*ret_principal = principal_number(
	    words->policy, PRINCIPAL_UID, NULL, (uint32_t)uid, token);
	return WARDER_OK;
}

static bool
has_prefix(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

int
principal_of_text(struct words *words, const struct token *token,
    const char *text, bool is_string, bool groups_too, size_t *ret_principal)
{
	enum principal_kind kind = PRINCIPAL_USER;
	bool is_plain = false, is_good;
	int r = WARDER_OK;

	if (!is_string && has_prefix(text, "uid:")) {
		r = uid_of(words, token, text + 4, ret_principal);
		return r != 0                       ? r
		       : *ret_principal == SIZE_MAX ? WARDER_ENOMEM
		                                    : WARDER_OK;
	}
	if (!is_string && has_prefix(text, "user:")) {
		text += 5;
	} else if (!is_string && has_prefix(text, "group:")) {
		text += 6;
		kind = PRINCIPAL_GROUP;
	} else if (!is_string && text[0] == '@') {
		text += 1;
		kind = PRINCIPAL_GROUP;
		is_plain = true;
	} else {
		is_plain = !is_string;
	}
	is_good = is_user_name(text) && (kind == PRINCIPAL_USER || groups_too);
	if (is_plain && (is_only_digits(text) ||
	                    (kind == PRINCIPAL_USER && is_reserved(text))))
		is_good = false;
	if (!is_good)
		return words_wrong(words, token, "bad_value",
		    "this does not name a person or a group");
	*ret_principal = principal_number(words->policy, kind, text, 0, token);
	return *ret_principal == SIZE_MAX ? WARDER_ENOMEM : WARDER_OK;
}

int
take_person(
    struct words *words, size_t *ret_principal, const struct token **ret_token)
{
	int r;

	if ((r = words_take(words, ret_token)) != 0)
		return r;
	return principal_of_text(words, *ret_token, (*ret_token)->text,
	    (*ret_token)->kind == TOKEN_STRING, true, ret_principal);
}

int
mentions_add(struct policy *policy, struct mentions *mentions, size_t principal,
    const struct token *token)
{
	struct mention *more = policy_grow(policy->arena, mentions->items,
	    &mentions->n, &mentions->cap, sizeof(*more));

	if (more == NULL)
		return WARDER_ENOMEM;
	mentions->items = more;
	more[mentions->n - 1] =
	    (struct mention){ principal, token->line, token->col };
	return WARDER_OK;
}

int
take_span(struct words *words, uint32_t *ret_s)
{
	static const char units[] = "smhd";
	static const uint32_t seconds[] = { 1, 60, 3600, 86400 };
	const struct token *token;
	char number[8];
	const char *unit;
	size_t len;
	uint64_t n;
	int r;

	if ((r = words_take(words, &token)) != 0)
		return r;
	len = strlen(token->text);
	unit = len < 2 ? NULL : strchr(units, token->text[len - 1]);
	if (token->kind != TOKEN_WORD || unit == NULL || len > 7)
		return words_wrong(
		    words, token, "bad_value", "this is not a span of time");
	(void)snprintf(
	    number, sizeof(number), "%.*s", (int)len - 1, token->text);
	if (text_parse_number(number, 999999, &n) != 0 || n == 0 ||
	    n * seconds[unit - units] > UINT64_C(366) * 86400)
		return words_wrong(
		    words, token, "bad_value", "this is not a span of time");
	*ret_s = (uint32_t)(n * seconds[unit - units]);
	return WARDER_OK;
}

int
take_pattern(struct words *words, struct condition *condition)
{
	const struct token *token = words_peek(words);
	int r;

	if (token != NULL && token->kind != TOKEN_STRING)
		return words_wrong(words, token, "syntax",
		    "a pattern is a string in quotation marks");
	if ((r = words_take(words, &token)) != 0)
		return r;
	condition->text = token->text;
	r = pattern_compile(
	    token->text, words->policy->arena, &condition->pattern);
	if (r == WARDER_ENOMEM)
		return r;
	if (r != 0)
		return words_wrong(words, token, "bad_pattern",
		    "this is not a pattern of this language");
	return WARDER_OK;
}

/* `id:` and a number from 1, of up to 20 digits, in the pipeline part only. */
static bool
is_part(const char *part, bool is_pipeline, const char **ret_id)
{
	if (part[0] == '\0' || strstr(part, "**") != NULL)
		return false;
	if (strncmp(part, "id:", 3) != 0)
		return true;
	if (!is_pipeline || !value_is_digits(part + 3) || part[3] == '0')
		return false;
	*ret_id = part + 3;
	return true;
}

int
take_selector(struct words *words, struct selector *ret)
{
	const struct token *token;
	char *parts[4], *copy, *rest;
	size_t n = 0;
	int r;

	if ((r = words_take(words, &token)) != 0)
		return r;
	memset(ret, 0, sizeof(*ret));
	ret->line = token->line;
	ret->col = token->col;
	/* A name without a slash would be a label. */
	if (strchr(token->text, '/') == NULL)
		return words_wrong(words, token, "undefined",
		    "no label has this name; a gate is written "
		    "org/pipeline/stage/job");
	copy =
	    arena_text(words->policy->arena, token->text, strlen(token->text));
	if (copy == NULL)
		return WARDER_ENOMEM;
	for (rest = copy; n < 4 && rest != NULL; n++)
		parts[n] = strsep(&rest, "/");
	if (n != 4 || rest != NULL || !is_part(parts[0], false, &ret->id) ||
	    !is_part(parts[1], true, &ret->id) ||
	    !is_part(parts[2], false, &ret->id) ||
	    !is_part(parts[3], false, &ret->id))
		return words_wrong(words, token, "bad_value",
		    "a gate is written org/pipeline/stage/job");
	ret->org = parts[0];
	ret->pipeline = parts[1];
	ret->stage = parts[2];
	ret->job = parts[3];
	return WARDER_OK;
}

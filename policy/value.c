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
		if (text_is(text, reserved[i]))
			return true;
	return false;
}

int
value_role(const char *text)
{
	for (int role = 0; role < ROLES; role++)
		if (text_is(text, role_names[role]))
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

/* A string is never a keyword, so it may be what a bare word may not. */
static int
take_name_as(struct words *words, bool may_be_string, const char **ret)
{
	const struct token *token;
	bool is_string;
	int r;

	if ((r = words_take(words, &token)) != 0)
		return r;
	is_string = token->kind == TOKEN_STRING;
	if ((is_string && !may_be_string) ||
	    (!is_string && is_reserved(token->text)) ||
	    strlen(token->text) > 64 ||
	    strpbrk(token->text, "/:,=@*?!;$'()<>&|") != NULL)
		return words_wrong(
		    words, token, "bad_value", "this is not a name");
	*ret = words_keep(words, token->text);
	return *ret == NULL ? WARDER_ENOMEM : WARDER_OK;
}

int
take_name(struct words *words, const char **ret)
{
	return take_name_as(words, false, ret);
}

int
take_label(struct words *words, const char **ret)
{
	return take_name_as(words, true, ret);
}

/* FNV-1a; whoever writes a policy gains nothing by names that meet here. */
static uint32_t
hash_of(enum principal_kind kind, const char *name, uint32_t uid)
{
	uint32_t hash = 2166136261u ^ (uint32_t)kind ^ uid * 2654435761u;

	for (; name != NULL && *name != '\0'; name++)
		hash = (hash ^ (uint8_t)*name) * 16777619u;
	return hash;
}

/* The place of that principal in the table, or the empty one for it. */
static uint32_t *
find_place(const struct policy *policy, enum principal_kind kind,
    const char *name, uint32_t uid)
{
	size_t mask = policy->principal_table_n - 1;
	size_t i = hash_of(kind, name, uid) & mask;
	const struct principal *at;

	for (;; i = (i + 1) & mask) {
		if (policy->principal_table[i] == 0)
			break;
		at = &policy->principals[policy->principal_table[i] - 1];
		if (at->kind == kind && at->uid == uid &&
		    (name == NULL || strcmp(at->name, name) == 0))
			break;
	}
	return &policy->principal_table[i];
}

/* At most half of it is in use, so a search ends soon. */
static int
make_room(struct policy *policy)
{
	size_t n = policy->principal_table_n;

	if (n > 0 && 2 * (policy->principals_n + 1) <= n)
		return WARDER_OK;
	n = n == 0 ? 64 : 2 * n;
	free(policy->principal_table);
	policy->principal_table = calloc(n, sizeof(uint32_t));
	policy->principal_table_n = policy->principal_table == NULL ? 0 : n;
	if (policy->principal_table == NULL)
		return WARDER_ENOMEM;
	for (size_t i = 0; i < policy->principals_n; i++) {
		const struct principal *at = &policy->principals[i];

		*find_place(policy, at->kind, at->name, at->uid) =
		    (uint32_t)i + 1;
	}
	return WARDER_OK;
}

size_t
principal_number(struct words *words, enum principal_kind kind,
    const char *name, uint32_t uid, const struct token *token)
{
	struct policy *policy = words->policy;
	struct principal *more;
	uint32_t *place;

	if (make_room(policy) != 0)
		return SIZE_MAX;
	place = find_place(policy, kind, name, uid);
	if (*place != 0)
		return *place - 1;
	more = policy_grow(policy->arena, policy->principals,
	    &policy->principals_n, &policy->principals_cap, sizeof(*more));
	if (more == NULL ||
	    (name != NULL && (name = words_keep(words, name)) == NULL))
		return SIZE_MAX;
	policy->principals = more;
	more[policy->principals_n - 1] = (struct principal){ .kind = kind,
		.uid = uid,
		.name = name,
		.line = token->line,
		.file = words->file,
		.col = token->col };
	*place = (uint32_t)policy->principals_n;
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
	*ret_principal =
	    principal_number(words, PRINCIPAL_UID, NULL, (uint32_t)uid, token);
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
	*ret_principal = principal_number(words, kind, text, 0, token);
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
take_user(
    struct words *words, size_t *ret_principal, const struct token **ret_token)
{
	int r;

	if ((r = words_take(words, ret_token)) != 0)
		return r;
	return principal_of_text(words, *ret_token, (*ret_token)->text,
	    (*ret_token)->kind == TOKEN_STRING, false, ret_principal);
}

int
mentions_add(struct words *words, struct mentions *mentions, size_t principal,
    const struct token *token)
{
	struct mention *more = policy_grow(words->policy->arena,
	    mentions->items, &mentions->n, &mentions->cap, sizeof(*more));

	if (more == NULL)
		return WARDER_ENOMEM;
	mentions->items = more;
	more[mentions->n - 1] = (struct mention){ .principal = principal,
		.line = token->line,
		.file = words->file,
		.col = token->col };
	return WARDER_OK;
}

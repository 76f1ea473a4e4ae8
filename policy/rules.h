/* SPDX-License-Identifier: ISC */
/*
 * A policy as it was read. Everything lives in one arena. People that the
 * text names are principals, each once: while deciding a rule asks only for
 * the answer to its number. Private to policy/.
 */
#ifndef WARDER_POLICY_RULES_H
#define WARDER_POLICY_RULES_H

#include "policy/lex.h"
#include "policy/pattern.h"
#include "policy/policy.h"

#define STATEMENTS_MAX 200000
#define ORGS_MAX 256
#define POLICY_FILE_MAX (16u << 20)

enum role {
	ROLE_OWNER,
	ROLE_ADMIN,
	ROLE_MEMBER,
	ROLE_VIEWER,
	ROLES
};
extern const char *const role_names[ROLES];

enum principal_kind {
	PRINCIPAL_USER = 1,
	PRINCIPAL_UID,
	PRINCIPAL_GROUP
};

struct principal {
	enum principal_kind kind;
	const char *name; /* of a user or group */
	uint32_t uid;
	uint32_t line, col; /* where it stands first */
};

/* A list of numbers of principals, with the place of each. */
struct mention {
	size_t principal;
	uint32_t line, col;
};
struct mentions {
	struct mention *items;
	size_t n, cap;
};

/* `user=DIGITS address…` */
struct account {
	size_t user; /* principal */
	const char *id;
	const char **authors;
	size_t authors_n;
	uint32_t line, col;
};

struct org {
	const char *alias, *id, *key;
	bool has_mirror, is_strict;
	struct mentions roles[ROLES];
	struct account *accounts;
	size_t accounts_n, accounts_cap;
	struct mentions robots;
	const char **robot_ids;
	size_t robot_ids_n, robot_ids_cap;
	uint32_t line, col; /* of the word `org` */
};

struct selector {
	const char *org, *pipeline, *stage, *job;
	const char *id; /* of `id:11222`, else NULL */
	uint32_t line, col;
};

struct who {
	bool roles[ROLES];
	struct {
		uint32_t line, col;
	} role_at[ROLES];
	struct mentions people;
};

enum condition_kind {
	CONDITION_MFA = 1,
	CONDITION_REASON,
	CONDITION_TICKET
};

struct condition {
	enum condition_kind kind;
	uint32_t level, fresh_s; /* 0: no `fresh` */
	const char *text;        /* of the pattern */
	struct pattern *pattern;
};

enum statement_kind {
	STATEMENT_PERMIT = 1,
	STATEMENT_REQUIRE,
	STATEMENT_DENY
};

#define SELF_TRIGGER 1u
#define SELF_AUTHOR 2u

struct statement {
	enum statement_kind kind;
	uint32_t line, col;
	const char *text;
	struct selector *on;
	size_t on_n;
	unsigned int verbs; /* PERMIT: 1u << VERB_… */
	struct who to;      /* PERMIT */
	struct condition *conditions;
	size_t conditions_n;
	unsigned int self;   /* DENY */
	const char *because; /* or NULL */
};

struct policy {
	struct arena *arena;
	const char *timezone;
	struct principal *principals;
	size_t principals_n, principals_cap;
	struct org *orgs;
	size_t orgs_n, orgs_cap;
	struct statement *statements;
	size_t statements_n, statements_cap;
	const char **groups; /* names, each once */
	size_t groups_n;
};

/* One more element of `size` bytes at the end of an array in the arena. */
void *policy_grow(
    struct arena *arena, void *items, size_t *n, size_t *cap, size_t size);

/*
 * The words of a line, taken one by one. All functions return 0 or EFORM
 * with *diag filled (ENOMEM besides).
 */
struct words {
	struct policy *policy;
	struct lexer *lexer;
	struct policy_diag *diag;
	struct lexed line;
	size_t at;
};
const struct token *words_peek(const struct words *words); /* NULL: end */
bool words_are(const struct words *words, const char *keyword);
WARDER_MUST_CHECK int words_take(
    struct words *words, const struct token **ret); /* any word or string */
WARDER_MUST_CHECK int words_keyword(struct words *words, const char *keyword);
WARDER_MUST_CHECK int words_end(struct words *words);
int words_wrong(struct words *words, const struct token *token,
    const char *local_code, const char *what);

/* value.c: value classes; each takes one word. */
WARDER_MUST_CHECK int take_name(struct words *words, const char **ret);
WARDER_MUST_CHECK int take_person(
    struct words *words, size_t *ret_principal, const struct token **ret_token);
WARDER_MUST_CHECK int take_span(struct words *words, uint32_t *ret_s);
WARDER_MUST_CHECK int take_selector(
    struct words *words, struct selector *ret_selector);
WARDER_MUST_CHECK int take_pattern(
    struct words *words, struct condition *condition);
bool value_is_alias(const char *text);
bool value_is_org_id(const char *text);
bool value_is_digits(const char *text);
bool value_is_address(const char *text);
int value_role(const char *text); /* enum role, or -1 */

/* The number of this principal, made if it is new; SIZE_MAX: no memory. */
size_t principal_number(struct policy *policy, enum principal_kind kind,
    const char *name, uint32_t uid, const struct token *token);
/* `user`, `user:x`, `uid:7` of an account line; 0 or EFORM. */
WARDER_MUST_CHECK int principal_of_text(struct words *words,
    const struct token *token, const char *text, bool is_string,
    bool groups_too, size_t *ret_principal);
WARDER_MUST_CHECK int mentions_add(struct policy *policy,
    struct mentions *mentions, size_t principal, const struct token *token);

/* parse_org.c, parse_line.c: the first word is taken already. */
WARDER_MUST_CHECK int parse_org(struct words *words);
WARDER_MUST_CHECK int parse_permit(struct words *words);
WARDER_MUST_CHECK int parse_require(struct words *words);
WARDER_MUST_CHECK int parse_deny(struct words *words);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * A policy as it was read. Everything lives in one arena. People that the
 * text names are principals, each once: while deciding a rule asks only for
 * the answer to its number. Private to policy/.
 */
#ifndef WARDER_POLICY_RULES_H
#define WARDER_POLICY_RULES_H

#include <string.h>

#include "policy/lex.h"
#include "policy/pattern.h"
#include "policy/policy.h"

#define STATEMENTS_MAX 200000
#define ORGS_MAX 256
#define POLICY_FILE_MAX (16u << 20)
#define POLICY_SET_MAX (32u << 20)
#define POLICY_FILES_MAX 256
#define LABEL_SELECTORS_MAX 200000
#define WINDOWS_MAX 256
#define CALENDARS_MAX 64
#define GLASS_MAX 64
#define DELEGATES_MAX 4096
#define SEATS_MAX 16
#define DELEGATE_DAYS_MAX 92
#define PATTERN_CACHE 64

struct calendar; /* policy/calendar.h */
struct hours;    /* policy/window.h */
struct zone;     /* policy/zone.h */

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

/*
 * There are as many of the following as lines, so they are kept small: a
 * line has at most LEX_LINE_MAX columns, a set POLICY_FILES_MAX files.
 */
struct principal {
	enum principal_kind kind;
	uint32_t uid;
	const char *name; /* of a user or group */
	uint32_t line;    /* where it stands first */
	uint16_t file, col;
};

/* A list of numbers of principals, with the place of each. */
struct mention {
	size_t principal;
	uint32_t line;
	uint16_t file, col;
};
struct mentions {
	struct mention *items;
	size_t n, cap;
};

struct place {
	uint32_t file, line, col;
};

/* `user=DIGITS address…` */
struct account {
	size_t user; /* principal */
	const char *id;
	const char **authors;
	struct place *author_at; /* of each */
	size_t authors_n;
	uint32_t file, line, col;
};

struct org {
	const char *alias, *id, *key;
	bool has_mirror, is_strict;
	struct mentions roles[ROLES];
	struct account *accounts;
	size_t accounts_n, accounts_cap;
	struct mentions robots;
	const char **robot_ids;
	struct place *robot_id_at; /* of each */
	size_t robot_ids_n, robot_ids_cap;
	uint32_t file, line, col; /* of the word `org` */
	uint32_t alias_line, alias_col, id_line, id_col;
};

struct selector {
	const char *org, *pipeline, *stage, *job;
	const char *id; /* of `id:11222`, else NULL */
	uint32_t line;
	uint16_t file, col;
};

/* A name for gates. */
struct label {
	const char *name;
	struct selector *on;
	size_t on_n, on_cap;
	bool is_used;
	uint32_t file, line, col; /* of the name */
};

/* What stands behind `on`: a label, or a selector of its own. */
struct target {
	const char *label; /* its name, or NULL */
	size_t label_at;   /* its number, once all files are read */
	struct selector selector;
};

/* A zone that the text names, each once. */
struct named_zone {
	const char *name;
	struct zone *zone; /* owned; NULL is UTC */
	bool is_known;     /* false: not in the tzdata handed in */
	uint32_t file, line, col;
};

/* A window or a calendar; they share one name space. */
struct period {
	const char *name;
	bool is_calendar, is_used;
	size_t zone; /* of a window: its number */
	struct hours *hours;
	size_t hours_n;
	const char *path;          /* of a calendar */
	struct calendar *calendar; /* owned; NULL: unreadable as a whole */
	uint32_t file, line, col;  /* of the name */
};

struct who {
	bool roles[ROLES];
	struct {
		uint32_t line;
		uint16_t file, col;
	} role_at[ROLES];
	struct mentions people;
};

enum condition_kind {
	CONDITION_MFA = 1,
	CONDITION_REASON,
	CONDITION_TICKET,
	CONDITION_NEWEST,
	CONDITION_AGE,
	CONDITION_TTY,
	CONDITION_SOURCE,
	CONDITION_BRANCH,
	CONDITION_QUORUM
};

/* `local`, or a network; an IPv4 one has its 4 bytes in front. */
struct net {
	bool is_local, is_v6;
	uint8_t address[16];
	uint8_t bits;
};

/* `2 @release-managers`: so many of a group or of a role. */
struct seats {
	uint32_t count;
	bool is_role;
	enum role role;
	size_t principal; /* a group */
	uint32_t file, line, col;
};

struct condition {
	enum condition_kind kind;
	uint32_t line; /* of its first word */
	uint16_t file, col;
	uint32_t level;  /* MFA */
	uint32_t span_s; /* MFA: fresh, 0 none; AGE */
	uint32_t nets_n, globs_n;
	uint8_t seats_n;
	bool is_distinct; /* `distinct hosts` */
	const char *text; /* of the pattern */
	union {           /* look at `kind` or the number first */
		struct pattern *pattern; /* REASON, TICKET */
		struct net *nets;        /* SOURCE */
		const char **globs;      /* BRANCH */
		struct seats *seats;     /* QUORUM, in the order of the text */
	};
};

enum statement_kind {
	STATEMENT_PERMIT = 1,
	STATEMENT_REQUIRE,
	STATEMENT_DENY,
	STATEMENT_GLASS,
	STATEMENT_DELEGATE
};

#define SELF_TRIGGER 1u
#define SELF_AUTHOR 2u

enum deny_kind {
	DENY_SELF = 1,
	DENY_OUTSIDE,
	DENY_DURING,
	DENY_TRIGGER,
	DENY_USER
};

/* What a break-glass block sets aside. */
enum lift {
	LIFT_OUTSIDE,
	LIFT_DURING,
	LIFT_TRIGGER,
	LIFT_QUORUM,
	LIFT_NEWEST,
	LIFT_AGE,
	LIFT_BRANCH,
	LIFTS
};

struct glass {
	const char *name;
	uint32_t name_line, name_col;
	struct who to;
	struct statement
	    *asks; /* its `require` lines; they hold where it does */
	size_t asks_n, asks_cap;
	unsigned int lifts; /* 1u << enum lift */
	struct who review_by;
	uint32_t review_s; /* within */
	uint32_t review_line, review_col;
	uint32_t most, per_s; /* at-most */
	bool has_to, has_lifts, has_review, has_most;
};

struct delegate {
	size_t giver, taker;           /* principals */
	int64_t from_day, through_day; /* since 1970-01-01, both belong */
	uint32_t giver_line, giver_col;
};

struct statement {
	enum statement_kind kind;
	uint32_t line;
	uint16_t file, col;
	uint32_t on_n;
	struct target *on;
	const char *text;
	uint32_t conditions_n;
	enum deny_kind deny; /* DENY */
	union {              /* look at `kind` or `conditions_n` first */
		struct condition *conditions; /* REQUIRE */
		struct glass *glass;
		struct delegate *delegate;
	};
	struct who *to;       /* PERMIT; DENY_USER: whom; else NULL */
	uint8_t verbs;        /* PERMIT: 1u << VERB_… */
	uint8_t self;         /* DENY_SELF */
	uint8_t triggers;     /* DENY_TRIGGER: 1u << TRIGGER_… */
	uint32_t period_line; /* DENY_OUTSIDE, DENY_DURING */
	uint32_t period_col;
	/* Of the one pipeline that it is about by its full name; 0: others. */
	uint32_t pipeline_hash;
	const char *period;  /* the name */
	size_t period_at;    /* its number, once all files are read */
	const char *because; /* or NULL */
};

/* A word twice where it may stand once: told by the checker, with all else. */
struct repeated {
	uint32_t file, line, col;
	const char *text;
};

/* A file of the set, in reading order; the main one is called "policy". */
struct policy_file {
	const char *name;
	uint32_t line, col; /* of the include, in the main file */
};

struct policy {
	struct arena *arena;
	struct policy_file *files;
	size_t files_n, files_cap;
	struct named_zone *zones; /* number 0 is that of `timezone` */
	size_t zones_n, zones_cap;
	struct label *labels;
	size_t labels_n, labels_cap;
	struct period *periods;
	size_t periods_n, periods_cap;
	struct repeated *repeated;
	size_t repeated_n, repeated_cap;
	struct principal *principals;
	size_t principals_n, principals_cap;
	uint32_t
	    *principal_table;     /* number + 1 by hash, 0 empty; on the heap */
	size_t principal_table_n; /* a power of two */
	struct org *orgs;
	size_t orgs_n, orgs_cap;
	struct statement *statements;
	size_t statements_n, statements_cap;
	const char **groups; /* names, each once */
	size_t groups_n;
};

/* Names that differ in it differ; never 0. */
static inline uint32_t
name_hash(const char *name)
{
	uint32_t hash = 2166136261u; /* FNV-1a */

	for (; *name != '\0'; name++)
		hash = (hash ^ (uint8_t)*name) * 16777619u;
	return hash == 0 ? 1 : hash;
}

/* Walks the selectors that a line names, those of its labels among them. */
struct selector_walk {
	const struct policy *policy;
	const struct target *on;
	size_t n, at, in_label;
};
struct selector_walk selectors_of(
    const struct policy *policy, const struct statement *statement);
const struct selector *selector_next(struct selector_walk *walk); /* or NULL */

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
	uint16_t file; /* number of the one that is read */
	const struct policy_source *source;
	size_t label_selectors, delegates, blocks; /* against their limits */
	/* Patterns that stand again and again are compiled once. */
	struct {
		const char *text;
		struct pattern *pattern;
	} patterns[PATTERN_CACHE];
	struct include {
		const char *path;
		uint32_t line;
		uint16_t col;
	} * includes;
	const char *last_parts[4]; /* of a selector: the next shares most */
	size_t includes_n, includes_cap;
	size_t bytes; /* of all files so far */
};
/* NULL: end. */
static inline const struct token *
words_peek(const struct words *words)
{
	return words->at < words->line.n ? &words->line.tokens[words->at]
	                                 : NULL;
}

/* Most words are not the one that is asked for, and begin otherwise. */
static inline bool
text_is(const char *text, const char *keyword)
{
	return text[0] == keyword[0] && strcmp(text, keyword) == 0;
}

static inline bool
token_is(const struct token *token, const char *keyword)
{
	return token->kind == TOKEN_WORD && text_is(token->text, keyword);
}

bool words_are(const struct words *words, const char *keyword);
WARDER_MUST_CHECK int words_take(
    struct words *words, const struct token **ret); /* any word or string */
WARDER_MUST_CHECK int words_keyword(struct words *words, const char *keyword);
WARDER_MUST_CHECK int words_end(struct words *words);
int words_wrong(struct words *words, const struct token *token,
    const char *local_code, const char *what);

/* A text that outlives its line, in the arena; NULL: no memory. */
const char *words_keep(const struct words *words, const char *text);

/* Notes the word before `at` if it stands in the list from `first` already. */
WARDER_MUST_CHECK int words_note_twice(struct words *words, size_t first);
/* Notes a place of its own; `text` is the word. */
WARDER_MUST_CHECK int words_note(
    struct words *words, const struct token *token);

/* value.c: value classes; each takes one word. */
WARDER_MUST_CHECK int take_name(struct words *words, const char **ret);
/* A name where it is used as a target: there a string may stand for it. */
WARDER_MUST_CHECK int take_label(struct words *words, const char **ret);
WARDER_MUST_CHECK int take_person(
    struct words *words, size_t *ret_principal, const struct token **ret_token);
WARDER_MUST_CHECK int take_user(
    struct words *words, size_t *ret_principal, const struct token **ret_token);
WARDER_MUST_CHECK int take_span(struct words *words, uint32_t *ret_s);
WARDER_MUST_CHECK int take_count(
    struct words *words, uint32_t most, uint32_t *ret);
WARDER_MUST_CHECK int take_selector(
    struct words *words, struct selector *ret_selector);
WARDER_MUST_CHECK int take_target(
    struct words *words, struct target *ret_target);
WARDER_MUST_CHECK int take_pattern(
    struct words *words, struct condition *condition);
WARDER_MUST_CHECK int take_path(
    struct words *words, bool may_glob, const struct token **ret_token);
WARDER_MUST_CHECK int take_net(struct words *words, struct net *ret_net);
WARDER_MUST_CHECK int take_date(struct words *words, int64_t *ret_day);
WARDER_MUST_CHECK int take_days(struct words *words, uint8_t *ret_days);
WARDER_MUST_CHECK int take_times(struct words *words, struct hours *ret_hours);
/* The number of the zone that a word names. */
WARDER_MUST_CHECK int take_zone(struct words *words, size_t *ret_zone);
bool value_is_times(const char *text); /* looks like one: begins so */
bool value_is_alias(const char *text);
bool value_is_org_id(const char *text);
bool value_is_digits(const char *text);
bool value_is_address(const char *text);
int value_role(const char *text); /* enum role, or -1 */

/* The number of this principal, made if it is new; SIZE_MAX: no memory. */
size_t principal_number(struct words *words, enum principal_kind kind,
    const char *name, uint32_t uid, const struct token *token);
/* `user`, `user:x`, `uid:7` of an account line; 0 or EFORM. */
WARDER_MUST_CHECK int principal_of_text(struct words *words,
    const struct token *token, const char *text, bool is_string,
    bool groups_too, size_t *ret_principal);
WARDER_MUST_CHECK int mentions_add(struct words *words,
    struct mentions *mentions, size_t principal, const struct token *token);

/* Each: the first word is taken already. */
WARDER_MUST_CHECK int parse_org(struct words *words);
WARDER_MUST_CHECK int parse_label(struct words *words);
WARDER_MUST_CHECK int parse_window(struct words *words);
WARDER_MUST_CHECK int parse_calendar(struct words *words);
WARDER_MUST_CHECK int parse_permit(struct words *words);
WARDER_MUST_CHECK int parse_require(struct words *words);
WARDER_MUST_CHECK int parse_deny(struct words *words);
WARDER_MUST_CHECK int parse_glass(struct words *words);
WARDER_MUST_CHECK int parse_delegate(struct words *words);

/* Parts of statements, up to the word `until` or the end of the line. */
WARDER_MUST_CHECK int parse_on(
    struct words *words, struct statement *statement, const char *until);
WARDER_MUST_CHECK int parse_who(
    struct words *words, struct who *who, const char *until);
WARDER_MUST_CHECK int parse_because(struct words *words, const char **ret);
/* `cond, cond …`; of a break-glass block only what it may ask. */
WARDER_MUST_CHECK int parse_conditions(
    struct words *words, bool is_glass, struct statement *statement);
struct statement statement_of(
    const struct words *words, enum statement_kind kind);
/* Room for so many more, as far as there may be as many. ENOMEM. */
WARDER_MUST_CHECK int statements_reserve(struct policy *policy, size_t more);
WARDER_MUST_CHECK int add_statement(
    struct words *words, const struct statement *statement);
/*
 * The next line of a block: 0 with words at its first word, or at the `}`
 * that ends it, which is taken (*ret_is_end).
 */
WARDER_MUST_CHECK int block_next(
    struct words *words, const struct token *open, bool *ret_is_end);

/* zones.c: what the policy is read with besides its files. */
WARDER_MUST_CHECK int zone_number(struct words *words, const char *name,
    const struct token *token, size_t *ret);
WARDER_MUST_CHECK int periods_load(struct words *words);
/* Labels, windows and calendars by name, once all files are read. */
WARDER_MUST_CHECK int names_resolve(struct policy *policy);

#endif

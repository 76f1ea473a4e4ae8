/* SPDX-License-Identifier: ISC */
/*
 * Reads a set of policy files, statement by statement: the main file to its
 * end, then each one that it includes. The first error ends the reading:
 * whoever edits sees one place to mend, and no policy is in force that was
 * not understood to its end.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/calendar.h"
#include "policy/rules.h"
#include "policy/zone.h"

static const char main_name[] = "policy";

/* `version 1` and `timezone ZONE`, which open the file. */
static int
parse_opening(struct words *words, const char *keyword)
{
	int r = lexer_next(words->lexer, &words->line, words->diag);

	words->at = 0;
	if (r == WARDER_EOF)
		return diag_set(words->diag, 1, 1, "syntax",
		    "a policy begins with `version 1` and `timezone ZONE`");
	if (r != 0)
		return r;
	if (!words_are(words, keyword))
		return diag_set(words->diag, 1, 1, "syntax",
		    "a policy begins with `version 1` and `timezone ZONE`");
	words->at = 1;
	return WARDER_OK;
}

static int
parse_head(struct words *words)
{
	size_t zone;
	int r;

	if ((r = parse_opening(words, "version")) != 0 ||
	    (r = words_keyword(words, "1")) != 0 ||
	    (r = words_end(words)) != 0 ||
	    (r = parse_opening(words, "timezone")) != 0 ||
	    (r = take_zone(words, &zone)) != 0)
		return r;
	return words_end(words);
}

static int
parse_include(struct words *words)
{
	const struct token *token;
	struct include *more;
	const char *path;
	int r;

	if (words->file != 0)
		return words_wrong(words, &words->line.tokens[0], "include",
		    "an included file includes no other");
	if ((r = take_path(words, true, &token)) != 0 ||
	    (r = words_end(words)) != 0)
		return r;
	more = policy_grow(words->policy->arena, words->includes,
	    &words->includes_n, &words->includes_cap, sizeof(*more));
	path = words_keep(words, token->text);
	if (more == NULL || path == NULL)
		return WARDER_ENOMEM;
	words->includes = more;
	more[words->includes_n - 1] =
	    (struct include){ path, token->line, token->col };
	return WARDER_OK;
}

static int
parse_statement(struct words *words)
{
	static const struct {
		const char *word;
		int (*parse)(struct words *words);
	} statements[] = {
		{ "org", parse_org },
		{ "label", parse_label },
		{ "window", parse_window },
		{ "calendar", parse_calendar },
		{ "permit", parse_permit },
		{ "require", parse_require },
		{ "deny", parse_deny },
		{ "break-glass", parse_glass },
		{ "delegate", parse_delegate },
		{ "include", parse_include },
	};
	const struct token *word = &words->line.tokens[0];

	for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]);
	     i++) {
		if (!token_is(word, statements[i].word))
			continue;
		words->at = 1;
		return statements[i].parse(words);
	}
	return words_wrong(words, word, "syntax", "this begins no statement");
}

static int
parse_statements(struct words *words)
{
	int r;

	while ((r = lexer_next(words->lexer, &words->line, words->diag)) == 0) {
		words->at = 0;
		if ((r = parse_statement(words)) != 0)
			return r;
	}
	return r == WARDER_EOF ? WARDER_OK : r;
}

/* Also the place in the include, for what is wrong with the file itself. */
static int
add_file(struct words *words, const char *name, const struct include *at)
{
	struct policy *policy = words->policy;
	struct policy_file *more = policy_grow(policy->arena, policy->files,
	    &policy->files_n, &policy->files_cap, sizeof(*more));

	if (more == NULL)
		return WARDER_ENOMEM;
	policy->files = more;
	more[policy->files_n - 1] = (struct policy_file){ .name = name,
		.line = at == NULL ? 1 : at->line,
		.col = at == NULL ? 1 : at->col };
	words->file = (uint16_t)(policy->files_n - 1);
	return WARDER_OK;
}

/* No line begins more than one statement. */
static size_t
count_lines(const char *bytes, size_t len)
{
	const char *at = bytes, *end = bytes + len;
	size_t n = 1;

	while (n < STATEMENTS_MAX &&
	       (at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		at++;
		n++;
	}
	return n;
}

/* Makes room for what is to come at once, so that nothing moves later. */
static int
expect(struct policy *policy, const char *bytes, size_t len)
{
	arena_expect(policy->arena, len);
	return statements_reserve(policy, count_lines(bytes, len));
}

static int
parse_file(struct words *words, const char *bytes, size_t len)
{
	const char *name = words->policy->files[words->file].name;
	int r;

	words->bytes += len;
	if (len > POLICY_FILE_MAX || words->bytes > POLICY_SET_MAX) {
		r = diag_set(words->diag, 1, 1, "limit",
		    "a policy file of more than 16 MiB, or 32 MiB together");
	} else {
		words->lexer = lexer_new(bytes, len, words->policy->arena);
		if (words->lexer == NULL ||
		    expect(words->policy, bytes, len) != 0)
			return WARDER_ENOMEM;
		r = words->file == 0 ? parse_head(words) : WARDER_OK;
		if (r == 0)
			r = parse_statements(words);
		lexer_freep(&words->lexer);
	}
	if (r == WARDER_EFORM)
		(void)snprintf(
		    words->diag->file, sizeof(words->diag->file), "%s", name);
	return r;
}

static bool
is_read(const struct policy *policy, const char *path)
{
	for (size_t i = 0; i < policy->files_n; i++)
		if (strcmp(policy->files[i].name, path) == 0)
			return true;
	return false;
}

static int
wrong_include(struct words *words, const struct include *at, const char *code,
    const char *what)
{
	return diag_set(
	    words->diag, at->line, at->col, code, "%.128s: %s", at->path, what);
}

/* A file that was read already is told by the checker, not read again. */
static int
read_included(struct words *words, const struct include *at, const char *path)
{
	const struct token word = {
		.text = at->path, .line = at->line, .col = at->col
	};
	const char *bytes, *name;
	size_t len;
	int r;

	words->file = 0;
	if (is_read(words->policy, path))
		return words_note(words, &word);
	if (words->policy->files_n >= POLICY_FILES_MAX)
		return wrong_include(words, at, "limit", "too many files");
	if (words->source == NULL || words->source->file == NULL ||
	    !words->source->file(words->source->ctx, path, &bytes, &len))
		return wrong_include(
		    words, at, "include", "this file cannot be read");
	name = arena_text(words->policy->arena, path, strlen(path));
	if (name == NULL)
		return WARDER_ENOMEM;
	if ((r = add_file(words, name, at)) != 0)
		return r;
	return parse_file(words, bytes, len);
}

bool
policy_path_fits(const char *glob, const char *path)
{
	const char *star = strchr(glob, '*'), *rest;
	size_t head = star == NULL ? strlen(glob) : (size_t)(star - glob);

	if (strncmp(glob, path, head) != 0)
		return false;
	if (star == NULL)
		return path[head] == '\0';
	/* From here on no `/`, whichever run each `*` stands for. */
	for (rest = path + head; strchr(rest, '/') == NULL; rest++) {
		if (policy_path_fits(star + 1, rest))
			return true;
		if (*rest == '\0')
			break;
	}
	return false;
}

/* Hidden files are no part of a folder, and the main file is read. */
static bool
is_meant(const char *path)
{
	const char *slash = strrchr(path, '/');

	return (slash == NULL ? path : slash + 1)[0] != '.' &&
	       strcmp(path, main_name) != 0;
}

static int
read_include(struct words *words, const struct include *at)
{
	const struct policy_source *source = words->source;
	const char *path;
	int r = WARDER_OK;

	if (strchr(at->path, '*') == NULL)
		return read_included(words, at, at->path);
	if (source == NULL || source->match == NULL)
		return WARDER_OK;
	for (size_t n = 0; r == 0; n++) {
		if ((path = source->match(source->ctx, at->path, n)) == NULL)
			return WARDER_OK;
		if (is_meant(path))
			r = read_included(words, at, path);
	}
	return r;
}

static int
parse_all(struct words *words, const char *bytes, size_t len)
{
	int r;

	if ((r = add_file(words, main_name, NULL)) != 0 ||
	    (r = parse_file(words, bytes, len)) != 0)
		return r;
	for (size_t i = 0; i < words->includes_n; i++)
		if ((r = read_include(words, &words->includes[i])) != 0)
			return r;
	if ((r = periods_load(words)) != 0)
		return r;
	return names_resolve(words->policy);
}

static int
list_groups(struct policy *policy)
{
	policy->groups = arena_get(policy->arena,
	    (policy->principals_n + 1) * sizeof(*policy->groups));
	if (policy->groups == NULL)
		return WARDER_ENOMEM;
	for (size_t i = 0; i < policy->principals_n; i++)
		if (policy->principals[i].kind == PRINCIPAL_GROUP)
			policy->groups[policy->groups_n++] =
			    policy->principals[i].name;
	return WARDER_OK;
}

int
policy_parse_set(const char *bytes, size_t len,
    const struct policy_source *source, struct policy **ret_policy,
    struct policy_diag *ret_diag)
{
	auto_policy struct policy *policy = calloc(1, sizeof(*policy));
	struct words words = {
		.policy = policy, .diag = ret_diag, .source = source
	};
	int r;

	if (policy == NULL || (policy->arena = arena_new()) == NULL)
		return WARDER_ENOMEM;
	if ((r = parse_all(&words, bytes, len)) != 0 ||
	    (r = list_groups(policy)) != 0)
		return r;
	*ret_policy = policy;
	policy = NULL;
	return WARDER_OK;
}

int
policy_parse(const char *bytes, size_t len, struct policy **ret_policy,
    struct policy_diag *ret_diag)
{
	return policy_parse_set(bytes, len, NULL, ret_policy, ret_diag);
}

void
policy_freep(struct policy **policy)
{
	if (*policy == NULL)
		return;
	for (size_t i = 0; i < (*policy)->zones_n; i++)
		zone_freep(&(*policy)->zones[i].zone);
	for (size_t i = 0; i < (*policy)->periods_n; i++)
		calendar_freep(&(*policy)->periods[i].calendar);
	free((*policy)->principal_table);
	arena_freep(&(*policy)->arena);
	free(*policy);
	*policy = NULL;
}

size_t
policy_files(const struct policy *policy)
{
	return policy->files_n;
}

const char *
policy_file_at(const struct policy *policy, size_t n)
{
	return policy->files[n].name;
}

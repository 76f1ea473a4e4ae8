/* SPDX-License-Identifier: ISC */
/*
 * A repository of the scenario is a list of commits, each with its parents
 * and the files it changed. What lies between two commits is found by
 * walking the parents, as git does; nothing here is warder's own code.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "sandbox/codeup.h"

#define FAIL(name, http, code, text)                                           \
	static const struct fail name = { http, code, text }

FAIL(bad_param, 400, "InvalidParam.ParamNotPresent",
    "A parameter is absent or wrong.");
FAIL(no_right, 403, "Forbidden.AccessDenied",
    "The account may not read this repository.");
/* No code is documented for these two: named so that all can see. */
FAIL(no_repository, 404, "Sandbox.RepositoryNotFound",
    "The repository does not exist.");
FAIL(no_commit, 404, "Sandbox.CommitNotFound", "The commit does not exist.");

/* The commits of a repository, and which of them are meant. */
struct walk {
	const cJSON *commits;
	int n;
	unsigned char *marks;
};

#define FROM 1
#define TO 2

static bool
has_text(const cJSON *list, const char *value)
{
	const cJSON *v;

	cJSON_ArrayForEach(v, list)
	{
		if (text_equal(cJSON_GetStringValue(v), value))
			return true;
	}
	return false;
}

/* By its number, or by organization and path as one text. */
static const cJSON *
find_repository(const cJSON *organization, const char *identity)
{
	size_t len = strlen(get_text(organization, "id"));
	const cJSON *one;

	cJSON_ArrayForEach(one, get(organization, "repositories"))
	{
		if (text_equal(get_text(one, "id"), identity))
			return one;
		if (strncmp(identity, get_text(organization, "id"), len) == 0 &&
		    identity[len] == '/' &&
		    text_equal(get_text(one, "path"), identity + len + 1))
			return one;
	}
	return NULL;
}

static bool
is_reader(const cJSON *repository, const char *account)
{
	const cJSON *readers = get(repository, "readers");

	return readers == NULL || has_text(readers, account);
}

/* All checks in their order; NULL: the answer says what is wrong. */
static const cJSON *
repository_of(struct sandbox *s, struct req *r, struct answer *a,
    const char *identity, const cJSON **ret_organization)
{
	const cJSON *repository;
	struct place p;

	if (r->ids.organization == NULL || identity == NULL ||
	    identity[0] == '\0') {
		calls_fail(r, a, &bad_param);
		return NULL;
	}
	if (!calls_find_place(s, r, a, &p))
		return NULL;
	repository = find_repository(p.organization, identity);
	if (repository == NULL)
		calls_fail(r, a, &no_repository);
	else if (!is_reader(repository, r->key->account))
		calls_fail(r, a, &no_right);
	else {
		*ret_organization = p.organization;
		return repository;
	}
	return NULL;
}

static int
index_of(const struct walk *w, const char *id)
{
	const cJSON *c;
	int i = 0;

	cJSON_ArrayForEach(c, w->commits)
	{
		if (id != NULL && text_equal(get_text(c, "id"), id))
			return i;
		i++;
	}
	return -1;
}

/* Marks a commit and all that lies behind it. */
static void
mark(struct walk *w, int at, unsigned char with)
{
	const cJSON *parent;

	if (at < 0 || (w->marks[at] & with) != 0)
		return;
	w->marks[at] |= with;
	cJSON_ArrayForEach(
	    parent, get(cJSON_GetArrayItem(w->commits, at), "parents"))
	{
		mark(w, index_of(w, cJSON_GetStringValue(parent)), with);
	}
}

static cJSON *
copy_of(const cJSON *list)
{
	return list != NULL ? cJSON_Duplicate(list, true) : cJSON_CreateArray();
}

static void
add_text(cJSON *o, const char *name, const cJSON *commit, const char *member)
{
	/* A member that the scenario leaves out is left out here too. */
	if (get(commit, member) != NULL)
		cJSON_AddStringToObject(o, name, get_text(commit, member));
}

static cJSON *
show_commit(const cJSON *commit, bool has_signature, bool is_token)
{
	cJSON *o = cJSON_CreateObject(), *part;
	const char *id = get_text(commit, "id");
	char brief[9];

	cJSON_AddStringToObject(o, "id", id);
	memcpy(brief, id, 8);
	brief[8] = '\0';
	cJSON_AddStringToObject(o, "shortId", brief);
	add_text(o, "title", commit, "title");
	cJSON_AddStringToObject(o, "message",
	    get(commit, "message") != NULL ? get_text(commit, "message")
	                                   : get_text(commit, "title"));
	add_text(o, "authorName", commit, "authorName");
	add_text(o, "authorEmail", commit, "authorEmail");
	cJSON_AddStringToObject(o, "authoredDate", "2026-11-25T10:00:00+08:00");
	add_text(o, "committerName", commit, "authorName");
	add_text(o, "committerEmail", commit, "committerEmail");
	cJSON_AddStringToObject(
	    o, "committedDate", "2026-11-25T10:00:00+08:00");
	cJSON_AddItemToObject(o, "parentIds", copy_of(get(commit, "parents")));
	if (is_token)
		return o;
	part = cJSON_AddObjectToObject(o, "author");
	cJSON_AddNumberToObject(part, "id", 3001);
	add_text(part, "username", commit, "authorName");
	add_text(part, "email", commit, "authorEmail");
	if (has_signature && get(commit, "verification") != NULL)
		add_text(cJSON_AddObjectToObject(o, "signature"),
		    "verificationStatus", commit, "verification");
	return o;
}

static cJSON *
show_file(const cJSON *file)
{
	const char *path = get_text(file, "path"), *was = get_text(file, "was");
	const char *change = get_text(file, "change");
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "oldPath", was[0] != '\0' ? was : path);
	cJSON_AddStringToObject(o, "newPath", path);
	cJSON_AddStringToObject(o, "aMode", "100644");
	cJSON_AddStringToObject(o, "bMode", "100644");
	cJSON_AddBoolToObject(o, "newFile", text_equal(change, "new"));
	cJSON_AddBoolToObject(o, "deletedFile", text_equal(change, "deleted"));
	cJSON_AddBoolToObject(o, "renamedFile", text_equal(change, "renamed"));
	cJSON_AddBoolToObject(o, "isBinary", false);
	cJSON_AddStringToObject(o, "diff", "");
	return o;
}

static bool
is_shown(const cJSON *diffs, const cJSON *file)
{
	const cJSON *d;

	cJSON_ArrayForEach(d, diffs)
	{
		if (text_equal(get_text(d, "newPath"), get_text(file, "path")))
			return true;
	}
	return false;
}

/* The files of the commits that only one side has, each path once. */
static cJSON *
show_files(const struct walk *w, long most)
{
	cJSON *diffs = cJSON_CreateArray(), *file;
	const cJSON *c;
	int i = 0;

	cJSON_ArrayForEach(c, w->commits)
	{
		unsigned char marks = w->marks[i++];

		if (marks != FROM && marks != TO)
			continue;
		cJSON_ArrayForEach(file, get(c, "files"))
		{
			if (cJSON_GetArraySize(diffs) < most &&
			    !is_shown(diffs, file))
				cJSON_AddItemToArray(diffs, show_file(file));
		}
	}
	return diffs;
}

static cJSON *
show_between(const struct walk *w, long most, bool is_token)
{
	cJSON *o = cJSON_CreateObject();
	cJSON *commits = cJSON_AddArrayToObject(o, "commits");
	const cJSON *c;
	int i = 0;

	cJSON_ArrayForEach(c, w->commits)
	{
		if (w->marks[i++] == TO)
			cJSON_AddItemToArray(
			    commits, show_commit(c, false, is_token));
	}
	cJSON_AddItemToObject(o, "diffs", show_files(w, most));
	return o;
}

/* A query member that is true, false or not there at all. */
static bool
is_word(const struct req *r, const char *name)
{
	const char *word = pairs_get(&r->query, name);

	return word == NULL || strcmp(word, "true") == 0 ||
	       strcmp(word, "false") == 0;
}

/* Decimal from 1 on, or `otherwise` where it is not there; -1: wrong. */
static long
number_of(const struct req *r, const char *name, long otherwise)
{
	const char *text = pairs_get(&r->query, name);

	if (text == NULL)
		return otherwise;
	return text_is_id(text) && strlen(text) < 8 ? strtol(text, NULL, 10)
	                                            : -1;
}

static cJSON *
compare(struct req *r, struct answer *a, const cJSON *repository, long most,
    bool is_token)
{
	struct walk w = { .commits = get(repository, "commits") };
	int from = index_of(&w, pairs_get(&r->query, "from"));
	int to = index_of(&w, pairs_get(&r->query, "to"));
	cJSON *o;

	if (from < 0 || to < 0) {
		calls_fail(r, a,
		    pairs_get(&r->query, "from") == NULL ||
		            pairs_get(&r->query, "to") == NULL
		        ? &bad_param
		        : &no_commit);
		return NULL;
	}
	w.n = cJSON_GetArraySize(w.commits);
	w.marks = text_alloc((size_t)w.n);
	mark(&w, from, FROM);
	mark(&w, to, TO);
	o = show_between(&w, most, is_token);
	free(w.marks);
	return o;
}

static const cJSON *
commit_of(struct req *r, struct answer *a, const cJSON *repository)
{
	const struct walk w = { .commits = get(repository, "commits") };
	int at = index_of(&w, r->ids.commit);

	if (at < 0) {
		calls_fail(r, a, &no_commit);
		return NULL;
	}
	return cJSON_GetArrayItem(w.commits, at);
}

/* The signed API names the organization in the query. */
static const cJSON *
named_repository(struct sandbox *s, struct req *r, struct answer *a,
    const char *identity, const cJSON **ret_organization)
{
	r->ids.organization = pairs_get(&r->query, "organizationId");
	return repository_of(s, r, a, identity, ret_organization);
}

void
serve_repository(struct sandbox *s, struct req *r, struct answer *a)
{
	const cJSON *organization = NULL,
	            *repository = named_repository(s, r, a,
	                pairs_get(&r->query, "identity"), &organization);
	struct text path = { 0 };
	cJSON *o;

	if (repository == NULL)
		return;
	o = cJSON_AddObjectToObject(answer_yes(a), "repository");
	text_printf(&path, "%s/%s", get_text(organization, "id"),
	    get_text(repository, "path"));
	answer_add_long(o, "id", get_text(repository, "id"));
	cJSON_AddStringToObject(o, "pathWithNamespace", path.s);
	cJSON_AddStringToObject(o, "defaultBranch", "master");
	text_free(&path);
}

/* Of these two only a number is an id: the path is no part of a path. */
static const cJSON *
numbered_repository(struct sandbox *s, struct req *r, struct answer *a)
{
	const cJSON *organization;
	const char *id = r->ids.repository;

	return named_repository(
	    s, r, a, id != NULL && text_is_id(id) ? id : NULL, &organization);
}

void
serve_commit(struct sandbox *s, struct req *r, struct answer *a)
{
	const char *word = pairs_get(&r->query, "showSignature");
	const cJSON *repository = numbered_repository(s, r, a), *commit;

	if (repository == NULL)
		return;
	if (!is_word(r, "showSignature"))
		calls_fail(r, a, &bad_param);
	else if ((commit = commit_of(r, a, repository)) != NULL)
		cJSON_AddItemToObject(answer_yes(a), "result",
		    show_commit(commit, text_equal(word, "true"), false));
}

void
serve_compare(struct sandbox *s, struct req *r, struct answer *a)
{
	const cJSON *repository = numbered_repository(s, r, a);
	long most = number_of(r, "maxDiffFile", 1000);
	cJSON *o;

	if (repository == NULL)
		return;
	if (!is_word(r, "mergeBase") || most < 0 ||
	    number_of(r, "maxDiffByte", 1) < 0)
		calls_fail(r, a, &bad_param);
	else if ((o = compare(r, a, repository, most, false)) != NULL)
		cJSON_AddItemToObject(answer_yes(a), "result", o);
}

void
token_commit(struct sandbox *s, struct req *r, struct answer *a)
{
	const cJSON *organization, *commit;
	const cJSON *repository =
	    repository_of(s, r, a, r->ids.repository, &organization);

	if (repository != NULL &&
	    (commit = commit_of(r, a, repository)) != NULL)
		answer_bare(a, show_commit(commit, false, true));
}

void
token_compare(struct sandbox *s, struct req *r, struct answer *a)
{
	const cJSON *organization;
	const cJSON *repository =
	    repository_of(s, r, a, r->ids.repository, &organization);
	cJSON *o;

	if (repository == NULL)
		return;
	if (!is_word(r, "straight"))
		calls_fail(r, a, &bad_param);
	else if ((o = compare(r, a, repository, 1000, true)) != NULL)
		answer_bare(a, o);
}

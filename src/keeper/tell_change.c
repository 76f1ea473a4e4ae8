/* SPDX-License-Identifier: ISC */
/*
 * What a run would bring, as pieces. All of it is foreign text but the
 * words. More than a person reads is counted, not told.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "keeper/change.h"
#include "keeper/tell.h"

#define COMMITS_TOLD 100
#define PATHS_TOLD 100

static void
copy(char to[PERSON_NAME + 1], const char *from)
{
	if (from != NULL)
		(void)text_cut(to, PERSON_NAME + 1, from, strlen(from));
}

static void
tell(struct keeper *keeper, enum person_piece_kind kind, const char *a,
    const char *b, const char *c)
{
	struct person_piece piece = { .kind = (uint8_t)kind };

	copy(piece.a, a);
	copy(piece.b, b);
	copy(piece.c, c);
	tell_whole_piece(keeper, &piece);
}

static void
tell_more(struct keeper *keeper, const char *what, size_t n, bool is_known)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%zu", n);
	if (n > 0 || !is_known)
		tell(keeper, PIECE_MORE, what, is_known ? text : "", "");
}

static void
tell_before(struct keeper *keeper, const struct before *before)
{
	static const char *const words[] = { "unknown", "none", "found" };
	bool is_found = before->state == BEFORE_FOUND;

	tell(keeper, PIECE_BEFORE, is_found ? before->run->run : "",
	    words[before->state],
	    before->state == BEFORE_UNKNOWN ? before->why : "");
}

static const struct run_parameter *
find_parameter(const struct run_facts *run, const struct run_text *name)
{
	for (size_t i = 0; i < run->parameters_n; i++)
		if (text_is_same(&run->parameters[i].name, name))
			return &run->parameters[i];
	return NULL;
}

static void
tell_was(struct keeper *keeper, const struct run_parameter *now,
    const struct run_parameter *was)
{
	const char *word = "changed", *value = "";

	if (was == NULL)
		word = "new";
	else if (was->is_hidden || now->is_hidden)
		word = "hidden";
	else if (text_is_same(&was->value, &now->value))
		word = "same";
	if (was != NULL && !was->is_hidden)
		value = was->value.text;
	tell(keeper, PIECE_WAS, now->name.text, value, word);
}

static void
tell_parameters(struct keeper *keeper, const struct run_facts *run,
    const struct run_facts *before)
{
	for (size_t i = 0; i < run->parameters_n; i++)
		tell_was(keeper, &run->parameters[i],
		    find_parameter(before, &run->parameters[i].name));
	for (size_t i = 0; i < before->parameters_n; i++) {
		const struct run_parameter *was = &before->parameters[i];

		if (find_parameter(run, &was->name) == NULL)
			tell(keeper, PIECE_WAS, was->name.text,
			    was->is_hidden ? "" : was->value.text, "gone");
	}
}

static void
tell_author(struct keeper *keeper, const char *address, const char *name)
{
	tell(keeper, PIECE_AUTHOR, address,
	    policy_user_of_address(
	        keeper->rules.policy, keeper->rules.org.alias, address),
	    name);
}

static void
tell_commit(struct keeper *keeper, const struct change_commit *commit)
{
	const char *word = commit->verified == TRI_TRUE    ? "verified"
	                   : commit->verified == TRI_FALSE ? "unverified"
	                                                   : "";

	tell(keeper, PIECE_COMMIT, commit->id, commit->title.text, word);
	tell_author(keeper, commit->authors[0], commit->name.text);
	if (strcmp(commit->authors[0], commit->authors[1]) != 0)
		tell_author(keeper, commit->authors[1], "");
}

static void
tell_paths(struct keeper *keeper, const struct change_source *source)
{
	static const char *const words[] = { "", "changed", "new", "deleted",
		"renamed" };
	size_t n = source->paths_n < PATHS_TOLD ? source->paths_n : PATHS_TOLD;

	if (!source->has_paths)
		return;
	for (size_t i = 0; i < n; i++)
		tell(keeper, PIECE_PATH, source->paths[i].name.text,
		    words[source->paths[i].change], source->paths[i].was.text);
	tell_more(keeper, "files", source->paths_n - n, source->has_all_paths);
}

static void
tell_unknown(struct keeper *keeper, const struct change *change,
    const struct change_source *source)
{
	const char *detail = source->detail;

	if (source->why == NULL)
		return;
	if (strcmp(source->why, "before") == 0)
		detail = change->before.why;
	tell(keeper, PIECE_UNKNOWN, "authors", source->why, detail);
}

static void
tell_source(struct keeper *keeper, const struct change *change, size_t at)
{
	const struct change_source *source = &change->sources[at];
	const struct run_source *run = &keeper->view.run->sources[at];
	size_t n =
	    source->commits_n < COMMITS_TOLD ? source->commits_n : COMMITS_TOLD;
	bool is_cut = source->why != NULL && strcmp(source->why, "cut") == 0;

	tell(keeper, PIECE_CHANGE, run->repo.text, source->from, source->to);
	for (size_t i = 0; i < n; i++)
		tell_commit(keeper, &source->commits[i]);
	tell_more(keeper, "commits", source->commits_n - n, !is_cut);
	tell_paths(keeper, source);
	tell_unknown(keeper, change, source);
}

void
tell_change(struct keeper *keeper)
{
	const struct change *change = keeper->view.change;

	tell_before(keeper, &change->before);
	if (change->before.state == BEFORE_FOUND)
		tell_parameters(keeper, keeper->view.run, change->before.run);
	for (size_t i = 0; i < change->sources_n; i++)
		tell_source(keeper, change, i);
}

void
tell_unknown_authors(struct keeper *keeper)
{
	const struct change *change = keeper->view.change;

	for (size_t i = 0; change != NULL && i < change->sources_n; i++)
		tell_unknown(keeper, change, &change->sources[i]);
}

/* SPDX-License-Identifier: ISC */
/*
 * Three reads of Codeup complete the picture that a run gives: the number of
 * the repository, and the difference of two commits or one commit alone.
 * Whatever does not fit together leaves the authors unknown; nothing is
 * guessed from what did come.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/text.h"
#include "keeper/change.h"
#include "keeper/view.h"
#include "yunxiao/codeup.h"

#define CHANGE_MS 25000 /* all of it: somebody waits at a screen */

_Static_assert(COURIER_PATHS_MAX == REQUEST_DIFF_FILES, "the same list");
_Static_assert(CHANGE_SOURCES_MAX == GATE_SOURCES_MAX, "of one gate");

struct reading {
	struct reader reader; /* with a result of its own */
	struct person_result result;
	const struct view *view;
	const struct before *before;
	enum api api;
	struct change_source *source; /* the one that is read */
	/* Of the answer that is being read. */
	char repository[COURIER_ID_MAX + 1], path[COURIER_TXT_MAX + 1];
	int ends;
	bool is_cut;
};

static void
clear_source(struct change_source *source)
{
	free(source->commits);
	free(source->paths);
	free(source->authors);
}

void
change_freep(struct change **change)
{
	if (*change == NULL)
		return;
	for (size_t i = 0; i < (*change)->sources_n; i++)
		clear_source(&(*change)->sources[i]);
	free((*change)->sources);
	before_clear(&(*change)->before);
	free(*change);
	*change = NULL;
}

bool
change_is_incomplete(const struct change_source *source)
{
	return source->why != NULL && (strcmp(source->why, "server") == 0 ||
	                                  strcmp(source->why, "unread") == 0 ||
	                                  strcmp(source->why, "cut") == 0);
}

static void
copy_text(struct run_text *to, const struct courier_txt *from)
{
	memcpy(to->text, from->text, sizeof(to->text));
	to->is_cut = from->cut != 0;
	memcpy(to->whole, from->whole, sizeof(to->whole));
}

/* Room for one more, zeroed; NULL: no memory. The caps are the courier's. */
static void *
grow(void **items, size_t *n, size_t most, size_t size)
{
	void *more;

	if (*n >= most || (more = realloc(*items, (*n + 1) * size)) == NULL)
		return NULL;
	*items = more;
	memset((char *)more + *n * size, 0, size);
	return (char *)more + (*n)++ * size;
}

static int
on_commit(struct change_source *source, const struct item_commit *item)
{
	struct change_commit *commit = grow((void **)&source->commits,
	    &source->commits_n, COURIER_COMMITS_MAX, sizeof(*commit));

	if (commit == NULL)
		return WARDER_ENOMEM;
	memcpy(commit->id, item->id, sizeof(commit->id));
	copy_text(&commit->title, &item->title);
	copy_text(&commit->name, &item->name);
	commit->verified = item->verified;
	return WARDER_OK;
}

static int
on_path(struct change_source *source, const struct item_path *item)
{
	struct change_path *path = grow((void **)&source->paths,
	    &source->paths_n, COURIER_PATHS_MAX, sizeof(*path));

	if (path == NULL)
		return WARDER_ENOMEM;
	path->change = item->change;
	copy_text(&path->name, &item->name);
	copy_text(&path->was, &item->was);
	return WARDER_OK;
}

/* An author or a parent, of the commit before it. */
static int
on_part(struct change_source *source, const struct item *item)
{
	struct change_commit *commit;

	if (source->commits_n == 0)
		return WARDER_EFORM;
	commit = &source->commits[source->commits_n - 1];
	if (item->kind == ITEM_PARENT) {
		commit->follows |= source->from[0] != '\0' &&
		                   strcmp(item->parent.id, source->from) == 0;
		return WARDER_OK;
	}
	if (commit->authors_n == 2)
		return WARDER_EFORM;
	memcpy(commit->authors[commit->authors_n++], item->author.address,
	    sizeof(commit->authors[0]));
	return WARDER_OK;
}

/* The first end is that of the commits, the second that of the paths. */
static int
on_end(struct reading *reading, const struct item_page_end *end)
{
	if (reading->ends == 2)
		return WARDER_EFORM;
	if (reading->ends++ == 0)
		reading->is_cut = end->complete == 0;
	else
		reading->source->has_all_paths = end->complete != 0;
	reading->source->has_paths = reading->ends == 2;
	return WARDER_OK;
}

static int
on_item(void *ctx, const struct item *item)
{
	struct reading *reading = ctx;

	switch ((enum item_kind)item->kind) {
	case ITEM_COMMIT:
		return reading->ends == 0
		           ? on_commit(reading->source, &item->commit)
		           : WARDER_EFORM;
	case ITEM_AUTHOR:
	case ITEM_PARENT:
		return on_part(reading->source, item);
	case ITEM_PATH:
		return reading->ends == 1
		           ? on_path(reading->source, &item->path)
		           : WARDER_EFORM;
	case ITEM_PAGE_END:
		return on_end(reading, &item->page_end);
	case ITEM_REPOSITORY:
		memcpy(reading->repository, item->repository.id,
		    sizeof(reading->repository));
		memcpy(reading->path, item->repository.path,
		    sizeof(reading->path));
		return WARDER_OK;
	case ITEM_PIPELINE:
	case ITEM_RUN:
	case ITEM_SOURCE:
	case ITEM_PARAMETER:
	case ITEM_STAGE:
	case ITEM_JOB:
	case ITEM_ACTION:
	case ITEM_VALIDATOR:
	case ITEM_MEMBER:
	case ITEM_ORGANIZATION:
		break;
	}
	return WARDER_ETYPE;
}

static void
drop(struct reading *reading)
{
	struct change_source *source = reading->source;

	source->commits_n = source->paths_n = 0;
	source->has_paths = source->has_all_paths = false;
	reading->ends = 0;
	reading->is_cut = false;
}

/* What is told of a reading that failed. */
static void
note_failure(struct reading *reading)
{
	const struct person_result *result = &reading->result;
	struct change_source *source = reading->source;

	drop(reading);
	source->why = "unread";
	if (result->exit != REASON_SERVER_REFUSED &&
	    result->exit != REASON_NOT_FOUND)
		return;
	source->why = "server";
	(void)snprintf(source->detail, sizeof(source->detail), "%s (HTTP %u)",
	    result->code, result->http);
}

/* GO_ON with *ret_good, or a reason in the source; ENDED: nobody waits. */
static int
read_call(struct reading *reading, enum call call, const struct call_args *args,
    bool *ret_good)
{
	drop(reading);
	*ret_good = sight_read(&reading->reader, call, args, on_item, reading,
	                NULL) == GO_ON;
	if (*ret_good)
		return GO_ON;
	if (reading->result.exit == REASON_CANCELLED)
		return ENDED;
	note_failure(reading);
	return GO_ON;
}

/* One answer says one commit, or the difference of two and where it ends. */
static bool
is_in_order(const struct reading *reading, enum call call)
{
	if (call == CALL_COMPARE)
		return reading->ends == 2;
	return reading->ends == 0 && reading->source->commits_n == 1;
}

static bool
has_commit(const struct change_source *source, const char *id)
{
	for (size_t i = 0; i < source->commits_n; i++)
		if (strcmp(source->commits[i].id, id) == 0)
			return true;
	return false;
}

static bool
has_link(const struct change_source *source)
{
	for (size_t i = 0; i < source->commits_n; i++)
		if (source->commits[i].follows)
			return true;
	return false;
}

static bool
is_listed(const struct change_source *source, const char *address)
{
	for (size_t i = 0; i < source->authors_n; i++)
		if (strcasecmp(source->authors[i], address) == 0)
			return true;
	return false;
}

/* All addresses, each once; one that is not told makes all unknown. */
static int
gather_authors(struct change_source *source)
{
	source->authors =
	    calloc(2 * source->commits_n + 1, sizeof(*source->authors));
	if (source->authors == NULL)
		return WARDER_ENOMEM;
	for (size_t i = 0; i < source->commits_n; i++) {
		const struct change_commit *commit = &source->commits[i];

		for (size_t k = 0; k < 2; k++) {
			if (k >= commit->authors_n ||
			    commit->authors[k][0] == '\0')
				source->why = "author";
			else if (!is_listed(source, commit->authors[k]))
				source->authors[source->authors_n++] =
				    commit->authors[k];
		}
	}
	return WARDER_OK;
}

/*
 * Whether the answer is all of it, as far as one can tell. The run's commit
 * has to be in it; and where the commit before is not a parent of any of
 * them, the list may as well have been cut by the server.
 */
static const char *
wrong_with(const struct reading *reading)
{
	const struct change_source *source = reading->source;

	if (reading->is_cut)
		return "cut";
	if (!has_commit(source, source->to))
		return "unread";
	if (source->from[0] != '\0' && !has_link(source))
		return "apart";
	return NULL;
}

/* The number that the signed API wants in a repository's place. */
static int
find_number(struct reading *reading, const struct call_args *args)
{
	bool is_good;

	reading->repository[0] = reading->path[0] = '\0';
	if (read_call(reading, CALL_REPOSITORY, args, &is_good) != GO_ON)
		return ENDED;
	/* It answers for the path that was asked, or not at all. */
	if (is_good && (reading->repository[0] == '\0' ||
	                   strcmp(reading->path, args->repository) != 0))
		reading->source->why = "repository";
	return GO_ON;
}

static int
read_commits(struct reading *reading, struct call_args *args)
{
	struct change_source *source = reading->source;
	enum call call = source->from[0] != '\0' ? CALL_COMPARE : CALL_COMMIT;
	bool is_good;

	args->from = source->from;
	if (read_call(reading, call, args, &is_good) != GO_ON)
		return ENDED;
	if (!is_good)
		return GO_ON;
	if (!is_in_order(reading, call)) {
		drop(reading);
		source->why = "unread";
		return GO_ON;
	}
	if (call == CALL_COMMIT || source->commits_n > 0 || reading->is_cut)
		return GO_ON;
	/* It lies behind the one before: what goes out is that commit. */
	source->from[0] = '\0';
	return read_commits(reading, args);
}

static const char *
why_not(enum codeup_kind kind)
{
	switch (kind) {
	case CODEUP_HERE:
		return NULL;
	case CODEUP_ELSEWHERE:
		return "host";
	case CODEUP_FOREIGN:
		return "organization";
	case CODEUP_NONE:
		break;
	}
	return "address";
}

static int
read_source(struct reading *reading, const struct run_source *from_run)
{
	struct change_source *source = reading->source;
	char path[CODEUP_PATH_MAX + 1];
	struct call_args args = { .repository = path,
		.repository_id = reading->repository };
	bool has_start;

	(void)snprintf(
	    args.ids.org, sizeof(args.ids.org), "%s", reading->view->ids.org);
	(void)snprintf(source->to, sizeof(source->to), "%s", from_run->commit);
	args.commit = source->to;
	source->why = why_not(
	    codeup_parse(from_run->repo.is_cut ? "" : from_run->repo.text,
	        args.ids.org, path));
	if (source->why == NULL && !codeup_is_commit(source->to))
		source->why = "commit";
	if (source->why == NULL && reading->api == API_NONE)
		source->why = "unread";
	if (source->why != NULL)
		return GO_ON;
	has_start = before_commit(
	    reading->before, args.ids.org, from_run, source->from);
	if (reading->api == API_SIGNED && find_number(reading, &args) != GO_ON)
		return ENDED;
	if (source->why == NULL && read_commits(reading, &args) != GO_ON)
		return ENDED;
	if (source->why != NULL)
		return GO_ON;
	if ((source->why = wrong_with(reading)) == NULL &&
	    gather_authors(source) != 0)
		return ENDED;
	if (source->why == NULL && !has_start)
		source->why = "before";
	return GO_ON;
}

/* Which family the key is of; NONE where it cannot be opened. */
static enum api
api_of(const struct reader *reader)
{
	struct ring_trace trace;

	if (ring_try(reader->ring, &reader->key, reader->record, &trace) !=
	    SEAL_OK)
		return API_NONE;
	return (enum api)trace.api;
}

static int
read_all(struct change *change, const struct view *view,
    const struct reader *reader, const char *hint)
{
	struct reading *reading = calloc(1, sizeof(*reading));
	int64_t until = clock_boot_ms() + CHANGE_MS;
	int r = ENDED;

	if (reading == NULL)
		return sight_end(reader->result, REASON_BUG, "bug");
	(void)sight_end(&reading->result, REASON_BUG, "bug");
	reading->reader = *reader;
	reading->reader.result = &reading->result;
	if (until < reading->reader.deadline)
		reading->reader.deadline = until;
	reading->view = view;
	reading->before = &change->before;
	reading->api = api_of(reader);
	r = before_find(view, &reading->reader, hint, &change->before);
	for (size_t i = 0; i < change->sources_n && r == GO_ON; i++) {
		reading->source = &change->sources[i];
		if (i < CHANGE_SOURCES_MAX)
			r = read_source(reading, &view->run->sources[i]);
		else
			reading->source->why = "limit";
	}
	if (r != GO_ON)
		*reader->result = reading->result;
	free(reading);
	return r;
}

int
change_read(struct view *view, const struct reader *reader, const char *hint)
{
	struct change *change = calloc(1, sizeof(*change));

	if (change == NULL)
		return sight_end(reader->result, REASON_BUG, "bug");
	change->sources_n = view->run->sources_n;
	change->sources =
	    calloc(change->sources_n + 1, sizeof(*change->sources));
	if (change->sources == NULL) {
		change->sources_n = 0;
		change_freep(&change);
		return sight_end(reader->result, REASON_BUG, "bug");
	}
	if (read_all(change, view, reader, hint) != GO_ON) {
		change_freep(&change);
		return ENDED;
	}
	view->change = change;
	return GO_ON;
}

/* SPDX-License-Identifier: ISC */
/*
 * What a run would bring: for each source the commits since the last pass,
 * who wrote them, which files they touch. An unknown here never helps
 * anybody, so each comes with the word that says why.
 */
#ifndef WARDER_KEEPER_CHANGE_H
#define WARDER_KEEPER_CHANGE_H

#include "keeper/before.h"

#define CHANGE_SOURCES_MAX 16 /* as many as a gate that is decided may have */

struct change_commit {
	char id[65]; /* "" unknown */
	struct run_text title, name;
	uint8_t verified; /* tri */
	/* Who wrote it, who committed it; "" unknown. */
	char authors[2][COURIER_ADDRESS_MAX + 1];
	uint8_t authors_n;
	bool follows; /* the commit it is counted from is a parent of it */
};

struct change_path {
	uint8_t change; /* enum item_change */
	struct run_text name, was;
};

struct change_source {
	char from[65]; /* "" the one commit alone */
	char to[65];
	struct change_commit *commits; /* newest first; owned, as all below */
	size_t commits_n;
	struct change_path *paths;
	size_t paths_n;
	bool has_paths, has_all_paths; /* told at all; all of them */
	const char **authors; /* each address once; borrowed from commits */
	size_t authors_n;
	/*
	 * NULL: the authors are known. "host", "organization", "address",
	 * "commit", "before", "server", "unread", "repository", "cut", "author",
	 * "apart", "limit".
	 */
	const char *why;
	char detail[PERSON_NAME + 1]; /* the server's code, for "server" */
};

struct change {
	struct before before;
	struct change_source *sources; /* in the order of the run's */
	size_t sources_n;
};

void change_freep(struct change **change);

/*
 * Reads it for view->run into view->change, which must be NULL. ENDED only
 * where nobody waits any more, or there is no memory.
 */
WARDER_MUST_CHECK int change_read(
    struct view *view, const struct reader *reader, const char *hint);

/* A reading that failed, not one that could not be made: exit 25. */
bool change_is_incomplete(const struct change_source *source);

#endif

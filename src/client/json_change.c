/* SPDX-License-Identifier: ISC */
/*
 * The pieces of CHANGE as a document. A piece that stands where it makes no
 * sense (an author before any commit) is left out.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "client/change.h"
#include "client/json_change.h"

static cJSON *
add_object(cJSON *array)
{
	cJSON *object = cJSON_CreateObject();

	(void)cJSON_AddItemToArray(array, object);
	return object;
}

static void
add(cJSON *to, const char *name, const char *text)
{
	(void)cJSON_AddStringToObject(to, name, text);
}

/* A number as the service counted it, or null where it could not. */
static void
add_count(cJSON *to, const char *name, const char *digits)
{
	char *end;
	unsigned long n = strtoul(digits, &end, 10);

	if (digits[0] == '\0' || *end != '\0')
		(void)cJSON_AddNullToObject(to, name);
	else
		(void)cJSON_AddNumberToObject(to, name, (double)n);
}

static void
add_commit(cJSON *source, const struct person_piece *piece)
{
	cJSON *commit =
	    add_object(cJSON_GetObjectItemCaseSensitive(source, "log"));

	add(commit, "commit", piece->a);
	add(commit, "title", piece->b);
	if (piece->c[0] == '\0')
		(void)cJSON_AddNullToObject(commit, "signature_verified");
	else
		(void)cJSON_AddBoolToObject(commit, "signature_verified",
		    strcmp(piece->c, "verified") == 0);
	(void)cJSON_AddArrayToObject(commit, "authors");
}

static void
add_author(cJSON *source, const struct person_piece *piece)
{
	cJSON *log = cJSON_GetObjectItemCaseSensitive(source, "log");
	cJSON *commit = cJSON_GetArrayItem(log, cJSON_GetArraySize(log) - 1);
	cJSON *author;

	if (commit == NULL)
		return;
	author =
	    add_object(cJSON_GetObjectItemCaseSensitive(commit, "authors"));
	add(author, "address", piece->a);
	add(author, "user", piece->b);
	add(author, "name", piece->c);
}

static void
add_path(cJSON *source, const struct person_piece *piece)
{
	cJSON *path =
	    add_object(cJSON_GetObjectItemCaseSensitive(source, "files"));

	add(path, "path", piece->a);
	add(path, "change", piece->b);
	add(path, "was", piece->c);
}

static void
add_unknown(cJSON *source, const struct person_piece *piece)
{
	cJSON *unknown = cJSON_CreateObject();

	add(unknown, "why", piece->b);
	add(unknown, "detail", piece->c);
	(void)cJSON_ReplaceItemInObjectCaseSensitive(
	    source, "unknown", unknown);
	(void)cJSON_ReplaceItemInObjectCaseSensitive(
	    source, "authors_known", cJSON_CreateFalse());
}

static void
begin_source(cJSON *source, const struct person_piece *piece)
{
	add(source, "after", piece->b);
	(void)cJSON_AddArrayToObject(source, "log");
	(void)cJSON_AddNumberToObject(source, "log_more", 0);
	(void)cJSON_AddArrayToObject(source, "files");
	(void)cJSON_AddNumberToObject(source, "files_more", 0);
	(void)cJSON_AddTrueToObject(source, "authors_known");
	(void)cJSON_AddNullToObject(source, "unknown");
}

static void
add_more(cJSON *source, const struct person_piece *piece)
{
	const char *name =
	    strcmp(piece->a, "files") == 0 ? "files_more" : "log_more";

	cJSON_DeleteItemFromObjectCaseSensitive(source, name);
	add_count(source, name, piece->b);
}

static void
add_piece(cJSON *source, const struct person_piece *piece)
{
	switch (piece->kind) {
	case PIECE_COMMIT:
		add_commit(source, piece);
		return;
	case PIECE_AUTHOR:
		add_author(source, piece);
		return;
	case PIECE_PATH:
		add_path(source, piece);
		return;
	case PIECE_MORE:
		add_more(source, piece);
		return;
	case PIECE_UNKNOWN:
		add_unknown(source, piece);
		return;
	}
}

static void
add_last_pass(cJSON *doc, const struct shown *shown)
{
	const struct person_piece *before = shown_piece(shown, PIECE_BEFORE, 0);
	cJSON *last;

	if (before == NULL) {
		(void)cJSON_AddNullToObject(doc, "last_pass");
		return;
	}
	last = cJSON_AddObjectToObject(doc, "last_pass");
	add(last, "state", before->b);
	add(last, "run_id", before->a);
	add(last, "why", before->c);
}

void
json_add_change(cJSON *doc, cJSON *commits, const struct shown *shown)
{
	cJSON *source = NULL;
	int sources = 0;

	add_last_pass(doc, shown);
	for (size_t i = change_start(shown); i < shown->pieces_n; i++) {
		const struct person_piece *piece = &shown->pieces[i];

		if (piece->kind == PIECE_CHANGE) {
			source = cJSON_GetArrayItem(commits, sources++);
			if (source != NULL)
				begin_source(source, piece);
		} else if (source != NULL) {
			add_piece(source, piece);
		}
	}
}

void
json_add_failures(cJSON *errors, const struct shown *shown)
{
	const char *repo = "";

	for (size_t i = change_start(shown); i < shown->pieces_n; i++) {
		const struct person_piece *piece = &shown->pieces[i];
		cJSON *item;

		if (piece->kind == PIECE_CHANGE)
			repo = piece->a;
		if (piece->kind != PIECE_UNKNOWN)
			continue;
		item = add_object(errors);
		add(item, "what", repo);
		add(item, "code", piece->c[0] != '\0' ? piece->c : piece->b);
	}
}

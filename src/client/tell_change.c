/* SPDX-License-Identifier: ISC */
/*
 * What a run would bring, on a screen. Titles, names and addresses are what
 * committers claim: foreign text, every one.
 */
#include "config.h"

#include <string.h>

#include "base/text.h"
#include "client/change.h"
#include "client/words.h"

#define N_(text) text
static const char label_before[] = N_("Last pass");
static const char label_change[] = N_("Change");
static const char label_files[] = N_("Files");
static const char label_authors[] = N_("Authors");

#define COMMIT_SHOWN 10 /* characters of a commit */

struct said_word {
	const char *word, *text;
};

/* Why nobody can say who wrote it. */
static const struct said_word unknowns[] = {
	{ "host", N_("its repository is not at Codeup") },
	{ "organization", N_("its repository is another organization's") },
	{ "address", N_("the address of its repository is not one of Codeup") },
	{ "commit", N_("the run does not tell its commit") },
	{ "before", N_("which commits went before is unknown") },
	{ "server", N_("the server refused to tell") },
	{ "unread", N_("it could not be read") },
	{ "repository", N_("the server knows no such repository") },
	{ "cut", N_("there is more than the server tells at once") },
	{ "author", N_("a commit bears no address") },
	{ "apart", N_("its history does not follow the one before") },
	{ "limit", N_("there are too many sources") },
};

static const struct said_word befores[] = {
	{ "runs", N_("none of the runs that were read passed here") },
	{ "unread", N_("an earlier run could not be read") },
};

static const struct said_word paths[] = {
	{ "changed", N_("changed") },
	{ "new", N_("new") },
	{ "deleted", N_("deleted") },
	{ "renamed", N_("renamed") },
};

#define SAY(table, word) say(table, sizeof(table) / sizeof((table)[0]), word)

static const char *
say(const struct said_word *table, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(table[i].word, word) == 0)
			return _(table[i].text);
	return foreign(word);
}

struct screen {
	const struct client *client;
	const struct person_piece *before;
	const char *label; /* that of the line above */
	FILE *out;
};

/* A label that stands above already is not said again, but under --plain. */
static void
label(struct screen *screen, const char *name)
{
	bool is_plain = screen->client->options.plain;
	bool is_said = screen->label != NULL && screen->label == name;

	print_label(screen->out, is_plain, is_said && !is_plain ? "" : _(name));
	screen->label = name;
}

static void
tell_unknown(struct screen *screen, const struct person_piece *piece)
{
	label(screen, label_authors);
	(void)fprintf(screen->out, _("unknown: %s"), SAY(unknowns, piece->b));
	if (strcmp(piece->b, "before") == 0 && piece->c[0] != '\0')
		(void)fprintf(screen->out, ": %s", SAY(befores, piece->c));
	else if (piece->c[0] != '\0')
		(void)fprintf(screen->out, ": %s", foreign(piece->c));
	(void)fputc('\n', screen->out);
}

/* How many commits follow in this source, those not told among them. */
static unsigned
count_commits(const struct person_piece *piece, const struct person_piece *end)
{
	unsigned n = 0;

	for (piece++; piece < end && piece->kind != PIECE_CHANGE; piece++)
		n += piece->kind == PIECE_COMMIT ? 1 : 0;
	return n;
}

static void
tell_source(struct screen *screen, const struct person_piece *piece,
    const struct person_piece *end)
{
	unsigned n = count_commits(piece, end);
	const char *before = foreign(screen->before->a);

	screen->label = NULL;
	if (n == 0)
		return;
	label(screen, label_change);
	if (piece->b[0] == '\0')
		(void)fprintf(screen->out,
		    _("%.*s alone, as far as warder can tell\n"), COMMIT_SHOWN,
		    foreign(piece->c));
	else
		(void)fprintf(screen->out,
		    ngettext("%u commit since run %s, the last one passed "
		             "here\n",
		        "%u commits since run %s, the last one passed "
		        "here\n",
		        n),
		    n, before);
}

static void
tell_commit(struct screen *screen, const struct person_piece *piece)
{
	label(screen, label_change);
	(void)fprintf(screen->out, "%.*s  %s", COMMIT_SHOWN, foreign(piece->a),
	    foreign(piece->b));
	if (strcmp(piece->c, "verified") == 0)
		(void)fputs(_("  (signature verified)"), screen->out);
	else if (strcmp(piece->c, "unverified") == 0)
		(void)fputs(_("  (signature not verified)"), screen->out);
	(void)fputc('\n', screen->out);
}

static void
tell_author(struct screen *screen, const struct person_piece *piece)
{
	label(screen, label_change);
	if (piece->a[0] == '\0')
		(void)fprintf(screen->out, _("  by %s, without an address\n"),
		    foreign(piece->c));
	else if (piece->b[0] != '\0')
		(void)fprintf(screen->out, _("  by %s <%s>, here %s\n"),
		    foreign(piece->c), foreign(piece->a), foreign(piece->b));
	else
		(void)fprintf(screen->out, _("  by %s <%s>\n"),
		    foreign(piece->c), foreign(piece->a));
}

static void
tell_path(struct screen *screen, const struct person_piece *piece)
{
	label(screen, label_files);
	(void)fprintf(
	    screen->out, "%s  %s", SAY(paths, piece->b), foreign(piece->a));
	if (strcmp(piece->b, "renamed") == 0)
		(void)fprintf(screen->out, _(", was %s"), foreign(piece->c));
	(void)fputc('\n', screen->out);
}

static void
tell_more(struct screen *screen, const struct person_piece *piece)
{
	bool is_files = strcmp(piece->a, "files") == 0;

	label(screen, is_files ? label_files : label_change);
	if (piece->b[0] == '\0')
		(void)fputs(is_files ? _("and other files\n")
		                     : _("and other commits\n"),
		    screen->out);
	else
		(void)fprintf(screen->out,
		    is_files ? _("and %s other files\n")
		             : _("and %s other commits\n"),
		    foreign(piece->b));
}

static void
tell_before(struct screen *screen, const struct person_piece *piece)
{
	label(screen, label_before);
	if (strcmp(piece->b, "found") == 0)
		(void)fprintf(screen->out, _("run %s\n"), foreign(piece->a));
	else if (strcmp(piece->b, "none") == 0)
		(void)fputs(
		    _("none: no earlier run was passed here\n"), screen->out);
	else
		(void)fprintf(
		    screen->out, _("unknown: %s\n"), SAY(befores, piece->c));
}

static void
tell_piece(struct screen *screen, const struct person_piece *piece,
    const struct person_piece *end)
{
	switch (piece->kind) {
	case PIECE_BEFORE:
		tell_before(screen, piece);
		return;
	case PIECE_CHANGE:
		tell_source(screen, piece, end);
		return;
	case PIECE_COMMIT:
		tell_commit(screen, piece);
		return;
	case PIECE_AUTHOR:
		tell_author(screen, piece);
		return;
	case PIECE_PATH:
		tell_path(screen, piece);
		return;
	case PIECE_MORE:
		tell_more(screen, piece);
		return;
	case PIECE_UNKNOWN:
		tell_unknown(screen, piece);
		return;
	}
}

void
tell_change(const struct client *client, const struct shown *shown)
{
	const struct person_piece *end = shown->pieces + shown->pieces_n;
	size_t at = change_start(shown);
	struct screen screen = { .client = client,
		.before = shown->pieces + at,
		.out = client->out };

	for (; at < shown->pieces_n; at++)
		tell_piece(&screen, &shown->pieces[at], end);
}

/* Of a gate that is about to be decided, where a rule asks for them. */
void
tell_unknown_authors(const struct client *client, const struct shown *shown)
{
	struct screen screen = { .client = client, .out = client->out };
	const struct person_piece *piece;

	for (size_t i = 0;
	     (piece = shown_piece(shown, PIECE_UNKNOWN, i)) != NULL; i++)
		tell_unknown(&screen, piece);
}

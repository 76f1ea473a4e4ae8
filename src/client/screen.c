/* SPDX-License-Identifier: ISC */
/*
 * Gates on a screen. Names may be shortened in the table of `list`; handles,
 * ids and commits never are.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "client/change.h"
#include "client/key_end.h"
#include "client/tell.h"
#include "client/words.h"

#define COMMIT_SHOWN 10 /* characters of a commit on a screen */
#define COMMIT_LIST 7

/* `name      value`, or `name: value` under --plain. */
static void
label(const struct client *client, const char *name)
{
	print_label(client->out, client->options.plain, name);
}

static void
print_ids(const struct client *client, const struct shown *shown)
{
	const struct person_gate *gate = &shown->gate;

	(void)fprintf(client->out,
	    _("%s / %s (%s) / run %s / job %s %s, stage %s\n"),
	    foreign(shown_org(shown)), foreign(shown_pipeline(shown)),
	    foreign(gate->pipeline), foreign(gate->run), foreign(gate->job),
	    foreign(gate->job_name), foreign(gate->stage));
}

/* The last part of an address, as people call a repository. */
static const char *
repo_name(char ret[PERSON_NAME + 1], const char *repo)
{
	const char *slash = strrchr(repo, '/');
	size_t len;

	if (slash != NULL && slash[1] != '\0')
		repo = slash + 1;
	len = strlen(repo);
	if (len > 4 && strcmp(repo + len - 4, ".git") == 0)
		len -= 4;
	memcpy(ret, repo, len);
	ret[len] = '\0';
	return ret;
}

static void
print_commit(FILE *out, const struct person_piece *source)
{
	char name[PERSON_NAME + 1];
	const char *repo = foreign(repo_name(name, source->a));

	if (source->c[0] == '\0')
		(void)fprintf(out, _("unknown commit on %s of %s"),
		    foreign(source->b), repo);
	else
		(void)fprintf(out, _("%.*s on %s of %s"), COMMIT_SHOWN,
		    source->c, foreign(source->b), repo);
}

static void
tell_commits(const struct client *client, const struct shown *shown)
{
	const struct person_piece *source;

	for (size_t i = 0;
	     (source = shown_piece(shown, PIECE_SOURCE, i)) != NULL; i++) {
		label(client, _("Commit"));
		print_commit(client->out, source);
		(void)fputc('\n', client->out);
	}
	if (shown_piece(shown, PIECE_SOURCE, 0) == NULL) {
		label(client, _("Commit"));
		(void)fputs(_("unknown\n"), client->out);
	}
}

/* What it was when the gate was passed the last time, where that is known. */
static void
print_since(FILE *out, const struct person_piece *was)
{
	if (was == NULL || strcmp(was->c, "same") == 0)
		return;
	if (strcmp(was->c, "changed") == 0)
		(void)fprintf(
		    out, _(", was %s at the last pass"), foreign(was->b));
	else if (strcmp(was->c, "new") == 0)
		(void)fputs(_(", not there at the last pass"), out);
	else if (strcmp(was->c, "hidden") == 0)
		(void)fputs(_(", cannot be compared"), out);
}

static void
tell_parameters(const struct client *client, const struct shown *shown)
{
	const struct person_piece *piece;
	FILE *out = client->out;
	bool is_plain = client->options.plain;
	size_t n = 0;

	for (; (piece = shown_piece(shown, PIECE_PARAMETER, n)) != NULL; n++) {
		label(client, n == 0 || is_plain ? _("Parameters") : "");
		(void)fprintf(
		    out, "%s %s", foreign(piece->a), foreign(piece->b));
		print_since(out, change_was(shown, piece->a));
		(void)fputc('\n', out);
	}
	for (size_t i = 0; (piece = shown_piece(shown, PIECE_WAS, i)) != NULL;
	     i++) {
		if (strcmp(piece->c, "gone") != 0)
			continue;
		label(client, n++ == 0 || is_plain ? _("Parameters") : "");
		(void)fprintf(out, _("%s is gone, was %s at the last pass\n"),
		    foreign(piece->a), foreign(piece->b));
	}
}

static void
tell_starter(const struct client *client, const struct shown *shown)
{
	label(client, _("Started"));
	(void)fprintf(client->out,
	    shown->gate.trigger == 1 ? _("by %s, by hand\n") : _("by %s\n"),
	    foreign(shown_starter(shown)));
}

void
tell_gate_head(const struct client *client, const struct shown *shown)
{
	if (client->out == NULL)
		return;
	(void)fputc('\n', client->out);
	label(client,
	    client->options.verb == VERB_REFUSE ? _("Refuse") : _("Pass"));
	print_ids(client, shown);
	tell_commits(client, shown);
	tell_unknown_authors(client, shown);
	tell_parameters(client, shown);
	tell_starter(client, shown);
	tell_key_end(client, shown);
}

/* Names in one line: what comes after the gate, who may validate. */
static void
tell_names(const struct client *client, const struct shown *shown,
    enum person_piece_kind kind, const char *name)
{
	const struct person_piece *piece;

	for (size_t i = 0; (piece = shown_piece(shown, kind, i)) != NULL; i++) {
		if (i == 0)
			label(client, name);
		else
			(void)fputs(", ", client->out);
		(void)fputs(foreign(piece->b[0] != '\0' ? piece->b : piece->a),
		    client->out);
	}
	if (shown_piece(shown, kind, 0) != NULL)
		(void)fputc('\n', client->out);
}

static void
tell_newer(const struct client *client, const struct shown *shown)
{
	label(client, _("Newer run"));
	switch (shown->gate.newest) {
	case TRI_TRUE:
		(void)fputs(_("none\n"), client->out);
		return;
	case TRI_FALSE:
		(void)fprintf(
		    client->out, "%s\n", foreign(shown->gate.superseded_by));
		return;
	}
	(void)fputs(_("unknown\n"), client->out);
}

static void
tell_waiting(const struct client *client, const struct shown *shown)
{
	int64_t now = clock_real_ms();
	char age[32], since[64];

	label(client, _("Waiting"));
	if (!shown_waits(shown))
		(void)fprintf(client->out, _("no: the server says %s\n"),
		    foreign(shown->gate.status));
	else if (shown->gate.started_ms == 0)
		(void)fputs(_("since when is unknown\n"), client->out);
	else
		(void)fprintf(client->out, _("%s, since %s\n"),
		    age_text(age, shown->gate.started_ms, now),
		    time_text(since, shown->gate.started_ms, now));
}

static void
tell_key(const struct client *client, const struct shown *shown)
{
	label(client, _("Server"));
	switch (shown->gate.pass) {
	case TRI_TRUE:
		(void)fputs(_("the key's account may pass it\n"), client->out);
		return;
	case TRI_FALSE:
		(void)fputs(
		    _("the key's account may not pass it\n"), client->out);
		return;
	}
	(void)fputs(
	    _("does not say whether the key's account may\n"), client->out);
}

static void
tell_need(const struct client *client, const struct person_need *need)
{
	FILE *out = client->out;
	char text[PATTERN_TEXT_SIZE];

	(void)fputs("  - ", out);
	switch (need->kind) {
	case NEED_REASON:
		(void)fprintf(out, _("a reason%s%s\n"),
		    need->text[0] != '\0' ? ": " : "",
		    pattern_text(text, need->text));
		return;
	case NEED_TICKET:
		(void)fprintf(out, _("a ticket%s%s\n"),
		    need->text[0] != '\0' ? ": " : "",
		    pattern_text(text, need->text));
		return;
	case NEED_LEVEL:
		(void)fprintf(out, _("proof of level %u\n"), need->n);
		return;
	case NEED_SEATS:
		(void)fprintf(out, _("%u more of %s (%s)\n"), need->n,
		    foreign(need->text), foreign(need->who));
		return;
	}
	(void)fprintf(out, "%s\n", foreign(need->text));
}

static void
tell_own_part(const struct client *client, const struct shown *shown)
{
	FILE *out = client->out;
	uint8_t can = shown->gate.can;

	(void)fputc('\n', out);
	if (!shown_waits(shown))
		(void)fputs(_("There is nothing to decide.\n"), out);
	else if ((can & PERSON_CAN_PASS) != 0)
		(void)fputs(shown->needs_n > 0
		                ? _("You may pass this. Still missing:\n")
		                : _("You may pass this.\n"),
		    out);
	else if ((can & PERSON_CAN_REFUSE) != 0)
		(void)fputs(_("You may refuse this, not pass it.\n"), out);
	else
		(void)fputs(_("You may look at this, no more.\n"), out);
	if (shown_waits(shown) && can != 0)
		for (size_t i = 0; i < shown->needs_n; i++)
			tell_need(client, &shown->needs[i]);
}

static void
tell_rule_lines(const struct client *client, const struct shown *shown)
{
	const struct person_rule *rule;
	FILE *out = client->out;

	for (size_t i = 0; i < shown->rules_n; i++) {
		rule = &shown->rules[i];
		if (rule->line != 0)
			(void)fprintf(out, "%s:%u  %s\n", foreign(rule->file),
			    rule->line, foreign(rule->text));
		else
			(void)fprintf(out, "%s %s\n", foreign(rule->code),
			    foreign(rule->local_code));
	}
}

void
tell_gate(const struct client *client, const struct shown *shown)
{
	if (client->out == NULL)
		return;
	label(client, _("Gate"));
	print_ids(client, shown);
	label(client, _("Handle"));
	(void)fprintf(client->out, "%s\n", shown->handle);
	label(client, _("Fingerprint"));
	(void)fprintf(client->out, "%s\n", shown->fingerprint);
	tell_waiting(client, shown);
	tell_commits(client, shown);
	tell_change(client, shown);
	tell_parameters(client, shown);
	tell_starter(client, shown);
	tell_names(client, shown, PIECE_AFTER, _("Then"));
	tell_newer(client, shown);
	tell_names(client, shown, PIECE_VALIDATOR, _("Validators"));
	tell_key(client, shown);
	tell_key_end(client, shown);
	tell_own_part(client, shown);
	tell_rule_lines(client, shown);
}

/* What stands under NEEDS in the table. */
static const char *
needs_text(char ret[128], const struct shown *shown)
{
	const struct person_need *seats = shown_need(shown, NEED_SEATS);

	if (shown->gate.newest == TRI_FALSE)
		(void)snprintf(ret, 128, _("superseded by run %s"),
		    foreign(shown->gate.superseded_by));
	else if ((shown->gate.can & PERSON_CAN_PASS) != 0 && seats != NULL)
		(void)snprintf(ret, 128, _("you + %u others"), seats->n);
	else if ((shown->gate.can & PERSON_CAN_PASS) != 0)
		(void)snprintf(ret, 128, "%s", _("you"));
	else if ((shown->gate.can & PERSON_CAN_REFUSE) != 0)
		(void)snprintf(ret, 128, "%s", _("others; you may refuse"));
	else
		(void)snprintf(ret, 128, "%s", _("others"));
	return ret;
}

/* The stages that this gate holds back, each once, in their order. */
static size_t
print_stages(FILE *out, const struct shown *shown, const char *before)
{
	const struct person_piece *piece;
	const char *last = NULL;
	size_t n = 0;

	for (size_t i = 0; (piece = shown_piece(shown, PIECE_AFTER, i)) != NULL;
	     i++) {
		if (last != NULL && strcmp(last, piece->a) == 0)
			continue;
		last = piece->a;
		(void)fprintf(
		    out, "%s%s", n++ == 0 ? before : ", ", foreign(piece->a));
	}
	return n;
}

struct columns {
	int gate, by;
};

static void
tell_row(const struct client *client, const struct shown *shown,
    const struct columns *columns)
{
	FILE *out = client->out;
	const char *commit = shown_commit(shown);
	char gate[2048], age[32], needs[128], start[8];

	(void)snprintf(gate, sizeof(gate), "%s/%s/%s", shown_org(shown),
	    shown_pipeline(shown), shown->gate.run);
	(void)snprintf(start, sizeof(start), "%.*s", COMMIT_LIST, commit);
	(void)fprintf(out, "%s  ", shown->handle);
	print_padded(out, foreign(gate), columns->gate);
	(void)fputs("  ", out);
	print_padded(out, foreign(shown->gate.stage), 10);
	(void)fprintf(out, " %7s  %-7s  ",
	    age_text(age, shown->gate.started_ms, clock_real_ms()),
	    commit[0] != '\0' ? start : "-");
	print_padded(out, foreign(shown_starter(shown)), columns->by);
	(void)fprintf(out, " %s\n", needs_text(needs, shown));
	if (print_stages(out, shown, _("                then ")) > 0)
		(void)fputc('\n', out);
}

static void
plain_commits(FILE *out, const struct shown *shown)
{
	const struct person_piece *source;

	for (size_t i = 0;
	     (source = shown_piece(shown, PIECE_SOURCE, i)) != NULL; i++)
		(void)fprintf(out, "commit: %s\n", foreign(source->c));
	if (shown_piece(shown, PIECE_SOURCE, 0) == NULL)
		(void)fputs("commit: \n", out);
}

static const char *
newest_word(const struct shown *shown)
{
	switch (shown->gate.newest) {
	case TRI_TRUE:
		return "yes";
	case TRI_FALSE:
		return "no";
	}
	return "unknown";
}

/* --plain: `name: value`, one gate after the other. */
static void
tell_plain(const struct client *client, const struct shown *shown)
{
	FILE *out = client->out;
	char needs[128], age[32];

	(void)fprintf(out,
	    "handle: %s\ngate: %s/%s/%s/%s\nstage: %s\nage: %s\n",
	    shown->handle, foreign(shown_org(shown)),
	    foreign(shown_pipeline(shown)), foreign(shown->gate.run),
	    foreign(shown->gate.job), foreign(shown->gate.stage),
	    age_text(age, shown->gate.started_ms, clock_real_ms()));
	plain_commits(out, shown);
	(void)fprintf(out, "started by: %s\nnewest run: %s\n",
	    foreign(shown_starter(shown)), newest_word(shown));
	if (print_stages(out, shown, "then: ") > 0)
		(void)fputc('\n', out);
	(void)fprintf(out, "needs: %s\n\n", needs_text(needs, shown));
}

static int
at_most(int width, int most)
{
	return width < most ? width : most;
}

/* Names may be cut; an account id, 20 digits at most, never is. */
static struct columns
widths_of(const struct shown_list *gates)
{
	struct columns widest = { 4, 8 };
	int width;

	for (size_t i = 0; i < gates->n; i++) {
		const struct shown *shown = &gates->items[i];

		width = text_width(foreign(shown_org(shown))) +
		        text_width(foreign(shown_pipeline(shown))) +
		        (int)strlen(shown->gate.run) + 2;
		widest.gate = width > widest.gate ? width : widest.gate;
		width = text_width(foreign(shown_starter(shown)));
		widest.by = width > widest.by ? width : widest.by;
	}
	widest.gate = at_most(widest.gate, 40);
	widest.by = at_most(widest.by, 20);
	return widest;
}

void
tell_list(const struct client *client, const struct shown_list *gates)
{
	const struct columns columns = widths_of(gates);
	FILE *out = client->out;

	if (out == NULL)
		return;
	if (!client->options.plain && gates->n > 0) {
		print_padded(out, _("HANDLE"), 16);
		print_padded(out, _("GATE"), columns.gate + 2);
		print_padded(out, _("STAGE"), 10);
		(void)fprintf(out, " %7s  %-7s  ", _("AGE"), _("COMMIT"));
		print_padded(out, _("BY"), columns.by);
		(void)fprintf(out, " %s\n", _("NEEDS"));
	}
	for (size_t i = 0; i < gates->n; i++) {
		if (client->options.plain)
			tell_plain(client, &gates->items[i]);
		else
			tell_row(client, &gates->items[i], &columns);
	}
}

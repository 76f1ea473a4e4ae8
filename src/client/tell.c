/* SPDX-License-Identifier: ISC */
/*
 * Every way a request can end, with what to do next. The table is read from
 * the top: a row with a local code comes before the row of its exit code.
 */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "client/json.h"
#include "client/tell.h"
#include "client/words.h"
#include "yunxiao/codes.h"

#define N_(text) text
#define REDRAW_MS 250
#define PLAIN_MS 10000

struct ending {
	uint8_t exit;
	const char *local_code; /* NULL: any */
	const char *text;
};

static const struct ending endings[] = {
	{ 1, NULL, N_("Internal error; please report it.") },
	{ 2, "ambiguous",
	    N_("That names several gates or pipelines: give the ids.") },
	{ 2, NULL, N_("That is no gate as the service wants it.") },
	{ 3, "timeout", N_("Time ran out. Nothing was sent.") },
	{ 3, NULL, N_("Cancelled. Nothing was sent.") },
	{ 4, "expired",
	    N_("Your account here has expired. Nothing was sent.") },
	{ 4, "new_password",
	    N_("Your password has to be changed first: "
	       "passwd(1). Nothing was sent.") },
	{ 4, "lockout",
	    N_("Too many failed attempts; wait a while. Nothing "
	       "was sent.") },
	{ 4, "challenge",
	    N_("The service was asked something else than you "
	       "asked for. Nothing was sent.") },
	{ 4, "timeout", N_("Time ran out. Nothing was sent.") },
	{ 4, NULL, N_("Not authenticated. Nothing was sent.") },
	{ 5, "user_unknown",
	    N_("Neither the policy nor this host knows you as a person. "
	       "Nothing was sent.") },
	{ 5, NULL, N_("Refused by the policy here. Nothing was sent.") },
	{ 7, NULL,
	    N_("The gate changed. Nothing was sent. Look again: "
	       "warder show") },
	{ 8, NULL,
	    N_("Your vote is recorded; others are missing. Nothing was "
	       "sent.") },
	{ 11, "not_reached", N_("This gate is not reached yet.") },
	{ 11, "not_waiting",
	    N_("This gate does not wait; what it does, warder does not know. "
	       "Nothing was sent.") },
	{ 11, "no_run", N_("There is no such run.") },
	{ 11, "no_pipeline", N_("There is no such pipeline.") },
	{ 11, "org_unknown", N_("That organization is not configured here.") },
	{ 11, NULL,
	    N_("No such gate, or none that you may see. What waits: "
	       "warder list") },
	{ 12, "others",
	    N_("Your part is done; the gate still waits for other "
	       "validators.") },
	{ 12, NULL,
	    N_("Not confirmed. The server said success, but the gate still "
	       "waits. Another validator may have to act there. Do not "
	       "repeat it blindly; look first: warder show") },
	{ 13, NULL,
	    N_("Unknown. It was sent, no usable answer came, and the "
	       "run does not tell. Look first: warder show") },
	{ 14, "store_down",
	    N_("The local store of claims cannot be used. "
	       "Nothing was sent.") },
	{ 14, "throttled",
	    N_("The server limits how often it may be asked. Nothing was "
	       "sent.") },
	{ 14, "unread",
	    N_("The server could not be read. Nothing was sent; "
	       "it may be repeated.") },
	{ 14, NULL,
	    N_("Network or server trouble. Nothing was sent; it may "
	       "be repeated.") },
	{ 15, NULL,
	    N_("Somebody is sending for this gate, or an earlier "
	       "sending is not settled yet. Look again soon: warder "
	       "show") },
	{ 16, NULL, N_("Too much at once on this host; try again later.") },
	{ 17, NULL,
	    N_("An answer was needed, and -n or a missing terminal "
	       "forbids to ask. Nothing was sent.") },
	{ 18, "pam", N_("warder-pam does not answer. Nothing was sent.") },
	{ 18, "courier",
	    N_("warder-courier does not answer. Nothing was sent.") },
	{ 18, NULL,
	    N_("A service of warder is not running, or speaks another "
	       "version.") },
	{ 19, NULL,
	    N_("The keys are locked; root unlocks them: warderctl "
	       "unlock. Nothing was sent.") },
	{ 20, "key_expired",
	    N_("The key of this organization has run out; root seals a fresh "
	       "one: warderctl key seal. Nothing was sent.") },
	{ 20, NULL,
	    N_("There is no usable AccessKey for this organization. "
	       "Nothing was sent.") },
	{ 21, NULL,
	    N_("The configuration or the policy here is not right; "
	       "everything is refused. Root can tell more: warderctl "
	       "doctor") },
	{ 22, NULL,
	    N_("The ledger or syslog did not take the record. Nothing "
	       "was sent.") },
	{ 23, NULL,
	    N_("It was sent, but the outcome could not be recorded. "
	       "Keep this line:") },
	{ 25, NULL, N_("Something could not be read.") },
};

static const char *
ending_text(const struct person_result *result)
{
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (endings[i].exit == result->exit &&
		    (endings[i].local_code == NULL ||
		        strcmp(endings[i].local_code, result->local_code) == 0))
			return _(endings[i].text);
	return _("The service ended with a code that this program does not "
	         "know.");
}

const char *
tell_verb(enum client_verb verb)
{
	return verb == VERB_REFUSE ? "refuse" : "pass";
}

int
tell_error(const struct client *client, enum reason reason, const char *code,
    const char *sentence)
{
	if (client->is_hushed)
		return (int)reason;
	if (client->options.json)
		json_error(reason, code, sentence);
	else {
		if (client->out != NULL)
			(void)fflush(client->out);
		(void)fprintf(stderr, "warder: %s\n", sentence);
	}
	return (int)reason;
}

static int on_screen;

void
tell_progress_end(void)
{
	if (on_screen)
		(void)fputs("\r\033[K", stderr);
	on_screen = 0;
}

/* One line that is written over; under --plain a new one every ten seconds. */
static void
tell_reading(
    const struct client *client, const struct person_progress *progress)
{
	static int64_t last;
	int64_t now = clock_boot_ms();

	if (!isatty(STDERR_FILENO))
		return;
	if (last == 0 && client->options.plain)
		last = now;
	if (now - last < (client->options.plain ? PLAIN_MS : REDRAW_MS))
		return;
	last = now;
	tell_progress_end();
	(void)fprintf(stderr, _("reading %s: %u of %u pipelines, %s waiting"),
	    foreign(progress->a), progress->n, progress->of,
	    foreign(progress->b));
	if (client->options.plain)
		(void)fputc('\n', stderr);
	else
		on_screen = 1;
	(void)fflush(stderr);
}

static void
tell_watching(const struct person_progress *progress)
{
	if (!isatty(STDERR_FILENO))
		return;
	tell_progress_end();
	(void)fprintf(stderr,
	    _("waiting for the gate to move, at most %s s more"),
	    foreign(progress->a));
	(void)fflush(stderr);
	on_screen = 1;
}

/* A read waits as long as the server asked; nothing is sent meanwhile. */
static void
tell_pausing(const struct person_progress *progress)
{
	if (!isatty(STDERR_FILENO))
		return;
	tell_progress_end();
	(void)fprintf(stderr,
	    _("the server limits how often it may be asked: reading on in %u "
	      "s"),
	    progress->n);
	(void)fflush(stderr);
	on_screen = 1;
}

/*
 * The answer's word. Where it leaves open what was done that is said at once:
 * the run is read, and nothing is sent a second time.
 */
static void
tell_answered(
    const struct client *client, const struct person_progress *progress)
{
	const struct code_row *row = code_find(progress->a, true);
	bool is_zh = client->lang == PERSON_ZH;
	FILE *out = client->out;

	if (progress->a[0] == '\0') {
		(void)fputs(_("no answer came, and it may have been carried "
		              "out: reading the run\n"),
		    out);
		return;
	}
	(void)fprintf(out, _("| %s, request %s\n"), foreign(progress->a),
	    foreign(progress->b));
	if (strcmp(progress->a, "success") == 0 || row->done == CODE_DONE_NO)
		return;
	if (row->code[0] != '\0')
		(void)fprintf(
		    out, "  %s\n", is_zh ? row->text->zh : row->text->en);
	else
		(void)fputs(_("  that does not tell whether it was done: "
		              "reading the run\n"),
		    out);
}

/* A line with the time before it, for what has happened for good. */
static void
tell_step(const struct client *client, const struct person_progress *progress)
{
	FILE *out = client->out;
	char at[32];

	if (out == NULL)
		return;
	tell_progress_end();
	(void)fprintf(out, "%s  ", clock_text(at, progress->at_ms));
	switch (progress->what) {
	case PROGRESS_PROVEN:
		(void)fprintf(out, _("you are %s\n"), foreign(progress->a));
		break;
	case PROGRESS_RECORDED:
		(void)fprintf(out, _("recorded: %s\n"), foreign(progress->a));
		break;
	case PROGRESS_SENT:
		(void)fprintf(
		    out, _("sent once to %s\n"), foreign(progress->a));
		break;
	case PROGRESS_ANSWERED:
		tell_answered(client, progress);
		break;
	case PROGRESS_SEEN:
		(void)fprintf(out, _("seen: job %s left the gate (%s)\n"),
		    foreign(progress->a), foreign(progress->b));
		break;
	default:
		(void)fprintf(
		    out, "%s %s\n", foreign(progress->a), foreign(progress->b));
	}
	(void)fflush(out);
}

void
tell_progress(
    const struct client *client, const struct person_progress *progress)
{
	if (progress->what == PROGRESS_READING)
		tell_reading(client, progress);
	else if (progress->what == PROGRESS_WATCHING)
		tell_watching(progress);
	else if (progress->what == PROGRESS_PAUSED)
		tell_pausing(progress);
	else
		tell_step(client, progress);
}

void
tell_rule(FILE *out, const struct person_rule *rule)
{
	(void)fputs("  ", out);
	if (rule->line != 0)
		(void)fprintf(out, "%s:%u  %s", foreign(rule->file), rule->line,
		    foreign(rule->text));
	else
		(void)fprintf(out, "%s (%s)", foreign(rule->code),
		    foreign(rule->local_code));
	/* What a line says after `because` is in the line already. */
	if (rule->message[0] != '\0' &&
	    strstr(rule->text, rule->message) == NULL)
		(void)fprintf(out, "   \"%s\"", foreign(rule->message));
	if (rule->unknown[0] != '\0')
		(void)fprintf(
		    out, _("   (unknown: %s)"), foreign(rule->unknown));
	(void)fputc('\n', out);
}

static void
tell_denied(
    FILE *out, const struct shown *shown, const struct person_result *result)
{
	bool has_said = false;

	(void)fprintf(out, _("Refused: %s (here, %s). Nothing was sent.\n"),
	    foreign(result->code[0] != '\0' ? result->code : "-"),
	    foreign(result->local_code));
	for (size_t i = 0; shown != NULL && i < shown->rules_n; i++) {
		const struct person_rule *rule = &shown->rules[i];

		if (rule->kind == RULE_FITS)
			continue;
		if (rule->kind == RULE_ALSO && !has_said) {
			(void)fputs(_("Also in the way:\n"), out);
			has_said = true;
		}
		tell_rule(out, rule);
	}
}

static enum code_lang
language(const struct client *client)
{
	return client->lang == PERSON_ZH ? CODE_ZH : CODE_EN;
}

/* Its code as a sentence of ours, then its own text. */
static void
tell_said(const struct client *client, const struct about *about,
    const struct person_result *result)
{
	char text[SAID_SIZE];

	said_sentence(text, language(client), about, result);
	(void)fprintf(client->out, "%s\n", foreign(text));
	if (result->text[0] != '\0')
		print_foreign(client->out, result->text);
}

/* Whom the gate may still wait for. */
static void
tell_outstanding(const struct client *client, const struct shown *shown)
{
	const struct person_piece *piece;
	FILE *out = client->out;
	size_t n = 0;

	for (; (piece = shown_piece(shown, PIECE_OUTSTANDING, n)) != NULL; n++)
		(void)fprintf(out, "%s%s", n == 0 ? "  " : ", ",
		    foreign(piece->b[0] != '\0' ? piece->b : piece->a));
	if (n > 0)
		(void)fputs(_("\n  Who of them has acted already the server "
		              "does not tell.\n"),
		    out);
}

static void
tell_decided(const struct client *client, const struct person_result *result)
{
	bool is_refused = (result->exit == REASON_ALREADY) ==
	                  (client->options.verb == VERB_REFUSE);

	(void)fputs(is_refused ? _("Already refused. Nothing was sent.\n")
	                       : _("Already passed. Nothing was sent.\n"),
	    client->out);
}

static void
tell_done(const struct client *client, const struct person_result *result)
{
	bool is_refusal = client->options.verb == VERB_REFUSE;

	if (strcmp(result->local_code, "unanswered") == 0)
		(void)fputs(is_refusal ? _("Refused, by this call or by "
		                           "somebody else.\n")
		                       : _("Passed, by this call or by "
		                           "somebody else.\n"),
		    client->out);
	else
		(void)fputs(
		    is_refusal ? _("Refused, as you asked.\n") : _("Passed.\n"),
		    client->out);
}

/* All the others: the table's sentence, and what it came from. */
static void
tell_other(const struct client *client, const struct about *about,
    const struct person_result *result)
{
	const struct shown *shown = about->shown;
	FILE *out = client->out;

	(void)fputs(ending_text(result), out);
	if (shown != NULL && (result->exit == 7 || result->exit == 12 ||
	                         result->exit == 13 || result->exit == 15))
		(void)fprintf(out, " %s/%s/%s/%s", foreign(shown_org(shown)),
		    foreign(shown->gate.pipeline), foreign(shown->gate.run),
		    foreign(shown->gate.job));
	(void)fputc('\n', out);
	if (shown != NULL)
		tell_outstanding(client, shown);
	if (result->origin == ORIGIN_SERVER)
		tell_said(client, about, result);
	else if (result->code[0] != '\0' || result->text[0] != '\0')
		(void)fprintf(out, "| %s %s\n", foreign(result->code),
		    foreign(result->text));
	if (result->line[0] != '\0')
		print_foreign(out, result->line);
}

static void
tell_ending(const struct client *client, const struct about *about,
    const struct person_result *result)
{
	switch (result->exit) {
	case REASON_DONE:
		tell_done(client, result);
		return;
	case REASON_DENIED:
		tell_denied(client->out, about->shown, result);
		return;
	case REASON_SERVER_REFUSED:
		/* What the look showed of the key is said here, not there. */
		if (result->origin != ORIGIN_SERVER)
			tell_denied(client->out, about->shown, result);
		else
			tell_said(client, about, result);
		return;
	case REASON_ALREADY:
	case REASON_OTHERWISE:
		tell_decided(client, result);
		return;
	}
	tell_other(client, about, result);
}

void
tell_outcome(const struct client *client, const struct about *about,
    const struct person_result *result)
{
	char text[SAID_SIZE];
	bool is_said = result->exit == REASON_SERVER_REFUSED &&
	               result->origin == ORIGIN_SERVER;

	tell_progress_end();
	if (client->is_hushed)
		return;
	if (client->options.json && about->shown == NULL) {
		said_sentence(text, language(client), about, result);
		json_ended(about, result, is_said ? text : ending_text(result));
		return;
	}
	if (client->out == NULL)
		return;
	tell_ending(client, about, result);
	if (result->record[0] != '\0')
		(void)fprintf(
		    client->out, _("Record     %s\n"), foreign(result->record));
}

void
tell_result(const struct client *client, const struct shown *shown,
    const struct person_result *result)
{
	const struct about about = { .shown = shown };

	tell_outcome(client, &about, result);
}

/* SPDX-License-Identifier: ISC */
/*
 * warder log: what this host recorded of the caller's decisions. Lines are
 * believed as far as a desk is; a receipt only after this host's signature on
 * it holds, so that what is kept in the file can be shown to anybody.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/text.h"
#include "client/at.h"
#include "client/client.h"
#include "client/link.h"
#include "client/log.h"
#include "client/tell.h"
#include "client/words.h"
#include "ledger/note.h"

#define LINES_MAX PERSON_ANSWER_FRAMES

/* What came: lines of the ledger, or the text of a receipt. */
struct answer {
	struct log_lines lines;
	char *note; /* NOTE_MAX + 1 */
	size_t note_len;
	bool is_receipt, is_wrong;
	const char *act; /* only this verb; NULL: all */
	struct person_result result;
};

static void
add_record(struct answer *answer, const char *text)
{
	char line[RECORD_LINE_MAX + 2];
	struct record rec, *more;
	int n = snprintf(line, sizeof(line), "%s\n", text);

	if (n <= 0 || (size_t)n >= sizeof(line) ||
	    record_parse(line, (size_t)n, &rec) != 0) {
		answer->is_wrong = true;
		return;
	}
	if (answer->act != NULL && record_has(&rec, M_ACT) &&
	    !record_is(&rec, M_ACT, answer->act))
		return;
	more = realloc(answer->lines.items,
	    (answer->lines.n + 1) * sizeof(*answer->lines.items));
	if (more == NULL || answer->lines.n == LINES_MAX) {
		answer->is_wrong = true;
		return;
	}
	answer->lines.items = more;
	more[answer->lines.n++] = rec;
}

static void
add_text(struct answer *answer, const char *text)
{
	size_t left = NOTE_MAX - answer->note_len, len = strlen(text);

	if (len + 1 > left) {
		answer->is_wrong = true;
		return;
	}
	memcpy(answer->note + answer->note_len, text, len);
	answer->note[answer->note_len + len] = '\n';
	answer->note_len += len + 1;
}

static int
take_answers(struct link *link, struct answer *answer)
{
	union person_any *message = malloc(sizeof(*message));
	const struct layout *layout = NULL;
	int exit = message == NULL ? REASON_BUG : REASON_DONE;

	while (exit == REASON_DONE) {
		if ((exit = link_wait(link, &layout, message)) != 0)
			break;
		if (layout == &person_result_layout) {
			answer->result = message->result;
			break;
		}
		if (layout != &person_line_layout)
			exit = REASON_UNREACHABLE;
		else if (answer->is_receipt)
			add_text(answer, message->line.text);
		else
			add_record(answer, message->line.text);
	}
	free(message);
	return exit == REASON_DONE && answer->is_wrong ? REASON_UNREACHABLE
	                                               : exit;
}

static int
read_question(const struct client *client, struct person_log *ret)
{
	const struct options *options = &client->options;
	const char *record = options->gates_n > 0 ? options->gates[0] : "";
	char day[32];

	ret->lang = client->lang;
	if (text_copy(ret->record, sizeof(ret->record), record) != 0 ||
	    strspn(record, "0123456789-") != strlen(record))
		return tell_error(client, REASON_USAGE, "",
		    _("a record is named by its number, such as "
		      "20261125-0031"));
	if (options->receipt != NULL && record[0] == '\0')
		return tell_error(client, REASON_USAGE, "",
		    _("a receipt is of one record: warder log RECORD "
		      "--receipt FILE"));
	if (options->receipt != NULL)
		ret->flags = PERSON_LOG_RECEIPT;
	if (options->since == NULL)
		return REASON_DONE;
	(void)snprintf(day, sizeof(day), "%.20s%s", options->since,
	    strlen(options->since) == 10 ? " 00:00" : "");
	if (strlen(options->since) > 20 || strlen(day) < 16 ||
	    at_parse(day, clock_real_ms(), &ret->since_ms) != 0)
		return tell_error(client, REASON_USAGE, "",
		    _("--since takes a day or a time, such as 2026-12-01 or "
		      "'2026-12-01 09:30'"));
	return REASON_DONE;
}

static void
print_row(FILE *out, const struct record *rec)
{
	const char *why =
	    record_text(rec, record_has(rec, M_ERR) ? M_ERR : M_WHY);

	(void)fprintf(out, "%.19s  ", record_text(rec, M_TS));
	print_padded(out, record_text(rec, M_REC), 14);
	(void)fputc(' ', out);
	print_padded(out, record_text(rec, M_EV), 8);
	(void)fputc(' ', out);
	print_padded(out, foreign(record_text(rec, M_RES)), 12);
	(void)fprintf(out, " %s%s%s\n", foreign(record_text(rec, M_NAME)),
	    why[0] != '\0' ? "  " : "", foreign(why));
}

static void
print_whole(FILE *out, const struct record *rec)
{
	char number[32];

	(void)fprintf(
	    out, "%s %s\n", record_text(rec, M_TS), record_text(rec, M_EV));
	for (enum member m = M_SEQ; m < M_PREV; m++) {
		if (!record_has(rec, m) || m == M_TS || m == M_EV)
			continue;
		(void)snprintf(number, sizeof(number), "%llu",
		    (unsigned long long)record_int(rec, m));
		(void)fprintf(out, "  %-6s %s\n", record_name(m),
		    member_is_int(m) ? number : foreign(record_text(rec, m)));
	}
}

static void
tell_lines(const struct client *client, const struct answer *answer)
{
	bool is_one = client->options.gates_n > 0;

	for (size_t i = 0; i < answer->lines.n; i++) {
		if (is_one)
			print_whole(client->out, &answer->lines.items[i]);
		else
			print_row(client->out, &answer->lines.items[i]);
	}
	if (answer->lines.n == 0 && !client->options.plain)
		(void)fputs(
		    _("Nothing is on record of you here.\n"), client->out);
}

static int
write_file(const char *path, const char *bytes, size_t len)
{
	int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	auto_fd int fd = open(path, flags, 0644);

	if (fd < 0)
		return WARDER_ESYS;
	if (write(fd, bytes, len) == (ssize_t)len && fsync(fd) == 0)
		return WARDER_OK;
	(void)unlink(path);
	return WARDER_ESYS;
}

/* The first line of a record behind the head of its receipt is its number. */
static bool
is_of_record(const char *note, const char *record)
{
	const char *at = strchr(note, '\n');
	size_t len = strlen(record);

	return at != NULL && strncmp(at + 1, record, len) == 0 &&
	       at[1 + len] == '\n';
}

static int
keep_receipt(const struct client *client, const struct answer *answer)
{
	const char *path = client->options.receipt;
	struct note_verifier verifier;
	enum note_err e;

	if (note_verifier_load(client->places.ledger_public,
	        client->places.owner, &verifier) != 0)
		return tell_error(client, REASON_MISCONFIGURED, "config",
		    _("ledger.pub is missing or is not root's alone to "
		      "write"));
	e = receipt_open(answer->note, answer->note_len, &verifier);
	if (e != NOTE_OK ||
	    !is_of_record(answer->note, client->options.gates[0]))
		return tell_error(client, REASON_UNREACHABLE,
		    e == NOTE_OK ? "note_form" : note_word(e),
		    _("the receipt does not hold: it is not signed by this "
		      "host, or of another record"));
	if (write_file(path, answer->note, answer->note_len) != 0)
		return tell_error(client, REASON_USAGE, "",
		    errno == EEXIST
		        ? _("that file is there already; give another name")
		        : _("the file could not be written"));
	if (client->options.json)
		json_log(&answer->lines, path, true);
	else
		(void)fprintf(client->out,
		    _("Receipt of record %s, signed by %s: %s\n"),
		    client->options.gates[0], foreign(verifier.host),
		    foreign(path));
	return REASON_DONE;
}

static int
end(struct client *client, const struct answer *answer)
{
	int exit = answer->result.exit;
	bool is_told = exit == REASON_DONE || exit == REASON_INCOMPLETE;

	if (!is_told || exit == REASON_INCOMPLETE)
		tell_result(client, NULL, &answer->result);
	if (!is_told)
		return exit;
	if (answer->is_receipt)
		return keep_receipt(client, answer);
	if (client->options.json)
		json_log(&answer->lines, NULL, exit == REASON_DONE);
	else
		tell_lines(client, answer);
	return exit;
}

int
verb_log(struct client *client)
{
	struct answer answer = { .is_receipt = client->options.receipt != NULL,
		.act = client->options.verb_about };
	struct person_log question = { .lang = 0 };
	struct link link = LINK_NONE;
	int exit = read_question(client, &question);

	if (exit != REASON_DONE)
		return exit;
	if ((answer.note = calloc(1, NOTE_MAX + 1)) == NULL)
		return REASON_BUG;
	exit = (int)link_open(client->places.socket, &link);
	if (exit == REASON_DONE)
		exit = (int)link_ask(&link, &person_log_layout, &question);
	if (exit == REASON_DONE)
		exit = take_answers(&link, &answer);
	if (exit == REASON_DONE)
		exit = end(client, &answer);
	else if (exit < 128)
		(void)tell_error(client, (enum reason)exit, "",
		    link.wrong != NULL
		        ? link.wrong
		        : _("warder's service answered what it must not"));
	link_close(&link);
	free(answer.lines.items);
	free(answer.note);
	return exit;
}

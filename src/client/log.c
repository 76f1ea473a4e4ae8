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
#include "client/answers.h"
#include "client/at.h"
#include "client/client.h"
#include "client/link.h"
#include "client/log.h"
#include "client/tell.h"
#include "client/words.h"
#include "ledger/note.h"

static enum answer
take(void *asker, const struct layout *layout, const union person_any *message)
{
	if (layout != &person_line_layout ||
	    !log_take(asker, message->line.text))
		return ANSWER_WRONG;
	return ANSWER_TAKEN;
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
tell_lines(const struct client *client, const struct log_answer *answer)
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

static int
keep_receipt(const struct client *client, const struct log_answer *answer)
{
	const char *path = client->options.receipt;
	struct note_verifier verifier;
	enum note_err e;

	if (note_verifier_load(client->places.ledger_public,
	        client->places.owner, &verifier) != 0)
		return tell_error(client, REASON_MISCONFIGURED, "config",
		    _("ledger.pub is missing or is not root's alone to "
		      "write"));
	e = log_check_receipt(answer, client->options.gates[0], &verifier);
	if (e != NOTE_OK)
		return tell_error(client, REASON_UNREACHABLE, note_word(e),
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
end(struct client *client, const struct log_answer *answer)
{
	int exit = answer->result.exit;
	bool is_told = exit == REASON_DONE || exit == REASON_INCOMPLETE;

	if (!is_told || exit == REASON_INCOMPLETE)
		tell_result(client, NULL, &answer->result);
	if (!is_told)
		return exit;
	if (answer->note != NULL)
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
	struct log_answer answer = { .act = client->options.verb_about };
	struct person_log question = { .lang = 0 };
	struct link link = LINK_NONE;
	int exit = read_question(client, &question);

	if (exit != REASON_DONE)
		return exit;
	if (client->options.receipt != NULL &&
	    (answer.note = calloc(1, NOTE_MAX + 1)) == NULL)
		return REASON_BUG;
	exit = (int)link_open(client->places.socket, &link);
	if (exit == REASON_DONE)
		exit = (int)link_ask(&link, &person_log_layout, &question);
	if (exit == REASON_DONE)
		exit = answers_take(NULL, &link, take, &answer, &answer.result);
	if (exit == REASON_DONE)
		exit = end(client, &answer);
	else
		(void)answers_tell(client, &link, exit);
	link_close(&link);
	log_clear(&answer);
	return exit;
}

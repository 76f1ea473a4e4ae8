/* SPDX-License-Identifier: ISC */
/*
 * `warderctl ledger show`: lines for people, or a receipt that holds. Names,
 * reasons and messages in them are other people's words and are filtered as
 * for any screen. A line that does not read is said, never skipped silently.
 */
#include "config.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/text.h"
#include "ctl/ledger.h"
#include "ledger/chain.h"
#include "ledger/note.h"
#include "ledger/verify.h"

struct showing {
	const struct ledger_question *question;
	struct ledger_filter filter;
	uint64_t shown;
	uint64_t next; /* seq to come, 0: not known */
	bool is_incomplete;
	cJSON *lines, *errors; /* --json */
};

static bool
is_record_number(const char *text)
{
	size_t day = strspn(text, "0123456789");

	return day == 8 && text[8] == '-' && text[9] != '\0' &&
	       text[9 + strspn(text + 9, "0123456789")] == '\0';
}

static void
print_member(const struct record *rec, enum member m)
{
	char shown[2048];

	if (member_is_int(m))
		(void)printf(
		    "  %-6s %" PRIu64 "\n", record_name(m), record_int(rec, m));
	else
		(void)printf("  %-6s %s\n", record_name(m),
		    text_show(shown, sizeof(shown), record_text(rec, m)));
}

/* One record: everything that stands in its lines. */
static void
print_whole(const struct record *rec)
{
	(void)printf("%s %s\n", record_text(rec, M_TS), record_text(rec, M_EV));
	for (enum member m = M_SEQ; m < M_PREV; m++)
		if (record_has(rec, m) && m != M_TS && m != M_EV)
			print_member(rec, m);
}

/* What a line is about, in the words that say most. */
static const char *
subject_of(const struct record *rec)
{
	static const enum member best[] = { M_NAME, M_KEY, M_FILE, M_MSG };

	for (size_t i = 0; i < sizeof(best) / sizeof(best[0]); i++)
		if (record_has(rec, best[i]))
			return record_text(rec, best[i]);
	return "";
}

static void
print_row(const struct record *rec)
{
	char user[256], what[512], row[1024];
	size_t len;

	(void)text_show(user, sizeof(user), record_text(rec, M_USER));
	(void)text_show(what, sizeof(what), subject_of(rec));
	(void)snprintf(row, sizeof(row),
	    "%6" PRIu64 "  %s  %-14s %-11s %-13s %-10s %s%s%s",
	    record_int(rec, M_SEQ), record_text(rec, M_TS),
	    record_text(rec, M_EV), record_text(rec, M_RES),
	    record_text(rec, M_REC), user, what,
	    record_has(rec, M_ERR) ? "  " : "", record_text(rec, M_ERR));
	for (len = strlen(row); len > 0 && row[len - 1] == ' '; len--)
		row[len - 1] = '\0';
	(void)puts(row);
}

static void
show_line(struct showing *showing, const char *line, size_t len,
    const struct record *rec)
{
	showing->shown++;
	if (showing->question->is_json) {
		char *copy = strndup(line, len - 1);

		if (copy != NULL)
			(void)cJSON_AddItemToArray(
			    showing->lines, cJSON_CreateRaw(copy));
		free(copy);
	} else if (showing->question->subject != NULL) {
		print_whole(rec);
	} else {
		print_row(rec);
	}
}

static void
say_unread(
    struct showing *showing, const char *path, uint64_t line, const char *why)
{
	char text[512], name[256];

	(void)text_show(name, sizeof(name), path);
	if (line > 0)
		(void)snprintf(text, sizeof(text), "%s: line %" PRIu64 ": %s",
		    name, line, why);
	else
		(void)snprintf(text, sizeof(text), "%s: %s", name, why);
	(void)fprintf(stderr, "warderctl: %s\n", text);
	(void)cJSON_AddItemToArray(showing->errors, cJSON_CreateString(text));
	showing->is_incomplete = true;
}

/* Only a plain file: nobody waits for the end of a pipe. */
static FILE *
open_file(struct showing *showing, const char *path)
{
	auto_fd int fd =
	    open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	FILE *file;

	if (fd >= 0 && fstat(fd, &st) == 0 && !S_ISREG(st.st_mode)) {
		say_unread(showing, path, 0, "not a plain file");
		return NULL;
	}
	file = fd < 0 ? NULL : fdopen(fd, "r");
	if (file == NULL)
		say_unread(showing, path, 0, strerror(errno));
	else
		fd = -1;
	return file;
}

/*
 * Nothing is proven here, but what is not there is said: a file may be
 * missing, or be closed and renamed between its finding and its reading.
 */
static void
look_for_gap(struct showing *showing, const char *path, uint64_t n,
    const struct record *rec)
{
	uint64_t seq = record_int(rec, M_SEQ);
	char why[80];

	if (showing->next != 0 && seq != showing->next) {
		(void)snprintf(why, sizeof(why),
		    "seq %" PRIu64 " was to come here, not %" PRIu64,
		    showing->next, seq);
		say_unread(showing, path, n, why);
	}
	showing->next = seq + 1;
}

static void
take_line(struct showing *showing, const char *path, uint64_t n,
    const char *line, size_t len)
{
	struct record rec;

	if (record_parse(line, len, &rec) != 0) {
		say_unread(showing, path, n, "not a line of a ledger");
		showing->next = 0;
		return;
	}
	look_for_gap(showing, path, n, &rec);
	if (ledger_filter_takes(&showing->filter, &rec))
		show_line(showing, line, len, &rec);
}

static void
show_file(struct showing *showing, const char *path)
{
	FILE *file = open_file(showing, path);
	char line[RECORD_LINE_MAX + 1];
	uint64_t n = 0;
	size_t len;
	int c;

	if (file == NULL)
		return;
	while ((len = verify_read_line(file, line)) > 0) {
		take_line(showing, path, ++n, line, len);
		c = (unsigned char)line[len - 1];
		while (c != '\n' && c != EOF)
			c = getc_unlocked(file);
	}
	if (ferror(file))
		say_unread(showing, path, 0, strerror(errno));
	(void)fclose(file);
}

static void
print_document(struct showing *showing)
{
	cJSON *all = cJSON_CreateObject();
	char stamp[CLOCK_STAMP_SIZE], *text;

	clock_stamp(stamp, clock_real_ms(), 0);
	(void)cJSON_AddStringToObject(all, "schema", "warderctl.ledger/1");
	(void)cJSON_AddStringToObject(all, "now", stamp);
	(void)cJSON_AddBoolToObject(all, "complete", !showing->is_incomplete);
	(void)cJSON_AddItemToObject(all, "errors", showing->errors);
	(void)cJSON_AddItemToObject(all, "findings", cJSON_CreateArray());
	(void)cJSON_AddItemToObject(all, "lines", showing->lines);
	text = cJSON_PrintUnformatted(all);
	(void)text_put_json(stdout, text != NULL ? text : "");
	cJSON_free(text);
	cJSON_Delete(all);
}

/* Exit: not there, not all there, or shown. */
static int
finish(struct showing *showing)
{
	if (showing->question->is_json) {
		print_document(showing);
	} else {
		cJSON_Delete(showing->lines);
		cJSON_Delete(showing->errors);
	}
	if (showing->is_incomplete)
		return REASON_INCOMPLETE;
	if (showing->shown == 0 && showing->question->subject != NULL) {
		(void)fprintf(stderr, "warderctl: no record %s\n",
		    showing->question->subject);
		return REASON_NOT_FOUND;
	}
	return REASON_DONE;
}

static int
show_ledger(struct showing *showing)
{
	struct ledger_files files = { .n = 0 };

	if (ledger_files_find(WARDER_LOGDIR, &files) != 0)
		return REASON_BUG;
	for (size_t i = 0; i < files.n; i++)
		show_file(showing, files.path[i]);
	ledger_files_free(&files);
	(void)ledger_say_read("shown", showing->shown);
	return finish(showing);
}

/* The lines of a receipt, only after its signature and pairing hold. */
static int
show_receipt_lines(struct showing *showing, const char *note)
{
	struct ledger_question all = { .is_json = showing->question->is_json,
		.subject = "receipt" };
	const char *at = strchr(strchr(note, '\n') + 1, '\n') + 1, *lf;
	struct record rec;

	showing->question = &all;
	while (*at == '{' && (lf = strchr(at, '\n')) != NULL) {
		if (record_parse(at, (size_t)(lf + 1 - at), &rec) == 0)
			show_line(showing, at, (size_t)(lf + 1 - at), &rec);
		at = lf + 1;
	}
	return finish(showing);
}

static int
show_receipt(struct showing *showing)
{
	const struct ledger_question *question = showing->question;
	FILE *file = fopen(question->subject, "re");
	struct note_verifier verifier;
	char note[NOTE_MAX + 2];
	enum note_err e;
	size_t n;

	if (file == NULL) {
		say_unread(showing, question->subject, 0, strerror(errno));
		return finish(showing);
	}
	n = fread(note, 1, sizeof(note) - 1, file);
	(void)fclose(file);
	note[n] = '\0';
	if (!ledger_key_load(question->key, &verifier)) {
		say_unread(showing,
		    question->key != NULL ? question->key : LEDGER_PUBLIC_KEY,
		    0, "no public key");
		return finish(showing);
	}
	e = receipt_open(note, n, &verifier);
	if (e == NOTE_OK)
		return show_receipt_lines(showing, note);
	say_unread(showing, question->subject, 0, note_word(e));
	(void)finish(showing);
	return REASON_LEDGER_BROKEN;
}

int
ledger_show_command(const struct ledger_question *question)
{
	struct showing showing = { .question = question,
		.filter = question->filter };

	if (ledger_filter_ready(&showing.filter) != REASON_DONE)
		return REASON_USAGE;
	showing.filter.record = question->subject;
	showing.lines = cJSON_CreateArray();
	showing.errors = cJSON_CreateArray();
	if (question->subject != NULL && !is_record_number(question->subject))
		return show_receipt(&showing);
	return show_ledger(&showing);
}

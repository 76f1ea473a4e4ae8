/* SPDX-License-Identifier: ISC */
/*
 * `warderctl ledger verify`: says whole only after every line, every pair
 * and every checkpoint held, and otherwise names the first that did not.
 */
#include "config.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "ctl/ledger.h"
#include "ledger/chain.h"
#include "ledger/verify.h"

#define CHECKPOINTS WARDER_LOGDIR "/" LEDGER_CHECKPOINTS

struct findings {
	const char *const *paths;
	size_t n;
	const char *checkpoints;
	bool has_key;
	int error; /* errno of what could not be read */
	struct note_verifier verifier;
	struct verify_report report;
};

static const char *
meaning(enum verify_kind kind)
{
	switch (kind) {
	case VERIFY_WHOLE:
		return "whole";
	case VERIFY_LINE_LONG:
		return "longer than any line of a ledger";
	case VERIFY_LINE_FORM:
		return "not a line that warder writes";
	case VERIFY_SEQ:
		return "another line should stand here";
	case VERIFY_CHAIN:
		return "the line before it is not the one it was written after";
	case VERIFY_HOST:
		return "written by another host";
	case VERIFY_PAIR:
		return "an answer without its intent, or a second one";
	case VERIFY_NOTE_FORM:
		return "a checkpoint that cannot be read";
	case VERIFY_NOTE_KEY:
		return "a checkpoint of another key";
	case VERIFY_NOTE_SIG:
		return "a checkpoint whose signature does not hold";
	case VERIFY_TRUNCATED:
		return "a checkpoint covers this line, and it is not there";
	case VERIFY_CHECKPOINT:
		return "not the line that a checkpoint covers";
	case VERIFY_OPEN:
		return "an intent without an outcome";
	case VERIFY_TORN:
		return "a last line that was never finished";
	case VERIFY_UNREAD:
		return "cannot be read";
	}
	return "";
}

static bool
is_of_notes(enum verify_kind kind)
{
	return kind == VERIFY_NOTE_FORM || kind == VERIFY_NOTE_KEY ||
	       kind == VERIFY_NOTE_SIG;
}

static const char *
file_of(const struct findings *found)
{
	if (is_of_notes(found->report.kind))
		return found->checkpoints;
	return found->paths[found->report.file];
}

static void
print_cover(const struct findings *found)
{
	const struct verify_report *report = &found->report;
	char id[9];

	if (found->checkpoints == NULL) {
		(void)puts("no checkpoint was looked at");
		return;
	}
	hex_print(id, found->verifier.id, sizeof(found->verifier.id));
	(void)printf("%" PRIu64 " checkpoint%s by warder/%s+%s hold%s; "
	             "lines up to %" PRIu64 " are covered\n",
	    report->checkpoints, report->checkpoints == 1 ? "" : "s",
	    found->verifier.host, id, report->checkpoints == 1 ? "s" : "",
	    report->covered);
}

static void
print_text(const struct findings *found)
{
	const struct verify_report *report = &found->report;
	char name[512];

	(void)text_show(name, sizeof(name), file_of(found));
	if (report->kind == VERIFY_UNREAD) {
		(void)printf("unread: %s: %s\n", name, strerror(found->error));
		return;
	}
	if (report->exit == REASON_LEDGER_BROKEN) {
		(void)printf("broken: %s, line %" PRIu64 ": %s (%s)\n", name,
		    report->seq, meaning(report->kind),
		    verify_word(report->kind));
		return;
	}
	(void)printf("whole: %" PRIu64 " lines, unbroken\n", report->lines);
	if (report->kind == VERIFY_OPEN)
		(void)printf("open: line %" PRIu64 ": %s\n", report->seq,
		    meaning(report->kind));
	if (report->torn_bytes > 0)
		(void)printf("torn: %" PRIu64 " bytes behind the last line: "
		             "%s; the next line cuts it\n",
		    report->torn_bytes, meaning(VERIFY_TORN));
	print_cover(found);
	if (report->first > 1)
		(void)printf("begins at line %" PRIu64
		             "; those before were not handed in\n",
		    report->first);
}

static void
add_number(cJSON *object, const char *name, uint64_t n)
{
	char text[21];

	(void)snprintf(text, sizeof(text), "%" PRIu64, n);
	(void)cJSON_AddStringToObject(object, name, text);
}

static const char *
level_of(int status)
{
	if (status == REASON_DONE)
		return "ok";
	return status == REASON_LEDGER_BROKEN ? "bad" : "warn";
}

static void
print_json(const struct findings *found)
{
	const struct verify_report *report = &found->report;
	bool is_unread = report->kind == VERIFY_UNREAD;
	cJSON *all = cJSON_CreateObject(), *one;
	char stamp[CLOCK_STAMP_SIZE], *text;

	clock_stamp(stamp, clock_real_ms(), 0);
	(void)cJSON_AddStringToObject(all, "schema", "warderctl.ledger/1");
	(void)cJSON_AddStringToObject(all, "now", stamp);
	(void)cJSON_AddBoolToObject(all, "complete", !is_unread);
	one = cJSON_AddArrayToObject(all, "errors");
	if (is_unread)
		(void)cJSON_AddItemToArray(
		    one, cJSON_CreateString(strerror(found->error)));
	(void)cJSON_AddStringToObject(
	    all, "verdict", verify_word(report->kind));
	(void)cJSON_AddNumberToObject(all, "exit", report->exit);
	add_number(all, "seq", report->seq);
	add_number(all, "lines", report->lines);
	add_number(all, "first", report->first);
	add_number(all, "checkpoints", report->checkpoints);
	add_number(all, "covered", report->covered);
	add_number(all, "torn_bytes", report->torn_bytes);
	one = cJSON_CreateObject();
	(void)cJSON_AddItemToArray(
	    cJSON_AddArrayToObject(all, "findings"), one);
	(void)cJSON_AddStringToObject(one, "level", level_of(report->exit));
	(void)cJSON_AddStringToObject(one, "topic", verify_word(report->kind));
	(void)cJSON_AddStringToObject(one, "text", meaning(report->kind));
	(void)cJSON_AddStringToObject(one, "file", file_of(found));
	add_number(one, "line", report->seq);
	text = cJSON_PrintUnformatted(all);
	(void)puts(text != NULL ? text : "");
	cJSON_free(text);
	cJSON_Delete(all);
}

/* Checkpoints without a key to hold them against prove nothing. */
static int
verify(const struct ledger_question *question, struct findings *found)
{
	found->has_key = ledger_key_load(question->key, &found->verifier);
	if (!found->has_key &&
	    (question->key != NULL || found->checkpoints != NULL)) {
		(void)fprintf(stderr, "warderctl: %s: no public key\n",
		    question->key != NULL ? question->key : LEDGER_PUBLIC_KEY);
		return REASON_INCOMPLETE;
	}
	errno = 0;
	if (verify_files(found->paths, found->n, found->checkpoints,
	        found->has_key ? &found->verifier : NULL,
	        &found->report) != 0) {
		(void)fputs("warderctl: no memory\n", stderr);
		return REASON_BUG;
	}
	found->error = errno;
	if (question->is_json)
		print_json(found);
	else
		print_text(found);
	return found->report.exit;
}

int
ledger_verify_command(const struct ledger_question *question)
{
	struct findings found = { .paths = question->files,
		.n = question->n_files,
		.checkpoints = question->checkpoints };
	struct ledger_files files = { .n = 0 };
	int status;

	if (question->n_files == 0) {
		if (ledger_files_find(WARDER_LOGDIR, &files) != 0)
			return REASON_BUG;
		found.paths = (const char *const *)files.path;
		found.n = files.n;
		/* A ledger of a few lines may not have one yet. */
		if (found.checkpoints == NULL && access(CHECKPOINTS, F_OK) == 0)
			found.checkpoints = CHECKPOINTS;
	}
	status = verify(question, &found);
	if (question->n_files == 0 && found.report.lines > 0)
		ledger_say_read(
		    status == REASON_LEDGER_BROKEN ? "broken" : "verified",
		    found.report.lines);
	ledger_files_free(&files);
	return status;
}

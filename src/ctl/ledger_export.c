/* SPDX-License-Identifier: ISC */
/*
 * `warderctl ledger export`: proven lines for other programs. A line stays as
 * it was written (json), becomes a row of a spreadsheet that cannot run it
 * (csv), or a document of the Elastic Common Schema (ecs).
 */
#include "config.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "ctl/foreign.h"
#include "ctl/ledger_ecs.h"
#include "ctl/ledger_proof.h"
#include "ctl/record.h"
#include "ledger/files.h"

struct exporting {
	const struct ledger_proof *proof;
	const struct format *format;
	struct ledger_filter filter;
	bool is_unverified, has_failed;
	uint64_t n;
};

struct format {
	const char *word;
	void (*begin)(void);
	void (*line)(struct exporting *exporting, const char *line, size_t len,
	    const struct record *rec);
	void (*end)(const struct exporting *exporting, int status);
};

static void
json_begin(void)
{
	(void)fputs("{\"lines\":[", stdout);
}

static void
json_line(struct exporting *exporting, const char *line, size_t len,
    const struct record *rec)
{
	(void)rec;
	(void)fputs(exporting->n > 0 ? ",\n" : "\n", stdout);
	(void)fwrite(line, 1, len - 1, stdout);
}

static void
add_error(cJSON *all, const char *text)
{
	(void)cJSON_AddItemToArray(
	    cJSON_GetObjectItemCaseSensitive(all, "errors"),
	    cJSON_CreateString(text));
	(void)cJSON_ReplaceItemInObjectCaseSensitive(
	    all, "complete", cJSON_CreateFalse());
}

/* The document of verify behind the lines, in the same object. */
static void
json_end(const struct exporting *exporting, int status)
{
	const struct verify_report *report = &exporting->proof->report;
	cJSON *all = ledger_proof_document(exporting->proof);
	char *text, read[24], taken[24];

	/* "lines" are the lines themselves here, and no count. */
	cJSON_DeleteItemFromObjectCaseSensitive(all, "lines");
	(void)snprintf(read, sizeof(read), "%" PRIu64, report->lines);
	(void)snprintf(taken, sizeof(taken), "%" PRIu64, exporting->n);
	(void)cJSON_AddStringToObject(all, "read", read);
	(void)cJSON_AddStringToObject(all, "exported", taken);
	(void)cJSON_AddBoolToObject(all, "verified", !exporting->is_unverified);
	if (report->exit == REASON_LEDGER_BROKEN && !exporting->is_unverified)
		add_error(all, "lines behind the damage are left out");
	if (status == REASON_INCOMPLETE && report->kind != VERIFY_UNREAD)
		add_error(all, "some lines could not be read");
	if (report->note[0] != '\0')
		(void)cJSON_AddStringToObject(all, "checkpoint", report->note);
	text = cJSON_PrintUnformatted(all);
	/* Without its first brace: the object was begun long ago. */
	(void)fputs("\n],", stdout);
	(void)text_put_json(stdout, text != NULL ? text + 1 : "}");
	cJSON_free(text);
	cJSON_Delete(all);
}

static void
csv_begin(void)
{
	for (enum member m = M_V; m < M_COUNT; m++)
		(void)printf("%s%s", m > M_V ? "," : "", record_name(m));
	(void)fputs("\r\n", stdout);
}

static void
csv_line(struct exporting *exporting, const char *line, size_t len,
    const struct record *rec)
{
	(void)exporting;
	(void)line;
	(void)len;
	for (enum member m = M_V; m < M_COUNT; m++) {
		if (m > M_V)
			(void)putchar(',');
		if (!record_has(rec, m))
			continue;
		if (member_is_int(m))
			(void)printf("%" PRIu64, record_int(rec, m));
		else
			foreign_csv(stdout, record_text(rec, m),
			    record_text_len(rec, m));
	}
	(void)fputs("\r\n", stdout);
}

static void
ecs_line(struct exporting *exporting, const char *line, size_t len,
    const struct record *rec)
{
	cJSON *all = ledger_ecs(rec);
	char *text = cJSON_PrintUnformatted(all);

	(void)line;
	(void)len;
	if (text != NULL)
		(void)text_put_json(stdout, text);
	else
		exporting->has_failed = true;
	cJSON_free(text);
	cJSON_Delete(all);
}

static const struct format formats[] = {
	{ "json", json_begin, json_line, json_end },
	{ "csv", csv_begin, csv_line, NULL },
	{ "ecs", NULL, ecs_line, NULL },
};

static const struct format *
find_format(const char *word)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcmp(formats[i].word, word) == 0)
			return &formats[i];
	(void)fputs("warderctl: --format is json, csv or ecs\n", stderr);
	return NULL;
}

static void
on_line(void *arg, const char *line, size_t len, const struct record *rec)
{
	struct exporting *exporting = arg;

	if (!ledger_filter_takes(&exporting->filter, rec))
		return;
	exporting->format->line(exporting, line, len, rec);
	exporting->n++;
}

static int
export_lines(struct exporting *exporting)
{
	const struct ledger_reader reader = { on_line, exporting };
	int damage = exporting->proof->report.exit, status;

	if (exporting->format->begin != NULL)
		exporting->format->begin();
	status =
	    ledger_walk(exporting->proof, exporting->is_unverified, &reader);
	if (exporting->has_failed)
		status = REASON_BUG;
	if (exporting->format->end != NULL)
		exporting->format->end(exporting, status);
	ledger_proof_say(exporting->proof, exporting->is_unverified);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		(void)fputs("warderctl: the export is not whole: its output "
		            "took no more\n",
		    stderr);
		status = REASON_INCOMPLETE;
	}
	return damage != REASON_DONE && status != REASON_BUG ? damage : status;
}

/* The closed files are whole then: nobody writes to them any more. */
static int
close_file(void)
{
	char name[LEDGER_NAME_SIZE];
	uint64_t first = 0;
	enum ledger_err e = ctl_rotate(&first);

	if (e == LEDGER_OK) {
		ledger_closed_name(name, first);
		(void)fprintf(
		    stderr, "warderctl: closed %s/%s\n", WARDER_LOGDIR, name);
		return REASON_DONE;
	}
	if (e == LEDGER_OPEN) {
		(void)fputs("warderctl: nothing closed, nothing exported: an "
		            "intent is open; first warderctl ledger settle\n",
		    stderr);
		return REASON_OPEN_INTENTS;
	}
	(void)fprintf(stderr,
	    "warderctl: nothing closed, nothing exported: "
	    "%s%s\n",
	    ledger_word(e),
	    geteuid() != 0      ? " (only root closes a file)"
	    : e == LEDGER_TAKEN ? ": a file in " WARDER_LOGDIR
	                          " has the name, or a later one; move it away"
	                        : "");
	return REASON_NO_RECORD;
}

int
ledger_export_command(const struct ledger_question *question)
{
	struct exporting exporting = { .filter = question->filter,
		.is_unverified = question->is_unverified };
	struct ledger_proof proof;
	int status;

	exporting.format =
	    find_format(question->format != NULL ? question->format : "json");
	if (exporting.format == NULL ||
	    ledger_filter_ready(&exporting.filter) != REASON_DONE)
		return REASON_USAGE;
	if (question->is_rotating && (status = close_file()) != REASON_DONE)
		return status;
	status = ledger_prove(question, &proof);
	exporting.proof = &proof;
	if (status == REASON_DONE)
		status = export_lines(&exporting);
	if (proof.is_own && proof.report.lines > 0)
		(void)ledger_say_read("exported", exporting.n);
	ledger_proof_free(&proof);
	return status;
}

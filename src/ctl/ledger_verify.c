/* SPDX-License-Identifier: ISC */
/*
 * `warderctl ledger verify`: says whole only after every line, every pair
 * and every checkpoint held, and otherwise names the first that did not.
 */
#include "config.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ctl/ledger.h"
#include "ctl/ledger_proof.h"

static void
print_cover(const struct ledger_proof *found)
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
print_text(const struct ledger_proof *found)
{
	const struct verify_report *report = &found->report;
	char name[512], missing[LEDGER_NAME_SIZE];

	(void)text_show(name, sizeof(name), ledger_proof_file(found));
	if (report->kind == VERIFY_UNREAD) {
		(void)printf("unread: %s: %s\n", name, strerror(found->error));
		return;
	}
	if (report->exit == REASON_LEDGER_BROKEN) {
		(void)printf("broken: %s, line %" PRIu64 ": %s (%s)\n", name,
		    report->seq, ledger_meaning(report->kind),
		    verify_word(report->kind));
		if (ledger_proof_missing(found, missing))
			(void)printf(
			    "missing: %s, which begins with line %" PRIu64 "\n",
			    missing, report->seq);
		return;
	}
	(void)printf("whole: %" PRIu64 " lines, unbroken\n", report->lines);
	if (report->kind == VERIFY_OPEN)
		(void)printf("open: line %" PRIu64 ": %s\n", report->seq,
		    ledger_meaning(report->kind));
	if (report->torn_bytes > 0)
		(void)printf("torn: %" PRIu64 " bytes behind the last line: "
		             "%s; the next line cuts it\n",
		    report->torn_bytes, ledger_meaning(VERIFY_TORN));
	if (report->torn_note_bytes > 0)
		(void)printf("torn: %" PRIu64 " bytes behind the last "
		             "checkpoint: one that was never finished; the "
		             "next one takes its place\n",
		    report->torn_note_bytes);
	print_cover(found);
	if (report->first > 1)
		(void)printf("begins at line %" PRIu64
		             "; those before were not handed in\n",
		    report->first);
}

static void
print_json(const struct ledger_proof *found)
{
	cJSON *all = ledger_proof_document(found);
	char *text = cJSON_PrintUnformatted(all);

	(void)text_put_json(stdout, text != NULL ? text : "");
	cJSON_free(text);
	cJSON_Delete(all);
}

/*
 * Whoever writes the line about this reading holds the ledger against the
 * mark of the state: lines that no checkpoint covers may be gone too.
 */
static void
put_on_record(struct verify_report *report)
{
	const bool is_broken = report->exit == REASON_LEDGER_BROKEN;
	enum ledger_err e =
	    ledger_say_read(is_broken ? "broken" : "verified", report->lines);

	if (is_broken || report->kind == VERIFY_UNREAD ||
	    (e != LEDGER_BACK && e != LEDGER_MISSING))
		return;
	report->seq = report->first + report->lines;
	report->kind = VERIFY_TRUNCATED;
	report->exit = REASON_LEDGER_BROKEN;
}

int
ledger_verify_command(const struct ledger_question *question)
{
	struct ledger_proof found;
	int status = ledger_prove(question, &found);

	if (status == REASON_DONE) {
		if (found.is_own && found.report.lines > 0)
			put_on_record(&found.report);
		status = found.report.exit;
		if (question->is_json)
			print_json(&found);
		else
			print_text(&found);
	}
	ledger_proof_free(&found);
	return status;
}

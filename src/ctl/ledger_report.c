/* SPDX-License-Identifier: ISC */
/*
 * `warderctl ledger report`: the ledger as a page to read or print. Of a
 * damaged one the page tells the lines before the damage, and says so first.
 */
#include "config.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ctl/ledger_figures.h"
#include "ctl/ledger_page.h"
#include "ctl/ledger_proof.h"
#include "ctl/newfile.h"

static const char *
why_not(int r)
{
	switch (r) {
	case WARDER_ERIGHTS:
		return "something is there that is no plain file; name another";
	case WARDER_EMISSING:
		return "no such folder";
	case WARDER_EFORM:
		return "not the name of a file";
	case WARDER_ESYS:
		return strerror(errno);
	default:
		return warder_strerror(r);
	}
}

static int
say_not_made(const struct ledger_question *question, int r)
{
	char name[512];

	(void)fprintf(stderr, "warderctl: %s: %s; no report was made\n",
	    text_show(name, sizeof(name), question->html), why_not(r));
	return r == WARDER_EFORM || r == WARDER_EMISSING ? REASON_USAGE
	       : r == WARDER_ERIGHTS                     ? REASON_MISCONFIGURED
	                                                 : REASON_INCOMPLETE;
}

static void
say_made(const struct ledger_question *question,
    const struct ledger_proof *proof, const struct figures *figures)
{
	uint64_t n = figures->rows.seen;
	char name[512], count[24], *text;
	cJSON *all;

	if (!question->is_json) {
		(void)printf("report: %s: %" PRIu64 " decision%s in %" PRIu64
		             " lines (%s)\n",
		    text_show(name, sizeof(name), question->html), n,
		    n == 1 ? "" : "s", proof->report.lines,
		    verify_word(proof->report.kind));
		return;
	}
	all = ledger_proof_document(proof);
	(void)snprintf(count, sizeof(count), "%" PRIu64, n);
	(void)cJSON_AddStringToObject(all, "report", question->html);
	(void)cJSON_AddStringToObject(all, "decisions", count);
	text = cJSON_PrintUnformatted(all);
	(void)text_put_json(stdout, text != NULL ? text : "");
	cJSON_free(text);
	cJSON_Delete(all);
}

/* The exit code of damage goes before what happened while reading again. */
static int
write_report(const struct ledger_question *question,
    const struct ledger_proof *proof, struct figures *figures)
{
	const struct ledger_reader reader = { figures_line, figures };
	struct newfile page;
	int status = ledger_walk(proof, false, &reader), r;

	/* Half of the lines would make a page that looks like all of them. */
	if (status != REASON_DONE && proof->report.exit == REASON_DONE) {
		(void)fputs("warderctl: no report was made\n", stderr);
		return status;
	}
	r = figures_finish(figures);
	if (r == 0)
		r = newfile_open(question->html, &page);
	if (r != 0)
		return say_not_made(question, r);
	ledger_page(page.out, proof, figures);
	if ((r = newfile_finish(&page)) != 0)
		return say_not_made(question, r);
	ledger_proof_say(proof, false);
	say_made(question, proof, figures);
	return proof->report.exit != REASON_DONE ? proof->report.exit : status;
}

int
ledger_report_command(const struct ledger_question *question)
{
	struct figures figures = { .filter = question->filter };
	struct ledger_proof proof;
	int status;

	if (ledger_filter_ready(&figures.filter) != REASON_DONE)
		return REASON_USAGE;
	status = ledger_prove(question, &proof);
	if (status == REASON_DONE)
		status = write_report(question, &proof, &figures);
	if (proof.is_own && proof.report.lines > 0)
		(void)ledger_say_read("reported", proof.report.lines);
	figures_free(&figures);
	ledger_proof_free(&proof);
	return status;
}

/* SPDX-License-Identifier: ISC */
/*
 * Every word that is not ours goes through foreign_html(). What the page
 * claims to be proven comes first, with what an auditor needs to prove it
 * again elsewhere.
 */
#include "config.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "ctl/foreign.h"
#include "ctl/ledger_page.h"
#include "ctl/ledger_plot.h"

static void
put(FILE *out, const char *text)
{
	foreign_html(out, text, strlen(text));
}

/* The policy allows this one style, by its hash, and nothing else at all. */
static void
page_head(FILE *out)
{
	uint8_t hash[crypto_hash_sha256_BYTES];
	char encoded[64];

	(void)crypto_hash_sha256(
	    hash, (const unsigned char *)ledger_style, strlen(ledger_style));
	(void)sodium_bin2base64(encoded, sizeof(encoded), hash, sizeof(hash),
	    sodium_base64_VARIANT_ORIGINAL);
	(void)fprintf(out,
	    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" content=\""
	    "default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; "
	    "form-action 'none'\">\n"
	    "<meta name=\"referrer\" content=\"no-referrer\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width, "
	    "initial-scale=1\">\n<title>Decisions at production gates</title>\n"
	    "<style>%s</style>\n</head>\n<body>\n<main>\n",
	    encoded, ledger_style);
}

/* "2026-01-31 14:00 UTC", or a day where it is one. */
static void
put_time(FILE *out, int64_t at_ms)
{
	char stamp[CLOCK_STAMP_SIZE];

	clock_stamp(stamp, at_ms, 0);
	(void)fprintf(out, "%.10s %.5s", stamp, stamp + 11);
}

static void
put_period(FILE *out, const struct figures *figures)
{
	const struct ledger_filter *filter = &figures->filter;

	if (filter->since != NULL) {
		(void)fputs("From ", out);
		put_time(out, filter->since_ms);
		(void)fputs(" on", out);
	}
	if (filter->until != NULL) {
		(void)fputs(
		    filter->since != NULL ? ", before " : "Before ", out);
		put_time(out, filter->until_ms);
	}
	if (filter->since != NULL || filter->until != NULL)
		(void)fputs(" (UTC). ", out);
	if (figures->lines == 0) {
		(void)fputs("No line of the ledger is of that time.", out);
		return;
	}
	(void)fputs("Lines from ", out);
	put_time(out, figures->first_ms);
	(void)fputs(" to ", out);
	put_time(out, figures->last_ms);
	(void)fputs(" UTC.", out);
}

static void
verdict(FILE *out, const struct ledger_proof *proof)
{
	const struct verify_report *report = &proof->report;
	char missing[LEDGER_NAME_SIZE];

	if (report->exit == REASON_LEDGER_BROKEN ||
	    report->exit == REASON_INCOMPLETE) {
		(void)fputs("<section class=\"card proof bad\"><strong>", out);
		(void)fputs(report->exit == REASON_INCOMPLETE
		                ? "The ledger could not be read to its end."
		                : "The ledger is broken.",
		    out);
		(void)fputs("</strong> ", out);
		put(out, ledger_proof_file(proof));
		if (report->seq > 0)
			(void)fprintf(out, ", line %" PRIu64, report->seq);
		if (ledger_proof_missing(proof, missing))
			(void)fprintf(out, " (%s is missing)", missing);
		(void)fprintf(out,
		    ": %s (%s). This page ends with line %" PRIu64
		    "; what stands behind it is not in it.",
		    ledger_meaning(report->kind), verify_word(report->kind),
		    report->good);
	} else if (report->kind == VERIFY_OPEN) {
		(void)fprintf(out,
		    "<section class=\"card proof warn\"><strong>The chain is "
		    "unbroken; an intent is open.</strong> Line %" PRIu64
		    " has no outcome yet.",
		    report->seq);
	} else {
		(void)fputs("<section class=\"card proof\"><strong>The chain is"
		            " unbroken.</strong> Every line follows from the "
		            "one before it.",
		    out);
	}
	(void)fputs("\n<dl>\n", out);
}

static void
proof_files(FILE *out, const struct ledger_proof *proof)
{
	const struct verify_report *report = &proof->report;
	uint64_t n = 0;

	(void)fputs("<dt>Files</dt><dd>", out);
	for (size_t i = 0; i < proof->n; i++) {
		(void)fputs(i > 0 ? "<br>" : "", out);
		(void)fputs("<code>", out);
		put(out, proof->paths[i]);
		(void)fputs("</code>", out);
	}
	/* Of a broken one fewer may be proven than were read. */
	if (report->lines > 0 && report->good >= report->first)
		n = report->good + 1 - report->first;
	(void)fprintf(out, "</dd>\n<dt>Lines</dt><dd>%" PRIu64 " proven", n);
	if (n > 0)
		(void)fprintf(out, ", %" PRIu64 " to %" PRIu64, report->first,
		    report->good);
	if (report->lines > n)
		(void)fprintf(out, "; %" PRIu64 " were read", report->lines);
	if (report->first > 1)
		(void)fputs("; those before were not handed in", out);
	if (report->torn_bytes > 0)
		(void)fprintf(out,
		    "; %" PRIu64 " bytes behind them were never finished",
		    report->torn_bytes);
	(void)fputs("</dd>\n", out);
}

static void
proof_keys(FILE *out, const struct ledger_proof *proof)
{
	const struct verify_report *report = &proof->report;
	char hex[2 * RECORD_HASH_LEN + 1];

	(void)fputs("<dt>Signatures</dt><dd>", out);
	if (proof->checkpoints == NULL) {
		(void)fputs("no checkpoint was looked at: only the chain "
		            "speaks for these lines",
		    out);
	} else {
		hex_print(hex, proof->verifier.id, sizeof(proof->verifier.id));
		(void)fprintf(
		    out, "%" PRIu64 " of <code>warder/", report->checkpoints);
		put(out, proof->verifier.host);
		(void)fprintf(out,
		    "+%s</code> hold; lines up to %" PRIu64 " are covered", hex,
		    report->covered);
	}
	hex_print(hex, report->head, sizeof(report->head));
	(void)fprintf(out,
	    "</dd>\n<dt>Last line read</dt><dd>%s<code>%s</code></dd>\n",
	    report->lines > 0 ? "SHA-256 " : "",
	    report->lines > 0 ? hex : "none");
	(void)fputs("<dt>Prove it again</dt><dd><code>warderctl ledger verify"
	            " --key ledger.pub --checkpoint ledger.checkpoints"
	            " FILE\xe2\x80\xa6</code></dd>\n</dl></section>\n",
	    out);
}

static void
tile(FILE *out, const char *class, uint64_t n, const char *what)
{
	(void)fprintf(out,
	    "<div class=\"tile %s\"><b>%" PRIu64 "</b><span>%s</span></div>\n",
	    class, n, what);
}

static void
tiles(FILE *out, const struct figures *figures)
{
	(void)fputs("<section class=\"tiles\">\n", out);
	tile(out, "s0", figures->n[END_PASSED], "gates passed");
	tile(out, "s1", figures->n[END_STOPPED], "gates stopped");
	tile(out, "s2", figures->n[END_REFUSED], "refused by policy");
	tile(out, "s3", figures->n[END_UNDONE], "not done or not settled");
	tile(out, "bad", figures->glass, "break-glass uses");
	if (figures->around > 0)
		tile(out, "bad", figures->around, "decided around warder");
	tile(out, "", figures->people.n, "people");
	(void)fputs("</section>\n", out);
}

static void
legend(FILE *out)
{
	static const char *const words[END_COUNT] = { "passed", "stopped",
		"refused by policy",
		"not done: rejected, unsent, not confirmed, not settled" };

	(void)fputs("<ul class=\"legend\">", out);
	for (int end = 0; end < END_COUNT; end++)
		(void)fprintf(out,
		    "<li><svg viewBox=\"0 0 10 10\" aria-hidden=\"true\"><rect "
		    "class=\"s%d\" width=\"10\" height=\"10\" rx=\"2\"/></svg>"
		    "%s</li>",
		    end, words[end]);
	(void)fputs("</ul>\n", out);
}

static void
figure_begin(FILE *out, const char *title, const char *note)
{
	(void)fprintf(out,
	    "<section class=\"card\"><h2>%s</h2><p class=\"note\">%s</p>"
	    "<figure>\n",
	    title, note);
}

static void
figure_end(FILE *out)
{
	(void)fputs("</figure></section>\n", out);
}

static void
figure_of(FILE *out, const char *title, const char *note,
    const struct figures_tallies *tallies)
{
	figure_begin(out, title, note);
	if (tallies->n > 0)
		plot_tallies(out, tallies, title);
	else
		(void)fputs("<p class=\"soft\">None.</p>", out);
	figure_end(out);
}

static void
put_length(FILE *out, uint32_t s)
{
	if (s < 120)
		(void)fprintf(out, "%" PRIu32 " s", s);
	else if (s < 7200)
		(void)fprintf(out, "%" PRIu32 " min", s / 60);
	else if (s < 172800)
		(void)fprintf(out, "%" PRIu32 " h", s / 3600);
	else
		(void)fprintf(out, "%" PRIu32 " days", s / 86400);
}

static void
waits(FILE *out, const struct figures *figures)
{
	size_t n = figures->n_waits;

	figure_begin(out, "How long gates waited",
	    "From the start that the server told, or, where it told none, "
	    "from the first line about a gate (a vote, a refusal, an intent), "
	    "to the line that saw it leave.");
	if (n == 0) {
		(void)fputs("<p class=\"soft\">None.</p>", out);
		figure_end(out);
		return;
	}
	plot_waits(out, figures);
	(void)fprintf(out, "<p class=\"note\">%zu gate%s: half of them within ",
	    n, n == 1 ? "" : "s");
	put_length(out, figures->waits[(n - 1) / 2]);
	(void)fputs(", nine of ten within ", out);
	put_length(out, figures->waits[(n - 1) * 9 / 10]);
	(void)fputs(", the longest ", out);
	put_length(out, figures->waits[n - 1]);
	(void)fputs(".</p>", out);
	figure_end(out);
}

static void
glass(FILE *out, const struct figures *figures)
{
	size_t seen = 0;

	for (size_t i = 0; i < figures->uses.n; i++)
		seen += figures->uses.row[i].is_reviewed;
	figure_begin(out, "Break-glass", "Uses, by the block of the policy.");
	if (figures->blocks.n > 0) {
		plot_tallies(out, &figures->blocks, "break-glass uses");
		(void)fprintf(out,
		    "<p class=\"note\">Of the latest %zu, %zu %s reviewed by "
		    "somebody else.</p>",
		    figures->uses.n, seen, seen == 1 ? "was" : "were");
	} else {
		(void)fputs("<p class=\"soft\">None.</p>", out);
	}
	figure_end(out);
}

static void
all_figures(FILE *out, const struct figures *figures)
{
	figure_begin(out, "Decisions over time",
	    "By the time of their last line, in UTC.");
	legend(out);
	(void)fputs("<div class=\"scroll\">\n", out);
	if (figures->rows.seen > 0)
		plot_time(out, figures);
	else
		(void)fputs("<p class=\"soft\">None.</p>", out);
	(void)fputs("</div>\n", out);
	figure_end(out);
	(void)fputs("<div class=\"pair\">\n", out);
	figure_of(out, "Who decided", "Decisions asked for, by person.",
	    &figures->people);
	figure_of(out, "Why not",
	    "Refusals by their reason: of the policy here, or of the server.",
	    &figures->reasons);
	waits(out, figures);
	glass(out, figures);
	(void)fputs("</div>\n", out);
}

static void
cell(FILE *out, const char *class, const char *text)
{
	(void)fprintf(out, "<td class=\"%s\">", class);
	put(out, text);
	(void)fputs("</td>", out);
}

/* "passed" by its own word; why not behind it. */
static void
end_cell(FILE *out, const struct figures_row *row)
{
	const char *reason = row->err[0] != '\0' ? row->err : row->code;

	(void)fprintf(
	    out, "<td class=\"end-of\"><span class=\"end s%d\">", row->end);
	put(out, row->res);
	(void)fputs("</span>", out);
	if (row->glass[0] != '\0')
		(void)fputs(
		    " <span class=\"end glass\">break-glass</span>", out);
	if (row->end > END_STOPPED && reason[0] != '\0') {
		(void)fputs(" <span class=\"soft\">", out);
		put(out, reason);
		(void)fputs("</span>", out);
	}
	(void)fputs("</td>", out);
}

static void
row_of(FILE *out, const struct figures_row *row, bool is_glass)
{
	(void)fputs("<tr><td class=\"when\">", out);
	put_time(out, row->end_ms);
	(void)fputs("</td>", out);
	cell(out, "rec", row->record);
	cell(out, "who", row->user);
	cell(out, "act", row->act);
	cell(out, "gate", row->name);
	end_cell(out, row);
	cell(out, "why", row->why);
	cell(out, "tick", row->tick);
	if (is_glass) {
		cell(out, "block", row->glass);
		cell(out, "seen", row->is_reviewed ? "yes" : "not yet");
	}
	(void)fputs("</tr>\n", out);
}

static void
table(FILE *out, const struct figures_rows *rows, const char *title,
    bool is_glass)
{
	(void)fprintf(out,
	    "<section class=\"card long\"><h2>%s</h2>"
	    "<p class=\"note\">",
	    title);
	if (rows->seen > rows->n)
		(void)fprintf(out,
		    "The latest %zu of %" PRIu64
		    ", newest first; <code>warderctl ledger export</code> has "
		    "all of them.</p>\n",
		    rows->n, rows->seen);
	else
		(void)fprintf(out, "%s</p>\n",
		    rows->n > 0 ? "All of them, newest first." : "None.");
	if (rows->n > 0) {
		(void)fprintf(out,
		    "<div class=\"scroll\"><table><thead><tr><th>UTC</th>"
		    "<th>Record</th><th>Who</th><th>Asked</th><th>Gate</th>"
		    "<th>Result</th><th>Reason</th><th>Ticket</th>%s</tr>"
		    "</thead><tbody>\n",
		    is_glass ? "<th>Block</th><th>Reviewed</th>" : "");
		for (size_t i = rows->n; i > 0; i--)
			row_of(out, figures_row_at(rows, i - 1), is_glass);
		(void)fputs("</tbody></table></div>", out);
	}
	(void)fputs("</section>\n", out);
}

void
ledger_page(
    FILE *out, const struct ledger_proof *proof, const struct figures *figures)
{
	char now[CLOCK_STAMP_SIZE];

	clock_stamp(now, clock_real_ms(), 0);
	page_head(out);
	(void)fputs("<header><h1>Decisions at production gates</h1>"
	            "<p class=\"soft\">",
	    out);
	if (figures->host[0] != '\0') {
		(void)fputs("Ledger of host ", out);
		put(out, figures->host);
		(void)fputs(". ", out);
	}
	put_period(out, figures);
	(void)fputs("</p></header>\n", out);
	verdict(out, proof);
	proof_files(out, proof);
	proof_keys(out, proof);
	tiles(out, figures);
	all_figures(out, figures);
	if (figures->uses.n > 0)
		table(out, &figures->uses, "Break-glass uses", true);
	table(out, &figures->rows, "Decisions", false);
	(void)fprintf(out,
	    "<footer>Made %s by warderctl " PACKAGE_VERSION
	    ". Votes cast: %" PRIu64 "; failed proofs of a person: %" PRIu64
	    ". Times are UTC, as the host's clock had them. Characters that "
	    "steer or hide are shown as \\u{\xe2\x80\xa6}. This page is a "
	    "summary: what is proven are the lines of the files above."
	    "</footer>\n</main>\n</body>\n</html>\n",
	    now, figures->votes, figures->auth_failed);
}

/* SPDX-License-Identifier: ISC */
/* `key check [ORG]`: asked of the keeper, one organization after another. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "ctl/keepercall.h"
#include "ctl/key.h"
#include "ctl/key_report.h"

#define REPORT_MS 600000 /* longer than the keeper reads at most */

void
key_report_clear(struct key_report *report)
{
	free(report->pipelines);
	free(report->gates);
	free(report->unread);
	report->pipelines = NULL;
	report->gates = NULL;
	report->unread = NULL;
	report->pipelines_n = report->gates_n = report->unread_n = 0;
}

/*
 * One more element, zeroed; NULL above the cap, which is counted, or without
 * memory. `list` is the address of the list's pointer. Grown by doubling: *n
 * is always what is used.
 */
static void *
grow(struct key_report *report, void *list, size_t *n, size_t max, size_t size)
{
	bool is_full = (*n & (*n - 1)) == 0; /* 0, or a power of two */
	uint8_t *items, *more;

	memcpy(&items, list, sizeof(items));
	more = items;
	if (*n < max && is_full)
		more = realloc(items, (*n == 0 ? 1 : 2 * *n) * size);
	if (*n >= max || more == NULL) {
		report->left_out++;
		return NULL;
	}
	memcpy(list, &more, sizeof(more));
	more += (*n)++ * size;
	memset(more, 0, size);
	return more;
}

static int
take_key(struct key_report *report, const struct frame *frame)
{
	if (report->has_key)
		return WARDER_EFORM;
	report->has_key = true;
	return layout_take(frame, &admin_key_layout, &report->key);
}

static int
take_gate(struct key_report *report, const struct frame *frame)
{
	struct admin_gate gate, *at;
	int r = layout_take(frame, &admin_gate_layout, &gate);

	if (r != 0)
		return r;
	at = grow(report, &report->gates, &report->gates_n, REPORT_GATES_MAX,
	    sizeof(*at));
	if (at != NULL)
		*at = gate;
	return WARDER_OK;
}

static void
take_pipeline(struct key_report *report, const struct admin_row *row)
{
	struct report_pipeline *at;

	at = grow(report, &report->pipelines, &report->pipelines_n,
	    REPORT_PIPELINES_MAX, sizeof(*at));
	if (at == NULL)
		return;
	at->id = row->n;
	memcpy(at->name, row->text, sizeof(at->name));
}

static void
take_unread(struct key_report *report, const struct admin_row *row)
{
	struct report_unread *at;

	at = grow(report, &report->unread, &report->unread_n, REPORT_UNREAD_MAX,
	    sizeof(*at));
	if (at != NULL)
		memcpy(at->what, row->text, sizeof(at->what));
}

/* Why the thing before it could not be read. */
static void
take_why(struct key_report *report, const struct admin_row *row)
{
	if (report->unread_n > 0)
		memcpy(report->unread[report->unread_n - 1].code, row->text,
		    sizeof(report->unread[0].code));
}

static void
take_account(struct key_report *report, const struct admin_row *row)
{
	memcpy(report->account, row->text, sizeof(report->account));
}

static void
take_account_name(struct key_report *report, const struct admin_row *row)
{
	memcpy(report->account_name, row->text, sizeof(report->account_name));
}

static void
take_untold(struct key_report *report, const struct admin_row *row)
{
	(void)row;
	report->is_untold = true;
}

static void
take_organization(struct key_report *report, const struct admin_row *row)
{
	report->has_org = true;
	report->admin = row->n <= TRI_TRUE ? (uint8_t)row->n : TRI_ABSENT;
	memcpy(report->org_name, row->text, sizeof(report->org_name));
}

static void
take_no_organization(struct key_report *report, const struct admin_row *row)
{
	(void)row;
	report->is_no_member = true;
}

/* The refusal, by its code; the sentence about it comes behind. */
static void
take_refusal(struct key_report *report, const struct admin_row *row)
{
	(void)text_cut(
	    report->code, sizeof(report->code), row->text, strlen(row->text));
}

static void
take_said(struct key_report *report, const struct admin_row *row)
{
	memcpy(report->said, row->text, sizeof(report->said));
}

static int
take_row(struct key_report *report, const struct frame *frame)
{
	static const struct {
		const char *topic;
		void (*take)(struct key_report *, const struct admin_row *);
	} topics[] = {
		{ "pipeline", take_pipeline },
		{ "unread", take_unread },
		{ "unread-why", take_why },
		{ "account", take_account },
		{ "account-name", take_account_name },
		{ "account-untold", take_untold },
		{ "organization", take_organization },
		{ "organization-none", take_no_organization },
		{ "check", take_refusal },
		{ "server", take_said },
	};
	struct admin_row row;
	int r = layout_take(frame, &admin_row_layout, &row);

	if (r != 0)
		return r;
	for (size_t i = 0; i < sizeof(topics) / sizeof(topics[0]); i++) {
		if (strcmp(topics[i].topic, row.topic) != 0)
			continue;
		topics[i].take(report, &row);
		return WARDER_OK;
	}
	return WARDER_EFORM;
}

int
key_report_take(struct key_report *report, const struct frame *frame)
{
	switch (frame->type) {
	case ADMIN_KEY:
		return take_key(report, frame);
	case ADMIN_GATE:
		return take_gate(report, frame);
	case ADMIN_ROW:
		return take_row(report, frame);
	default:
		return WARDER_ETYPE;
	}
}

static int
take(void *ctx, const struct frame *frame)
{
	return key_report_take(ctx, frame);
}

/* What of an answer came before it broke off is told all the same. */
static void
ask(struct key_report *report)
{
	const struct keepercall call = { take, report, REPORT_MS };
	struct admin_check check = { .generation = 0 };
	struct admin_done done;
	int r;

	(void)snprintf(check.org, sizeof(check.org), "%s", report->org_id);
	r = keepercall_ask(
	    &call, ADMIN_CHECK, &admin_check_layout, &check, &done);
	report->reason = r == 0 ? (enum reason)done.exit : REASON_UNREACHABLE;
	(void)snprintf(report->word, sizeof(report->word), "%s",
	    r == 0             ? done.word
	    : r == WARDER_ESYS ? "keeper"
	                       : "broken");
}

static int
report_all(
    struct key_report *reports, size_t n, const struct conf *conf, bool is_json)
{
	uint64_t now = (uint64_t)clock_real_ms();
	int r = REASON_DONE, shown = REASON_DONE;

	for (size_t i = 0; i < n; i++) {
		if (isatty(STDERR_FILENO))
			(void)fprintf(
			    stderr, "\r\033[Kreading %s", reports[i].alias);
		ask(&reports[i]);
		if (isatty(STDERR_FILENO))
			(void)fputs("\r\033[K", stderr);
		if (r == REASON_DONE)
			r = (int)reports[i].reason;
	}
	if (is_json)
		shown = key_report_json(reports, n, conf, now);
	else
		key_report_print(reports, n, conf, now);
	return shown != REASON_DONE ? shown : r;
}

int
key_check_orgs(const struct key_question *question)
{
	struct key_report *reports;
	struct key_org *orgs = NULL;
	struct conf conf;
	struct diag diag = { 0 };
	size_t n = 0;
	int r;

	if ((r = ctl_need_root()) != 0 ||
	    (r = key_orgs(question->org, &orgs, &n)) != 0)
		return r;
	if (conf_load(VAULT_CONF, &conf, &diag) != 0) {
		free(orgs);
		return ctl_fail(REASON_MISCONFIGURED, "%s:%u: %s", VAULT_CONF,
		    diag.line, diag.what);
	}
	if ((reports = calloc(n, sizeof(*reports))) == NULL) {
		free(orgs);
		return ctl_fail(REASON_BUG, "no memory");
	}
	for (size_t i = 0; i < n; i++) {
		memcpy(reports[i].alias, orgs[i].alias, sizeof(orgs[i].alias));
		memcpy(reports[i].org_id, orgs[i].id, sizeof(orgs[i].id));
	}
	r = report_all(reports, n, &conf, question->is_json);
	for (size_t i = 0; i < n; i++)
		key_report_clear(&reports[i]);
	free(reports);
	free(orgs);
	return r;
}

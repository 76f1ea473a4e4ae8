/* SPDX-License-Identifier: ISC */
/*
 * `warderctl ledger settle`: the keeper reads the runs of open intents and
 * writes down what it finds. It sends nothing else, and neither does this.
 */
#include "config.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "ctl/keepercall.h"
#include "ctl/ledger.h"
#include "ctl/vault.h"
#include "ledger/chain.h"

#define SETTLE_MS (LEDGER_OPEN_MAX * 25000)

struct settling {
	uint64_t settled, open;
	struct admin_done done;
};

static int
take(void *ctx, const struct frame *frame)
{
	struct settling *settling = ctx;
	struct admin_row row;
	int r;

	if (frame->type != ADMIN_ROW)
		return WARDER_ETYPE;
	if ((r = layout_take(frame, &admin_row_layout, &row)) != 0)
		return r;
	if (strcmp(row.topic, "settled") == 0)
		settling->settled = row.n;
	else if (strcmp(row.topic, "open") == 0)
		settling->open = row.n;
	else
		return WARDER_EFORM;
	return WARDER_OK;
}

static void
print_json(const struct settling *settling)
{
	char now[CLOCK_STAMP_SIZE], n[24], *text;
	cJSON *all = cJSON_CreateObject();

	clock_stamp(now, clock_real_ms(), 0);
	(void)cJSON_AddStringToObject(all, "schema", "warderctl.ledger/1");
	(void)cJSON_AddStringToObject(all, "now", now);
	(void)cJSON_AddBoolToObject(all, "complete", settling->open == 0);
	(void)cJSON_AddArrayToObject(all, "errors");
	(void)snprintf(n, sizeof(n), "%" PRIu64, settling->settled);
	(void)cJSON_AddStringToObject(all, "settled", n);
	(void)snprintf(n, sizeof(n), "%" PRIu64, settling->open);
	(void)cJSON_AddStringToObject(all, "open", n);
	(void)cJSON_AddNumberToObject(all, "exit", settling->done.exit);
	text = cJSON_PrintUnformatted(all);
	(void)text_put_json(stdout, text != NULL ? text : "");
	cJSON_free(text);
	cJSON_Delete(all);
}

int
ledger_settle_command(const struct ledger_question *question)
{
	struct settling settling = { .settled = 0 };
	const struct keepercall call = { take, &settling, SETTLE_MS };
	int r;

	if ((r = ctl_need_root()) != 0)
		return r;
	r = keepercall_ask(&call, ADMIN_SETTLE, NULL, NULL, &settling.done);
	if (r != 0)
		return ctl_fail(REASON_UNREACHABLE,
		    "warder-keeper does not answer: %s", warder_strerror(r));
	if (settling.done.exit != REASON_DONE &&
	    settling.done.exit != REASON_OPEN_INTENTS)
		return ctl_fail(settling.done.exit, "%s",
		    keepercall_words(settling.done.word));
	if (question->is_json) {
		print_json(&settling);
		return settling.done.exit;
	}
	(void)printf("settled: %" PRIu64 "; open: %" PRIu64 "\n",
	    settling.settled, settling.open);
	if (settling.open > 0)
		(void)puts("An open one is being sent right now, its run "
		           "cannot be read, or a late copy of its\n"
		           "request could still act. Nothing is sent for its "
		           "gate. Try again in 16 minutes.");
	return settling.done.exit;
}

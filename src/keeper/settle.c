/* SPDX-License-Identifier: ISC */
/*
 * A run that was read says: left the gate as asked (moved), the other way
 * (turned), gone (vanished), or still waiting. The last counts only when the
 * server's own clock is far enough past the intent that a late copy of the
 * signed request would be stale; a token request has no date, so it stays.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "keeper/settle.h"

#define STALE_MS (16 * 60000) /* signed dates are taken for 15 minutes */
#define READ_MS 20000

enum fate {
	FATE_OPEN = 0,
	FATE_MOVED,
	FATE_TURNED,
	FATE_VANISHED,
	FATE_WAITS
};

static const char *
fate_word(enum fate fate)
{
	switch (fate) {
	case FATE_OPEN:
		return "";
	case FATE_MOVED:
		return "moved";
	case FATE_TURNED:
		return "turned";
	case FATE_VANISHED:
		return "vanished";
	case FATE_WAITS:
		return "waits";
	}
	return "";
}

static bool
is_refusal(const struct ledger_open_intent *intent)
{
	return strcmp(intent->act, "refuse") == 0;
}

static enum fate
fate_of(const struct ledger_open_intent *intent, const struct view *view,
    const struct reader *reader, uint8_t api)
{
	char gate[2 * GATE_HASH_LEN + 1];

	switch (view->look.state) {
	case GATE_PASSED:
		return is_refusal(intent) ? FATE_TURNED : FATE_MOVED;
	case GATE_STOPPED:
		return is_refusal(intent) ? FATE_MOVED : FATE_TURNED;
	case GATE_WAITING:
		break;
	case GATE_NOT_REACHED:
	case GATE_NOT_KNOWN:
		return FATE_OPEN;
	}
	/* Started anew: what was asked for then cannot act on it now. */
	hex_print(gate, view->hash, sizeof(view->hash));
	if (view->is_hashed && strcmp(gate, intent->gate) != 0)
		return FATE_VANISHED;
	if (api == API_SIGNED && reader->server_ms > intent->at_ms + STALE_MS)
		return FATE_WAITS;
	return FATE_OPEN;
}

/* Run or job are no more, as the server said; not a failure on the way. */
static bool
is_gone(const struct person_result *result)
{
	if (result->exit != REASON_NOT_FOUND)
		return false;
	return strcmp(result->local_code, "no_gate") == 0 ||
	       strcmp(result->code, "InvalidPipelineRun.NotFound") == 0 ||
	       strcmp(result->code, "InvalidPipeline.NotFound") == 0;
}

/* Reads the run of one intent with its organization's key. */
static enum fate
read_fate(struct keeper *keeper, const struct ledger_open_intent *intent)
{
	auto_view struct view view = { 0 };
	struct ring_trace trace = { .api = API_NONE };
	struct reader reader = { .carrier = &keeper->carrier,
		.ring = &keeper->ring,
		.key = { intent->org,
		    rules_key_of(&keeper->rules, intent->org) },
		.deadline = clock_boot_ms() + READ_MS,
		.result = &keeper->result };

	if (reader.key.name == NULL ||
	    ring_try(&keeper->ring, &reader.key, NULL, &trace) != SEAL_OK)
		return FATE_OPEN;
	(void)snprintf(view.ids.org, sizeof(view.ids.org), "%s", intent->org);
	(void)snprintf(view.ids.pipeline, sizeof(view.ids.pipeline), "%.19s",
	    intent->pipeline);
	(void)snprintf(
	    view.ids.run, sizeof(view.ids.run), "%.19s", intent->run);
	(void)snprintf(
	    view.ids.job, sizeof(view.ids.job), "%.19s", intent->job);
	if (view_read(&view, &reader, VIEW_KNOWN) == GO_ON)
		return fate_of(intent, &view, &reader, trace.api);
	return is_gone(&keeper->result) ? FATE_VANISHED : FATE_OPEN;
}

static bool
write_settle(struct keeper *keeper, const struct ledger_open_intent *intent,
    enum fate fate)
{
	struct record rec;

	record_begin(&rec, "settle");
	record_set(&rec, M_REC, intent->record);
	record_set_int(&rec, M_REF, intent->seq);
	record_set(&rec, M_RES, fate_word(fate));
	record_set(&rec, M_ACT, intent->act);
	record_set(&rec, M_CLK, ledger_clock_word());
	if (book_write(&keeper->book, &rec, NULL, NULL) != LEDGER_OK) {
		log_warn("the ledger did not take a settle");
		return false;
	}
	return true;
}

static bool
is_open(const struct keeper *keeper, const struct ledger_open_intent *intent)
{
	const struct ledger_open_intent *open;
	size_t n = ledger_open_intents(keeper->book.ledger, &open);

	for (size_t i = 0; i < n; i++)
		if (open[i].seq == intent->seq)
			return true;
	return false;
}

/* Its record is ours and nobody else's. True: it is still open after all. */
static bool
stays_open(struct keeper *keeper, const struct ledger_open_intent *intent,
    struct settled *settled)
{
	enum fate fate;

	/* Who held it before us may have written an end. */
	if (ledger_refresh(keeper->book.ledger) != LEDGER_OK)
		return true;
	if (!is_open(keeper, intent))
		return false;
	fate = read_fate(keeper, intent);
	log_info("open intent %s: %s", intent->record,
	    fate == FATE_OPEN ? "stays open" : fate_word(fate));
	if (fate == FATE_OPEN || !write_settle(keeper, intent, fate))
		return true;
	settled->closed++;
	return false;
}

void
settle_all(struct keeper *keeper, struct settled *ret_settled)
{
	const struct ledger_open_intent *open;
	struct ledger_open_intent copy[LEDGER_OPEN_MAX];
	size_t n = ledger_open_intents(keeper->book.ledger, &open);

	*ret_settled = (struct settled){ 0, 0 };
	if (n > LEDGER_OPEN_MAX)
		n = LEDGER_OPEN_MAX;
	/* Borrowed until the next append, and we append. */
	memcpy(copy, open, n * sizeof(copy[0]));
	for (size_t i = 0; i < n; i++) {
		/* Held: its sender is at work and writes the end himself. */
		if (book_hold(&keeper->book, copy[i].record) != 0) {
			ret_settled->open++;
			continue;
		}
		if (stays_open(keeper, &copy[i], ret_settled))
			ret_settled->open++;
		book_let_go(&keeper->book, copy[i].record);
	}
	if (ret_settled->closed != 0)
		book_checkpoint(&keeper->book, &keeper->ring);
}

/* SPDX-License-Identifier: ISC */
/* The messages to the desk, one function each. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "keeper/tell.h"
#include "seal/term.h"

#define SEND_MS 5000
#define HURRIED_MS 200

/* What gates leave for the names of those that are left out. */
static const struct told spare_for_names = {
	PERSON_ANSWER_FRAMES / 8,
	PERSON_ANSWER_BYTES / 8,
};
/* And those for naming up to 256 organizations, and for the end. */
static const struct told spare_for_end = { 320, 128u << 10 };

static bool
has_room(const struct told *told, const struct told *spare)
{
	return told->frames + spare->frames <= PERSON_ANSWER_FRAMES &&
	       told->bytes + spare->bytes <= PERSON_ANSWER_BYTES;
}

/* False: it is left out. The end is told whatever became of the rest. */
static bool
count(struct keeper *keeper, const struct layout *layout, size_t len)
{
	const struct told told = { keeper->told.frames + 1,
		keeper->told.bytes + FRAME_HEAD + len };

	if (keeper->is_cut && !keeper->is_counting &&
	    layout != &person_result_layout &&
	    !has_room(&told, &spare_for_end)) {
		keeper->is_full = true;
		return false;
	}
	keeper->told = told;
	return !keeper->is_counting;
}

/*
 * A desk that does not read may cost a person his answer, never time between
 * intent and outcome: after the first failure nothing more is said.
 */
static void
say(struct keeper *keeper, const struct layout *layout, const void *message)
{
	bool is_hurried = keeper->carrier.is_over == NULL;
	uint8_t bytes[FRAME_BODY_MAX];
	struct wbuf body = wbuf_of(bytes, sizeof(bytes));
	int r;

	if (keeper->is_deaf)
		return;
	layout_put(&body, layout, message);
	if (!count(keeper, layout, body.len))
		return;
	r = frame_send(keeper->conn, layout->type, keeper->id, &body, -1,
	    clock_boot_ms() + (is_hurried ? HURRIED_MS : SEND_MS));
	if (r == 0)
		return;
	keeper->is_deaf = true;
	/* Gone is normal; anything else is worth a line. */
	if (r != WARDER_EOF)
		log_warn("%s: %s", layout->name, warder_strerror(r));
}

static void
copy(char *to, size_t size, const char *from)
{
	if (from != NULL)
		(void)text_cut(to, size, from, strlen(from));
}

static void
tell_pieces(struct keeper *keeper, const struct view *view)
{
	struct person_piece piece;
	const char *user;

	for (size_t n = 0; view_piece(view, n, &piece); n++) {
		if (piece.kind == PIECE_VALIDATOR) {
			user = policy_user_of_account(
			    keeper->rules.policy, view->alias, piece.a);
			copy(piece.b, sizeof(piece.b), user);
		}
		say(keeper, &person_piece_layout, &piece);
	}
}

void
tell_gate(
    struct keeper *keeper, const struct view *view, uint8_t can, uint8_t level)
{
	struct person_gate gate;
	const char *user;

	view_gate(view, &gate);
	user = gate.trigger == 1 ? policy_user_of_account(keeper->rules.policy,
	                               view->alias, gate.account)
	                         : NULL;
	copy(gate.starter, sizeof(gate.starter), user);
	gate.can = can;
	gate.level = level;
	say(keeper, &person_gate_layout, &gate);
	tell_pieces(keeper, view);
}

void
tell_key(struct keeper *keeper)
{
	const struct ring_key key = { rules_org_id(&keeper->rules),
		rules_key_name(&keeper->rules) };
	struct person_key message = { "" };
	struct ring_trace trace;

	/* Unusable since a moment ago: the ACT is refused, and says so. */
	if (ring_try(&keeper->ring, &key, NULL, &trace) != SEAL_OK ||
	    !seal_ends_soon(
	        trace.kind, trace.not_after_ms, (uint64_t)clock_real_ms()))
		return;
	copy(message.key, sizeof(message.key), trace.name);
	message.ends_ms = trace.not_after_ms;
	say(keeper, &person_key_layout, &message);
}

static void
tell_rule(struct keeper *keeper, enum person_rule_kind kind,
    const struct verdict_rule *from)
{
	struct person_rule rule = {
		.kind = (uint8_t)kind, .line = from->line, .col = from->col
	};

	copy(rule.file, sizeof(rule.file), from->file);
	copy(rule.text, sizeof(rule.text), from->text);
	say(keeper, &person_rule_layout, &rule);
}

static void
tell_reason(struct keeper *keeper, enum person_rule_kind kind,
    const struct verdict_reason *from)
{
	struct person_rule rule = { .kind = (uint8_t)kind, .line = from->line };

	copy(rule.local_code, sizeof(rule.local_code), from->local_code);
	copy(rule.code, sizeof(rule.code), from->code);
	copy(rule.file, sizeof(rule.file), from->file);
	copy(rule.text, sizeof(rule.text), from->text);
	copy(rule.message, sizeof(rule.message), from->message);
	copy(rule.unknown, sizeof(rule.unknown), from->unknown);
	say(keeper, &person_rule_layout, &rule);
}

void
tell_rules(struct keeper *keeper, const struct verdict *verdict)
{
	if (verdict->kind == VERDICT_PERMIT) {
		for (size_t i = 0; i < verdict->rules_n; i++)
			tell_rule(keeper, RULE_FITS, &verdict->rules[i]);
		return;
	}
	for (size_t i = 0; i < verdict->blocking_n; i++)
		tell_reason(keeper, i == 0 ? RULE_PRIMARY : RULE_ALSO,
		    &verdict->blocking[i]);
}

static void
tell_need(struct keeper *keeper, enum person_need_kind kind, uint32_t n,
    const char *text)
{
	struct person_need need = { .kind = (uint8_t)kind, .n = n };

	copy(need.text, sizeof(need.text), text);
	say(keeper, &person_need_layout, &need);
}

void
tell_needs(struct keeper *keeper, const struct verdict *verdict)
{
	for (size_t i = 0; i < verdict->missing.reason_n; i++)
		tell_need(keeper, NEED_REASON, 0, verdict->missing.reason[i]);
	for (size_t i = 0; i < verdict->missing.ticket_n; i++)
		tell_need(keeper, NEED_TICKET, 0, verdict->missing.ticket[i]);
	if (verdict->missing.mfa > 0)
		tell_need(keeper, NEED_LEVEL, verdict->missing.mfa, "");
}

static void
tell_whole(struct keeper *keeper, const struct view *view, uint8_t can,
    const struct verdict *pass)
{
	tell_gate(keeper, view, can, (uint8_t)pass->missing.mfa);
	if (pass->kind == VERDICT_DENY)
		tell_rules(keeper, pass);
	tell_needs(keeper, pass);
}

bool
tell_listed(struct keeper *keeper, const struct view *view, uint8_t can,
    const struct verdict *pass)
{
	const struct told before = keeper->told;
	struct told after;

	/* Half a gate could lack the very line that speaks against it. */
	keeper->is_counting = true;
	tell_whole(keeper, view, can, pass);
	keeper->is_counting = false;
	after = keeper->told;
	keeper->told = before;
	if (!has_room(&after, &spare_for_names))
		return false;
	tell_whole(keeper, view, can, pass);
	return true;
}

void
tell_full(struct keeper *keeper)
{
	/* Out of what was kept free for this. */
	keeper->is_cut = false;
	tell_piece(
	    keeper, PIECE_NOT_READ, keeper->rules.org.alias, "too_many_gates");
	keeper->is_cut = true;
}

void
tell_progress(struct keeper *keeper, enum person_progress_what what,
    const char *a, const char *b)
{
	struct person_progress progress = { .what = (uint8_t)what,
		.at_ms = (uint64_t)clock_real_ms() };

	copy(progress.a, sizeof(progress.a), a);
	copy(progress.b, sizeof(progress.b), b);
	say(keeper, &person_progress_layout, &progress);
}

void
tell_reading(struct keeper *keeper, uint32_t n, uint32_t of, const char *org,
    uint32_t waiting)
{
	struct person_progress progress = { .what = PROGRESS_READING,
		.at_ms = (uint64_t)clock_real_ms(),
		.n = n,
		.of = of };

	copy(progress.a, sizeof(progress.a), org);
	(void)snprintf(
	    progress.b, sizeof(progress.b), "%u", (unsigned int)waiting);

	say(keeper, &person_progress_layout, &progress);
}

void
tell_piece(struct keeper *keeper, enum person_piece_kind kind, const char *a,
    const char *b)
{
	struct person_piece piece = { .kind = (uint8_t)kind };

	copy(piece.a, sizeof(piece.a), a);
	copy(piece.b, sizeof(piece.b), b);
	say(keeper, &person_piece_layout, &piece);
}

void
tell_whole_piece(struct keeper *keeper, const struct person_piece *piece)
{
	say(keeper, &person_piece_layout, piece);
}

void
tell_whole_need(struct keeper *keeper, const struct person_need *need)
{
	say(keeper, &person_need_layout, need);
}

void
tell_explained(struct keeper *keeper, const struct person_explained *explained)
{
	say(keeper, &person_explained_layout, explained);
}

void
tell_way(struct keeper *keeper, const struct person_way *way)
{
	say(keeper, &person_way_layout, way);
}

void
tell_person(struct keeper *keeper)
{
	struct person_person person = { .uid = keeper->caller.uid,
		.luid = keeper->caller.luid,
		.session = keeper->caller.session,
		.level = 0 };

	copy(person.name, sizeof(person.name), keeper->caller.name);
	copy(person.tty, sizeof(person.tty), keeper->caller.tty);
	copy(person.source, sizeof(person.source), keeper->caller.source);
	say(keeper, &person_person_layout, &person);
}

void
tell_ready(struct keeper *keeper)
{
	static const char nothing;

	say(keeper, &person_ready_layout, &nothing);
}

void
tell_line(struct keeper *keeper, const char *text, size_t len)
{
	struct person_line line = { "" };

	(void)text_cut(line.text, sizeof(line.text), text, len);
	say(keeper, &person_line_layout, &line);
}

void
tell_note(struct keeper *keeper, const char *note)
{
	struct person_line line = { "" };

	copy(line.text, sizeof(line.text), note);
	say(keeper, &person_note_layout, &line);
}

void
tell_pause(void *ctx, uint32_t left_ms)
{
	struct person_progress progress = { .what = PROGRESS_PAUSED,
		.at_ms = (uint64_t)clock_real_ms(),
		.n = (left_ms + 999) / 1000 };

	say(ctx, &person_progress_layout, &progress);
}

void
tell_result(struct keeper *keeper)
{
	if (keeper->result.origin == ORIGIN_SERVER)
		say(keeper, &person_server_layout, &keeper->about);
	say(keeper, &person_result_layout, &keeper->result);
}

/* SPDX-License-Identifier: ISC */
/*
 * The watch: at once, then after 0.25, 0.5, 1, 2, 4, 5, 5 … seconds until
 * confirm_timeout. A gate has mostly moved by the time the answer is here, and
 * somebody waits. A reading that fails is no news; the next one may succeed.
 */
#include "config.h"

#include <poll.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "keeper/tell.h"
#include "keeper/watch.h"

#define FIRST_MS 250
#define LONGEST_MS 5000
#define READ_MS 15000

/* Waits, at most until `deadline`; false when there is no time left. */
static bool
pause_before(int64_t deadline, int ms)
{
	int left = clock_left_ms(deadline);

	if (left == 0)
		return false;
	(void)poll(NULL, 0, ms < left ? ms : left);
	return true;
}

static enum gate_state
read_state(struct decision *decision, int64_t deadline)
{
	struct keeper *keeper = decision->keeper;
	auto_view struct view view = { .ids = keeper->view.ids };
	struct person_result ignored;
	int64_t until = clock_boot_ms() + READ_MS;
	struct reader reader =
	    keeper_reader(keeper, until < deadline ? until : deadline);

	reader.result = &ignored;
	if (view_read(&view, &reader, VIEW_KNOWN) != GO_ON) {
		log_warn("the run could not be read: %s %s", ignored.local_code,
		    ignored.code);
		return GATE_NOT_KNOWN;
	}
	return view.look.state;
}

static int
longer(int ms)
{
	if (ms == 0)
		return FIRST_MS;
	return ms * 2 < LONGEST_MS ? ms * 2 : LONGEST_MS;
}

/* Until it is passed or stopped, or time is up. */
static enum gate_state
watch(struct decision *decision)
{
	struct keeper *keeper = decision->keeper;
	int64_t deadline = clock_boot_ms() + keeper->conf->confirm_timeout_ms;
	enum gate_state state = GATE_NOT_KNOWN;
	char left[16];

	for (int ms = 0; pause_before(deadline, ms); ms = longer(ms)) {
		(void)snprintf(
		    left, sizeof(left), "%d", clock_left_ms(deadline) / 1000);
		tell_progress(keeper, PROGRESS_WATCHING, left, "");
		state = read_state(decision, deadline + READ_MS);
		if (state == GATE_PASSED || state == GATE_STOPPED)
			break;
	}
	return state;
}

/* GATE_PASSED for pass, GATE_STOPPED for refuse. */
static bool
is_as_asked(const struct decision *decision, enum gate_state state)
{
	return decision->act.verb == PERSON_REFUSE ? state == GATE_STOPPED
	                                           : state == GATE_PASSED;
}

static bool
has_left(enum gate_state state)
{
	return state == GATE_PASSED || state == GATE_STOPPED;
}

int
watch_gate(struct decision *decision)
{
	struct keeper *keeper = decision->keeper;
	bool is_accepted = decision->meaning.outcome == ANSWER_ACCEPTED;

	decision->seen = watch(decision);
	if (has_left(decision->seen)) {
		decision->res =
		    decision->seen == GATE_PASSED ? "passed" : "stopped";
		decision->err = NULL;
		tell_progress(
		    keeper, PROGRESS_SEEN, keeper->view.ids.job, decision->res);
		if (is_as_asked(decision, decision->seen))
			return act_end(decision, REASON_DONE, "");
		return act_end(decision, REASON_OTHERWISE, "decided");
	}
	decision->res = is_accepted ? "unconfirmed" : "unknown";
	decision->err = decision->res;
	return act_end(decision,
	    is_accepted ? REASON_UNCONFIRMED : REASON_UNKNOWN, decision->res);
}

int
watch_other(struct decision *decision)
{
	decision->seen = watch(decision);
	if (!has_left(decision->seen))
		return act_end(decision, REASON_IN_PROGRESS, "claimed");
	return act_end(decision,
	    is_as_asked(decision, decision->seen) ? REASON_ALREADY
	                                          : REASON_OTHERWISE,
	    "decided");
}

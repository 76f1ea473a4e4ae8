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
#define OTHERS_MS 3000 /* so long it has to look alike */

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

/* What one reading showed. */
struct seen {
	enum gate_state state;
	/* It waits, and the key's account, which has just passed it, may not
	 * any more: so a gate of several validators looks whose others have
	 * not acted yet. */
	bool is_ours_done;
	uint32_t wait_ms; /* the server limits the rate: not before that */
};

static void
keep_validators(struct decision *decision, const struct view *view)
{
	const char *id;
	size_t n = 0;

	while (n < ACT_OTHERS_MAX &&
	       (id = look_validator(view->run, &view->look, n)) != NULL)
		(void)snprintf(decision->validators[n++],
		    sizeof(decision->validators[0]), "%s", id);
	decision->validators_n = n;
}

static void
read_once(struct decision *decision, int64_t deadline, struct seen *ret_seen)
{
	struct keeper *keeper = decision->keeper;
	auto_view struct view view = { .ids = keeper->view.ids };
	struct person_result ignored;
	int64_t until = clock_boot_ms() + READ_MS;
	struct reader reader =
	    keeper_reader(keeper, until < deadline ? until : deadline);

	*ret_seen = (struct seen){ .state = GATE_NOT_KNOWN };
	reader.result = &ignored;
	reader.about = NULL; /* of the POST something may be told yet */
	if (view_read(&view, &reader, VIEW_KNOWN) != GO_ON) {
		ret_seen->wait_ms = reader.wait_ms;
		log_warn("the run could not be read: %s %s", ignored.local_code,
		    ignored.code);
		return;
	}
	ret_seen->state = view.look.state;
	ret_seen->is_ours_done = view.look.state == GATE_WAITING &&
	                         view.look.says_pass && !view.look.may_pass;
	keep_validators(decision, &view);
}

static int
longer(int ms)
{
	if (ms == 0)
		return FIRST_MS;
	return ms * 2 < LONGEST_MS ? ms * 2 : LONGEST_MS;
}

/* Our pass is in, and somebody else's may be wanted. */
static bool
waits_for_others(const struct decision *decision, const struct seen *seen)
{
	return decision->meaning.outcome == ANSWER_ACCEPTED &&
	       decision->act.verb == PERSON_PASS && seen->is_ours_done &&
	       decision->validators_n > 1;
}

/* Until it is passed or stopped, waits for others, or time is up. */
static enum gate_state
watch(struct decision *decision)
{
	struct keeper *keeper = decision->keeper;
	int64_t deadline = clock_boot_ms() + keeper->conf->confirm_timeout_ms;
	int64_t since = -1; /* when it was first seen to wait for others */
	struct seen seen = { .state = GATE_NOT_KNOWN };
	char left[16];

	for (int ms = 0, step = 0; pause_before(deadline, ms);) {
		(void)snprintf(
		    left, sizeof(left), "%d", clock_left_ms(deadline) / 1000);
		tell_progress(keeper, PROGRESS_WATCHING, left, "");
		read_once(decision, deadline + READ_MS, &seen);
		if (seen.state == GATE_PASSED || seen.state == GATE_STOPPED)
			break;
		/* One reading could be of a move under way. */
		if (!waits_for_others(decision, &seen))
			since = -1;
		else if (since < 0)
			since = clock_boot_ms();
		else if (clock_boot_ms() - since >= OTHERS_MS)
			break;
		step = longer(step);
		ms = seen.wait_ms > (uint32_t)step ? (int)seen.wait_ms : step;
	}
	decision->is_for_others = waits_for_others(decision, &seen);
	return seen.state;
}

/* Who of them has acted the server does not tell; ours, a robot, has. */
static void
tell_others(struct decision *decision)
{
	struct keeper *keeper = decision->keeper;
	const char *user, *alias = keeper->rules.org.alias;

	for (size_t n = 0; n < decision->validators_n; n++) {
		const char *id = decision->validators[n];

		if (policy_is_robot(keeper->rules.policy, alias, id))
			continue;
		user = policy_user_of_account(keeper->rules.policy, alias, id);
		tell_piece(
		    keeper, PIECE_OUTSTANDING, id, user != NULL ? user : "");
	}
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

static int
end_moved(struct decision *decision)
{
	struct keeper *keeper = decision->keeper;
	bool is_answered = decision->meaning.outcome == ANSWER_ACCEPTED;

	decision->res = decision->seen == GATE_PASSED ? "passed" : "stopped";
	decision->err = NULL;
	tell_progress(
	    keeper, PROGRESS_SEEN, keeper->view.ids.job, decision->res);
	if (!is_as_asked(decision, decision->seen))
		return act_end(decision, REASON_OTHERWISE, "decided");
	/* Without an answer it may have been somebody else's doing. */
	return act_end(decision, REASON_DONE, is_answered ? "" : "unanswered");
}

int
watch_gate(struct decision *decision)
{
	bool is_accepted = decision->meaning.outcome == ANSWER_ACCEPTED;

	decision->seen = watch(decision);
	if (has_left(decision->seen))
		return end_moved(decision);
	decision->res = is_accepted ? "unconfirmed" : "unknown";
	decision->err = decision->res;
	if (decision->is_for_others) {
		decision->err = "others";
		tell_others(decision);
	}
	return act_end(decision,
	    is_accepted ? REASON_UNCONFIRMED : REASON_UNKNOWN, decision->err);
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

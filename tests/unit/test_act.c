/* SPDX-License-Identifier: ISC */
/*
 * The data path itself, with stand-ins for its steps: in which order they
 * run, that an end ends it, that whatever comes after the intent is answered
 * by the outcome. (What each step does is looked at from outside, in
 * tests/bastion/each-step-fails-closed.sh; step_vote in test_keeper.c.)
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "base/fd.h"
#include "keeper/act.h"

static const char order[] = "state handle first key authenticate decide vote "
                            "again intent claim sign send watch ";

static char seen[256];    /* names of the steps that ran */
static const char *fails; /* the one that ends it */
static bool hangs_up;     /* the person leaves while that one runs */
static int persons_end = -1, keepers_end = -1;

static int
step(struct decision *decision, const char *name)
{
	bool is_it = fails != NULL && strcmp(fails, name) == 0;
	size_t len = strlen(seen);

	(void)snprintf(seen + len, sizeof(seen) - len, "%s ", name);
	if (is_it && hangs_up) {
		fd_closep(&persons_end);
		return GO_ON;
	}
	if (!is_it)
		return GO_ON;
	return act_end(decision, REASON_DENIED, name);
}

#define STAND_IN(function, name)                                               \
	int function(struct decision *decision)                                \
	{                                                                      \
		return step(decision, name);                                   \
	}

STAND_IN(step_state, "state")
STAND_IN(step_handle, "handle")
STAND_IN(step_decide_first, "first")
STAND_IN(step_key, "key")
STAND_IN(step_authenticate, "authenticate")
STAND_IN(step_decide, "decide")
STAND_IN(step_vote, "vote")
STAND_IN(step_look_again, "again")
STAND_IN(step_claim, "claim")
STAND_IN(step_sign, "sign")
STAND_IN(step_send, "send")
STAND_IN(step_watch, "watch")

int
step_outcome(struct decision *decision)
{
	(void)step(decision, "outcome");
	return ENDED;
}

int
step_intent(struct decision *decision)
{
	int r = step(decision, "intent");

	decision->is_intended = r == GO_ON;
	return r;
}

/* One ACT, in which this step ends it (or the person leaves). */
static struct person_result
act(const char *step_name, bool leaves)
{
	static struct person_act wish;
	auto_frame struct frame frame = FRAME_NONE;
	struct keeper keeper = { .channel = -1 };
	int ends[2];

	seen[0] = '\0';
	fails = step_name;
	hangs_up = leaves;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
	persons_end = ends[0];
	keeper.conn = keepers_end = ends[1];
	wish.verb = PERSON_PASS;
	assert_int_equal(layout_send(persons_end, 1, &person_act_layout, &wish,
	                     -1, INT64_MAX),
	    0);
	assert_int_equal(
	    frame_recv(keeper.conn, WIRE_PERSON, INT64_MAX, &frame), 0);
	assert_int_equal(on_act(&keeper, &frame), ENDED);
	fd_closep(&persons_end);
	fd_closep(&keepers_end);
	return keeper.result;
}

static void
the_steps_run_in_their_order_and_the_outcome_is_last(void **state)
{
	char all[256];

	(void)state;
	/* And where none of them says what came of it, it is no success. */
	assert_int_equal(act(NULL, false).exit, REASON_BUG);
	(void)snprintf(all, sizeof(all), "%soutcome ", order);
	assert_string_equal(seen, all);
}

/* What ran when this step ended it: all up to it, and the outcome or not. */
static void
expect_up_to(const char *last, bool has_outcome)
{
	const char *at = strstr(order, last);
	char want[256];

	assert_non_null(at);
	(void)snprintf(want, sizeof(want), "%.*s%s %s", (int)(at - order),
	    order, last, has_outcome ? "outcome " : "");
	assert_string_equal(seen, want);
}

static void
a_step_that_ends_it_lets_none_follow(void **state)
{
	static const char *const before[] = { "state", "handle", "first", "key",
		"authenticate", "decide", "vote", "again", "intent" };
	struct person_result result;

	(void)state;
	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		result = act(before[i], false);
		assert_int_equal(result.exit, REASON_DENIED);
		assert_string_equal(result.local_code, before[i]);
		expect_up_to(before[i], false);
	}
}

static void
after_the_intent_every_end_has_its_outcome(void **state)
{
	static const char *const after[] = { "claim", "sign", "send", "watch" };

	(void)state;
	for (size_t i = 0; i < sizeof(after) / sizeof(after[0]); i++) {
		assert_int_equal(act(after[i], false).exit, REASON_DENIED);
		expect_up_to(after[i], true);
	}
}

static void
who_leaves_before_the_intent_has_sent_nothing(void **state)
{
	static const char *const before[] = { "state", "handle", "first", "key",
		"authenticate", "decide", "vote", "again" };
	struct person_result result;

	(void)state;
	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		result = act(before[i], true);
		assert_int_equal(result.exit, REASON_CANCELLED);
		assert_string_equal(result.local_code, "gone");
		expect_up_to(before[i], false);
	}
}

static void
who_leaves_after_the_intent_changes_nothing(void **state)
{
	(void)state;
	(void)act("intent", true);
	assert_non_null(strstr(seen, "send watch outcome "));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    the_steps_run_in_their_order_and_the_outcome_is_last),
		cmocka_unit_test(a_step_that_ends_it_lets_none_follow),
		cmocka_unit_test(after_the_intent_every_end_has_its_outcome),
		cmocka_unit_test(who_leaves_before_the_intent_has_sent_nothing),
		cmocka_unit_test(who_leaves_after_the_intent_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

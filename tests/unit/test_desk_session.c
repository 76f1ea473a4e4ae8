/* SPDX-License-Identifier: ISC */
/* The two tables of the desk, without a socket. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "desk/session.h"

static const union person_any valid = { .look = { .lang = PERSON_EN } };

/* A valid frame of that type; descriptor 0 stands for a channel. */
static void
frame_of(struct frame *frame, uint32_t type, uint32_t id)
{
	static const struct person_act act = { .verb = PERSON_PASS };
	static const struct person_explain explain = { .verb = PERSON_PASS };
	static const struct person_result result = { .origin = ORIGIN_HERE };
	static const struct person_explained explained = {
		.verdict = VERDICT_IS_DENY, .verb = PERSON_PASS
	};
	static const struct person_way way = {
		.way = 1, .becomes = VERDICT_IS_PERMIT, .kind = WAY_TEXT
	};
	const struct layout *layout = person_layout(type);
	const void *msg = type == PERSON_ACT         ? (const void *)&act
	                  : type == PERSON_EXPLAIN   ? (const void *)&explain
	                  : type == PERSON_RESULT    ? (const void *)&result
	                  : type == PERSON_EXPLAINED ? (const void *)&explained
	                  : type == PERSON_WAY       ? (const void *)&way
	                                             : (const void *)&valid;
	struct wbuf out = wbuf_of(frame->body, sizeof(frame->body));

	layout_put(&out, layout, msg);
	assert_int_equal(wbuf_end(&out), 0);
	frame->type = type;
	frame->id = id;
	frame->len = out.len;
	frame->fd = layout->takes_fd ? STDIN_FILENO : -1;
}

static int
ask(struct session *session, uint32_t type, uint32_t id)
{
	static struct frame frame;

	frame_of(&frame, type, id);
	return session_on_request(session, &frame);
}

static int
answer(struct session *session, uint32_t type, uint32_t id)
{
	static struct frame frame;

	frame_of(&frame, type, id);
	return session_on_answer(session, &frame);
}

static void
an_id_that_does_not_go_up_is_refused(void **state)
{
	struct session session = { 0 };

	(void)state;
	assert_int_equal(ask(&session, PERSON_LOOK, 0), WARDER_EFORM);
	assert_int_equal(ask(&session, PERSON_LOOK, 5), 0);
	assert_int_equal(answer(&session, PERSON_READY, 5), 0);
	assert_int_equal(ask(&session, PERSON_ACT, 5), WARDER_EFORM);
	assert_int_equal(ask(&session, PERSON_ACT, 4), WARDER_EFORM);
	assert_int_equal(ask(&session, PERSON_ACT, 6), 0);
}

static void
an_answer_to_an_older_request_is_refused(void **state)
{
	struct session session = { 0 };

	(void)state;
	assert_int_equal(ask(&session, PERSON_LOOK, 1), 0);
	assert_int_equal(answer(&session, PERSON_READY, 1), 0);
	assert_int_equal(ask(&session, PERSON_ACT, 2), 0);
	assert_int_equal(answer(&session, PERSON_RESULT, 1), WARDER_EFORM);
	assert_int_equal(answer(&session, PERSON_RESULT, 2), 0);
}

static void
nothing_is_answered_before_it_is_asked(void **state)
{
	struct session session = { 0 };

	(void)state;
	assert_int_equal(answer(&session, PERSON_RESULT, 0), WARDER_ETYPE);
}

static void
only_a_shown_gate_is_acted_on(void **state)
{
	struct session session = { 0 };

	(void)state;
	assert_int_equal(ask(&session, PERSON_ACT, 1), WARDER_ETYPE);
	assert_int_equal(ask(&session, PERSON_EXPLAIN, 1), WARDER_ETYPE);
	assert_int_equal(ask(&session, PERSON_LIST, 1), 0);
	assert_int_equal(answer(&session, PERSON_READY, 1), WARDER_ETYPE);
	assert_int_equal(ask(&session, PERSON_ACT, 2), WARDER_ETYPE);
}

static void
one_look_is_acted_on_once(void **state)
{
	struct session session = { 0 };

	(void)state;
	assert_int_equal(ask(&session, PERSON_LOOK, 1), 0);
	assert_int_equal(answer(&session, PERSON_READY, 1), 0);
	assert_int_equal(ask(&session, PERSON_LOOK, 2), WARDER_ETYPE);
	assert_int_equal(ask(&session, PERSON_ACT, 2), 0);
	assert_int_equal(answer(&session, PERSON_READY, 2), WARDER_ETYPE);
	assert_int_equal(ask(&session, PERSON_ACT, 3), WARDER_ETYPE);
	assert_int_equal(ask(&session, PERSON_EXPLAIN, 3), WARDER_ETYPE);
}

static void
what_changes_is_told_of_a_shown_gate_and_ends_it(void **state)
{
	struct session session = { 0 };

	(void)state;
	assert_int_equal(ask(&session, PERSON_CHANGE, 1), WARDER_ETYPE);
	assert_int_equal(ask(&session, PERSON_LOOK, 1), 0);
	assert_int_equal(ask(&session, PERSON_CHANGE, 2), WARDER_ETYPE);
	assert_int_equal(answer(&session, PERSON_READY, 1), 0);
	assert_int_equal(ask(&session, PERSON_CHANGE, 2), 0);
	assert_int_equal(answer(&session, PERSON_GATE, 2), WARDER_ETYPE);
	assert_int_equal(answer(&session, PERSON_NOTE, 2), WARDER_ETYPE);
	assert_int_equal(answer(&session, PERSON_PIECE, 2), 0);
	/* Nobody acts behind it: the state for that is gone. */
	assert_int_equal(ask(&session, PERSON_ACT, 3), WARDER_ETYPE);
	assert_int_equal(answer(&session, PERSON_RESULT, 2), 0);
	assert_true(session.has_ended);
}

static void
an_explanation_is_of_a_shown_gate_and_ends_it(void **state)
{
	struct session session = { 0 };

	(void)state;
	assert_int_equal(ask(&session, PERSON_LOOK, 1), 0);
	assert_int_equal(answer(&session, PERSON_WAY, 1), WARDER_ETYPE);
	assert_int_equal(answer(&session, PERSON_EXPLAINED, 1), WARDER_ETYPE);
	assert_int_equal(answer(&session, PERSON_READY, 1), 0);
	assert_int_equal(ask(&session, PERSON_EXPLAIN, 2), 0);
	assert_int_equal(answer(&session, PERSON_EXPLAINED, 2), 0);
	assert_int_equal(answer(&session, PERSON_WAY, 2), 0);
	assert_int_equal(answer(&session, PERSON_GATE, 2), WARDER_ETYPE);
	assert_int_equal(answer(&session, PERSON_NOTE, 2), WARDER_ETYPE);
	/* Nobody acts behind it: the state for that is gone. */
	assert_int_equal(ask(&session, PERSON_ACT, 3), WARDER_ETYPE);
	assert_int_equal(answer(&session, PERSON_RESULT, 2), 0);
	assert_true(session.has_ended);
}

static void
a_shown_gate_may_only_time_out(void **state)
{
	struct session session = { 0 };

	(void)state;
	assert_int_equal(ask(&session, PERSON_LOOK, 1), 0);
	assert_int_equal(answer(&session, PERSON_READY, 1), 0);
	assert_int_equal(answer(&session, PERSON_NEED, 1), WARDER_ETYPE);
	assert_int_equal(answer(&session, PERSON_RESULT, 1), 0);
	assert_true(session.has_ended);
	assert_int_equal(answer(&session, PERSON_RESULT, 1), WARDER_ETYPE);
}

static void
a_note_answers_an_act_alone(void **state)
{
	struct session session = { 0 };

	(void)state;
	assert_int_equal(ask(&session, PERSON_LOOK, 1), 0);
	assert_int_equal(answer(&session, PERSON_NOTE, 1), WARDER_ETYPE);
}

/* A look may have to wait for the server; a whoami asks none. */
static void
the_servers_word_answers_what_asks_the_server(void **state)
{
	static const uint32_t asked[] = { PERSON_LOOK, PERSON_LIST };
	struct session session = { 0 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		session = (struct session){ 0 };
		assert_int_equal(ask(&session, asked[i], 1), 0);
		assert_int_equal(answer(&session, PERSON_PROGRESS, 1), 0);
		assert_int_equal(answer(&session, PERSON_SERVER, 1), 0);
		assert_int_equal(answer(&session, PERSON_RESULT, 1), 0);
	}
	session = (struct session){ 0 };
	assert_int_equal(ask(&session, PERSON_WHOAMI, 1), 0);
	assert_int_equal(answer(&session, PERSON_SERVER, 1), WARDER_ETYPE);
}

/* Nothing but a look tells of the key: a list would name each of them. */
static void
the_end_of_a_key_is_told_with_a_look_only(void **state)
{
	static const uint32_t others[] = { PERSON_LIST, PERSON_WHOAMI,
		PERSON_LOG };
	struct session session = { 0 };

	(void)state;
	assert_int_equal(ask(&session, PERSON_LOOK, 1), 0);
	assert_int_equal(answer(&session, PERSON_KEY, 1), 0);
	assert_int_equal(answer(&session, PERSON_READY, 1), 0);
	assert_int_equal(answer(&session, PERSON_KEY, 1), WARDER_ETYPE);
	assert_int_equal(ask(&session, PERSON_ACT, 2), 0);
	assert_int_equal(answer(&session, PERSON_KEY, 2), WARDER_ETYPE);
	for (size_t i = 0; i < 3; i++) {
		session = (struct session){ 0 };
		assert_int_equal(ask(&session, others[i], 1), 0);
		assert_int_equal(answer(&session, PERSON_KEY, 1), WARDER_ETYPE);
	}
}

/* Whom a gate waits for is told with the end of an ACT. */
static void
an_act_may_end_with_names_and_the_servers_word(void **state)
{
	struct session session = { 0 };

	(void)state;
	assert_int_equal(ask(&session, PERSON_LOOK, 1), 0);
	assert_int_equal(answer(&session, PERSON_READY, 1), 0);
	assert_int_equal(answer(&session, PERSON_SERVER, 1), WARDER_ETYPE);
	assert_int_equal(ask(&session, PERSON_ACT, 2), 0);
	assert_int_equal(answer(&session, PERSON_PIECE, 2), 0);
	assert_int_equal(answer(&session, PERSON_SERVER, 2), 0);
	assert_int_equal(answer(&session, PERSON_GATE, 2), WARDER_ETYPE);
	assert_int_equal(answer(&session, PERSON_RESULT, 2), 0);
}

static void
an_endless_answer_is_cut(void **state)
{
	struct session session = { 0 };
	int r = 0;

	(void)state;
	assert_int_equal(ask(&session, PERSON_WHOAMI, 1), 0);
	for (int i = 0; i < PERSON_ANSWER_FRAMES && r == 0; i++)
		r = answer(&session, PERSON_PERSON, 1);
	assert_int_equal(r, 0);
	assert_int_equal(answer(&session, PERSON_PERSON, 1), WARDER_EFULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_id_that_does_not_go_up_is_refused),
		cmocka_unit_test(an_answer_to_an_older_request_is_refused),
		cmocka_unit_test(nothing_is_answered_before_it_is_asked),
		cmocka_unit_test(only_a_shown_gate_is_acted_on),
		cmocka_unit_test(one_look_is_acted_on_once),
		cmocka_unit_test(
		    what_changes_is_told_of_a_shown_gate_and_ends_it),
		cmocka_unit_test(an_explanation_is_of_a_shown_gate_and_ends_it),
		cmocka_unit_test(a_shown_gate_may_only_time_out),
		cmocka_unit_test(a_note_answers_an_act_alone),
		cmocka_unit_test(the_servers_word_answers_what_asks_the_server),
		cmocka_unit_test(
		    an_act_may_end_with_names_and_the_servers_word),
		cmocka_unit_test(the_end_of_a_key_is_told_with_a_look_only),
		cmocka_unit_test(an_endless_answer_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

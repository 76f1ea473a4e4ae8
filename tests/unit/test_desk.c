/* SPDX-License-Identifier: ISC */
/* What the desk hands on, and what ends a connection: desk_stage.h. */
#include "config.h"

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/fd.h"
#include "tests/unit/desk_stage.h"

static void
an_act_before_a_look_ends_it(void **state)
{
	struct stage *stage = *state;

	assert_int_equal(
	    layout_send(stage->client, 1, &person_act_layout, &act, -1, soon()),
	    0);
	is_closed_alone(stage);
}

static void
a_look_without_a_channel_ends_it(void **state)
{
	struct stage *stage = *state;
	uint8_t body[FRAME_BODY_MAX];
	struct wbuf out = wbuf_of(body, sizeof(body));

	layout_put(&out, &person_look_layout, &look);
	assert_int_equal(
	    frame_send(stage->client, PERSON_LOOK, 1, &out, -1, soon()), 0);
	is_closed_alone(stage);
}

static void
one_byte_too_many_ends_it(void **state)
{
	struct stage *stage = *state;
	uint8_t body[FRAME_BODY_MAX];
	struct wbuf out = wbuf_of(body, sizeof(body));

	layout_put(&out, &person_look_layout, &look);
	put_u8(&out, 0);
	assert_int_equal(
	    frame_send(stage->client, PERSON_LOOK, 1, &out, stage->end, soon()),
	    0);
	is_closed_alone(stage);
}

static void
an_answer_from_a_client_ends_it(void **state)
{
	struct stage *stage = *state;

	answer(stage->client, 1, &person_ready_layout, &look);
	is_closed_alone(stage);
}

static void
a_connection_to_a_listener_is_no_channel(void **state)
{
	struct stage *stage = *state;
	auto_fd int named = connect_to(stage->keeper_path);
	auto_fd int taken = accept4(stage->keeper, NULL, NULL, SOCK_CLOEXEC);

	assert_true(taken >= 0);
	assert_int_equal(layout_send(stage->client, 1, &person_look_layout,
	                     &look, named, soon()),
	    0);
	is_closed_alone(stage);
}

/* A pair that another user made, handed on by whoever connected. */
static void
a_channel_of_another_uid_ends_it(void **state)
{
	struct stage *stage = *state;
	int pair[2], carry[2];

	if (geteuid() != 0) {
		print_message("skip: needs root for a second uid\n");
		skip();
	}
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, carry), 0);
	if (fork() == 0) {
		if (setresuid(12345, 12345, 12345) != 0 ||
		    socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) != 0 ||
		    frame_send(
		        carry[1], PERSON_LOOK, 1, NULL, pair[1], soon()) != 0)
			_exit(1);
		_exit(0);
	}
	{
		auto_frame struct frame frame = FRAME_NONE;

		assert_int_equal(
		    frame_recv(carry[0], WIRE_PERSON, soon(), &frame), 0);
		assert_int_equal(
		    layout_send(stage->client, 1, &person_look_layout, &look,
		        frame.fd, soon()),
		    0);
	}
	(void)wait(NULL);
	(void)close(carry[0]);
	(void)close(carry[1]);
	is_closed_alone(stage);
}

static void
another_version_gets_one_word_of_mercy(void **state)
{
	struct stage *stage = *state;
	auto_frame struct frame frame = FRAME_NONE;

	assert_int_equal(frame_send(stage->client, PERSON_LOOK + (1u << 16), 1,
	                     NULL, -1, soon()),
	    0);
	assert_int_equal(frame_recv(stage->client, WIRE_PERSON, soon(), &frame),
	    WARDER_EVERSION);
	is_closed_alone(stage);
}

static void
a_second_request_before_the_answer_ends_it(void **state)
{
	struct stage *stage = *state;
	auto_frame struct frame frame = FRAME_NONE;
	auto_fd int keeper = -1;

	ask_look(stage, 1);
	keeper = keeper_gets_look(stage, &frame);
	assert_int_equal(
	    layout_send(stage->client, 2, &person_act_layout, &act, -1, soon()),
	    0);
	assert_int_equal(
	    frame_recv(keeper, WIRE_PERSON, soon(), &frame), WARDER_EOF);
	assert_int_equal(
	    frame_recv(stage->client, WIRE_PERSON, soon(), &frame), WARDER_EOF);
}

static void
a_look_reaches_the_keeper_with_its_maker(void **state)
{
	struct stage *stage = *state;
	auto_frame struct frame frame = FRAME_NONE;
	auto_fd int keeper = -1;
	struct person_look got;
	struct peer maker;

	ask_look(stage, 7);
	keeper = keeper_gets_look(stage, &frame);
	assert_int_equal(frame.id, 7);
	assert_int_equal(layout_take(&frame, &person_look_layout, &got), 0);
	assert_memory_equal(&got, &look, sizeof(look));
	assert_int_equal(peer_of_channel(frame.fd, &maker), 0);
	assert_int_equal(maker.pid, getpid());
	assert_int_equal(maker.uid, getuid());
}

static void
a_decision_goes_there_and_its_result_back(void **state)
{
	struct stage *stage = *state;
	static const struct person_result done = { .exit = REASON_DONE,
		.origin = ORIGIN_HERE };
	static const struct person_line note = { "a signed note" };
	auto_frame struct frame frame = FRAME_NONE;
	auto_fd int keeper = go_to_acting(stage);

	answer(keeper, 2, &person_note_layout, &note);
	answer(keeper, 2, &person_result_layout, &done);
	assert_int_equal(
	    frame_recv(stage->client, WIRE_PERSON, soon(), &frame), 0);
	assert_int_equal(frame.type, PERSON_NOTE);
	result_is(stage->client, 2, REASON_DONE, "");
}

/* The listener is told to end while a person is asked, or his request is out. */
static void
a_desk_that_ends_brings_the_answer_first(void **state)
{
	struct stage *stage = *state;
	static const struct person_result none = { .exit = REASON_UNREACHABLE,
		.origin = ORIGIN_HERE,
		.local_code = "pam" };
	auto_fd int keeper = go_to_acting(stage);
	struct pollfd poller = { stage->client, POLLIN, 0 };

	assert_int_equal(kill(stage->desk, SIGTERM), 0);
	assert_int_equal(poll(&poller, 1, 300), 0); /* no word, no end */
	answer(keeper, 2, &person_result_layout, &none);
	result_is(stage->client, 2, REASON_UNREACHABLE, "pam");
}

static void
a_keeper_that_is_not_there_is_18(void **state)
{
	struct stage *stage = *state;

	fd_closep(&stage->keeper);
	ask_look(stage, 3);
	result_is(stage->client, 3, REASON_UNREACHABLE, "keeper");
}

static void
a_keeper_that_goes_before_an_act_is_18(void **state)
{
	struct stage *stage = *state;
	auto_frame struct frame frame = FRAME_NONE;
	int keeper;

	ask_look(stage, 1);
	keeper = keeper_gets_look(stage, &frame);
	fd_closep(&keeper);
	result_is(stage->client, 1, REASON_UNREACHABLE, "keeper");
}

static void
an_answer_that_was_not_asked_for_is_not_passed_on(void **state)
{
	struct stage *stage = *state;
	static const struct person_line line = { "x" };
	auto_frame struct frame frame = FRAME_NONE;
	auto_fd int keeper = -1;

	ask_look(stage, 1);
	keeper = keeper_gets_look(stage, &frame);
	answer(keeper, 1, &person_line_layout, &line);
	result_is(stage->client, 1, REASON_UNREACHABLE, "keeper");
}

static void
a_keeper_that_goes_after_an_act_leaves_silence(void **state)
{
	struct stage *stage = *state;
	auto_frame struct frame frame = FRAME_NONE;
	int keeper = go_to_acting(stage);

	fd_closep(&keeper);
	assert_int_equal(
	    frame_recv(stage->client, WIRE_PERSON, soon(), &frame), WARDER_EOF);
}

static void
a_client_that_goes_is_seen_by_the_keeper(void **state)
{
	struct stage *stage = *state;
	auto_frame struct frame frame = FRAME_NONE;
	auto_fd int keeper = go_to_acting(stage);

	fd_closep(&stage->client);
	assert_int_equal(
	    frame_recv(keeper, WIRE_PERSON, soon(), &frame), WARDER_EOF);
}

/* Even if the request was sent before the desk closed without reading it. */
static void
without_a_slot_it_is_16(void **state)
{
	struct stage *stage = *state;
	auto_fd int second = connect_to(stage->door);
	auto_fd int third = connect_to(stage->door);

	(void)!layout_send(
	    third, 1, &person_look_layout, &look, stage->end, soon());
	result_is(third, 1, REASON_BUSY, "slots");
}

#define STAGED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		STAGED(an_act_before_a_look_ends_it),
		STAGED(a_look_without_a_channel_ends_it),
		STAGED(one_byte_too_many_ends_it),
		STAGED(an_answer_from_a_client_ends_it),
		STAGED(a_connection_to_a_listener_is_no_channel),
		STAGED(a_channel_of_another_uid_ends_it),
		STAGED(another_version_gets_one_word_of_mercy),
		STAGED(a_second_request_before_the_answer_ends_it),
		STAGED(a_look_reaches_the_keeper_with_its_maker),
		STAGED(a_decision_goes_there_and_its_result_back),
		STAGED(a_desk_that_ends_brings_the_answer_first),
		STAGED(a_keeper_that_is_not_there_is_18),
		STAGED(a_keeper_that_goes_before_an_act_is_18),
		STAGED(an_answer_that_was_not_asked_for_is_not_passed_on),
		STAGED(a_keeper_that_goes_after_an_act_leaves_silence),
		STAGED(a_client_that_goes_is_seen_by_the_keeper),
		STAGED(without_a_slot_it_is_16),
	};
	struct service service = test_service();

	if (argc > 1 && strcmp(argv[0], "warderd") == 0)
		return serve_main(&service, argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

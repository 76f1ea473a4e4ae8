/* SPDX-License-Identifier: ISC */
/*
 * The real desk, listener and exec'ed worker, between a client and a stand-in
 * for the keeper that both are this test. As in test_serve, the worker comes
 * through main again.
 */
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
#include "desk/desk.h"
#include "wire/person.h"

#define WAIT_MS 8000

static const struct person_look look = { PERSON_EN, "shop", "10877", "2291",
	"" };
static const struct person_act act = { .verb = PERSON_PASS, .reason = "ok" };

static int
test_conf(struct conf *ret_conf, struct diag *diag)
{
	(void)diag;
	conf_defaults(ret_conf);
	ret_conf->slots_per_user = 2;
	ret_conf->landlock_required = false;
	return 0;
}

static struct service
test_service(void)
{
	struct service service = desk_service;

	service.user = NULL;
	service.socket_owner = NULL;
	service.configure = test_conf;
	return service;
}

struct stage {
	char folder[64], door[96], keeper_path[96];
	pid_t desk;
	int keeper;  /* the stand-in's listening socket */
	int channel; /* our end of the prompt channel */
	int end;     /* the keeper's end */
	int client;
};

static int
listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	assert_int_equal(bind(sock, (void *)&address, sizeof(address)), 0);
	assert_int_equal(listen(sock, 8), 0);
	return sock;
}

static int
connect_to(const char *path)
{
	int sock = -1;

	for (int i = 0; i < WAIT_MS / 10; i++) {
		if (peer_connect(path, &sock) == 0)
			return sock;
		(void)usleep(10000);
	}
	fail_msg("nobody listens at %s", path);
	return -1;
}

static int
set_up(void **state)
{
	struct stage *stage = calloc(1, sizeof(*stage));
	int pair[2];

	assert_non_null(stage);
	(void)snprintf(stage->folder, 64, "/tmp/warder-desk.XXXXXX");
	assert_non_null(mkdtemp(stage->folder));
	(void)snprintf(stage->door, 96, "%s/warder", stage->folder);
	(void)snprintf(stage->keeper_path, 96, "%s/keeper", stage->folder);
	stage->keeper = listen_at(stage->keeper_path);
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	stage->channel = pair[0];
	stage->end = pair[1];
	if ((stage->desk = fork()) == 0) {
		char *argv[] = { "warderd", "--listen", stage->door, "--keeper",
			stage->keeper_path, NULL };
		struct service service = test_service();

		_exit(serve_main(&service, 5, argv));
	}
	stage->client = connect_to(stage->door);
	*state = stage;
	return 0;
}

static int
tear_down(void **state)
{
	struct stage *stage = *state;

	(void)kill(stage->desk, SIGTERM);
	(void)waitpid(stage->desk, NULL, 0);
	fd_closep(&stage->keeper);
	fd_closep(&stage->channel);
	fd_closep(&stage->end);
	fd_closep(&stage->client);
	(void)unlink(stage->door);
	(void)unlink(stage->keeper_path);
	(void)rmdir(stage->folder);
	free(stage);
	return 0;
}

static int64_t
soon(void)
{
	return clock_boot_ms() + WAIT_MS;
}

static void
ask_look(const struct stage *stage, uint32_t id)
{
	assert_int_equal(layout_send(stage->client, id, &person_look_layout,
	                     &look, stage->end, soon()),
	    0);
}

static void
answer(int keeper, uint32_t id, const struct layout *layout, const void *msg)
{
	assert_int_equal(layout_send(keeper, id, layout, msg, -1, soon()), 0);
}

static bool
somebody_called(const struct stage *stage, int wait_ms)
{
	struct pollfd poller = { stage->keeper, POLLIN, 0 };

	return poll(&poller, 1, wait_ms) == 1;
}

/* The desk's connection, on which a LOOK has come. */
static int
keeper_gets_look(const struct stage *stage, struct frame *frame)
{
	int sock;

	assert_true(somebody_called(stage, WAIT_MS));
	sock = accept4(stage->keeper, NULL, NULL, SOCK_CLOEXEC);
	assert_true(sock >= 0);
	assert_int_equal(frame_recv(sock, WIRE_PERSON, soon(), frame), 0);
	return sock;
}

/* Closed without a word, and nothing reached the keeper. */
static void
is_closed_alone(const struct stage *stage)
{
	auto_frame struct frame frame = FRAME_NONE;

	assert_int_equal(
	    frame_recv(stage->client, WIRE_PERSON, soon(), &frame), WARDER_EOF);
	assert_false(somebody_called(stage, 0));
}

static void
result_is(int sock, uint32_t id, enum reason reason, const char *local_code)
{
	auto_frame struct frame frame = FRAME_NONE;
	struct person_result result;

	assert_int_equal(frame_recv(sock, WIRE_PERSON, soon(), &frame), 0);
	assert_int_equal(
	    layout_take(&frame, &person_result_layout, &result), 0);
	assert_int_equal(frame.id, id);
	assert_int_equal(result.exit, reason);
	assert_string_equal(result.local_code, local_code);
	assert_int_equal(
	    frame_recv(sock, WIRE_PERSON, soon(), &frame), WARDER_EOF);
}

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

/* LOOK, READY, ACT; returns the keeper's connection. */
static int
go_to_acting(const struct stage *stage)
{
	auto_frame struct frame frame = FRAME_NONE;
	int keeper;

	ask_look(stage, 1);
	keeper = keeper_gets_look(stage, &frame);
	answer(keeper, 1, &person_ready_layout, &look);
	assert_int_equal(
	    frame_recv(stage->client, WIRE_PERSON, soon(), &frame), 0);
	assert_int_equal(frame.type, PERSON_READY);
	assert_int_equal(
	    layout_send(stage->client, 2, &person_act_layout, &act, -1, soon()),
	    0);
	assert_int_equal(frame_recv(keeper, WIRE_PERSON, soon(), &frame), 0);
	assert_int_equal(frame.type, PERSON_ACT);
	assert_int_equal(frame.id, 2);
	return keeper;
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

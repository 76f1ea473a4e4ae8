/* SPDX-License-Identifier: ISC */
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

const struct person_look look = { PERSON_EN, "shop", "10877", "2291", "" };
const struct person_act act = { .verb = PERSON_PASS, .reason = "ok" };

static int
test_conf(struct conf *ret_conf, struct diag *diag)
{
	(void)diag;
	conf_defaults(ret_conf);
	ret_conf->slots_per_user = 2;
	ret_conf->landlock_required = false;
	return 0;
}

struct service
test_service(void)
{
	struct service service = desk_service;

	service.user = NULL;
	service.socket_owner = NULL;
	service.configure = test_conf;
	return service;
}

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

int
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

int
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

int
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

int64_t
soon(void)
{
	return clock_boot_ms() + WAIT_MS;
}

void
ask_look(const struct stage *stage, uint32_t id)
{
	assert_int_equal(layout_send(stage->client, id, &person_look_layout,
	                     &look, stage->end, soon()),
	    0);
}

void
answer(int keeper, uint32_t id, const struct layout *layout, const void *msg)
{
	assert_int_equal(layout_send(keeper, id, layout, msg, -1, soon()), 0);
}

bool
somebody_called(const struct stage *stage, int wait_ms)
{
	struct pollfd poller = { stage->keeper, POLLIN, 0 };

	return poll(&poller, 1, wait_ms) == 1;
}

int
keeper_gets_look(const struct stage *stage, struct frame *frame)
{
	int sock;

	assert_true(somebody_called(stage, WAIT_MS));
	sock = accept4(stage->keeper, NULL, NULL, SOCK_CLOEXEC);
	assert_true(sock >= 0);
	assert_int_equal(frame_recv(sock, WIRE_PERSON, soon(), frame), 0);
	return sock;
}

void
is_closed_alone(const struct stage *stage)
{
	auto_frame struct frame frame = FRAME_NONE;

	assert_int_equal(
	    frame_recv(stage->client, WIRE_PERSON, soon(), &frame), WARDER_EOF);
	assert_false(somebody_called(stage, 0));
}

void
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

int
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

/* SPDX-License-Identifier: ISC */
/*
 * What an answer may hold: the desk hangs up on more, and then the person has
 * nothing at all. Here the test is the desk, and counts as the desk counts.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "base/fd.h"
#include "keeper/keeper.h"
#include "keeper/tell.h"

#define ORGS 256

struct scene {
	struct keeper keeper;
	int desk;
	struct view view;
	struct verdict pass;
	struct told seen;
	size_t gates, unread;
	char unread_last[PERSON_ORG + 1];
	bool has_ended;
};

static int
set_up(void **state)
{
	struct scene *scene = calloc(1, sizeof(*scene));
	int ends[2];

	assert_non_null(scene);
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	scene->keeper.conn = ends[0];
	scene->desk = ends[1];
	scene->keeper.id = 1;
	scene->keeper.is_cut = true;
	scene->keeper.rules.org.alias = "shop";
	scene->pass.kind = VERDICT_PERMIT;
	*state = scene;
	return 0;
}

static int
tear_down(void **state)
{
	struct scene *scene = *state;

	fd_closep(&scene->keeper.conn);
	fd_closep(&scene->desk);
	view_clear(&scene->view);
	free(scene);
	return 0;
}

static void
take_piece(struct scene *scene, const struct frame *frame)
{
	struct person_piece piece;

	assert_int_equal(layout_take(frame, &person_piece_layout, &piece), 0);
	if (piece.kind != PIECE_NOT_READ)
		return;
	scene->unread++;
	(void)snprintf(
	    scene->unread_last, sizeof(scene->unread_last), "%.64s", piece.a);
}

/* All that is there, before the socket is full. */
static void
drain(struct scene *scene)
{
	auto_frame struct frame frame = FRAME_NONE;

	while (frame_recv(scene->desk, WIRE_PERSON, 0, &frame) == 0) {
		assert_false(scene->has_ended);
		scene->seen.frames++;
		scene->seen.bytes += FRAME_HEAD + frame.len;
		scene->gates += frame.type == PERSON_GATE;
		if (frame.type == PERSON_PIECE)
			take_piece(scene, &frame);
		scene->has_ended = frame.type == PERSON_RESULT;
	}
	assert_int_equal(scene->seen.frames, scene->keeper.told.frames);
	assert_int_equal(scene->seen.bytes, scene->keeper.told.bytes);
	assert_true(scene->seen.frames <= PERSON_ANSWER_FRAMES);
	assert_true(scene->seen.bytes <= PERSON_ANSWER_BYTES);
}

/* A run with one waiting gate that is told in about so many pieces. */
static void
build_run(struct scene *scene, size_t parameters, size_t len)
{
	struct run_parameter parameter = { 0 };
	struct run_facts *run = run_new();

	assert_non_null(run);
	memset(parameter.name.text, 'n', len);
	memset(parameter.value.text, 'v', len);
	assert_int_equal(run_add_stage(run, &(struct run_stage){ 0 }), 0);
	assert_int_equal(run_add_job(run, &(struct run_job){ .id = "7",
	                                      .status = "WAITING" }),
	    0);
	for (size_t i = 0; i < parameters; i++)
		assert_int_equal(run_add_parameter(run, &parameter), 0);
	view_clear(&scene->view);
	scene->view.run = run;
}

static bool
list_it(struct scene *scene)
{
	bool is_told =
	    tell_listed(&scene->keeper, &scene->view, 0, &scene->pass);

	drain(scene);
	return is_told;
}

static void
a_gate_is_told_whole_or_not_at_all(void **state)
{
	struct scene *scene = *state;
	size_t told = 0;

	build_run(scene, 99, 10);
	while (list_it(scene))
		assert_int_equal(scene->seen.frames, 100 * ++told);
	/* Seven eighths of 20,000 frames. */
	assert_int_equal(told, 175);
	assert_int_equal(scene->gates, told);
	assert_int_equal(scene->seen.frames, 100 * told);
	assert_false(scene->keeper.is_full);
}

static void
bytes_count_as_frames_do(void **state)
{
	struct scene *scene = *state;
	size_t told = 0;

	build_run(scene, 49, 512);
	while (list_it(scene))
		told++;
	/* A piece has a little more than 1 KiB, and 7 MiB are for gates. */
	assert_in_range(told, 135, 146);
	assert_int_equal(scene->seen.frames, 50 * told);
}

static void
a_gate_too_large_for_any_answer_hides_no_other(void **state)
{
	struct scene *scene = *state;

	build_run(scene, 18000, 1);
	assert_false(list_it(scene));
	assert_int_equal(scene->seen.frames, 0);
	build_run(scene, 10, 1);
	assert_true(list_it(scene));
	assert_int_equal(scene->gates, 1);
}

static void
it_is_said_that_not_even_the_names_had_room(void **state)
{
	struct scene *scene = *state;
	char alias[PERSON_ORG + 1];

	for (int i = 0; i < PERSON_ANSWER_FRAMES; i++) {
		tell_piece(&scene->keeper, PIECE_NOT_READ, "one", "unread");
		drain(scene);
	}
	assert_true(scene->keeper.is_full);
	assert_true(scene->unread < PERSON_ANSWER_FRAMES);
	assert_string_equal(scene->unread_last, "one");
	for (int i = 0; i < ORGS; i++) {
		(void)snprintf(alias, sizeof(alias), "shop%060d", i);
		scene->keeper.rules.org.alias = alias;
		tell_full(&scene->keeper);
		drain(scene);
	}
	assert_string_equal(scene->unread_last, scene->keeper.rules.org.alias);
	assert_true(scene->keeper.is_full);
	(void)keeper_end(&scene->keeper, REASON_INCOMPLETE, "");
	tell_result(&scene->keeper);
	drain(scene);
	assert_true(scene->has_ended);
}

/* Of one gate everything is told, or the desk ends it: nothing is cut. */
static void
only_a_list_is_cut(void **state)
{
	struct scene *scene = *state;

	scene->keeper.is_cut = false;
	for (int i = 0; i < PERSON_ANSWER_FRAMES; i++) {
		tell_piece(&scene->keeper, PIECE_AFTER, "stage", "job");
		drain(scene);
	}
	assert_int_equal(scene->seen.frames, PERSON_ANSWER_FRAMES);
	assert_false(scene->keeper.is_full);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_gate_is_told_whole_or_not_at_all),
		TEST(bytes_count_as_frames_do),
		TEST(a_gate_too_large_for_any_answer_hides_no_other),
		TEST(it_is_said_that_not_even_the_names_had_room),
		TEST(only_a_list_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

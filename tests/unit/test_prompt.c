/* SPDX-License-Identifier: ISC */
/*
 * The sealed line, with somebody in the middle who holds a copy of the
 * handed-on end: everything that he can do to a frame is tried.
 */
#include "config.h"

#include <linux/filter.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "base/text.h"
#include "tests/unit/prompt_scene.h"

/* Most tests begin with a line that stands. */
static int
set_up_line(void **state)
{
	auto_frame struct frame hello = FRAME_NONE;
	struct scene *scene;

	scene_set_up(state);
	scene = *state;
	scene_next(scene->pam, &hello);
	assert_int_equal(scene_take_hello(scene, &hello), 0);
	return 0;
}

/* What the holder of a copied end can do: write these bytes to the client. */
static void
inject(struct scene *scene, uint32_t type, const void *body, size_t len)
{
	struct wbuf out = wbuf_of((void *)(uintptr_t)body, len);

	out.len = len;
	assert_int_equal(frame_send_now(scene->pam, type, 0, &out, -1), 0);
}

static void
send_prompt(struct scene *scene, const char *words)
{
	struct prompt_text text = { .style = PROMPT_NO_ECHO };

	(void)snprintf(text.text, sizeof(text.text), "%s", words);
	assert_int_equal(prompt_send_text(scene->theirs, &text), 0);
}

static void
a_repeated_frame_does_not_open(void **state)
{
	struct scene *scene = *state;
	auto_frame struct frame frame = FRAME_NONE, again = FRAME_NONE;
	struct prompt_text text;

	send_prompt(scene, "Password: ");
	scene_next(scene->client, &frame);
	assert_int_equal(prompt_open_text(scene->ours, &frame, &text), 0);
	inject(scene, PROMPT_ASK, frame.body, frame.len);
	scene_next(scene->client, &again);
	assert_int_equal(
	    prompt_open_text(scene->ours, &again, &text), WARDER_EBOX);
}

static void
after_a_dropped_frame_nothing_opens(void **state)
{
	struct scene *scene = *state;
	auto_frame struct frame lost = FRAME_NONE, frame = FRAME_NONE;
	struct prompt_text text;

	send_prompt(scene, "first");
	send_prompt(scene, "second");
	send_prompt(scene, "third");
	scene_next(scene->client, &lost);
	scene_next(scene->client, &frame);
	assert_int_equal(
	    prompt_open_text(scene->ours, &frame, &text), WARDER_EBOX);
	/* Not even the right one any more. */
	assert_int_equal(
	    prompt_open_text(scene->ours, &lost, &text), WARDER_EBOX);
	scene_next(scene->client, &frame);
	assert_int_equal(
	    prompt_open_text(scene->ours, &frame, &text), WARDER_EBOX);
}

static void
swapped_frames_do_not_open(void **state)
{
	struct scene *scene = *state;
	auto_frame struct frame one = FRAME_NONE, two = FRAME_NONE;
	struct prompt_text text;

	send_prompt(scene, "first");
	send_prompt(scene, "second");
	scene_next(scene->client, &one);
	scene_next(scene->client, &two);
	assert_int_equal(
	    prompt_open_text(scene->ours, &two, &text), WARDER_EBOX);
}

static void
an_injected_frame_does_not_open(void **state)
{
	struct scene *scene = *state;
	auto_frame struct frame frame = FRAME_NONE;
	struct prompt_text text;
	static const char plain[] = "\x01\x00\x09Password:";

	inject(scene, PROMPT_ASK, plain, sizeof(plain) - 1);
	scene_next(scene->client, &frame);
	assert_int_equal(
	    prompt_open_text(scene->ours, &frame, &text), WARDER_ETRUNC);
	send_prompt(scene, "the real one");
	scene_next(scene->client, &frame);
	assert_int_equal(
	    prompt_open_text(scene->ours, &frame, &text), WARDER_EBOX);
}

static void
a_truncated_frame_does_not_open(void **state)
{
	struct scene *scene = *state;
	auto_frame struct frame frame = FRAME_NONE;
	struct prompt_text text;

	send_prompt(scene, "Password: ");
	scene_next(scene->client, &frame);
	frame.len--;
	assert_int_equal(
	    prompt_open_text(scene->ours, &frame, &text), WARDER_EBOX);
}

static void
a_changed_bit_does_not_open(void **state)
{
	struct scene *scene = *state;
	auto_frame struct frame frame = FRAME_NONE;
	struct prompt_text text;

	send_prompt(scene, "Password: ");
	scene_next(scene->client, &frame);
	frame.body[frame.len - 1] ^= 1;
	assert_int_equal(
	    prompt_open_text(scene->ours, &frame, &text), WARDER_EBOX);
}

/* The client's own frame, thrown back at it under a type of warder-pam. */
static void
a_frame_of_the_own_direction_does_not_open(void **state)
{
	struct scene *scene = *state;
	auto_frame struct frame frame = FRAME_NONE, back = FRAME_NONE;
	uint8_t digest[32] = { 1 }, body[64];
	size_t len;

	assert_int_equal(prompt_send_accept(scene->ours, digest), 0);
	scene_next(scene->pam, &frame);
	inject(scene, PROMPT_ASK, frame.body, frame.len);
	scene_next(scene->client, &back);
	assert_int_equal(
	    prompt_open(scene->ours, &back, body, sizeof(body), &len),
	    WARDER_EBOX);
}

static void
a_frame_with_a_number_of_the_own_side_is_refused(void **state)
{
	struct scene *scene = *state;
	auto_frame struct frame frame = FRAME_NONE;
	uint8_t body[64] = { 0 };
	size_t len;

	inject(scene, PROMPT_ANSWER, body, sizeof(body));
	scene_next(scene->client, &frame);
	assert_int_equal(
	    prompt_open(scene->ours, &frame, body, sizeof(body), &len),
	    WARDER_ETYPE);
}

static void
a_text_relabelled_as_a_prompt_is_refused(void **state)
{
	struct scene *scene = *state;
	auto_frame struct frame frame = FRAME_NONE;
	struct prompt_text text = { .style = PROMPT_INFO, .text = "hello" };

	assert_int_equal(prompt_send_text(scene->theirs, &text), 0);
	scene_next(scene->client, &frame);
	assert_int_equal(frame.type, PROMPT_TEXT);
	frame.type = PROMPT_ASK;
	assert_int_equal(
	    prompt_open_text(scene->ours, &frame, &text), WARDER_EFORM);
}

static void
an_answer_without_credentials_is_refused(void **state)
{
	struct scene *scene = *state;
	auto_frame struct frame frame = FRAME_NONE;
	auto_blob struct blob *answer = blob_of("word", 4), *got = NULL;

	assert_int_equal(prompt_send_answer(scene->ours, answer), 0);
	scene_next(scene->pam, &frame);
	frame.has_cred = false;
	assert_int_equal(
	    prompt_open_answer(scene->theirs, &frame, &got), WARDER_ECRED);
	assert_null(got);
}

static void
the_512th_byte_of_an_answer_is_refused(void **state)
{
	struct scene *scene = *state;
	auto_frame struct frame frame = FRAME_NONE;
	auto_blob struct blob *longest = NULL, *longer = NULL, *got = NULL;
	char word[512];

	memset(word, 'w', sizeof(word));
	longest = blob_of(word, 511);
	longer = blob_of(word, 512);
	assert_int_equal(
	    prompt_send_answer(scene->ours, longer), WARDER_ETOOBIG);
	assert_int_equal(prompt_send_answer(scene->ours, longest), 0);
	scene_next(scene->pam, &frame);
	assert_int_equal(prompt_open_answer(scene->theirs, &frame, &got), 0);
	assert_int_equal(blob_len(got), 511);
}

/* A client of its own making may write any plain body under the key. */
static int
open_forged_answer(struct scene *scene, uint16_t len, const char *bytes,
    size_t bytes_len, size_t whole)
{
	auto_frame struct frame frame = FRAME_NONE;
	auto_blob struct blob *got = NULL;
	uint8_t body[600] = { 0 };
	struct wbuf out = wbuf_of(body, sizeof(body));
	int r;

	put_u16(&out, len);
	put_bytes(&out, bytes, bytes_len);
	out.len = whole;
	assert_int_equal(prompt_send(scene->ours, PROMPT_ANSWER, &out), 0);
	scene_next(scene->pam, &frame);
	r = prompt_open_answer(scene->theirs, &frame, &got);
	assert_true((r == 0) == (got != NULL));
	return r;
}

static void
an_answer_that_claims_512_bytes_is_refused(void **state)
{
	assert_int_equal(
	    open_forged_answer(*state, 512, "w", 1, 514), WARDER_ETOOBIG);
}

static void
an_answer_with_a_nul_inside_is_refused(void **state)
{
	assert_int_equal(
	    open_forged_answer(*state, 3, "a\0b", 3, 514), WARDER_ETEXT);
}

static void
an_answer_with_something_in_its_padding_is_refused(void **state)
{
	assert_int_equal(
	    open_forged_answer(*state, 1, "ab", 2, 514), WARDER_ETRAIL);
}

static void
an_answer_of_another_length_is_refused(void **state)
{
	assert_int_equal(
	    open_forged_answer(*state, 1, "a", 1, 513), WARDER_ETRUNC);
}

static void
all_answers_look_equally_long(void **state)
{
	struct scene *scene = *state;
	auto_frame struct frame one = FRAME_NONE, two = FRAME_NONE;
	auto_blob struct blob *brief = blob_of("", 0), *word = NULL;

	word = blob_of("correct horse battery staple", 28);
	assert_int_equal(prompt_send_answer(scene->ours, brief), 0);
	assert_int_equal(prompt_send_answer(scene->ours, word), 0);
	scene_next(scene->pam, &one);
	scene_next(scene->pam, &two);
	assert_int_equal(one.len, two.len);
}

static void
a_whole_conversation_opens(void **state)
{
	struct scene *scene = *state;
	auto_frame struct frame frame = FRAME_NONE;
	auto_blob struct blob *answer = blob_of("horse", 5), *got = NULL;
	struct prompt_text text;
	uint8_t digest[32] = { 7, 8, 9 }, seen[32];

	assert_int_equal(prompt_send_accept(scene->ours, digest), 0);
	scene_next(scene->pam, &frame);
	assert_int_equal(prompt_open_accept(scene->theirs, &frame, seen), 0);
	assert_memory_equal(seen, digest, 32);
	send_prompt(scene, "Password: ");
	scene_next(scene->client, &frame);
	assert_int_equal(prompt_open_text(scene->ours, &frame, &text), 0);
	assert_int_equal(text.style, PROMPT_NO_ECHO);
	assert_string_equal(text.text, "Password: ");
	assert_int_equal(prompt_send_answer(scene->ours, answer), 0);
	scene_next(scene->pam, &frame);
	assert_int_equal(prompt_open_answer(scene->theirs, &frame, &got), 0);
	assert_true(blob_is_equal(got, answer));
}

static void
a_flooded_end_ends_the_writing(void **state)
{
	struct scene *scene = *state;
	struct prompt_text text = { .style = PROMPT_INFO, .text = "again" };
	int r = 0;

	for (int i = 0; i < 100000 && r == 0; i++)
		r = prompt_send_text(scene->theirs, &text);
	assert_int_equal(r, WARDER_ETIME);
	assert_int_equal(prompt_send_text(scene->theirs, &text), WARDER_EBOX);
}

/* Whoever holds a copy may put a filter on it: frames come out cut. */
static void
an_answer_cut_by_a_filter_does_not_open(void **state)
{
	struct sock_filter keep_forty = BPF_STMT(BPF_RET | BPF_K, 40);
	const struct sock_fprog program = { 1, &keep_forty };
	struct scene *scene = *state;
	auto_frame struct frame frame = FRAME_NONE;
	auto_blob struct blob *answer = blob_of("word", 4), *got = NULL;

	assert_int_equal(setsockopt(scene->pam, SOL_SOCKET, SO_ATTACH_FILTER,
	                     &program, sizeof(program)),
	    0);
	assert_int_equal(prompt_send_answer(scene->ours, answer), 0);
	scene_next(scene->pam, &frame);
	assert_true(frame.len <= 40);
	assert_int_equal(
	    prompt_open_answer(scene->theirs, &frame, &got), WARDER_EBOX);
	assert_null(got);
}

#define LINE(f) cmocka_unit_test_setup_teardown(f, set_up_line, scene_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		LINE(a_repeated_frame_does_not_open),
		LINE(after_a_dropped_frame_nothing_opens),
		LINE(swapped_frames_do_not_open),
		LINE(an_injected_frame_does_not_open),
		LINE(a_truncated_frame_does_not_open),
		LINE(a_changed_bit_does_not_open),
		LINE(a_frame_of_the_own_direction_does_not_open),
		LINE(a_frame_with_a_number_of_the_own_side_is_refused),
		LINE(a_text_relabelled_as_a_prompt_is_refused),
		LINE(an_answer_without_credentials_is_refused),
		LINE(the_512th_byte_of_an_answer_is_refused),
		LINE(an_answer_that_claims_512_bytes_is_refused),
		LINE(an_answer_with_a_nul_inside_is_refused),
		LINE(an_answer_with_something_in_its_padding_is_refused),
		LINE(an_answer_of_another_length_is_refused),
		LINE(all_answers_look_equally_long),
		LINE(a_whole_conversation_opens),
		LINE(a_flooded_end_ends_the_writing),
		LINE(an_answer_cut_by_a_filter_does_not_open),
	};

	if (base_init() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

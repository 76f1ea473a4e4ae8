/* SPDX-License-Identifier: ISC */
/*
 * Many readings at a time, with the courier as the enemy: it may answer in
 * any order, and nothing else. Here the test is the courier, and signs.
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

#include "base/blob.h"
#include "base/clock.h"
#include "base/fd.h"
#include "keeper/reads.h"

#define ASKS 8

struct asked {
	struct scene *scene;
	int begun, items, ended;
	bool is_good;
	struct person_result why;
};

struct scene {
	int courier;
	struct carrier carrier;
	struct reader reader;
	struct reads reads;
	struct asked asks[ASKS];
	int more; /* how many are asked for at the first end() */
	int over; /* what is_over() says */
};

static int signatures;
static enum seal_err sign_says;

/* In the place of the real one: no key is needed for the order of frames. */
enum seal_err
ring_sign(struct ring *ring, const struct ring_key *key,
    const struct ring_record *record, enum call call,
    const struct call_args *args, const uint8_t nonce[SIGN_NONCE_LEN],
    struct courier_request *ret_request, struct ring_trace *ret_trace)
{
	(void)ring;
	(void)key;
	(void)record;
	(void)call;
	(void)args;
	(void)nonce;
	memset(ret_trace, 0, sizeof(*ret_trace));
	memset(ret_request, 0, sizeof(*ret_request));
	ret_request->api = COURIER_API_SIGNED;
	ret_request->what = COURIER_RUNS;
	ret_request->cap = 1000;
	memcpy(ret_request->endpoint, "h", 2);
	memcpy(ret_request->target, "/t", 3);
	signatures++;
	return sign_says;
}

static int
is_over(void *ctx)
{
	const struct scene *scene = ctx;

	return scene->over;
}

static int
set_up(void **state)
{
	struct scene *scene = calloc(1, sizeof(*scene));
	int ends[2];

	assert_non_null(scene);
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	scene->courier = ends[1];
	scene->carrier = (struct carrier)CARRIER_NONE("/nowhere");
	scene->carrier.sock = ends[0];
	scene->carrier.is_over = is_over;
	scene->carrier.ctx = scene;
	scene->reader.carrier = &scene->carrier;
	scene->reader.deadline = clock_boot_ms() + 2000;
	scene->reads.reader = &scene->reader;
	scene->reads.window = 4;
	signatures = 0;
	sign_says = SEAL_OK;
	*state = scene;
	return 0;
}

static int
tear_down(void **state)
{
	struct scene *scene = *state;

	carry_close(&scene->carrier);
	fd_closep(&scene->courier);
	free(scene);
	return 0;
}

static void
begin(void *ctx)
{
	struct asked *asked = ctx;

	asked->begun++;
	asked->items = 0;
}

static int
on_item(void *ctx, const struct item *item)
{
	struct asked *asked = ctx;

	(void)item;
	asked->items++;
	return WARDER_OK;
}

static void ask(struct scene *scene, size_t i);

static void
end(void *ctx, const struct person_result *why)
{
	struct asked *asked = ctx;
	struct scene *scene = asked->scene;

	asked->ended++;
	asked->is_good = why == NULL;
	if (why != NULL)
		asked->why = *why;
	for (; scene->more > 0; scene->more--)
		ask(scene, ASKS - (size_t)scene->more);
}

static void
ask(struct scene *scene, size_t i)
{
	const struct read_ask one = { .call = CALL_RUNS,
		.begin = begin,
		.on_item = on_item,
		.end = end,
		.ctx = &scene->asks[i] };

	scene->asks[i].scene = scene;
	assert_int_equal(reads_add(&scene->reads, &one), 0);
}

static void
ask_for(struct scene *scene, size_t n)
{
	for (size_t i = 0; i < n; i++)
		ask(scene, i);
}

/* Answers are queued before the questions: the kernel keeps the order. */
static void
queue(struct scene *scene, uint32_t id, const struct courier_done *done)
{
	assert_int_equal(
	    layout_send(scene->courier, id, &courier_read_done_layout, done, -1,
	        clock_boot_ms() + 100),
	    0);
}

static void
queue_good(struct scene *scene, uint32_t id, uint32_t items)
{
	const struct courier_done done = {
		.sent = 1, .http = 200, .readable = 1, .items = items
	};

	queue(scene, id, &done);
}

static void
queue_throttled(struct scene *scene, uint32_t id, uint32_t items)
{
	const struct courier_done done = { .sent = 1,
		.http = 429,
		.readable = 1,
		.code = "Throttling.User",
		.retry_after = 50,
		.items = items };

	queue(scene, id, &done);
}

static void
queue_item(struct scene *scene, uint32_t id)
{
	const struct item item = { .kind = ITEM_RUN };
	uint8_t body[FRAME_BODY_MAX];
	struct wbuf out = wbuf_of(body, sizeof(body));

	put_item(&out, &item);
	assert_int_equal(frame_send(scene->courier, COURIER_ITEM, id, &out, -1,
	                     clock_boot_ms() + 100),
	    0);
}

static int
requests(const struct scene *scene)
{
	auto_frame struct frame frame = FRAME_NONE;
	int n = 0;

	while (frame_recv(scene->courier, WIRE_COURIER, 0, &frame) == 0)
		n++;
	return n;
}

/* Each one ended once: the first `good` well, the others with `exit`. */
static void
assert_ended(const struct scene *scene, size_t n, size_t good, int exit)
{
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(scene->asks[i].ended, 1);
		assert_int_equal(scene->asks[i].is_good, i < good);
		if (i >= good)
			assert_int_equal(scene->asks[i].why.exit, exit);
	}
	assert_null(scene->reads.first);
	assert_int_equal(scene->reads.away, 0);
}

static void
answers_in_any_order_find_who_asked(void **state)
{
	struct scene *scene = *state;

	ask_for(scene, 3);
	queue_item(scene, 3);
	queue_item(scene, 2);
	queue_item(scene, 3);
	queue_good(scene, 3, 2);
	queue_good(scene, 1, 0);
	queue_good(scene, 2, 1);
	reads_run(&scene->reads);
	assert_ended(scene, 3, 3, 0);
	assert_int_equal(scene->asks[0].items, 0);
	assert_int_equal(scene->asks[1].items, 1);
	assert_int_equal(scene->asks[2].items, 2);
}

static void
what_nobody_asked_ends_it_for_all(void **state)
{
	struct scene *scene = *state;

	ask_for(scene, 3);
	queue_good(scene, 1, 0);
	queue_good(scene, 9, 0);
	reads_run(&scene->reads);
	assert_ended(scene, 3, 1, REASON_UNREACHABLE);
	assert_int_equal(scene->carrier.sock, -1);
}

static void
a_second_answer_ends_it_for_all(void **state)
{
	struct scene *scene = *state;

	ask_for(scene, 2);
	queue_good(scene, 1, 0);
	queue_good(scene, 1, 0);
	reads_run(&scene->reads);
	assert_ended(scene, 2, 1, REASON_UNREACHABLE);
}

static void
a_wrong_number_of_items_ends_it_for_all(void **state)
{
	struct scene *scene = *state;

	ask_for(scene, 2);
	queue_item(scene, 2);
	queue_good(scene, 2, 2);
	reads_run(&scene->reads);
	assert_ended(scene, 2, 0, REASON_UNREACHABLE);
}

static void
the_end_of_an_act_is_no_answer(void **state)
{
	const struct courier_done done = { .sent = 1 };
	struct scene *scene = *state;

	ask_for(scene, 1);
	assert_int_equal(
	    layout_send(scene->courier, 1, &courier_act_done_layout, &done, -1,
	        clock_boot_ms() + 100),
	    0);
	reads_run(&scene->reads);
	assert_ended(scene, 1, 0, REASON_UNREACHABLE);
}

static void
no_more_than_the_window_is_under_way(void **state)
{
	struct scene *scene = *state;

	scene->reads.window = 3;
	scene->reader.deadline = clock_boot_ms() + 100;
	ask_for(scene, ASKS);
	reads_run(&scene->reads);
	assert_int_equal(requests(scene), 3);
	assert_int_equal(signatures, 3);
	assert_ended(scene, ASKS, 0, REASON_NOT_SENT);
}

static void
a_throttled_read_waits_and_is_signed_anew(void **state)
{
	struct scene *scene = *state;
	int64_t begun = clock_boot_ms();

	ask_for(scene, 2);
	queue_item(scene, 1);
	queue_throttled(scene, 1, 1);
	queue_good(scene, 2, 0);
	/* The second try of the first one has the third id. */
	queue_good(scene, 3, 0);
	/* It must not be sent at once, so its answer is not known at once. */
	scene->reads.window = 1;
	reads_run(&scene->reads);
	assert_ended(scene, 2, 2, 0);
	assert_int_equal(signatures, 3);
	assert_int_equal(scene->asks[0].begun, 2);
	/* What the first try brought is void. */
	assert_int_equal(scene->asks[0].items, 0);
	assert_true(clock_boot_ms() - begun >= 50);
}

static void
it_is_not_tried_for_ever(void **state)
{
	struct scene *scene = *state;

	ask_for(scene, 1);
	for (uint32_t id = 1; id <= 9; id++)
		queue_throttled(scene, id, 0);
	reads_run(&scene->reads);
	assert_int_equal(scene->asks[0].ended, 1);
	assert_false(scene->asks[0].is_good);
	assert_true(signatures <= 5);
}

static void
who_is_called_back_may_ask_for_more(void **state)
{
	struct scene *scene = *state;

	scene->more = 2;
	ask_for(scene, 1);
	for (uint32_t id = 1; id <= 3; id++)
		queue_good(scene, id, 0);
	/* In front of the question, so only the id tells them apart. */
	scene->reads.window = 1;
	reads_run(&scene->reads);
	assert_int_equal(scene->asks[ASKS - 2].ended, 1);
	assert_int_equal(scene->asks[ASKS - 1].ended, 1);
	assert_true(scene->asks[ASKS - 1].is_good);
}

static void
nothing_is_read_for_who_has_gone(void **state)
{
	struct scene *scene = *state;

	scene->over = 1;
	ask_for(scene, 2);
	reads_run(&scene->reads);
	assert_ended(scene, 2, 0, REASON_CANCELLED);
	assert_int_equal(scene->carrier.sock, -1);
}

static void
without_a_key_each_one_says_so(void **state)
{
	struct scene *scene = *state;

	sign_says = SEAL_LOCKED;
	ask_for(scene, 3);
	reads_run(&scene->reads);
	assert_ended(scene, 3, 0, REASON_LOCKED);
	assert_int_equal(requests(scene), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(answers_in_any_order_find_who_asked),
		TEST(what_nobody_asked_ends_it_for_all),
		TEST(a_second_answer_ends_it_for_all),
		TEST(a_wrong_number_of_items_ends_it_for_all),
		TEST(the_end_of_an_act_is_no_answer),
		TEST(no_more_than_the_window_is_under_way),
		TEST(a_throttled_read_waits_and_is_signed_anew),
		TEST(it_is_not_tried_for_ever),
		TEST(who_is_called_back_may_ask_for_more),
		TEST(nothing_is_read_for_who_has_gone),
		TEST(without_a_key_each_one_says_so),
	};

	/* Requests lie in locked memory. */
	if (base_init() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

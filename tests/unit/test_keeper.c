/* SPDX-License-Identifier: ISC */
/*
 * The keeper's edges: a courier that breaks the protocol, a channel that is
 * none, and a run that does not show what was asked for.
 */
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/blob.h"
#include "base/clock.h"
#include "base/fd.h"
#include "keeper/act.h"
#include "keeper/book.h"
#include "keeper/carry.h"
#include "keeper/channel.h"
#include "keeper/view.h"
#include "wire/frame.h"

/* A carrier whose courier is the other end of a pair. */
static struct carrier
carrier_to(int *ret_courier)
{
	struct carrier carrier = CARRIER_NONE("/nowhere");
	int ends[2];

	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	carrier.sock = ends[0];
	*ret_courier = ends[1];
	return carrier;
}

static const struct courier_request *
some_read(void)
{
	static struct courier_request request;

	memset(&request, 0, sizeof(request));
	request.api = COURIER_API_SIGNED;
	request.what = COURIER_RUN;
	request.cap = 1000;
	memcpy(request.endpoint, "h", 2);
	memcpy(request.target, "/t", 3);
	return &request;
}

static int
count(void *ctx, const struct item *item)
{
	(void)item;
	++*(int *)ctx;
	return WARDER_OK;
}

/* Answers are queued before the question: the kernel keeps the order. */
static void
queue_done(int courier, uint32_t id, uint32_t items)
{
	const struct courier_done done = {
		.sent = 1, .http = 200, .readable = 1, .items = items
	};

	assert_int_equal(layout_send(courier, id, &courier_read_done_layout,
	                     &done, -1, clock_boot_ms() + 100),
	    0);
}

static int
read_once(struct carrier *carrier, int *ret_items)
{
	struct courier_done done;

	*ret_items = 0;
	return carry_read(carrier, some_read(), clock_boot_ms() + 300, count,
	    ret_items, &done);
}

static void
an_answer_to_another_question_ends_it(void **state)
{
	int courier, items;
	struct carrier carrier = carrier_to(&courier);

	(void)state;
	queue_done(courier, 2, 0);
	assert_int_equal(read_once(&carrier, &items), WARDER_ETYPE);
	assert_int_equal(carrier.sock, -1);
	fd_closep(&courier);
}

static void
a_wrong_number_of_items_ends_it(void **state)
{
	int courier, items;
	struct carrier carrier = carrier_to(&courier);

	(void)state;
	queue_done(courier, 1, 1);
	assert_int_equal(read_once(&carrier, &items), WARDER_EFORM);
	fd_closep(&courier);
}

static void
an_item_that_is_none_ends_it(void **state)
{
	int courier, items;
	struct carrier carrier = carrier_to(&courier);
	uint8_t body[1] = { 99 };
	struct wbuf out = wbuf_of(body, sizeof(body));

	(void)state;
	out.len = 1;
	assert_int_equal(frame_send_now(courier, COURIER_ITEM, 1, &out, -1), 0);
	assert_true(read_once(&carrier, &items) < 0);
	assert_int_equal(items, 0);
	fd_closep(&courier);
}

static void
a_courier_that_says_nothing_is_given_up(void **state)
{
	int courier, items;
	struct carrier carrier = carrier_to(&courier);

	(void)state;
	assert_int_equal(read_once(&carrier, &items), WARDER_ETIME);
	assert_int_equal(carrier.sock, -1);
	fd_closep(&courier);
}

static void
a_good_answer_is_taken(void **state)
{
	int courier, items;
	struct carrier carrier = carrier_to(&courier);

	(void)state;
	queue_done(courier, 1, 0);
	assert_int_equal(read_once(&carrier, &items), 0);
	carry_close(&carrier);
	fd_closep(&courier);
}

static void
send_here(int sock, uint32_t type, bool with_credentials)
{
	union {
		char bytes[CMSG_SPACE(sizeof(struct ucred))];
		struct cmsghdr align;
	} control = { { 0 } };
	uint8_t head[FRAME_HEAD];
	struct wbuf out = wbuf_of(head, sizeof(head));
	struct iovec part = { head, sizeof(head) };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	const struct ucred me = { getpid(), getuid(), getgid() };
	struct cmsghdr *c;

	put_u32(&out, type);
	put_u32(&out, 0);
	if (with_credentials) {
		message.msg_control = control.bytes;
		message.msg_controllen = sizeof(control.bytes);
		c = CMSG_FIRSTHDR(&message);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_CREDENTIALS;
		c->cmsg_len = CMSG_LEN(sizeof(me));
		memcpy(CMSG_DATA(c), &me, sizeof(me));
	}
	assert_int_equal(sendmsg(sock, &message, 0), FRAME_HEAD);
}

static void
a_channel_needs_its_makers_credentials(void **state)
{
	struct peer peer;
	int ends[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
	send_here(ends[0], WIRE_TYPE(WIRE_PROMPT, 2), false);
	assert_int_equal(channel_accept(ends[1], &peer), WARDER_ECRED);
	send_here(ends[0], WIRE_TYPE(WIRE_PROMPT, 4), true);
	assert_int_equal(channel_accept(ends[1], &peer), WARDER_ETYPE);
	send_here(ends[0], WIRE_TYPE(WIRE_PROMPT, 2), true);
	assert_int_equal(channel_accept(ends[1], &peer), 0);
	assert_int_equal(peer.uid, getuid());
	assert_false(channel_is_gone(ends[1]));
	(void)close(ends[0]);
	assert_true(channel_is_gone(ends[1]));
	(void)close(ends[1]);
}

/* HERE sent by a child: the pair is ours, the frame is not. */
static void
a_channel_that_was_inherited_is_nobody(void **state)
{
	struct peer peer;
	int ends[2], status;
	pid_t child;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
	if ((child = fork()) == 0) {
		send_here(ends[0], WIRE_TYPE(WIRE_PROMPT, 2), true);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(channel_accept(ends[1], &peer), WARDER_ECRED);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

static void
add_gate(struct run_facts *run, const char *id, const char *status)
{
	struct run_stage stage = { .status = "RUNNING" };
	struct run_job job = { .start_ms = 5 };
	const struct run_action pass = { .kind = RUN_ACTION_PASS, .may = 2 };

	memcpy(job.id, id, strlen(id) + 1);
	memcpy(job.status, status, strlen(status) + 1);
	assert_int_equal(run_add_stage(run, &stage), 0);
	assert_int_equal(run_add_job(run, &job), 0);
	assert_int_equal(run_add_action(run, &pass), 0);
}

static struct view
view_of(const char *job)
{
	struct view view = { .ids = {
		                 .org = "o", .pipeline = "7", .run = "1" } };

	memcpy(view.ids.job, job, strlen(job) + 1);
	view.run = run_new();
	assert_non_null(view.run);
	memcpy(view.run->pipeline, "7", 2);
	memcpy(view.run->run, "1", 2);
	return view;
}

static void
expect_end(struct view *view, enum reason exit, const char *local_code)
{
	struct person_result result;

	assert_int_equal(view_pick(view, VIEW_WAITING, &result), ENDED);
	assert_int_equal(result.exit, exit);
	assert_string_equal(result.local_code, local_code);
}

static void
a_gate_that_does_not_wait_says_why(void **state)
{
	auto_view struct view view = view_of("11");

	(void)state;
	add_gate(view.run, "11", "SUCCESS");
	expect_end(&view, REASON_ALREADY, "decided");
	memcpy(view.run->jobs[0].status, "FAIL", 5);
	expect_end(&view, REASON_OTHERWISE, "decided");
	memcpy(view.run->jobs[0].status, "INIT", 5);
	expect_end(&view, REASON_NOT_FOUND, "not_reached");
	memcpy(view.run->jobs[0].status, "WHATEVER", 9);
	expect_end(&view, REASON_NOT_FOUND, "not_waiting");
}

/* As the server shows it afterwards: the job is done, no action is left. */
static void
a_decided_gate_has_no_actions_and_a_build_job_is_none(void **state)
{
	auto_view struct view view = view_of("11");
	const struct run_action log = { .kind = RUN_ACTION_OTHER };

	(void)state;
	add_gate(view.run, "11", "SUCCESS");
	view.run->actions_n = 0;
	expect_end(&view, REASON_ALREADY, "decided");
	assert_int_equal(run_add_action(view.run, &log), 0);
	expect_end(&view, REASON_NOT_FOUND, "no_gate");
}

static void
an_answer_about_another_run_counts_for_nothing(void **state)
{
	auto_view struct view view = view_of("11");

	(void)state;
	add_gate(view.run, "11", "WAITING");
	memcpy(view.run->run, "2", 2);
	expect_end(&view, REASON_NOT_SENT, "unread");
}

static void
the_only_waiting_gate_needs_no_id_and_two_do(void **state)
{
	auto_view struct view view = view_of("");
	struct person_result result;

	(void)state;
	expect_end(&view, REASON_NOT_FOUND, "no_gate");
	add_gate(view.run, "11", "WAITING");
	assert_int_equal(view_pick(&view, VIEW_WAITING, &result), GO_ON);
	assert_string_equal(view.ids.job, "11");
	assert_true(view.is_hashed);
	view.ids.job[0] = '\0';
	add_gate(view.run, "12", "WAITING");
	expect_end(&view, REASON_USAGE, "ambiguous");
}

/* Two processes of the keeper: each opens the file for itself. */
static void
open_books(struct book ret[2])
{
	char path[] = "/tmp/test-keeper-XXXXXX";

	memset(ret, 0, 2 * sizeof(ret[0]));
	ret[0].sending = mkostemp(path, O_CLOEXEC);
	ret[1].sending = open(path, O_RDWR | O_CLOEXEC);
	assert_true(ret[0].sending >= 0 && ret[1].sending >= 0);
	assert_int_equal(unlink(path), 0);
}

static void
close_books(struct book books[2])
{
	fd_closep(&books[0].sending);
	fd_closep(&books[1].sending);
}

static void
a_record_in_work_is_held_by_one(void **state)
{
	struct book books[2];

	(void)state;
	open_books(books);
	assert_int_equal(book_hold(&books[0], "20260801-0001"), 0);
	assert_int_equal(book_hold(&books[1], "20260801-0001"), WARDER_ETIME);
	/* Its neighbours, and the same count of another day, are free. */
	assert_int_equal(book_hold(&books[1], "20260801-0002"), 0);
	assert_int_equal(book_hold(&books[1], "20260802-0001"), 0);
	assert_int_equal(book_hold(&books[1], "20260801-10001"), 0);
	assert_int_equal(book_hold(&books[0], "99991231-0001"), WARDER_EFORM);
	book_let_go(&books[0], "20260801-0001");
	assert_int_equal(book_hold(&books[1], "20260801-0001"), 0);
	close_books(books);
}

static void
who_dies_holds_no_record(void **state)
{
	struct book books[2];

	(void)state;
	open_books(books);
	assert_int_equal(book_hold(&books[0], "20260801-0001"), 0);
	/* What the kernel does for a killed worker. */
	fd_closep(&books[0].sending);
	assert_int_equal(book_hold(&books[1], "20260801-0001"), 0);
	close_books(books);
}

static void
what_is_no_record_number_is_not_held(void **state)
{
	static const char *const wrong[] = { "", "-", "20260801", "20260801-",
		"20260801-001", "2026080-0001", "20260801-0001x",
		"20260801 0001", "20260801-123456789012", "x0260801-0001",
		"-0260801-0001" };
	struct book books[2];

	(void)state;
	open_books(books);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(book_hold(&books[0], wrong[i]), WARDER_EFORM);
	close_books(books);
}

/* Zero, an open quorum, an error, bytes of nobody's: none is a permit. */
static void
only_a_permit_needs_no_vote(void **state)
{
	static const int kinds[] = { 0, VERDICT_DENY, VERDICT_PENDING,
		VERDICT_ERROR, 0x7fffffff };
	struct keeper keeper = { .channel = -1 };
	struct decision decision = { .keeper = &keeper };

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		decision.verdict.kind = (enum verdict_kind)kinds[i];
		assert_int_equal(step_vote(&decision), ENDED);
		assert_int_equal(keeper.result.exit, REASON_MISCONFIGURED);
		assert_string_equal(keeper.result.local_code, "quorum");
	}
	decision.verdict.kind = VERDICT_PERMIT;
	assert_int_equal(step_vote(&decision), GO_ON);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_a_permit_needs_no_vote),
		cmocka_unit_test(an_answer_to_another_question_ends_it),
		cmocka_unit_test(a_wrong_number_of_items_ends_it),
		cmocka_unit_test(an_item_that_is_none_ends_it),
		cmocka_unit_test(a_courier_that_says_nothing_is_given_up),
		cmocka_unit_test(a_good_answer_is_taken),
		cmocka_unit_test(a_channel_needs_its_makers_credentials),
		cmocka_unit_test(a_channel_that_was_inherited_is_nobody),
		cmocka_unit_test(a_gate_that_does_not_wait_says_why),
		cmocka_unit_test(
		    a_decided_gate_has_no_actions_and_a_build_job_is_none),
		cmocka_unit_test(
		    an_answer_about_another_run_counts_for_nothing),
		cmocka_unit_test(the_only_waiting_gate_needs_no_id_and_two_do),
		cmocka_unit_test(a_record_in_work_is_held_by_one),
		cmocka_unit_test(who_dies_holds_no_record),
		cmocka_unit_test(what_is_no_record_number_is_not_held),
	};

	return base_init() != 0 ||
	       cmocka_run_group_tests(tests, NULL, NULL) != 0;
}

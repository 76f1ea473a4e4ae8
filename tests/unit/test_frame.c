/* SPDX-License-Identifier: ISC */
/* One frame at a time, from a peer that may send anything. */
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/fd.h"
#include "wire/frame.h"
#include "wire/layout.h"
#include "wire/peer.h"
#include "wire/person.h"

struct pair {
	int a, b;
};

static int
setup(void **state)
{
	static struct pair pair;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		return -1;
	pair = (struct pair){ ends[0], ends[1] };
	*state = &pair;
	return 0;
}

static int
teardown(void **state)
{
	struct pair *pair = *state;

	fd_closep(&pair->a);
	fd_closep(&pair->b);
	return 0;
}

static int64_t
soon(void)
{
	return clock_boot_ms() + 200;
}

static void
a_long_message_ends_it(void **state)
{
	static uint8_t bytes[FRAME_MAX + 1] = { WIRE_PERSON, 1 };
	struct pair *pair = *state;
	auto_frame struct frame frame = FRAME_NONE;

	assert_int_equal(send(pair->a, bytes, sizeof(bytes), 0), sizeof(bytes));
	assert_int_equal(
	    frame_recv(pair->b, WIRE_PERSON, soon(), &frame), WARDER_ETOOBIG);
}

static void
a_short_message_ends_it(void **state)
{
	struct pair *pair = *state;
	auto_frame struct frame frame = FRAME_NONE;

	assert_int_equal(send(pair->a, "\1\1\0\2\0\0\0", 7, 0), 7);
	assert_int_equal(
	    frame_recv(pair->b, WIRE_PERSON, soon(), &frame), WARDER_ETRUNC);
}

static void
another_version_is_told_apart(void **state)
{
	struct pair *pair = *state;
	auto_frame struct frame frame = FRAME_NONE;

	assert_int_equal(send(pair->a, "\1\2\0\2\0\0\0\1", 8, 0), 8);
	assert_int_equal(
	    frame_recv(pair->b, WIRE_PERSON, soon(), &frame), WARDER_EVERSION);
	frame_send_mercy(pair->a, WIRE_PERSON);
	assert_int_equal(
	    frame_recv(pair->b, WIRE_PERSON, soon(), &frame), WARDER_EVERSION);
	frame_send_mercy(pair->a, WIRE_PROOF);
	assert_int_equal(
	    frame_recv(pair->b, WIRE_PERSON, soon(), &frame), WARDER_ETYPE);
}

static void
two_descriptors_are_one_too_many(void **state)
{
	struct pair *pair = *state;
	union {
		char bytes[CMSG_SPACE(2 * sizeof(int))];
		struct cmsghdr align;
	} control = { { 0 } };
	struct iovec part = { "\1\1\0\2\0\0\0\1", 8 };
	struct msghdr message = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&message);
	auto_frame struct frame frame = FRAME_NONE;
	int fds[2] = { 0, 1 };

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(fds));
	memcpy(CMSG_DATA(c), fds, sizeof(fds));
	assert_int_equal(sendmsg(pair->a, &message, 0), 8);
	assert_int_equal(
	    frame_recv(pair->b, WIRE_PERSON, soon(), &frame), WARDER_EFD);
	assert_int_equal(frame.fd, -1);
}

static void
silence_ends_at_the_deadline(void **state)
{
	struct pair *pair = *state;
	auto_frame struct frame frame = FRAME_NONE;

	assert_int_equal(
	    frame_recv(pair->b, WIRE_PERSON, clock_boot_ms() + 20, &frame),
	    WARDER_ETIME);
	fd_closep(&pair->a);
	assert_int_equal(
	    frame_recv(pair->b, WIRE_PERSON, soon(), &frame), WARDER_EOF);
}

struct sample {
	uint8_t lang;
	char org[9];
	uint8_t gate[4];
};

static const struct field sample_fields[] = {
	{ FIELD_ENUM, offsetof(struct sample, lang), 2 },
	{ FIELD_TEXT8, offsetof(struct sample, org), 8 },
	{ FIELD_BYTES, offsetof(struct sample, gate), 4 },
};

static const struct layout sample_layout = { "SAMPLE",
	WIRE_TYPE(WIRE_PERSON, 2), true, sizeof(struct sample), sample_fields,
	3 };

static void
a_layout_goes_there_and_back_with_its_descriptor(void **state)
{
	struct pair *pair = *state;
	const struct sample sent = { 2, "shop", { 1, 2, 3, 4 } };
	auto_frame struct frame frame = FRAME_NONE;
	struct sample got;

	assert_int_equal(
	    layout_send(pair->a, 7, &sample_layout, &sent, -1, soon()),
	    WARDER_EBUG);
	assert_int_equal(
	    layout_send(pair->a, 7, &sample_layout, &sent, 0, soon()), 0);
	assert_int_equal(frame_recv(pair->b, WIRE_PERSON, soon(), &frame), 0);
	assert_int_equal(frame.id, 7);
	assert_true(frame.fd >= 0);
	assert_true((fcntl(frame.fd, F_GETFD) & FD_CLOEXEC) != 0);
	assert_int_equal(layout_take(&frame, &sample_layout, &got), 0);
	assert_memory_equal(&got, &sent, sizeof(got));
	fd_closep(&frame.fd);
	assert_int_equal(layout_take(&frame, &sample_layout, &got), WARDER_EFD);
}

static void
a_body_is_read_to_its_last_byte(void **state)
{
	static const uint8_t body[] = { 1, 1, 'x', 9, 9, 9, 9, 0 };
	struct sample got;

	(void)state;
	assert_int_equal(
	    layout_get(rbuf_of(body, 8), &sample_layout, &got), WARDER_ETRAIL);
	assert_int_equal(
	    layout_get(rbuf_of(body, 6), &sample_layout, &got), WARDER_ETRUNC);
	assert_int_equal(layout_get(rbuf_of(body, 7), &sample_layout, &got), 0);
	assert_int_equal(
	    layout_get(rbuf_of("\3\1x9999", 7), &sample_layout, &got),
	    WARDER_EFORM);
}

static void
a_connection_to_a_listener_is_no_channel(void **state)
{
	struct pair *pair = *state;
	struct peer peer;
	int pipe_ends[2], stream[2];

	assert_int_equal(peer_of_channel(pair->a, &peer), 0);
	assert_int_equal(peer.uid, getuid());
	assert_int_equal(peer.pid, getpid());
	assert_int_equal(pipe(pipe_ends), 0);
	assert_int_equal(peer_of_channel(pipe_ends[0], &peer), WARDER_EFD);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, stream), 0);
	assert_int_equal(peer_of_channel(stream[0], &peer), WARDER_EFD);
	for (int i = 0; i < 2; i++) {
		(void)close(pipe_ends[i]);
		(void)close(stream[i]);
	}
}

static void
minus_one_and_the_overflow_uid_are_nobody(void **state)
{
	(void)state;
	assert_false(uid_is_somebody((uid_t)-1));
	assert_false(uid_is_somebody(65534));
	assert_true(uid_is_somebody(0));
}

/*
 * The peer goes on sending while its request is being ended, a descriptor
 * with it. What it is told is our last word and the end, not a reset.
 */
static void
the_last_word_arrives_over_unread_messages(void **state)
{
	struct pair *pair = *state;
	auto_frame struct frame frame = FRAME_NONE;
	uint8_t head[FRAME_HEAD];

	for (int i = 0; i < 3; i++)
		assert_int_equal(frame_send(pair->b, PERSON_ACT, 1, NULL,
		                     i == 1 ? STDIN_FILENO : -1, soon()),
		    0);
	assert_int_equal(
	    frame_send(pair->a, PERSON_RESULT, 1, NULL, -1, soon()), 0);
	frame_finish(pair->a);
	assert_int_equal(
	    frame_send_now(pair->b, PERSON_ACT, 1, NULL, -1), WARDER_EOF);
	fd_closep(&pair->a);
	/* By hand: frame_recv would look again after a reset. */
	assert_int_equal(
	    recv(pair->b, head, sizeof(head), MSG_DONTWAIT), sizeof(head));
	assert_int_equal(recv(pair->b, head, sizeof(head), MSG_DONTWAIT), 0);
	assert_int_equal(
	    frame_recv(pair->b, WIRE_PERSON, soon(), &frame), WARDER_EOF);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_last_word_arrives_over_unread_messages),
		TEST(a_long_message_ends_it),
		TEST(a_short_message_ends_it),
		TEST(another_version_is_told_apart),
		TEST(two_descriptors_are_one_too_many),
		TEST(silence_ends_at_the_deadline),
		TEST(a_layout_goes_there_and_back_with_its_descriptor),
		TEST(a_body_is_read_to_its_last_byte),
		TEST(a_connection_to_a_listener_is_no_channel),
		TEST(minus_one_and_the_overflow_uid_are_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

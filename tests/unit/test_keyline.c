/* SPDX-License-Identifier: ISC */
/*
 * Frames with secrets in them, and who may give the listener keys or take
 * them away: what is not exactly right changes nothing.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/fd.h"
#include "keeper/keeper.h"
#include "keeper/listener.h"
#include "keeper/unlock.h"
#include "wire/admin.h"
#include "wire/guarded.h"
#include "wire/keyline.h"

#define WORDS "correct horse battery staple"
#define KEYS_LEN 64

static int64_t
soon(void)
{
	return clock_boot_ms() + 1000;
}

struct line {
	int listener, worker;
};

static struct line
open_line(void)
{
	struct line line;
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	line.listener = pair[0];
	line.worker = pair[1];
	return line;
}

static void
close_line(struct line *line)
{
	fd_closep(&line->listener);
	fd_closep(&line->worker);
}
#define auto_line __attribute__((cleanup(close_line)))

static struct blob *
filled(size_t len, int with)
{
	struct blob *blob = NULL;

	assert_int_equal(blob_new(len, &blob), 0);
	memset(blob_space(blob), with, len);
	assert_int_equal(blob_set_len(blob, len), 0);
	return blob;
}

static void
send_raw(int sock, uint32_t type, size_t len)
{
	auto_blob struct blob *body = len == 0 ? NULL : filled(len, 'x');

	assert_int_equal(guarded_send(sock, type, 1, body, soon()), 0);
}

static void
only_three_frames_come_up_a_key_line(void **state)
{
	static const struct {
		uint32_t type;
		size_t len;
		int want;
	} cases[] = {
		{ KEYLINE_SET, 0, WARDER_ETRUNC },
		{ KEYLINE_SET, KEYS_LEN - 1, WARDER_ETRUNC },
		{ KEYLINE_SET, KEYS_LEN + 1, WARDER_ETRUNC },
		{ KEYLINE_SET, FRAME_BODY_MAX, WARDER_ETRUNC },
		{ KEYLINE_ASK, 1, WARDER_ETRAIL },
		{ KEYLINE_DROP, KEYS_LEN, WARDER_ETRAIL },
		{ KEYLINE_KEYS, KEYS_LEN, WARDER_ETYPE },
		{ KEYLINE_TAKEN, 0, WARDER_ETYPE },
		{ WIRE_TYPE(WIRE_KEYLINE, 8), 0, WARDER_ETYPE },
		{ WIRE_TYPE(WIRE_ADMIN, 4), 0, WARDER_ETYPE },
		{ KEYLINE_ASK + (1u << 16), 0, WARDER_ETYPE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		auto_line struct line line = open_line();
		auto_blob struct blob *keys = NULL;
		uint32_t type = 0;

		send_raw(line.worker, cases[i].type, cases[i].len);
		assert_int_equal(
		    keyline_take(line.listener, soon(), &type, &keys),
		    cases[i].want);
		assert_int_equal(type, 0);
		assert_null(keys);
	}
}

static void
half_a_head_and_a_descriptor_are_refused(void **state)
{
	auto_line struct line line = open_line();
	auto_blob struct blob *keys = NULL;
	uint32_t type = 0;

	(void)state;
	assert_int_equal(send(line.worker, "\6\1\0", 3, 0), 3);
	assert_int_equal(
	    keyline_take(line.listener, soon(), &type, &keys), WARDER_ETRUNC);
	assert_int_equal(
	    frame_send_now(line.worker, KEYLINE_DROP, 1, NULL, STDIN_FILENO),
	    0);
	assert_int_equal(
	    keyline_take(line.listener, soon(), &type, &keys), WARDER_ETRUNC);
	fd_closep(&line.worker);
	assert_int_equal(
	    keyline_take(line.listener, soon(), &type, &keys), WARDER_EOF);
	assert_int_equal(type, 0);
}

/* What a worker of that kind says, and what the listener answers. */
static int
say(struct serve *serve, enum serve_kind kind, uint32_t type, size_t len)
{
	auto_line struct line line = open_line();
	uint8_t answer[128];
	int r;

	send_raw(line.worker, type, len);
	r = keeper_on_keyline(serve, line.listener, kind);
	if (r != 0)
		return r;
	assert_in_range(recv(line.worker, answer, sizeof(answer), 0), 8, 72);
	return answer[3]; /* the number of the frame */
}

static void
begin(struct serve *serve, uint64_t idle_ms)
{
	memset(serve, 0, sizeof(*serve));
	serve->conf.master = CONF_MASTER_PASSPHRASE;
	serve->conf.unlock_idle_ms = idle_ms;
	assert_int_equal(keeper_before_drop(serve), 0);
}

enum {
	KEYS = 1,
	LOCKED = 3,
	TAKEN = 5
};

static void
keys_are_given_and_taken_away_by_roots_worker_alone(void **state)
{
	static const enum serve_kind others[] = { SERVE_CALLER, SERVE_START,
		SERVE_STOP, SERVE_DUE };
	struct serve serve;

	(void)state;
	begin(&serve, 0);
	assert_int_equal(say(&serve, SERVE_CALLER, KEYLINE_ASK, 0), LOCKED);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(say(&serve, others[i], KEYLINE_SET, KEYS_LEN),
		    WARDER_ECRED);
	assert_int_equal(say(&serve, SERVE_CALLER, KEYLINE_ASK, 0), LOCKED);
	assert_int_equal(
	    say(&serve, SERVE_ADMIN, KEYLINE_SET, KEYS_LEN), TAKEN);
	assert_int_equal(say(&serve, SERVE_CALLER, KEYLINE_ASK, 0), KEYS);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(
		    say(&serve, others[i], KEYLINE_DROP, 0), WARDER_ECRED);
	assert_int_equal(say(&serve, SERVE_START, KEYLINE_ASK, 0), KEYS);
	assert_int_equal(say(&serve, SERVE_ADMIN, KEYLINE_DROP, 0), TAKEN);
	assert_int_equal(say(&serve, SERVE_CALLER, KEYLINE_ASK, 0), LOCKED);
	free(serve.own);
}

static void
unused_keys_are_due_and_go(void **state)
{
	struct serve serve;
	int64_t due;

	(void)state;
	begin(&serve, 60000);
	assert_true(keeper_due(&serve) == INT64_MAX);
	assert_int_equal(
	    say(&serve, SERVE_ADMIN, KEYLINE_SET, KEYS_LEN), TAKEN);
	due = keeper_due(&serve);
	assert_in_range(due - clock_boot_ms(), 59000, 60000);
	/* Root's questions are no use of them, a person's are. */
	assert_int_equal(usleep(20000), 0);
	assert_int_equal(say(&serve, SERVE_ADMIN, KEYLINE_ASK, 0), KEYS);
	assert_true(keeper_due(&serve) == due);
	assert_int_equal(say(&serve, SERVE_CALLER, KEYLINE_ASK, 0), KEYS);
	assert_true(keeper_due(&serve) > due);
	assert_true(keeper_on_due(&serve));
	assert_true(keeper_due(&serve) == INT64_MAX);
	assert_int_equal(say(&serve, SERVE_CALLER, KEYLINE_ASK, 0), LOCKED);
	free(serve.own);
}

static void
without_unlock_idle_keys_stay(void **state)
{
	struct serve serve;

	(void)state;
	begin(&serve, 0);
	assert_int_equal(
	    say(&serve, SERVE_ADMIN, KEYLINE_SET, KEYS_LEN), TAKEN);
	assert_true(keeper_due(&serve) == INT64_MAX);
	assert_int_equal(say(&serve, SERVE_ADMIN, KEYLINE_DROP, 0), TAKEN);
	free(serve.own);
}

static void
a_passphrase_frame_is_read_to_its_last_byte(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		int want;
	} cases[] = {
		{ "", 0, WARDER_ETRUNC },
		{ "\0", 1, WARDER_ETRUNC },
		{ "\0\20" WORDS, 2 + 15, WARDER_ETRUNC },
		{ "\0\20" WORDS, 2 + 17, WARDER_ETRAIL },
		{ "\0\17" WORDS, 2 + 15, WARDER_EFORM },
		{ "\0\20correct\0horse12", 2 + 16, WARDER_ETEXT },
		{ "\0\20correct\377horse12", 2 + 16, WARDER_ETEXT },
		{ "\377\377" WORDS, 2 + 16, WARDER_ETRUNC },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		auto_blob struct blob *body = NULL, *words = NULL;

		assert_int_equal(blob_new(64, &body), 0);
		assert_int_equal(
		    blob_append(body, cases[i].bytes, cases[i].len), 0);
		assert_int_equal(
		    admin_get_passphrase(body, &words), cases[i].want);
		assert_null(words);
	}
}

static void
root_is_told_that_it_is_busy_and_the_desk_nothing(void **state)
{
	auto_line struct line line = open_line();
	auto_frame struct frame frame = FRAME_NONE, more = FRAME_NONE;
	struct admin_done done;

	(void)state;
	keeper_on_full(line.listener, SERVE_CALLER);
	keeper_on_full(line.listener, SERVE_ADMIN);
	fd_closep(&line.listener);
	assert_int_equal(
	    frame_recv(line.worker, WIRE_ADMIN, soon(), &frame), 0);
	assert_int_equal(layout_take(&frame, &admin_done_layout, &done), 0);
	assert_int_equal(done.exit, REASON_BUSY);
	assert_string_equal(done.word, "slots");
	assert_int_equal(
	    frame_recv(line.worker, WIRE_ADMIN, soon(), &more), WARDER_EOF);
}

/* A line that gives no keys may be broken, and the keys lie there still. */
static void
a_broken_line_is_not_locked_already(void **state)
{
	static struct keeper keeper;
	static struct conf conf;
	auto_line struct line line = open_line();
	const char *word = "";
	bool was_open = false;

	(void)state;
	conf.master = CONF_MASTER_PASSPHRASE;
	keeper.conf = keeper.ring.conf = &conf;
	keeper.ring.keyline = line.worker;
	fd_closep(&line.listener);
	assert_int_equal(
	    unlock_drop(&keeper, &was_open, &word), REASON_UNREACHABLE);
	assert_string_equal(word, "keeper");
}

/* The bytes of an UNLOCK, as wire.md has them. */
static void
an_unlock_frame_is_these_bytes(void **state)
{
	static const uint8_t want[] = "\5\1\0\2\0\0\0\7\0\34" WORDS;
	auto_blob struct blob *words = NULL, *body = NULL, *back = NULL;
	auto_blob struct blob *again = NULL;
	auto_line struct line line = open_line();
	uint8_t seen[128];
	uint32_t type, id;

	(void)state;
	assert_int_equal(blob_new(64, &words), 0);
	assert_int_equal(blob_append(words, WORDS, sizeof(WORDS) - 1), 0);
	assert_int_equal(admin_put_passphrase(words, &body), 0);
	assert_int_equal(
	    guarded_send(line.worker, ADMIN_UNLOCK, 7, body, soon()), 0);
	assert_int_equal(
	    recv(line.listener, seen, sizeof(seen), 0), sizeof(want) - 1);
	assert_memory_equal(seen, want, sizeof(want) - 1);
	assert_int_equal(
	    guarded_send(line.worker, ADMIN_UNLOCK, 7, body, soon()), 0);
	/* A look at the type takes nothing away. */
	assert_int_equal(guarded_peek(line.listener, soon(), &type), 0);
	assert_int_equal(type, ADMIN_UNLOCK);
	assert_int_equal(
	    guarded_recv(line.listener, soon(), 257, &type, &id, &back), 0);
	assert_int_equal(id, 7);
	assert_int_equal(admin_get_passphrase(back, &again), 0);
	assert_true(blob_is_equal(again, words));
}

static int
start(void **state)
{
	(void)state;
	return base_init();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_three_frames_come_up_a_key_line),
		cmocka_unit_test(half_a_head_and_a_descriptor_are_refused),
		cmocka_unit_test(
		    keys_are_given_and_taken_away_by_roots_worker_alone),
		cmocka_unit_test(unused_keys_are_due_and_go),
		cmocka_unit_test(without_unlock_idle_keys_stay),
		cmocka_unit_test(a_passphrase_frame_is_read_to_its_last_byte),
		cmocka_unit_test(an_unlock_frame_is_these_bytes),
		cmocka_unit_test(a_broken_line_is_not_locked_already),
		cmocka_unit_test(
		    root_is_told_that_it_is_busy_and_the_desk_nothing),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}

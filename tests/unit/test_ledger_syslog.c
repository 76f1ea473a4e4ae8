/* SPDX-License-Identifier: ISC */
/*
 * Messages byte for byte, and what is said when nobody takes them: missing,
 * hung, gone and back. No send may take longer than a second or so.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/blob.h"
#include "base/clock.h"
#include "base/fd.h"
#include "ledger/syslog.h"

static char dir[] = "/tmp/test_ledger_syslog.XXXXXX";
static char path[64];

static FILE *
open_vector(const char *name)
{
	const char *top = getenv("top_srcdir");
	char file[512];
	FILE *ret;

	(void)snprintf(file, sizeof(file), "%s/tests/vectors/%s",
	    top == NULL ? "." : top, name);
	ret = fopen(file, "re");
	if (ret == NULL)
		fail_msg("cannot read %s", file);
	return ret;
}

static void
assert_message(char *line, ssize_t len, const char *wanted)
{
	uint8_t head[RECORD_HASH_LEN];
	char message[SYSLOG_MAX + 1];
	struct record rec;
	size_t n;

	assert_int_equal(record_parse(line, (size_t)len, &rec), 0);
	record_line_hash(head, line, (size_t)len);
	assert_int_equal(syslog_print(&rec, head, 80, 4711, message, &n), 0);
	assert_int_equal(n, strlen(message));
	if (strncmp(message, wanted, n) != 0 || wanted[n] > '\n')
		fail_msg("%s\n%s", message, wanted);
}

static void
every_recorded_message_is_the_same_bytes(void **state)
{
	FILE *lines = open_vector("ledger-v1.jsonl");
	FILE *wanted = open_vector("ledger-v1.syslog");
	char *line = NULL, *message = NULL;
	size_t line_room = 0, message_room = 0;
	ssize_t len;
	int n = 0;

	(void)state;
	while ((len = getline(&line, &line_room, lines)) > 0) {
		assert_true(getline(&message, &message_room, wanted) > 0);
		assert_message(line, len, message);
		n++;
	}
	assert_int_equal(n, 12);
	free(line);
	free(message);
	(void)fclose(lines);
	(void)fclose(wanted);
}

static void
a_long_line_is_cut_in_a_fixed_order(void **state)
{
	FILE *lines = open_vector("ledger-v1/syslog-long.line");
	FILE *wanted = open_vector("ledger-v1/syslog-long.syslog");
	char *line = NULL, *message = NULL;
	size_t line_room = 0, message_room = 0;
	ssize_t len = getline(&line, &line_room, lines);

	(void)state;
	assert_true(getline(&message, &message_room, wanted) > 0);
	assert_message(line, len, message);
	free(line);
	free(message);
	(void)fclose(lines);
	(void)fclose(wanted);
}

static void
a_line_at_every_limit_still_fits_a_message(void **state)
{
	static const uint8_t head[RECORD_HASH_LEN];
	char text[1024], message[SYSLOG_MAX + 1];
	struct record rec;
	size_t n;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	record_begin(&rec, "intent");
	for (enum member m = M_REC; m < M_PREV; m++) {
		struct record before = rec;

		if (member_is_int(m))
			record_set_int(&rec, m, RECORD_INT_MAX);
		else
			record_set(&rec, m, text);
		if (record_check(&rec) != 0)
			rec = before;
	}
	for (enum member m = M_SID; m < M_PREV; m++)
		if (!record_has(&rec, m)) {
			struct record before = rec;

			record_set_hex(&rec, m, text, m == M_SID ? 16 : 32);
			if (record_check(&rec) != 0)
				rec = before;
		}
	assert_int_equal(syslog_print(&rec, head, 80, 4194304, message, &n), 0);
	assert_true(n <= SYSLOG_MAX);
	assert_non_null(strstr(message, ",\"cut\":1,\"head\":\""));
	assert_null(strstr(message, "\"why\":"));
	assert_null(strstr(message, "\"msg\":"));
	assert_non_null(strstr(message, "\"user\":"));
}

static const char *
priority_of(const char *event, enum member m, const char *text)
{
	static const uint8_t head[RECORD_HASH_LEN];
	static char message[SYSLOG_MAX + 1];
	struct record rec;
	size_t n;

	record_begin(&rec, event);
	if (text != NULL)
		record_set(&rec, m, text);
	assert_int_equal(syslog_print(&rec, head, 80, 1, message, &n), 0);
	message[4] = '\0';
	return message;
}

static void
severity_follows_what_happened(void **state)
{
	(void)state;
	assert_string_equal(priority_of("intent", M_GLASS, "fire"), "<82>");
	assert_string_equal(priority_of("key.fail", M_RES, NULL), "<83>");
	assert_string_equal(priority_of("ledger.gap", M_RES, NULL), "<83>");
	assert_string_equal(priority_of("foreign", M_RES, NULL), "<83>");
	assert_string_equal(priority_of("denied", M_RES, NULL), "<84>");
	assert_string_equal(priority_of("outcome", M_RES, "unsent"), "<84>");
	assert_string_equal(priority_of("outcome", M_RES, "unknown"), "<84>");
	assert_string_equal(priority_of("auth", M_RES, "failed"), "<84>");
	assert_string_equal(priority_of("outcome", M_RES, "passed"), "<85>");
}

static int
receiver(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	(void)unlink(path);
	assert_int_equal(bind(fd, (const struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

static enum syslog_fate
send_one(struct syslog_sender *sender)
{
	static const uint8_t head[RECORD_HASH_LEN];
	struct record rec;

	record_begin(&rec, "keeper.start");
	return syslog_send(sender, &rec, head);
}

static void
a_missing_receiver_is_said_at_once(void **state)
{
	auto_syslog struct syslog_sender *sender = NULL;
	int64_t start = clock_boot_ms();

	(void)state;
	(void)unlink(path);
	assert_int_equal(syslog_open(path, 80, &sender), 0);
	assert_int_equal(send_one(sender), SYSLOG_LOST);
	assert_int_equal(send_one(sender), SYSLOG_LOST);
	assert_int_equal(syslog_lost(sender), 2);
	assert_true(clock_boot_ms() - start < 500);
}

static void
a_hung_receiver_costs_a_second_and_no_more(void **state)
{
	auto_syslog struct syslog_sender *sender = NULL;
	auto_fd int fd = receiver();
	enum syslog_fate fate = SYSLOG_SENT;
	int64_t start = 0;

	(void)state;
	assert_int_equal(syslog_open(path, 80, &sender), 0);
	for (int i = 0; i < 2000 && fate == SYSLOG_SENT; i++) {
		start = clock_boot_ms();
		fate = send_one(sender);
	}
	assert_int_equal(fate, SYSLOG_LOST);
	assert_in_range(clock_boot_ms() - start, 900, 1900);
}

static void
a_hung_receiver_is_waited_for_once(void **state)
{
	auto_syslog struct syslog_sender *sender = NULL;
	auto_fd int fd = receiver();
	char text[SYSLOG_MAX];
	int64_t start;

	(void)state;
	assert_int_equal(syslog_open(path, 80, &sender), 0);
	while (send_one(sender) == SYSLOG_SENT)
		continue;
	start = clock_boot_ms();
	for (int i = 0; i < 100; i++)
		assert_int_equal(send_one(sender), SYSLOG_LOST);
	assert_true(clock_boot_ms() - start < 900);
	assert_int_equal(syslog_lost(sender), 101);
	/* Back: the next line goes out, and then it has a second again. */
	while (recv(fd, text, sizeof(text), MSG_DONTWAIT) > 0)
		continue;
	assert_int_equal(send_one(sender), SYSLOG_SENT);
	while (send_one(sender) == SYSLOG_SENT)
		start = clock_boot_ms();
	assert_in_range(clock_boot_ms() - start, 900, 1900);
}

static void
a_restarted_receiver_gets_the_next_line(void **state)
{
	auto_syslog struct syslog_sender *sender = NULL;
	auto_fd int first = receiver(), second = -1;
	char text[SYSLOG_MAX];

	(void)state;
	assert_int_equal(syslog_open(path, 80, &sender), 0);
	assert_int_equal(send_one(sender), SYSLOG_SENT);
	fd_closep(&first);
	assert_int_equal(send_one(sender), SYSLOG_LOST);
	assert_int_equal(syslog_lost(sender), 1);
	second = receiver();
	assert_int_equal(send_one(sender), SYSLOG_SENT);
	assert_int_equal(syslog_lost(sender), 0);
	assert_true(recv(second, text, sizeof(text), MSG_DONTWAIT) > 0);
	fd_closep(&second);
	second = receiver();
	assert_int_equal(send_one(sender), SYSLOG_SENT);
}

static void
a_checkpoint_goes_out_as_one_line(void **state)
{
	auto_syslog struct syslog_sender *sender = NULL;
	auto_fd int fd = receiver();
	char text[SYSLOG_MAX + 1];
	ssize_t n;

	(void)state;
	assert_int_equal(syslog_open(path, 80, &sender), 0);
	assert_int_equal(
	    syslog_send_checkpoint(sender, "warder/ledger/a\n8\n\nx\n"),
	    SYSLOG_SENT);
	n = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);
	assert_true(n > 0);
	text[n] = '\0';
	assert_non_null(strstr(text,
	    "]: @cee: {\"checkpoint\":\"warder/ledger/a\\n8\\n\\nx\\n\"}"));
	assert_null(strchr(text, '\n'));
}

static int
setup(void **state)
{
	(void)state;
	if (base_init() != 0 || mkdtemp(dir) == NULL)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/log", dir);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_missing_receiver_is_said_at_once),
		cmocka_unit_test(a_hung_receiver_costs_a_second_and_no_more),
		cmocka_unit_test(a_hung_receiver_is_waited_for_once),
		cmocka_unit_test(a_restarted_receiver_gets_the_next_line),
		cmocka_unit_test(a_line_at_every_limit_still_fits_a_message),
		cmocka_unit_test(severity_follows_what_happened),
		cmocka_unit_test(a_checkpoint_goes_out_as_one_line),
		cmocka_unit_test(every_recorded_message_is_the_same_bytes),
		cmocka_unit_test(a_long_line_is_cut_in_a_fixed_order),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

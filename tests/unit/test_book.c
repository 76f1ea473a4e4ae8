/* SPDX-License-Identifier: ISC */
/*
 * Each connection has a worker and a book of its own; whether syslog takes
 * lines is told once for all of them.
 */
#include "config.h"

#include <fcntl.h>
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

#include "base/fd.h"
#include "keeper/book.h"
#include "keeper/lost.h"

#define PATH_MOST 96

static char folder[64], socket_path[PATH_MOST];

static int
setup(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/test-book-XXXXXX");
	assert_non_null(mkdtemp(folder));
	(void)snprintf(socket_path, sizeof(socket_path), "%s/log", folder);
	return 0;
}

static int
teardown(void **state)
{
	static const char *const names[] = { "log", "state.db", "sending",
		"ledger.jsonl", "ledger.lock" };
	char path[PATH_MOST];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		(void)unlink(path);
	}
	return rmdir(folder);
}

/* What a worker opens for its connection. */
static struct book
open_book(void)
{
	struct book book = { .sid = "00112233445566778899aabbccddeeff" };
	char path[PATH_MOST];

	(void)snprintf(path, sizeof(path), "%s/sending", folder);
	book.sending = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_true(book.sending >= 0);
	assert_int_equal(state_open(folder, &book.state), STATE_OK);
	assert_int_equal(
	    ledger_open(folder, "bastion-a", 0, &book.ledger), LEDGER_OK);
	assert_int_equal(syslog_open(socket_path, 80, &book.syslog), 0);
	lost_look(&book);
	return book;
}

static int
start_receiver(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)snprintf(to.sun_path, sizeof(to.sun_path), "%s", socket_path);
	assert_int_equal(bind(fd, (const struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

static void
write_a_line(struct book *book, enum syslog_fate want)
{
	enum syslog_fate fate;
	struct record rec;

	record_begin(&rec, "keeper.start");
	record_set(&rec, M_MSG, "warder");
	assert_int_equal(book_write(book, &rec, NULL, &fate), LEDGER_OK);
	assert_int_equal(fate, want);
}

/* The events of the ledger, with the n of those that have one. */
static void
assert_events(const char *want)
{
	char path[PATH_MOST], line[RECORD_LINE_MAX + 1], have[1024] = "";
	struct record rec;
	size_t used = 0;
	FILE *lines;

	(void)snprintf(path, sizeof(path), "%s/ledger.jsonl", folder);
	lines = fopen(path, "re");
	assert_non_null(lines);
	while (fgets(line, sizeof(line), lines) != NULL) {
		assert_int_equal(record_parse(line, strlen(line), &rec), 0);
		if (record_has(&rec, M_N))
			used +=
			    (size_t)snprintf(have + used, sizeof(have) - used,
			        "%s(%llu) ", record_text(&rec, M_EV),
			        (unsigned long long)record_int(&rec, M_N));
		else
			used +=
			    (size_t)snprintf(have + used, sizeof(have) - used,
			        "%s ", record_text(&rec, M_EV));
	}
	(void)fclose(lines);
	assert_string_equal(have, want);
}

static void
who_comes_after_an_outage_says_that_it_is_over(void **state)
{
	struct book book;
	int receiver;

	(void)state;
	for (int i = 0; i < 3; i++) {
		book = open_book();
		assert_int_equal(book.is_lost, i > 0);
		write_a_line(&book, SYSLOG_LOST);
		book_close(&book);
	}
	receiver = start_receiver();
	book = open_book();
	write_a_line(&book, SYSLOG_SENT);
	write_a_line(&book, SYSLOG_SENT);
	book_close(&book);
	book = open_book();
	assert_false(book.is_lost);
	write_a_line(&book, SYSLOG_SENT);
	book_close(&book);
	fd_closep(&receiver);
	assert_events("ledger.start keeper.start syslog.lost(1) keeper.start "
	              "keeper.start keeper.start syslog.back(3) keeper.start "
	              "keeper.start ");
}

static void
of_two_at_work_one_says_it(void **state)
{
	struct book one = open_book(), other = open_book();
	int receiver;

	(void)state;
	write_a_line(&one, SYSLOG_LOST);
	write_a_line(&other, SYSLOG_LOST);
	receiver = start_receiver();
	write_a_line(&one, SYSLOG_SENT);
	write_a_line(&other, SYSLOG_SENT);
	assert_false(other.is_lost);
	book_close(&one);
	book_close(&other);
	fd_closep(&receiver);
	assert_events("ledger.start keeper.start syslog.lost(1) keeper.start "
	              "keeper.start syslog.back(2) keeper.start ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    who_comes_after_an_outage_says_that_it_is_over, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(
		    of_two_at_work_one_says_it, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

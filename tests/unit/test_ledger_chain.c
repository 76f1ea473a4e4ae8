/* SPDX-License-Identifier: ISC */
/*
 * The chain goes on only from what it was; an intent is answered once; what
 * a kill left half done never counts.
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/blob.h"
#include "base/fd.h"
#include "base/text.h"
#include "tests/unit/ledger_fixture.h"

static void
add_bytes(const char *bytes, size_t len)
{
	auto_fd int fd = open(file, O_WRONLY | O_APPEND | O_CLOEXEC);

	assert_int_equal(fd_write_all(fd, bytes, len), 0);
}

static void
a_vanished_ledger_is_not_begun_anew(void **state)
{
	struct ledger *ledger = NULL;
	char closed[96];

	(void)state;
	assert_int_equal(
	    ledger_open(dir, "bastion-a", 7, &ledger), LEDGER_MISSING);
	(void)snprintf(closed, sizeof(closed), "%s/ledger.1.jsonl", dir);
	(void)close(open(closed, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	assert_int_equal(
	    ledger_open(dir, "bastion-a", 0, &ledger), LEDGER_MISSING);
	assert_int_equal(access(file, F_OK), -1);
	(void)unlink(closed);
	(void)close(open(notes, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	assert_int_equal(
	    ledger_open(dir, "bastion-a", 0, &ledger), LEDGER_MISSING);
	assert_null(ledger);
}

static void
a_ledger_put_back_is_noticed(void **state)
{
	auto_ledger struct ledger *ledger = fixture_open();
	struct ledger *other = NULL;

	(void)state;
	assert_int_equal(
	    fixture_append(ledger, "denied", 0, "denied", NULL), 0);
	assert_int_equal(ledger_open(dir, "bastion-a", 2, &other), LEDGER_OK);
	assert_int_equal(truncate(file, 0), 0);
	assert_int_equal(
	    fixture_append(ledger, "denied", 0, "denied", NULL), LEDGER_BACK);
	assert_int_equal(
	    fixture_append(other, "denied", 0, "denied", NULL), LEDGER_BACK);
	ledger_freep(&other);
	assert_int_equal(ledger_open(dir, "bastion-a", 2, &other), LEDGER_BACK);
	assert_int_equal(fixture_size(), 0);
}

static void
the_ledger_of_another_host_is_not_gone_on_with(void **state)
{
	auto_ledger struct ledger *ledger = fixture_open();
	struct ledger *other = NULL;

	(void)state;
	assert_int_equal(
	    ledger_open(dir, "bastion-b", 0, &other), LEDGER_DAMAGED);
	assert_int_equal(ledger_open(dir, "a b", 0, &other), LEDGER_RECORD);
}

static void
a_last_line_that_does_not_read_stops_everything(void **state)
{
	auto_ledger struct ledger *ledger = fixture_open();
	struct ledger *other = NULL;
	off_t size;

	(void)state;
	add_bytes("{\"v\":1}\n", 8);
	size = fixture_size();
	assert_int_equal(fixture_append(ledger, "denied", 0, "denied", NULL),
	    LEDGER_DAMAGED);
	assert_int_equal(
	    ledger_open(dir, "bastion-a", 0, &other), LEDGER_DAMAGED);
	assert_int_equal(fixture_size(), size);
}

static void
a_file_renamed_away_is_not_written_to(void **state)
{
	auto_ledger struct ledger *ledger = fixture_open();
	char away[96];

	(void)state;
	(void)snprintf(away, sizeof(away), "%s/ledger.1.jsonl", dir);
	assert_int_equal(rename(file, away), 0);
	assert_int_equal(fixture_append(ledger, "denied", 0, "denied", NULL),
	    LEDGER_MISSING);
	(void)unlink(away);
}

/* The group may read the ledger, and whoever may open it may flock it. */
static void
a_reader_that_locks_the_file_holds_up_nobody(void **state)
{
	auto_ledger struct ledger *ledger = fixture_open();
	auto_fd int fd = open(file, O_RDONLY | O_CLOEXEC);
	struct ledger *other = NULL;
	char lock[96];
	struct stat st;

	(void)state;
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	(void)alarm(10);
	assert_int_equal(
	    fixture_append(ledger, "denied", 0, "denied", NULL), 0);
	assert_int_equal(ledger_refresh(ledger), LEDGER_OK);
	assert_int_equal(ledger_open(dir, "bastion-a", 2, &other), LEDGER_OK);
	ledger_freep(&other);
	(void)alarm(0);
	(void)snprintf(lock, sizeof(lock), "%s/ledger.lock", dir);
	assert_int_equal(stat(lock, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

/* Two that have an old and a new one would both be alone in the file. */
static void
a_lock_that_was_taken_away_locks_nobody(void **state)
{
	auto_ledger struct ledger *ledger = fixture_open();
	auto_ledger struct ledger *other = fixture_open();
	char lock[96];

	(void)state;
	(void)snprintf(lock, sizeof(lock), "%s/ledger.lock", dir);
	assert_int_equal(unlink(lock), 0);
	assert_int_equal(
	    fixture_append(ledger, "denied", 0, "denied", NULL), 0);
	assert_int_equal(access(lock, F_OK), 0);
	assert_int_equal(fixture_append(other, "denied", 0, "denied", NULL), 0);
	assert_int_equal(ledger_refresh(ledger), LEDGER_OK);
	assert_int_equal(ledger_seq(ledger), ledger_seq(other));
	/* Nor is a link followed to somewhere else. */
	assert_int_equal(unlink(lock), 0);
	assert_int_equal(symlink(file, lock), 0);
	ledger_freep(&other);
	assert_int_equal(ledger_open(dir, "bastion-a", 0, &other), LEDGER_IO);
	assert_int_equal(unlink(lock), 0);
}

/* Made under the umask of the services by somebody who was killed then. */
static void
a_file_without_a_line_gets_its_mode(void **state)
{
	struct ledger *ledger = NULL;
	char lock[96];
	struct stat st;
	int fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	(void)state;
	assert_true(fd >= 0);
	(void)close(fd);
	(void)snprintf(lock, sizeof(lock), "%s/ledger.lock", dir);
	fd = open(lock, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(fchmod(fd, 0640), 0);
	(void)close(fd);
	ledger = fixture_open();
	ledger_freep(&ledger);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	assert_int_equal(stat(lock, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	fixture_assert_whole(1);
}

static void
a_record_of_the_wrong_shape_writes_nothing(void **state)
{
	auto_ledger struct ledger *ledger = fixture_open();
	off_t size = fixture_size();
	struct record rec;

	(void)state;
	record_begin(&rec, "denied");
	record_set(&rec, M_GATE, "no hash");
	assert_int_equal(ledger_append(ledger, &rec, NULL), LEDGER_RECORD);
	assert_int_equal(fixture_size(), size);
}

static void
a_torn_tail_is_cut_and_said(void **state)
{
	auto_ledger struct ledger *ledger = fixture_open();
	static const char torn[] = "{\"v\":1,\"seq\":2,\"ts\":\"2026";
	struct ledger_line line;
	struct verify_report report;
	char text[1024] = "";
	auto_fd int fd = -1;

	(void)state;
	add_bytes(torn, sizeof(torn) - 1);
	fixture_verify(&report);
	assert_int_equal(report.kind, VERIFY_TORN);
	assert_int_equal(report.seq, 2);
	assert_int_equal(ledger_refresh(ledger), LEDGER_OK);
	assert_int_equal(ledger_seq(ledger), 1);
	assert_int_equal(
	    fixture_append(ledger, "denied", 0, "denied", &line), 0);
	assert_int_equal(line.seq, 3);
	fixture_assert_whole(3);
	fd = open(file, O_RDONLY | O_CLOEXEC);
	assert_true(read(fd, text, sizeof(text) - 1) > 0);
	assert_non_null(
	    strstr(text, "\"ev\":\"ledger.gap\",\"n\":25,\"h\":\""));
}

static void
every_torn_length_is_mended(void **state)
{
	static const char torn[] =
	    "{\"v\":1,\"seq\":2,\"ts\":\"2026-01-01T00:00:00.000Z\",\"mo";
	struct ledger *ledger = fixture_open();

	(void)state;
	ledger_freep(&ledger);
	for (size_t n = 1; n < sizeof(torn); n++) {
		add_bytes(torn, n);
		ledger = fixture_open();
		assert_int_equal(ledger_seq(ledger), 1 + n);
		ledger_freep(&ledger);
	}
	fixture_assert_whole(sizeof(torn));
}

/* The line that tells of it may be shorter than what was torn, or longer. */
static void
a_long_torn_tail_leaves_nothing_behind(void **state)
{
	struct ledger *ledger = fixture_open();
	static char torn[RECORD_LINE_MAX];
	uint64_t seq = 1;

	(void)state;
	memset(torn, 'x', sizeof(torn));
	for (size_t n = 200; n <= sizeof(torn); n += n < 500 ? 1 : 500) {
		ledger_freep(&ledger);
		add_bytes(torn, n);
		ledger = fixture_open();
		assert_int_equal(ledger_seq(ledger), ++seq);
		assert_int_equal(
		    fixture_append(ledger, "denied", 0, "denied", NULL), 0);
		seq++;
	}
	ledger_freep(&ledger);
	fixture_assert_whole(seq);
}

/* Between the line and the cut: what is left is told of once more. */
static void
a_mending_that_is_killed_is_mended(void **state)
{
	struct ledger *ledger = fixture_open();

	(void)state;
	ledger_freep(&ledger);
	add_bytes("xxx", 3);
	ledger = fixture_open();
	ledger_freep(&ledger);
	add_bytes("the rest of a longer one", 24);
	ledger = fixture_open();
	assert_int_equal(ledger_seq(ledger), 3);
	ledger_freep(&ledger);
	fixture_assert_whole(3);
}

static void
a_first_line_that_was_torn_is_written_again(void **state)
{
	auto_ledger struct ledger *ledger = NULL;
	int fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0640);

	(void)state;
	assert_int_equal(fd_write_all(fd, "{\"v\":1,", 7), 0);
	(void)close(fd);
	ledger = fixture_open();
	assert_int_equal(ledger_seq(ledger), 1);
	fixture_assert_whole(1);
}

static void
an_intent_is_open_until_it_is_answered(void **state)
{
	auto_ledger struct ledger *ledger = fixture_open();
	const struct ledger_open_intent *open;
	struct ledger *other;
	struct ledger_line line;

	(void)state;
	assert_int_equal(fixture_append(ledger, "intent", 0, NULL, &line), 0);
	assert_int_equal(
	    fixture_append(ledger, "denied", 0, "denied", NULL), 0);
	other = fixture_open();
	assert_int_equal(ledger_open_intents(other, &open), 1);
	assert_int_equal(open[0].seq, line.seq);
	assert_string_equal(open[0].record, "20260101-0001");
	assert_string_equal(open[0].act, "pass");
	assert_ptr_equal(ledger_find_open(other, GATE), open);
	assert_null(ledger_find_open(other, ""));
	assert_int_equal(
	    fixture_append(ledger, "outcome", 2, "unknown", NULL), 0);
	assert_int_equal(ledger_refresh(other), LEDGER_OK);
	assert_int_equal(ledger_open_intents(other, &open), 1);
	assert_true(open[0].unknown);
	assert_int_equal(fixture_append(other, "settle", 2, "moved", NULL), 0);
	assert_int_equal(ledger_open_intents(other, &open), 0);
	ledger_freep(&other);
	fixture_assert_whole(5);
}

static void
nobody_answers_an_intent_twice(void **state)
{
	auto_ledger struct ledger *ledger = fixture_open();
	struct ledger *other = fixture_open();

	(void)state;
	assert_int_equal(fixture_append(ledger, "outcome", 1, "passed", NULL),
	    LEDGER_ANSWERED);
	assert_int_equal(fixture_append(ledger, "intent", 0, NULL, NULL), 0);
	assert_int_equal(fixture_append(other, "settle", 2, "moved", NULL), 0);
	assert_int_equal(fixture_append(ledger, "outcome", 2, "passed", NULL),
	    LEDGER_ANSWERED);
	assert_int_equal(fixture_append(ledger, "intent", 0, NULL, NULL), 0);
	assert_int_equal(
	    fixture_append(ledger, "outcome", 4, "unknown", NULL), 0);
	assert_int_equal(fixture_append(ledger, "outcome", 4, "passed", NULL),
	    LEDGER_ANSWERED);
	assert_int_equal(
	    fixture_append(ledger, "settle", 4, "turned", NULL), 0);
	ledger_freep(&other);
	fixture_assert_whole(6);
}

static void
open_intents_have_an_end(void **state)
{
	auto_ledger struct ledger *ledger = fixture_open();

	(void)state;
	for (int i = 0; i < LEDGER_OPEN_MAX; i++)
		assert_int_equal(
		    fixture_append(ledger, "intent", 0, NULL, NULL), 0);
	assert_int_equal(
	    fixture_append(ledger, "intent", 0, NULL, NULL), LEDGER_FULL);
	assert_int_equal(
	    fixture_append(ledger, "outcome", 2, "passed", NULL), 0);
	assert_int_equal(fixture_append(ledger, "intent", 0, NULL, NULL), 0);
}

static struct blob *
new_seed(void)
{
	struct blob *seed = NULL;

	assert_int_equal(blob_new(NOTE_SEED_LEN, &seed), 0);
	assert_int_equal(blob_set_len(seed, NOTE_SEED_LEN), 0);
	memset(blob_space(seed), 7, NOTE_SEED_LEN);
	return seed;
}

static void
checkpoints_cover_the_lines_and_survive_a_torn_note(void **state)
{
	auto_ledger struct ledger *ledger = fixture_open();
	auto_blob struct blob *seed = new_seed();
	const char *const paths[] = { file };
	char note[CHECKPOINT_SIZE];
	struct note_verifier verifier;
	struct stat st;
	struct verify_report report;
	auto_fd int fd = -1;

	(void)state;
	(void)umask(077);
	assert_int_equal(
	    note_verifier_of_seed("bastion-a", seed, &verifier), 0);
	assert_true(ledger_checkpoint_due(ledger, 64, 3600000));
	assert_int_equal(ledger_checkpoint(ledger, seed, 3, note), 0);
	assert_false(ledger_checkpoint_due(ledger, 64, 3600000));
	fd = open(notes, O_WRONLY | O_APPEND | O_CLOEXEC);
	assert_int_equal(fd_write_all(fd, "\nwarder/ledger/bas", 18), 0);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(
		    fixture_append(ledger, "denied", 0, "denied", NULL), 0);
		assert_int_equal(ledger_checkpoint(ledger, seed, 3, NULL), 0);
	}
	assert_true(ledger_checkpoint_due(ledger, 0, 3600000));
	assert_int_equal(verify_files(paths, 1, notes, &verifier, &report), 0);
	assert_string_equal(verify_word(report.kind), "ok");
	assert_int_equal(report.checkpoints, 6);
	assert_int_equal(report.covered, 6);
	assert_int_equal(stat(notes, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
}

static void
the_lines_of_a_record_are_found_for_its_receipt(void **state)
{
	auto_ledger struct ledger *ledger = fixture_open();
	struct ledger_line lines[3];
	struct record rec;
	size_t n;

	(void)state;
	assert_int_equal(fixture_append(ledger, "intent", 0, NULL, NULL), 0);
	record_begin(&rec, "denied");
	record_set(&rec, M_REC, "20260101-0012");
	record_set(&rec, M_WHY, "\"rec\":\"20260101-0001\"");
	assert_int_equal(ledger_append(ledger, &rec, NULL), 0);
	assert_int_equal(
	    fixture_append(ledger, "outcome", 2, "passed", NULL), 0);
	assert_int_equal(
	    ledger_find_record(ledger, "20260101-0001", lines, 3, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(lines[0].seq, 2);
	assert_int_equal(lines[1].seq, 4);
	assert_int_equal(
	    ledger_find_record(ledger, "20260101-0001", lines, 1, &n),
	    LEDGER_FULL);
	assert_int_equal(ledger_last_record(ledger), UINT64_C(202601010012));
	assert_int_equal(
	    ledger_find_record(ledger, "20260101-00", lines, 3, &n), 0);
	assert_int_equal(n, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_A_FOLDER(a_vanished_ledger_is_not_begun_anew),
		IN_A_FOLDER(a_ledger_put_back_is_noticed),
		IN_A_FOLDER(the_ledger_of_another_host_is_not_gone_on_with),
		IN_A_FOLDER(a_last_line_that_does_not_read_stops_everything),
		IN_A_FOLDER(a_file_renamed_away_is_not_written_to),
		IN_A_FOLDER(a_reader_that_locks_the_file_holds_up_nobody),
		IN_A_FOLDER(a_lock_that_was_taken_away_locks_nobody),
		IN_A_FOLDER(a_file_without_a_line_gets_its_mode),
		IN_A_FOLDER(a_record_of_the_wrong_shape_writes_nothing),
		IN_A_FOLDER(a_torn_tail_is_cut_and_said),
		IN_A_FOLDER(every_torn_length_is_mended),
		IN_A_FOLDER(a_long_torn_tail_leaves_nothing_behind),
		IN_A_FOLDER(a_mending_that_is_killed_is_mended),
		IN_A_FOLDER(a_first_line_that_was_torn_is_written_again),
		IN_A_FOLDER(nobody_answers_an_intent_twice),
		IN_A_FOLDER(an_intent_is_open_until_it_is_answered),
		IN_A_FOLDER(open_intents_have_an_end),
		IN_A_FOLDER(
		    checkpoints_cover_the_lines_and_survive_a_torn_note),
		IN_A_FOLDER(the_lines_of_a_record_are_found_for_its_receipt),
	};

	return base_init() != 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}

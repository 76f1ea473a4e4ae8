/* SPDX-License-Identifier: ISC */
/*
 * One file after another is one chain: nothing is lost between two, nothing
 * is renamed over, and what somebody put into the folder is not believed.
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/blob.h"
#include "base/fd.h"
#include "base/text.h"
#include "ledger/files.h"
#include "tests/unit/ledger_fixture.h"

static char path[160];

static const char *
in_dir(const char *name)
{
	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

/* One line of a file of the folder, from 0; "" if it has no such line. */
static const char *
line_of(const char *name, unsigned int n)
{
	static char line[RECORD_LINE_MAX + 1];
	FILE *lines = fopen(in_dir(name), "re");

	assert_non_null(lines);
	line[0] = '\0';
	for (unsigned int i = 0; i <= n; i++)
		if (fgets(line, sizeof(line), lines) == NULL)
			line[0] = '\0';
	(void)fclose(lines);
	return line;
}

static void
add(struct ledger *ledger, unsigned int n)
{
	while (n-- > 0)
		assert_int_equal(
		    fixture_append(ledger, "denied", 0, "denied", NULL), 0);
}

static uint64_t
rotate(struct ledger *ledger)
{
	uint64_t first = 0;

	assert_int_equal(ledger_rotate(ledger, &first), LEDGER_OK);
	return first;
}

static void
a_name_is_a_number_without_more(void **state)
{
	char name[LEDGER_NAME_SIZE];

	(void)state;
	assert_int_equal(ledger_closed_first("ledger.1.jsonl"), 1);
	assert_int_equal(ledger_closed_first("ledger.40961.jsonl"), 40961);
	assert_int_equal(ledger_closed_first("ledger.9007199254740991.jsonl"),
	    RECORD_INT_MAX);
	assert_int_equal(
	    ledger_closed_first("ledger.9007199254740992.jsonl"), 0);
	assert_int_equal(ledger_closed_first("ledger.0.jsonl"), 0);
	assert_int_equal(ledger_closed_first("ledger.01.jsonl"), 0);
	assert_int_equal(ledger_closed_first("ledger.+1.jsonl"), 0);
	assert_int_equal(ledger_closed_first("ledger. 1.jsonl"), 0);
	assert_int_equal(ledger_closed_first("ledger..jsonl"), 0);
	assert_int_equal(ledger_closed_first("ledger.1.jsonl.gz"), 0);
	assert_int_equal(ledger_closed_first("ledger.1.jsonl~"), 0);
	assert_int_equal(ledger_closed_first("xledger.1.jsonl"), 0);
	assert_int_equal(ledger_closed_first("ledger.jsonl"), 0);
	assert_int_equal(
	    ledger_closed_first("ledger.11111111111111111111111111111111"
	                        "11111111111111111111111111.jsonl"),
	    0);
	ledger_closed_name(name, RECORD_INT_MAX);
	assert_string_equal(name, "ledger.9007199254740991.jsonl");
}

static void
a_closed_file_and_the_next_are_one_chain(void **state)
{
	auto_ledger struct ledger *ledger = fixture_open();
	char head[2 * RECORD_HASH_LEN + 1], want[128];
	const char *line;
	uint8_t hash[RECORD_HASH_LEN];
	struct stat st;

	(void)state;
	add(ledger, 2);
	assert_int_equal(rotate(ledger), 1);
	assert_int_equal(ledger_seq(ledger), 5);
	line = line_of("ledger.1.jsonl", 3);
	assert_non_null(strstr(line, "\"seq\":4,"));
	assert_non_null(strstr(line,
	    "\"ev\":\"ledger.rotate\",\"n\":4,\"file\":\"ledger.1.jsonl\""));
	record_line_hash(hash, line, strlen(line));
	hex_print(head, hash, sizeof(hash));
	(void)snprintf(want, sizeof(want),
	    "\"kgen\":0,\"file\":\"ledger.1.jsonl\",\"prev\":\"%s\"}", head);
	line = line_of(LEDGER_FILE, 0);
	assert_non_null(strstr(line, "\"seq\":5,"));
	assert_non_null(strstr(line, "\"ev\":\"ledger.start\","));
	assert_non_null(strstr(line, want));
	assert_string_equal(line_of(LEDGER_FILE, 1), "");
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	add(ledger, 1);
	assert_int_equal(rotate(ledger), 5);
	add(ledger, 1);
	assert_int_equal(fixture_assert_all_whole(9), 2);
}

static void
a_file_is_closed_when_it_is_long_enough(void **state)
{
	auto_ledger struct ledger *ledger = fixture_open();
	struct ledger_line line;

	(void)state;
	add(ledger, 3);
	ledger_rotate_at(ledger, (uint64_t)fixture_size() + 1);
	add(ledger, 1);
	assert_int_equal(access(in_dir("ledger.1.jsonl"), F_OK), -1);
	assert_int_equal(
	    fixture_append(ledger, "denied", 0, "denied", &line), 0);
	/* 5 lines, ledger.rotate, ledger.start, and then the one asked for. */
	assert_int_equal(line.seq, 8);
	assert_string_equal(line_of(LEDGER_FILE, 1), line.text);
	assert_int_equal(fixture_assert_all_whole(8), 1);
}

static void
no_file_is_closed_while_an_intent_is_open(void **state)
{
	auto_ledger struct ledger *ledger = fixture_open();
	uint64_t first = 77;

	(void)state;
	ledger_rotate_at(ledger, 1);
	assert_int_equal(fixture_append(ledger, "intent", 0, NULL, NULL), 0);
	/* Closed before the intent, so it is line 4 of the chain. */
	add(ledger, 5);
	assert_int_equal(ledger_rotate(ledger, &first), LEDGER_OPEN);
	assert_int_equal(first, 77);
	assert_int_equal(
	    fixture_append(ledger, "outcome", 4, "unknown", NULL), 0);
	add(ledger, 1);
	assert_int_equal(ledger_rotate(ledger, &first), LEDGER_OPEN);
	assert_int_equal(fixture_append(ledger, "settle", 4, "moved", NULL), 0);
	assert_int_equal(access(in_dir("ledger.3.jsonl"), F_OK), -1);
	add(ledger, 1);
	assert_int_equal(access(in_dir("ledger.3.jsonl"), F_OK), 0);
	assert_int_equal(fixture_assert_all_whole(15), 2);
}

static void
who_had_the_old_file_open_goes_on_in_the_new_one(void **state)
{
	auto_ledger struct ledger *ledger = fixture_open();
	auto_ledger struct ledger *other = fixture_open();
	auto_ledger struct ledger *reader = fixture_open();
	const struct ledger_open_intent *open;

	(void)state;
	add(ledger, 1);
	(void)rotate(ledger);
	(void)rotate(ledger);
	add(other, 1);
	assert_int_equal(fixture_append(other, "intent", 0, NULL, NULL), 0);
	assert_int_equal(ledger_refresh(reader), LEDGER_OK);
	assert_int_equal(ledger_seq(reader), 8);
	assert_int_equal(ledger_open_intents(reader, &open), 1);
	assert_int_equal(open[0].seq, 8);
	assert_int_equal(
	    fixture_append(ledger, "outcome", 8, "passed", NULL), 0);
	assert_int_equal(fixture_assert_all_whole(9), 2);
}

static void
many_writers_that_rotate_make_one_chain(void **state)
{
	struct verify_report report;
	pid_t child[4];
	int status;

	(void)state;
	for (int i = 0; i < 4; i++) {
		child[i] = fork();
		if (child[i] == 0) {
			struct ledger *ledger = NULL;

			if (ledger_open(dir, "bastion-a", 0, &ledger) != 0)
				_exit(1);
			ledger_rotate_at(ledger, 6000);
			for (int n = 0; n < 60; n++)
				if (fixture_append(ledger, "denied", 0,
				        "denied", NULL) != 0)
					_exit(2);
			_exit(0);
		}
	}
	for (int i = 0; i < 4; i++) {
		assert_int_equal(waitpid(child[i], &status, 0), child[i]);
		assert_int_equal(status, 0);
	}
	fixture_verify_all(&report);
	assert_int_equal(report.exit, 0);
	assert_true(report.file > 5);
	/* A start, and two lines more for each file that was closed. */
	assert_int_equal(report.lines, 4 * 60 + 1 + 2 * report.file);
}

static enum ledger_err
count(void *arg, const struct record *rec, const char *line, size_t len)
{
	(void)rec;
	(void)line;
	(void)len;
	++*(unsigned int *)arg;
	return LEDGER_OK;
}

static void
lines_of_closed_files_are_found(void **state)
{
	auto_ledger struct ledger *ledger = fixture_open();
	auto_ledger struct ledger *other = NULL;
	struct ledger_line lines[4];
	unsigned int n_lines = 0;
	struct record rec;
	size_t n;

	(void)state;
	assert_int_equal(fixture_append(ledger, "intent", 0, NULL, NULL), 0);
	assert_int_equal(
	    fixture_append(ledger, "outcome", 2, "passed", NULL), 0);
	record_begin(&rec, "key.store");
	record_set_int(&rec, M_KGEN, 7);
	assert_int_equal(ledger_append(ledger, &rec, NULL), 0);
	(void)rotate(ledger);
	(void)rotate(ledger);
	other = fixture_open();
	assert_int_equal(
	    ledger_find_record(other, "20260101-0001", lines, 4, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(lines[0].seq, 2);
	assert_int_equal(lines[1].seq, 3);
	assert_int_equal(ledger_each(other, "\"ev\":\"", count, &n_lines), 0);
	assert_int_equal(n_lines, 8);
	/* What the keeper takes from the ledger does not begin anew either. */
	assert_int_equal(ledger_kgen(other), 7);
	assert_int_equal(ledger_last_record(other), UINT64_C(202601010001));
}

static void
a_rotation_is_handed_to_syslog(void **state)
{
	auto_ledger struct ledger *ledger = fixture_open();
	struct ledger_aside asides[LEDGER_ASIDES];
	uint8_t head[RECORD_HASH_LEN];

	(void)state;
	(void)rotate(ledger);
	assert_int_equal(ledger_take_asides(ledger, asides), 2);
	assert_true(record_is(&asides[0].rec, M_EV, "ledger.rotate"));
	assert_true(record_is(&asides[1].rec, M_EV, "ledger.start"));
	ledger_head(ledger, head);
	assert_memory_equal(asides[1].head, head, sizeof(head));
	assert_int_equal(ledger_take_asides(ledger, asides), 0);
}

/* Whatever somebody put under the name that the file would get. */
static void
nothing_is_renamed_over(void **state)
{
	auto_ledger struct ledger *ledger = fixture_open();
	uint64_t first = 0;
	off_t size;

	(void)state;
	add(ledger, 1);
	size = fixture_size();
	assert_int_equal(symlink("/etc/passwd", in_dir("ledger.1.jsonl")), 0);
	assert_int_equal(ledger_rotate(ledger, &first), LEDGER_TAKEN);
	(void)unlink(path);
	assert_int_equal(mkdir(in_dir("ledger.1.jsonl"), 0700), 0);
	assert_int_equal(ledger_rotate(ledger, &first), LEDGER_TAKEN);
	(void)rmdir(path);
	/* A later one would be taken for the file before. */
	(void)close(open(
	    in_dir("ledger.5.jsonl"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	assert_int_equal(ledger_rotate(ledger, &first), LEDGER_TAKEN);
	assert_int_equal(fixture_size(), size);
	/* No line is refused for that: the file grows. */
	ledger_rotate_at(ledger, 1);
	add(ledger, 2);
	assert_int_equal(first, 0);
	(void)unlink(path);
	add(ledger, 1);
	assert_int_equal(fixture_assert_all_whole(7), 1);
}

static void
a_current_file_taken_away_after_a_rotation_is_missed(void **state)
{
	auto_ledger struct ledger *ledger = fixture_open();
	struct ledger *other = NULL;

	(void)state;
	(void)rotate(ledger);
	add(ledger, 1);
	assert_int_equal(unlink(file), 0);
	/* This process read further than the closed file goes. */
	assert_int_equal(fixture_append(ledger, "denied", 0, "denied", NULL),
	    LEDGER_MISSING);
	/* Another one knows it from the mark of the state. */
	assert_int_equal(
	    ledger_open(dir, "bastion-a", 4, &other), LEDGER_MISSING);
	assert_int_equal(access(file, F_OK), -1);
	/* Emptied is no better than gone. */
	(void)close(open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0640));
	assert_int_equal(ledger_open(dir, "bastion-a", 4, &other), LEDGER_BACK);
	assert_int_equal(fixture_size(), 0);
}

static void
a_checkpoint_beyond_the_closed_file_says_so_too(void **state)
{
	auto_ledger struct ledger *ledger = fixture_open();
	auto_blob struct blob *seed = NULL;
	struct ledger *other = NULL;

	(void)state;
	assert_int_equal(blob_new(NOTE_SEED_LEN, &seed), 0);
	assert_int_equal(blob_set_len(seed, NOTE_SEED_LEN), 0);
	(void)rotate(ledger);
	assert_int_equal(ledger_checkpoint(ledger, seed, 0, NULL), 0);
	assert_int_equal(unlink(file), 0);
	assert_int_equal(
	    ledger_open(dir, "bastion-a", 0, &other), LEDGER_MISSING);
	assert_null(other);
}

static void
hostile_names_are_not_gone_on_from(void **state)
{
	auto_ledger struct ledger *ledger = fixture_open();
	struct ledger *other = NULL;
	char closed[160], copy[160];

	(void)state;
	add(ledger, 1);
	(void)rotate(ledger);
	(void)snprintf(closed, sizeof(closed), "%s/ledger.1.jsonl", dir);
	(void)snprintf(copy, sizeof(copy), "%s/ledger.9.jsonl", dir);
	assert_int_equal(unlink(file), 0);
	/* Of another number than its lines have. */
	assert_int_equal(link(closed, copy), 0);
	assert_int_equal(
	    ledger_open(dir, "bastion-a", 0, &other), LEDGER_MISSING);
	(void)unlink(copy);
	assert_int_equal(symlink("ledger.1.jsonl", copy), 0);
	assert_int_equal(
	    ledger_open(dir, "bastion-a", 0, &other), LEDGER_MISSING);
	(void)unlink(copy);
	assert_int_equal(mkfifo(copy, 0600), 0);
	assert_int_equal(
	    ledger_open(dir, "bastion-a", 0, &other), LEDGER_MISSING);
	(void)unlink(copy);
	assert_int_equal(mkdir(copy, 0700), 0);
	assert_int_equal(
	    ledger_open(dir, "bastion-a", 0, &other), LEDGER_MISSING);
	(void)rmdir(copy);
	assert_int_equal(symlink("/dev/null", file), 0);
	assert_int_equal(ledger_open(dir, "bastion-a", 0, &other), LEDGER_IO);
	(void)unlink(file);
	assert_int_equal(
	    ledger_open(dir, "bastion-b", 0, &other), LEDGER_MISSING);
	assert_null(other);
	/* And with the closed file alone it is a rotation to be finished. */
	other = fixture_open();
	assert_int_equal(ledger_seq(other), 4);
	ledger_freep(&other);
	assert_int_equal(fixture_assert_all_whole(4), 1);
}

static void
a_gap_or_an_overlap_is_said_not_read_over(void **state)
{
	auto_ledger struct ledger *ledger = fixture_open();
	struct verify_report report;
	char closed[160], away[160];
	unsigned int n = 0;

	(void)state;
	(void)rotate(ledger); /* 1-2 */
	(void)rotate(ledger); /* 3-4 */
	(void)rotate(ledger); /* 5-6, then 7 */
	(void)snprintf(closed, sizeof(closed), "%s/ledger.3.jsonl", dir);
	(void)snprintf(away, sizeof(away), "%s/away", dir);
	assert_int_equal(rename(closed, away), 0);
	assert_int_equal(
	    ledger_each(ledger, "\"ev\":\"", count, &n), LEDGER_DAMAGED);
	fixture_verify_all(&report);
	assert_int_equal(report.kind, VERIFY_SEQ);
	assert_int_equal(report.seq, 3);
	assert_int_equal(report.file, 1);
	/* A second file with lines of another one. */
	assert_int_equal(rename(away, closed), 0);
	(void)snprintf(away, sizeof(away), "%s/ledger.4.jsonl", dir);
	assert_int_equal(link(closed, away), 0);
	assert_int_equal(
	    ledger_each(ledger, "\"ev\":\"", count, &n), LEDGER_DAMAGED);
	fixture_verify_all(&report);
	assert_int_equal(report.kind, VERIFY_SEQ);
	assert_int_equal(report.seq, 5);
	assert_int_equal(report.file, 2);
	(void)unlink(away);
	/* The oldest may lie elsewhere by now. */
	(void)snprintf(closed, sizeof(closed), "%s/ledger.1.jsonl", dir);
	assert_int_equal(unlink(closed), 0);
	n = 0;
	assert_int_equal(ledger_each(ledger, "\"ev\":\"", count, &n), 0);
	assert_int_equal(n, 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_is_a_number_without_more),
		IN_A_FOLDER(a_closed_file_and_the_next_are_one_chain),
		IN_A_FOLDER(a_file_is_closed_when_it_is_long_enough),
		IN_A_FOLDER(no_file_is_closed_while_an_intent_is_open),
		IN_A_FOLDER(who_had_the_old_file_open_goes_on_in_the_new_one),
		IN_A_FOLDER(many_writers_that_rotate_make_one_chain),
		IN_A_FOLDER(lines_of_closed_files_are_found),
		IN_A_FOLDER(a_rotation_is_handed_to_syslog),
		IN_A_FOLDER(nothing_is_renamed_over),
		IN_A_FOLDER(
		    a_current_file_taken_away_after_a_rotation_is_missed),
		IN_A_FOLDER(a_checkpoint_beyond_the_closed_file_says_so_too),
		IN_A_FOLDER(hostile_names_are_not_gone_on_from),
		IN_A_FOLDER(a_gap_or_an_overlap_is_said_not_read_over),
	};

	return base_init() != 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}

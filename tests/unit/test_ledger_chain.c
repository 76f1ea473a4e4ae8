/* SPDX-License-Identifier: ISC */
/*
 * What was said to be written is there: after a kill, beside another writer,
 * on a full disk. And what a kill left half done never counts.
 */
#include "config.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
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
#include "ledger/chain.h"
#include "ledger/verify.h"

#define GATE "7c4f8be169c10821efb7bc3fb8602f931a2dccdcb0a115e4afa28333e53fed7d"

static char dir[64], file[96], notes[96];

static struct ledger *
open_ledger(void)
{
	struct ledger *ledger = NULL;

	assert_int_equal(ledger_open(dir, "bastion-a", 0, &ledger), LEDGER_OK);
	return ledger;
}

static enum ledger_err
append(struct ledger *ledger, const char *event, uint64_t ref, const char *res,
    struct ledger_line *ret_line)
{
	struct record rec;

	record_begin(&rec, event);
	record_set(&rec, M_REC, "20260101-0001");
	record_set(&rec, M_ACT, "pass");
	if (ref > 0)
		record_set_int(&rec, M_REF, ref);
	if (res != NULL)
		record_set(&rec, M_RES, res);
	if (strcmp(event, "intent") == 0)
		record_set(&rec, M_GATE, GATE);
	return ledger_append(ledger, &rec, ret_line);
}

static void
verify(struct verify_report *report)
{
	const char *const paths[] = { file };

	assert_int_equal(verify_files(paths, 1, NULL, NULL, report), 0);
}

static void
assert_whole(uint64_t lines)
{
	struct verify_report report;

	verify(&report);
	if (report.exit != 0 || report.torn_bytes != 0)
		fail_msg("%s at %d", verify_word(report.kind), (int)report.seq);
	assert_int_equal(report.lines, lines);
}

static off_t
size_of_file(void)
{
	struct stat st;

	assert_int_equal(stat(file, &st), 0);
	return st.st_size;
}

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
	auto_ledger struct ledger *ledger = open_ledger();
	struct ledger *other = NULL;

	(void)state;
	assert_int_equal(append(ledger, "denied", 0, "denied", NULL), 0);
	assert_int_equal(ledger_open(dir, "bastion-a", 2, &other), LEDGER_OK);
	assert_int_equal(truncate(file, 0), 0);
	assert_int_equal(
	    append(ledger, "denied", 0, "denied", NULL), LEDGER_BACK);
	assert_int_equal(
	    append(other, "denied", 0, "denied", NULL), LEDGER_BACK);
	ledger_freep(&other);
	assert_int_equal(ledger_open(dir, "bastion-a", 2, &other), LEDGER_BACK);
	assert_int_equal(size_of_file(), 0);
}

static void
the_ledger_of_another_host_is_not_gone_on_with(void **state)
{
	auto_ledger struct ledger *ledger = open_ledger();
	struct ledger *other = NULL;

	(void)state;
	assert_int_equal(
	    ledger_open(dir, "bastion-b", 0, &other), LEDGER_DAMAGED);
	assert_int_equal(ledger_open(dir, "a b", 0, &other), LEDGER_RECORD);
}

static void
a_last_line_that_does_not_read_stops_everything(void **state)
{
	auto_ledger struct ledger *ledger = open_ledger();
	struct ledger *other = NULL;
	off_t size;

	(void)state;
	add_bytes("{\"v\":1}\n", 8);
	size = size_of_file();
	assert_int_equal(
	    append(ledger, "denied", 0, "denied", NULL), LEDGER_DAMAGED);
	assert_int_equal(
	    ledger_open(dir, "bastion-a", 0, &other), LEDGER_DAMAGED);
	assert_int_equal(size_of_file(), size);
}

static void
a_file_renamed_away_is_not_written_to(void **state)
{
	auto_ledger struct ledger *ledger = open_ledger();
	char away[96];

	(void)state;
	(void)snprintf(away, sizeof(away), "%s/ledger.1.jsonl", dir);
	assert_int_equal(rename(file, away), 0);
	assert_int_equal(
	    append(ledger, "denied", 0, "denied", NULL), LEDGER_MISSING);
	(void)unlink(away);
}

static void
a_record_of_the_wrong_shape_writes_nothing(void **state)
{
	auto_ledger struct ledger *ledger = open_ledger();
	off_t size = size_of_file();
	struct record rec;

	(void)state;
	record_begin(&rec, "denied");
	record_set(&rec, M_GATE, "no hash");
	assert_int_equal(ledger_append(ledger, &rec, NULL), LEDGER_RECORD);
	assert_int_equal(size_of_file(), size);
}

static void
a_torn_tail_is_cut_and_said(void **state)
{
	auto_ledger struct ledger *ledger = open_ledger();
	static const char torn[] = "{\"v\":1,\"seq\":2,\"ts\":\"2026";
	struct ledger_line line;
	struct verify_report report;
	char text[1024] = "";
	auto_fd int fd = -1;

	(void)state;
	add_bytes(torn, sizeof(torn) - 1);
	verify(&report);
	assert_int_equal(report.kind, VERIFY_TORN);
	assert_int_equal(report.seq, 2);
	assert_int_equal(ledger_refresh(ledger), LEDGER_OK);
	assert_int_equal(ledger_seq(ledger), 1);
	assert_int_equal(append(ledger, "denied", 0, "denied", &line), 0);
	assert_int_equal(line.seq, 3);
	assert_whole(3);
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
	struct ledger *ledger = open_ledger();

	(void)state;
	ledger_freep(&ledger);
	for (size_t n = 1; n < sizeof(torn); n++) {
		add_bytes(torn, n);
		ledger = open_ledger();
		assert_int_equal(ledger_seq(ledger), 1 + n);
		ledger_freep(&ledger);
	}
	assert_whole(sizeof(torn));
}

static void
a_first_line_that_was_torn_is_written_again(void **state)
{
	auto_ledger struct ledger *ledger = NULL;
	int fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0640);

	(void)state;
	assert_int_equal(fd_write_all(fd, "{\"v\":1,", 7), 0);
	(void)close(fd);
	ledger = open_ledger();
	assert_int_equal(ledger_seq(ledger), 1);
	assert_whole(1);
}

static void
an_intent_is_open_until_it_is_answered(void **state)
{
	auto_ledger struct ledger *ledger = open_ledger();
	const struct ledger_open_intent *open;
	struct ledger *other;
	struct ledger_line line;

	(void)state;
	assert_int_equal(append(ledger, "intent", 0, NULL, &line), 0);
	assert_int_equal(append(ledger, "denied", 0, "denied", NULL), 0);
	other = open_ledger();
	assert_int_equal(ledger_open_intents(other, &open), 1);
	assert_int_equal(open[0].seq, line.seq);
	assert_string_equal(open[0].record, "20260101-0001");
	assert_string_equal(open[0].act, "pass");
	assert_ptr_equal(ledger_find_open(other, GATE), open);
	assert_null(ledger_find_open(other, ""));
	assert_int_equal(append(ledger, "outcome", 2, "unknown", NULL), 0);
	assert_int_equal(ledger_refresh(other), LEDGER_OK);
	assert_int_equal(ledger_open_intents(other, &open), 1);
	assert_true(open[0].unknown);
	assert_int_equal(append(other, "settle", 2, "moved", NULL), 0);
	assert_int_equal(ledger_open_intents(other, &open), 0);
	ledger_freep(&other);
	assert_whole(5);
}

static void
nobody_answers_an_intent_twice(void **state)
{
	auto_ledger struct ledger *ledger = open_ledger();
	struct ledger *other = open_ledger();

	(void)state;
	assert_int_equal(
	    append(ledger, "outcome", 1, "passed", NULL), LEDGER_ANSWERED);
	assert_int_equal(append(ledger, "intent", 0, NULL, NULL), 0);
	assert_int_equal(append(other, "settle", 2, "moved", NULL), 0);
	assert_int_equal(
	    append(ledger, "outcome", 2, "passed", NULL), LEDGER_ANSWERED);
	assert_int_equal(append(ledger, "intent", 0, NULL, NULL), 0);
	assert_int_equal(append(ledger, "outcome", 4, "unknown", NULL), 0);
	assert_int_equal(
	    append(ledger, "outcome", 4, "passed", NULL), LEDGER_ANSWERED);
	assert_int_equal(append(ledger, "settle", 4, "turned", NULL), 0);
	ledger_freep(&other);
	assert_whole(6);
}

static void
open_intents_have_an_end(void **state)
{
	auto_ledger struct ledger *ledger = open_ledger();

	(void)state;
	for (int i = 0; i < LEDGER_OPEN_MAX; i++)
		assert_int_equal(append(ledger, "intent", 0, NULL, NULL), 0);
	assert_int_equal(append(ledger, "intent", 0, NULL, NULL), LEDGER_FULL);
	assert_int_equal(append(ledger, "outcome", 2, "passed", NULL), 0);
	assert_int_equal(append(ledger, "intent", 0, NULL, NULL), 0);
}

/* In a child: appends until killed, and tells each seq once it is durable. */
static void
append_for_ever(int tell)
{
	struct ledger *ledger = NULL;
	struct ledger_line line;

	if (ledger_open(dir, "bastion-a", 0, &ledger) != LEDGER_OK)
		_exit(1);
	for (;;) {
		if (append(ledger, "denied", 0, "denied", &line) != LEDGER_OK)
			_exit(1);
		if (write(tell, &line, sizeof(line)) != sizeof(line))
			_exit(1);
	}
}

static void
assert_is_there(const struct ledger_line *told)
{
	FILE *lines = fopen(file, "re");
	char text[RECORD_LINE_MAX + 1] = "";

	for (uint64_t i = 0; i < told->seq; i++)
		assert_non_null(fgets(text, sizeof(text), lines));
	assert_string_equal(text, told->text);
	(void)fclose(lines);
}

static void
no_acknowledged_line_is_lost_by_a_kill(void **state)
{
	struct ledger_line line, last = { .seq = 0 };
	int tell[2], status;
	pid_t child[2];

	(void)state;
	for (int round = 0; round < 25; round++) {
		assert_int_equal(pipe2(tell, O_CLOEXEC), 0);
		for (int i = 0; i < 2; i++) {
			child[i] = fork();
			if (child[i] == 0)
				append_for_ever(tell[1]);
		}
		(void)close(tell[1]);
		assert_int_equal(
		    read(tell[0], &line, sizeof(line)), sizeof(line));
		(void)usleep((useconds_t)(round * 397 % 5000));
		for (int i = 0; i < 2; i++)
			(void)kill(child[i], SIGKILL);
		for (int i = 0; i < 2; i++) {
			(void)waitpid(child[i], &status, 0);
			assert_true(WIFSIGNALED(status));
		}
		do {
			last = line;
		} while (read(tell[0], &line, sizeof(line)) == sizeof(line));
		(void)close(tell[0]);
		assert_is_there(&last);
	}
	{
		auto_ledger struct ledger *ledger = open_ledger();

		assert_whole(ledger_seq(ledger));
		assert_true(ledger_seq(ledger) > 50);
	}
}

static void
append_some(int n)
{
	struct ledger *ledger = NULL;

	if (ledger_open(dir, "bastion-a", 0, &ledger) != LEDGER_OK)
		_exit(1);
	for (int i = 0; i < n; i++)
		if (append(ledger, "denied", 0, "denied", NULL) != LEDGER_OK)
			_exit(1);
	_exit(0);
}

static void
two_writers_make_one_chain(void **state)
{
	pid_t child[3];
	int status;

	(void)state;
	for (int i = 0; i < 3; i++) {
		child[i] = fork();
		if (child[i] == 0)
			append_some(100);
	}
	for (int i = 0; i < 3; i++) {
		assert_int_equal(waitpid(child[i], &status, 0), child[i]);
		assert_int_equal(status, 0);
	}
	assert_whole(301);
}

static void
a_line_that_does_not_fit_leaves_the_file_as_it_was(void **state)
{
	auto_ledger struct ledger *ledger = open_ledger();
	off_t size = size_of_file();
	struct rlimit before, limit;

	(void)state;
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = (rlim_t)size + 100;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(
	    append(ledger, "denied", 0, "denied", NULL), LEDGER_FULL);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(size_of_file(), size);
	assert_int_equal(append(ledger, "denied", 0, "denied", NULL), 0);
	assert_whole(2);
}

static bool
write_proc(const char *path, const char *text)
{
	auto_fd int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd >= 0 && fd_write_all(fd, text, strlen(text)) == 0;
}

/* A file system of 256 KiB of our own; false if the kernel says no. */
static bool
enter_small_disk(void)
{
	int flags = CLONE_NEWNS | (getuid() == 0 ? 0 : CLONE_NEWUSER);
	char uid[32], gid[32];

	(void)snprintf(uid, sizeof(uid), "0 %u 1", (unsigned int)getuid());
	(void)snprintf(gid, sizeof(gid), "0 %u 1", (unsigned int)getgid());
	if (unshare(flags) != 0)
		return false;
	if ((flags & CLONE_NEWUSER) != 0 &&
	    (!write_proc("/proc/self/setgroups", "deny") ||
	        !write_proc("/proc/self/uid_map", uid) ||
	        !write_proc("/proc/self/gid_map", gid)))
		return false;
	return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("small", dir, "tmpfs", 0, "size=256k") == 0;
}

static void
fill_the_disk(void)
{
	char path[96], block[4096] = "";
	int fd;

	(void)snprintf(path, sizeof(path), "%s/rest", dir);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	while (write(fd, block, sizeof(block)) == sizeof(block))
		;
	(void)close(fd);
}

/* In a child. 0: as promised; 77: no such disk here; else the line. */
static int
fill_and_answer(void)
{
	struct ledger *ledger = NULL;
	struct verify_report report;
	const char *const paths[] = { file };
	enum ledger_err e = LEDGER_OK;

	if (!enter_small_disk())
		return 77;
	if (ledger_open(dir, "bastion-a", 0, &ledger) != LEDGER_OK)
		return 1;
	for (int i = 0; i < 3; i++)
		if (append(ledger, "intent", 0, NULL, NULL) != LEDGER_OK)
			return 2;
	fill_the_disk();
	/* A flood of refusals takes nothing from what the intents need. */
	for (int i = 0; i < 2000 && e == LEDGER_OK; i++)
		e = append(ledger, "denied", 0, "denied", NULL);
	if (e != LEDGER_FULL)
		return 3;
	if (append(ledger, "intent", 0, NULL, NULL) != LEDGER_FULL)
		return 4;
	if (append(ledger, "outcome", 2, "passed", NULL) != LEDGER_OK ||
	    append(ledger, "outcome", 3, "unknown", NULL) != LEDGER_OK ||
	    append(ledger, "outcome", 4, "rejected", NULL) != LEDGER_OK ||
	    append(ledger, "settle", 3, "moved", NULL) != LEDGER_OK)
		return 5;
	if (verify_files(paths, 1, NULL, NULL, &report) != 0 ||
	    report.exit != 0)
		return 6;
	return 0;
}

static void
a_full_disk_stops_the_call_not_the_outcome(void **state)
{
	pid_t child = fork();
	int status;

	(void)state;
	if (child == 0)
		_exit(fill_and_answer());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77) {
		print_message("skip: no mount namespace for a small disk\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), 0);
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
	auto_ledger struct ledger *ledger = open_ledger();
	auto_blob struct blob *seed = new_seed();
	const char *const paths[] = { file };
	char note[CHECKPOINT_SIZE];
	struct note_verifier verifier;
	struct verify_report report;
	auto_fd int fd = -1;

	(void)state;
	assert_int_equal(
	    note_verifier_of_seed("bastion-a", seed, &verifier), 0);
	assert_true(ledger_checkpoint_due(ledger, 64, 3600000));
	assert_int_equal(ledger_checkpoint(ledger, seed, 3, note), 0);
	assert_false(ledger_checkpoint_due(ledger, 64, 3600000));
	fd = open(notes, O_WRONLY | O_APPEND | O_CLOEXEC);
	assert_int_equal(fd_write_all(fd, "\nwarder/ledger/bas", 18), 0);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(
		    append(ledger, "denied", 0, "denied", NULL), 0);
		assert_int_equal(ledger_checkpoint(ledger, seed, 3, NULL), 0);
	}
	assert_true(ledger_checkpoint_due(ledger, 0, 3600000));
	assert_int_equal(verify_files(paths, 1, notes, &verifier, &report), 0);
	assert_string_equal(verify_word(report.kind), "ok");
	assert_int_equal(report.checkpoints, 6);
	assert_int_equal(report.covered, 6);
}

static void
the_lines_of_a_record_are_found_for_its_receipt(void **state)
{
	auto_ledger struct ledger *ledger = open_ledger();
	struct ledger_line lines[3];
	struct record rec;
	size_t n;

	(void)state;
	assert_int_equal(append(ledger, "intent", 0, NULL, NULL), 0);
	record_begin(&rec, "denied");
	record_set(&rec, M_REC, "20260101-0012");
	record_set(&rec, M_WHY, "\"rec\":\"20260101-0001\"");
	assert_int_equal(ledger_append(ledger, &rec, NULL), 0);
	assert_int_equal(append(ledger, "outcome", 2, "passed", NULL), 0);
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

static int
setup(void **state)
{
	(void)state;
	(void)snprintf(dir, sizeof(dir), "/tmp/test_ledger_chain.XXXXXX");
	if (mkdtemp(dir) == NULL)
		return -1;
	(void)snprintf(file, sizeof(file), "%s/%s", dir, LEDGER_FILE);
	(void)snprintf(notes, sizeof(notes), "%s/%s", dir, LEDGER_CHECKPOINTS);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	(void)unlink(file);
	(void)unlink(notes);
	return rmdir(dir);
}

#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_A_FOLDER(a_vanished_ledger_is_not_begun_anew),
		IN_A_FOLDER(a_ledger_put_back_is_noticed),
		IN_A_FOLDER(the_ledger_of_another_host_is_not_gone_on_with),
		IN_A_FOLDER(a_last_line_that_does_not_read_stops_everything),
		IN_A_FOLDER(a_file_renamed_away_is_not_written_to),
		IN_A_FOLDER(a_record_of_the_wrong_shape_writes_nothing),
		IN_A_FOLDER(a_torn_tail_is_cut_and_said),
		IN_A_FOLDER(every_torn_length_is_mended),
		IN_A_FOLDER(a_first_line_that_was_torn_is_written_again),
		IN_A_FOLDER(nobody_answers_an_intent_twice),
		IN_A_FOLDER(an_intent_is_open_until_it_is_answered),
		IN_A_FOLDER(open_intents_have_an_end),
		IN_A_FOLDER(no_acknowledged_line_is_lost_by_a_kill),
		IN_A_FOLDER(two_writers_make_one_chain),
		IN_A_FOLDER(a_line_that_does_not_fit_leaves_the_file_as_it_was),
		IN_A_FOLDER(a_full_disk_stops_the_call_not_the_outcome),
		IN_A_FOLDER(
		    checkpoints_cover_the_lines_and_survive_a_torn_note),
		IN_A_FOLDER(the_lines_of_a_record_are_found_for_its_receipt),
	};

	return base_init() != 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}

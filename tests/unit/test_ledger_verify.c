/* SPDX-License-Identifier: ISC */
/*
 * Every damage is named with its kind and place: all recorded cases, and
 * each single byte of a small ledger changed in turn.
 */
#include "config.h"

#include <cjson/cJSON.h>
#include <errno.h>
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
#include "ledger/verify.h"

static struct note_verifier verifier;

static char *
load(const char *path, size_t *ret_len)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t room = 0;
	ssize_t n;

	if (file == NULL)
		fail_msg("cannot read %s", path);
	n = getdelim(&text, &room, EOF, file);
	assert_true(n >= 0);
	(void)fclose(file);
	*ret_len = (size_t)n;
	return text;
}

static void
path_of(const char *name, char ret[512])
{
	const char *top = getenv("top_srcdir");

	(void)snprintf(ret, 512, "%s/tests/vectors/ledger-v1/%s",
	    top == NULL ? "." : top, name);
}

static char *
load_vector(const char *name, size_t *ret_len)
{
	char path[512];

	path_of(name, path);
	return load(path, ret_len);
}

static const char *
text_of(const cJSON *object, const char *name)
{
	return cJSON_GetStringValue(cJSON_GetObjectItem(object, name));
}

static void
check_ledger(const cJSON *wanted)
{
	const char *notes = text_of(wanted, "checkpoints");
	char path[512], notes_path[512];
	const char *const paths[] = { path };
	struct verify_report report;

	path_of(text_of(wanted, "file"), path);
	if (notes != NULL)
		path_of(notes, notes_path);
	assert_int_equal(
	    verify_files(paths, 1, notes != NULL ? notes_path : NULL, &verifier,
	        &report),
	    0);
	if (strcmp(verify_word(report.kind), text_of(wanted, "verdict")) != 0 ||
	    (int)report.seq != cJSON_GetObjectItem(wanted, "seq")->valueint ||
	    report.exit != cJSON_GetObjectItem(wanted, "exit")->valueint)
		fail_msg("%s: %s at %d, exit %d", path,
		    verify_word(report.kind), (int)report.seq, report.exit);
}

static void
every_recorded_ledger_has_its_verdict(void **state)
{
	size_t len;
	char *text = load_vector("index.json", &len);
	cJSON *index = cJSON_ParseWithLength(text, len);
	const cJSON *wanted;
	int n = 0;

	(void)state;
	cJSON_ArrayForEach(wanted, cJSON_GetObjectItem(index, "ledgers"))
	{
		check_ledger(wanted);
		n++;
	}
	assert_int_equal(n, 19);
	cJSON_Delete(index);
	free(text);
}

static void
every_recorded_receipt_has_its_verdict(void **state)
{
	size_t len, note_len;
	char *text = load_vector("index.json", &len), *note;
	cJSON *index = cJSON_ParseWithLength(text, len);
	const cJSON *wanted;
	int n = 0;

	(void)state;
	cJSON_ArrayForEach(wanted, cJSON_GetObjectItem(index, "receipts"))
	{
		note = load_vector(text_of(wanted, "file"), &note_len);
		assert_string_equal(
		    note_word(receipt_open(note, note_len, &verifier)),
		    text_of(wanted, "verdict"));
		free(note);
		n++;
	}
	assert_int_equal(n, 9);
	cJSON_Delete(index);
	free(text);
}

/* Writes bytes to a file of this test's own and verifies it. */
static void
verify_bytes(const char *bytes, size_t len, bool with_notes,
    struct verify_report *ret_report)
{
	char path[] = "/tmp/test_ledger_verify.XXXXXX", notes[512];
	const char *const paths[] = { path };
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, bytes, len), 0);
	(void)close(fd);
	path_of("../ledger-v1.checkpoints", notes);
	assert_int_equal(verify_files(paths, 1, with_notes ? notes : NULL,
	                     &verifier, ret_report),
	    0);
	(void)unlink(path);
}

static void
every_changed_byte_of_a_covered_ledger_is_named(void **state)
{
	size_t len;
	char *text = load_vector("../ledger-v1.jsonl", &len);
	struct verify_report report;

	(void)state;
	for (size_t i = 0; i < len; i++) {
		text[i] ^= 1;
		verify_bytes(text, len, true, &report);
		if (report.exit != 40)
			fail_msg("byte %zu: exit %d", i, report.exit);
		text[i] ^= 1;
	}
	free(text);
}

static void
every_shorter_ledger_is_short_of_its_checkpoint(void **state)
{
	size_t len;
	char *text = load_vector("../ledger-v1.jsonl", &len);
	struct verify_report report;

	(void)state;
	for (size_t i = 0; i < len; i += 7) {
		verify_bytes(text, i, true, &report);
		assert_int_equal(report.kind, VERIFY_TRUNCATED);
		assert_int_equal(report.exit, 40);
	}
	free(text);
}

static void
a_ledger_without_its_first_line_is_no_whole_one(void **state)
{
	size_t len;
	char *text = load_vector("../ledger-v1.jsonl", &len);
	char *second = strchr(text, '\n') + 1;
	struct verify_report report;

	(void)state;
	verify_bytes(second, len - (size_t)(second - text), false, &report);
	assert_int_equal(report.kind, VERIFY_SEQ);
	assert_int_equal(report.seq, 1);
	free(text);
}

static void
two_files_are_one_chain(void **state)
{
	char path[2][40] = { "/tmp/test_ledger_verify.XXXXXX",
		"/tmp/test_ledger_verify.XXXXXX" };
	const char *const paths[] = { path[0], path[1] };
	const char *const swapped[] = { path[1], path[0] };
	struct verify_report report;
	size_t len, cut;
	char *text = load_vector("../ledger-v1.jsonl", &len);
	int fd;

	(void)state;
	cut = (size_t)(strstr(text, "{\"v\":1,\"seq\":6,") - text);
	fd = mkstemp(path[0]);
	assert_int_equal(fd_write_all(fd, text, cut), 0);
	(void)close(fd);
	fd = mkstemp(path[1]);
	assert_int_equal(fd_write_all(fd, text + cut, len - cut), 0);
	(void)close(fd);
	assert_int_equal(verify_files(paths, 2, NULL, NULL, &report), 0);
	assert_int_equal(report.exit, 0);
	assert_int_equal(report.lines, 12);
	assert_int_equal(verify_files(swapped, 2, NULL, NULL, &report), 0);
	assert_int_equal(report.kind, VERIFY_SEQ);
	(void)unlink(path[0]);
	(void)unlink(path[1]);
	free(text);
}

static void
the_lines_of_another_host_are_not_taken_for_ours(void **state)
{
	struct note_verifier other = verifier;
	char path[512];
	const char *const paths[] = { path };
	struct verify_report report;

	(void)state;
	path_of("../ledger-v1.jsonl", path);
	(void)snprintf(other.host, sizeof(other.host), "bastion-b");
	assert_int_equal(verify_files(paths, 1, NULL, &other, &report), 0);
	assert_int_equal(report.kind, VERIFY_HOST);
	assert_int_equal(report.seq, 1);
	assert_int_equal(report.exit, 40);
}

static void
a_file_that_cannot_be_read_is_not_called_whole(void **state)
{
	const char *const paths[] = { "/nonexistent/ledger.jsonl" };
	struct verify_report report;

	(void)state;
	assert_int_equal(verify_files(paths, 1, NULL, NULL, &report), 0);
	assert_int_equal(report.kind, VERIFY_UNREAD);
	assert_int_equal(report.exit, 25);
}

/* The first `len` bytes of the recorded checkpoints, under the ledger. */
static void
verify_notes(const char *bytes, size_t len, struct verify_report *ret_report)
{
	char path[] = "/tmp/test_ledger_verify.XXXXXX", lines[512];
	const char *const paths[] = { lines };
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, bytes, len), 0);
	(void)close(fd);
	path_of("../ledger-v1.jsonl", lines);
	assert_int_equal(
	    verify_files(paths, 1, path, &verifier, ret_report), 0);
	(void)unlink(path);
}

/* As a kill in the middle of a write leaves it. */
static void
half_a_checkpoint_at_the_end_is_no_damage(void **state)
{
	size_t len, first;
	char *text = load_vector("../ledger-v1.checkpoints", &len);
	struct verify_report report;

	(void)state;
	first = (size_t)(strstr(text, "\n\nwarder/ledger/") + 1 - text);
	for (size_t i = 0; i <= len; i++) {
		verify_notes(text, i, &report);
		if (report.kind != VERIFY_WHOLE || report.exit != 0)
			fail_msg("%zu bytes: %s", i, verify_word(report.kind));
		assert_int_equal(report.checkpoints, i == len     ? 2
		                                     : i >= first ? 1
		                                                  : 0);
		assert_int_equal(report.torn_note_bytes,
		    i == len         ? 0
		    : i <= first     ? i % first
		    : i == first + 1 ? 1
		                     : i - first - (i > first));
	}
	free(text);
}

static void
what_is_no_beginning_of_ours_is_no_half_checkpoint(void **state)
{
	static const char *const ends[] = { "\n\n", "\nw\n",
		"\nwarder/ledger/x", "\nwarder/receipt/bastion-a\n", "x" };
	size_t len, more;
	char *text = load_vector("../ledger-v1.checkpoints", &len);
	struct verify_report report;
	char both[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		more = strlen(ends[i]);
		assert_true(len + more <= sizeof(both));
		memcpy(both, text, len);
		memcpy(both + len, ends[i], more);
		verify_notes(both, len + more, &report);
		assert_int_equal(report.kind, VERIFY_NOTE_FORM);
		assert_int_equal(report.exit, 40);
	}
	free(text);
}

/* Eight lines by a pipe, and meanwhile a checkpoint of the twelfth. */
static void
write_meanwhile(const char *pipe, const char *notes)
{
	size_t len, notes_len, lines;
	char *text = load_vector("../ledger-v1.jsonl", &len);
	char *all = load_vector("../ledger-v1.checkpoints", &notes_len);
	int fd = open(pipe, O_WRONLY | O_CLOEXEC), to;

	lines = (size_t)(strstr(text, "{\"v\":1,\"seq\":9,") - text);
	to = open(notes, O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (fd < 0 || to < 0 || fd_write_all(to, all, notes_len) != 0 ||
	    fd_write_all(fd, text, lines) != 0)
		_exit(1);
	_exit(0);
}

static void
a_checkpoint_made_meanwhile_is_no_damage(void **state)
{
	char folder[] = "/tmp/test_ledger_verify.XXXXXX", pipe[64], notes[64];
	const char *const paths[] = { pipe };
	size_t len;
	char *text = load_vector("../ledger-v1.checkpoints", &len);
	struct verify_report report;
	int fd, status;
	pid_t child;

	(void)state;
	assert_non_null(mkdtemp(folder));
	(void)snprintf(pipe, sizeof(pipe), "%s/lines", folder);
	(void)snprintf(notes, sizeof(notes), "%s/notes", folder);
	assert_int_equal(mkfifo(pipe, 0600), 0);
	fd = open(notes, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(
	    fd_write_all(fd, text,
	        (size_t)(strstr(text, "\n\nwarder/ledger/") + 1 - text)),
	    0);
	(void)close(fd);
	free(text);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		write_meanwhile(pipe, notes);
	assert_int_equal(verify_files(paths, 1, notes, &verifier, &report), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_string_equal(verify_word(report.kind), "ok");
	assert_int_equal(report.lines, 8);
	assert_int_equal(report.covered, 8);
	(void)unlink(pipe);
	(void)unlink(notes);
	(void)rmdir(folder);
}

static void
checkpoints_that_cannot_be_read_are_named_as_such(void **state)
{
	struct verify_report report;
	char path[512];
	const char *const paths[] = { path };

	(void)state;
	path_of("../ledger-v1.jsonl", path);
	assert_int_equal(
	    verify_files(paths, 1, "/nonexistent/notes", &verifier, &report),
	    0);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(report.kind, VERIFY_UNREAD);
	assert_true(report.is_notes);
	assert_int_equal(verify_files(paths, 1, "/", &verifier, &report), 0);
	assert_int_equal(errno, EISDIR);
	assert_int_equal(report.exit, 25);
	assert_true(report.is_notes);
}

static void
a_ledger_without_a_line_is_no_whole_one(void **state)
{
	struct verify_report report;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		verify_bytes("{\"", i, false, &report);
		assert_int_equal(report.kind, VERIFY_SEQ);
		assert_int_equal(report.seq, 1);
		assert_int_equal(report.exit, 40);
	}
}

static int
setup(void **state)
{
	size_t len;
	char *line;

	(void)state;
	if (base_init() != 0)
		return -1;
	line = load_vector("../ledger-v1.pub", &len);
	assert_int_equal(note_verifier_parse(line, len, &verifier), 0);
	free(line);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    every_changed_byte_of_a_covered_ledger_is_named),
		cmocka_unit_test(
		    every_shorter_ledger_is_short_of_its_checkpoint),
		cmocka_unit_test(
		    a_ledger_without_its_first_line_is_no_whole_one),
		cmocka_unit_test(
		    the_lines_of_another_host_are_not_taken_for_ours),
		cmocka_unit_test(
		    a_file_that_cannot_be_read_is_not_called_whole),
		cmocka_unit_test(a_ledger_without_a_line_is_no_whole_one),
		cmocka_unit_test(half_a_checkpoint_at_the_end_is_no_damage),
		cmocka_unit_test(
		    what_is_no_beginning_of_ours_is_no_half_checkpoint),
		cmocka_unit_test(a_checkpoint_made_meanwhile_is_no_damage),
		cmocka_unit_test(
		    checkpoints_that_cannot_be_read_are_named_as_such),
		cmocka_unit_test(every_recorded_ledger_has_its_verdict),
		cmocka_unit_test(every_recorded_receipt_has_its_verdict),
		cmocka_unit_test(two_files_are_one_chain),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}

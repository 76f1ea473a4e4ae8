/* SPDX-License-Identifier: ISC */
/* A ledger that lives for one test. */
#include "config.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ledger/files.h"
#include "tests/unit/ledger_fixture.h"

#define FILES 64

char dir[64], file[96], notes[96];

struct ledger *
fixture_open(void)
{
	struct ledger *ledger = NULL;

	assert_int_equal(ledger_open(dir, "bastion-a", 0, &ledger), LEDGER_OK);
	return ledger;
}

enum ledger_err
fixture_append(struct ledger *ledger, const char *event, uint64_t ref,
    const char *res, struct ledger_line *ret_line)
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

void
fixture_verify(struct verify_report *report)
{
	const char *const paths[] = { file };

	assert_int_equal(verify_files(paths, 1, NULL, NULL, report), 0);
}

void
fixture_assert_whole(uint64_t lines)
{
	struct verify_report report;

	fixture_verify(&report);
	if (report.exit != 0 || report.torn_bytes != 0)
		fail_msg("%s at %d", verify_word(report.kind), (int)report.seq);
	assert_int_equal(report.lines, lines);
}

void
fixture_verify_all(struct verify_report *report)
{
	char paths[FILES][160];
	const char *names[FILES + 1];
	struct ledger_closed closed;
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char name[LEDGER_NAME_SIZE];

	assert_int_equal(ledger_closed_list(fd, &closed), 0);
	(void)close(fd);
	assert_true(closed.n < FILES);
	for (size_t i = 0; i < closed.n; i++) {
		ledger_closed_name(name, closed.first[i]);
		(void)snprintf(paths[i], sizeof(paths[i]), "%s/%s", dir, name);
		names[i] = paths[i];
	}
	names[closed.n] = file;
	assert_int_equal(
	    verify_files(names, closed.n + 1, NULL, NULL, report), 0);
}

size_t
fixture_assert_all_whole(uint64_t lines)
{
	struct verify_report report;

	fixture_verify_all(&report);
	if (report.exit != 0 || report.torn_bytes != 0)
		fail_msg("%s at %d", verify_word(report.kind), (int)report.seq);
	assert_int_equal(report.first, 1);
	assert_int_equal(report.lines, lines);
	return report.file;
}

off_t
fixture_size(void)
{
	struct stat st;

	assert_int_equal(stat(file, &st), 0);
	return st.st_size;
}

int
fixture_setup(void **state)
{
	(void)state;
	(void)snprintf(dir, sizeof(dir), "/tmp/test_ledger_chain.XXXXXX");
	if (mkdtemp(dir) == NULL)
		return -1;
	(void)snprintf(file, sizeof(file), "%s/%s", dir, LEDGER_FILE);
	(void)snprintf(notes, sizeof(notes), "%s/%s", dir, LEDGER_CHECKPOINTS);
	return 0;
}

int
fixture_teardown(void **state)
{
	DIR *all = opendir(dir);
	const struct dirent *entry;

	(void)state;
	while (all != NULL && (entry = readdir(all)) != NULL)
		if (unlinkat(dirfd(all), entry->d_name, 0) != 0)
			(void)unlinkat(dirfd(all), entry->d_name, AT_REMOVEDIR);
	if (all != NULL)
		(void)closedir(all);
	return rmdir(dir);
}

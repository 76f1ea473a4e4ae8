/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "ctl/doctor.h"
#include "doctor_folder.h"

char folder[64];

/* FOLDER/name; the last few that were asked for stay. */
const char *
at(const char *name)
{
	static char paths[8][128];
	static size_t next;
	char *path = paths[next++ % 8];

	(void)snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

void
put(const char *name, const char *text)
{
	FILE *file = fopen(at(name), "we");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(at(name), 0644), 0);
}

void
drop(const char *name)
{
	assert_int_equal(remove(at(name)), 0);
}

int
doctor_folder_make(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/warder-doctor-XXXXXX");
	return mkdtemp(folder) == NULL ? -1 : 0;
}

int
doctor_folder_drop(void **state)
{
	(void)state;
	return rmdir(folder);
}

void
expect_found(size_t ok, size_t warn, size_t bad)
{
	for (size_t i = 0; finding_text(i) != NULL; i++)
		print_message("%s\n", finding_text(i));
	assert_int_equal(findings_count(FINDING_OK), ok);
	assert_int_equal(findings_count(FINDING_WARN), warn);
	assert_int_equal(findings_count(FINDING_BAD), bad);
}

/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"
#include "ledger/files.h"
#include "ledger/record.h"

uint64_t
ledger_closed_first(const char *name)
{
	char digits[LEDGER_NAME_SIZE] = "";
	uint64_t first;
	size_t n;

	if (strncmp(name, "ledger.", 7) != 0)
		return 0;
	n = strspn(name + 7, "0123456789");
	if (n >= sizeof(digits) || strcmp(name + 7 + n, ".jsonl") != 0)
		return 0;
	memcpy(digits, name + 7, n);
	return text_parse_number(digits, RECORD_INT_MAX, &first) == 0 ? first
	                                                              : 0;
}

void
ledger_closed_name(char ret[LEDGER_NAME_SIZE], uint64_t first)
{
	(void)snprintf(
	    ret, LEDGER_NAME_SIZE, "ledger.%" PRIu64 ".jsonl", first);
}

static int
by_first(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return left < right ? -1 : left > right;
}

int
ledger_closed_list(int dir, struct ledger_closed *closed)
{
	int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *names = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *entry;
	uint64_t first;
	int r = WARDER_OK;

	closed->n = 0;
	if (names == NULL) {
		fd_closep(&copy);
		return WARDER_ESYS;
	}
	errno = 0;
	while (r == 0 && (entry = readdir(names)) != NULL) {
		first = ledger_closed_first(entry->d_name);
		if (first == 0)
			continue;
		if (closed->n == LEDGER_CLOSED_MAX)
			r = WARDER_EFULL;
		else
			closed->first[closed->n++] = first;
	}
	if (r == 0 && errno != 0)
		r = WARDER_ESYS;
	(void)closedir(names);
	qsort(closed->first, closed->n, sizeof(closed->first[0]), by_first);
	return r;
}

int
ledger_closed_open(int dir, const char *name)
{
	/* Of a pipe that somebody put there nobody waits for an end. */
	int fd =
	    openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	fd_closep(&fd);
	errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
	return -1;
}

/* SPDX-License-Identifier: ISC */
/* How doctor looks: at files that may be anything, and never without an end. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "ctl/doctor.h"

#define FILE_MAX (1 << 20)

FILE *
doctor_open(const char *path, bool is_no_link)
{
	/* O_NONBLOCK: a FIFO put there does not hold us. */
	auto_fd int fd =
	    open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY |
	                   (is_no_link ? O_NOFOLLOW : 0));
	struct stat st;
	FILE *file;

	if (fd < 0 || fstat(fd, &st) != 0)
		return NULL;
	if (!S_ISREG(st.st_mode) || st.st_size > FILE_MAX) {
		errno = S_ISREG(st.st_mode) ? EFBIG : EINVAL;
		return NULL;
	}
	if ((file = fdopen(fd, "r")) != NULL)
		(void)fd_steal(&fd);
	return file;
}

bool
doctor_has_conf(const struct conf *conf)
{
	static const uint8_t zeros[CONF_HASH_LEN];

	return memcmp(conf->hash, zeros, sizeof(zeros)) != 0;
}

bool
doctor_is_plain(const char *word)
{
	return word[0] != '\0' && word[0] != '-' &&
	       word[strspn(word, "abcdefghijklmnopqrstuvwxyz"
	                         "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                         "0123456789_-./+@:")] == '\0';
}

bool
doctor_first_loose(const char *path, char ret[PATH_MAX])
{
	size_t len = 0;
	struct stat st;

	while (len < strlen(path)) {
		/* "/" first, then one part more each time. */
		if (len > 0)
			len += strcspn(path + len, "/");
		(void)snprintf(
		    ret, PATH_MAX, "%.*s", len == 0 ? 1 : (int)len, path);
		len += strspn(path + len, "/");
		if (lstat(ret, &st) != 0)
			return false;
		if (st.st_uid != 0 || (st.st_mode & 022) != 0)
			return true;
	}
	return false;
}

/* Whether it came to its end in time, by itself. */
static bool
wait_for(pid_t child, int64_t deadline, int *ret_status)
{
	const struct timespec nap = { 0, 10000000 };
	pid_t ended;

	while ((ended = waitpid(child, ret_status, WNOHANG)) == 0 ||
	       (ended < 0 && errno == EINTR)) {
		if (clock_boot_ms() >= deadline)
			return false;
		(void)nanosleep(&nap, NULL);
	}
	return ended == child;
}

void
doctor_within(
    int64_t ms, const struct doctor_look *look, void (*run)(void *), void *ctx)
{
	int status = -1;
	bool is_over;
	pid_t child = -1;

	(void)fflush(NULL);
	if (findings_share())
		child = fork();
	if (child == 0) {
		run(ctx);
		_exit(0);
	}
	is_over = child > 0 && wait_for(child, clock_boot_ms() + ms, &status);
	if (is_over && status == 0)
		return;
	/* What sleeps in the kernel is not waited for even then. */
	if (child > 0 && !is_over && kill(child, SIGKILL) == 0)
		(void)wait_for(child, clock_boot_ms() + 200, &status);
	finding_unseen(FINDING_BAD, look->topic, "%s: %s; %s", look->what,
	    child > 0 && !is_over ? "no answer in time" : "it did not end well",
	    look->repair);
}

/* SPDX-License-Identifier: ISC */
/*
 * While the terminal does not echo, a signal only ends the reading: echo has
 * to come back first.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/fd.h"
#include "ctl/secret.h"

static volatile sig_atomic_t was_told_to_stop;

static void
on_signal(int number)
{
	(void)number;
	was_told_to_stop = 1;
}

int
secret_read_line(int fd, size_t max, struct blob **ret_line)
{
	auto_blob struct blob *line = NULL;
	size_t len = 0;
	uint8_t *at;
	ssize_t n;
	int r;

	/* One more for the LF, which is then cut off and wiped. */
	if ((r = blob_new(max + 1, &line)) != 0)
		return r;
	at = blob_space(line);
	for (;;) {
		if (was_told_to_stop)
			return WARDER_EOF;
		n = read(fd, at + len, 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return WARDER_ESYS;
		if (n == 0)
			return len == 0 ? WARDER_EOF : WARDER_ETRUNC;
		if (at[len] == '\n')
			break;
		if (++len > max)
			return WARDER_ETOOBIG;
	}
	if ((r = blob_set_len(line, len + 1)) != 0 ||
	    (r = blob_set_len(line, len)) != 0)
		return r;
	*ret_line = blob_steal(&line);
	return WARDER_OK;
}

int
secret_read_end(int fd)
{
	char more;
	ssize_t n;

	do
		n = read(fd, &more, 1);
	while (n < 0 && errno == EINTR);
	return n == 0 ? WARDER_OK : WARDER_ETRAIL;
}

static const int stops[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };
#define STOPS (sizeof(stops) / sizeof(stops[0]))

static void
catch_signals(struct sigaction before[STOPS])
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = on_signal; /* no SA_RESTART: read ends */
	for (size_t i = 0; i < STOPS; i++)
		(void)sigaction(stops[i], &action, &before[i]);
}

static int
read_quietly(int tty, bool has_echo, size_t max, struct blob **ret_line)
{
	struct sigaction before[STOPS];
	struct termios was, quiet;
	int r;

	if (tcgetattr(tty, &was) != 0)
		return WARDER_EFD;
	quiet = was;
	if (!has_echo)
		quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	catch_signals(before);
	/* What was typed ahead was no answer to this question. */
	if (tcsetattr(tty, TCSAFLUSH, &quiet) != 0)
		r = WARDER_EFD;
	else
		r = secret_read_line(tty, max, ret_line);
	(void)tcsetattr(tty, TCSAFLUSH, &was);
	for (size_t i = 0; i < STOPS; i++)
		(void)sigaction(stops[i], &before[i], NULL);
	if (!has_echo)
		(void)!write(tty, "\n", 1);
	return r;
}

int
secret_ask(
    const char *question, bool has_echo, size_t max, struct blob **ret_line)
{
	auto_fd int tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (tty < 0)
		return WARDER_EFD;
	if (fd_write_all(tty, question, strlen(question)) != 0)
		return WARDER_ESYS;
	return read_quietly(tty, has_echo, max, ret_line);
}

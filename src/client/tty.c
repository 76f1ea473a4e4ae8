/* SPDX-License-Identifier: ISC */
/*
 * Echo is switched off for the length of one wait and no longer. A job that
 * was put into the background, or is stopped at a prompt, must neither leave
 * a terminal without echo behind nor take keys meant for somebody else.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/fd.h"
#include "client/tty.h"
#include "client/wait.h"

struct tty {
	int fd;
	FILE *stream;
	struct termios before;
};

struct tty *
tty_open(void)
{
	struct tty *tty = calloc(1, sizeof(*tty));
	int copy;

	if (tty == NULL)
		return NULL;
	tty->fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (tty->fd < 0 || tcgetattr(tty->fd, &tty->before) != 0 ||
	    (copy = fcntl(tty->fd, F_DUPFD_CLOEXEC, 3)) < 0 ||
	    (tty->stream = fdopen(copy, "w")) == NULL) {
		fd_closep(&tty->fd);
		free(tty);
		return NULL;
	}
	return tty;
}

void
tty_freep(struct tty **tty)
{
	if (*tty == NULL)
		return;
	(void)fclose((*tty)->stream);
	fd_closep(&(*tty)->fd);
	free(*tty);
	*tty = NULL;
}

FILE *
tty_stream(struct tty *tty)
{
	return tty->stream;
}

static bool
is_foreground(const struct tty *tty)
{
	return tcgetpgrp(tty->fd) == getpgrp();
}

/* SIGTTOU must not stop us with the terminal half changed. */
static int
set_mode(const struct tty *tty, bool is_echoed)
{
	struct termios mode = tty->before;
	struct sigaction ignore = { .sa_handler = SIG_IGN }, old;
	int r;

	mode.c_lflag |= ICANON | ISIG;
	if (is_echoed)
		mode.c_lflag |= ECHO;
	else
		mode.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	(void)sigaction(SIGTTOU, &ignore, &old);
	r = tcsetattr(tty->fd, TCSAFLUSH, &mode);
	(void)sigaction(SIGTTOU, &old, NULL);
	return r;
}

/* As it was, without what was typed ahead. */
static void
give_back(const struct tty *tty)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, old;

	if (!is_foreground(tty))
		return;
	(void)sigaction(SIGTTOU, &ignore, &old);
	(void)tcsetattr(tty->fd, TCSAFLUSH, &tty->before);
	(void)sigaction(SIGTTOU, &old, NULL);
}

static enum tty_end
take_line(const struct tty *tty, struct blob *line)
{
	uint8_t *space = blob_space(line);
	ssize_t n = read(tty->fd, space, TTY_LINE_MAX);
	size_t len;

	if (n < 0)
		return errno == EIO ? TTY_EOF : TTY_FAILED;
	len = (size_t)n;
	if (len == 0)
		return TTY_EOF;
	if (space[len - 1] != '\n')
		return len == TTY_LINE_MAX ? TTY_LONG : TTY_EOF;
	return blob_set_len(line, len - 1) == 0 ? TTY_LINE : TTY_FAILED;
}

static enum tty_end
wait_line(
    const struct tty *tty, int watched, struct blob *line, int *ret_signal)
{
	struct pollfd polled[2] = { { .fd = tty->fd, .events = POLLIN },
		{ .fd = watched, .events = POLLIN } };
	int n = wait_for(polled, 2, -1);

	if (n < 0) {
		*ret_signal = wait_signal();
		return *ret_signal != 0 ? TTY_SIGNAL : TTY_FAILED;
	}
	if (!is_foreground(tty))
		return TTY_BACKGROUND;
	if (polled[1].revents != 0)
		return TTY_WATCHED;
	return take_line(tty, line);
}

static enum tty_end
ask_once(struct tty *tty, const char *prompt, bool is_echoed, int watched,
    struct blob *line, int *ret_signal)
{
	enum tty_end end;

	if (!is_foreground(tty))
		return TTY_BACKGROUND;
	if (set_mode(tty, is_echoed) != 0)
		return TTY_FAILED;
	(void)fputs(prompt, tty->stream);
	(void)fflush(tty->stream);
	end = wait_line(tty, watched, line, ret_signal);
	give_back(tty);
	if (end != TTY_LINE || !is_echoed)
		(void)fputc('\n', tty->stream);
	(void)fflush(tty->stream);
	return end;
}

enum tty_end
tty_ask(struct tty *tty, const char *prompt, bool is_echoed, int watched,
    struct blob **ret_line, int *ret_signal)
{
	auto_blob struct blob *line = NULL;
	enum tty_end end;

	if (blob_new(TTY_LINE_MAX, &line) != 0)
		return TTY_FAILED;
	for (;;) {
		end =
		    ask_once(tty, prompt, is_echoed, watched, line, ret_signal);
		if (end != TTY_SIGNAL || *ret_signal != SIGTSTP)
			break;
		/* Stopped with the terminal given back; then asked anew. */
		(void)raise(SIGSTOP);
	}
	if (end == TTY_LINE)
		*ret_line = blob_steal(&line);
	return end;
}

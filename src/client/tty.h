/* SPDX-License-Identifier: ISC */
/*
 * The person's terminal. Prompts go to /dev/tty alone; echo comes back and
 * typed-ahead input is thrown away whichever way a prompt ends.
 */
#ifndef WARDER_CLIENT_TTY_H
#define WARDER_CLIENT_TTY_H

#include <stdbool.h>
#include <stdio.h>

#include "base/blob.h"

struct tty;

#define TTY_LINE_MAX 1024 /* bytes of a typed line that are looked at */

enum tty_end {
	TTY_LINE = 1,   /* a line was typed */
	TTY_EOF,        /* the input was ended */
	TTY_LONG,       /* the line is longer than TTY_LINE_MAX */
	TTY_WATCHED,    /* something came from the watched descriptor */
	TTY_SIGNAL,     /* wait_signal() has told; in *ret_signal */
	TTY_BACKGROUND, /* we are not the terminal's foreground group */
	TTY_FAILED
};

/* NULL where there is no terminal. */
struct tty *tty_open(void);
void tty_freep(struct tty **tty);

/* For text that belongs to a prompt. */
FILE *tty_stream(struct tty *tty);

/*
 * Shows `prompt` and reads one line, without its LF, into *ret_line (a blob
 * of TTY_LINE_MAX bytes). `watched` is a descriptor or -1.
 */
enum tty_end tty_ask(struct tty *tty, const char *prompt, bool is_echoed,
    int watched, struct blob **ret_line, int *ret_signal);

#endif

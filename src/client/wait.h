/* SPDX-License-Identifier: ISC */
/*
 * Waiting, and the signals that end it. They are blocked everywhere but
 * inside wait_for(), so each one is seen at one place and in good order.
 */
#ifndef WARDER_CLIENT_WAIT_H
#define WARDER_CLIENT_WAIT_H

#include <poll.h>
#include <stddef.h>

/* For the start of main. */
void wait_start(void);

/*
 * ppoll for at most `ms` milliseconds, -1 for ever. Returns what poll does;
 * -1 when a signal came in, which wait_signal() tells.
 */
int wait_for(struct pollfd *polled, size_t n, int ms);

/* SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, or 0; and forgets it. */
int wait_signal(void);

#endif

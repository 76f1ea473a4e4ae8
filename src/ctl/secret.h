/* SPDX-License-Identifier: ISC */
/*
 * How a secret comes in: asked on the terminal without echo, or a line of
 * standard input. Never from arguments or the environment. Read with read(2)
 * into guarded memory, so that no buffer of stdio keeps a copy.
 */
#ifndef WARDER_CTL_SECRET_H
#define WARDER_CTL_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/blob.h"

/*
 * One line of `fd` without its LF, at most `max` bytes. ETOOBIG; ETRUNC: it
 * ends without LF; EOF: nothing came.
 */
WARDER_MUST_CHECK int secret_read_line(
    int fd, size_t max, struct blob **ret_line);

/* EOF unless nothing more comes. */
WARDER_MUST_CHECK int secret_read_end(int fd);

/*
 * Asks on /dev/tty. EFD: there is no terminal. EOF: the person ended it (by
 * a signal or end of input); the terminal is as it was.
 */
WARDER_MUST_CHECK int secret_ask(
    const char *question, bool has_echo, size_t max, struct blob **ret_line);

#endif

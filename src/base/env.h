/* SPDX-License-Identifier: ISC */
/*
 * The environment of a service, taken once as the very first act of main and
 * then emptied: no library is to find a variable in it. Not for `warder` and
 * `warderctl`, which need TERM and the language.
 */
#ifndef WARDER_BASE_ENV_H
#define WARDER_BASE_ENV_H

#include "base/err.h"

struct env {
	char credentials_directory[256]; /* "" if not given */
	char notify_socket[128];
	long listen_pid; /* 0 if not given */
	int listen_fds;  /* 0 if not given */
};

/* ETOOBIG, EFORM: a variable that was given cannot be used. */
WARDER_MUST_CHECK int env_take(struct env *ret_env);

#endif

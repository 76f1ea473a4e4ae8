/* SPDX-License-Identifier: ISC */
/*
 * Whoever starts a service by hand may have SSLKEYLOGFILE, OPENSSL_CONF or
 * https_proxy set. Four variables are copied into fixed memory, the rest is
 * forgotten before any library runs.
 */
#include "config.h"

#include <limits.h>
#include <stdlib.h>

#include "base/env.h"
#include "base/text.h"

static int
take_text(const char *variable, char *ret, size_t size)
{
	const char *value = getenv(variable);

	return text_copy(ret, size, value == NULL ? "" : value);
}

static int
take_number(const char *variable, uint64_t max, uint64_t *ret)
{
	const char *value = getenv(variable);

	*ret = 0;
	return value == NULL ? WARDER_OK : text_parse_number(value, max, ret);
}

int
env_take(struct env *ret_env)
{
	struct env env = { 0 };
	uint64_t pid, fds;
	int r;

	if ((r = take_text("CREDENTIALS_DIRECTORY", env.credentials_directory,
	         sizeof(env.credentials_directory))) != 0 ||
	    (r = take_text("NOTIFY_SOCKET", env.notify_socket,
	         sizeof(env.notify_socket))) != 0 ||
	    (r = take_number("LISTEN_PID", INT_MAX, &pid)) != 0 ||
	    (r = take_number("LISTEN_FDS", 16, &fds)) != 0)
		return r;
	env.listen_pid = (long)pid;
	env.listen_fds = (int)fds;
	if (clearenv() != 0)
		return WARDER_ESYS;
	*ret_env = env;
	return WARDER_OK;
}

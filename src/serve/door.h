/* SPDX-License-Identifier: ISC */
/* The socket that a service listens on: from systemd, or made by root. */
#ifndef WARDER_SERVE_DOOR_H
#define WARDER_SERVE_DOOR_H

#include "serve/serve.h"

#define DOOR_SYSTEMD_FD 3

/* True if systemd (or who does as it does) gave this process sockets. */
bool door_is_given(const struct env *env);

/* Checks descriptor 3. EFD: not one listening SEQPACKET socket of AF_UNIX. */
WARDER_MUST_CHECK int door_take(const struct env *env, int *ret_sock);

/*
 * Binds `path` and gives it to service->socket_owner with socket_mode. A dead
 * socket there is replaced. EEXIST: something else is there, or somebody
 * listens; EMISSING: no such owner; ESYS.
 */
WARDER_MUST_CHECK int door_make(
    const struct service *service, const char *path, int *ret_sock);

#endif

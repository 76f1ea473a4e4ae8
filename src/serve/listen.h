/* SPDX-License-Identifier: ISC */
/*
 * The loop of a listener. It ends with SIGTERM or SIGINT, and reads its
 * configuration anew with SIGHUP.
 */
#ifndef WARDER_SERVE_LISTEN_H
#define WARDER_SERVE_LISTEN_H

#include "serve/serve.h"

/*
 * Owns `door` and `self`. Returns the exit status when the last worker has
 * ended after the signal.
 */
int listen_run(struct serve *serve, int door, int self);

/* In serve.c. A file that is refused is told of, and leaves what was read. */
WARDER_MUST_CHECK int serve_read_conf(struct serve *serve);

/* What a connection by `peer` is to the service; 0: it is to be closed. */
enum serve_kind listen_kind_of(
    const struct service *service, uid_t caller, const struct peer *peer);

#endif

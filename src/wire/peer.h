/* SPDX-License-Identifier: ISC */
/*
 * Who is at the other end, from the kernel alone. Two questions: who made a
 * connection to our socket, and who made the prompt channel whose end was
 * handed to us. The second is the identity of a person.
 */
#ifndef WARDER_WIRE_PEER_H
#define WARDER_WIRE_PEER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

#define UID_OVERFLOW 65534u

struct peer {
	uid_t uid;
	gid_t gid;
	pid_t pid;
};

/* uid -1 and the overflow uid stand for nobody. */
bool uid_is_somebody(uid_t uid);

/* SO_PEERCRED of a connection. ECRED: nobody, or no pid. */
WARDER_MUST_CHECK int peer_of_connection(int sock, struct peer *ret_peer);

/*
 * Checks the received end of a prompt channel: AF_UNIX, SEQPACKET, not
 * listening, unnamed on both sides (else it is a connection to somebody's
 * listener, not a pair), made by somebody. EFD or ECRED.
 */
WARDER_MUST_CHECK int peer_of_channel(int end, struct peer *ret_peer);

/* Asks the kernel to attach credentials to what is read from `sock`. */
WARDER_MUST_CHECK int peer_want_credentials(int sock);

/* An AF_UNIX SEQPACKET connection to a path. ESYS with errno. */
WARDER_MUST_CHECK int peer_connect(const char *path, int *ret_sock);

/*
 * The same, for so long: where nobody takes connections the queue of a socket
 * fills, and a connection then waits without an end. EAGAIN: it did.
 */
WARDER_MUST_CHECK int peer_connect_within(
    const char *path, int64_t ms, int *ret_sock);

/*
 * Whether somebody takes a connection there and ends it when nothing comes:
 * a socket that systemd holds takes it for a service that cannot start, too.
 * ETIME: nobody did. ESYS with errno.
 */
WARDER_MUST_CHECK int peer_is_served(const char *path, int64_t ms);

#endif

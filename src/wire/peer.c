/* SPDX-License-Identifier: ISC */
/*
 * SO_PEERCRED of a socketpair names its creator, whatever hands it went
 * through. That holds only for a pair: the end of a connection to somebody's
 * listener shows whoever connected or listened, so named sockets are refused.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/text.h"
#include "wire/peer.h"

bool
uid_is_somebody(uid_t uid)
{
	return uid != (uid_t)-1 && uid != UID_OVERFLOW;
}

int
peer_of_connection(int sock, struct peer *ret_peer)
{
	struct ucred cred = { 0 };
	socklen_t len = sizeof(cred);

	if (getsockopt(sock, SOL_SOCKET, SO_PEERCRED, &cred, &len) != 0 ||
	    len != sizeof(cred))
		return WARDER_EFD;
	if (cred.pid <= 0 || !uid_is_somebody(cred.uid))
		return WARDER_ECRED;
	*ret_peer = (struct peer){ cred.uid, cred.gid, cred.pid };
	return WARDER_OK;
}

static bool
has_option(int sock, int option, int wanted)
{
	int value = -1;
	socklen_t len = sizeof(value);

	return getsockopt(sock, SOL_SOCKET, option, &value, &len) == 0 &&
	       len == sizeof(value) && value == wanted;
}

/* An unnamed AF_UNIX address is its family and nothing more. */
static bool
is_unnamed(const struct sockaddr_un *address, socklen_t len)
{
	return len == sizeof(sa_family_t) && address->sun_family == AF_UNIX;
}

int
peer_of_channel(int end, struct peer *ret_peer)
{
	struct sockaddr_un address = { 0 };
	socklen_t len = sizeof(address);

	if (!has_option(end, SO_DOMAIN, AF_UNIX) ||
	    !has_option(end, SO_TYPE, SOCK_SEQPACKET) ||
	    !has_option(end, SO_ACCEPTCONN, 0))
		return WARDER_EFD;
	if (getsockname(end, (struct sockaddr *)&address, &len) != 0 ||
	    !is_unnamed(&address, len))
		return WARDER_EFD;
	memset(&address, 0, sizeof(address));
	len = sizeof(address);
	if (getpeername(end, (struct sockaddr *)&address, &len) != 0 ||
	    !is_unnamed(&address, len))
		return WARDER_EFD;
	return peer_of_connection(end, ret_peer);
}

int
peer_want_credentials(int sock)
{
	int yes = 1;

	return setsockopt(sock, SOL_SOCKET, SO_PASSCRED, &yes, sizeof(yes)) == 0
	           ? WARDER_OK
	           : WARDER_ESYS;
}

int
peer_connect_within(const char *path, int64_t ms, int *ret_sock)
{
	const struct timeval most = { ms / 1000, ms % 1000 * 1000 };
	const struct timeval none = { 0, 0 };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	auto_fd int sock = -1;
	int r;

	r = text_copy(address.sun_path, sizeof(address.sun_path), path);
	if (r != 0)
		return r;
	sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	/* It holds for connect(), too; 0 is without an end. */
	if (sock < 0 ||
	    (ms > 0 && setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &most,
	                   sizeof(most)) != 0) ||
	    connect(sock, (struct sockaddr *)&address, sizeof(address)) != 0 ||
	    (ms > 0 && setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &none,
	                   sizeof(none)) != 0))
		return WARDER_ESYS;
	*ret_sock = fd_steal(&sock);
	return WARDER_OK;
}

int
peer_connect(const char *path, int *ret_sock)
{
	return peer_connect_within(path, 0, ret_sock);
}

int
peer_is_served(const char *path, int64_t ms)
{
	int64_t deadline = clock_boot_ms() + ms;
	auto_fd int sock = -1;
	struct pollfd polled;
	int r = peer_connect_within(path, ms, &sock);
	char byte;

	if (r != 0)
		return r;
	if (shutdown(sock, SHUT_WR) != 0)
		return WARDER_ESYS;
	polled = (struct pollfd){ .fd = sock, .events = POLLIN };
	r = poll(&polled, 1, clock_left_ms(deadline));
	if (r == 0)
		return WARDER_ETIME;
	/* A listener that went away under it has reset it. */
	if (r < 0 || recv(sock, &byte, 1, MSG_DONTWAIT) < 0)
		return WARDER_ESYS;
	return WARDER_OK;
}

/* SPDX-License-Identifier: ISC */
/*
 * connect(2) needs write permission on the socket's file, so a file of mode
 * 0600 belongs to whoever is to call. It is made unreachable first and opened
 * when owner and mode are right.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"
#include "serve/door.h"

#define BACKLOG 128

static bool
has_option(int sock, int option, int wanted)
{
	int value = -1;
	socklen_t len = sizeof(value);

	return getsockopt(sock, SOL_SOCKET, option, &value, &len) == 0 &&
	       len == sizeof(value) && value == wanted;
}

bool
door_is_given(const struct env *env)
{
	return env->listen_fds > 0 && env->listen_pid == (long)getpid();
}

int
door_take(const struct env *env, int *ret_sock)
{
	const int sock = DOOR_SYSTEMD_FD;

	if (env->listen_fds != 1 || !has_option(sock, SO_DOMAIN, AF_UNIX) ||
	    !has_option(sock, SO_TYPE, SOCK_SEQPACKET) ||
	    !has_option(sock, SO_ACCEPTCONN, 1))
		return WARDER_EFD;
	if (fcntl(sock, F_SETFD, FD_CLOEXEC) != 0 ||
	    fcntl(sock, F_SETFL, O_NONBLOCK) != 0)
		return WARDER_ESYS;
	*ret_sock = sock;
	return WARDER_OK;
}

/* Removes a socket that nobody listens on any more. */
static int
make_room(const char *path)
{
	struct stat st;
	auto_fd int sock = -1;

	if (lstat(path, &st) != 0)
		return errno == ENOENT ? WARDER_OK : WARDER_ESYS;
	if (!S_ISSOCK(st.st_mode))
		return WARDER_EEXIST;
	if (peer_connect(path, &sock) == 0 || errno != ECONNREFUSED)
		return WARDER_EEXIST;
	return unlink(path) == 0 ? WARDER_OK : WARDER_ESYS;
}

static int
give_away(const struct service *service, const char *path)
{
	const struct passwd *owner;

	if (service->socket_owner != NULL) {
		if ((owner = getpwnam(service->socket_owner)) == NULL)
			return WARDER_EMISSING;
		if (lchown(path, owner->pw_uid, owner->pw_gid) != 0)
			return WARDER_ESYS;
	}
	return chmod(path, service->socket_mode) == 0 ? WARDER_OK : WARDER_ESYS;
}

int
door_make(const struct service *service, const char *path, int *ret_sock)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	auto_fd int sock = -1;
	mode_t old;
	int r;

	r = text_copy(address.sun_path, sizeof(address.sun_path), path);
	if (r != 0 || (r = make_room(path)) != 0)
		return r;
	sock =
	    socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (sock < 0)
		return WARDER_ESYS;
	old = umask(0777);
	r = bind(sock, (struct sockaddr *)&address, sizeof(address));
	(void)umask(old);
	if (r != 0)
		return WARDER_ESYS;
	if ((r = give_away(service, path)) != 0)
		return r;
	if (listen(sock, BACKLOG) != 0)
		return WARDER_ESYS;
	*ret_sock = fd_steal(&sock);
	return WARDER_OK;
}

/* SPDX-License-Identifier: ISC */
/*
 * Accepts, asks the kernel who it is, counts, and starts a worker. No byte of
 * a connection is read here: what a stranger sends reaches a process that
 * serves nobody else.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "serve/listen.h"
#include "serve/slots.h"
#include "serve/spawn.h"

#define POLL_DOOR 0
#define POLL_SIGNALS 1
#define POLL_FIRST_LINE 2
#define FOR_EVER (INT64_MAX / 2)
#define QUIET_MS 1000 /* between two lines about who is not served */
#define SHORT_MS 50   /* a rest when descriptors or memory are used up */

struct listener {
	struct serve *serve;
	int door, self, signals;
	uid_t caller; /* where the service has one */
	struct slots slots;
	struct pollfd *polled; /* door, signals, one key line a slot */
	int64_t quiet_until;
	bool is_ending, is_last_out;
};

enum serve_kind
listen_kind_of(
    const struct service *service, uid_t caller, const struct peer *peer)
{
	if (service->anybody)
		return SERVE_CALLER;
	if (peer->uid == caller)
		return SERVE_CALLER;
	return service->admin && peer->uid == 0 ? SERVE_ADMIN : 0;
}

static int
find_caller(const struct service *service, uid_t *ret_uid)
{
	const struct passwd *user;

	if (service->anybody || service->caller == NULL) {
		*ret_uid = getuid();
		return WARDER_OK;
	}
	errno = 0;
	if ((user = getpwnam(service->caller)) == NULL)
		return WARDER_EMISSING;
	*ret_uid = user->pw_uid;
	return WARDER_OK;
}

/* The name service is asked once for whoever is not served yet. */
static uid_t
counted_as(const struct listener *self, uid_t uid)
{
	if (!self->serve->service->per_user || slots_knows(&self->slots, uid) ||
	    getpwuid(uid) != NULL)
		return uid;
	return SLOTS_STRANGER;
}

/* The listener's end of a new key line goes into the slot. */
static int
open_keyline(const struct service *service, struct slot *slot, int *ret_end)
{
	int pair[2];

	if (!service->keyline)
		return WARDER_OK;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return WARDER_ESYS;
	slot->keyline = pair[0];
	*ret_end = pair[1];
	return WARDER_OK;
}

static int
start_worker(struct listener *self, struct slot *slot, int sock)
{
	auto_fd int end = -1;
	int r;

	if ((r = open_keyline(self->serve->service, slot, &end)) != 0)
		return r;
	r = spawn(self->serve, self->self, slot->kind, sock, end, &slot->pid);
	if (r == 0)
		slot->until =
		    clock_boot_ms() +
		    (slot->kind == SERVE_STOP ? SERVE_STOP_MS : SERVE_WHOLE_MS);
	return r;
}

/* A stranger must not fill the log by knocking. */
static void
tell_not_served(struct listener *self, uid_t uid, int r)
{
	int64_t now = clock_boot_ms();

	if (now < self->quiet_until)
		return;
	self->quiet_until = now + QUIET_MS;
	log_warn("uid %lu is not served: %s", (unsigned long)uid,
	    warder_strerror(r));
}

static void
serve_one(struct listener *self, enum serve_kind kind, uid_t uid, int sock)
{
	const struct service *service = self->serve->service;
	uid_t counted = counted_as(self, uid);
	struct slot *slot;
	int r;

	r = slots_take(&self->slots, kind, counted, &slot);
	if (r == 0 && (r = start_worker(self, slot, sock)) != 0)
		slot_free(slot);
	if (r == 0)
		return;
	tell_not_served(self, uid, r);
	if (sock >= 0 && service->on_full != NULL)
		service->on_full(sock, kind);
}

static void
on_door(struct listener *self)
{
	auto_fd int sock = accept4(self->door, NULL, NULL, SOCK_CLOEXEC);
	enum serve_kind kind = 0;
	struct peer peer;

	if (sock < 0) {
		/* Else this would spin: the caller is still there. */
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
		    errno == ENOMEM)
			(void)poll(NULL, 0, SHORT_MS);
		return;
	}
	if (peer_of_connection(sock, &peer) == 0)
		kind =
		    listen_kind_of(self->serve->service, self->caller, &peer);
	if (kind != 0)
		serve_one(self, kind, peer.uid, sock);
}

/* Asks the workers to end; the loop goes on until they have. */
static void
begin_end(struct listener *self)
{
	if (self->is_ending)
		return;
	self->is_ending = true;
	fd_closep(&self->door);
	for (size_t i = 0; i < self->slots.n; i++)
		self->slots.all[i].until = 0;
}

static void
reap(struct listener *self)
{
	struct slot *slot;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (WIFSIGNALED(status) && WTERMSIG(status) != SIGTERM)
			log_warn("worker %ld: ended by signal %d", (long)pid,
			    WTERMSIG(status));
		else if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
			log_warn("worker %ld: did not start", (long)pid);
		if ((slot = slots_find(&self->slots, pid)) != NULL)
			slot_free(slot);
	}
}

/* As many callers as the configuration says; room to poll for all of them. */
static int
limit(struct listener *self)
{
	const bool is_per_user = self->serve->service->per_user;
	const struct conf *conf = &self->serve->conf;
	size_t room = slots_room(&self->slots, conf->slots);
	struct pollfd *polled;

	polled = reallocarray(
	    self->polled, POLL_FIRST_LINE + room, sizeof(*self->polled));
	if (polled == NULL)
		return WARDER_ENOMEM;
	self->polled = polled;
	return slots_limit(
	    &self->slots, conf->slots, is_per_user ? conf->slots_per_user : 0);
}

/*
 * For whoever comes from now on: a worker reads the file by itself, and who
 * is served keeps what was read for him. A wrong file changes nothing.
 */
static void
reload(struct listener *self)
{
	int r;

	if ((r = serve_read_conf(self->serve)) == 0)
		r = limit(self);
	if (r == 0)
		log_info("the configuration was read anew");
	else
		log_warn("reload: %s; it stays as it was", warder_strerror(r));
}

static void
on_signal(struct listener *self)
{
	struct signalfd_siginfo info;
	bool is_asked = false;

	while (read(self->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGHUP)
			is_asked = true;
		else if (info.ssi_signo != SIGCHLD)
			begin_end(self);
	}
	reap(self);
	if (is_asked && !self->is_ending)
		reload(self);
}

static void
on_line(struct listener *self, struct slot *slot, short events)
{
	const struct service *service = self->serve->service;

	if (slot->keyline < 0)
		return; /* its worker was reaped a moment ago */
	if ((events & POLLIN) == 0 || service->on_keyline == NULL ||
	    service->on_keyline(self->serve, slot->keyline, slot->kind) != 0)
		fd_closep(&slot->keyline);
}

/* A worker that is over its time gets a word first, then no choice. */
static void
enforce(struct slot *slot, int64_t now)
{
	if (slot->pid <= 0 || slot->until > now)
		return;
	(void)kill(slot->pid, slot->told ? SIGKILL : SIGTERM);
	slot->told = true;
	slot->until = now + SERVE_GRACE_MS;
}

static int64_t
next_deadline(struct listener *self)
{
	int64_t first = FOR_EVER, now = clock_boot_ms();

	for (size_t i = 0; i < self->slots.n; i++) {
		enforce(&self->slots.all[i], now);
		if (self->slots.all[i].pid > 0 &&
		    self->slots.all[i].until < first)
			first = self->slots.all[i].until;
	}
	return first;
}

/* What the service itself has to do at some time. */
static int64_t
next_due(struct listener *self)
{
	const struct service *service = self->serve->service;

	if (service->due == NULL)
		return FOR_EVER;
	if (service->due(self->serve) <= clock_boot_ms() &&
	    service->on_due(self->serve) && !self->is_ending)
		serve_one(self, SERVE_DUE, getuid(), -1);
	return service->due(self->serve);
}

static void
turn(struct listener *self)
{
	int64_t due = next_due(self), next = next_deadline(self);
	int64_t deadline = due < next ? due : next;
	nfds_t n = POLL_FIRST_LINE + self->slots.n;

	self->polled[POLL_DOOR] = (struct pollfd){ self->door, POLLIN, 0 };
	self->polled[POLL_SIGNALS] =
	    (struct pollfd){ self->signals, POLLIN, 0 };
	for (size_t i = 0; i < self->slots.n; i++)
		self->polled[POLL_FIRST_LINE + i] =
		    (struct pollfd){ self->slots.all[i].keyline, POLLIN, 0 };
	if (poll(self->polled, n, clock_left_ms(deadline)) <= 0)
		return;
	/* Lines first: reaping frees slots, a new worker takes them again. */
	for (size_t i = 0; i < self->slots.n; i++)
		if (self->polled[POLL_FIRST_LINE + i].revents != 0)
			on_line(self, &self->slots.all[i],
			    self->polled[POLL_FIRST_LINE + i].revents);
	if (self->polled[POLL_SIGNALS].revents != 0)
		on_signal(self);
	if (self->door >= 0 && self->polled[POLL_DOOR].revents != 0)
		on_door(self);
}

/* Until the last one is gone, and then whoever has to say so. */
static bool
goes_on(struct listener *self)
{
	if (!self->is_ending || slots_used(&self->slots) > 0)
		return true;
	if (self->is_last_out || !self->serve->service->runs_at_stop)
		return false;
	self->is_last_out = true;
	serve_one(self, SERVE_STOP, getuid(), -1);
	return slots_used(&self->slots) > 0;
}

static int
take_signals(int *ret_fd)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGHUP);
	(void)sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
		return WARDER_ESYS;
	*ret_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return *ret_fd < 0 ? WARDER_ESYS : WARDER_OK;
}

static int
prepare(struct listener *self)
{
	int r;

	if ((r = find_caller(self->serve->service, &self->caller)) != 0 ||
	    (r = take_signals(&self->signals)) != 0)
		return r;
	return limit(self);
}

int
listen_run(struct serve *serve, int door, int self_fd)
{
	struct listener self = {
		.serve = serve, .door = door, .self = self_fd, .signals = -1
	};
	int r = prepare(&self);

	if (r != 0)
		log_warn("start: %s", warder_strerror(r));
	else if (serve->service->runs_at_start)
		serve_one(&self, SERVE_START, getuid(), -1);
	while (r == 0 && goes_on(&self))
		turn(&self);
	slots_clear(&self.slots);
	free(self.polled);
	fd_closep(&self.signals);
	fd_closep(&self.door);
	fd_closep(&self.self);
	return r == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

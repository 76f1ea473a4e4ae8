/* SPDX-License-Identifier: ISC */
/*
 * The start of every service, listener or worker. The order is the point: the
 * environment is forgotten before any library runs, what only root may read
 * is read before root is given up, and nothing of a peer is touched until
 * every right that can go has gone.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/blob.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "confine/confine.h"
#include "serve/door.h"
#include "serve/listen.h"
#include "serve/options.h"
#include "serve/serve.h"
#include "serve/spawn.h"

#define CONF_PATH WARDER_SYSCONFDIR "/warder.conf"
#define USAGE_STATUS 2
#define LISTENER_FILES 4096 /* a key line for each of 1,024 workers */
#define WORKER_FILES 256

static int
failed(const char *step, int r)
{
	log_warn("%s: %s%s%s", step, warder_strerror(r),
	    r == WARDER_ESYS ? ": " : "",
	    r == WARDER_ESYS ? strerror(errno) : "");
	return r;
}

int
serve_read_conf(struct serve *serve)
{
	struct diag diag = { 0 };
	struct conf conf = { 0 };
	int r;

	if (serve->service->configure != NULL)
		r = serve->service->configure(&conf, &diag);
	else
		r = conf_load(CONF_PATH, &conf, &diag);
	if (r == 0)
		serve->conf = conf;
	else
		log_warn("%s, line %u: %s", CONF_PATH, diag.line, diag.what);
	return r;
}

/* Gone for good: in the listener by a change, in a worker by proof. */
static int
drop(const struct service *service)
{
	if (service->keep_caps != 0)
		return confine_keep_caps(service->keep_caps);
	if (service->user != NULL)
		return confine_become(service->user, service->group);
	/* Tests only: whoever started it, who has nothing to give up. */
	return geteuid() == 0 ? WARDER_OK : confine_no_caps();
}

/* No terminal, and nothing that whoever started us left open. */
static int
close_inherited(unsigned int first)
{
	auto_fd int none = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (none < 0 || dup2(none, STDIN_FILENO) < 0 ||
	    dup2(none, STDOUT_FILENO) < 0)
		return WARDER_ESYS;
	if ((unsigned int)none >= first)
		fd_closep(&none);
	return close_range(first, UINT32_MAX, 0) == 0 ? WARDER_OK : WARDER_ESYS;
}

static int
ignore_broken_pipes(void)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };

	return sigaction(SIGPIPE, &ignore, NULL) == 0 ? WARDER_OK : WARDER_ESYS;
}

static int
open_door(
    const struct serve *serve, const struct options *options, int *ret_door)
{
	const bool is_given = door_is_given(&serve->env);

	if (is_given == (options->listen[0] != '\0')) {
		log_warn(is_given ? "--listen, and a socket from systemd too"
		                  : "no socket: systemd or --listen gives it");
		return WARDER_EFORM;
	}
	if (is_given)
		return door_take(&serve->env, ret_door);
	return door_make(serve->service, options->listen, ret_door);
}

static int
run_listener(struct serve *serve, const struct options *options)
{
	const struct service *service = serve->service;
	const struct confine_limits limits = { .files = LISTENER_FILES };
	int door = -1, self = -1, r;

	if ((r = spawn_open_self(&self)) != 0 || (r = confine_start()) != 0 ||
	    (r = base_init()) != 0)
		return failed("start", r);
	/* The keeper's listener holds keys; a worker asks for them. */
	blob_wipe_on_fork();
	if ((r = serve_read_conf(serve)) != 0)
		return r;
	if ((r = open_door(serve, options, &door)) != 0)
		return failed("socket", r);
	if (service->before_drop != NULL &&
	    (r = service->before_drop(serve)) != 0)
		return failed("before rights are dropped", r);
	if ((r = drop(service)) != 0)
		return failed("rights", r);
	if ((r = confine_limits(&limits)) != 0 ||
	    (r = confine_calls(CONFINE_LISTENER)) != 0)
		return failed("fences", r);
	return listen_run(serve, door, self);
}

/* What stands at 3 and 4; /dev/null where there is none. */
static int
take_descriptors(const struct service *service, struct serve_worker *worker)
{
	int sock = SERVE_SOCK_FD, keyline = SERVE_KEYLINE_FD;

	if (fcntl(sock, F_SETFD, FD_CLOEXEC) != 0 ||
	    fcntl(keyline, F_SETFD, FD_CLOEXEC) != 0)
		return WARDER_EFD;
	if (worker->kind != SERVE_CALLER && worker->kind != SERVE_ADMIN)
		fd_closep(&sock);
	if (!service->keyline)
		fd_closep(&keyline);
	worker->sock = sock;
	worker->keyline = keyline;
	return sock < 0 ? WARDER_OK : peer_of_connection(sock, &worker->peer);
}

static int
run_worker(struct serve *serve, const struct options *options)
{
	struct serve_worker worker = { .kind = options->worker,
		.sock = -1,
		.keyline = -1,
		.deadline = clock_boot_ms() + SERVE_WHOLE_MS };
	const struct confine_limits limits = { .files = WORKER_FILES };
	int r;

	(void)prctl(PR_SET_NAME, serve->service->name, 0L, 0L, 0L);
	if ((r = confine_start()) != 0 || (r = base_init()) != 0)
		return failed("start", r);
	if ((r = take_descriptors(serve->service, &worker)) != 0)
		return failed("descriptors", r);
	if ((r = drop(serve->service)) != 0)
		return failed("rights", r);
	if ((r = confine_parent(options->parent)) != 0)
		return failed("listener", r);
	if ((r = confine_limits(&limits)) != 0)
		return failed("limits", r);
	if ((r = serve_read_conf(serve)) != 0)
		return r;
	r = serve->service->worker(serve, &worker);
	fd_closep(&worker.sock);
	fd_closep(&worker.keyline);
	return r;
}

static int
run(struct serve *serve, const struct options *options)
{
	const unsigned int listener_first =
	    DOOR_SYSTEMD_FD + (door_is_given(&serve->env) ? 1 : 0);
	int r;

	r = close_inherited(
	    options->worker != 0 ? SERVE_KEYLINE_FD + 1 : listener_first);
	if (r != 0 || (r = ignore_broken_pipes()) != 0)
		return failed("start", r);
	return options->worker != 0 ? run_worker(serve, options)
	                            : run_listener(serve, options);
}

int
serve_main(const struct service *service, int argc, char **argv)
{
	struct serve serve = { .service = service };
	struct options options;
	int r = env_take(&serve.env);

	log_name(service->name);
	if (r != 0) {
		log_warn("environment: %s", warder_strerror(r));
		return EXIT_FAILURE;
	}
	if (options_parse(service, argc, argv, &options) != 0)
		return USAGE_STATUS;
	if (options.is_done)
		return EXIT_SUCCESS;
	memcpy(serve.keeper, options.keeper, sizeof(serve.keeper));
	memcpy(serve.pam, options.pam, sizeof(serve.pam));
	memcpy(serve.courier, options.courier, sizeof(serve.courier));
	r = run(&serve, &options);
	return r < 0 ? EXIT_FAILURE : r;
}

static void
mask_end(int how, enum serve_hold which)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	if (which == SERVE_HOLD_ALL)
		(void)sigaddset(&set, SIGHUP);
	(void)sigprocmask(how, &set, NULL);
}

void
serve_hold(enum serve_hold how)
{
	mask_end(SIG_BLOCK, how);
}

void
serve_release(void)
{
	mask_end(SIG_UNBLOCK, SERVE_HOLD_ALL);
}

#ifdef WARDER_SANITIZERS
/*
 * The search for leaks at exit needs ptrace, which a process that is not
 * dumpable does not allow. All other checks stay.
 */
const char *__asan_default_options(void);

const char *
__asan_default_options(void)
{
	return "detect_leaks=0";
}
#endif

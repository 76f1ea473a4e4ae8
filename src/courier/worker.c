/* SPDX-License-Identifier: ISC */
/*
 * The keeper alone may call, one connection a process. Nothing of libcurl is
 * touched before the fences stand.
 */
#include "config.h"

#include <signal.h>
#include <stdlib.h>

#include "base/log.h"
#include "courier/fences.h"
#include "courier/session.h"
#include "courier/worker.h"

/* A reset connection, and a log that is a file while no file may grow. */
static int
ignore_signals(void)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };

	return sigaction(SIGPIPE, &ignore, NULL) == 0 &&
	               sigaction(SIGXFSZ, &ignore, NULL) == 0
	           ? WARDER_OK
	           : WARDER_ESYS;
}

int
courier_worker(const struct serve *serve, struct serve_worker *worker)
{
	int r;

	if ((r = ignore_signals()) != 0 ||
	    (r = enter_fences(&serve->conf)) != 0) {
		log_warn("fences: %s", warder_strerror(r));
		return EXIT_FAILURE;
	}
	r = session_run(worker->sock, &serve->conf, worker->deadline);
	return r == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

const struct service courier_service = {
	.name = "warder-courier",
	.summary = "Carries what the keeper signed, and reads what comes back.",
	.user = WARDER_USER_COURIER,
	.socket_owner = WARDER_USER_KEEPER,
	.socket_mode = 0600,
	.caller = WARDER_USER_KEEPER,
	.worker = courier_worker,
};

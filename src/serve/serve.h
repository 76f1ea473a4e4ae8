/* SPDX-License-Identifier: ISC */
/*
 * What the four services have in common: a listener that never reads a byte
 * of a connection, and a worker for each, exec'ed anew from the same binary
 * with exactly the descriptors it may hold. main is one line:
 *
 *	int main(int argc, char **argv)
 *	{
 *		return serve_main(&desk_service, argc, argv);
 *	}
 *
 * A program for tests copies the struct and changes users, callers and paths;
 * nothing of that can be had by an option or a variable.
 */
#ifndef WARDER_SERVE_SERVE_H
#define WARDER_SERVE_SERVE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/conf.h"
#include "base/env.h"
#include "base/err.h"
#include "wire/peer.h"

#define SERVE_PATH 108
#define SERVE_WHOLE_MS 600000 /* one connection */
#define SERVE_GRACE_MS 90000  /* from SIGTERM until SIGKILL of a worker */
#define SERVE_STOP_MS 5000    /* for the worker that says farewell */
#define SERVE_ADMIN_SLOTS 2
#define SERVE_SOCK_FD 3    /* of a worker: the connection */
#define SERVE_KEYLINE_FD 4 /* of a keeper's worker */

enum serve_kind {
	SERVE_CALLER = 1, /* a connection of the service's caller */
	SERVE_ADMIN = 2,  /* a connection of uid 0 to the keeper */
	SERVE_START = 3,  /* no connection: the one worker at start */
	SERVE_STOP = 4,   /* no connection: the last one, when all have ended */
	SERVE_DUE = 5     /* no connection: on_due() asked for it */
};

/* What a start gave. Borrowed by the hooks until they return. */
struct serve {
	const struct service *service;
	struct env env;
	struct conf conf; /* read anew by each process */
	/* Sockets of the services behind this one. */
	char keeper[SERVE_PATH], pam[SERVE_PATH], courier[SERVE_PATH];
	void *own; /* the service's own, set by before_drop; listener only */
};

struct serve_worker {
	enum serve_kind kind;
	int sock;         /* SERVE_SOCK_FD, or -1 without one; owned */
	int keyline;      /* SERVE_KEYLINE_FD or -1; owned */
	struct peer peer; /* who connected; zeros without one */
	int64_t deadline; /* of the whole connection, boot ms */
};

struct service {
	const char *name;    /* "warder-keeper" */
	const char *summary; /* one line for --help */
	/* Who it is, when started as root. NULL: as it was started (tests). */
	const char *user;
	const char *group;  /* NULL: the user's own */
	uint64_t keep_caps; /* not 0: stays root with these (warder-pam) */
	/* The socket made by --listen; owner NULL: who starts it (tests). */
	const char *socket_owner;
	mode_t socket_mode;
	/* Whose connections are taken. Others are closed unread. */
	bool anybody;       /* anybody who is somebody: the desk */
	const char *caller; /* else this user; NULL: our own uid (tests) */
	bool admin;         /* uid 0 too, with slots of its own: the keeper */
	bool per_user;      /* slots_per_user counts: the desk */
	bool keyline;       /* each worker has a key line: the keeper */
	bool runs_at_start; /* one worker with SERVE_START: the keeper */
	bool runs_at_stop;  /* one with SERVE_STOP: the keeper */
	/* Which of --keeper, --pam, --courier it takes. */
	bool asks_keeper, asks_pam, asks_courier;
	/* NULL: conf_load() of the built-in path. For tests. */
	int (*configure)(struct conf *ret_conf, struct diag *diag);
	/*
	 * Listener, before rights are dropped (root, if started by hand): what
	 * only now can be read. Not 0 ends the start.
	 */
	int (*before_drop)(struct serve *serve);
	/*
	 * Listener: one frame waits on a worker's key line. Reads and answers
	 * it; must not wait. Not 0 closes that line. `kind` is what the
	 * listener started that worker for.
	 */
	int (*on_keyline)(struct serve *serve, int line, enum serve_kind kind);
	/*
	 * Listener: when (boot ms) on_due() has to be called, or INT64_MAX. It
	 * must not wait; if it returns true a worker with SERVE_DUE is started.
	 */
	int64_t (*due)(const struct serve *serve);
	bool (*on_due)(struct serve *serve);
	/* Listener: slots are used up; may write one frame without waiting. */
	void (*on_full)(int sock, enum serve_kind kind);
	/*
	 * Worker, with dropped rights, confine_start() done anew, SIGHUP when
	 * the listener is gone; Landlock and seccomp are its own first acts.
	 * Returns the exit status.
	 */
	int (*worker)(const struct serve *serve, struct serve_worker *worker);
};

/* The whole program. Returns its exit status. */
int serve_main(const struct service *service, int argc, char **argv);

/*
 * What ends a worker waits, in it, until serve_release(), and ends it there;
 * nests not. From an ACT to its answer a worker holds the listener's word to
 * end (SIGTERM), and from the intent on the listener's death (SIGHUP), too:
 * before it an orphan has nothing to bring to its end.
 */
enum serve_hold {
	SERVE_HOLD_WORD,
	SERVE_HOLD_ALL,
};
void serve_hold(enum serve_hold how);
void serve_release(void);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * The whole state of one sandbox. Connection threads, the control port and
 * the main thread share it; everything in it is behind `lock` but for what
 * is set once at the start.
 */
#ifndef WARDER_SANDBOX_SANDBOX_H
#define WARDER_SANDBOX_SANDBOX_H

#include <pthread.h>

#include "sandbox/answer.h"
#include "sandbox/crowd.h"
#include "sandbox/world.h"

#define SANDBOX_HOST "127.0.0.1"

struct nonces;
struct fault;

struct key {
	const char *id, *secret, *account, *token; /* token: NULL or text */
	bool is_active, is_registered;
	double ends_ms; /* 0: never */
};

struct sandbox {
	/* set once */
	char *scenario; /* JSON text, read again by a reset */
	int64_t step_ms;
	struct crowd crowd;
	int journal_fd;

	pthread_mutex_t lock;
	pthread_cond_t stop_changed;
	bool is_stopping;

	uint16_t https_port; /* once it listens */
	struct world world;
	int64_t born_ms; /* of the last reset; a script counts from it */
	int script_done; /* steps of it that are behind us */
	struct nonces *nonces;
	struct fault *faults;
	int drop_connections; /* accept and close that many, -1: all */
	int bad_cert;         /* enum cert_kind shown to that many more */
	int bad_cert_left;    /* -1: all */
	int64_t offset_ms;    /* of the clock that clients see */
	unsigned int connections;
	unsigned int seq;
	double posts;
	char **lines; /* the journal, line seq is lines[seq - 1] */
};

/* Loads the scenario anew and forgets everything but the journal. */
int sandbox_reset(struct sandbox *s, struct text *ret_why);
void sandbox_free(struct sandbox *s);

int64_t sandbox_now_ms(void);                      /* real time */
int64_t sandbox_shown_ms(const struct sandbox *s); /* for clients */

/* Waits, but not beyond the end of the program: then false. No lock held. */
bool sandbox_sleep(struct sandbox *s, int64_t ms);

/* Finds the key of that id; false: there is none. */
bool sandbox_key(const struct sandbox *s, const char *id, struct key *ret);

#endif

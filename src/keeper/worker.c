/* SPDX-License-Identifier: ISC */
/*
 * One worker: fences up, then one connection. What it may open is listed
 * here; the network is not in the list and not in the allowed calls.
 */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "confine/confine.h"
#include "keeper/listener.h"
#include "keeper/settle.h"
#include "keeper/unlock.h"
#include "keeper/upkeep.h"
#include "keeper/worker.h"

#define WORKER_FILES 64

static int
raise_fences(const struct keeper_places *places, const struct conf *conf)
{
	/* Name service, time zones, who is logged in, who asks. */
	const char *const read[] = { "/etc", "/proc", "/usr", "/lib", "/lib64",
		"/run/systemd", "/run/utmp", "/var/run", "/var/lib/sss",
		"/run/nscd", places->policy, places->keys_dir, NULL };
	const char *const execute[] = { "/usr/lib", "/lib", "/lib64", NULL };
	const char *const write[] = { places->book.log_dir,
		places->book.state_dir, "/run/warder", "/dev/log",
		conf->syslog_socket, NULL };
	const struct confine_files files = {
		.read = read, .execute = execute, .write = write
	};
	const struct confine_limits limits = { .files = WORKER_FILES };
	int r;

	if ((r = confine_limits(&limits)) != 0 ||
	    (r = confine_files(&files, conf->landlock_required)) != 0)
		return r;
	return confine_calls(CONFINE_KEEPER);
}

static void
clear(struct keeper *keeper)
{
	const struct conf *conf = keeper->conf;

	if (keeper->is_booked &&
	    ledger_checkpoint_due(keeper->book.ledger, conf->checkpoint_lines,
	        conf->checkpoint_ms))
		book_checkpoint(&keeper->book, &keeper->ring);
	carry_close(&keeper->carrier);
	view_clear(&keeper->view);
	rules_clear(&keeper->rules);
	book_close(&keeper->book);
	ring_clear(&keeper->ring);
	fd_closep(&keeper->channel);
}

/* No connection: what a kill left behind is put in order, then it ends. */
static int
run_at_start(struct keeper *keeper)
{
	struct settled settled = { 0 };
	const char *word = "policy";
	struct record rec;

	if (keeper_open_book(keeper) != GO_ON) {
		log_warn("at start: %s; nothing is sent until this is mended",
		    keeper->result.local_code);
		return 1;
	}
	record_begin(&rec, "keeper.start");
	record_set(&rec, M_MSG, "warder " PACKAGE_VERSION);
	record_set(&rec, M_CLK, ledger_clock_word());
	if (book_write(&keeper->book, &rec, NULL, NULL) != LEDGER_OK)
		log_warn("at start: the ledger takes no line");
	upkeep_run(keeper);
	/* Only to know whose key reads which organization. */
	if (rules_read(&keeper->rules, keeper->places->policy,
	        keeper->book.state, &word) != REASON_DONE)
		log_warn("at start: %s", word);
	settle_all(keeper, &settled);
	if (settled.open != 0)
		log_warn(
		    "%llu intents stay open", (unsigned long long)settled.open);
	return 0;
}

/* The last one out: from here on nobody appends. */
static int
run_at_stop(struct keeper *keeper)
{
	struct record rec;

	if (keeper_open_book(keeper) != GO_ON) {
		log_warn("at stop: %s", keeper->result.local_code);
		return 1;
	}
	record_begin(&rec, "keeper.stop");
	record_set(&rec, M_MSG, "warder " PACKAGE_VERSION);
	record_set(&rec, M_CLK, ledger_clock_word());
	if (book_write(&keeper->book, &rec, NULL, NULL) == LEDGER_OK)
		return 0;
	log_warn("at stop: the ledger takes no line");
	return 1;
}

/* The listener has dropped keys that nobody used. */
static int
run_when_idle(struct keeper *keeper)
{
	const char *word = "";

	if (unlock_record_lock(keeper, "idle", &word) == REASON_DONE)
		return 0;
	log_warn("that the keys were locked is not on record: %s", word);
	return 1;
}

int
worker_run(const struct serve *serve, struct serve_worker *worker,
    const struct keeper_places *places)
{
	struct keeper keeper = {
		.serve = serve,
		.conf = &serve->conf,
		.places = places,
		.conn = worker->sock,
		.deadline = worker->deadline,
		.channel = -1,
		.carrier = CARRIER_NONE(serve->courier),
		.ring = { .keyline = worker->keyline,
		    .conf = &serve->conf,
		    .dir = places->keys_dir },
		.book = { .sending = -1 },
	};
	int r;

	keeper.carrier.is_over = keeper_is_alone;
	keeper.carrier.ctx = &keeper;
	if (worker->kind != SERVE_CALLER)
		keeper.carrier.is_over = NULL;
	if (base_init() != 0 || (r = raise_fences(places, &serve->conf)) != 0) {
		log_warn("a fence is missing; nothing is done without it");
		return 1;
	}
	r = 1;
	switch (worker->kind) {
	case SERVE_CALLER:
		r = session_run(&keeper);
		break;
	case SERVE_ADMIN:
		r = admin_run(&keeper);
		break;
	case SERVE_START:
		r = run_at_start(&keeper);
		break;
	case SERVE_STOP:
		r = run_at_stop(&keeper);
		break;
	case SERVE_DUE:
		r = run_when_idle(&keeper);
		break;
	}
	clear(&keeper);
	return r;
}

int
keeper_worker(const struct serve *serve, struct serve_worker *worker)
{
	static const struct keeper_places built_in = {
		.book = { .log_dir = WARDER_LOGDIR,
		    .state_dir = WARDER_STATEDIR,
		    .ledger_pub = WARDER_SYSCONFDIR "/ledger.pub" },
		.keys_dir = WARDER_STATEDIR "/keys",
		.policy = WARDER_SYSCONFDIR "/policy.installed",
	};

	return worker_run(serve, worker, &built_in);
}

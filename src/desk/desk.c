/* SPDX-License-Identifier: ISC */
/*
 * The worker of one connection. It trusts neither end: a client may send
 * anything, and a keeper that was taken over may too. Of its own it says only
 * that there is no slot and that the keeper cannot be reached.
 */
#include "config.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/text.h"
#include "confine/confine.h"
#include "desk/desk.h"
#include "desk/session.h"

/* The keeper answers RESULT 3 at its own limit; only then do we hang up. */
#define SHOWN_SLACK_MS 10000
#define FULL_ID 1 /* nothing was read, so the first id is answered */

struct desk {
	const struct serve *serve;
	const struct serve_worker *worker;
	struct session session;
	struct frame frame;
	int client, keeper;
	int64_t deadline; /* of the state we are in */
};

static int
say(int sock, uint32_t id, enum reason reason, const char *local_code,
    int64_t deadline)
{
	struct person_result result = {
		.exit = (uint8_t)reason, .origin = ORIGIN_HERE, .retry = 1
	};
	int r;

	r = text_copy(result.local_code, sizeof(result.local_code), local_code);
	if (r != 0)
		return r;
	return layout_send(
	    sock, id, &person_result_layout, &result, -1, deadline);
}

/* In the listener, which must not wait: the deadline has passed already. */
static void
on_full(int sock, enum serve_kind kind)
{
	(void)kind;
	(void)!say(sock, FULL_ID, REASON_BUSY, "slots", 0);
}

/*
 * The channel is the identity, so it has to be of whoever connected: a person
 * handed somebody else's end is not that person.
 */
static int
check_channel(const struct desk *desk)
{
	struct peer maker;
	int r = peer_of_channel(desk->frame.fd, &maker);

	if (r != 0)
		return r;
	return maker.uid == desk->worker->peer.uid ? WARDER_OK : WARDER_ECRED;
}

/* Writes what was just understood to the other side. */
static int
pass_on(struct desk *desk, int sock, int fd)
{
	return layout_send(sock, desk->session.id, desk->session.layout,
	    &desk->session.msg, fd, desk->worker->deadline);
}

static void
violation(const struct desk *desk, const char *who, int r)
{
	log_warn("uid %lu, %s: %s; closed",
	    (unsigned long)desk->worker->peer.uid, who, warder_strerror(r));
}

/*
 * Before ACT nothing can have happened yet, and the client may be told so.
 * After it only the ledger knows, and silence says just that.
 */
static int
keeper_is_lost(struct desk *desk, int r)
{
	if (r != WARDER_EOF)
		violation(desk, "warder-keeper", r);
	if (desk->session.state == PERSON_ACTING)
		return EXIT_FAILURE;
	(void)!say(desk->client, desk->session.id, REASON_UNREACHABLE, "keeper",
	    clock_boot_ms() + PERSON_FIRST_MS);
	return EXIT_FAILURE;
}

/* The first request: nothing reaches the keeper before all of it is right. */
static int
open_session(struct desk *desk)
{
	int r =
	    frame_recv(desk->client, WIRE_PERSON, desk->deadline, &desk->frame);

	if (r == WARDER_EVERSION)
		frame_send_mercy(desk->client, WIRE_PERSON);
	if (r != 0)
		return r;
	if ((r = session_on_request(&desk->session, &desk->frame)) != 0)
		return r;
	return check_channel(desk);
}

static int
on_client(struct desk *desk)
{
	int r =
	    frame_recv(desk->client, WIRE_PERSON, desk->deadline, &desk->frame);

	if (r == 0)
		r = session_on_request(&desk->session, &desk->frame);
	if (r != 0) {
		if (r != WARDER_EOF)
			violation(desk, "client", r);
		return r;
	}
	desk->deadline = desk->worker->deadline;
	/*
	 * A desk that is told to end, by an upgrade say, brings the keeper's
	 * answer first: a person left in silence would have to take it that
	 * his request is out.
	 */
	if (desk->session.state == PERSON_ACTING)
		serve_hold(SERVE_HOLD_WORD);
	return pass_on(desk, desk->keeper, -1);
}

/* 0, or what is wrong with the keeper; *ret_gone: the client is not there. */
static int
on_keeper(struct desk *desk, bool *ret_gone)
{
	int r =
	    frame_recv(desk->keeper, WIRE_PERSON, desk->deadline, &desk->frame);

	if (r != 0 ||
	    (r = session_on_answer(&desk->session, &desk->frame)) != 0)
		return r;
	if (desk->session.state == PERSON_SHOWN)
		desk->deadline =
		    clock_boot_ms() + PERSON_SHOWN_MS + SHOWN_SLACK_MS;
	if (desk->deadline > desk->worker->deadline)
		desk->deadline = desk->worker->deadline;
	*ret_gone = pass_on(desk, desk->client, -1) != 0;
	return WARDER_OK;
}

/* The keeper's words first: what it said before it went is still said. */
static int
relay(struct desk *desk)
{
	struct pollfd polled[2] = { { desk->keeper, POLLIN, 0 },
		{ desk->client, POLLIN, 0 } };
	bool is_gone = false;
	int r;

	while (!desk->session.has_ended && !is_gone) {
		if (poll(polled, 2, clock_left_ms(desk->deadline)) <= 0)
			return EXIT_FAILURE;
		if (polled[0].revents != 0) {
			if ((r = on_keeper(desk, &is_gone)) != 0)
				return keeper_is_lost(desk, r);
		} else if (on_client(desk) != 0) {
			return EXIT_FAILURE;
		}
	}
	return is_gone ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int
run(struct desk *desk)
{
	int r = open_session(desk);

	if (r == WARDER_EOF)
		return EXIT_SUCCESS;
	if (r != 0) {
		violation(desk, "client", r);
		return EXIT_FAILURE;
	}
	r = peer_connect(desk->serve->keeper, &desk->keeper);
	if (r == 0)
		r = pass_on(desk, desk->keeper, desk->frame.fd);
	frame_clear(&desk->frame);
	if (r != 0)
		return keeper_is_lost(desk, r);
	desk->deadline = desk->worker->deadline;
	return relay(desk);
}

static int
work(const struct serve *serve, struct serve_worker *worker)
{
	static struct desk desk; /* a frame is large for a stack */
	const struct confine_files no_files = { .read = NULL };
	int r;

	if ((r = confine_files(&no_files, serve->conf.landlock_required)) !=
	        0 ||
	    (r = confine_calls(CONFINE_DESK)) != 0) {
		log_warn("fences: %s", warder_strerror(r));
		return EXIT_FAILURE;
	}
	desk = (struct desk){ .serve = serve,
		.worker = worker,
		.frame = FRAME_NONE,
		.client = worker->sock,
		.keeper = -1,
		.deadline = clock_boot_ms() + PERSON_FIRST_MS };
	r = run(&desk);
	frame_clear(&desk.frame);
	fd_closep(&desk.keeper);
	return r;
}

const struct service desk_service = {
	.name = "warderd",
	.summary = "The front desk of warder: checks what people ask for and "
	           "hands it to warder-keeper.",
	.user = WARDER_USER_DESK,
	.socket_owner = "root",
	.socket_mode = 0666,
	.anybody = true,
	.per_user = true,
	.asks_keeper = true,
	.on_full = on_full,
	.worker = work,
};

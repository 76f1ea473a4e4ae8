/* SPDX-License-Identifier: ISC */
/*
 * The loop of one connection. Whatever ends it ends all that is under way:
 * a keeper that is gone can record nothing, so nothing more is sent for it.
 * An ACT that was let out by then is told apart by the keeper's next start,
 * which reads the run.
 */
#include "config.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "courier/carrier.h"
#include "courier/json.h"
#include "courier/queue.h"
#include "courier/session.h"
#include "courier/transfer.h"
#include "wire/courier.h"
#include "wire/dispatch.h"

#define FIRST_FRAME_MS 10000
#define SEND_MS 15000 /* for a keeper that does not take an item */
#define POLL_MS 1000

enum state {
	S_READING, /* no ACT yet */
	S_ACTED    /* the one ACT came: only reads from now on */
};

struct session {
	int sock;
	int64_t deadline;
	enum state state;
	struct carrier carrier;
	struct queue queue;
};

struct outlet {
	struct session *session;
	uint32_t id;
};

static int64_t
send_deadline(const struct session *session)
{
	int64_t deadline = clock_boot_ms() + SEND_MS;

	return deadline < session->deadline ? deadline : session->deadline;
}

static int
send_done(struct session *session, enum transfer_kind kind, uint32_t id,
    const struct courier_done *done)
{
	const struct layout *layout = kind == TRANSFER_ACT
	                                  ? &courier_act_done_layout
	                                  : &courier_read_done_layout;

	return layout_send(
	    session->sock, id, layout, done, -1, send_deadline(session));
}

/* For what ends without having begun, or is given up. */
static int
send_nothing(struct session *session, enum transfer_kind kind, uint32_t id,
    uint8_t sent, CURLcode code)
{
	struct courier_done done = { .sent = sent, .curl = (uint8_t)code };

	return send_done(session, kind, id, &done);
}

static int
send_item(void *context, const struct item *item)
{
	struct outlet *outlet = context;
	uint8_t body[FRAME_BODY_MAX];
	struct wbuf out = wbuf_of(body, sizeof(body));

	put_item(&out, item);
	return frame_send(outlet->session->sock, COURIER_ITEM, outlet->id, &out,
	    -1, send_deadline(outlet->session));
}

/* One transfer is over: its items, then its DONE. */
static int
finish(struct session *session, struct transfer *transfer, CURLcode code)
{
	enum transfer_kind kind = transfer_kind_of(transfer);
	uint32_t id = transfer_id(transfer);
	struct outlet outlet = { session, id };
	struct answer_sink sink = { send_item, &outlet };
	struct running *running = queue_running(&session->queue, id);
	struct courier_done done;
	struct reply reply;
	int r = WARDER_OK;

	if (running == NULL)
		return WARDER_EBUG;
	transfer_end(transfer, code, &reply, &done);
	if (kind == TRANSFER_ACT)
		answer_act(running->api, &reply, &done);
	else
		r = answer_read(
		    running->api, running->what, &reply, &sink, &done);
	queue_drop(&session->queue, running);
	return r != 0 ? r : send_done(session, kind, id, &done);
}

static int
finish_all(struct session *session)
{
	struct transfer *transfer;
	CURLMsg *message;
	CURLcode code;
	int left, r;

	while ((message = curl_multi_info_read(
	            session->carrier.multi, &left)) != NULL) {
		if (message->msg != CURLMSG_DONE)
			continue;
		code = message->data.result;
		transfer = transfer_of(message->easy_handle);
		if (transfer == NULL)
			return WARDER_EBUG;
		if ((r = finish(session, transfer, code)) != 0)
			return r;
	}
	return WARDER_OK;
}

static int
start(struct session *session, enum transfer_kind kind, uint32_t id,
    const struct courier_request *request)
{
	struct transfer *transfer = NULL;

	if (transfer_start(&session->carrier, kind, id, request, &transfer) !=
	    0)
		return send_nothing(session, kind, id, 0, CURLE_FAILED_INIT);
	return queue_add_running(&session->queue, id, request, transfer);
}

/* As many reads at a time as the configuration says. */
static int
start_waiting(struct session *session)
{
	struct waiting *waiting;
	int r = WARDER_OK;

	while (r == 0 &&
	       session->queue.reads < session->carrier.conf.parallel &&
	       (waiting = queue_next(&session->queue)) != NULL) {
		r = start(
		    session, TRANSFER_READ, waiting->id, &waiting->request);
		waiting_freep(&waiting);
	}
	return r;
}

static int
on_read(void *context, struct frame *frame)
{
	struct session *session = context;
	struct waiting *waiting = NULL;
	int r;

	if (frame->id == 0 || queue_has(&session->queue, frame->id))
		return WARDER_ETYPE;
	if ((r = waiting_new(frame->id, &waiting)) != 0)
		return r;
	if ((r = get_courier_read(frame_body(frame), &waiting->request)) == 0)
		r = queue_add(&session->queue, &waiting);
	waiting_freep(&waiting);
	return r;
}

/* The state changes first: whatever comes of this one, there is no other. */
static int
on_act(void *context, struct frame *frame)
{
	struct session *session = context;
	struct waiting *waiting = NULL;
	int r;

	session->state = S_ACTED;
	if (frame->id == 0 || queue_has(&session->queue, frame->id))
		return WARDER_ETYPE;
	if ((r = waiting_new(frame->id, &waiting)) != 0)
		return r;
	if ((r = get_courier_act(frame_body(frame), &waiting->request)) == 0)
		r = start(session, TRANSFER_ACT, frame->id, &waiting->request);
	waiting_freep(&waiting);
	return r;
}

/* Of a read only. Its end may cross with this: then there is nothing to do. */
static int
on_cancel(void *context, struct frame *frame)
{
	struct session *session = context;
	struct courier_cancel cancel;
	struct running *running;
	int r;

	if ((r = layout_take(frame, &courier_cancel_layout, &cancel)) != 0)
		return r;
	if (queue_forget(&session->queue, cancel.request))
		return send_nothing(session, TRANSFER_READ, cancel.request, 0,
		    CURLE_ABORTED_BY_CALLBACK);
	running = queue_running(&session->queue, cancel.request);
	if (running == NULL ||
	    transfer_kind_of(running->transfer) == TRANSFER_ACT)
		return WARDER_OK;
	queue_drop(&session->queue, running);
	return send_nothing(session, TRANSFER_READ, cancel.request, 1,
	    CURLE_ABORTED_BY_CALLBACK);
}

/* clang-format off */
#define ALWAYS (1u << S_READING | 1u << S_ACTED)
static const struct route routes[] = {
	/* type          may arrive in      longest body    fd     handler */
	{ COURIER_READ,   ALWAYS,           FRAME_BODY_MAX, false, on_read },
	{ COURIER_ACT,    1u << S_READING,  FRAME_BODY_MAX, false, on_act },
	{ COURIER_CANCEL, ALWAYS,           4,              false, on_cancel },
};
/* clang-format on */

/* All frames that are there already. ETIME: no more of them now. */
static int
take_frames(struct session *session, struct frame *frame)
{
	int r;

	do {
		r = frame_recv(session->sock, WIRE_COURIER, 0, frame);
		if (r == 0)
			r = dispatch(routes, sizeof(routes) / sizeof(routes[0]),
			    session->state, session, frame);
	} while (r == 0);
	return r == WARDER_ETIME ? WARDER_OK : r;
}

static int
take_first(struct session *session, struct frame *frame)
{
	int64_t deadline = clock_boot_ms() + FIRST_FRAME_MS;
	int r;

	r = frame_recv(session->sock, WIRE_COURIER, deadline, frame);
	if (r != 0)
		return r;
	return dispatch(routes, sizeof(routes) / sizeof(routes[0]),
	    session->state, session, frame);
}

static int
step(struct session *session, struct frame *frame)
{
	struct curl_waitfd keeper = { session->sock, CURL_WAIT_POLLIN, 0 };
	int left = clock_left_ms(session->deadline), running, r;

	if (left == 0)
		return WARDER_ETIME;
	if ((r = take_frames(session, frame)) != 0 ||
	    (r = start_waiting(session)) != 0)
		return r;
	if (curl_multi_perform(session->carrier.multi, &running) != CURLM_OK)
		return WARDER_EBUG;
	if ((r = finish_all(session)) != 0)
		return r;
	if (session->queue.first != NULL &&
	    session->queue.reads < session->carrier.conf.parallel)
		return WARDER_OK;
	return curl_multi_poll(session->carrier.multi, &keeper, 1,
	           left < POLL_MS ? left : POLL_MS, NULL) == CURLM_OK
	           ? WARDER_OK
	           : WARDER_EBUG;
}

static int
run(struct session *session)
{
	auto_frame struct frame frame = FRAME_NONE;
	int r;

	if ((r = take_first(session, &frame)) == 0) {
		do {
			r = step(session, &frame);
		} while (r == 0);
	}
	if (r == WARDER_EVERSION)
		frame_send_mercy(session->sock, WIRE_COURIER);
	return r == WARDER_EOF ? WARDER_OK : r;
}

int
session_run(int sock, const struct conf *conf, int64_t deadline)
{
	struct session session = { .sock = sock, .deadline = deadline };
	int r;

	json_init();
	if ((r = carrier_open(&session.carrier, conf)) == 0)
		r = run(&session);
	queue_clear(&session.queue);
	carrier_close(&session.carrier);
	if (r != 0)
		log_warn("connection: %s", warder_strerror(r));
	return r;
}

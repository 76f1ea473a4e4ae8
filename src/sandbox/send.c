/* SPDX-License-Identifier: ISC */
/*
 * Sends whole answers, and every broken kind of answer. Runs in the thread
 * of its own connection, so it may wait.
 */
#include "config.h"

#include <sys/socket.h>

#include <gnutls/gnutls.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sandbox/send.h"

#define ENDLESS_MAX_MS 30000

/* One broken answer on its way. */
struct line {
	struct sandbox *s;
	gnutls_session_t tls;
	int fd;
};

static void
format_date(int64_t off_s, char *ret, size_t len)
{
	time_t t = (time_t)(sandbox_now_ms() / 1000 + off_s);
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL ||
	    strftime(ret, len, "%a, %d %b %Y %H:%M:%S GMT", &tm) == 0)
		abort();
}

static enum MHD_Result
send_whole(struct MHD_Connection *c, const struct answer *a)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(
	    a->body.len, a->body.s, MHD_RESPMEM_MUST_COPY);
	enum MHD_Result r;
	char date[64];
	size_t i;

	if (response == NULL)
		return MHD_NO;
	format_date(a->date_off_s, date, sizeof(date));
	MHD_add_response_header(response, "Date", date);
	MHD_add_response_header(response, "Content-Type", a->type);
	MHD_add_response_header(response, "x-acs-request-id", a->request_id);
	for (i = 0; i < a->headers.n; i++)
		MHD_add_response_header(
		    response, a->headers.v[i].name, a->headers.v[i].value);
	r = MHD_queue_response(c, (unsigned int)a->status, response);
	MHD_destroy_response(response);
	return r;
}

/* False: the peer is gone. */
static bool
put(struct line *l, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = gnutls_record_send(l->tls, bytes, len);
		struct pollfd p = { .fd = l->fd, .events = POLLOUT };

		if (n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED) {
			if (poll(&p, 1, 5000) <= 0)
				return false;
			continue;
		}
		if (n <= 0)
			return false;
		bytes += n;
		len -= (size_t)n;
	}
	return true;
}

static bool
put_text(struct line *l, const char *s)
{
	return put(l, s, strlen(s));
}

/* Status line and headers, without the empty line that ends them. */
static void
format_head(const struct answer *a, struct text *t)
{
	char date[64];
	size_t i;

	format_date(a->date_off_s, date, sizeof(date));
	text_printf(t,
	    "HTTP/1.1 %d Sandbox\r\nDate: %s\r\nContent-Type: %s\r\n"
	    "x-acs-request-id: %s\r\nConnection: close\r\n",
	    a->status, date, a->type, a->request_id);
	for (i = 0; i < a->headers.n; i++)
		text_printf(t, "%s: %s\r\n", a->headers.v[i].name,
		    a->headers.v[i].value);
}

static void
put_with_length(
    struct line *l, const struct answer *a, size_t length, size_t body_len)
{
	struct text t = { 0 };

	format_head(a, &t);
	text_printf(&t, "Content-Length: %zu\r\n\r\n", length);
	text_add_bytes(&t, a->body.s, body_len);
	put(l, t.s, t.len);
	text_free(&t);
}

static void
put_drip(struct line *l, const struct answer *a, int64_t ms)
{
	struct text t = { 0 };
	size_t i;

	format_head(a, &t);
	text_printf(&t, "Content-Length: %zu\r\n\r\n", a->body.len);
	text_add_bytes(&t, a->body.s, a->body.len);
	for (i = 0; i < t.len; i++)
		if (!put(l, t.s + i, 1) || !sandbox_sleep(l->s, ms))
			break;
	text_free(&t);
}

static void
put_endless(struct line *l, const struct answer *a, bool is_headers)
{
	int64_t end = sandbox_now_ms() + ENDLESS_MAX_MS;
	struct text head = { 0 }, piece = { 0 };
	char filler[1001];
	bool goes_on;

	memset(filler, 'x', 1000);
	filler[1000] = '\0';
	format_head(a, &head);
	if (is_headers)
		text_printf(&piece, "x-filler: %s\r\n", filler);
	else {
		text_add(&head, "Transfer-Encoding: chunked\r\n\r\n");
		text_printf(&piece, "3e8\r\n%s\r\n", filler);
	}
	goes_on = put(l, head.s, head.len);
	while (goes_on && sandbox_now_ms() < end)
		goes_on = put(l, piece.s, piece.len) && sandbox_sleep(l->s, 1);
	text_free(&head);
	text_free(&piece);
}

static void
put_huge_headers(struct line *l, const struct answer *a, int64_t kib)
{
	struct text t = { 0 };
	int64_t i, k;

	format_head(a, &t);
	for (i = 0; i < kib; i++) {
		text_printf(&t, "x-filler-%lld: ", (long long)i);
		for (k = 0; k < 1000; k++)
			text_add(&t, "x");
		text_add(&t, "\r\n");
	}
	text_printf(&t, "Content-Length: %zu\r\n\r\n", a->body.len);
	text_add_bytes(&t, a->body.s, a->body.len);
	put(l, t.s, t.len);
	text_free(&t);
}

/* Linux ends a connection with RST when it is connected to nothing. */
static void
reset(int fd)
{
	struct sockaddr nowhere = { .sa_family = AF_UNSPEC };

	if (connect(fd, &nowhere, sizeof(nowhere)) != 0)
		shutdown(fd, SHUT_RDWR);
}

static size_t
half_of(const struct answer *a, const struct plan *plan)
{
	int64_t n = plan_number(plan->args, "n", (int64_t)(a->body.len / 2));

	return n < 0 || (size_t)n > a->body.len ? a->body.len : (size_t)n;
}

static void
send_broken(struct line *l, const struct answer *a, const struct plan *plan)
{
	size_t len = a->body.len;

	switch (plan->kind->send) {
	case SEND_WHOLE:
	case SEND_NOTHING:
		break;
	case SEND_RESET:
		reset(l->fd);
		break;
	case SEND_CUT:
		put_with_length(l, a, len, half_of(a, plan));
		break;
	case SEND_LONG:
		put_with_length(
		    l, a, len + (size_t)plan_number(plan->args, "n", 10), len);
		break;
	case SEND_EXTRA:
		put_with_length(l, a, len, len);
		put_text(l, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ntrue");
		break;
	case SEND_DRIP:
		put_drip(l, a, plan_number(plan->args, "ms", 2));
		break;
	case SEND_ENDLESS:
		put_endless(l, a, false);
		break;
	case SEND_ENDLESS_HEADERS:
		put_endless(l, a, true);
		break;
	case SEND_HUGE_HEADERS:
		put_huge_headers(l, a, plan_number(plan->args, "n", 128));
		break;
	case SEND_STATUS_LINE:
		put_text(l, "HTTQ/one.one OK two hundred\r\n\r\n");
		break;
	}
}

static int64_t
wait_of(const struct plan *plan)
{
	if (plan->kind == NULL)
		return 0;
	if (strcmp(plan->kind->name, "delay") == 0)
		return plan_number(plan->args, "ms", 1000);
	return plan_number(plan->args, "delay", 0);
}

enum MHD_Result
send_answer(struct sandbox *s, struct MHD_Connection *c, const struct answer *a,
    const struct plan *plan)
{
	const union MHD_ConnectionInfo *tls, *fd;
	int64_t ms = wait_of(plan);
	struct line l = { .s = s };

	if (ms > 0 && !sandbox_sleep(s, ms))
		return MHD_NO;
	if (plan->kind == NULL || plan->kind->send == SEND_WHOLE)
		return send_whole(c, a);
	tls = MHD_get_connection_info(c, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	fd = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
	if (tls == NULL || fd == NULL)
		return MHD_NO;
	l.tls = tls->tls_session;
	l.fd = fd->connect_fd;
	send_broken(&l, a, plan);
	return MHD_NO; /* closes the connection */
}

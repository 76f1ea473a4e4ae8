/* SPDX-License-Identifier: ISC */
/*
 * Takes requests from libmicrohttpd as raw as it gives them: the target from
 * its log callback, before it is decoded, and the headers in their order.
 */
#include "config.h"

#include <sys/socket.h>

#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/https.h"
#include "sandbox/journal.h"
#include "sandbox/send.h"
#include "sandbox/serve.h"

struct link {
	unsigned int number, requests;
};

/* GnuTLS asks for a certificate without a word about for whom. */
static struct {
	struct sandbox *s;
	const struct cert *cert;
} serving;

static int
on_certificate(gnutls_session_t tls, const gnutls_datum_t *authorities,
    int nauthorities, const gnutls_pk_algorithm_t *algorithms, int nalgorithms,
    gnutls_pcert_st **ret_certs, unsigned int *ret_ncerts,
    gnutls_privkey_t *ret_key)
{
	struct sandbox *s = serving.s;
	int kind = CERT_GOOD;

	(void)tls;
	(void)authorities;
	(void)nauthorities;
	(void)algorithms;
	(void)nalgorithms;
	pthread_mutex_lock(&s->lock);
	if (s->bad_cert_left != 0)
		kind = s->bad_cert;
	if (s->bad_cert_left > 0)
		s->bad_cert_left--;
	pthread_mutex_unlock(&s->lock);
	*ret_certs = (gnutls_pcert_st *)(uintptr_t)&serving.cert->served[kind];
	*ret_ncerts = 1;
	*ret_key = serving.cert->key;
	return 0;
}

struct sockaddr_in
https_loopback(uint16_t port)
{
	struct sockaddr_in a = { .sin_family = AF_INET };

	a.sin_port = htons(port);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return a;
}

static const char *
tls_of(struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *i =
	    MHD_get_connection_info(c, MHD_CONNECTION_INFO_GNUTLS_SESSION);

	if (i == NULL || i->tls_session == NULL)
		return NULL;
	return gnutls_protocol_get_name(
	    gnutls_protocol_get_version(i->tls_session));
}

static void
on_connection(void *cls, struct MHD_Connection *c, void **socket_context,
    enum MHD_ConnectionNotificationCode code)
{
	struct sandbox *s = cls;
	struct link *l = *socket_context;

	pthread_mutex_lock(&s->lock);
	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		l = text_alloc(sizeof(*l));
		l->number = ++s->connections;
		*socket_context = l;
	} else if (l != NULL) {
		if (l->requests == 0)
			journal_connection(s, l->number, tls_of(c));
		free(l);
		*socket_context = NULL;
	}
	pthread_mutex_unlock(&s->lock);
}

static enum MHD_Result
on_accept(void *cls, const struct sockaddr *addr, socklen_t len)
{
	struct sandbox *s = cls;
	enum MHD_Result r = MHD_YES;

	(void)addr;
	(void)len;
	pthread_mutex_lock(&s->lock);
	if (s->drop_connections != 0)
		r = MHD_NO;
	if (s->drop_connections > 0)
		s->drop_connections--;
	pthread_mutex_unlock(&s->lock);
	return r;
}

/* The only place where libmicrohttpd shows the target undecoded. */
static void *
on_target(void *cls, const char *target, struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *i =
	    MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct req *r = req_new("", target);
	struct link *l = i != NULL ? i->socket_context : NULL;

	(void)cls;
	r->ms = sandbox_now_ms();
	r->tls = tls_of(c);
	if (l != NULL) {
		l->requests++;
		r->connection = l->number;
	}
	return r;
}

static enum MHD_Result
on_header(
    void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct req *r = cls;

	(void)kind;
	pairs_add(&r->headers, name, value != NULL ? value : "");
	return MHD_YES;
}

static enum MHD_Result
on_request(void *cls, struct MHD_Connection *c, const char *url,
    const char *method, const char *version, const char *data, size_t *data_len,
    void **con_cls)
{
	struct sandbox *s = cls;
	struct req *r = *con_cls;
	struct answer a;
	struct plan plan;
	enum MHD_Result result;

	(void)url;
	(void)version;
	if (r == NULL)
		return MHD_NO;
	if (!r->begun) {
		r->begun = true;
		return MHD_YES;
	}
	if (*data_len > 0) {
		if (r->body.len + *data_len > REQ_MAX_BODY)
			return MHD_NO;
		text_add_bytes(&r->body, data, *data_len);
		*data_len = 0;
		return MHD_YES;
	}
	free(r->method);
	r->method = text_dup(method);
	MHD_get_connection_values(c, MHD_HEADER_KIND, on_header, r);
	serve_request(s, r, &a, &plan);
	result = send_answer(s, c, &a, &plan);
	answer_free(&a);
	plan_free(&plan);
	return result;
}

static void
on_completed(void *cls, struct MHD_Connection *c, void **con_cls,
    enum MHD_RequestTerminationCode why)
{
	struct req *r = *con_cls;

	(void)cls;
	(void)c;
	(void)why;
	req_freep(&r);
	*con_cls = NULL;
}

struct MHD_Daemon *
https_start(struct sandbox *s, uint16_t port, const struct cert *cert)
{
	struct sockaddr_in addr = https_loopback(port);

	serving.s = s;
	serving.cert = cert;
	return MHD_start_daemon(MHD_USE_TLS | MHD_USE_THREAD_PER_CONNECTION |
	                            MHD_USE_INTERNAL_POLLING_THREAD |
	                            MHD_USE_SUPPRESS_DATE_NO_CLOCK,
	    port, on_accept, s, on_request, s, MHD_OPTION_SOCK_ADDR, &addr,
	    MHD_OPTION_HTTPS_CERT_CALLBACK, on_certificate,
	    MHD_OPTION_HTTPS_PRIORITIES,
	    "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2",
	    MHD_OPTION_URI_LOG_CALLBACK, on_target, s,
	    MHD_OPTION_NOTIFY_CONNECTION, on_connection, s,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, s,
	    MHD_OPTION_CONNECTION_LIMIT, 512U, MHD_OPTION_CONNECTION_TIMEOUT,
	    120U, MHD_OPTION_END);
}

uint16_t
https_port(struct MHD_Daemon *d)
{
	const union MHD_DaemonInfo *i =
	    MHD_get_daemon_info(d, MHD_DAEMON_INFO_BIND_PORT);

	return i != NULL ? i->port : 0;
}

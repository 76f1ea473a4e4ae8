/* SPDX-License-Identifier: ISC */
/*
 * The option table of a request, its hooks and its end. libcurl sends a POST
 * again by itself when a reused connection dies before an answer, and no
 * option turns that off: so the POST gets a fresh connection, and the hook
 * before the first byte lets it through once.
 */
#include "config.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "courier/head.h"
#include "courier/transfer.h"
#include "courier/wipe.h"

#define FIRST_ROOM 16384
#define LOW_SPEED_BYTES 1L
#define LOW_SPEED_S 10L

struct transfer {
	struct carrier *carrier;
	enum transfer_kind kind;
	uint32_t id;
	CURL *easy;
	struct curl_slist *headers;
	uint64_t start_before; /* ACT: boot ms */
	int64_t started;       /* boot ms */
	unsigned int let_out;  /* how often the hook said yes */
	struct head head;
	uint8_t *body;
	size_t len, room, cap;
};

/* The last moment before the first byte, behind proxy and TLS. */
static int
on_prereq(void *context, char *primary_ip, char *local_ip, int primary_port,
    int local_port)
{
	struct transfer *transfer = context;

	(void)primary_ip;
	(void)local_ip;
	(void)primary_port;
	(void)local_port;
	if (transfer->kind == TRANSFER_ACT &&
	    (transfer->let_out != 0 ||
	        (uint64_t)clock_boot_ms() >= transfer->start_before))
		return CURL_PREREQFUNC_ABORT;
	transfer->let_out++;
	return CURL_PREREQFUNC_OK;
}

static size_t
on_header(char *line, size_t size, size_t n, void *context)
{
	struct transfer *transfer = context;

	return head_add(&transfer->head, line, size * n) == 0 ? size * n : 0;
}

/* The cap is held against before memory is taken. */
static int
make_room(struct transfer *transfer, size_t more)
{
	size_t room = transfer->room == 0 ? FIRST_ROOM : transfer->room;
	uint8_t *body;

	if (more > transfer->cap - transfer->len)
		return WARDER_ETOOBIG;
	while (room < transfer->len + more)
		room *= 2;
	if (room == transfer->room)
		return WARDER_OK;
	if ((body = wipe_realloc(transfer->body, room)) == NULL)
		return WARDER_ENOMEM;
	transfer->body = body;
	transfer->room = room;
	return WARDER_OK;
}

static size_t
on_body(char *bytes, size_t size, size_t n, void *context)
{
	struct transfer *transfer = context;

	if (size * n == 0)
		return 0;
	if (make_room(transfer, size * n) != 0)
		return CURL_WRITEFUNC_ERROR;
	memcpy(transfer->body + transfer->len, bytes, size * n);
	transfer->len += size * n;
	return size * n;
}

static int
add_header(struct transfer *transfer, const char *name, const char *value)
{
	char line[COURIER_NAME_MAX + COURIER_VALUE_MAX + 4];
	struct curl_slist *headers;
	int n;

	/* libcurl takes "name:" for "leave it out", "name;" for empty. */
	n = snprintf(line, sizeof(line), "%s%s%s", name,
	    value[0] == '\0' ? ";" : ": ", value);
	if (n < 0 || (size_t)n >= sizeof(line))
		return WARDER_EBUG;
	headers = curl_slist_append(transfer->headers, line);
	sodium_memzero(line, sizeof(line));
	if (headers == NULL)
		return WARDER_ENOMEM;
	transfer->headers = headers;
	return WARDER_OK;
}

/* libcurl would add these two by itself to a POST; neither is signed. */
static int
remove_header(struct transfer *transfer, const char *line)
{
	struct curl_slist *headers = curl_slist_append(transfer->headers, line);

	if (headers == NULL)
		return WARDER_ENOMEM;
	transfer->headers = headers;
	return WARDER_OK;
}

/* The token API wants it with every call; nothing is signed there. */
static int
add_content_type(struct transfer *transfer, uint8_t api)
{
	if (api == COURIER_API_TOKEN)
		return add_header(transfer, "Content-Type", "application/json");
	return remove_header(transfer, "Content-Type:");
}

static int
add_headers(struct transfer *transfer, const struct courier_request *request)
{
	const struct courier_header *header = request->headers;
	int r;

	if ((r = add_header(transfer, "Host", request->endpoint)) != 0 ||
	    (r = add_header(transfer, "Accept", "application/json")) != 0 ||
	    (r = add_content_type(transfer, request->api)) != 0 ||
	    (r = remove_header(transfer, "Expect:")) != 0)
		return r;
	for (size_t i = 0; i < request->n; i++, header++) {
		if ((r = add_header(transfer, header->name, header->value)) !=
		    0)
			return r;
	}
	return WARDER_OK;
}

/* For the lists below: the first failure is kept. */
#define SET(option, value)                                                     \
	do {                                                                   \
		if (code == CURLE_OK)                                          \
			code = curl_easy_setopt(easy, option, value);          \
	} while (0)

/* Where it goes, and what nobody but warder.conf has a say in. */
static CURLcode
set_way(CURL *easy, const struct carrier_conf *conf)
{
	CURLcode code = CURLE_OK;

	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_PROXY, conf->proxy);
	SET(CURLOPT_NOPROXY, "");
	SET(CURLOPT_HTTPPROXYTUNNEL, 1L);
	SET(CURLOPT_PATH_AS_IS, 1L);
	SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_USERAGENT, PACKAGE_NAME "/" PACKAGE_VERSION);
#if LIBCURL_VERSION_NUM >= 0x075500
	SET(CURLOPT_PROTOCOLS_STR, "https");
	SET(CURLOPT_REDIR_PROTOCOLS_STR, "https");
#else
	SET(CURLOPT_PROTOCOLS, (long)CURLPROTO_HTTPS);
	SET(CURLOPT_REDIR_PROTOCOLS, (long)CURLPROTO_HTTPS);
#endif
	return code;
}

static CURLcode
set_tls(CURL *easy, const struct carrier *carrier)
{
	CURLcode code = CURLE_OK;

	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_CAINFO, carrier->conf.ca_file);
	SET(CURLOPT_CAPATH, NULL);
	SET(CURLOPT_PROXY_CAINFO, carrier->conf.ca_file);
	SET(CURLOPT_PROXY_CAPATH, NULL);
	SET(CURLOPT_SHARE, carrier->share);
	if (carrier->conf.pin[0] != '\0')
		SET(CURLOPT_PINNEDPUBLICKEY, carrier->conf.pin);
	return code;
}

static CURLcode
set_limits(CURL *easy, const struct carrier_conf *conf)
{
	CURLcode code = CURLE_OK;

	SET(CURLOPT_CONNECTTIMEOUT_MS, (long)conf->connect_timeout_ms);
	SET(CURLOPT_TIMEOUT_MS, (long)conf->answer_timeout_ms);
	SET(CURLOPT_LOW_SPEED_LIMIT, LOW_SPEED_BYTES);
	SET(CURLOPT_LOW_SPEED_TIME, LOW_SPEED_S);
	SET(CURLOPT_NOSIGNAL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075700
	SET(CURLOPT_QUICK_EXIT, 1L);
#endif
	return code;
}

static CURLcode
set_hooks(CURL *easy, struct transfer *transfer)
{
	CURLcode code = CURLE_OK;

	SET(CURLOPT_PRIVATE, transfer);
	SET(CURLOPT_PREREQFUNCTION, on_prereq);
	SET(CURLOPT_PREREQDATA, transfer);
	SET(CURLOPT_HEADERFUNCTION, on_header);
	SET(CURLOPT_HEADERDATA, transfer);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, transfer);
	SET(CURLOPT_HTTPHEADER, transfer->headers);
	return code;
}

static CURLcode
set_request(
    CURL *easy, enum transfer_kind kind, const struct courier_request *request)
{
	char url[COURIER_ENDPOINT_MAX + 16];
	CURLcode code = CURLE_OK;

	/* The target goes out byte for byte as it was signed. */
	(void)snprintf(url, sizeof(url), "https://%s/", request->endpoint);
	SET(CURLOPT_URL, url);
	SET(CURLOPT_REQUEST_TARGET, request->target);
	if (kind != TRANSFER_ACT) {
		SET(CURLOPT_HTTPGET, 1L);
		return code;
	}
	SET(CURLOPT_POST, 1L);
	SET(CURLOPT_POSTFIELDS, "");
	SET(CURLOPT_POSTFIELDSIZE, 0L);
	SET(CURLOPT_FRESH_CONNECT, 1L);
	SET(CURLOPT_FORBID_REUSE, 1L);
	return code;
}

static int
set_options(struct transfer *transfer, const struct courier_request *request)
{
	const struct carrier *carrier = transfer->carrier;
	CURL *easy = transfer->easy;

	if (set_way(easy, &carrier->conf) != CURLE_OK ||
	    set_tls(easy, carrier) != CURLE_OK ||
	    set_limits(easy, &carrier->conf) != CURLE_OK ||
	    set_hooks(easy, transfer) != CURLE_OK ||
	    set_request(easy, transfer->kind, request) != CURLE_OK)
		return WARDER_EBUG;
	return WARDER_OK;
}

static int
prepare(struct transfer *transfer, const struct courier_request *request)
{
	int r;

	if ((transfer->easy = curl_easy_init()) == NULL)
		return WARDER_ENOMEM;
	if ((r = add_headers(transfer, request)) != 0 ||
	    (r = set_options(transfer, request)) != 0)
		return r;
	return curl_multi_add_handle(
	           transfer->carrier->multi, transfer->easy) == CURLM_OK
	           ? WARDER_OK
	           : WARDER_ENOMEM;
}

int
transfer_start(struct carrier *carrier, enum transfer_kind kind, uint32_t id,
    const struct courier_request *request, struct transfer **ret_transfer)
{
	struct transfer *transfer = wipe_calloc(1, sizeof(*transfer));
	int r;

	if (transfer == NULL)
		return WARDER_ENOMEM;
	transfer->carrier = carrier;
	transfer->kind = kind;
	transfer->id = id;
	transfer->start_before = request->start_before;
	transfer->started = clock_boot_ms();
	transfer->cap =
	    kind == TRANSFER_ACT ? COURIER_ANSWER_MAX : request->cap;
	if ((r = prepare(transfer, request)) != 0) {
		transfer_freep(&transfer);
		return r;
	}
	*ret_transfer = transfer;
	return WARDER_OK;
}

void
transfer_freep(struct transfer **transfer)
{
	struct transfer *t = *transfer;

	if (t == NULL)
		return;
	if (t->easy != NULL) {
		(void)curl_multi_remove_handle(t->carrier->multi, t->easy);
		curl_easy_cleanup(t->easy);
	}
	curl_slist_free_all(t->headers);
	wipe_free(t->body);
	wipe_free(t);
	*transfer = NULL;
}

struct transfer *
transfer_of(CURL *easy)
{
	char *transfer = NULL;

	if (curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer) != CURLE_OK)
		return NULL;
	return (struct transfer *)(void *)transfer;
}

uint32_t
transfer_id(const struct transfer *transfer)
{
	return transfer->id;
}

enum transfer_kind
transfer_kind_of(const struct transfer *transfer)
{
	return transfer->kind;
}

static long
info(const struct transfer *transfer, CURLINFO what)
{
	long n = 0;

	return curl_easy_getinfo(transfer->easy, what, &n) == CURLE_OK ? n : 0;
}

/*
 * Two witnesses: the hook, and the bytes that libcurl says it wrote. Without
 * a proxy they have to agree before anybody is told that nothing was sent;
 * with one the bytes may be those of its CONNECT.
 */
static bool
was_sent(const struct transfer *transfer)
{
	if (transfer->carrier->conf.proxy[0] != '\0')
		return transfer->let_out != 0;
	return transfer->let_out != 0 ||
	       info(transfer, CURLINFO_REQUEST_SIZE) != 0;
}

static void
fill_reply(const struct transfer *transfer, CURLcode code, bool sent,
    struct reply *reply)
{
	const struct head *head = &transfer->head;

	*reply = (struct reply){ 0 };
	if (!sent)
		return;
	reply->http = (uint16_t)info(transfer, CURLINFO_RESPONSE_CODE);
	reply->is_whole = code == CURLE_OK;
	reply->is_encoded = head->is_encoded;
	reply->has_next_page = head->has_next_page;
	memcpy(reply->type, head->type, sizeof(reply->type));
	memcpy(reply->request_id, head->request_id, sizeof(reply->request_id));
	memcpy(reply->next_page, head->next_page, sizeof(reply->next_page));
	reply->page = head->page;
	reply->total_pages = head->total_pages;
	reply->body = transfer->body;
	reply->len = transfer->len;
}

void
transfer_end(struct transfer *transfer, CURLcode code, struct reply *ret_reply,
    struct courier_done *ret_done)
{
	bool sent = was_sent(transfer);
	long connections = info(transfer, CURLINFO_NUM_CONNECTS);

	fill_reply(transfer, code, sent, ret_reply);
	*ret_done = (struct courier_done){
		.sent = sent ? 1 : 0,
		.curl = (uint8_t)code,
		.ms = (uint32_t)(clock_boot_ms() - transfer->started),
		.connections = (uint8_t)(connections > 255 ? 255 : connections),
	};
	if (!sent)
		return;
	ret_done->date = transfer->head.date_ms;
	ret_done->retry_after = transfer->head.retry_after_ms;
}

/* SPDX-License-Identifier: ISC */
/*
 * Requests and the ends of them. The courier reads requests of the keeper,
 * the keeper reads ends and items of a process that talks to strangers: both
 * hold every member against its range before they use one.
 */
#include "config.h"

#include <sodium.h>
#include <string.h>

#include "wire/courier.h"

#define COUNT(fields) (sizeof(fields) / sizeof((fields)[0]))

/* clang-format off */
#define DONE_FIELDS \
	{ FIELD_U8, offsetof(struct courier_done, sent), 1 }, \
	{ FIELD_U8, offsetof(struct courier_done, curl), 255 }, \
	{ FIELD_U16, offsetof(struct courier_done, http), 0 }, \
	{ FIELD_U8, offsetof(struct courier_done, readable), 1 }, \
	{ FIELD_TEXT8, offsetof(struct courier_done, code), 96 }, \
	{ FIELD_TEXT8, offsetof(struct courier_done, request_id), 96 }, \
	{ FIELD_TEXT16, offsetof(struct courier_done, message), 512 }, \
	{ FIELD_U64, offsetof(struct courier_done, date), 0 }, \
	{ FIELD_U32, offsetof(struct courier_done, retry_after), 0 }, \
	{ FIELD_U32, offsetof(struct courier_done, ms), 0 }, \
	{ FIELD_U32, offsetof(struct courier_done, items), 0 }
/* clang-format on */

static const struct field read_done_fields[] = { DONE_FIELDS };

static const struct field act_done_fields[] = {
	DONE_FIELDS,
	{ FIELD_TRI, offsetof(struct courier_done, success), 0 },
	{ FIELD_TRI, offsetof(struct courier_done, bare), 0 },
	{ FIELD_U8, offsetof(struct courier_done, connections), 255 },
};

static const struct field cancel_fields[] = {
	{ FIELD_U32, offsetof(struct courier_cancel, request), 0 },
};

const struct layout courier_read_done_layout = { "READ_DONE", COURIER_READ_DONE,
	false, sizeof(struct courier_done), read_done_fields,
	COUNT(read_done_fields) };
const struct layout courier_act_done_layout = { "ACT_DONE", COURIER_ACT_DONE,
	false, sizeof(struct courier_done), act_done_fields,
	COUNT(act_done_fields) };
const struct layout courier_cancel_layout = { "CANCEL", COURIER_CANCEL, false,
	sizeof(struct courier_cancel), cancel_fields, COUNT(cancel_fields) };

bool
courier_is_good(const struct courier_done *done)
{
	return done->sent == 1 && done->curl == 0 && done->http >= 200 &&
	       done->http <= 299 && done->readable == 1 &&
	       done->code[0] == '\0';
}

/* A blob ends where its page ends, so a whole struct in it is aligned. */
_Static_assert(sizeof(struct courier_request) <= BLOB_MAX, "fits a blob");

int
courier_request_new(struct blob **ret_blob)
{
	auto_blob struct blob *blob = NULL;
	int r;

	if ((r = blob_new(sizeof(struct courier_request), &blob)) != 0 ||
	    (r = blob_set_len(blob, sizeof(struct courier_request))) != 0)
		return r;
	*ret_blob = blob_steal(&blob);
	return WARDER_OK;
}

struct courier_request *
courier_request_of(struct blob *blob)
{
	return (void *)blob_space(blob);
}

void
courier_request_wipe(struct courier_request *request)
{
	sodium_memzero(request, sizeof(*request));
}

/* The characters of a header name (RFC 9110 `token`), lower or upper case. */
static bool
is_token(const char *text)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
	                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                              "0123456789!#$%&'*+-.^_`|~";

	return text[0] != '\0' && text[strspn(text, allowed)] == '\0';
}

/*
 * What the courier sets by itself, or what would make of one request another:
 * a body, a connection kept, bytes unpacked, a second request within.
 */
static bool
is_ours(const char *name)
{
	static const char *const ours[] = { "accept", "accept-encoding",
		"connection", "content-length", "content-type", "cookie",
		"expect", "host", "keep-alive", "proxy-authorization",
		"proxy-connection", "te", "trailer", "transfer-encoding",
		"upgrade" };

	for (size_t i = 0; i < COUNT(ours); i++) {
		if (strcasecmp(name, ours[i]) == 0)
			return true;
	}
	return false;
}

/* A line feed in a value would be a header more. */
static bool
is_one_line(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return false;
	}
	return true;
}

static bool
is_graphic(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text < 0x21 || *text > 0x7e)
			return false;
	}
	return true;
}

/* Host or host:port and no more: no user, no path, nothing that curl globs. */
static bool
is_endpoint(const char *text)
{
	static const char host[] = "abcdefghijklmnopqrstuvwxyz"
	                           "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                           "0123456789.-";
	size_t n = strspn(text, host), digits;

	if (n == 0 || text[0] == '.' || text[0] == '-')
		return false;
	if (text[n] == '\0')
		return true;
	if (text[n] != ':')
		return false;
	digits = strspn(text + n + 1, "0123456789");
	return digits >= 1 && digits <= 5 && text[n + 1] != '0' &&
	       text[n + 1 + digits] == '\0';
}

static bool
ends_in(const char *text, const char *end)
{
	size_t len = strlen(text), n = strlen(end);

	return len >= n && strcmp(text + len - n, end) == 0;
}

static bool
is_target(const char *text)
{
	return text[0] == '/' && is_graphic(text) && strchr(text, '#') == NULL;
}

static bool
is_act_target(const char *text, uint8_t verb)
{
	if (strchr(text, '?') != NULL)
		return false;
	return verb == COURIER_PASS     ? ends_in(text, "/pass")
	       : verb == COURIER_REFUSE ? ends_in(text, "/refuse")
	                                : false;
}

static bool
is_header_fit(const struct courier_header *header)
{
	return is_token(header->name) && !is_ours(header->name) &&
	       is_one_line(header->value);
}

/* Each header once: whoever reads two of a name reads the one he likes. */
static bool
is_first_of_its_name(const struct courier_request *request, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strcasecmp(request->headers[i].name,
		        request->headers[n].name) == 0)
			return false;
	}
	return true;
}

/* READ and ACT have this much in common, in this order. */
static bool
is_common_fit(const struct courier_request *request)
{
	if (request->api < COURIER_API_SIGNED ||
	    request->api > COURIER_API_TOKEN ||
	    request->n > COURIER_HEADERS_MAX ||
	    !is_endpoint(request->endpoint) || !is_target(request->target))
		return false;
	for (size_t i = 0; i < request->n; i++) {
		if (!is_header_fit(&request->headers[i]) ||
		    !is_first_of_its_name(request, i))
			return false;
	}
	return true;
}

static bool
is_read_fit(const struct courier_request *request)
{
	return is_common_fit(request) && request->what >= COURIER_RUN &&
	       request->what <= COURIER_WHAT_LAST && request->cap >= 1 &&
	       request->cap <= COURIER_ANSWER_MAX;
}

static bool
is_act_fit(const struct courier_request *request)
{
	return is_common_fit(request) &&
	       is_act_target(request->target, request->verb);
}

static void
put_rest(struct wbuf *out, const struct courier_request *request)
{
	put_text16(out, request->endpoint);
	put_text16(out, request->target);
	put_u8(out, request->n);
	for (size_t i = 0; i < request->n && i < COURIER_HEADERS_MAX; i++) {
		put_text8(out, request->headers[i].name);
		put_text16(out, request->headers[i].value);
	}
}

static int
get_rest(struct rbuf *in, struct courier_request *request)
{
	struct courier_header *header = request->headers;
	int r;

	if ((r = get_text16(in, COURIER_ENDPOINT_MAX, request->endpoint)) !=
	        0 ||
	    (r = get_text16(in, COURIER_TARGET_MAX, request->target)) != 0 ||
	    (r = get_u8(in, &request->n)) != 0)
		return r;
	if (request->n > COURIER_HEADERS_MAX)
		return WARDER_ETOOBIG;
	for (size_t i = 0; i < request->n; i++, header++) {
		if ((r = get_text8(in, COURIER_NAME_MAX, header->name)) != 0 ||
		    (r = get_text16(in, COURIER_VALUE_MAX, header->value)) != 0)
			return r;
	}
	return WARDER_OK;
}

void
put_courier_read(struct wbuf *out, const struct courier_request *request)
{
	if (!is_read_fit(request))
		out->r = WARDER_EBUG;
	put_u8(out, request->api);
	put_u8(out, request->what);
	put_rest(out, request);
	put_u32(out, request->cap);
}

int
get_courier_read(struct rbuf in, struct courier_request *ret_request)
{
	int r;

	memset(ret_request, 0, sizeof(*ret_request));
	if ((r = get_u8(&in, &ret_request->api)) != 0 ||
	    (r = get_u8(&in, &ret_request->what)) != 0 ||
	    (r = get_rest(&in, ret_request)) != 0 ||
	    (r = get_u32(&in, &ret_request->cap)) != 0 ||
	    (r = rbuf_end(&in)) != 0)
		return r;
	return is_read_fit(ret_request) ? WARDER_OK : WARDER_EFORM;
}

void
put_courier_act(struct wbuf *out, const struct courier_request *request)
{
	if (!is_act_fit(request))
		out->r = WARDER_EBUG;
	put_u8(out, request->api);
	put_u8(out, request->verb);
	put_rest(out, request);
	put_u64(out, request->start_before);
}

int
get_courier_act(struct rbuf in, struct courier_request *ret_request)
{
	int r;

	memset(ret_request, 0, sizeof(*ret_request));
	if ((r = get_u8(&in, &ret_request->api)) != 0 ||
	    (r = get_u8(&in, &ret_request->verb)) != 0 ||
	    (r = get_rest(&in, ret_request)) != 0 ||
	    (r = get_u64(&in, &ret_request->start_before)) != 0 ||
	    (r = rbuf_end(&in)) != 0)
		return r;
	return is_act_fit(ret_request) ? WARDER_OK : WARDER_EFORM;
}

typedef void putter(struct wbuf *, const struct courier_request *);

static int
send_request(int sock, uint32_t type, uint32_t id, putter *put,
    const struct courier_request *request, int64_t deadline)
{
	auto_blob struct blob *body = NULL;
	struct wbuf out;
	int r;

	if ((r = blob_new(FRAME_BODY_MAX, &body)) != 0)
		return r;
	out = wbuf_of(blob_space(body), FRAME_BODY_MAX);
	put(&out, request);
	if ((r = wbuf_end(&out)) == 0)
		r = frame_send(sock, type, id, &out, -1, deadline);
	return r;
}

int
courier_send_read(int sock, uint32_t id, const struct courier_request *request,
    int64_t deadline)
{
	return send_request(
	    sock, COURIER_READ, id, put_courier_read, request, deadline);
}

int
courier_send_act(int sock, uint32_t id, const struct courier_request *request,
    int64_t deadline)
{
	return send_request(
	    sock, COURIER_ACT, id, put_courier_act, request, deadline);
}

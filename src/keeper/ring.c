/* SPDX-License-Identifier: ISC */
/*
 * Signing takes place here and nowhere else in the keeper, on requests that
 * were built here from ids that were checked: nobody can hand in bytes to be
 * signed. The endpoint is the one sealed with the key.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/rand.h"
#include "base/text.h"
#include "keeper/ring.h"
#include "seal/store.h"
#include "wire/keyline.h"

#define KEYLINE_MS 5000

void
ring_clear(struct ring *ring)
{
	blob_freep(&ring->keys);
}

/* A broken line gives no keys; it is not told apart from "locked". */
bool
ring_is_open(struct ring *ring)
{
	if (ring->keys != NULL)
		return true;
	return ring->keyline >= 0 &&
	       keyline_ask(ring->keyline, clock_boot_ms() + KEYLINE_MS,
	           &ring->keys) == 0;
}

static enum seal_err
open_store(struct ring *ring, struct seal_store **ret_store)
{
	const struct seal_expect expect = seal_expect_of(
	    &ring->known, (enum seal_source)ring->conf->master, geteuid());

	if (!ring_is_open(ring))
		return SEAL_LOCKED;
	return seal_store_open(ring->dir, ring->keys, &expect, ret_store);
}

enum seal_err
ring_store(struct ring *ring, struct seal_store **ret_store)
{
	const struct seal_expect expect = seal_expect_of(
	    &ring->known, (enum seal_source)ring->conf->master, geteuid());

	if (!ring_is_open(ring))
		return SEAL_LOCKED;
	return seal_store_open_writer(
	    ring->dir, ring->keys, &expect, ret_store);
}

static void
fill_trace(struct ring_trace *trace, const struct seal_credential *credential)
{
	(void)snprintf(
	    trace->name, sizeof(trace->name), "%s", credential->name);
	(void)snprintf(trace->id, sizeof(trace->id), "%s", credential->id);
	(void)snprintf(trace->id_shown, sizeof(trace->id_shown), "%.8s****",
	    credential->id);
	(void)snprintf(trace->endpoint, sizeof(trace->endpoint), "%s",
	    credential->endpoint);
	trace->store_generation = credential->store_generation;
	trace->api = credential->api;
	trace->kind = credential->kind;
	trace->generation = credential->generation;
	trace->created_ms = credential->created_ms;
	trace->not_after_ms = credential->not_after_ms;
}

static int
add_header(struct courier_request *request, const char *name, const char *value,
    size_t len)
{
	struct courier_header *header = &request->headers[request->n];

	if (request->n >= COURIER_HEADERS_MAX || len > COURIER_VALUE_MAX)
		return WARDER_ETOOBIG;
	(void)snprintf(header->name, sizeof(header->name), "%s", name);
	memcpy(header->value, value, len);
	header->value[len] = '\0';
	request->n++;
	return WARDER_OK;
}

static int
fill_request(struct courier_request *request, const struct request *built,
    const struct signed_request *signed_by,
    const struct seal_credential *credential)
{
	const char *value;
	size_t len;
	int r;

	memset(request, 0, sizeof(*request));
	request->api =
	    built->api == API_SIGNED ? COURIER_API_SIGNED : COURIER_API_TOKEN;
	request->cap = COURIER_ANSWER_MAX;
	if ((r = text_copy(request->endpoint, sizeof(request->endpoint),
	         credential->endpoint)) != 0 ||
	    (r = text_copy(
	         request->target, sizeof(request->target), built->target)) != 0)
		return r;
	for (size_t i = 0; i < signed_by->headers_n; i++) {
		value = signed_value(signed_by, i, &len);
		r = add_header(request, signed_by->headers[i].name, value, len);
		if (r != 0)
			return r;
	}
	return WARDER_OK;
}

/* What of the answer the courier shall look for. */
static uint8_t
what_of(enum call call)
{
	switch (call) {
	case CALL_RUN:
		return COURIER_RUN;
	case CALL_RUNS:
		return COURIER_RUNS;
	case CALL_PIPELINES:
		return COURIER_PIPELINES;
	case CALL_PIPELINE:
		return COURIER_PIPELINE;
	case CALL_MEMBERS:
	case CALL_MEMBER:
		return COURIER_MEMBERS;
	case CALL_RESOURCE_MEMBERS:
		return COURIER_RESOURCE_MEMBERS;
	case CALL_ORGANIZATIONS:
		return COURIER_ORGANIZATIONS;
	case CALL_WHOAMI:
		return COURIER_WHOAMI;
	case CALL_REPOSITORY:
		return COURIER_REPOSITORY;
	case CALL_COMMIT:
		return COURIER_COMMIT;
	case CALL_COMPARE:
		return COURIER_COMPARE;
	case CALL_PASS:
	case CALL_REFUSE:
		break;
	}
	return 0;
}

static int
sign_with(const struct seal_credential *credential, enum call call,
    const struct call_args *args, const uint8_t *wanted,
    struct courier_request *ret_request, struct ring_trace *trace)
{
	const struct sign_key key = {
		.api = (enum api)credential->api,
		.endpoint = credential->endpoint,
		.id = credential->id,
		.secret = credential->secret,
		.token = credential->token,
	};
	auto_signed struct signed_request signed_by = { 0 };
	uint8_t nonce[SIGN_NONCE_LEN];
	struct request built;
	int r;

	if (wanted != NULL)
		memcpy(nonce, wanted, sizeof(nonce));
	else
		rand_fill(nonce, sizeof(nonce));
	if ((r = request_build(key.api, call, args, &built)) != 0 ||
	    (r = sign_request(
	         &built, &key, nonce, clock_real_ms(), &signed_by)) != 0 ||
	    (r = fill_request(ret_request, &built, &signed_by, credential)) !=
	        0)
		return r;
	ret_request->what = what_of(call);
	if (call == CALL_PASS)
		ret_request->verb = COURIER_PASS;
	if (call == CALL_REFUSE)
		ret_request->verb = COURIER_REFUSE;
	hex_print(trace->nonce, nonce, sizeof(nonce));
	return WARDER_OK;
}

/*
 * The server's clock may be ahead of ours, and an answer takes its time: a
 * temporary key in its last minute is run out.
 */
static bool
is_ending(const struct seal_credential *credential, uint64_t now_ms)
{
	return credential->kind == SEAL_STS &&
	       credential->not_after_ms < now_ms + RING_STS_LEFT_MS;
}

/* Opens a credential by name, or a record by id if there is one. */
static enum seal_err
open_credential(struct ring *ring, const struct ring_key *key,
    const struct ring_record *record, struct seal_credential *ret)
{
	auto_store struct seal_store *store = NULL;
	uint64_t now = (uint64_t)clock_real_ms();
	enum seal_err e;

	if ((e = open_store(ring, &store)) != SEAL_OK)
		return e;
	if (record != NULL)
		e = seal_store_record(
		    store, record->id, record->generation, now, ret);
	else
		e = seal_store_find(store, key->name, key->org, now, ret);
	if (e == SEAL_OK && is_ending(ret, now)) {
		seal_credential_clear(ret);
		return SEAL_KEY_EXPIRED;
	}
	return e;
}

enum seal_err
ring_sign(struct ring *ring, const struct ring_key *key,
    const struct ring_record *record, enum call call,
    const struct call_args *args, const uint8_t nonce[SIGN_NONCE_LEN],
    struct courier_request *ret_request, struct ring_trace *ret_trace)
{
	auto_credential struct seal_credential credential = { 0 };
	enum seal_err e;

	/* A candidate never decides: only calls that read. */
	if (record != NULL && what_of(call) == 0)
		return SEAL_SYSTEM;
	e = open_credential(ring, key, record, &credential);
	if (e != SEAL_OK)
		return e;
	memset(ret_trace, 0, sizeof(*ret_trace));
	fill_trace(ret_trace, &credential);
	if (sign_with(&credential, call, args, nonce, ret_request, ret_trace) !=
	    0)
		return SEAL_SYSTEM;
	return SEAL_OK;
}

enum seal_err
ring_try(struct ring *ring, const struct ring_key *key,
    const struct ring_record *record, struct ring_trace *ret_trace)
{
	auto_credential struct seal_credential credential = { 0 };
	enum seal_err e = open_credential(ring, key, record, &credential);

	if (e != SEAL_OK)
		return e;
	memset(ret_trace, 0, sizeof(*ret_trace));
	fill_trace(ret_trace, &credential);
	return SEAL_OK;
}

enum seal_err
ring_host(struct ring *ring, struct seal_credential *ret_credential)
{
	auto_store struct seal_store *store = NULL;
	enum seal_err e;

	if ((e = open_store(ring, &store)) != SEAL_OK)
		return e;
	return seal_store_host(store, ret_credential);
}

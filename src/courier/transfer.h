/* SPDX-License-Identifier: ISC */
/*
 * One request over libcurl: a GET, or the one POST. A POST goes over a
 * connection of its own and is let out once; whether it was is told by a
 * hook that stands right before the first byte. Answers of any length and
 * speed end within the caps.
 */
#ifndef WARDER_COURIER_TRANSFER_H
#define WARDER_COURIER_TRANSFER_H

#include <curl/curl.h>

#include "base/err.h"
#include "courier/answer.h"
#include "courier/carrier.h"
#include "wire/courier.h"

#define TRANSFER_HEAD_MAX 65536 /* bytes of headers, over all responses */
#define TRANSFER_LINES_MAX 100  /* of headers, the same */

enum transfer_kind {
	TRANSFER_READ = 1,
	TRANSFER_ACT = 2
};

struct transfer;

/*
 * Starts it in carrier->multi. The request is copied where it is needed.
 * ENOMEM; EBUG: libcurl does not take an option. Then nothing was sent.
 */
WARDER_MUST_CHECK int transfer_start(struct carrier *carrier,
    enum transfer_kind kind, uint32_t id, const struct courier_request *request,
    struct transfer **ret_transfer);

/* Ends it wherever it is; NULL in and out. */
void transfer_freep(struct transfer **transfer);

/* The transfer that an easy handle of carrier->multi belongs to. */
struct transfer *transfer_of(CURL *easy);
uint32_t transfer_id(const struct transfer *transfer);
enum transfer_kind transfer_kind_of(const struct transfer *transfer);

/*
 * Once libcurl said that it is over: what came (borrowed from the transfer),
 * and sent, curl, date, retry_after, ms and connections of *ret_done, the
 * rest of it zeroed.
 */
void transfer_end(struct transfer *transfer, CURLcode code,
    struct reply *ret_reply, struct courier_done *ret_done);

#endif

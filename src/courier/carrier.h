/* SPDX-License-Identifier: ISC */
/*
 * libcurl as this process uses it: started once, one set of connections, one
 * store of TLS sessions. What is fixed for every request is fixed here.
 */
#ifndef WARDER_COURIER_CARRIER_H
#define WARDER_COURIER_CARRIER_H

#include <curl/curl.h>
#include <stdint.h>

#include "base/conf.h"
#include "base/err.h"

/* All from warder.conf, none from an environment. */
struct carrier_conf {
	const char *ca_file;
	const char *proxy; /* "": none, and none is looked for */
	char pin[160];     /* sha256//…;sha256//…, "" none */
	uint32_t connect_timeout_ms, answer_timeout_ms;
	uint32_t parallel; /* connections of reads */
};

/* Borrows the texts of `conf`. */
void carrier_conf_set(struct carrier_conf *ret, const struct conf *conf);

struct carrier {
	struct carrier_conf conf;
	CURLM *multi;
	CURLSH *share;
};

/* Once in a process, after json_init(). ENOMEM: libcurl does not start. */
WARDER_MUST_CHECK int carrier_open(
    struct carrier *ret_carrier, const struct conf *conf);
void carrier_close(struct carrier *carrier);

#endif

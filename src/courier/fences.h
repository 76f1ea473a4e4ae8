/* SPDX-License-Identifier: ISC */
/*
 * What is left to a worker: the CA file, what a name is resolved with, and
 * connections to the ports that warder.conf implies.
 */
#ifndef WARDER_COURIER_FENCES_H
#define WARDER_COURIER_FENCES_H

#include <stdint.h>

#include "base/conf.h"
#include "base/err.h"

/* Of `host:port`, with or without a scheme before it; `none` without one. */
uint16_t fences_port_of(const char *address, uint16_t none);

/* For good. EFENCE; ESYS. */
WARDER_MUST_CHECK int enter_fences(const struct conf *conf);

#endif

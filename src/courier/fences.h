/* SPDX-License-Identifier: ISC */
/*
 * What is left to a worker: the CA file, what a name is resolved with, and
 * connections to the ports that warder.conf implies.
 */
#ifndef WARDER_COURIER_FENCES_H
#define WARDER_COURIER_FENCES_H

#include "base/conf.h"
#include "base/err.h"

/* For good. EFENCE; ESYS. */
WARDER_MUST_CHECK int enter_fences(const struct conf *conf);

#endif

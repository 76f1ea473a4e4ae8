/* SPDX-License-Identifier: ISC */
/*
 * warderd, the front desk: the one process that any user reaches. It holds
 * two sockets and nothing else, believes neither side, and passes on only
 * what it has understood and written anew.
 */
#ifndef WARDER_DESK_DESK_H
#define WARDER_DESK_DESK_H

#include "serve/serve.h"

extern const struct service desk_service;

#endif

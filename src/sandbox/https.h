/* SPDX-License-Identifier: ISC */
/*
 * The HTTPS side: one thread per connection, so that a fault that waits
 * holds up nobody else.
 */
#ifndef WARDER_SANDBOX_HTTPS_H
#define WARDER_SANDBOX_HTTPS_H

#include <microhttpd.h>
#include <netinet/in.h>

#include "sandbox/cert.h"
#include "sandbox/sandbox.h"

/*
 * Listens on loopback; port 0 lets the kernel choose. NULL: it cannot. One
 * in a process; cert is borrowed until it is stopped.
 */
struct MHD_Daemon *https_start(
    struct sandbox *s, uint16_t port, const struct cert *cert);
uint16_t https_port(struct MHD_Daemon *d);
/* 127.0.0.1 with that port: no other address is ever bound. */
struct sockaddr_in https_loopback(uint16_t port);

#endif

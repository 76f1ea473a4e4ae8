/* SPDX-License-Identifier: ISC */
/*
 * The nonces of the last 31 minutes, for the whole service and not per key.
 */
#ifndef WARDER_SANDBOX_NONCE_H
#define WARDER_SANDBOX_NONCE_H

#include <stdbool.h>
#include <stdint.h>

#define NONCE_KEPT_MS (31 * 60 * 1000)

struct nonces;

struct nonces *nonces_new(void);
void nonces_freep(struct nonces **n);
/* Spends it; false: it was spent before and is still remembered. */
bool nonces_spend(struct nonces *n, const char *nonce, int64_t now_ms);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * Everything the gateway checks before a call reaches the service.
 */
#ifndef WARDER_SANDBOX_VERIFY_H
#define WARDER_SANDBOX_VERIFY_H

#include "sandbox/sandbox.h"

#define VERIFY_WINDOW_MS (15 * 60 * 1000)

/*
 * NULL: the request is good, its call is set, ret_key holds whose it is and
 * its nonce is spent. Else the first check that failed, in the order of the
 * table in verify.c. The caller holds the lock.
 */
const struct fail *verify_request(
    struct sandbox *s, struct req *r, struct key *ret_key);

/* Unix ms of exactly `2026-01-02T03:04:05Z`; -1: another form. */
int64_t verify_date_ms(const char *text);

#endif

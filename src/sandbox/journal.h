/* SPDX-License-Identifier: ISC */
/*
 * One line of JSON for every request, and for every connection that brought
 * none. Written through to the file before the first byte of the answer, so
 * a client that has an answer finds its request in the journal.
 */
#ifndef WARDER_SANDBOX_JOURNAL_H
#define WARDER_SANDBOX_JOURNAL_H

#include "sandbox/sandbox.h"

/* The caller holds the lock. */
void journal_request(struct sandbox *s, const struct req *r);
/* tls: NULL where there was no handshake. */
void journal_connection(
    struct sandbox *s, unsigned int connection, const char *tls);

#endif

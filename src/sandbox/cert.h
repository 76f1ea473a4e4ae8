/* SPDX-License-Identifier: ISC */
/*
 * A certificate authority that lives as long as the program, the server
 * certificate of it, and three that no client may believe. The authority's
 * key never leaves this file.
 */
#ifndef WARDER_SANDBOX_CERT_H
#define WARDER_SANDBOX_CERT_H

#include <gnutls/abstract.h>

enum cert_kind {
	CERT_GOOD = 0,   /* for 127.0.0.1, localhost and hosts, ten days */
	CERT_UNKNOWN_CA, /* the same, of another authority */
	CERT_WRONG_NAME, /* for example.invalid */
	CERT_EXPIRED,    /* an hour ago */
	CERT_KINDS,
};

/* One key serves all four. */
struct cert {
	char *ca_pem;
	gnutls_pcert_st served[CERT_KINDS];
	gnutls_privkey_t key;
};

#define CERT_HOSTS_MAX 16

/* DNS names beside localhost, until the first NULL. -1: GnuTLS failed. */
int cert_make(struct cert *ret, const char *const hosts[CERT_HOSTS_MAX]);
void cert_free(struct cert *c);
/* The kind of that name in a fault's arguments; CERT_KINDS: none. */
enum cert_kind cert_kind(const char *name);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * A certificate authority that lives as long as the program, and one server
 * certificate of it. The authority's key never leaves this file.
 */
#ifndef WARDER_SANDBOX_CERT_H
#define WARDER_SANDBOX_CERT_H

struct cert {
	char *ca_pem, *cert_pem, *key_pem;
};

/* For 127.0.0.1 and localhost, good for ten days; -1: GnuTLS failed. */
int cert_make(struct cert *ret);
void cert_free(struct cert *c);

#endif

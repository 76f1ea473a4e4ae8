/* SPDX-License-Identifier: ISC */
/*
 * Makes the throwaway certificates with GnuTLS: P-256 keys, the server's
 * names as subject alternative names.
 */
#include "config.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sandbox/cert.h"
#include "sandbox/text.h"

#define VALID_S (10 * 24 * 3600)

static gnutls_x509_privkey_t
make_key(void)
{
	gnutls_x509_privkey_t k = NULL;

	if (gnutls_x509_privkey_init(&k) != 0)
		return NULL;
	if (gnutls_x509_privkey_generate(k, GNUTLS_PK_ECDSA,
	        GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0) != 0) {
		gnutls_x509_privkey_deinit(k);
		return NULL;
	}
	return k;
}

/* What both certificates have in common. */
static gnutls_x509_crt_t
start_cert(gnutls_x509_privkey_t k, const char *name)
{
	gnutls_x509_crt_t c = NULL;
	unsigned char serial[16], id[64];
	size_t id_len = sizeof(id);
	time_t now = time(NULL);

	if (gnutls_x509_crt_init(&c) != 0)
		return NULL;
	if (gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof(serial)) != 0)
		goto bad;
	serial[0] = (serial[0] & 0x7f) | 1; /* positive, not empty */
	if (gnutls_x509_crt_set_version(c, 3) != 0 ||
	    gnutls_x509_crt_set_serial(c, serial, sizeof(serial)) != 0 ||
	    gnutls_x509_crt_set_activation_time(c, now - 3600) != 0 ||
	    gnutls_x509_crt_set_expiration_time(c, now + VALID_S) != 0 ||
	    gnutls_x509_crt_set_dn_by_oid(c, GNUTLS_OID_X520_COMMON_NAME, 0,
	        name, (unsigned int)strlen(name)) != 0 ||
	    gnutls_x509_crt_set_key(c, k) != 0 ||
	    gnutls_x509_crt_get_key_id(c, 0, id, &id_len) != 0 ||
	    gnutls_x509_crt_set_subject_key_id(c, id, id_len) != 0)
		goto bad;
	return c;
bad:
	gnutls_x509_crt_deinit(c);
	return NULL;
}

static char *
cert_pem(gnutls_x509_crt_t c)
{
	gnutls_datum_t d = { NULL, 0 };
	char *pem;

	if (gnutls_x509_crt_export2(c, GNUTLS_X509_FMT_PEM, &d) != 0)
		return NULL;
	pem = text_dupn((const char *)d.data, d.size);
	gnutls_free(d.data);
	return pem;
}

static char *
key_pem(gnutls_x509_privkey_t k)
{
	gnutls_datum_t d = { NULL, 0 };
	char *pem;

	if (gnutls_x509_privkey_export2(k, GNUTLS_X509_FMT_PEM, &d) != 0)
		return NULL;
	pem = text_dupn((const char *)d.data, d.size);
	gnutls_free(d.data);
	return pem;
}

static int
sign_ca(gnutls_x509_crt_t ca, gnutls_x509_privkey_t ca_key)
{
	if (gnutls_x509_crt_set_basic_constraints(ca, 1, 0) != 0 ||
	    gnutls_x509_crt_set_key_usage(
	        ca, GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN) != 0)
		return -1;
	return gnutls_x509_crt_sign2(ca, ca, ca_key, GNUTLS_DIG_SHA256, 0) == 0
	           ? 0
	           : -1;
}

static int
sign_server(
    gnutls_x509_crt_t c, gnutls_x509_crt_t ca, gnutls_x509_privkey_t ca_key)
{
	static const unsigned char loopback[4] = { 127, 0, 0, 1 };
	unsigned char id[64];
	size_t id_len = sizeof(id);

	if (gnutls_x509_crt_set_basic_constraints(c, 0, -1) != 0 ||
	    gnutls_x509_crt_set_key_usage(c, GNUTLS_KEY_DIGITAL_SIGNATURE) !=
	        0 ||
	    gnutls_x509_crt_set_key_purpose_oid(
	        c, GNUTLS_KP_TLS_WWW_SERVER, 0) != 0 ||
	    gnutls_x509_crt_set_subject_alt_name(
	        c, GNUTLS_SAN_DNSNAME, "localhost", 9, GNUTLS_FSAN_SET) != 0 ||
	    gnutls_x509_crt_set_subject_alt_name(c, GNUTLS_SAN_IPADDRESS,
	        loopback, sizeof(loopback), GNUTLS_FSAN_APPEND) != 0 ||
	    gnutls_x509_crt_get_key_id(ca, 0, id, &id_len) != 0 ||
	    gnutls_x509_crt_set_authority_key_id(c, id, id_len) != 0)
		return -1;
	return gnutls_x509_crt_sign2(c, ca, ca_key, GNUTLS_DIG_SHA256, 0) == 0
	           ? 0
	           : -1;
}

int
cert_make(struct cert *ret)
{
	gnutls_x509_privkey_t ca_key = make_key(), key = make_key();
	gnutls_x509_crt_t ca = NULL, c = NULL;
	int r = -1;

	memset(ret, 0, sizeof(*ret));
	if (ca_key != NULL && key != NULL) {
		ca = start_cert(ca_key, "warder-sandbox throwaway CA");
		c = start_cert(key, "localhost");
	}
	if (ca != NULL && c != NULL && sign_ca(ca, ca_key) == 0 &&
	    sign_server(c, ca, ca_key) == 0) {
		ret->ca_pem = cert_pem(ca);
		ret->cert_pem = cert_pem(c);
		ret->key_pem = key_pem(key);
		if (ret->ca_pem != NULL && ret->cert_pem != NULL &&
		    ret->key_pem != NULL)
			r = 0;
	}
	if (ca != NULL)
		gnutls_x509_crt_deinit(ca);
	if (c != NULL)
		gnutls_x509_crt_deinit(c);
	if (ca_key != NULL)
		gnutls_x509_privkey_deinit(ca_key);
	if (key != NULL)
		gnutls_x509_privkey_deinit(key);
	return r;
}

void
cert_free(struct cert *c)
{
	free(c->ca_pem);
	free(c->cert_pem);
	free(c->key_pem);
	memset(c, 0, sizeof(*c));
}

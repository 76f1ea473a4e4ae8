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

struct authority {
	gnutls_x509_privkey_t key;
	gnutls_x509_crt_t crt;
	const char *const *hosts; /* of the servers it signs for */
};

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
start_cert(gnutls_x509_privkey_t k, const char *name, time_t from, time_t to)
{
	gnutls_x509_crt_t c = NULL;
	unsigned char serial[16], id[64];
	size_t id_len = sizeof(id);

	if (gnutls_x509_crt_init(&c) != 0)
		return NULL;
	if (gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof(serial)) != 0)
		goto bad;
	serial[0] = (serial[0] & 0x7f) | 1; /* positive, not empty */
	if (gnutls_x509_crt_set_version(c, 3) != 0 ||
	    gnutls_x509_crt_set_serial(c, serial, sizeof(serial)) != 0 ||
	    gnutls_x509_crt_set_activation_time(c, from) != 0 ||
	    gnutls_x509_crt_set_expiration_time(c, to) != 0 ||
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

static int
sign_ca(struct authority *ca)
{
	gnutls_x509_crt_t c = ca->crt;

	if (gnutls_x509_crt_set_basic_constraints(c, 1, 0) != 0 ||
	    gnutls_x509_crt_set_key_usage(
	        c, GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN) != 0 ||
	    gnutls_x509_crt_sign2(c, c, ca->key, GNUTLS_DIG_SHA256, 0) != 0)
		return -1;
	return 0;
}

static void
authority_end(struct authority *ca)
{
	if (ca->crt != NULL)
		gnutls_x509_crt_deinit(ca->crt);
	if (ca->key != NULL)
		gnutls_x509_privkey_deinit(ca->key);
}

static int
authority_make(struct authority *ca)
{
	time_t now = time(NULL);

	ca->crt = NULL;
	ca->key = make_key();
	if (ca->key == NULL)
		return -1;
	ca->crt = start_cert(
	    ca->key, "warder-sandbox throwaway CA", now - 7200, now + VALID_S);
	return ca->crt == NULL ? -1 : sign_ca(ca);
}

static int
add_dns_name(gnutls_x509_crt_t c, const char *name)
{
	return gnutls_x509_crt_set_subject_alt_name(c, GNUTLS_SAN_DNSNAME, name,
	           (unsigned int)strlen(name), GNUTLS_FSAN_APPEND) == 0
	           ? 0
	           : -1;
}

static int
add_names(gnutls_x509_crt_t c, enum cert_kind kind, const char *const *hosts)
{
	static const unsigned char loopback[4] = { 127, 0, 0, 1 };

	if (kind == CERT_WRONG_NAME)
		return add_dns_name(c, "example.invalid");
	if (add_dns_name(c, "localhost") != 0)
		return -1;
	for (int i = 0; i < CERT_HOSTS_MAX && hosts[i] != NULL; i++)
		if (add_dns_name(c, hosts[i]) != 0)
			return -1;
	return gnutls_x509_crt_set_subject_alt_name(c, GNUTLS_SAN_IPADDRESS,
	           loopback, sizeof(loopback), GNUTLS_FSAN_APPEND) == 0
	           ? 0
	           : -1;
}

static int
sign_server(
    gnutls_x509_crt_t c, const struct authority *ca, enum cert_kind kind)
{
	unsigned char id[64];
	size_t id_len = sizeof(id);

	if (gnutls_x509_crt_set_basic_constraints(c, 0, -1) != 0 ||
	    gnutls_x509_crt_set_key_usage(c, GNUTLS_KEY_DIGITAL_SIGNATURE) !=
	        0 ||
	    gnutls_x509_crt_set_key_purpose_oid(
	        c, GNUTLS_KP_TLS_WWW_SERVER, 0) != 0 ||
	    add_names(c, kind, ca->hosts) != 0 ||
	    gnutls_x509_crt_get_key_id(ca->crt, 0, id, &id_len) != 0 ||
	    gnutls_x509_crt_set_authority_key_id(c, id, id_len) != 0 ||
	    gnutls_x509_crt_sign2(c, ca->crt, ca->key, GNUTLS_DIG_SHA256, 0) !=
	        0)
		return -1;
	return 0;
}

static int
make_served(struct cert *ret, gnutls_x509_privkey_t key,
    const struct authority *ca, enum cert_kind kind)
{
	time_t now = time(NULL);
	time_t to = kind == CERT_EXPIRED ? now - 3600 : now + VALID_S;
	gnutls_x509_crt_t c = start_cert(key, "localhost", now - 7200, to);
	int r = -1;

	if (c == NULL)
		return -1;
	if (sign_server(c, ca, kind) == 0 &&
	    gnutls_pcert_import_x509(&ret->served[kind], c, 0) == 0)
		r = 0;
	gnutls_x509_crt_deinit(c);
	return r;
}

static int
make_all(struct cert *ret, gnutls_x509_privkey_t key,
    const struct authority *ca, const struct authority *other)
{
	if ((ret->ca_pem = cert_pem(ca->crt)) == NULL ||
	    make_served(ret, key, ca, CERT_GOOD) != 0 ||
	    make_served(ret, key, other, CERT_UNKNOWN_CA) != 0 ||
	    make_served(ret, key, ca, CERT_WRONG_NAME) != 0 ||
	    make_served(ret, key, ca, CERT_EXPIRED) != 0 ||
	    gnutls_privkey_init(&ret->key) != 0 ||
	    gnutls_privkey_import_x509(
	        ret->key, key, GNUTLS_PRIVKEY_IMPORT_COPY) != 0)
		return -1;
	return 0;
}

int
cert_make(struct cert *ret, const char *const hosts[CERT_HOSTS_MAX])
{
	struct authority ca = { .hosts = hosts }, other = { .hosts = hosts };
	gnutls_x509_privkey_t key = make_key();
	int r = -1;

	memset(ret, 0, sizeof(*ret));
	if (key != NULL && authority_make(&ca) == 0 &&
	    authority_make(&other) == 0)
		r = make_all(ret, key, &ca, &other);
	authority_end(&ca);
	authority_end(&other);
	if (key != NULL)
		gnutls_x509_privkey_deinit(key);
	return r;
}

void
cert_free(struct cert *c)
{
	int i;

	for (i = 0; i < CERT_KINDS; i++)
		if (c->served[i].pubkey != NULL)
			gnutls_pcert_deinit(&c->served[i]);
	if (c->key != NULL)
		gnutls_privkey_deinit(c->key);
	free(c->ca_pem);
	memset(c, 0, sizeof(*c));
}

enum cert_kind
cert_kind(const char *name)
{
	if (strcmp(name, "unknown-ca") == 0)
		return CERT_UNKNOWN_CA;
	if (strcmp(name, "wrong-name") == 0)
		return CERT_WRONG_NAME;
	if (strcmp(name, "expired") == 0)
		return CERT_EXPIRED;
	return CERT_KINDS;
}

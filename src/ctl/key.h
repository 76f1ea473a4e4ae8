/* SPDX-License-Identifier: ISC */
/* Between the parts of `warderctl key`. */
#ifndef WARDER_CTL_KEY_H
#define WARDER_CTL_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "ctl/vault.h"
#include "seal/seal.h"
#include "yunxiao/ids.h"

/* What was asked for on the command line. */
struct key_question {
	bool is_json, is_stdin, no_check, no_prompt;
	bool is_finish, is_after_restore; /* of rekey */
	enum conf_master master;          /* of rekey; NONE: as it is */
	enum seal_kind kind;
	bool has_kind;           /* it was given */
	const char *import_file; /* NULL: not to be imported */
	const char *profile;     /* of import_file */
	const char *org;         /* as given: alias or id */
	const char *endpoint;    /* NULL: of warder.conf */
	uint64_t not_after_ms;
};

/* The organization's block in the installed policy. */
struct key_org {
	char alias[65], id[65];
	char name[65]; /* of its key; "" only from key_orgs() */
};
WARDER_MUST_CHECK int key_org_find(const char *org, struct key_org *ret_org);

/* That one, or all (NULL), at least one; the caller frees *ret_orgs. */
WARDER_MUST_CHECK int key_orgs(
    const char *org, struct key_org **ret_orgs, size_t *ret_n);

/* Every listed record, opened to prove that it opens; nothing secret. */
struct key_row {
	enum seal_err e;
	uint8_t kind, state;
	uint64_t generation, created_ms, not_after_ms;
	char organization[65], id[16], endpoint[260], name[65];
};
struct key_rows {
	enum seal_err e; /* of the store */
	uint64_t store_generation;
	size_t n;
	struct key_row row[MANIFEST_ENTRIES_MAX];
};

/* Freed with the program; NULL: no child could work as warder-keeper. */
const struct key_rows *key_rows(const struct vault *vault);

int key_list(const struct key_question *question);
int key_check_orgs(const struct key_question *question);
int key_seal(const struct key_question *question);
int key_retire(const struct key_question *question);
int key_rekey(const struct key_question *question);

/*
 * Fills in id, secret and token of a credential whose kind is set. 0 or an
 * exit code after a message. key_ask.c.
 */
WARDER_MUST_CHECK int key_ask(
    const struct key_question *question, struct seal_credential *credential);

/* 0 or an exit code after a message. */
WARDER_MUST_CHECK int key_check_shapes(
    const struct seal_credential *credential);

/*
 * The same from a profile of the vendor's command line, and its kind; read by
 * a process of its own. Afterwards a warning about that file. key_import.c.
 */
WARDER_MUST_CHECK int key_import(
    const struct key_question *question, struct seal_credential *credential);
void key_import_warn(const struct key_question *question);

/* host or host:port; a DNS name in lower case, 127.0.0.1 or [::1]. */
bool key_is_endpoint(const char *endpoint);

#define KEY_TOKEN_HOST "openapi-rdc.aliyuncs.com"

/*
 * What is spoken there with a key of that kind (enum api); API_NONE: that
 * host is known to speak another API.
 */
uint8_t key_api(enum seal_kind kind, const char *endpoint);

/* Names of the kinds as --kind takes them. */
const char *key_kind_word(enum seal_kind kind);
bool key_kind_parse(const char *word, enum seal_kind *ret_kind);

/* A line `key.store`, with the mark `kgen` (vault_mark). */
WARDER_MUST_CHECK int key_record(const char *result, const char *name,
    const char *org, const char *id, const struct state_mark *mark);

/* One reading call by the keeper with that very record. key_check.c. */
WARDER_MUST_CHECK int key_check(const char *org_id,
    const uint8_t record_id[SEAL_ID_LEN], uint64_t generation);

/*
 * The greatest store generation that this host remembers, in its ledger, its
 * state or `conf`. 0, or an exit code after a message.
 */
WARDER_MUST_CHECK int key_greatest_kgen(
    const struct conf *conf, uint64_t *ret_generation);

#endif

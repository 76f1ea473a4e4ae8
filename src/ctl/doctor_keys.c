/* SPDX-License-Identifier: ISC */
/*
 * What doctor says about sealed keys: whether each opens, whether the courier
 * may reach its server at all, and how old it is.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "ctl/doctor.h"
#include "ctl/key.h"
#include "ctl/key_term.h"

#define KEYS_MS 30000

bool
doctor_may_reach(const struct conf *conf, const char *endpoint)
{
	uint16_t ports[CONF_PORTS_MAX];
	size_t n = conf_courier_ports(conf, ports);

	/* The proxy is all it connects to. */
	if (conf->proxy[0] != '\0')
		return true;
	for (size_t i = 0; i < n; i++)
		if (ports[i] == conf_port_of(endpoint, CONF_PORT_HTTPS))
			return true;
	return false;
}

/* Whose organization is not known, as the record does not open, says ORG. */
static const char *
org_of(const struct key_row *row)
{
	return doctor_is_plain(row->organization) ? row->organization : "ORG";
}

static void
look_at_term(const struct conf *conf, const struct key_row *row, uint64_t now)
{
	char text[200];

	(void)key_term_print(text, sizeof(text), conf,
	    (enum seal_kind)row->kind, row->created_ms, row->not_after_ms, now);
	if (text[0] != '\0')
		finding_add(FINDING_WARN, "keys", "%s %s %s", row->name, text,
		    org_of(row));
}

void
doctor_key(const struct conf *conf, const struct key_row *row, uint64_t now)
{
	const char *name = row->name[0] != '\0' ? row->name : "a record";

	/* The host's own key signs the ledger, not a request. */
	if (row->e != SEAL_OK && row->kind == SEAL_HOST) {
		finding_add(FINDING_BAD, "keys",
		    "this host's own key cannot be used: %s; put %s back from "
		    "a backup",
		    seal_word(row->e), VAULT_KEYS);
		return;
	}
	if (row->e != SEAL_OK) {
		finding_add(FINDING_BAD, "keys",
		    "%s cannot be used: %s; seal it anew: warderctl key seal "
		    "%s",
		    name, seal_word(row->e), org_of(row));
		return;
	}
	if (row->kind == SEAL_HOST)
		return;
	if (!doctor_may_reach(conf, row->endpoint))
		finding_add(FINDING_BAD, "keys",
		    "%s is for %s, a port that the courier may not connect "
		    "to; name that server as `endpoint` in warder.conf",
		    name, row->endpoint);
	else
		finding_add(FINDING_OK, "keys", "%s opens, for %s", name,
		    row->endpoint);
	look_at_term(conf, row, now);
}

static void
look_at_keys(void *ctx)
{
	const struct conf *conf = ctx;
	auto_vault struct vault vault = { .keys = NULL };
	const struct key_rows *rows;

	if (vault_load(&vault) != 0) {
		finding_unseen(FINDING_BAD, "keys",
		    "the master key does not load, so none was looked at; see "
		    "above, and why: warderctl key list");
		return;
	}
	rows = key_rows(&vault);
	if (rows == NULL || rows->e != SEAL_OK) {
		finding_unseen(FINDING_BAD, "keys",
		    "%s: %s; see `files` above, and: warderctl key list",
		    VAULT_KEYS,
		    rows == NULL ? "nobody could look as warder-keeper"
		                 : seal_word(rows->e));
		return;
	}
	for (size_t i = 0; i < rows->n; i++)
		doctor_key(conf, &rows->row[i], (uint64_t)clock_real_ms());
}

void
doctor_keys(const struct conf *conf)
{
	static const struct doctor_look look = { "keys", "the sealed keys",
		"see why: warderctl key list" };

	if (!doctor_has_conf(conf) || conf->master == CONF_MASTER_NONE) {
		finding_unseen(FINDING_BAD, "keys",
		    "not looked at: without a master key in warder.conf none "
		    "opens; see above");
		return;
	}
	/* Whether they are locked says the keeper, under services. */
	if (conf->master == CONF_MASTER_PASSPHRASE) {
		finding_unseen(FINDING_WARN, "keys",
		    "not looked at, whether unlocked or not: a passphrase "
		    "opens them, which doctor does not ask for, and the "
		    "keeper gives no key to anybody; warderctl key list asks "
		    "for it and looks at each");
		return;
	}
	/* systemd-creds may wait for a TPM. */
	doctor_within(KEYS_MS, &look, look_at_keys, (void *)(uintptr_t)conf);
}

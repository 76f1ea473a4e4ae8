/* SPDX-License-Identifier: ISC */
/*
 * `key seal` and `key retire`. A key becomes active after one reading call
 * with it succeeded, so a wrong paste never takes the place of a key that
 * works; --no-check is for a host whose services do not run yet.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ctl/askeeper.h"
#include "ctl/key.h"
#include "ctl/key_change.h"

static uint8_t
api_of(enum seal_kind kind, const char *endpoint)
{
	static const char region[] = ".devops.aliyuncs.com";
	size_t len = strcspn(endpoint, ":");
	const size_t region_len = sizeof(region) - 1;

	if (kind != SEAL_TOKEN)
		return 1;
	return len > region_len && memcmp(endpoint + len - region_len, region,
	                               region_len) == 0
	           ? 3
	           : 2;
}

static int
fill(const struct key_question *question, const struct key_org *org,
    const struct conf *conf, struct seal_credential *credential)
{
	const char *endpoint =
	    question->endpoint != NULL ? question->endpoint : conf->endpoint;

	if (!key_is_endpoint(endpoint))
		return ctl_fail(REASON_USAGE,
		    "an endpoint is HOST or HOST:PORT, a DNS name in small "
		    "letters, 127.0.0.1 or [::1]");
	if (question->kind == SEAL_STS && question->not_after_ms == 0)
		return ctl_fail(REASON_USAGE,
		    "a temporary key ends: give --not-after TIME");
	credential->kind = question->kind;
	credential->api = api_of(question->kind, endpoint);
	credential->not_after_ms = question->not_after_ms;
	if (text_copy(credential->organization,
	        sizeof(credential->organization), org->id) != 0 ||
	    text_copy(credential->name, sizeof(credential->name), org->name) !=
	        0 ||
	    text_copy(credential->endpoint, sizeof(credential->endpoint),
	        endpoint) != 0)
		return ctl_fail(REASON_BUG, "a name is too long");
	return key_ask(question, credential);
}

/* Sealed as a candidate, tried, and only then put in the old one's place. */
static int
seal_checked(struct key_change *change)
{
	int r, checked;

	change->act = KEY_CANDIDATE;
	if ((r = key_commit(change)) != 0)
		return r;
	checked = key_check(change->credential->organization, change->record_id,
	    change->generation);
	change->act = checked == REASON_DONE ? KEY_PROMOTE : KEY_DROP;
	if ((r = key_commit(change)) != 0)
		return r;
	if (checked == REASON_DONE)
		return REASON_DONE;
	(void)fputs("The key was not taken; what was active stays.\n", stderr);
	r = key_record("retired", change->credential->name,
	    change->credential->organization, change->credential->id,
	    change->store_generation);
	key_sweep(change->vault);
	return r != REASON_DONE ? r : checked;
}

static int
seal(const struct key_question *question, struct key_change *change)
{
	const struct seal_credential *credential = change->credential;
	int r;

	if (question->no_check) {
		change->act = KEY_ADD;
		r = key_commit(change);
	} else {
		r = seal_checked(change);
	}
	if (r != REASON_DONE)
		return r;
	r = key_record(change->had_one ? "replaced" : "sealed",
	    credential->name, credential->organization, credential->id,
	    change->store_generation);
	key_sweep(change->vault);
	if (r != REASON_DONE)
		return r;
	(void)printf("Sealed %s as key %s of organization %s, endpoint %s.\n",
	    key_kind_word(credential->kind), credential->name,
	    credential->organization, credential->endpoint);
	if (change->had_one)
		(void)printf("It replaces %.8s****: disable that one at "
		             "Alibaba Cloud now.\n",
		    change->old_id);
	return REASON_DONE;
}

int
key_seal(const struct key_question *question)
{
	auto_vault struct vault vault = { .keys = NULL };
	auto_credential struct seal_credential credential = { .secret = NULL };
	struct key_change *change = askeeper_share(sizeof(*change));
	struct key_org org;
	int r;

	if ((r = ctl_need_root()) != 0 ||
	    (r = key_org_find(question->org, &org)) != 0 ||
	    (r = vault_load(&vault)) != 0 ||
	    (r = fill(question, &org, &vault.conf, &credential)) != 0)
		return r;
	if (change == NULL)
		return ctl_fail(REASON_BUG, "no memory");
	change->vault = &vault;
	change->credential = &credential;
	return seal(question, change);
}

int
key_retire(const struct key_question *question)
{
	auto_vault struct vault vault = { .keys = NULL };
	struct seal_credential credential = { .secret = NULL };
	struct key_change *change = askeeper_share(sizeof(*change));
	struct key_org org;
	int r;

	if ((r = ctl_need_root()) != 0 ||
	    (r = key_org_find(question->org, &org)) != 0 ||
	    (r = vault_load(&vault)) != 0)
		return r;
	if (change == NULL ||
	    text_copy(credential.organization, sizeof(credential.organization),
	        org.id) != 0 ||
	    text_copy(credential.name, sizeof(credential.name), org.name) != 0)
		return ctl_fail(REASON_BUG, "no memory");
	change->vault = &vault;
	change->credential = &credential;
	change->act = KEY_RETIRE;
	if ((r = key_commit(change)) != 0 ||
	    (r = key_record("retired", org.name, org.id, change->old_id,
	         change->store_generation)) != 0)
		return r;
	key_sweep(&vault);
	(void)printf("Key %s of organization %s is gone from here. Disable "
	             "%.8s**** at Alibaba Cloud: that alone makes old copies "
	             "worthless.\n",
	    org.name, org.id, change->old_id);
	return REASON_DONE;
}

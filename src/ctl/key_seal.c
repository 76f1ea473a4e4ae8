/* SPDX-License-Identifier: ISC */
/*
 * `key seal` and `key retire`. A key becomes active after one reading call
 * with it succeeded, so a wrong paste never takes the place of a key that
 * works; --no-check is for a host whose services do not run yet.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "ctl/askeeper.h"
#include "ctl/key.h"
#include "ctl/key_change.h"
#include "ctl/record.h"

#define STS_LEFT_MS 60000 /* as the keeper wants it */

static int
check_endpoint(enum seal_kind kind, const char *endpoint)
{
	if (!key_is_endpoint(endpoint))
		return ctl_fail(REASON_USAGE,
		    "an endpoint is HOST or HOST:PORT, a DNS name in small "
		    "letters, 127.0.0.1 or [::1]");
	if (key_api(kind, endpoint) != API_NONE)
		return REASON_DONE;
	return ctl_fail(REASON_USAGE,
	    kind == SEAL_TOKEN
	        ? "%s takes no personal token: give --endpoint " KEY_TOKEN_HOST
	          ", or NAME.devops.aliyuncs.com for a region edition"
	        : "%s takes personal tokens only: --kind token",
	    endpoint);
}

static int
check_end(enum seal_kind kind, uint64_t not_after_ms)
{
	uint64_t now = (uint64_t)clock_real_ms();

	if (kind == SEAL_STS && not_after_ms == 0)
		return ctl_fail(REASON_USAGE,
		    "a temporary key ends: give --not-after TIME");
	if (not_after_ms != 0 &&
	    not_after_ms < now + (kind == SEAL_STS ? STS_LEFT_MS : 1))
		return ctl_fail(REASON_USAGE,
		    "--not-after is past, or so near that the key is of no "
		    "use; nothing was sealed");
	if (kind == SEAL_TOKEN && not_after_ms == 0)
		(void)fputs("Without --not-after nobody is told when this "
		            "token ends.\n",
		    stderr);
	return REASON_DONE;
}

static int
fill(const struct key_question *question, const struct key_org *org,
    const struct conf *conf, struct seal_credential *credential)
{
	const char *endpoint =
	    question->endpoint != NULL ? question->endpoint : conf->endpoint;

	int r;

	credential->kind = question->kind;
	if (question->import_file != NULL &&
	    (r = key_import(question, credential)) != 0)
		return r;
	if ((r = check_endpoint(credential->kind, endpoint)) != 0 ||
	    (r = check_end(credential->kind, question->not_after_ms)) != 0)
		return r;
	credential->api = key_api(credential->kind, endpoint);
	credential->not_after_ms = question->not_after_ms;
	if (text_copy(credential->organization,
	        sizeof(credential->organization), org->id) != 0 ||
	    text_copy(credential->name, sizeof(credential->name), org->name) !=
	        0 ||
	    text_copy(credential->endpoint, sizeof(credential->endpoint),
	        endpoint) != 0)
		return ctl_fail(REASON_BUG, "a name is too long");
	return question->import_file != NULL ? REASON_DONE
	                                     : key_ask(question, credential);
}

static int
fail_commit(const struct key_change *change, int r)
{
	if (change->act == KEY_PROMOTE && change->e == SEAL_KEY_MISSING)
		(void)fputs(
		    "Another warderctl changed the keys while this one was "
		    "tried: it was not taken. Look with `warderctl key list`, "
		    "then seal it again.\n",
		    stderr);
	return r;
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
		return fail_commit(change, r);
	if (checked == REASON_DONE)
		return REASON_DONE;
	(void)fputs("The key was not taken; what was active stays.\n", stderr);
	r = key_record("retired", change->credential->name,
	    change->credential->organization, change->credential->id,
	    &change->mark);
	key_sweep(change->vault);
	return r != REASON_DONE ? r : checked;
}

/* A personal token need not have an id. */
static void
tell_replaced(const char *id)
{
	if (id[0] == '\0')
		(void)puts(
		    "It replaces a personal token: take that one back in "
		    "Yunxiao now.");
	else
		(void)printf("It replaces %.8s****: disable that one at "
		             "Alibaba Cloud now.\n",
		    id);
}

static int
seal(const struct key_question *question, struct key_change *change)
{
	const struct seal_credential *credential = change->credential;
	int r;

	if ((r = ctl_record_ready()) != REASON_DONE)
		return r;
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
	    &change->mark);
	key_sweep(change->vault);
	if (r != REASON_DONE)
		return r;
	(void)printf("Sealed %s as key %s of organization %s, endpoint %s.\n",
	    key_kind_word(credential->kind), credential->name,
	    credential->organization, credential->endpoint);
	if (change->had_one)
		tell_replaced(change->old_id);
	if (question->import_file != NULL)
		key_import_warn(question);
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
	if ((r = ctl_record_ready()) != 0 || (r = key_commit(change)) != 0 ||
	    (r = key_record("retired", org.name, org.id, change->old_id,
	         &change->mark)) != 0)
		return r;
	key_sweep(&vault);
	(void)printf(
	    "Key %s of organization %s is gone from here. ", org.name, org.id);
	if (change->old_id[0] == '\0')
		(void)printf("Take the token back in Yunxiao");
	else
		(void)printf(
		    "Disable %.8s**** at Alibaba Cloud", change->old_id);
	(void)puts(": that alone makes old copies worthless.");
	return REASON_DONE;
}

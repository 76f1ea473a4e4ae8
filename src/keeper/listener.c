/* SPDX-License-Identifier: ISC */
/*
 * The one process of the keeper that holds the keys of the store for long.
 * From a credential or a file the master is read once, while that is still
 * possible, turned into KEK and MAC key, and wiped; with a passphrase a
 * worker of root's does that and hands the two over. Without keys the
 * service runs all the same: people learn "locked" and nothing is asked,
 * signed or sent.
 */
#include "config.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/blob.h"
#include "base/clock.h"
#include "base/log.h"
#include "keeper/listener.h"
#include "seal/seal.h"
#include "wire/admin.h"
#include "wire/keyline.h"

#define ANSWER_MS 100

/* serve->own of the listener. */
struct held {
	struct blob *keys; /* NULL: locked */
	bool is_unlocked;  /* by a passphrase, so unlock_idle bounds it */
	int64_t used_at;   /* boot ms, by a worker of a person's */
};

static void
hold(struct held *held, struct blob *keys)
{
	blob_freep(&held->keys);
	held->keys = keys;
	held->used_at = clock_boot_ms();
}

static int
load(const struct serve *serve, struct held *held)
{
	auto_blob struct blob *master = NULL;
	struct blob *keys = NULL;
	enum seal_err e;

	e = seal_master_load((enum seal_source)serve->conf.master,
	    serve->env.credentials_directory, &master);
	if (e == SEAL_OK)
		e = seal_keys_derive(master, &keys);
	/* Locked is a state that people are told; damage is the same to them
	 * until root looks, and the reason stands here. */
	if (e != SEAL_OK) {
		log_warn("the keys stay locked: %s", seal_word(e));
		return e == SEAL_MEMORY_LOCK ? WARDER_ENOMEM : WARDER_OK;
	}
	hold(held, keys);
	return WARDER_OK;
}

int
keeper_before_drop(struct serve *serve)
{
	struct held *held;

	if (base_init() != 0 || (held = calloc(1, sizeof(*held))) == NULL)
		return WARDER_ENOMEM;
	serve->own = held;
	switch (serve->conf.master) {
	case CONF_MASTER_NONE:
		log_warn("no master key is configured: run warderctl init");
		return WARDER_OK;
	case CONF_MASTER_PASSPHRASE:
		log_warn("the keys are locked until warderctl unlock");
		held->is_unlocked = true;
		return WARDER_OK;
	case CONF_MASTER_CREDENTIAL:
	case CONF_MASTER_FILE:
		break;
	}
	return load(serve, held);
}

/*
 * What a worker of a person's asks keeps the keys from being idle; what
 * root's ask does not, or a watch on the service would hold them for ever.
 */
int
keeper_on_keyline(struct serve *serve, int line, enum serve_kind kind)
{
	auto_blob struct blob *keys = NULL;
	struct held *held = serve->own;
	int64_t soon = clock_boot_ms() + ANSWER_MS;
	uint32_t type;
	int r;

	if ((r = keyline_take(line, soon, &type, &keys)) != 0)
		return r;
	if (type == KEYLINE_ASK) {
		if (kind == SERVE_CALLER)
			held->used_at = clock_boot_ms();
		return keyline_answer(line, held->keys, soon);
	}
	if (kind != SERVE_ADMIN)
		return WARDER_ECRED;
	if (type == KEYLINE_DROP)
		blob_freep(&held->keys);
	else
		hold(held, blob_steal(&keys));
	return keyline_taken(line, soon);
}

int64_t
keeper_due(const struct serve *serve)
{
	const struct held *held = serve->own;

	/* 0: never by itself. */
	if (held->keys == NULL || !held->is_unlocked ||
	    serve->conf.unlock_idle_ms == 0)
		return INT64_MAX;
	return held->used_at + (int64_t)serve->conf.unlock_idle_ms;
}

/* First they go; a worker then writes down that they went. */
bool
keeper_on_due(struct serve *serve)
{
	struct held *held = serve->own;

	blob_freep(&held->keys);
	log_warn("unlock_idle: the keys were not used, and are locked again");
	return true;
}

/*
 * Nothing was read, so the first id is answered. The desk has no more slots
 * than there are for it here.
 */
void
keeper_on_full(int sock, enum serve_kind kind)
{
	const struct admin_done done = { .exit = REASON_BUSY, .word = "slots" };

	if (kind == SERVE_ADMIN)
		(void)!layout_send(sock, 1, &admin_done_layout, &done, -1, 0);
}

const struct service keeper_service = {
	.name = "warder-keeper",
	.summary = "decides about gates, records and signs",
	.user = WARDER_USER_KEEPER,
	.group = "adm",
	.socket_owner = WARDER_USER_DESK,
	.socket_mode = 0600,
	.caller = WARDER_USER_DESK,
	.admin = true,
	.keyline = true,
	.runs_at_start = true,
	.runs_at_stop = true,
	.asks_pam = true,
	.asks_courier = true,
	.before_drop = keeper_before_drop,
	.on_keyline = keeper_on_keyline,
	.due = keeper_due,
	.on_due = keeper_on_due,
	.on_full = keeper_on_full,
	.worker = keeper_worker,
};

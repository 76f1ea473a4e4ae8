/* SPDX-License-Identifier: ISC */
/*
 * The master key is read once, while that is still possible, turned into KEK
 * and MAC key, and wiped. What a worker may ask on its key line is one thing.
 * Without keys the service runs all the same: people learn "locked" and
 * nothing is asked, signed or sent.
 */
#include "config.h"

#include <stddef.h>

#include "base/blob.h"
#include "base/clock.h"
#include "base/log.h"
#include "keeper/listener.h"
#include "seal/seal.h"
#include "wire/keyline.h"

#define ANSWER_MS 100

int
keeper_before_drop(struct serve *serve)
{
	auto_blob struct blob *master = NULL;
	struct blob *keys = NULL;
	enum seal_err e;

	if (base_init() != 0)
		return WARDER_ENOMEM;
	if (serve->conf.master == CONF_MASTER_NONE) {
		log_warn("no master key is configured: run warderctl init");
		return WARDER_OK;
	}
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
	serve->own = keys;
	return WARDER_OK;
}

int
keeper_on_keyline(struct serve *serve, int line, enum serve_kind kind)
{
	auto_frame struct frame frame = FRAME_NONE;
	int64_t soon = clock_boot_ms() + ANSWER_MS;
	int r;

	(void)kind;
	if ((r = frame_recv(line, WIRE_KEYLINE, soon, &frame)) != 0)
		return r;
	if (frame.type != KEYLINE_ASK || frame.len != 0 || frame.fd >= 0)
		return WARDER_ETYPE;
	return keyline_answer(line, serve->own, soon);
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
	.worker = keeper_worker,
};

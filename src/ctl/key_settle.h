/* SPDX-License-Identifier: ISC */
/*
 * How a rekey ended that nobody saw the end of, and bringing it there. The
 * order of a rekey, from source A to source B (which may be the same):
 *
 *	1  B's master as B.new
 *	2  MANIFEST, under it, saying B: this is the switch
 *	3  B.new takes its name
 *	4  A goes, if it is another source
 *	5  warder.conf says B, if it said A
 *	6  the ledger line, and what MANIFEST does not list goes
 *
 * So between 1 and 3 a B.new lies there, and between 3 and 5 warder.conf and
 * MANIFEST name different sources: a kill always shows, and MANIFEST says
 * which master is the right one. Nothing is removed before the one that
 * stays has opened the store.
 */
#ifndef WARDER_CTL_KEY_SETTLE_H
#define WARDER_CTL_KEY_SETTLE_H

#include "ctl/vault.h"

enum settled {
	SETTLED_NOT = 0, /* after a message */
	SETTLED_NOTHING, /* there was nothing to settle */
	SETTLED_OLD,
	SETTLED_NEW
};

/* Keys that the caller has, so that nobody is asked again; or NULL. */
struct settle {
	struct conf conf; /* as warder.conf says now */
	const struct blob *old_keys, *new_keys;
	/* Out, for OLD and NEW: what opens the store from now on. */
	struct vault vault;
	struct state_mark mark;
};

WARDER_MUST_CHECK enum settled settle_rekey(struct settle *settle);

/* Steps 3 to 5. 0, or an exit code after a message. */
WARDER_MUST_CHECK int settle_new_master(
    enum conf_master from, enum conf_master to);

/* The source whose successor waits; NONE. */
enum conf_master settle_waiting(void);

/* What the store says of itself when it is opened with these keys. */
struct settle_look {
	enum seal_err e;
	struct state_mark mark;
	uint8_t store_id[SEAL_ID_LEN];
};
struct settle_look settle_look(
    const struct conf *conf, enum conf_master source, const struct blob *keys);

#endif

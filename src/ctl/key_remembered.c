/* SPDX-License-Identifier: ISC */
/* What this host remembers of the store, when the store itself is in doubt. */
#include "config.h"

#include <string.h>

#include "ctl/askeeper.h"
#include "ctl/key.h"
#include "ledger/chain.h"
#include "ledger/note.h"
#include "state/state.h"

#define LEDGER_PUB WARDER_SYSCONFDIR "/ledger.pub"

/* In shared memory. */
struct remembered {
	char host[NOTE_HOST_MAX + 1];
	uint64_t mark, ledger;
};

static int
remember_as_keeper(void *ctx)
{
	auto_ledger struct ledger *ledger = NULL;
	auto_state struct state *state = NULL;
	struct state_mark seq = { .n = 0 }, kgen = { .n = 0 };
	struct remembered *found = ctx;
	enum state_result r;

	if (state_open(WARDER_STATEDIR, &state) != STATE_OK)
		return 1;
	r = state_mark_get(state, "seq", &seq);
	if (r != STATE_OK && r != STATE_ABSENT)
		return 1;
	r = state_mark_get(state, "kgen", &kgen);
	if (r != STATE_OK && r != STATE_ABSENT)
		return 1;
	if (ledger_open(WARDER_LOGDIR, found->host, seq.n, &ledger) !=
	    LEDGER_OK)
		return 1;
	found->mark = kgen.n;
	found->ledger = ledger_kgen(ledger);
	return 0;
}

int
key_greatest_kgen(const struct conf *conf, uint64_t *ret_generation)
{
	struct remembered *found = askeeper_share(sizeof(*found));
	struct note_verifier verifier;

	if (found == NULL || note_verifier_load(LEDGER_PUB, 0, &verifier) != 0)
		return ctl_fail(REASON_MISCONFIGURED,
		    "%s is not there, or not root's alone", LEDGER_PUB);
	memcpy(found->host, verifier.host, sizeof(found->host));
	if (askeeper_run(remember_as_keeper, found) != 0)
		return ctl_fail(REASON_NO_RECORD,
		    "ledger and state do not open: nobody could say which "
		    "generation was the last");
	*ret_generation = conf->least_generation;
	if (found->mark > *ret_generation)
		*ret_generation = found->mark;
	if (found->ledger > *ret_generation)
		*ret_generation = found->ledger;
	return REASON_DONE;
}

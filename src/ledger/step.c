/* SPDX-License-Identifier: ISC */
/*
 * Each line bears both clocks. Where the two of them went on differently
 * since the line before, somebody set the clock of the day; an auditor who
 * reads times has to know, so the ledger says it between the two lines.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "ledger/inside.h"

#define STEP_MS 2000

const char *
ledger_clock_word(void)
{
	switch (clock_sync()) {
	case CLOCK_SYNC_YES:
		return "sync";
	case CLOCK_SYNC_NO:
		return "unsync";
	case CLOCK_SYNC_UNKNOWN:
		return "unknown";
	}
	return "unknown";
}

void
ledger_note_clocks(struct ledger *ledger, const struct record *rec)
{
	int64_t real_ms = 0;

	ledger->is_this_boot =
	    record_is(rec, M_BOOT, ledger->boot) &&
	    clock_parse_stamp(record_text(rec, M_TS), &real_ms) == 0;
	ledger->apart_ms = real_ms - (int64_t)record_int(rec, M_MONO);
}

bool
ledger_clock_stepped(const struct ledger *ledger, struct record *ret_rec)
{
	int64_t apart_ms = clock_real_ms() - clock_boot_ms();
	int64_t step_ms = llabs(apart_ms - ledger->apart_ms);

	/* Across a boot nothing is known of what the clock did. */
	if (ledger->seq == 0 || !ledger->is_this_boot || step_ms <= STEP_MS)
		return false;
	record_begin(ret_rec, "clock.step");
	record_set(ret_rec, M_CLK, ledger_clock_word());
	record_set_int(ret_rec, M_N, (uint64_t)step_ms);
	return true;
}

size_t
ledger_take_asides(
    struct ledger *ledger, struct ledger_aside ret_asides[LEDGER_ASIDES])
{
	size_t n = ledger->n_asides;

	memcpy(ret_asides, ledger->asides, n * sizeof(ret_asides[0]));
	ledger->n_asides = 0;
	return n;
}

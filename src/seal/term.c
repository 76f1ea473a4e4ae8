/* SPDX-License-Identifier: ISC */
/* A temporary key lives for hours: days of warning would never end. */
#include "config.h"

#include "seal/term.h"

#define MINUTE_MS UINT64_C(60000)
#define SOON_MS (14 * 24 * 60 * MINUTE_MS)
#define SOON_STS_MS (15 * MINUTE_MS)

uint64_t
seal_left_ms(enum seal_kind kind, uint64_t not_after_ms, uint64_t now_ms)
{
	uint64_t unused = kind == SEAL_STS ? MINUTE_MS : 0;

	if (not_after_ms <= now_ms || not_after_ms - now_ms < unused)
		return 0;
	return not_after_ms - now_ms;
}

bool
seal_ends_soon(enum seal_kind kind, uint64_t not_after_ms, uint64_t now_ms)
{
	uint64_t left = seal_left_ms(kind, not_after_ms, now_ms);

	/* The host's own key signs the ledger, not a request. */
	return kind != SEAL_HOST && left > 0 &&
	       left < (kind == SEAL_STS ? SOON_STS_MS : SOON_MS);
}

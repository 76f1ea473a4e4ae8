/* SPDX-License-Identifier: ISC */
/*
 * The header lines of an answer, counted and capped as they come, since a
 * server may send them without end. For transfer.c.
 */
#ifndef WARDER_COURIER_HEAD_H
#define WARDER_COURIER_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct head {
	size_t bytes, lines; /* over all responses of one request */
	/* of the last response */
	bool is_encoded, has_next_page;
	char type[128], request_id[97], next_page[24];
	uint64_t date_ms;
	uint32_t retry_after_ms;
	uint32_t page, total_pages; /* 0: not told */
};

/* One line with its end. ETOOBIG: bytes or lines are above their cap. */
WARDER_MUST_CHECK int head_add(struct head *head, const char *line, size_t len);

#endif

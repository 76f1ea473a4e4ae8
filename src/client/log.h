/* SPDX-License-Identifier: ISC */
/* The caller's own records, as lines of the ledger, and their receipts. */
#ifndef WARDER_CLIENT_LOG_H
#define WARDER_CLIENT_LOG_H

#include <stdbool.h>
#include <stddef.h>

#include "ledger/record.h"

struct log_lines {
	struct record *items;
	size_t n;
};

/* warder.log/1; `receipt` is the file it was written to, or NULL. */
void json_log(
    const struct log_lines *lines, const char *receipt, bool is_complete);

#endif

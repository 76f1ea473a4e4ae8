/* SPDX-License-Identifier: ISC */
/*
 * Names of closed files, `ledger.<seq of its first line>.jsonl`. A name is a
 * claim only: whoever reads such a file holds it against the chain.
 */
#ifndef WARDER_LEDGER_FILES_H
#define WARDER_LEDGER_FILES_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define LEDGER_NAME_SIZE 32 /* "ledger.", 16 digits, ".jsonl", NUL */
#define LEDGER_CLOSED_MAX 4096

struct ledger_closed {
	uint64_t first[LEDGER_CLOSED_MAX]; /* ascending */
	size_t n;
};

/* Seq in the name of a closed file; 0 if it is no such name. */
uint64_t ledger_closed_first(const char *name);
void ledger_closed_name(char ret[LEDGER_NAME_SIZE], uint64_t first);

/* All such names in the folder. ESYS: unreadable. EFULL: too many. */
WARDER_MUST_CHECK int ledger_closed_list(
    int dir, struct ledger_closed *ret_closed);

/*
 * Opens a closed file, or the one in use, for reading: -1 with errno if it is
 * no plain file of that very name (ELOOP, EISDIR, EINVAL).
 */
int ledger_closed_open(int dir, const char *name);

#endif

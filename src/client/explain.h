/* SPDX-License-Identifier: ISC */
/*
 * The rows that a word may mean: of the server's table and of our own. No
 * service is asked; the word is whatever somebody typed or pasted.
 */
#ifndef WARDER_CLIENT_EXPLAIN_H
#define WARDER_CLIENT_EXPLAIN_H

#include <stdbool.h>

#include "client/own.h"

#define EXPLAIN_MAX 8 /* meanings of one word */

/* One of the two is not NULL. */
struct explained {
	const struct code_row *server;
	const struct own_row *own;
};

/*
 * Everything that `code` means: exactly; an exit code by its number too; and
 * if there is nothing, the prefix of the server's table that fits. 0: it is
 * not known.
 */
size_t explain_find(const char *code, struct explained ret[EXPLAIN_MAX]);

/* All rows, `n` from 0; false behind the last. */
bool explain_at(size_t n, struct explained *ret);

#endif

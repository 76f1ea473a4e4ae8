/* SPDX-License-Identifier: ISC */
/*
 * Remembers nonces in a plain list: a test sends hundreds, not millions.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "sandbox/nonce.h"
#include "sandbox/text.h"

struct nonce {
	char *text;
	int64_t spent_ms;
	struct nonce *next;
};

struct nonces {
	struct nonce *first;
};

struct nonces *
nonces_new(void)
{
	return text_alloc(sizeof(struct nonces));
}

static void
drop(struct nonce **at)
{
	struct nonce *n = *at;

	*at = n->next;
	free(n->text);
	free(n);
}

void
nonces_freep(struct nonces **np)
{
	struct nonces *n = *np;

	if (n == NULL)
		return;
	while (n->first != NULL)
		drop(&n->first);
	free(n);
	*np = NULL;
}

bool
nonces_spend(struct nonces *n, const char *nonce, int64_t now_ms)
{
	struct nonce **at = &n->first, *fresh;

	while (*at != NULL) {
		if ((*at)->spent_ms + NONCE_KEPT_MS <= now_ms)
			drop(at);
		else if (strcmp((*at)->text, nonce) == 0)
			return false;
		else
			at = &(*at)->next;
	}
	fresh = text_alloc(sizeof(*fresh));
	fresh->text = text_dup(nonce);
	fresh->spent_ms = now_ms;
	fresh->next = n->first;
	n->first = fresh;
	return true;
}

/* SPDX-License-Identifier: ISC */
/*
 * The page of a report: one file without a script, a font or a picture from
 * elsewhere. It forbids itself to load anything, so that even a text that
 * slipped through could not call home.
 */
#ifndef WARDER_CTL_LEDGER_PAGE_H
#define WARDER_CTL_LEDGER_PAGE_H

#include <stdio.h>

#include "ctl/ledger_figures.h"
#include "ctl/ledger_proof.h"

/* CSS of the page, and the only one that its policy allows. */
extern const char ledger_style[];

/* Whether all was written is for the caller to see (ferror). */
void ledger_page(
    FILE *out, const struct ledger_proof *proof, const struct figures *figures);

#endif

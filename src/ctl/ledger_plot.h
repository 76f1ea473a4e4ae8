/* SPDX-License-Identifier: ISC */
/*
 * The plots of a report, as SVG inside of its page: no script, no style of
 * their own, and every word in them escaped. Each says in words what it
 * shows, for who cannot see it.
 */
#ifndef WARDER_CTL_LEDGER_PLOT_H
#define WARDER_CTL_LEDGER_PLOT_H

#include <stdio.h>

#include "ctl/ledger_figures.h"

#define PLOT_ROWS 12 /* bars of a list; the rest is one more bar */
#define PLOT_STEPS_MAX 60

/* Decisions over time, stacked by what came of them. */
void plot_time(FILE *out, const struct figures *figures);

/* One bar a word, the most frequent first. `what` names them in words. */
void plot_tallies(
    FILE *out, const struct figures_tallies *tallies, const char *what);

/* How many gates waited how long. */
void plot_waits(FILE *out, const struct figures *figures);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * Whether syslog takes lines is true of the host, while a worker serves one
 * connection: so the state counts what was lost, and whoever hands over the
 * next line says that it is back.
 */
#ifndef WARDER_KEEPER_LOST_H
#define WARDER_KEEPER_LOST_H

#include "keeper/book.h"

/* At the opening of the book: did those before us lose lines? */
void lost_look(struct book *book);

/*
 * What became of one datagram. The first lost one is `syslog.lost`, the first
 * that gets through after it `syslog.back` with how many were lost; each a
 * line of the ledger that is not handed over itself. Failure is logged.
 */
void lost_note(struct book *book, enum syslog_fate fate);

#endif

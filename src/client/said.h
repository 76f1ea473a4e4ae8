/* SPDX-License-Identifier: ISC */
/*
 * What the server said, as a sentence of ours with what to do, in both
 * languages; its own text stays foreign and goes behind `| `.
 */
#ifndef WARDER_CLIENT_SAID_H
#define WARDER_CLIENT_SAID_H

#include "base/err.h"
#include "client/shown.h"
#include "yunxiao/codes.h"

#define SAID_SIZE 2048

/* What a result is about; each may be NULL. Borrowed. */
struct about {
	const struct shown *shown;          /* the gate, once it was told */
	const struct person_look *asked;    /* else what was asked for */
	const struct person_server *server; /* what came with the result */
};

/* The row of its code; flow control without a code has one too. */
const struct code_row *said_row(const struct person_result *result);

/*
 * The row's sentence, filled; not yet cleaned for a screen. Where it is not
 * known that nothing was done, code, meaning, status and request only:
 * "reading the run" is over by the time a result is told.
 */
void said_sentence(char ret[SAID_SIZE], enum code_lang lang,
    const struct about *about, const struct person_result *result);

/* Seconds that the server wants to be left alone; 0: it did not say. */
uint32_t said_wait_s(const struct about *about);

#endif

/* SPDX-License-Identifier: ISC */
/* For the tests of answers: a sample read, its pieces as lines of text. */
#ifndef WARDER_TESTS_ANSWER_TEXT_H
#define WARDER_TESTS_ANSWER_TEXT_H

#include <stddef.h>

#include "courier/answer.h"

/* A whole answer with that status, of application/json. */
struct reply answer_reply(int http, const char *body);

/* The bytes of tests/samples/NAME, in memory that lives as long as we do. */
const char *answer_sample(const char *name);

/*
 * Reads it as READ does. Returns one line a piece, `kind|member|member…`, and
 * one for the end: `READABLE CODE`. Borrowed until the next call.
 */
const char *answer_lines(enum courier_api api, enum courier_what what,
    const struct reply *reply, struct courier_done *ret_done);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * One JSON object from standard input, for the tools that are held against
 * known answers. Not part of an installation; trusts its caller.
 */
#ifndef WARDER_TESTS_BIN_INPUT_H
#define WARDER_TESTS_BIN_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

/* Stands for a NUL inside a string; no JSON text holds this byte. */
#define INPUT_NUL '\xff'

/* Ends the program with a message if there is no object. */
cJSON *input_read(void);

/* A member that is a string, "" if it is not there or null. Borrowed. */
const char *input_text(const cJSON *object, const char *name);

/* A member that is an array or object; an empty one if it is not there. */
const cJSON *input_member(const cJSON *object, const char *name);

void input_die(const char *what) __attribute__((noreturn));

#endif

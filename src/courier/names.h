/* SPDX-License-Identifier: ISC */
/*
 * The member names of one document, so that two equal ones in one object are
 * seen however they are spelt. For the scan only. Sorted once at the end: a
 * hostile object of many names costs no more than an honest one.
 */
#ifndef WARDER_COURIER_NAMES_H
#define WARDER_COURIER_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct names;

/* For a document of `len` bytes. NULL: no memory. */
struct names *names_new(size_t len);
void names_freep(struct names **names);
#define auto_names __attribute__((cleanup(names_freep)))

/* A name of `object`, character by character (never NUL). ENOMEM. */
WARDER_MUST_CHECK int names_begin(struct names *names, uint32_t object);
void names_add_char(struct names *names, uint32_t c);
void names_end(struct names *names);

/* EFORM: some object has a name twice. */
WARDER_MUST_CHECK int names_check(struct names *names);

#endif

/* SPDX-License-Identifier: ISC */
/* The one seam to randomness: nonces, keys and ids come from here. */
#ifndef WARDER_BASE_RAND_H
#define WARDER_BASE_RAND_H

#include <stddef.h>

/* Fills `len` bytes from the kernel; ends the program if it cannot. */
void rand_fill(void *ret, size_t len);

/* Tests only: from now on these bytes, over and over; NULL ends it. */
void rand_set_for_test(const void *bytes, size_t len);

#endif

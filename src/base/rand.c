/* SPDX-License-Identifier: ISC */
/* Randomness comes in here and nowhere else, so that tests can know it. */
#include "config.h"

#include <sodium.h>
#include <stdint.h>

#include "base/rand.h"

static const uint8_t *fixed;
static size_t fixed_len, fixed_at;

void
rand_set_for_test(const void *bytes, size_t len)
{
	fixed = bytes;
	fixed_len = len;
	fixed_at = 0;
}

void
rand_fill(void *ret, size_t len)
{
	uint8_t *out = ret;

	if (fixed == NULL) {
		randombytes_buf(ret, len);
		return;
	}
	for (size_t i = 0; i < len; i++)
		out[i] = fixed[fixed_at++ % fixed_len];
}

/* SPDX-License-Identifier: ISC */
/*
 * A body of protocol 1: the first byte is the number of the message. What is
 * read must be written back as the very same bytes.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "wire/person.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static uint8_t back[FRAME_BODY_MAX];
	struct wbuf out = wbuf_of(back, sizeof(back));
	const struct layout *layout;
	union person_any msg;

	if (len < 1)
		return 0;
	layout = person_layout(WIRE_TYPE(WIRE_PERSON, bytes[0]));
	if (layout == NULL ||
	    layout_get(rbuf_of(bytes + 1, len - 1), layout, &msg) != 0)
		return 0;
	layout_put(&out, layout, &msg);
	if (wbuf_end(&out) != 0 || out.len != len - 1 ||
	    memcmp(back, bytes + 1, out.len) != 0)
		abort();
	return 0;
}

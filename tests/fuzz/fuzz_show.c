/* SPDX-License-Identifier: ISC */
/*
 * Foreign words on a screen: whatever bytes they are, what is printed is valid
 * UTF-8 that no terminal obeys, and it fits.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
must_be_harmless(const char *text)
{
	const uint8_t *at = (const uint8_t *)text;
	size_t left = strlen(text), n;
	uint32_t c;

	for (; left > 0; at += n, left -= n) {
		n = utf8_next(at, left, &c);
		if (n == 0 || char_is_hostile(c))
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	char shown[96], cut[40];
	char *text = malloc(len + 1);

	if (text == NULL)
		return 0;
	if (len > 0)
		memcpy(text, bytes, len);
	text[len] = '\0';
	(void)text_show(shown, sizeof(shown), text);
	must_be_harmless(shown);
	(void)text_cut(cut, sizeof(cut), bytes, len);
	if (!text_is_clean(cut, strlen(cut)))
		abort();
	free(text);
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * One fact at a time. A number is digits here, a yes is the word true and
 * nothing else, and a text too long to be carried takes its hash along.
 */
#include "config.h"

#include <sodium.h>
#include <string.h>

#include "base/text.h"
#include "courier/facts.h"

int
facts_take(struct facts *facts, const struct item *item)
{
	uint8_t body[FRAME_BODY_MAX];
	struct wbuf out = wbuf_of(body, sizeof(body));
	int r;

	put_item(&out, item);
	if ((r = wbuf_end(&out)) != 0)
		return r;
	if (++facts->items > COURIER_ITEMS_MAX ||
	    (facts->bytes += out.len) > COURIER_ITEM_BYTES_MAX)
		return WARDER_ETOOBIG;
	if (facts->sink == NULL)
		return WARDER_OK;
	return facts->sink->take(facts->sink->context, item);
}

const char *
facts_text(const cJSON *object, const char *name, const char *other)
{
	const char *text = json_text(object, name);

	return text == NULL && other != NULL ? json_text(object, other) : text;
}

void
facts_id(char *ret, size_t size, const char *text)
{
	if (text == NULL || text_copy(ret, size, text) != 0)
		ret[0] = '\0';
}

void
facts_number_id(char *ret, size_t size, const char *text)
{
	facts_id(ret, size, text != NULL && text_is_id(text) ? text : NULL);
}

void
facts_txt(struct courier_txt *ret, const char *text)
{
	size_t len;

	memset(ret, 0, sizeof(*ret));
	if (text == NULL)
		return;
	len = strlen(text);
	if (!text_cut(ret->text, sizeof(ret->text), text, len))
		return;
	ret->cut = 1;
	(void)crypto_hash_sha256(ret->whole, (const unsigned char *)text, len);
}

uint64_t
facts_ms(const cJSON *object, const char *name)
{
	const char *text = json_text(object, name);
	uint64_t ms;

	if (text == NULL || text_parse_number(text, INT64_MAX, &ms) != 0)
		return 0;
	return ms;
}

uint8_t
facts_small(const cJSON *object, const char *name)
{
	const char *text = json_text(object, name);
	uint64_t n;

	if (text == NULL || text_parse_number(text, 254, &n) != 0)
		return 0;
	return (uint8_t)n;
}

uint8_t
facts_tri(const cJSON *value)
{
	if (cJSON_IsTrue(value))
		return TRI_TRUE;
	return cJSON_IsFalse(value) ? TRI_FALSE : TRI_ABSENT;
}

bool
facts_says_nothing(const char *text)
{
	static const char *const void_chars[] = { "\"", "'", "\\", "\u201c",
		"\u201d", " ", "\t", "\n", "\r" };
	size_t i, n = sizeof(void_chars) / sizeof(void_chars[0]);

	if (text == NULL || strcmp(text, "null") == 0)
		return true;
	while (*text != '\0') {
		for (i = 0; i < n; i++) {
			if (strncmp(text, void_chars[i],
			        strlen(void_chars[i])) == 0)
				break;
		}
		if (i == n)
			return false;
		text += strlen(void_chars[i]);
	}
	return true;
}

/* SPDX-License-Identifier: ISC */
/*
 * Ids, strictly. What gets through here may stand in a signed path, so a
 * slash, a percent sign or a letter that only looks like a digit must not.
 */
#include "config.h"

#include <string.h>

#include "base/text.h"
#include "yunxiao/ids.h"

static bool
is_letter_or_digit(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z');
}

bool
id_is_org(const char *text)
{
	size_t n;

	for (n = 0; text[n] != '\0'; n++) {
		if (n == ID_ORG_MAX || !is_letter_or_digit(text[n]))
			return false;
	}
	return n > 0;
}

bool
id_is_number(const char *text)
{
	return text_is_id(text);
}

bool
id_is_greater(const char *a, const char *b)
{
	size_t a_len = strlen(a), b_len = strlen(b);

	return a_len != b_len ? a_len > b_len : strcmp(a, b) > 0;
}

bool
id_is_account(const char *text)
{
	size_t n;

	for (n = 0; text[n] != '\0'; n++) {
		if (n == 20 || text[n] < '0' || text[n] > '9')
			return false;
	}
	return n > 0;
}

int
ids_check(const struct gate_ids *ids, enum ids_depth depth)
{
	if (!id_is_org(ids->org))
		return WARDER_EFORM;
	if (depth >= IDS_PIPELINE && !id_is_number(ids->pipeline))
		return WARDER_EFORM;
	if (depth >= IDS_RUN && !id_is_number(ids->run))
		return WARDER_EFORM;
	if (depth >= IDS_JOB && !id_is_number(ids->job))
		return WARDER_EFORM;
	return WARDER_OK;
}

bool
ids_are_equal(const struct gate_ids *a, const struct gate_ids *b)
{
	return strcmp(a->org, b->org) == 0 &&
	       strcmp(a->pipeline, b->pipeline) == 0 &&
	       strcmp(a->run, b->run) == 0 && strcmp(a->job, b->job) == 0;
}

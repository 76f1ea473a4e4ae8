/* SPDX-License-Identifier: ISC */
/*
 * A status line begins the headers anew (a proxy's answer, a 100 before the
 * real one); the caps go on counting. A header that comes twice counts as it
 * came last, but any encoding said once is enough.
 */
#include "config.h"

#include <curl/curl.h>
#include <string.h>

#include "base/text.h"
#include "courier/head.h"
#include "courier/transfer.h"

#define LINE_ROOM 1024 /* more of one line is never of use */

static void
lower(char *text)
{
	for (; *text != '\0'; text++) {
		if (*text >= 'A' && *text <= 'Z')
			*text = (char)(*text - 'A' + 'a');
	}
}

/* "" where the value does not fit: a part would be another value. */
static void
set_text(char *ret, size_t size, const char *value)
{
	if (!text_is_clean(value, strlen(value)) ||
	    text_copy(ret, size, value) != 0)
		ret[0] = '\0';
}

static void
set_number(uint32_t *ret, const char *value)
{
	uint64_t n;

	if (text_parse_number(value, UINT32_MAX, &n) == 0)
		*ret = (uint32_t)n;
}

static void
set_date(struct head *head, const char *value)
{
	time_t seconds = curl_getdate(value, NULL);

	head->date_ms = seconds > 0 ? (uint64_t)seconds * 1000 : 0;
}

static void
take_field(struct head *head, const char *name, char *value)
{
	if (strcmp(name, "content-type") == 0) {
		lower(value);
		set_text(head->type, sizeof(head->type), value);
	} else if (strcmp(name, "content-encoding") == 0) {
		lower(value);
		if (strcmp(value, "identity") != 0)
			head->is_encoded = true;
	} else if (strcmp(name, "x-acs-request-id") == 0) {
		set_text(head->request_id, sizeof(head->request_id), value);
	} else if (strcmp(name, "x-next-page") == 0) {
		head->has_next_page = true;
		set_text(head->next_page, sizeof(head->next_page), value);
	} else if (strcmp(name, "x-page") == 0) {
		set_number(&head->page, value);
	} else if (strcmp(name, "x-total-pages") == 0) {
		set_number(&head->total_pages, value);
	} else if (strcmp(name, "x-acs-retry-after") == 0) {
		set_number(&head->retry_after_ms, value);
	} else if (strcmp(name, "date") == 0) {
		set_date(head, value);
	}
}

static char *
trim(char *text)
{
	size_t len;

	text += strspn(text, " \t");
	len = strlen(text);
	while (len > 0 && strchr(" \t\r\n", text[len - 1]) != NULL)
		text[--len] = '\0';
	return text;
}

static void
take_line(struct head *head, char *line)
{
	char *colon;

	if (strncmp(line, "HTTP/", 5) == 0) {
		*head = (struct head){
			.bytes = head->bytes,
			.lines = head->lines,
		};
		return;
	}
	if ((colon = strchr(line, ':')) == NULL)
		return;
	*colon = '\0';
	lower(line);
	take_field(head, line, trim(colon + 1));
}

int
head_add(struct head *head, const char *line, size_t len)
{
	char copy[LINE_ROOM];

	if (len > TRANSFER_HEAD_MAX - head->bytes ||
	    head->lines >= TRANSFER_LINES_MAX)
		return WARDER_ETOOBIG;
	head->bytes += len;
	head->lines++;
	/* A NUL inside would hide the rest of the line. */
	if (len >= sizeof(copy) || memchr(line, '\0', len) != NULL)
		return WARDER_OK;
	memcpy(copy, line, len);
	copy[len] = '\0';
	take_line(head, copy);
	return WARDER_OK;
}

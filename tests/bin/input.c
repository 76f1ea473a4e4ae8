/* SPDX-License-Identifier: ISC */
/* Reading for the known-answer tools; see input.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bin/input.h"

#define INPUT_MAX (8u << 20)

void
input_die(const char *what)
{
	fprintf(stderr, "%s\n", what);
	exit(1);
}

/*
 * cJSON ends a string at \u0000. So that this escape is not lost, it becomes
 * a byte that cannot be there otherwise.
 */
static void
mark_nul(char *text)
{
	char *out = text;

	for (char *in = text; *in != '\0';) {
		size_t len = 1;

		if (in[0] == '\\' && in[1] != '\0')
			len = 2;
		if (strncmp(in, "\\u0000", 6) == 0) {
			*out++ = INPUT_NUL;
			in += 6;
			continue;
		}
		memmove(out, in, len);
		out += len;
		in += len;
	}
	*out = '\0';
}

cJSON *
input_read(void)
{
	char *text = malloc(INPUT_MAX + 1);
	size_t len;
	cJSON *object;

	if (text == NULL)
		input_die("no memory");
	len = fread(text, 1, INPUT_MAX + 1, stdin);
	if (len > INPUT_MAX || ferror(stdin))
		input_die("cannot read the input");
	text[len] = '\0';
	if (memchr(text, '\0', len) != NULL ||
	    memchr(text, INPUT_NUL, len) != NULL)
		input_die("the input is not JSON");
	mark_nul(text);
	object = cJSON_Parse(text);
	free(text);
	if (!cJSON_IsObject(object))
		input_die("the input is no JSON object");
	return object;
}

const char *
input_text(const cJSON *object, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

	return cJSON_IsString(item) ? item->valuestring : "";
}

const cJSON *
input_member(const cJSON *object, const char *name)
{
	static const cJSON nothing = { .type = cJSON_Array };
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

	return cJSON_IsArray(item) || cJSON_IsObject(item) ? item : &nothing;
}

/* SPDX-License-Identifier: ISC */
/*
 * The tree of a scanned document. Only cJSON's calls that mind the case of
 * letters are used: `Code` and `code` are two names.
 */
#include "config.h"

#include <string.h>

#include "courier/json.h"
#include "courier/wipe.h"

void
json_init(void)
{
	cJSON_Hooks hooks = { wipe_malloc, wipe_free };

	cJSON_InitHooks(&hooks);
}

int
json_parse(const uint8_t *bytes, size_t len, cJSON **ret_json)
{
	const char *end = NULL;
	char *text = NULL;
	size_t text_len;
	cJSON *json;
	int r;

	if ((r = json_scan(bytes, len, &text, &text_len)) != 0)
		return r;
	/* The terminator is counted, and asked for. */
	json = cJSON_ParseWithLengthOpts(text, text_len + 1, &end, 1);
	if (json == NULL || end != text + text_len)
		r = WARDER_EFORM;
	wipe_free(text);
	if (r != 0) {
		cJSON_Delete(json);
		return r;
	}
	*ret_json = json;
	return WARDER_OK;
}

void
json_freep(cJSON **json)
{
	cJSON_Delete(*json);
	*json = NULL;
}

const cJSON *
json_any(const cJSON *object, const char *name)
{
	if (!cJSON_IsObject(object))
		return NULL;
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

const cJSON *
json_object(const cJSON *object, const char *name)
{
	const cJSON *found = json_any(object, name);

	return cJSON_IsObject(found) ? found : NULL;
}

const cJSON *
json_array(const cJSON *object, const char *name)
{
	const cJSON *found = json_any(object, name);

	return cJSON_IsArray(found) ? found : NULL;
}

const char *
json_text(const cJSON *object, const char *name)
{
	const cJSON *found = json_any(object, name);

	return cJSON_IsString(found) ? found->valuestring : NULL;
}

/* SPDX-License-Identifier: ISC */
/* What the files that print documents share. */
#ifndef WARDER_CLIENT_JSON_INSIDE_H
#define WARDER_CLIENT_JSON_INSIDE_H

#include <cjson/cJSON.h>
#include <stdbool.h>

/* With `schema`, `now` and `complete`. */
cJSON *json_document(const char *schema, bool is_complete);

/* Prints it as one line and frees it. */
void json_print(cJSON *doc);

#endif

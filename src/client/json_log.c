/* SPDX-License-Identifier: ISC */
/* warder.log/1: the lines with the members that the ledger gives them. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>

#include "client/json_inside.h"
#include "client/log.h"

/* Ids and numbers are strings, as in every document. */
static void
add_member(cJSON *to, const struct record *rec, enum member m)
{
	char number[32];

	(void)snprintf(number, sizeof(number), "%" PRIu64, record_int(rec, m));
	(void)cJSON_AddStringToObject(to, record_name(m),
	    member_is_int(m) ? number : record_text(rec, m));
}

void
json_log(const struct log_lines *lines, const char *receipt, bool is_complete)
{
	cJSON *doc = json_document("warder.log/1", is_complete);
	cJSON *list, *item;

	(void)cJSON_AddArrayToObject(doc, "errors");
	list = cJSON_AddArrayToObject(doc, "lines");
	for (size_t i = 0; i < lines->n; i++) {
		item = cJSON_CreateObject();
		for (enum member m = 0; m < M_COUNT; m++)
			if (record_has(&lines->items[i], m))
				add_member(item, &lines->items[i], m);
		(void)cJSON_AddItemToArray(list, item);
	}
	if (receipt != NULL)
		(void)cJSON_AddStringToObject(doc, "receipt", receipt);
	json_print(doc);
}

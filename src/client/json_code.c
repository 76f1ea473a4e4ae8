/* SPDX-License-Identifier: ISC */
/* warder.code/1: rows of the tables of codes, in both languages. */
#include "config.h"

#include "base/err.h"
#include "client/json.h"
#include "client/json_inside.h"

static void
add(cJSON *to, const char *name, const char *text)
{
	(void)cJSON_AddStringToObject(to, name, text);
}

static void
add_both(cJSON *to, const char *name, const char *en, const char *zh)
{
	cJSON *texts = cJSON_AddObjectToObject(to, name);

	add(texts, "en", en);
	add(texts, "zh", zh);
}

static void
add_server_code(cJSON *to, const struct code_row *row)
{
	char en[2048], zh[2048];

	code_advise(en, sizeof(en), row, CODE_EN);
	code_advise(zh, sizeof(zh), row, CODE_ZH);
	add(to, "code", row->code);
	add(to, "origin", "server");
	add(to, "http", row->http);
	add_both(to, "meaning", row->meaning.en, row->meaning.zh);
	add_both(to, "what_to_do", en, zh);
	add(to, "happened", code_done_word(row->done));
	add(to, "again", code_again_word(row->again));
}

static void
add_own_code(cJSON *to, const struct own_row *row)
{
	static const char *const kinds[] = { "", "exit", "policy", "request",
		"key", "ledger", "check" };
	const char *word = reason_word(row->exit);

	add(to, "code", row->code);
	add(to, "origin", "local");
	add(to, "kind", kinds[row->kind]);
	(void)cJSON_AddNumberToObject(to, "exit", row->exit);
	add(to, "word", word != NULL ? word : "");
	add(to, "told_as", row->server);
	add_both(to, "meaning", row->meaning.en, row->meaning.zh);
	add_both(to, "what_to_do", row->text.en, row->text.zh);
	add(to, "happened", own_done_word(row->done));
	add(to, "again", own_again_word(row->again));
}

static void
add_code(cJSON *codes, const struct explained *row)
{
	cJSON *item = cJSON_CreateObject();

	if (row->server != NULL)
		add_server_code(item, row->server);
	else
		add_own_code(item, row->own);
	(void)cJSON_AddItemToArray(codes, item);
}

void
json_code(const char *code, const struct explained *found, size_t n)
{
	cJSON *doc = json_document("warder.code/1", true), *codes;

	(void)cJSON_AddArrayToObject(doc, "errors");
	add(doc, "asked", code);
	(void)cJSON_AddBoolToObject(doc, "known", n > 0);
	codes = cJSON_AddArrayToObject(doc, "codes");
	for (size_t i = 0; i < n; i++)
		add_code(codes, &found[i]);
	json_print(doc);
}

void
json_codes(void)
{
	cJSON *doc = json_document("warder.code/1", true), *codes;
	struct explained row;

	(void)cJSON_AddArrayToObject(doc, "errors");
	codes = cJSON_AddArrayToObject(doc, "codes");
	for (size_t n = 0; explain_at(n, &row); n++)
		add_code(codes, &row);
	json_print(doc);
}

/* SPDX-License-Identifier: ISC */
/*
 * `key list`: every listed record, opened to prove that it opens, and shown
 * without its secret and never with its whole id.
 */
#include "config.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "ctl/askeeper.h"
#include "ctl/key.h"
#include "ctl/key_term.h"

/* In shared memory. */
struct listing {
	const struct vault *vault;
	struct key_rows rows;
};

static void
fill_row(const struct conf *conf, const struct seal_store *store,
    const struct manifest_entry *entry, struct key_row *row)
{
	auto_credential struct seal_credential found = { .secret = NULL };

	row->kind = entry->kind;
	row->state = entry->state;
	row->generation = entry->generation;
	row->e = seal_store_record(
	    store, entry->record_id, entry->generation, 0, &found);
	if (row->e != SEAL_OK)
		return;
	row->created_ms = found.created_ms;
	row->not_after_ms = found.not_after_ms;
	if (key_term_of(conf, found.kind, found.created_ms, found.not_after_ms,
	        (uint64_t)clock_real_ms()) == KEY_TERM_OVER)
		row->e = SEAL_KEY_EXPIRED;
	memcpy(
	    row->organization, found.organization, sizeof(row->organization));
	memcpy(row->endpoint, found.endpoint, sizeof(row->endpoint));
	memcpy(row->name, found.name, sizeof(row->name));
	if (found.kind != SEAL_HOST && found.id[0] != '\0')
		(void)snprintf(row->id, sizeof(row->id), "%.8s****", found.id);
}

static int
list_as_keeper(void *ctx)
{
	auto_store struct seal_store *store = NULL;
	const struct manifest *manifest;
	struct listing *listing = ctx;
	struct key_rows *rows = &listing->rows;

	if ((rows->e = vault_open(listing->vault, false, &store)) != SEAL_OK)
		return 0;
	manifest = seal_store_manifest(store);
	rows->store_generation = manifest->generation;
	for (; rows->n < manifest->n; rows->n++)
		fill_row(&listing->vault->conf, store,
		    &manifest->entries[rows->n], &rows->row[rows->n]);
	return 0;
}

static const char *
or_dash(const char *text)
{
	return text[0] == '\0' ? "-" : text;
}

static const char *
state_of(const struct key_row *row)
{
	if (row->e != SEAL_OK)
		return seal_word(row->e);
	return row->state == MANIFEST_ACTIVE ? "active" : "candidate";
}

static const char *
stamp(char ret[CLOCK_STAMP_SIZE], uint64_t ms)
{
	if (ms == 0)
		return "-";
	clock_stamp(ret, (int64_t)ms, 0);
	return ret;
}

static void
print_table(const struct key_rows *rows)
{
	char made[CLOCK_STAMP_SIZE], end[CLOCK_STAMP_SIZE];

	(void)printf("%-16s %-10s %-26s %-13s %-10s %-20s %-20s %s\n", "KEY",
	    "KIND", "ORGANIZATION", "ID", "STATE", "SEALED", "NOT AFTER",
	    "ENDPOINT");
	for (size_t i = 0; i < rows->n; i++) {
		const struct key_row *row = &rows->row[i];

		(void)printf("%-16s %-10s %-26s %-13s %-10s %-20s %-20s %s\n",
		    or_dash(row->name),
		    key_kind_word((enum seal_kind)row->kind),
		    or_dash(row->organization), or_dash(row->id), state_of(row),
		    stamp(made, row->created_ms), stamp(end, row->not_after_ms),
		    or_dash(row->endpoint));
	}
}

/* What has to be done soon, on stderr: the table may go into a pipe. */
static void
warn_of_terms(const struct conf *conf, const struct key_rows *rows)
{
	char text[200];

	for (size_t i = 0; i < rows->n; i++) {
		const struct key_row *row = &rows->row[i];

		(void)key_term_print(text, sizeof(text), conf,
		    (enum seal_kind)row->kind, row->created_ms,
		    row->not_after_ms, (uint64_t)clock_real_ms());
		if (row->created_ms != 0 && text[0] != '\0')
			(void)fprintf(stderr, "%s %s\n", row->name, text);
	}
}

static void
add_row(const struct conf *conf, cJSON *keys, const struct key_row *row)
{
	char made[CLOCK_STAMP_SIZE], end[CLOCK_STAMP_SIZE], number[24];
	cJSON *key = cJSON_CreateObject();

	(void)snprintf(number, sizeof(number), "%llu",
	    (unsigned long long)row->generation);
	cJSON_AddStringToObject(key, "name", row->name);
	cJSON_AddStringToObject(
	    key, "kind", key_kind_word((enum seal_kind)row->kind));
	cJSON_AddStringToObject(key, "org_id", row->organization);
	cJSON_AddStringToObject(key, "id", row->id);
	cJSON_AddStringToObject(key, "state", state_of(row));
	cJSON_AddStringToObject(key, "endpoint", row->endpoint);
	cJSON_AddStringToObject(key, "generation", number);
	cJSON_AddStringToObject(key, "sealed", stamp(made, row->created_ms));
	if (row->not_after_ms != 0)
		cJSON_AddStringToObject(
		    key, "not_after", stamp(end, row->not_after_ms));
	cJSON_AddStringToObject(key, "term",
	    key_term_word(
	        key_term_of(conf, (enum seal_kind)row->kind, row->created_ms,
	            row->not_after_ms, (uint64_t)clock_real_ms())));
	cJSON_AddItemToArray(keys, key);
}

static int
print_json(const struct conf *conf, const struct key_rows *rows)
{
	cJSON *document = cJSON_CreateObject(), *keys;
	char now[CLOCK_STAMP_SIZE], *text;

	clock_stamp(now, clock_real_ms(), 0);
	cJSON_AddStringToObject(document, "schema", "warderctl.keys/1");
	cJSON_AddStringToObject(document, "now", now);
	cJSON_AddBoolToObject(document, "complete", 1);
	cJSON_AddArrayToObject(document, "errors");
	keys = cJSON_AddArrayToObject(document, "keys");
	for (size_t i = 0; i < rows->n; i++)
		add_row(conf, keys, &rows->row[i]);
	text = cJSON_PrintUnformatted(document);
	cJSON_Delete(document);
	if (text == NULL)
		return ctl_fail(REASON_BUG, "no memory");
	(void)text_put_json(stdout, text);
	free(text);
	return REASON_DONE;
}

const struct key_rows *
key_rows(const struct vault *vault)
{
	struct listing *listing = askeeper_share(sizeof(*listing));

	if (listing == NULL)
		return NULL;
	listing->vault = vault;
	return askeeper_run(list_as_keeper, listing) == 0 ? &listing->rows
	                                                  : NULL;
}

int
key_list(const struct key_question *question)
{
	auto_vault struct vault vault = { .keys = NULL };
	const struct key_rows *rows;
	int r;

	if ((r = ctl_need_root()) != 0 || (r = vault_load(&vault)) != 0)
		return r;
	if ((rows = key_rows(&vault)) == NULL)
		return ctl_fail(REASON_MISCONFIGURED,
		    "no child could work as %s", WARDER_USER_KEEPER);
	if (rows->e != SEAL_OK)
		return ctl_fail_seal(rows->e, VAULT_KEYS);
	if (question->is_json)
		return print_json(&vault.conf, rows);
	print_table(rows);
	warn_of_terms(&vault.conf, rows);
	return REASON_DONE;
}

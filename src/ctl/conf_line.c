/* SPDX-License-Identifier: ISC */
/*
 * The file is root's and people edit it: every other byte is kept, and it is
 * replaced by a rename, so that no reader sees half of it.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/safefile.h"
#include "ctl/conf_line.h"
#include "ctl/rootfile.h"
#include "ctl/vault.h"

#define TEXT_MAX 65536
#define NAME "master"
#define BLANKS " \t"

const char *
conf_master_word(enum conf_master source)
{
	switch (source) {
	case CONF_MASTER_NONE:
	case CONF_MASTER_CREDENTIAL:
		break;
	case CONF_MASTER_FILE:
		return "file";
	case CONF_MASTER_PASSPHRASE:
		return "passphrase";
	}
	return "credential";
}

bool
conf_master_parse(const char *word, enum conf_master *ret_source)
{
	static const enum conf_master all[] = { CONF_MASTER_CREDENTIAL,
		CONF_MASTER_FILE, CONF_MASTER_PASSPHRASE };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (strcmp(conf_master_word(all[i]), word) == 0) {
			*ret_source = all[i];
			return true;
		}
	}
	return false;
}

/* Where that setting stands; `len` if it does not. conf.c takes it once. */
static size_t
find_line(const char *text, size_t len, size_t *ret_end)
{
	size_t from, end, at;

	for (from = 0; from < len; from = end) {
		const char *feed = memchr(text + from, '\n', len - from);

		end = feed != NULL ? (size_t)(feed - text) + 1 : len;
		for (at = from; at < end && strchr(BLANKS, text[at]); at++)
			continue;
		if (end - at > strlen(NAME) &&
		    memcmp(text + at, NAME, strlen(NAME)) == 0 &&
		    strchr(BLANKS, text[at + strlen(NAME)]) != NULL) {
			*ret_end = end;
			return from;
		}
	}
	*ret_end = len;
	return len;
}

int
conf_with_master(const char *text, size_t len, enum conf_master source,
    char **ret_text, size_t *ret_len)
{
	size_t end, from = find_line(text, len, &end);
	bool is_cut = from == len && len > 0 && text[len - 1] != '\n';
	char *whole;
	int n;

	n = asprintf(&whole, "%.*s%smaster %s\n%.*s", (int)from, text,
	    is_cut ? "\n" : "", conf_master_word(source), (int)(len - end),
	    text + end);
	if (n < 0)
		return WARDER_ENOMEM;
	*ret_text = whole;
	*ret_len = (size_t)n;
	return WARDER_OK;
}

int
conf_set_master(enum conf_master source)
{
	const struct safefile_rule rule = { 0, 022, 0, TEXT_MAX };
	uint8_t *bytes = NULL;
	char *whole = NULL;
	size_t len;
	int r;

	if ((r = safefile_load(VAULT_CONF, &rule, &bytes, &len)) != 0)
		return r;
	r = conf_with_master((const char *)bytes, len, source, &whole, &len);
	if (r == 0)
		r = rootfile_replace(VAULT_CONF, 0644, whole, len);
	free(whole);
	free(bytes);
	return r;
}

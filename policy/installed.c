/* SPDX-License-Identifier: ISC */
/*
 * The one file that holds the set in force. It lies in root's folder, but it
 * is read as if a stranger had written it: every length is held against what
 * is there, every hash is made anew, and a name stands once.
 */
#include "config.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "policy/installed.h"

#define HEX_LEN ((size_t)2 * INSTALLED_HASH_LEN)
#define MAIN_NAME "policy"
/* hex, length of up to 20 digits, name, two blanks, LF, NUL */
#define LINE_SIZE (HEX_LEN + 20 + 256 + 4)

struct reader {
	const char *at;
	size_t left;
	crypto_hash_sha256_state lines;
};

/* A relative path in which no part leads elsewhere. */
static bool
is_path(const char *name)
{
	const char *part = name;
	size_t n;

	for (;;) {
		n = strcspn(part, "/");
		if (n == 0 || (n == 1 && part[0] == '.') ||
		    (n == 2 && part[0] == '.' && part[1] == '.'))
			return false;
		if (part[n] == '\0')
			return true;
		part += n + 1;
	}
}

static bool
is_name(const char *name)
{
	const uint8_t *at = (const uint8_t *)name;
	size_t left = strlen(name), n;
	uint32_t c;

	for (; left > 0; at += n, left -= n) {
		n = utf8_next(at, left, &c);
		if (n == 0 || char_is_hostile(c))
			return false;
	}
	return is_path(name);
}

/* The main file is the first one and bears its name; no name comes twice. */
static bool
is_placed(const struct installed *installed, size_t n, const char *name)
{
	if ((n == 0) != (strcmp(name, MAIN_NAME) == 0))
		return false;
	for (size_t i = 0; i < n; i++)
		if (strcmp(installed->files[i].name, name) == 0)
			return false;
	return true;
}

static void
print_hash(char ret_hex[HEX_LEN + 1], const char *bytes, size_t len)
{
	uint8_t hash[INSTALLED_HASH_LEN];

	(void)crypto_hash_sha256(hash, (const unsigned char *)bytes, len);
	hex_print(ret_hex, hash, sizeof(hash));
}

/* Cuts the next line into its three words; `line` is changed. */
static int
cut_line(struct reader *in, char line[LINE_SIZE], char **ret_len_word,
    char **ret_name)
{
	const char *end = memchr(in->at, '\n', in->left);
	size_t n = end == NULL ? 0 : (size_t)(end - in->at);
	char *blank;

	if (n <= HEX_LEN || n >= LINE_SIZE || memchr(in->at, '\0', n) != NULL)
		return WARDER_EFORM;
	memcpy(line, in->at, n);
	line[n] = '\0';
	blank = strchr(line + HEX_LEN + 1, ' ');
	if (line[HEX_LEN] != ' ' || blank == NULL)
		return WARDER_EFORM;
	line[HEX_LEN] = '\0';
	*blank = '\0';
	*ret_len_word = line + HEX_LEN + 1;
	*ret_name = blank + 1;
	(void)crypto_hash_sha256_update(
	    &in->lines, (const unsigned char *)in->at, n + 1);
	in->at += n + 1;
	in->left -= n + 1;
	return WARDER_OK;
}

/* The bytes that the line speaks of. `-`: none, and only for a calendar. */
static int
take_bytes(struct reader *in, const char *word, struct installed_file *file)
{
	uint64_t len = 0;

	if (strcmp(word, "-") == 0) {
		file->bytes = NULL;
		file->len = 0;
		return WARDER_OK;
	}
	if (text_parse_number(word, INSTALLED_MAX, &len) != 0 || len > in->left)
		return WARDER_EFORM;
	file->bytes = in->at;
	file->len = (size_t)len;
	in->at += len;
	in->left -= (size_t)len;
	return WARDER_OK;
}

static int
read_file(struct reader *in, struct installed *installed)
{
	struct installed_file *file = &installed->files[installed->n];
	uint8_t hash[INSTALLED_HASH_LEN];
	char line[LINE_SIZE], hex[HEX_LEN + 1], *len_word, *name;
	int r;

	if ((r = cut_line(in, line, &len_word, &name)) != 0)
		return r;
	if (hex_parse(line, hash, sizeof(hash)) != 0 || !is_name(name) ||
	    !is_placed(installed, installed->n, name) ||
	    text_copy(file->name, sizeof(file->name), name) != 0)
		return WARDER_EFORM;
	if ((r = take_bytes(in, len_word, file)) != 0)
		return r;
	if (file->bytes == NULL && installed->n == 0)
		return WARDER_EFORM; /* there is no policy without text */
	print_hash(hex, file->bytes == NULL ? "" : file->bytes, file->len);
	if (strcmp(hex, line) != 0)
		return WARDER_EBOX;
	installed->n++;
	return WARDER_OK;
}

int
installed_parse(const void *bytes, size_t len, struct installed *ret_installed)
{
	struct reader in = { .at = bytes, .left = len };
	int r = WARDER_OK;

	ret_installed->n = 0;
	if (len == 0 || len > INSTALLED_MAX)
		return WARDER_EFORM;
	(void)crypto_hash_sha256_init(&in.lines);
	while (r == 0 && in.left > 0) {
		if (ret_installed->n == INSTALLED_FILES_MAX)
			r = WARDER_ETRAIL;
		else if (memchr(in.at, '\n', in.left) == NULL)
			r = ret_installed->n > 0 ? WARDER_ETRAIL : WARDER_EFORM;
		else
			r = read_file(&in, ret_installed);
	}
	if (r != 0) {
		ret_installed->n = 0;
		return r;
	}
	(void)crypto_hash_sha256_final(&in.lines, ret_installed->hash);
	return WARDER_OK;
}

static int
print_line(const struct installed_file *file, char ret_line[LINE_SIZE])
{
	char hex[HEX_LEN + 1];
	int n;

	print_hash(hex, file->bytes == NULL ? "" : file->bytes, file->len);
	if (file->bytes == NULL)
		n = snprintf(ret_line, LINE_SIZE, "%s - %s\n", hex, file->name);
	else
		n = snprintf(ret_line, LINE_SIZE, "%s %zu %s\n", hex, file->len,
		    file->name);
	return n > 0 && (size_t)n < LINE_SIZE ? n : WARDER_EFORM;
}

/* A set that installed_parse() would not read is not written either. */
static int
check_set(const struct installed *installed)
{
	if (installed->n == 0 || installed->n > INSTALLED_FILES_MAX ||
	    installed->files[0].bytes == NULL)
		return WARDER_EFORM;
	for (size_t i = 0; i < installed->n; i++) {
		const struct installed_file *file = &installed->files[i];

		if (!is_name(file->name) ||
		    !is_placed(installed, i, file->name) ||
		    (file->bytes == NULL && file->len != 0) ||
		    file->len > INSTALLED_MAX)
			return WARDER_EFORM;
	}
	return WARDER_OK;
}

static int
print_all(struct installed *installed, FILE *out)
{
	crypto_hash_sha256_state lines;
	char line[LINE_SIZE];
	int n;

	(void)crypto_hash_sha256_init(&lines);
	for (size_t i = 0; i < installed->n; i++) {
		const struct installed_file *file = &installed->files[i];

		if ((n = print_line(file, line)) < 0)
			return n;
		(void)crypto_hash_sha256_update(
		    &lines, (const unsigned char *)line, strlen(line));
		if (fwrite(line, (size_t)n, 1, out) != 1 ||
		    (file->len > 0 &&
		        fwrite(file->bytes, file->len, 1, out) != 1))
			return WARDER_ENOMEM;
	}
	(void)crypto_hash_sha256_final(&lines, installed->hash);
	return WARDER_OK;
}

int
installed_print(struct installed *installed, char **ret_bytes, size_t *ret_len)
{
	char *bytes = NULL;
	size_t len = 0;
	FILE *out;
	int r;

	if ((r = check_set(installed)) != 0)
		return r;
	out = open_memstream(&bytes, &len);
	if (out == NULL)
		return WARDER_ENOMEM;
	r = print_all(installed, out);
	if (fclose(out) != 0 && r == 0)
		r = WARDER_ENOMEM;
	if (r == 0 && len > INSTALLED_MAX)
		r = WARDER_ETOOBIG;
	if (r != 0) {
		free(bytes);
		return r;
	}
	*ret_bytes = bytes;
	*ret_len = len;
	return WARDER_OK;
}

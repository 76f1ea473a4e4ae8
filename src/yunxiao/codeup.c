/* SPDX-License-Identifier: ISC */
/*
 * The address comes from whoever configured the pipeline. It is taken apart
 * by what it must be, never by what it must not be: letters, digits and
 * three marks, in parts that name something.
 */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "yunxiao/codeup.h"
#include "yunxiao/ids.h"

#define HOST "codeup.aliyun.com"
#define PARTS_MAX 20

static const char part_chars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz"
                                 "0123456789_.-";

bool
codeup_is_commit(const char *text)
{
	size_t len = strlen(text);

	return (len == 40 || len == 64) &&
	       strspn(text, "0123456789abcdef") == len;
}

/* One part of a path, up to `len`; `.` and `..` name no repository. */
static bool
is_part(const char *text, size_t len)
{
	return len > 0 && strspn(text, part_chars) >= len &&
	       strspn(text, ".") < len;
}

bool
codeup_is_path(const char *text)
{
	size_t parts = 0, len;

	if (strlen(text) > CODEUP_PATH_MAX)
		return false;
	for (;; text += len + 1) {
		len = strcspn(text, "/");
		if (!is_part(text, len) || ++parts > PARTS_MAX)
			return false;
		if (text[len] == '\0')
			return parts >= 2;
	}
}

/* The text behind `start`, in letters of any case, or NULL. */
static const char *
behind(const char *text, const char *start)
{
	size_t len = strlen(start);

	return strncasecmp(text, start, len) == 0 ? text + len : NULL;
}

/* Codeup's host and `end` behind it: *ret_path is what comes then. */
static bool
has_host(const char *text, char end, const char **ret_path)
{
	const char *rest = behind(text, HOST);

	if (rest == NULL || *rest != end)
		return false;
	*ret_path = rest + 1;
	return true;
}

/* Names a host at all: then it is somebody else's, not a broken address. */
static bool
names_a_host(const char *text)
{
	size_t len = strspn(text, part_chars);

	return len > 0 && (text[len] == '/' || text[len] == ':') &&
	       memchr(text, '@', strcspn(text, "/")) == NULL;
}

static enum codeup_kind
split(const char *address, const char **ret_path)
{
	/* clang-format off */
	static const struct {
		const char *start;
		char end; /* of the host; 0: none of Codeup's forms */
	} forms[] = {
		{ "https://", '/' },
		{ "ssh://git@", '/' },
		{ "git@", ':' },
		{ "http://", '\0' },
		{ "ssh://", '\0' },
	};
	/* clang-format on */
	const char *rest;

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if ((rest = behind(address, forms[i].start)) == NULL)
			continue;
		if (forms[i].end != '\0' &&
		    has_host(rest, forms[i].end, ret_path))
			return CODEUP_HERE;
		/* It begins like ours and goes on otherwise: no address. */
		return names_a_host(rest) && behind(rest, HOST) == NULL
		           ? CODEUP_ELSEWHERE
		           : CODEUP_NONE;
	}
	return CODEUP_NONE;
}

enum codeup_kind
codeup_parse(
    const char *address, const char *org, char ret_path[CODEUP_PATH_MAX + 1])
{
	enum codeup_kind kind;
	const char *path = "";
	size_t len;

	ret_path[0] = '\0';
	if ((kind = split(address, &path)) != CODEUP_HERE)
		return kind;
	len = strlen(path);
	if (len > 4 && strcmp(path + len - 4, ".git") == 0)
		len -= 4;
	if (len > CODEUP_PATH_MAX)
		return CODEUP_NONE;
	memcpy(ret_path, path, len);
	ret_path[len] = '\0';
	if (codeup_is_path(ret_path)) {
		len = strcspn(ret_path, "/");
		if (strlen(org) == len && strncmp(ret_path, org, len) == 0)
			return CODEUP_HERE;
		kind = CODEUP_FOREIGN;
	} else {
		kind = CODEUP_NONE;
	}
	ret_path[0] = '\0';
	return kind;
}

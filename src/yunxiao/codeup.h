/* SPDX-License-Identifier: ISC */
/*
 * Addresses of repositories at Codeup, as a run prints them. What a commit
 * is made of can be asked of that one host only, and only within the gate's
 * own organization: a source that points elsewhere must not make the key
 * read elsewhere. Pure.
 */
#ifndef WARDER_YUNXIAO_CODEUP_H
#define WARDER_YUNXIAO_CODEUP_H

#include <stdbool.h>

#include "base/err.h"

/* Organization, slash, the path within it; without `.git`. */
#define CODEUP_PATH_MAX 255

enum codeup_kind {
	CODEUP_NONE = 0,  /* no address that can be read */
	CODEUP_HERE,      /* at Codeup, in this organization */
	CODEUP_ELSEWHERE, /* another host */
	CODEUP_FOREIGN    /* at Codeup, in another organization */
};

/*
 * Knows https://codeup.aliyun.com/{o}/{path}, ssh://git@codeup.aliyun.com/…
 * and git@codeup.aliyun.com:…, each with or without `.git`. *ret_path is the
 * path from the organization on for HERE, else "". A user in an https
 * address, a port, a query, an escape, an empty part, `.` and `..` make it
 * NONE, so nothing of it can change the call that it becomes part of.
 */
enum codeup_kind codeup_parse(
    const char *address, const char *org, char ret_path[CODEUP_PATH_MAX + 1]);

/* 40 or 64 lower-case hex digits. */
bool codeup_is_commit(const char *text);

/* What codeup_parse() gives as a path. */
bool codeup_is_path(const char *text);

#endif

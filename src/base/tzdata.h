/* SPDX-License-Identifier: ISC */
/*
 * The time zones of this host, as files: bytes by name, each read once. What
 * they mean is policy/zone.h's.
 */
#ifndef WARDER_BASE_TZDATA_H
#define WARDER_BASE_TZDATA_H

#include <stdbool.h>
#include <stddef.h>

#define TZDATA_FILE_MAX (256u << 10)

struct tzdata_file;
struct tzdata {
	struct tzdata_file *files;
};

/*
 * `tzdata` is a struct tzdata, zeroed at first; the bytes live as long as it.
 * False: no such zone, or its file cannot be read.
 */
bool tzdata_find(
    void *tzdata, const char *name, const void **ret_bytes, size_t *ret_len);
void tzdata_clear(struct tzdata *tzdata);

#endif

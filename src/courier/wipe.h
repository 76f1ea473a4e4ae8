/* SPDX-License-Identifier: ISC */
/*
 * Memory for libcurl and cJSON, wiped when it is given back: copies of
 * headers and answers would stay in the heap otherwise.
 */
#ifndef WARDER_COURIER_WIPE_H
#define WARDER_COURIER_WIPE_H

#include <stddef.h>

/* As their namesakes in stdlib.h and string.h. */
void *wipe_malloc(size_t size);
void *wipe_calloc(size_t n, size_t size);
void *wipe_realloc(void *at, size_t size);
char *wipe_strdup(const char *text);
void wipe_free(void *at);

#endif

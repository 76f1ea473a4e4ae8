/* SPDX-License-Identifier: ISC */
/*
 * /run/user/UID/warder: what its user saw last. A hint for display and for
 * finding; nothing is decided by it, for ACT bears the hash of a fresh look.
 */
#ifndef WARDER_CLIENT_CACHE_H
#define WARDER_CLIENT_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/shown.h"

/* The folder, the caller's alone; -1 if there is none. */
int cache_folder(bool make);

/* Keeps handles for the next call; failure is no failure. */
void cache_store(const struct shown_list *gates);

/* How many gates of the last list have that handle; the first one's ids. */
size_t cache_find(const char *handle, struct person_look *ret_look);

/* Keeps a list that is whole, as it was told; failure is no failure. */
void kept_store(const struct shown_list *gates);

/*
 * The list that was kept, if it is younger than `age_ms`: true, *ret_gates
 * filled, to be cleared, and *ret_age_ms told. A file that is not ours alone,
 * or of which a byte cannot be explained, is as good as none.
 */
bool kept_load(
    uint32_t age_ms, struct shown_list *ret_gates, int64_t *ret_age_ms);

/* What was kept is true no longer: somebody here decided. */
void kept_drop(void);

#endif

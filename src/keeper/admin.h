/* SPDX-License-Identifier: ISC */
/* What the answers to warderctl have in common. */
#ifndef WARDER_KEEPER_ADMIN_H
#define WARDER_KEEPER_ADMIN_H

#include "keeper/keeper.h"
#include "wire/admin.h"

/*
 * One message to warderctl. Not 0: it does not read on; from then on nothing
 * is sent at all.
 */
WARDER_MUST_CHECK int admin_send(
    struct keeper *keeper, const struct layout *layout, const void *msg);

void admin_row(struct keeper *keeper, const char *topic, enum admin_level level,
    uint64_t n, const char *text);

/* The same about a thing with an id, or with none. As admin_send(). */
WARDER_MUST_CHECK int admin_row_id(struct keeper *keeper, const char *topic,
    enum admin_level level, const char *id, const char *text);

/* The server's code, or ours where there is none. */
const char *admin_word_of(const struct person_result *why);

/*
 * Reads for warderctl with the key of keeper->rules.org. At most
 * ADMIN_READ_MS: after it the listener still leaves time to say what is
 * missing.
 */
#define ADMIN_READ_MS (SERVE_WHOLE_MS - 30000)
struct reader admin_reader(struct keeper *keeper, int64_t ms);

/* Returns ENDED. */
int admin_done(struct keeper *keeper, enum reason exit, const char *word);

/*
 * What the server, or we ourselves, have against the key: keeper->result says
 * it. Returns ENDED.
 */
int admin_end_check(
    struct keeper *keeper, const struct ring_trace *trace, const char *org);

#endif

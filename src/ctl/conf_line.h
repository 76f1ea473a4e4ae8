/* SPDX-License-Identifier: ISC */
/* The one line of warder.conf that warderctl changes. */
#ifndef WARDER_CTL_CONF_LINE_H
#define WARDER_CTL_CONF_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/conf.h"
#include "base/err.h"

/* "credential", "file", "passphrase". */
const char *conf_master_word(enum conf_master source);
bool conf_master_parse(const char *word, enum conf_master *ret_source);

/*
 * `text` with `master WORD` in the place of its line, or at its end where it
 * has none; all else stays as it is. The caller frees. ENOMEM. Pure.
 */
WARDER_MUST_CHECK int conf_with_master(const char *text, size_t len,
    enum conf_master source, char **ret_text, size_t *ret_len);

/* Replaces the file whole. ESYS: errno; else what is wrong with it. */
WARDER_MUST_CHECK int conf_set_master(enum conf_master source);

#endif

/* SPDX-License-Identifier: ISC */
/* Between the parts of `warderctl init`. */
#ifndef WARDER_CTL_INIT_H
#define WARDER_CTL_INIT_H

#include "base/conf.h"
#include "base/err.h"
#include "ctl/vault.h"

/* Each returns 0 or an exit code after a message, and says what it did. */
WARDER_MUST_CHECK int init_folders(void);
WARDER_MUST_CHECK int init_pam_keys(void);
/* The master of that source too. */
WARDER_MUST_CHECK int init_store(enum conf_master source);
WARDER_MUST_CHECK int init_policy(void);

/* "made PATH", "PATH is there, kept". */
void init_say_made(const char *path);
void init_say_kept(const char *path);

#endif

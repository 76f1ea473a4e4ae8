/* SPDX-License-Identifier: ISC */
/* The commands below `warderctl policy`. Each returns an exit code. */
#ifndef WARDER_CTL_POLICY_H
#define WARDER_CTL_POLICY_H

#include <stddef.h>

#include "policy/check.h"
#include "policy/installed.h"
#include "policy/policy.h"

#define POLICY_EDITED WARDER_SYSCONFDIR "/policy"
#define POLICY_INSTALLED WARDER_SYSCONFDIR "/policy.installed"

int policy_check_command(int argc, char **argv); /* check [FILE] */
int policy_drift(int argc, char **argv);         /* drift [ORG] */
int policy_eval(int argc, char **argv);          /* eval --case FILE */
int policy_explain_case(int argc, char **argv);  /* explain --case FILE */
int policy_install(int argc, char **argv);       /* install FILE */
int policy_show(int argc, char **argv);          /* show */

/*
 * The bytes of a policy file that somebody edits (malloc, NUL behind them);
 * a message on standard error and an exit code if it cannot be read.
 */
WARDER_MUST_CHECK int policy_read(
    const char *path, char **ret_bytes, size_t *ret_len);

/* `file:line:col: KIND: text [code]`, the line, and a caret below it. */
void policy_say(const char *path, const char *bytes, size_t len,
    const char *kind, const struct policy_diag *diag);

/* The name service of this host. */
struct check_people policy_people_here(void);

/*
 * Reads, checks and says all findings. DONE, also with warnings; then
 * *ret_policy is the caller's.
 */
struct policy_disk;
WARDER_MUST_CHECK int policy_examine(
    struct policy_disk *disk, struct policy **ret_policy);

/* What changes from `old` (NULL: nothing was) to `new`, line by line. */
void policy_say_changes(
    const struct installed *old, const struct installed *new);

/*
 * `new` on record and into the mark, before it is in force; `old` is what
 * was, or NULL. REASON_DONE, or told and NO_RECORD.
 */
WARDER_MUST_CHECK int policy_record(
    const struct installed *old, const struct installed *new);

#endif

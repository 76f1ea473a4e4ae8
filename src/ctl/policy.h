/* SPDX-License-Identifier: ISC */
/* The commands below `warderctl policy`. Each returns an exit code. */
#ifndef WARDER_CTL_POLICY_H
#define WARDER_CTL_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "policy/check.h"
#include "policy/installed.h"
#include "policy/policy.h"

#define POLICY_EDITED WARDER_SYSCONFDIR "/policy"
#define POLICY_INSTALLED WARDER_SYSCONFDIR "/policy.installed"

int policy_check_command(int argc, char **argv); /* check [FILE] */
int policy_diff_command(int argc, char **argv);  /* diff [FILE] */
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

/*
 * What is in force: only what was installed counts, here as in the keeper.
 * DONE, or MISCONFIGURED after a message.
 */
WARDER_MUST_CHECK int policy_load_installed(struct policy **ret_policy);

/* That it names no organization is no "nothing found". MISCONFIGURED. */
int policy_fail_no_org(void);

/* `file:line:col: KIND: text [code]`, the line, and a caret below it. */
void policy_say(const char *path, const char *bytes, size_t len,
    const char *kind, const struct policy_diag *diag);

/* What reading and checking a policy came to. */
struct policy_disk;
struct examined {
	struct policy *policy; /* NULL: it does not read, see diag */
	struct policy_diag diag;
	struct check_finding *findings;
	size_t n, errors; /* of the findings, those that are errors */
};
void examined_clear(struct examined *examined);
#define auto_examined __attribute__((cleanup(examined_clear)))

/*
 * Reads and checks, says nothing. DONE, also with warnings; MISCONFIGURED:
 * there is an error; BUG, after a message. The caller clears *ret.
 */
WARDER_MUST_CHECK int policy_examine(
    struct policy_disk *disk, struct examined *ret);

/* All that was found, in gcc's form. */
void policy_say_examined(
    struct policy_disk *disk, const struct examined *examined);

/*
 * `[--json] [FILE]` of check and diff. -1: go on; else the exit code, after
 * the usage line.
 */
struct policy_options {
	bool is_json;
	const char *file; /* POLICY_EDITED if none is named */
};
WARDER_MUST_CHECK int policy_options_read(
    int argc, char **argv, const char *usage, struct policy_options *ret);

/*
 * The set in force; its texts are borrowed from *ret_bytes (malloc, NULL on
 * failure). EMISSING: nothing was ever installed; else it is not as it was
 * installed.
 */
WARDER_MUST_CHECK int policy_installed_load(
    struct installed *ret_installed, char **ret_bytes);

/*
 * `new` on record and into the mark, before it is in force; `old` is what
 * was, or NULL. REASON_DONE, or told and NO_RECORD.
 */
WARDER_MUST_CHECK int policy_record(
    const struct installed *old, const struct installed *new);

#endif

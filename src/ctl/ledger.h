/* SPDX-License-Identifier: ISC */
/*
 * Between the parts of `warderctl ledger`: which files make up the ledger of
 * this host, and what was asked for on the command line.
 */
#ifndef WARDER_CTL_LEDGER_H
#define WARDER_CTL_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/ledger_filter.h"
#include "ledger/note.h"

#define LEDGER_FILES_MAX 4097 /* closed ones, and the one in use */
#define LEDGER_PUBLIC_KEY WARDER_SYSCONFDIR "/ledger.pub"

struct ledger_question {
	bool is_json, is_unverified, is_rotating, is_help;
	const char *checkpoints, *key; /* NULL: not given */
	const char *format;            /* export: NULL is json */
	const char *html;              /* report: the file to make */
	const char *subject;           /* show: record or receipt */
	const char *const *files;      /* as given; none: this host's */
	size_t n_files;
	struct ledger_filter filter;
};

/* Names of files, oldest lines first; all of it is freed together. */
struct ledger_files {
	char *path[LEDGER_FILES_MAX];
	size_t n;
};

/* This host's: closed files by their first seq, then the one in use. */
int ledger_files_find(const char *dir, struct ledger_files *ret_files);
void ledger_files_free(struct ledger_files *files);

/* The public key at `path`, or of this host if that is NULL. */
bool ledger_key_load(const char *path, struct note_verifier *ret_verifier);

int ledger_verify_command(const struct ledger_question *question);
int ledger_show_command(const struct ledger_question *question);
int ledger_export_command(const struct ledger_question *question);
int ledger_report_command(const struct ledger_question *question);
int ledger_settle_command(const struct ledger_question *question);
int ledger_reconcile_command(const struct ledger_question *question);

/*
 * Says on record that root read it (`ledger.read`), where root did; why it
 * is not, also on stderr. OK for everybody else.
 */
enum ledger_err ledger_say_read(const char *res, uint64_t n);

#endif

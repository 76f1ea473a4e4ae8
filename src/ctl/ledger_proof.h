/* SPDX-License-Identifier: ISC */
/*
 * A ledger is proven before a line of it is handed on, and then only the
 * lines before the first damage are. For verify, export and report.
 */
#ifndef WARDER_CTL_LEDGER_PROOF_H
#define WARDER_CTL_LEDGER_PROOF_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "ctl/ledger.h"
#include "ledger/files.h"
#include "ledger/verify.h"

struct ledger_proof {
	const char *const *paths; /* of the question, or of `files` */
	size_t n;
	const char *checkpoints; /* NULL: none were looked at */
	bool has_key;
	bool is_own; /* this host's ledger, not files that were named */
	int error;   /* errno of what could not be read */
	struct note_verifier verifier;
	struct verify_report report;
	struct ledger_files files;
};

/*
 * Finds the files and proves them. REASON_DONE: `report` says what was
 * found, damage too. Else nothing is known, and stderr says why. The files
 * are given back by ledger_proof_free() either way.
 */
WARDER_MUST_CHECK int ledger_prove(
    const struct ledger_question *question, struct ledger_proof *ret_proof);
void ledger_proof_free(struct ledger_proof *proof);

/* What a kind of damage is, as half a sentence. */
const char *ledger_meaning(enum verify_kind kind);

/* Where it shows: one of the files, or the checkpoints. */
const char *ledger_proof_file(const struct ledger_proof *proof);

/* The file that is not there between two others, by its name. */
bool ledger_proof_missing(
    const struct ledger_proof *proof, char ret[LEDGER_NAME_SIZE]);

/*
 * Damage or an open intent, on stderr: whoever reads what was made of the
 * lines does not see what is missing. Silent if there is nothing to say.
 */
void ledger_proof_say(const struct ledger_proof *proof, bool is_unverified);

/* The document warderctl.ledger/1 with what was found; the caller's. */
cJSON *ledger_proof_document(const struct ledger_proof *proof);

/* Gets a line with its LF, and what it says. */
struct ledger_reader {
	void (*on_line)(
	    void *arg, const char *line, size_t len, const struct record *rec);
	void *arg;
};

/*
 * Each line before the damage, in order, held against the chain once more;
 * with `is_unverified` every line that reads. REASON_DONE: all of them.
 * REASON_INCOMPLETE: the files are not those that were proven any more, or
 * lines did not read; stderr says which.
 */
WARDER_MUST_CHECK int ledger_walk(const struct ledger_proof *proof,
    bool is_unverified, const struct ledger_reader *reader);

#endif

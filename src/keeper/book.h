/* SPDX-License-Identifier: ISC */
/*
 * What the keeper writes down: ledger lines, their way to syslog, the marks
 * that notice a ledger or a store put back, record numbers, notes signed with
 * the host's key. A line is durable before anything it speaks of is done.
 */
#ifndef WARDER_KEEPER_BOOK_H
#define WARDER_KEEPER_BOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/conf.h"
#include "keeper/identity.h"
#include "keeper/ring.h"
#include "keeper/view.h"
#include "ledger/chain.h"
#include "ledger/note.h"
#include "ledger/syslog.h"
#include "state/state.h"

struct book {
	const struct conf *conf; /* borrowed */
	struct ledger *ledger;
	struct state *state;
	struct syslog_sender *syslog;
	char host[NOTE_HOST_MAX + 1];
	char sid[33]; /* of this connection, in each line */
	int sending;  /* file of the held records, -1: not open */
	bool is_lost; /* syslog misses lines, of us or those before us */
};

/* Where things lie; the programs use the built-in places, tests others. */
struct book_places {
	const char *log_dir, *state_dir, *ledger_pub;
};

void book_close(struct book *book);

/*
 * Opens all three. *ret_word is the local code of a failure and the return
 * its reason (REASON_NO_RECORD, REASON_MISCONFIGURED); REASON_DONE.
 */
WARDER_MUST_CHECK enum reason book_open(struct book *book,
    const struct book_places *places, const struct conf *conf,
    const char **ret_word);

/*
 * Appends the line, raises the mark, and hands the line to syslog. What
 * becomes of the latter is *ret_fate (may be NULL). ret_line may be NULL.
 */
WARDER_MUST_CHECK enum ledger_err book_write(struct book *book,
    struct record *rec, struct ledger_line *ret_line,
    enum syslog_fate *ret_fate);

/*
 * Once for each configuration that comes into force: a line with its hash
 * and the one before. Failure is logged; the next who opens the book tries.
 */
void book_note_config(struct book *book);

/*
 * The policy in force is not what was installed, or cannot be read: a line
 * with the reason, the hash that was found (all zeros: none) and the one that
 * the state remembers. Failure is logged; nobody decides by it anyway.
 */
void book_note_refusal(
    struct book *book, const char *word, const uint8_t hash[CONF_HASH_LEN]);

/* YYYYMMDD-NNNN, of today, never given twice. "" if the state fails. */
WARDER_MUST_CHECK int book_number(
    struct book *book, char ret[RECORD_NUMBER_SIZE]);

/* Members of who asks; `acct` may be "", level 0 is none proven. */
void book_who(struct record *rec, const struct caller *caller, const char *acct,
    uint8_t level);

/* Members of the gate: act, org, pipe, run, job, gate, name, src. */
void book_gate(struct record *rec, const struct view *view, uint8_t verb);

/* Members of the key: key, ak, kgen, ep, nonce. */
void book_key(struct record *rec, const struct ring_trace *trace);

/*
 * From before its intent until after its outcome a worker holds its record;
 * the kernel lets go of it if the worker dies. Who holds the record of an
 * open intent therefore knows that nobody is at work on it. Nobody waits:
 * ETIME, another one holds it.
 */
WARDER_MUST_CHECK int book_hold(struct book *book, const char *number);
void book_let_go(struct book *book, const char *number);

/*
 * What ledger, marks and configuration remember of the sealed keys.
 * NO_RECORD: nobody could say; `*ret_word` tells why.
 */
WARDER_MUST_CHECK enum reason book_known(
    struct book *book, struct seal_known *ret_known, const char **ret_word);

/* From now on that one is remembered; a greater generation stays. */
WARDER_MUST_CHECK int book_remember(
    struct book *book, uint64_t generation, const uint8_t id[SEAL_ID_LEN]);

/* A checkpoint for the last line, to file and syslog. Failure is logged. */
void book_checkpoint(struct book *book, struct ring *ring);

/* The signed answer; "" if the host's key cannot be had. */
void book_result_note(struct ring *ring, const struct book *book,
    const struct result_note *result, char ret[RESULT_NOTE_SIZE]);

const char *verb_word(uint8_t verb); /* "pass", "refuse" */

#endif

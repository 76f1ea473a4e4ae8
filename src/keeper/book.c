/* SPDX-License-Identifier: ISC */
/*
 * Writing down. If the ledger does not take a line, the thing it speaks of
 * does not happen; if syslog does not take it, the configuration says whether
 * that holds for syslog too.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/rand.h"
#include "base/text.h"
#include "keeper/book.h"
#include "keeper/lost.h"

#define COUNTS_OF_A_DAY 100000000000u /* eleven digits */
#define LAST_DAY 92000000u            /* more does not fit an off_t */

const char *
verb_word(uint8_t verb)
{
	return verb == PERSON_REFUSE ? "refuse" : "pass";
}

void
book_close(struct book *book)
{
	syslog_freep(&book->syslog);
	ledger_freep(&book->ledger);
	state_freep(&book->state);
	fd_closep(&book->sending);
}

/* How many digits, at most `max`, stand at *at; steps over them. */
static size_t
take_digits(const char **at, size_t max, uint64_t *ret)
{
	size_t n = 0;

	for (*ret = 0; n < max && **at >= '0' && **at <= '9'; n++, ++*at)
		*ret = *ret * 10 + (uint64_t)(**at - '0');
	return n;
}

/* The byte of the file that stands for a record, "YYYYMMDD-NNNN". */
static int
byte_of(const char *number, off_t *ret)
{
	uint64_t day, count;

	if (take_digits(&number, 8, &day) != 8 || *number++ != '-' ||
	    take_digits(&number, 11, &count) < 4 || *number != '\0' ||
	    day >= LAST_DAY)
		return WARDER_EFORM;
	*ret = (off_t)(day * COUNTS_OF_A_DAY + count);
	return WARDER_OK;
}

static int
lock_byte(struct book *book, const char *number, short type)
{
	struct flock lock = {
		.l_type = type, .l_whence = SEEK_SET, .l_len = 1
	};
	int r;

	if ((r = byte_of(number, &lock.l_start)) != 0)
		return r;
	/* Of this open file, so that it ends with the process. */
	if (fcntl(book->sending, F_OFD_SETLK, &lock) == 0)
		return WARDER_OK;
	return errno == EAGAIN || errno == EACCES ? WARDER_ETIME : WARDER_ESYS;
}

int
book_hold(struct book *book, const char *number)
{
	return lock_byte(book, number, F_WRLCK);
}

void
book_let_go(struct book *book, const char *number)
{
	(void)!lock_byte(book, number, F_UNLCK);
}

static uint64_t
mark_of(struct book *book, const char *name)
{
	struct state_mark mark;

	return state_mark_get(book->state, name, &mark) == STATE_OK ? mark.n
	                                                            : 0;
}

enum reason
book_open(struct book *book, const struct book_places *places,
    const struct conf *conf, const char **ret_word)
{
	struct note_verifier verifier;
	enum state_result state;
	enum ledger_err e;
	uint8_t sid[16];

	char path[PATH_MAX];

	book->conf = conf;
	rand_fill(sid, sizeof(sid));
	hex_print(book->sid, sid, sizeof(sid));
	if (note_verifier_load(places->ledger_pub, 0, &verifier) != 0) {
		*ret_word = "config";
		return REASON_MISCONFIGURED;
	}
	(void)snprintf(book->host, sizeof(book->host), "%s", verifier.host);
	state = state_open(places->state_dir, &book->state);
	if (state != STATE_DONE && state != STATE_OK) {
		*ret_word = state_word(state);
		return REASON_NO_RECORD;
	}
	(void)snprintf(path, sizeof(path), "%s/sending", places->state_dir);
	book->sending =
	    open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (book->sending < 0) {
		*ret_word = "state";
		return REASON_NO_RECORD;
	}
	e = ledger_open(
	    places->log_dir, book->host, mark_of(book, "seq"), &book->ledger);
	if (e != LEDGER_OK) {
		*ret_word = ledger_word(e);
		return REASON_NO_RECORD;
	}
	if (syslog_open(conf->syslog_socket, conf->syslog_facility,
	        &book->syslog) != 0) {
		*ret_word = "syslog";
		return REASON_MISCONFIGURED;
	}
	lost_look(book);
	return REASON_DONE;
}

static void
raise_mark(struct book *book, uint64_t seq)
{
	const struct state_mark mark = { .n = seq };

	/* STALE: another worker has raised it further already. */
	switch (state_mark_set(book->state, "seq", &mark, true)) {
	case STATE_DONE:
	case STATE_OWN:
	case STATE_OK:
	case STATE_STALE:
		return;
	case STATE_TAKEN:
	case STATE_CLOSED:
	case STATE_ABSENT:
	case STATE_DOWN:
	case STATE_UNKNOWN:
	case STATE_DENIED:
	case STATE_FULL:
	case STATE_FORM:
	case STATE_REPLACED:
	case STATE_ROLLBACK:
		break;
	}
	log_warn("the mark of the ledger could not be raised");
}

/* What the ledger added of itself, in its order before our own line. */
static void
send_asides(struct book *book)
{
	struct ledger_aside asides[LEDGER_ASIDES];
	size_t n = ledger_take_asides(book->ledger, asides);

	for (size_t i = 0; i < n; i++)
		lost_note(book,
		    syslog_send(book->syslog, &asides[i].rec, asides[i].head));
}

enum ledger_err
book_write(struct book *book, struct record *rec, struct ledger_line *ret_line,
    enum syslog_fate *ret_fate)
{
	struct ledger_line line;
	enum syslog_fate fate;
	enum ledger_err e;

	record_set(rec, M_SID, book->sid);
	if ((e = ledger_append(book->ledger, rec, &line)) != LEDGER_OK)
		return e;
	raise_mark(book, line.seq);
	send_asides(book);
	fate = syslog_send(book->syslog, rec, line.head);
	lost_note(book, fate);
	if (ret_line != NULL)
		*ret_line = line;
	if (ret_fate != NULL)
		*ret_fate = fate;
	return LEDGER_OK;
}

/* One at a time: what the mark says is said by one line. */
static void
note_config_alone(struct book *book)
{
	const uint8_t *hash = book->conf->hash;
	struct state_mark mark = { .n = 0 };
	uint8_t before[CONF_HASH_LEN] = { 0 };
	struct ledger_line line;
	enum state_result r;
	struct record rec;

	r = state_mark_get(book->state, "config", &mark);
	if (r != STATE_OK && r != STATE_ABSENT)
		return;
	if (mark.h_len == sizeof(before))
		memcpy(before, mark.h, sizeof(before));
	if (memcmp(before, hash, sizeof(before)) == 0)
		return;
	record_begin(&rec, "config.change");
	record_set_hex(&rec, M_POL, hash, CONF_HASH_LEN);
	record_set_hex(&rec, M_H, before, sizeof(before));
	record_set(&rec, M_FILE, "warder.conf");
	if (book_write(book, &rec, &line, NULL) != LEDGER_OK) {
		log_warn("the ledger did not take config.change");
		return;
	}
	mark = (struct state_mark){ .n = line.seq, .h_len = CONF_HASH_LEN };
	memcpy(mark.h, hash, CONF_HASH_LEN);
	if (state_mark_set(book->state, "config", &mark, false) != STATE_DONE)
		log_warn("the mark of the configuration was not set");
}

void
book_note_refusal(
    struct book *book, const char *word, const uint8_t hash[CONF_HASH_LEN])
{
	static const uint8_t none[CONF_HASH_LEN];
	struct state_mark mark;
	struct record rec;

	record_begin(&rec, "policy.refuse");
	record_set(&rec, M_ERR, word);
	if (memcmp(hash, none, sizeof(none)) != 0)
		record_set_hex(&rec, M_POL, hash, sizeof(none));
	if (state_mark_get(book->state, "policy", &mark) == STATE_OK &&
	    mark.h_len == sizeof(none))
		record_set_hex(&rec, M_H, mark.h, sizeof(none));
	if (book_write(book, &rec, NULL, NULL) != LEDGER_OK)
		log_warn("the ledger did not take policy.refuse");
}

void
book_note_config(struct book *book)
{
	static const uint8_t none[CONF_HASH_LEN];
	struct state_mark mark = { .n = 0 };

	/* Tests and defaults have no file. */
	if (memcmp(book->conf->hash, none, sizeof(none)) == 0)
		return;
	if (state_mark_get(book->state, "config", &mark) == STATE_OK &&
	    mark.h_len == CONF_HASH_LEN &&
	    memcmp(mark.h, book->conf->hash, CONF_HASH_LEN) == 0)
		return;
	if (flock(book->sending, LOCK_EX) != 0)
		return;
	note_config_alone(book);
	(void)flock(book->sending, LOCK_UN);
}

int
book_number(struct book *book, char ret[RECORD_NUMBER_SIZE])
{
	char number[21];

	if (state_next_record(book->state, clock_real_ms(),
	        ledger_last_record(book->ledger), number) != STATE_DONE)
		return WARDER_ESYS;
	return text_copy(ret, RECORD_NUMBER_SIZE, number);
}

void
book_who(struct record *rec, const struct caller *caller, const char *acct,
    uint8_t level)
{
	record_set(rec, M_USER, caller->name);
	record_set_int(rec, M_UID, caller->uid);
	if (acct[0] != '\0')
		record_set(rec, M_ACCT, acct);
	record_set_int(rec, M_LUID, caller->luid);
	record_set_int(rec, M_SES, caller->session);
	record_set(rec, M_TTY, caller->tty);
	record_set(rec, M_RHOST, caller->source);
	record_set_int(rec, M_PID, (uint64_t)caller->pid);
	if (level != 0)
		record_set_int(rec, M_MFA, level);
}

void
book_gate(struct record *rec, const struct view *view, uint8_t verb)
{
	char name[4 * PERSON_NAME], commits[16 * 65];

	view_names(view, name, sizeof(name), commits, sizeof(commits));
	record_set(rec, M_ACT, verb_word(verb));
	record_set(rec, M_ORG, view->ids.org);
	record_set(rec, M_PIPE, view->ids.pipeline);
	record_set(rec, M_RUN, view->ids.run);
	record_set(rec, M_JOB, view->ids.job);
	record_set_hex(rec, M_GATE, view->hash, sizeof(view->hash));
	record_set(rec, M_NAME, name);
	record_set(rec, M_SRC, commits);
}

void
book_key(struct record *rec, const struct ring_trace *trace)
{
	record_set(rec, M_KEY, trace->name);
	record_set(rec, M_AK, trace->id_shown);
	record_set_int(rec, M_KGEN, trace->store_generation);
	record_set(rec, M_EP, trace->endpoint);
	record_set(rec, M_NONCE, trace->nonce);
}

enum reason
book_known(
    struct book *book, struct seal_known *ret_known, const char **ret_word)
{
	struct seal_known known = { .generation = ledger_kgen(book->ledger) };
	struct state_mark mark = { .n = 0 };
	enum state_result r = state_mark_get(book->state, "kgen", &mark);

	/* An id of another length is one that nobody wrote. */
	if (r == STATE_OK && mark.h_len != 0 && mark.h_len != SEAL_ID_LEN)
		r = STATE_FORM;
	if (r != STATE_OK && r != STATE_ABSENT) {
		*ret_word = state_word(r);
		return REASON_NO_RECORD;
	}
	if (mark.n > known.generation)
		known.generation = mark.n;
	if (book->conf->least_generation > known.generation)
		known.generation = book->conf->least_generation;
	known.has_id = mark.h_len == SEAL_ID_LEN;
	if (known.has_id)
		memcpy(known.store_id, mark.h, SEAL_ID_LEN);
	*ret_known = known;
	return REASON_DONE;
}

int
book_remember(
    struct book *book, uint64_t generation, const uint8_t id[SEAL_ID_LEN])
{
	struct state_mark mark = { .n = generation, .h_len = SEAL_ID_LEN };

	memcpy(mark.h, id, SEAL_ID_LEN);
	switch (state_mark_set(book->state, "kgen", &mark, true)) {
	case STATE_DONE:
	case STATE_OWN:
	case STATE_STALE: /* warderctl has raised it further by now */
		return WARDER_OK;
	case STATE_OK:
	case STATE_TAKEN:
	case STATE_CLOSED:
	case STATE_ABSENT:
	case STATE_DOWN:
	case STATE_UNKNOWN:
	case STATE_DENIED:
	case STATE_FULL:
	case STATE_FORM:
	case STATE_REPLACED:
	case STATE_ROLLBACK:
		break;
	}
	return WARDER_ESYS;
}

void
book_checkpoint(struct book *book, struct ring *ring)
{
	auto_credential struct seal_credential host = { 0 };
	char note[CHECKPOINT_SIZE];
	enum seal_err e = ring_host(ring, &host);

	/* While locked no note is made; the next checkpoint covers it all. */
	if (e != SEAL_OK) {
		if (e != SEAL_LOCKED)
			log_warn("no checkpoint: %s", seal_word(e));
		return;
	}
	if (ledger_checkpoint(book->ledger, host.secret, host.store_generation,
	        note) != LEDGER_OK) {
		log_warn("no checkpoint: the file does not take it");
		return;
	}
	lost_note(book, syslog_send_checkpoint(book->syslog, note));
}

void
book_result_note(struct ring *ring, const struct book *book,
    const struct result_note *result, char ret[RESULT_NOTE_SIZE])
{
	auto_credential struct seal_credential host = { 0 };
	enum seal_err e = ring_host(ring, &host);

	ret[0] = '\0';
	if (e != SEAL_OK ||
	    result_note_make(result, book->host, host.secret, ret) != NOTE_OK) {
		log_warn("no signed answer: %s", seal_word(e));
		ret[0] = '\0';
	}
}

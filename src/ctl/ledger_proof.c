/* SPDX-License-Identifier: ISC */
/*
 * Finding, proving and reading a ledger. Between the proof and the reading
 * the keeper may append, and whoever owns the files may do anything: each
 * line is held against the chain again when it is handed on.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "ctl/ledger_proof.h"
#include "ledger/chain.h"

#define CHECKPOINTS WARDER_LOGDIR "/" LEDGER_CHECKPOINTS

const char *
ledger_meaning(enum verify_kind kind)
{
	switch (kind) {
	case VERIFY_WHOLE:
		return "whole";
	case VERIFY_LINE_LONG:
		return "longer than any line of a ledger";
	case VERIFY_LINE_FORM:
		return "not a line that warder writes";
	case VERIFY_SEQ:
		return "another line should stand here";
	case VERIFY_CHAIN:
		return "the line before it is not the one it was written after";
	case VERIFY_HOST:
		return "written by another host";
	case VERIFY_PAIR:
		return "an answer without its intent, or a second one";
	case VERIFY_NOTE_FORM:
		return "a checkpoint that cannot be read";
	case VERIFY_NOTE_KEY:
		return "a checkpoint of another key";
	case VERIFY_NOTE_SIG:
		return "a checkpoint whose signature does not hold";
	case VERIFY_TRUNCATED:
		return "this line was written, as a checkpoint or this host's "
		       "own mark says, and it is not there";
	case VERIFY_CHECKPOINT:
		return "not the line that a checkpoint covers";
	case VERIFY_OPEN:
		return "an intent without an outcome";
	case VERIFY_TORN:
		return "a last line that was never finished";
	case VERIFY_UNREAD:
		return "cannot be read";
	}
	return "";
}

static bool
is_of_notes(enum verify_kind kind)
{
	return kind == VERIFY_NOTE_FORM || kind == VERIFY_NOTE_KEY ||
	       kind == VERIFY_NOTE_SIG;
}

const char *
ledger_proof_file(const struct ledger_proof *proof)
{
	if (is_of_notes(proof->report.kind) || proof->report.is_notes)
		return proof->checkpoints;
	return proof->paths[proof->report.file];
}

/* Files bear the number of their first line, so the gap has a name. */
bool
ledger_proof_missing(
    const struct ledger_proof *proof, char ret[LEDGER_NAME_SIZE])
{
	const struct verify_report *report = &proof->report;

	if (report->kind != VERIFY_SEQ || !report->is_between)
		return false;
	ledger_closed_name(ret, report->seq);
	for (size_t i = 0; i < proof->n; i++)
		if (strcmp(basename(proof->paths[i]), ret) == 0)
			return false;
	return true;
}

void
ledger_proof_say(const struct ledger_proof *proof, bool is_unverified)
{
	const struct verify_report *report = &proof->report;
	const char *then = "";
	char name[512], line[32] = "";

	/* Lines that cannot be read are said where they are read again. */
	if (report->kind == VERIFY_WHOLE || report->kind == VERIFY_TORN ||
	    (report->kind == VERIFY_UNREAD && !report->is_notes))
		return;
	if (report->is_notes)
		then = "; no line is covered";
	if (report->exit == REASON_LEDGER_BROKEN)
		then = is_unverified ? "; not proven, as asked for"
		                     : "; only the lines before it are taken";
	if (report->seq > 0 && !report->is_notes)
		(void)snprintf(
		    line, sizeof(line), "line %" PRIu64 ": ", report->seq);
	(void)fprintf(stderr, "warderctl: %s: %s%s (%s)%s\n",
	    text_show(name, sizeof(name), ledger_proof_file(proof)), line,
	    ledger_meaning(report->kind), verify_word(report->kind), then);
}

static void
add_number(cJSON *object, const char *name, uint64_t n)
{
	char text[21];

	(void)snprintf(text, sizeof(text), "%" PRIu64, n);
	(void)cJSON_AddStringToObject(object, name, text);
}

static const char *
level_of(int status)
{
	if (status == REASON_DONE)
		return "ok";
	return status == REASON_LEDGER_BROKEN ? "bad" : "warn";
}

cJSON *
ledger_proof_document(const struct ledger_proof *proof)
{
	const struct verify_report *report = &proof->report;
	bool is_unread = report->kind == VERIFY_UNREAD;
	cJSON *all = cJSON_CreateObject(), *one;
	char stamp[CLOCK_STAMP_SIZE], missing[LEDGER_NAME_SIZE];

	clock_stamp(stamp, clock_real_ms(), 0);
	(void)cJSON_AddStringToObject(all, "schema", "warderctl.ledger/1");
	(void)cJSON_AddStringToObject(all, "now", stamp);
	(void)cJSON_AddBoolToObject(all, "complete", !is_unread);
	one = cJSON_AddArrayToObject(all, "errors");
	if (is_unread)
		(void)cJSON_AddItemToArray(
		    one, cJSON_CreateString(strerror(proof->error)));
	(void)cJSON_AddStringToObject(
	    all, "verdict", verify_word(report->kind));
	(void)cJSON_AddNumberToObject(all, "exit", report->exit);
	add_number(all, "seq", report->seq);
	add_number(all, "lines", report->lines);
	add_number(all, "first", report->first);
	add_number(all, "checkpoints", report->checkpoints);
	add_number(all, "covered", report->covered);
	add_number(all, "torn_bytes", report->torn_bytes);
	add_number(all, "torn_note_bytes", report->torn_note_bytes);
	one = cJSON_CreateObject();
	(void)cJSON_AddItemToArray(
	    cJSON_AddArrayToObject(all, "findings"), one);
	(void)cJSON_AddStringToObject(one, "level", level_of(report->exit));
	(void)cJSON_AddStringToObject(one, "topic", verify_word(report->kind));
	(void)cJSON_AddStringToObject(
	    one, "text", ledger_meaning(report->kind));
	(void)cJSON_AddStringToObject(one, "file", ledger_proof_file(proof));
	add_number(one, "line", report->seq);
	if (ledger_proof_missing(proof, missing))
		(void)cJSON_AddStringToObject(one, "missing", missing);
	return all;
}

/* Checkpoints without a key to hold them against prove nothing. */
static int
find_key(const struct ledger_question *question, struct ledger_proof *proof)
{
	proof->has_key = ledger_key_load(question->key, &proof->verifier);
	if (proof->has_key ||
	    (question->key == NULL && proof->checkpoints == NULL))
		return REASON_DONE;
	(void)fprintf(stderr, "warderctl: %s: no public key\n",
	    question->key != NULL ? question->key : LEDGER_PUBLIC_KEY);
	return REASON_INCOMPLETE;
}

static int
find_files(const struct ledger_question *question, struct ledger_proof *proof)
{
	proof->paths = question->files;
	proof->n = question->n_files;
	proof->checkpoints = question->checkpoints;
	proof->is_own = question->n_files == 0;
	if (!proof->is_own)
		return REASON_DONE;
	if (ledger_files_find(WARDER_LOGDIR, &proof->files) != 0) {
		(void)fputs("warderctl: no memory\n", stderr);
		return REASON_BUG;
	}
	proof->paths = (const char *const *)proof->files.path;
	proof->n = proof->files.n;
	/* A ledger of a few lines may not have one yet. */
	if (proof->checkpoints == NULL && access(CHECKPOINTS, F_OK) == 0)
		proof->checkpoints = CHECKPOINTS;
	return REASON_DONE;
}

/* Also where there is nothing: opening it tells. */
static bool
is_plain_file(const char *path)
{
	char name[512];
	struct stat st;

	if (lstat(path, &st) != 0 || S_ISREG(st.st_mode))
		return true;
	(void)fprintf(stderr,
	    "warderctl: %s: not a plain file; nothing was read\n",
	    text_show(name, sizeof(name), path));
	return false;
}

/* A folder has room for surprises; nobody waits for the end of a pipe. */
static int
look_at_files(const struct ledger_proof *proof)
{
	bool is_plain = proof->checkpoints == NULL ||
	                strcmp(proof->checkpoints, CHECKPOINTS) != 0 ||
	                is_plain_file(CHECKPOINTS);

	for (size_t i = 0; is_plain && proof->is_own && i < proof->n; i++)
		is_plain = is_plain_file(proof->paths[i]);
	return is_plain ? REASON_DONE : REASON_INCOMPLETE;
}

static int
prove_once(const struct ledger_question *question, struct ledger_proof *proof)
{
	int status;

	memset(proof, 0, sizeof(*proof));
	status = find_files(question, proof);
	if (status == REASON_DONE)
		status = find_key(question, proof);
	if (status == REASON_DONE)
		status = look_at_files(proof);
	if (status != REASON_DONE)
		return status;
	errno = 0;
	if (verify_files(proof->paths, proof->n, proof->checkpoints,
	        proof->has_key ? &proof->verifier : NULL,
	        &proof->report) != 0) {
		(void)fputs("warderctl: no memory\n", stderr);
		return REASON_BUG;
	}
	proof->error = errno;
	return REASON_DONE;
}

/* A file that was closed meanwhile is one that was not looked for. */
static bool
is_overtaken(const struct ledger_proof *proof)
{
	struct ledger_files now = { .n = 0 };
	bool is_other;

	if (!proof->is_own || ledger_files_find(WARDER_LOGDIR, &now) != 0)
		return false;
	is_other = now.n != proof->n;
	ledger_files_free(&now);
	return is_other;
}

int
ledger_prove(const struct ledger_question *question, struct ledger_proof *proof)
{
	int status = REASON_DONE;

	for (int i = 0; i < 3; i++) {
		status = prove_once(question, proof);
		if (status != REASON_DONE || !is_overtaken(proof) || i == 2)
			break;
		ledger_proof_free(proof);
	}
	return status;
}

void
ledger_proof_free(struct ledger_proof *proof)
{
	ledger_files_free(&proof->files);
}

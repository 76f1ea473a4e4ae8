/* SPDX-License-Identifier: ISC */
/*
 * The second reading of a ledger, after its proof. It ends before the damage
 * that was found, or where the files turn out to be others than were proven.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ctl/ledger_proof.h"

struct walk {
	const struct ledger_proof *proof;
	const struct ledger_reader *reader;
	bool is_unverified;
	int status;
	uint64_t next, line; /* seq to come; line of the file */
	uint8_t head[RECORD_HASH_LEN];
};

static void
say(struct walk *walk, const char *path, const char *why)
{
	char name[256], line[32] = "";

	if (walk->line > 0)
		(void)snprintf(
		    line, sizeof(line), "line %" PRIu64 ": ", walk->line);
	(void)fprintf(stderr, "warderctl: %s: %s%s\n",
	    text_show(name, sizeof(name), path), line, why);
	walk->status = REASON_INCOMPLETE;
}

/* What was proven a moment ago: the seq, and the hash of the line before. */
static bool
is_as_proven(const struct walk *walk, const struct record *rec)
{
	const struct verify_report *report = &walk->proof->report;
	char prev[2 * RECORD_HASH_LEN + 1];

	if (record_int(rec, M_SEQ) != walk->next)
		return false;
	hex_print(prev, walk->head, sizeof(walk->head));
	return walk->next == report->first || record_is(rec, M_PREV, prev);
}

/* False: no further line is wanted. */
static bool
on_proven(struct walk *walk, const char *path, const char *line, size_t len)
{
	const struct verify_report *report = &walk->proof->report;
	struct record rec;

	if (walk->next > report->good || report->lines == 0)
		return false;
	if (record_parse(line, len, &rec) != 0 || !is_as_proven(walk, &rec)) {
		say(walk, path, "changed while it was read; once more, please");
		return false;
	}
	record_line_hash(walk->head, line, len);
	if (walk->next == report->first + report->lines - 1 &&
	    memcmp(walk->head, report->head, sizeof(walk->head)) != 0) {
		say(walk, path, "changed while it was read; once more, please");
		return false;
	}
	walk->next++;
	walk->reader->on_line(walk->reader->arg, line, len, &rec);
	return true;
}

static void
skip_line(FILE *file)
{
	int c;

	do {
		c = getc_unlocked(file);
	} while (c != EOF && c != '\n');
}

static bool
on_any(struct walk *walk, FILE *file, const char *path, const char *line,
    size_t len)
{
	struct record rec;

	if (line[len - 1] != '\n')
		skip_line(file);
	if (record_parse(line, len, &rec) != 0)
		say(walk, path, "not a line of a ledger, left out");
	else
		walk->reader->on_line(walk->reader->arg, line, len, &rec);
	return true;
}

static bool
walk_file(struct walk *walk, const char *path)
{
	FILE *file = fopen(path, "re");
	char line[RECORD_LINE_MAX + 1];
	bool goes_on = true;
	size_t len;

	walk->line = 0;
	if (file == NULL) {
		say(walk, path, strerror(errno));
		return walk->is_unverified;
	}
	while (goes_on && (len = verify_read_line(file, line)) > 0) {
		walk->line++;
		goes_on = walk->is_unverified
		              ? on_any(walk, file, path, line, len)
		              : on_proven(walk, path, line, len);
	}
	if (ferror(file))
		say(walk, path, strerror(errno));
	(void)fclose(file);
	return goes_on;
}

int
ledger_walk(const struct ledger_proof *proof, bool is_unverified,
    const struct ledger_reader *reader)
{
	struct walk walk = { .proof = proof,
		.reader = reader,
		.is_unverified = is_unverified,
		.status = REASON_DONE,
		.next = proof->report.first };

	for (size_t i = 0; i < proof->n; i++)
		if (!walk_file(&walk, proof->paths[i]))
			break;
	/* Fewer lines than were proven: somebody cut the file meanwhile. */
	if (!is_unverified && walk.status == REASON_DONE &&
	    proof->report.good > 0 && walk.next <= proof->report.good)
		say(&walk, proof->paths[proof->n - 1],
		    "changed while it was read; once more, please");
	return walk.status;
}

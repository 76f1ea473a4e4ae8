/* SPDX-License-Identifier: ISC */
/*
 * `warderctl ledger`: its arguments, and which files are meant. Reading
 * needs nothing but the files, so an auditor may run it anywhere.
 */
#include "config.h"

#include <dirent.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "ctl/commands.h"
#include "ctl/ledger.h"
#include "ctl/record.h"

static const char usage_text[] =
    "usage: warderctl ledger verify [--json] [FILE...] [--checkpoint FILE]"
    " [--key FILE]\n"
    "       warderctl ledger show [--json] [RECORD | RECEIPT] [FILTER...]"
    " [--key FILE]\n"
    "       warderctl ledger export [--format json|csv|ecs] [FILE...]"
    " [FILTER...]\n"
    "           [--unverified] [--checkpoint FILE] [--key FILE]\n"
    "       warderctl ledger report --html FILE [--json] [FILE...]"
    " [--since TIME]\n"
    "           [--until TIME] [--checkpoint FILE] [--key FILE]\n"
    "FILTER is  --since TIME  --until TIME  --user NAME  --event EVENT"
    "  --result WORD\n"
    "           --org ORG  --pipeline PIPELINE  --run RUN\n"
    "TIME is    2026-01-31 or 2026-01-31T23:59:59Z, in UTC\n";

static int
usage(void)
{
	(void)fputs(usage_text, stderr);
	return REASON_USAGE;
}

/* The digits of ledger.<first seq>.jsonl, 0 for any other name. */
static unsigned long long
first_seq(const char *name)
{
	unsigned long long seq;
	char *end;

	if (strncmp(name, "ledger.", 7) != 0 || name[7] < '1' || name[7] > '9')
		return 0;
	seq = strtoull(name + 7, &end, 10);
	return strcmp(end, ".jsonl") == 0 ? seq : 0;
}

static int
is_closed_file(const struct dirent *entry)
{
	return first_seq(entry->d_name) > 0;
}

static int
by_seq(const struct dirent **a, const struct dirent **b)
{
	unsigned long long left = first_seq((*a)->d_name);
	unsigned long long right = first_seq((*b)->d_name);

	return left < right ? -1 : left > right;
}

static int
add_file(struct ledger_files *files, const char *dir, const char *name)
{
	if (files->n == LEDGER_FILES_MAX)
		return WARDER_EFULL;
	if (asprintf(&files->path[files->n], "%s/%s", dir, name) < 0)
		return WARDER_ENOMEM;
	files->n++;
	return WARDER_OK;
}

int
ledger_files_find(const char *dir, struct ledger_files *ret_files)
{
	struct dirent **entries = NULL;
	int n = scandir(dir, &entries, is_closed_file, by_seq), r = WARDER_OK;

	ret_files->n = 0;
	for (int i = 0; i < n; i++) {
		if (r == 0)
			r = add_file(ret_files, dir, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	if (r == 0)
		r = add_file(ret_files, dir, LEDGER_FILE);
	if (r != 0)
		ledger_files_free(ret_files);
	return r;
}

void
ledger_files_free(struct ledger_files *files)
{
	while (files->n > 0)
		free(files->path[--files->n]);
}

void
ledger_say_read(const char *res, uint64_t n)
{
	struct record rec;
	enum ledger_err e;

	if (geteuid() != 0)
		return;
	record_begin(&rec, "ledger.read");
	record_set(&rec, M_RES, res);
	record_set_int(&rec, M_N, n);
	e = ctl_record(&rec, NULL, NULL);
	if (e != LEDGER_OK)
		(void)fprintf(stderr,
		    "warderctl: this reading is not on record: %s\n",
		    ledger_word(e));
}

/* A key that is handed in may lie anywhere; the host's own is root's. */
bool
ledger_key_load(const char *path, struct note_verifier *ret_verifier)
{
	char line[NOTE_VERIFIER_SIZE];
	FILE *file;
	size_t n;

	if (path == NULL)
		return note_verifier_load(LEDGER_PUBLIC_KEY, 0, ret_verifier) ==
		       0;
	file = fopen(path, "re");
	if (file == NULL)
		return false;
	n = fread(line, 1, sizeof(line), file);
	(void)fclose(file);
	return note_verifier_parse(line, n, ret_verifier) == 0;
}

/* Where the value of a flag goes; NULL for one that has none. */
static const char **
place_of(struct ledger_question *question, int c)
{
	struct ledger_filter *filter = &question->filter;

	switch (c) {
	case 'c':
		return &question->checkpoints;
	case 'k':
		return &question->key;
	case 'F':
		return &question->format;
	case 'H':
		return &question->html;
	case 's':
		return &filter->since;
	case 'u':
		return &filter->until;
	case 'U':
		return &filter->user;
	case 'e':
		return &filter->event;
	case 'o':
		return &filter->org;
	case 'P':
		return &filter->pipeline;
	case 'r':
		return &filter->run;
	case 'R':
		return &filter->result;
	default:
		return NULL;
	}
}

/* Flags of all commands; what is no flag stays behind optind. */
static int
read_flags(int argc, char **argv, struct ledger_question *question)
{
	static const struct option flags[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "json", no_argument, NULL, 'j' },
		{ "plain", no_argument, NULL, 'n' },
		{ "unverified", no_argument, NULL, 'v' },
		{ "checkpoint", required_argument, NULL, 'c' },
		{ "key", required_argument, NULL, 'k' },
		{ "format", required_argument, NULL, 'F' },
		{ "html", required_argument, NULL, 'H' },
		{ "since", required_argument, NULL, 's' },
		{ "until", required_argument, NULL, 'u' },
		{ "user", required_argument, NULL, 'U' },
		{ "event", required_argument, NULL, 'e' },
		{ "result", required_argument, NULL, 'R' },
		{ "org", required_argument, NULL, 'o' },
		{ "pipeline", required_argument, NULL, 'P' },
		{ "run", required_argument, NULL, 'r' },
		{ NULL, 0, NULL, 0 },
	};
	const char **place;
	int c;

	optind = 0;
	while ((c = getopt_long(argc, argv, "hn", flags, NULL)) != -1) {
		place = place_of(question, c);
		if (place != NULL)
			*place = optarg;
		else if (c == 'j')
			question->is_json = true;
		else if (c == 'v')
			question->is_unverified = true;
		else if (c == 'h')
			question->is_help = true;
		else if (c != 'n')
			return REASON_USAGE;
	}
	return REASON_DONE;
}

/* Flags of export or report alone. */
static bool
is_plain(const struct ledger_question *question)
{
	return question->format == NULL && !question->is_unverified &&
	       question->html == NULL;
}

static bool
show_takes(const struct ledger_question *question)
{
	return question->n_files <= 1 && question->checkpoints == NULL &&
	       is_plain(question);
}

static bool
verify_takes(const struct ledger_question *question)
{
	return !ledger_filter_is_set(&question->filter) && is_plain(question);
}

static bool
export_takes(const struct ledger_question *question)
{
	return question->html == NULL &&
	       (!question->is_json || question->format == NULL ||
	           strcmp(question->format, "json") == 0);
}

/* Sums of a part of the lines would be taken for sums of all. */
static bool
report_takes(const struct ledger_question *question)
{
	struct ledger_filter others = question->filter;

	others.since = others.until = NULL;
	return question->html != NULL && question->format == NULL &&
	       !question->is_unverified && !ledger_filter_is_set(&others);
}

static const struct {
	const char *word;
	bool (*takes)(const struct ledger_question *question);
	int (*run)(const struct ledger_question *question);
} commands[] = {
	{ "verify", verify_takes, ledger_verify_command },
	{ "show", show_takes, ledger_show_command },
	{ "export", export_takes, ledger_export_command },
	{ "report", report_takes, ledger_report_command },
};

int
ctl_ledger(int argc, char **argv)
{
	struct ledger_question question = { .is_json = false };
	const char *word;

	if (argc < 2 || read_flags(argc, argv, &question) != REASON_DONE)
		return usage();
	if (question.is_help) {
		(void)fputs(usage_text, stdout);
		return REASON_DONE;
	}
	if (optind >= argc)
		return usage();
	word = argv[optind++];
	question.files = (const char *const *)argv + optind;
	question.n_files = (size_t)(argc - optind);
	question.subject = optind < argc ? argv[optind] : NULL;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(commands[i].word, word) == 0)
			return commands[i].takes(&question)
			           ? commands[i].run(&question)
			           : usage();
	return usage();
}

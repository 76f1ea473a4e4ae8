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

static int
usage(void)
{
	(void)fputs("usage: warderctl ledger verify [--json] [FILE...]"
	            " [--checkpoint FILE] [--key FILE]\n"
	            "       warderctl ledger show [--json] [RECORD | RECEIPT]"
	            " [--since TIME]\n"
	            "           [--event EVENT] [--user NAME] [--key FILE]\n",
	    stderr);
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

/* Flags of both commands; what is no flag stays behind optind. */
static int
read_flags(int argc, char **argv, struct ledger_question *question)
{
	static const struct option flags[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "plain", no_argument, NULL, 'p' },
		{ "checkpoint", required_argument, NULL, 'c' },
		{ "key", required_argument, NULL, 'k' },
		{ "since", required_argument, NULL, 's' },
		{ "event", required_argument, NULL, 'e' },
		{ "user", required_argument, NULL, 'u' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	optind = 0;
	while ((c = getopt_long(argc, argv, "n", flags, NULL)) != -1) {
		if (c == 'j')
			question->is_json = true;
		else if (c == 'c')
			question->checkpoints = optarg;
		else if (c == 'k')
			question->key = optarg;
		else if (c == 's')
			question->since = optarg;
		else if (c == 'e')
			question->event = optarg;
		else if (c == 'u')
			question->user = optarg;
		else if (c != 'n' && c != 'p')
			return REASON_USAGE;
	}
	return REASON_DONE;
}

int
ctl_ledger(int argc, char **argv)
{
	struct ledger_question question = { .is_json = false };
	bool is_show;

	if (argc < 2 || read_flags(argc, argv, &question) != REASON_DONE ||
	    optind >= argc)
		return usage();
	is_show = strcmp(argv[optind], "show") == 0;
	if (!is_show && strcmp(argv[optind], "verify") != 0)
		return usage();
	optind++;
	if (is_show) {
		if (argc - optind > 1 || question.checkpoints != NULL)
			return usage();
		question.subject = argv[optind];
		return ledger_show_command(&question);
	}
	if (question.since != NULL || question.event != NULL ||
	    question.user != NULL)
		return usage();
	question.files = (const char *const *)argv + optind;
	question.n_files = (size_t)(argc - optind);
	return ledger_verify_command(&question);
}

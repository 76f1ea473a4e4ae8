/* SPDX-License-Identifier: ISC */
/*
 * `warderctl ledger`: its arguments, and which files are meant. Reading
 * needs nothing but the files, so an auditor may run it anywhere.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "ctl/commands.h"
#include "ctl/ledger.h"
#include "ctl/record.h"
#include "ledger/files.h"

static const char usage_text[] =
    "usage: warderctl ledger verify [--json] [FILE...] [--checkpoint FILE]"
    " [--key FILE]\n"
    "       warderctl ledger show [--json] [RECORD | RECEIPT] [FILTER...]"
    " [--key FILE]\n"
    "       warderctl ledger export [--format json|csv|ecs] [FILE... |"
    " --rotate]\n"
    "           [FILTER...] [--unverified] [--checkpoint FILE]"
    " [--key FILE]\n"
    "       warderctl ledger report --html FILE [--json] [FILE...]"
    " [--since TIME]\n"
    "           [--until TIME] [--checkpoint FILE] [--key FILE]\n"
    "       warderctl ledger settle [--json]\n"
    "       warderctl ledger reconcile [--json] [ORG] [--since TIME]\n"
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

static int
add_closed(struct ledger_files *files, const char *dir, int fd)
{
	char name[LEDGER_NAME_SIZE];
	struct ledger_closed closed;
	int r = ledger_closed_list(fd, &closed);

	for (size_t i = 0; r == 0 && i < closed.n; i++) {
		ledger_closed_name(name, closed.first[i]);
		r = add_file(files, dir, name);
	}
	return r == WARDER_ESYS ? WARDER_OK : r; /* told by who opens it */
}

/* For a moment in each rotation there is none: it is the keeper's to end. */
static void
wait_for_current(int fd)
{
	const struct timespec moment = { .tv_nsec = 20 * 1000 * 1000 };

	for (int i = 0; i < 50; i++) {
		if (faccessat(fd, LEDGER_FILE, F_OK, AT_SYMLINK_NOFOLLOW) ==
		        0 ||
		    errno != ENOENT)
			return;
		(void)nanosleep(&moment, NULL);
	}
}

int
ledger_files_find(const char *dir, struct ledger_files *ret_files)
{
	auto_fd int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = WARDER_OK;

	ret_files->n = 0;
	if (fd >= 0) {
		wait_for_current(fd);
		r = add_closed(ret_files, dir, fd);
	}
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

enum ledger_err
ledger_say_read(const char *res, uint64_t n)
{
	struct record rec;
	enum ledger_err e;

	if (geteuid() != 0)
		return LEDGER_OK;
	record_begin(&rec, "ledger.read");
	record_set(&rec, M_RES, res);
	record_set_int(&rec, M_N, n);
	e = ctl_record(&rec, NULL, NULL);
	if (e != LEDGER_OK)
		(void)fprintf(stderr,
		    "warderctl: this reading is not on record: %s\n",
		    ledger_word(e));
	return e;
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
		{ "rotate", no_argument, NULL, 'O' },
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
		else if (c == 'O')
			question->is_rotating = true;
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
	       !question->is_rotating && question->html == NULL;
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
	       (!question->is_rotating || question->n_files == 0) &&
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
	       !question->is_unverified && !question->is_rotating &&
	       !ledger_filter_is_set(&others);
}

static bool
settle_takes(const struct ledger_question *question)
{
	return verify_takes(question) && question->n_files == 0 &&
	       question->checkpoints == NULL && question->key == NULL;
}

static bool
reconcile_takes(const struct ledger_question *question)
{
	struct ledger_filter others = question->filter;

	others.since = NULL;
	return show_takes(question) && question->key == NULL &&
	       !ledger_filter_is_set(&others);
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
	{ "settle", settle_takes, ledger_settle_command },
	{ "reconcile", reconcile_takes, ledger_reconcile_command },
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

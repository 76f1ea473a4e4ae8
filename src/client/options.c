/* SPDX-License-Identifier: ISC */
/*
 * The arguments, by two tables. An unknown word is a usage error; what looks
 * like a gate without a verb is shown, never passed.
 */
#include "config.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "client/client.h"
#include "client/words.h"

#define REASON_MAX 256
#define TICKET_MAX 64

static const struct {
	const char *word;
	enum client_verb verb;
	const char *letters; /* of the options that it takes */
	size_t least, most;  /* gates, or codes */
} verbs[] = {
	{ "list", VERB_LIST, "mof", 0, 0 },
	{ "show", VERB_SHOW, "", 1, GATES_MAX },
	{ "pass", VERB_PASS, "rtey", 1, GATES_MAX },
	{ "refuse", VERB_REFUSE, "rey", 1, GATES_MAX },
	{ "log", VERB_LOG, "vsc", 0, 1 },
	{ "whoami", VERB_WHOAMI, "", 0, 0 },
	{ "explain", VERB_EXPLAIN, "rtauv", 1, 1 },
	{ "explain-code", VERB_EXPLAIN_CODE, "", 0, 1 },
	{ "help", VERB_HELP, "", 0, 1 },
};

#define VERBS_N (sizeof(verbs) / sizeof(verbs[0]))

/* Known words of a later release: better told than taken for a gate. */
static const char *const later[] = { "when", "votes", "status", "break-glass",
	"review" };

enum {
	OPT_PLAIN = 256,
	OPT_JSON,
	OPT_ORG,
	OPT_MINE,
	OPT_FRESH,
	OPT_FOLLOW,
	OPT_KEEP_GOING,
	OPT_USER,
	OPT_AT,
	OPT_VERB,
	OPT_SINCE,
	OPT_RECEIPT,
	OPT_HELP,
	OPT_VERSION
};

static const struct option long_options[] = {
	{ "plain", no_argument, NULL, OPT_PLAIN },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "org", required_argument, NULL, OPT_ORG },
	{ "mine", no_argument, NULL, OPT_MINE },
	{ "fresh", no_argument, NULL, OPT_FRESH },
	{ "follow", no_argument, NULL, OPT_FOLLOW },
	{ "keep-going", no_argument, NULL, OPT_KEEP_GOING },
	{ "user", required_argument, NULL, OPT_USER },
	{ "at", required_argument, NULL, OPT_AT },
	{ "verb", required_argument, NULL, OPT_VERB },
	{ "since", required_argument, NULL, OPT_SINCE },
	{ "receipt", required_argument, NULL, OPT_RECEIPT },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ NULL, 0, NULL, 0 },
};

/* Which options were seen, for holding them against the verb. */
struct seen {
	char letters[16];
	size_t n;
};

static void
note(struct seen *seen, char letter)
{
	if (seen->n < sizeof(seen->letters) - 1)
		seen->letters[seen->n++] = letter;
}

/* What explain supposes to be otherwise, and what of the log is wanted. */
static bool
take_supposed(int option, struct options *to, struct seen *seen)
{
	switch (option) {
	case OPT_USER:
		to->user = optarg;
		note(seen, 'u');
		return true;
	case OPT_AT:
		to->at = optarg;
		note(seen, 'a');
		return true;
	case OPT_VERB:
		note(seen, 'v');
		to->verb_about = optarg;
		return strcmp(optarg, "refuse") == 0 ||
		       strcmp(optarg, "pass") == 0;
	case OPT_SINCE:
		to->since = optarg;
		note(seen, 's');
		return true;
	case OPT_RECEIPT:
		to->receipt = optarg;
		note(seen, 'c');
		return true;
	}
	return false;
}

static bool
take_option(int option, struct options *to, struct seen *seen)
{
	switch (option) {
	case 'm':
		to->reason = optarg;
		note(seen, 'r');
		return true;
	case 't':
		to->ticket = optarg;
		note(seen, 't');
		return true;
	case 'e':
		to->fingerprint = optarg;
		note(seen, 'e');
		return true;
	case 'y':
		to->yes = true;
		note(seen, 'y');
		return true;
	case 'n':
		return to->no_prompt = true;
	case OPT_PLAIN:
		return to->plain = true;
	case OPT_JSON:
		return to->json = true;
	case OPT_ORG:
		to->org = optarg;
		note(seen, 'o');
		return true;
	case OPT_MINE:
		to->mine = true;
		note(seen, 'm');
		return true;
	case OPT_FRESH:
		to->fresh = true;
		note(seen, 'f');
		return true;
	case OPT_FOLLOW:
		to->follow = to->json = true;
		note(seen, 'f');
		return true;
	case OPT_KEEP_GOING:
		to->keep_going = true;
		note(seen, 'e');
		return true;
	case OPT_HELP:
		to->verb = VERB_HELP;
		return true;
	case OPT_VERSION:
		to->verb = VERB_VERSION;
		return true;
	}
	return take_supposed(option, to, seen);
}

static bool
is_later(const char *word)
{
	for (size_t i = 0; i < sizeof(later) / sizeof(later[0]); i++)
		if (strcmp(word, later[i]) == 0)
			return true;
	return false;
}

/* The verb's row; `show` for a first word that is none. */
static size_t
find_verb(const char *word, int *ret_skip)
{
	*ret_skip = 1;
	if (word == NULL)
		return 0;
	for (size_t i = 0; i < VERBS_N; i++)
		if (strcmp(word, verbs[i].word) == 0)
			return i;
	*ret_skip = 0;
	return 1;
}

static const char *
check_values(const struct options *options)
{
	if (options->plain && options->json)
		return _("--plain and --json do not go together");
	if (options->reason != NULL &&
	    (strlen(options->reason) > REASON_MAX ||
	        !text_is_clean(options->reason, strlen(options->reason)) ||
	        strchr(options->reason, '\n') != NULL))
		return _("a reason is one line of UTF-8, at most 256 bytes");
	if (options->ticket != NULL &&
	    (strlen(options->ticket) > TICKET_MAX ||
	        !text_is_clean(options->ticket, strlen(options->ticket)) ||
	        strchr(options->ticket, '\n') != NULL))
		return _("a ticket is one line of UTF-8, at most 64 bytes");
	if (options->org != NULL && strlen(options->org) > 64)
		return _("an organization is at most 64 bytes");
	return NULL;
}

static const char *
take_gates(char **words, int n, size_t row, struct options *to)
{
	to->gates_n = 0;
	for (int i = 0; i < n; i++) {
		if (to->gates_n == GATES_MAX)
			return _("too many gates at once");
		to->gates[to->gates_n++] = words[i];
	}
	if (to->gates_n < verbs[row].least)
		return _("which gate? `warder list` shows what waits");
	if (to->gates_n > verbs[row].most)
		return verbs[row].verb == VERB_LOG ? _("one record at a time")
		       : verbs[row].verb == VERB_EXPLAIN_CODE
		           ? _("one code at a time")
		           : _("this verb takes no gate");
	return NULL;
}

enum reason
options_parse(
    int argc, char **argv, struct options *ret_options, const char **ret_wrong)
{
	struct options options = { 0 };
	struct seen seen = { .n = 0 };
	int option, skip;
	size_t row;

	*ret_wrong = NULL;
	opterr = 0;
	optind = 0;
	while ((option = getopt_long(
	            argc, argv, "m:t:e:yn", long_options, NULL)) != -1)
		if (!take_option(option, &options, &seen))
			*ret_wrong =
			    _("no such option, or its value is missing");
	if (*ret_wrong != NULL)
		return REASON_USAGE;
	*ret_options = options;
	if (options.verb != 0)
		return REASON_DONE;
	row = find_verb(argv[optind], &skip);
	if (skip == 0 && is_later(argv[optind]))
		*ret_wrong = _("this release does not have that verb yet");
	else if (argv[optind] != NULL)
		*ret_wrong = take_gates(
		    argv + optind + skip, argc - optind - skip, row, &options);
	options.verb = verbs[row].verb;
	for (size_t i = 0; i < seen.n && *ret_wrong == NULL; i++)
		if (strchr(verbs[row].letters, seen.letters[i]) == NULL)
			*ret_wrong = _("this verb does not take that option");
	if (*ret_wrong == NULL)
		*ret_wrong = check_values(&options);
	*ret_options = options;
	return *ret_wrong == NULL ? REASON_DONE : REASON_USAGE;
}

void
options_help(FILE *out)
{
	(void)fputs(
	    _("usage: warder [list] [--mine] [--org ORG] [--fresh | --follow]\n"
	      "       warder show GATE…\n"
	      "       warder pass GATE… [-m REASON] [-t TICKET] "
	      "[-e FINGERPRINT] [-y] [--keep-going]\n"
	      "       warder refuse GATE… [-m REASON] [-e FINGERPRINT] [-y] "
	      "[--keep-going]\n"
	      "       warder explain GATE [-m REASON] [-t TICKET] "
	      "[--verb pass|refuse]\n"
	      "              [--user USER] [--at TIME]\n"
	      "       warder log [RECORD] [--since TIME] [--verb pass|refuse] "
	      "[--receipt FILE]\n"
	      "       warder whoami\n"
	      "       warder explain-code [CODE]\n"
	      "with each: --plain or --json, -n (never ask)\n"
	      "GATE is a handle, ORG/PIPELINE/RUN[/JOB], or a pasted address "
	      "of the run.\n"),
	    out);
}

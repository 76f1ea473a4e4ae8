/* SPDX-License-Identifier: ISC */
/*
 * The program as a whole. It runs as its user, with his environment, which
 * steers what is shown and nothing else.
 */
#include "config.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/blob.h"
#include "base/fd.h"
#include "client/cache.h"
#include "client/client.h"
#include "client/tell.h"
#include "client/tty.h"
#include "client/wait.h"
#include "client/words.h"
#include "wire/person.h"

static uint8_t
find_language(void)
{
	const char *name = setlocale(LC_MESSAGES, NULL);

	return name != NULL && strncmp(name, "zh", 2) == 0 ? PERSON_ZH
	                                                   : PERSON_EN;
}

/* `-n` needs no terminal, and where nobody decides none is opened. */
static void
open_terminal(struct client *client)
{
	const struct options *options = &client->options;
	bool decides =
	    options->verb == VERB_PASS || options->verb == VERB_REFUSE;

	if (decides && !options->no_prompt)
		client->tty = tty_open();
	client->out = stdout;
	if (options->json)
		client->out =
		    client->tty != NULL ? tty_stream(client->tty) : NULL;
	if (getenv("WARDER_PLAIN") != NULL && !options->json)
		client->options.plain = true;
}

static int
run_verb(struct client *client)
{
	int exit;

	switch (client->options.verb) {
	case VERB_LIST:
		return verb_list(client);
	case VERB_SHOW:
		return verb_show(client);
	case VERB_PASS:
	case VERB_REFUSE:
		exit = verb_decide(client);
		/* What was kept of the list may be true no longer. */
		kept_drop();
		return exit;
	case VERB_LOG:
		return verb_log(client);
	case VERB_WHOAMI:
		return verb_whoami(client);
	case VERB_EXPLAIN:
		return verb_explain(client);
	case VERB_EXPLAIN_CODE:
		return verb_explain_code(client);
	case VERB_HELP:
		options_help(stdout);
		return REASON_DONE;
	case VERB_VERSION:
		(void)printf("warder %s\n", PACKAGE_VERSION);
		return REASON_DONE;
	}
	return REASON_BUG;
}

static bool
is_quiet(const char *wrong, struct client *client)
{
	if (wrong == NULL)
		return true;
	(void)tell_error(client, REASON_USAGE, "usage", wrong);
	if (!client->options.json)
		options_help(stderr);
	return false;
}

int
client_main(const struct places *places, int argc, char **argv)
{
	static const struct rlimit none = { 0, 0 };
	struct client client = { .places = *places };
	const char *wrong = NULL;
	int exit;

	(void)setlocale(LC_ALL, "");
	(void)bindtextdomain("warder", WARDER_LOCALEDIR);
	(void)bind_textdomain_codeset("warder", "UTF-8");
	(void)textdomain("warder");
	client.lang = find_language();
	/* Answers pass through here: no core file, and nobody's ptrace. */
	if (fd_open_standard() != 0 || base_init() != 0 ||
	    setrlimit(RLIMIT_CORE, &none) != 0 ||
	    prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L) != 0)
		return tell_error(&client, REASON_BUG, "bug",
		    _("this process could not be set up"));
	(void)options_parse(argc, argv, &client.options, &wrong);
	if (!is_quiet(wrong, &client))
		return REASON_USAGE;
	wait_start();
	open_terminal(&client);
	exit = run_verb(&client);
	if (client.out != NULL)
		(void)fflush(client.out);
	tty_freep(&client.tty);
	return exit;
}

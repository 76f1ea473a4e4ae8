/* SPDX-License-Identifier: ISC */
/*
 * warderctl: administration by root. It has no socket and no service of its
 * own; each command is one function of commands.h, found by its first word.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "ctl/commands.h"

static const struct command {
	const char *word;
	int (*run)(int argc, char **argv);
	const char *does;
} commands[] = {
	{ "init", ctl_init, "make keys, folders and a first policy" },
	{ "key", ctl_key,
	    "list, seal, retire or rekey the keys of organizations" },
	{ "policy", ctl_policy, "check, install, evaluate or show the policy" },
	{ "ledger", ctl_ledger,
	    "verify, show, export or report what happened" },
	{ "unlock", ctl_unlock, "give the keeper the passphrase" },
	{ "lock", ctl_lock, "make the keeper forget the keys" },
	{ "doctor", ctl_doctor, "prove that each promise holds here" },
};

static void
print_help(FILE *out)
{
	(void)fputs("usage: warderctl [--help | --version] COMMAND …\n\n", out);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		(void)fprintf(
		    out, "  %-8s %s\n", commands[i].word, commands[i].does);
	(void)fputs("\nSee warderctl(8).\n", out);
}

int
main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "";
	int r = -1;

	log_name("warderctl");
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
		print_help(stdout);
		return REASON_DONE;
	}
	if (strcmp(word, "--version") == 0) {
		(void)puts("warderctl " PACKAGE_VERSION);
		return REASON_DONE;
	}
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(word, commands[i].word) == 0)
			r = commands[i].run(argc - 1, argv + 1);
	}
	if (r < 0) {
		print_help(stderr);
		return REASON_USAGE;
	}
	/* A report that could not be written was not made. */
	if (fflush(stdout) != 0 && r == REASON_DONE)
		return REASON_INCOMPLETE;
	return r;
}

/* SPDX-License-Identifier: ISC */
/*
 * What one run of warder(1) has at hand. It holds no secret but the answers
 * on their way to warder-pam, and trusts nobody: what it shows is foreign
 * text, what it believes is signed or comes over the sealed line.
 */
#ifndef WARDER_CLIENT_CLIENT_H
#define WARDER_CLIENT_CLIENT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "base/err.h"

#define GATES_MAX 32 /* GATE arguments of one call */

enum client_verb {
	VERB_LIST = 1,
	VERB_SHOW,
	VERB_PASS,
	VERB_REFUSE,
	VERB_LOG,
	VERB_WHOAMI,
	VERB_EXPLAIN,
	VERB_EXPLAIN_CODE,
	VERB_HELP,
	VERB_VERSION
};

struct options {
	enum client_verb verb;
	bool plain, json, no_prompt, yes, mine, keep_going, fresh, follow;
	const char *reason, *ticket, *fingerprint, *org; /* NULL: not given */
	const char *user, *at;       /* of explain; NULL: me, now */
	const char *verb_about;      /* --verb: "pass", "refuse", or NULL */
	const char *since, *receipt; /* of log */
	const char *gates[GATES_MAX];
	size_t gates_n;
};

/* Where things are; built in, and others in a test's own program. */
struct places {
	const char *socket, *pam_public, *ledger_public;
	uid_t owner;      /* of the two files */
	const char *conf; /* warder.conf, for how old a list may be; or NULL */
};

struct tty;
struct client {
	struct places places;
	struct options options;
	uint8_t lang; /* enum person_lang */
	FILE *out;    /* for a person: stdout, or the terminal under --json */
	struct tty *tty; /* NULL: no terminal */
	bool is_hushed;  /* what is wrong was told already */
};

/*
 * Reads argv. REASON_DONE, or REASON_USAGE with one sentence in `ret_wrong`
 * that holds nothing of an argument which may be a secret.
 */
enum reason options_parse(
    int argc, char **argv, struct options *ret_options, const char **ret_wrong);
void options_help(FILE *out);

/* The verbs; each returns the exit code. */
int verb_list(struct client *client);
int verb_show(struct client *client);
int verb_decide(struct client *client); /* pass and refuse */
int verb_whoami(struct client *client);
int verb_explain(struct client *client);
int verb_log(struct client *client);
int verb_explain_code(struct client *client); /* asks no service */

/*
 * `-m -`: the reason is the first line of standard input. DONE, or USAGE
 * after a message.
 */
WARDER_MUST_CHECK int reason_read(struct client *client);

/* The whole program. */
int client_main(const struct places *places, int argc, char **argv);

#endif

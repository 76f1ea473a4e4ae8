/* SPDX-License-Identifier: ISC */
/*
 * `warderctl key`: its arguments, and what its parts share.
 */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "ctl/commands.h"
#include "ctl/conf_line.h"
#include "ctl/key.h"
#include "ctl/passphrase.h"
#include "ctl/policy.h"
#include "ctl/record.h"
#include "policy/policy.h"

static int
usage(void)
{
	(void)fputs("usage: warderctl key list [--json]\n"
	            "       warderctl key seal ORG"
	            " [--kind access-key|sts|token] [--endpoint HOST[:PORT]]\n"
	            "           [--not-after TIME] [--no-check]\n"
	            "           [--stdin | --from-aliyun-cli FILE --profile "
	            "NAME]\n"
	            "       warderctl key check [ORG] [--json]\n"
	            "       warderctl key retire ORG\n"
	            "       warderctl key rekey"
	            " [--master credential|file|passphrase]\n"
	            "           [--finish | --after-restore] [--stdin]\n"
	            "See warderctl(8).\n",
	    stderr);
	return REASON_USAGE;
}

static const struct {
	const char *word;
	enum seal_kind kind;
} kinds[] = {
	{ "access-key", SEAL_ACCESS_KEY },
	{ "accesskey", SEAL_ACCESS_KEY },
	{ "sts", SEAL_STS },
	{ "token", SEAL_TOKEN },
	{ "host", SEAL_HOST },
};

const char *
key_kind_word(enum seal_kind kind)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (kinds[i].kind == kind)
			return kinds[i].word;
	}
	return "?";
}

bool
key_kind_parse(const char *word, enum seal_kind *ret_kind)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (kinds[i].kind != SEAL_HOST &&
		    strcmp(kinds[i].word, word) == 0) {
			*ret_kind = kinds[i].kind;
			return true;
		}
	}
	return false;
}

static int
fill_org(const struct policy_org *found, struct key_org *ret_org)
{
	if (text_copy(ret_org->alias, sizeof(ret_org->alias), found->alias) !=
	        0 ||
	    text_copy(ret_org->id, sizeof(ret_org->id), found->id) != 0 ||
	    text_copy(ret_org->name, sizeof(ret_org->name),
	        found->key != NULL ? found->key : "") != 0)
		return ctl_fail(REASON_BUG, "a name is too long");
	return REASON_DONE;
}

static int
find_in_policy(
    const struct policy *policy, const char *org, struct key_org *ret_org)
{
	struct policy_org found;

	if (!policy_org_find(policy, org, &found))
		return ctl_fail(REASON_USAGE,
		    "the installed policy has no organization %s", org);
	return fill_org(&found, ret_org);
}

int
key_org_find(const char *org, struct key_org *ret_org)
{
	auto_policy struct policy *policy = NULL;
	int r;

	if ((r = policy_load_installed(&policy)) != 0 ||
	    (r = find_in_policy(policy, org, ret_org)) != 0)
		return r;
	if (ret_org->name[0] == '\0')
		return ctl_fail(REASON_MISCONFIGURED,
		    "organization %s names no key in the policy", org);
	return REASON_DONE;
}

int
key_orgs(const char *org, struct key_org **ret_orgs, size_t *ret_n)
{
	auto_policy struct policy *policy = NULL;
	struct key_org *orgs;
	size_t n;
	int r;

	if ((r = policy_load_installed(&policy)) != 0)
		return r;
	n = org != NULL ? 1 : policy_orgs(policy);
	if (n == 0)
		return policy_fail_no_org();
	if ((orgs = calloc(n, sizeof(*orgs))) == NULL)
		return ctl_fail(REASON_BUG, "no memory");
	if (org != NULL)
		r = find_in_policy(policy, org, &orgs[0]);
	for (size_t i = 0; org == NULL && r == 0 && i < n; i++) {
		const struct policy_org found = policy_org_at(policy, i);

		r = fill_org(&found, &orgs[i]);
	}
	if (r != 0) {
		free(orgs);
		return r;
	}
	*ret_orgs = orgs;
	*ret_n = n;
	return REASON_DONE;
}

int
key_record(const char *result, const char *name, const char *org,
    const char *id, const struct state_mark *mark)
{
	struct record rec;
	char shown[16];
	enum ledger_err e;

	(void)snprintf(shown, sizeof(shown), "%.8s****", id);
	record_begin(&rec, "key.store");
	record_set(&rec, M_RES, result);
	record_set(&rec, M_ORG, org);
	record_set(&rec, M_KEY, name);
	if (id[0] != '\0')
		record_set(&rec, M_AK, shown);
	record_set_int(&rec, M_KGEN, mark->n);
	if ((e = ctl_record(&rec, "kgen", mark)) != LEDGER_OK)
		return ctl_fail(REASON_NO_RECORD,
		    "%s, but that is not on record: %s; the keeper puts the "
		    "change on record when it starts next",
		    result, ledger_word(e));
	return REASON_DONE;
}

static int
read_end(const char *text, struct key_question *question)
{
	int64_t at;

	if (clock_parse_stamp(text, &at) != 0 || at <= 0)
		return ctl_fail(
		    REASON_USAGE, "--not-after takes 2026-12-31T16:00:00Z");
	question->not_after_ms = (uint64_t)at;
	return REASON_DONE;
}

/* A flag with a value. */
static int
read_value(int c, char *value, struct key_question *question)
{
	switch (c) {
	case 'e':
		question->endpoint = value;
		return REASON_DONE;
	case 'i':
		question->import_file = value;
		return REASON_DONE;
	case 'P':
		question->profile = value;
		return REASON_DONE;
	case 'm':
		return conf_master_parse(value, &question->master) ? REASON_DONE
		                                                   : usage();
	case 'k':
		question->has_kind = true;
		return key_kind_parse(value, &question->kind) ? REASON_DONE
		                                              : usage();
	case 't':
		return read_end(value, question);
	default:
		return usage();
	}
}

static int
read_flag(int c, struct key_question *question)
{
	switch (c) {
	case 'j':
		question->is_json = true;
		return REASON_DONE;
	case 's':
		question->is_stdin = true;
		return REASON_DONE;
	case 'c':
		question->no_check = true;
		return REASON_DONE;
	case 'f':
		question->is_finish = true;
		return REASON_DONE;
	case 'a':
		question->is_after_restore = true;
		return REASON_DONE;
	case 'n':
		question->no_prompt = true;
		return REASON_DONE;
	case 'p':
		return REASON_DONE;
	default:
		return read_value(c, optarg, question);
	}
}

static int
read_flags(int argc, char **argv, struct key_question *question)
{
	static const struct option flags[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "plain", no_argument, NULL, 'p' },
		{ "stdin", no_argument, NULL, 's' },
		{ "no-check", no_argument, NULL, 'c' },
		{ "finish", no_argument, NULL, 'f' },
		{ "after-restore", no_argument, NULL, 'a' },
		{ "master", required_argument, NULL, 'm' },
		{ "kind", required_argument, NULL, 'k' },
		{ "endpoint", required_argument, NULL, 'e' },
		{ "not-after", required_argument, NULL, 't' },
		{ "from-aliyun-cli", required_argument, NULL, 'i' },
		{ "profile", required_argument, NULL, 'P' },
		{ NULL, 0, NULL, 0 },
	};
	int c, r;

	optind = 0;
	while ((c = getopt_long(argc, argv, "n", flags, NULL)) != -1)
		if ((r = read_flag(c, question)) != REASON_DONE)
			return r;
	/* One source of the key, and one that is whole. */
	if ((question->import_file != NULL) != (question->profile != NULL) ||
	    (question->import_file != NULL && question->is_stdin))
		return usage();
	return REASON_DONE;
}

/* Whoever may run ps has seen it by now. It is not repeated here. */
static bool
has_credential(int argc, char **argv)
{
	static const char *const begins[] = { "pt-", "LTAI", "STS." };

	for (int i = 1; i < argc; i++) {
		const char *value = strchr(argv[i], '=');

		value = value == NULL ? argv[i] : value + 1;
		for (size_t k = 0; k < sizeof(begins) / sizeof(begins[0]); k++)
			if (strncmp(value, begins[k], strlen(begins[k])) == 0)
				return true;
	}
	return false;
}

int
ctl_key(int argc, char **argv)
{
	struct key_question question = { .kind = SEAL_ACCESS_KEY };
	const char *verb;
	int r;

	if (has_credential(argc, argv))
		return ctl_fail(REASON_USAGE,
		    "a credential on a command line is seen by everybody: "
		    "nothing was sealed; make a new one, and give that at the "
		    "terminal or with --stdin");
	if ((r = read_flags(argc, argv, &question)) != REASON_DONE)
		return r;
	if (optind >= argc || argc - optind > 2)
		return usage();
	passphrase_by(question.is_stdin, question.no_prompt);
	verb = argv[optind];
	question.org = argv[optind + 1]; /* NULL: not given */
	if (strcmp(verb, "list") == 0 && question.org == NULL)
		return key_list(&question);
	if (strcmp(verb, "check") == 0)
		return key_check_orgs(&question);
	if (strcmp(verb, "seal") == 0 && question.org != NULL)
		return key_seal(&question);
	if (strcmp(verb, "retire") == 0 && question.org != NULL)
		return key_retire(&question);
	if (strcmp(verb, "rekey") == 0 && question.org == NULL &&
	    !(question.is_finish && question.is_after_restore))
		return key_rekey(&question);
	return usage();
}

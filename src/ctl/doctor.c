/* SPDX-License-Identifier: ISC */
/*
 * `warderctl doctor`: what the design promises, looked at on this host. It
 * changes nothing. A check that could not be made is bad, never ok.
 */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "ctl/commands.h"
#include "ctl/doctor.h"
#include "ctl/vault.h"
#include "policy/policy.h"

static int
print_json(void)
{
	char *text = findings_document();

	if (text == NULL)
		return ctl_fail(REASON_BUG, "no memory");
	(void)text_put_json(stdout, text);
	free(text);
	return REASON_DONE;
}

/* What the policy names lives in its bytes. */
static void
look_at_policy(const struct conf *conf, bool is_keeper_there)
{
	auto_policy struct policy *policy = NULL;
	uint8_t *bytes = NULL;

	doctor_policy(&bytes, &policy);
	if (policy != NULL)
		doctor_people(policy);
	doctor_ca(conf);
	doctor_server(conf, policy, is_keeper_there);
	policy_freep(&policy);
	free(bytes);
}

/* Without a line it is the file itself, of which `files` says more. */
static void
say_conf(int r, const struct diag *diag)
{
	if (diag->what[0] != '\0')
		finding_unseen(FINDING_BAD, "config",
		    "%s:%u: %s; correct that line, see warder.conf(5)",
		    VAULT_CONF, diag->line, diag->what);
	else
		finding_unseen(FINDING_BAD, "config",
		    "%s: %s, so what follows holds for the defaults; see "
		    "`files` below",
		    VAULT_CONF, warder_strerror(r));
	finding_place(VAULT_CONF, diag->line);
}

static void
look_at_all(void)
{
	struct conf conf;
	struct diag diag = { 0 };
	int r = conf_load(VAULT_CONF, &conf, &diag);
	bool is_keeper_there;

	if (r != 0) {
		say_conf(r, &diag);
		conf_defaults(&conf);
	} else {
		finding_add(FINDING_OK, "config", "%s reads", VAULT_CONF);
	}
	is_keeper_there = doctor_services(&conf);
	doctor_users();
	doctor_drop_in(&conf);
	doctor_proc();
	doctor_confine(&conf);
	doctor_files(&conf);
	doctor_disk();
	doctor_keys(&conf);
	look_at_policy(&conf, is_keeper_there);
	doctor_pam(&conf);
	doctor_clock();
	doctor_ledger();
	doctor_syslog(&conf);
}

int
ctl_doctor(int argc, char **argv)
{
	static const struct option flags[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "plain", no_argument, NULL, 'p' },
		{ NULL, 0, NULL, 0 },
	};
	bool is_json = false, is_wrong = false;
	int c, r;

	optind = 0;
	while ((c = getopt_long(argc, argv, "n", flags, NULL)) != -1) {
		is_wrong |= c != 'j' && c != 'p' && c != 'n';
		is_json |= c == 'j';
	}
	if (is_wrong || optind != argc) {
		(void)fputs("usage: warderctl doctor [--json]\n", stderr);
		return REASON_USAGE;
	}
	if ((r = ctl_need_root()) != 0)
		return r;
	look_at_all();
	if (!is_json)
		findings_print();
	else if ((r = print_json()) != 0)
		return r;
	return findings_count(FINDING_BAD) > 0 ? REASON_DOCTOR_BAD
	                                       : REASON_DONE;
}

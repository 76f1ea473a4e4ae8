/* SPDX-License-Identifier: ISC */
/*
 * `warderctl doctor`: what the design promises, looked at on this host. It
 * changes nothing. A check that could not be made is bad, never ok.
 */
#include "config.h"

#include <cjson/cJSON.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/text.h"
#include "ctl/commands.h"
#include "ctl/doctor.h"
#include "ctl/vault.h"
#include "policy/policy.h"

#define FINDINGS_MAX 256 /* two a key, and what else there is */

static struct finding {
	enum finding_level level;
	char topic[16], text[512];
} findings[FINDINGS_MAX];
static size_t findings_n;

static const char *const words[] = { "ok", "warn", "bad" };

void
finding_add(
    enum finding_level level, const char *topic, const char *format, ...)
{
	struct finding *finding;
	char text[512];
	va_list args;

	/* The last place says that it is one, not what came first. */
	if (findings_n == FINDINGS_MAX) {
		findings[FINDINGS_MAX - 1] = (struct finding){ FINDING_BAD,
			"doctor", "more findings than it has room for" };
		return;
	}
	finding = &findings[findings_n++];
	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	finding->level = level;
	(void)snprintf(finding->topic, sizeof(finding->topic), "%s", topic);
	(void)text_show(finding->text, sizeof(finding->text), text);
}

void
findings_forget(void)
{
	findings_n = 0;
}

size_t
findings_count(enum finding_level level)
{
	size_t n = 0;

	for (size_t i = 0; i < findings_n; i++)
		n += findings[i].level == level;
	return n;
}

static void
print_text(void)
{
	for (size_t i = 0; i < findings_n; i++)
		(void)printf("%-5s %-9s %s\n", words[findings[i].level],
		    findings[i].topic, findings[i].text);
	if (findings_count(FINDING_BAD) + findings_count(FINDING_WARN) > 0)
		(void)printf("%zu bad, %zu to look at. What to do: "
		             "warderctl(8)\n",
		    findings_count(FINDING_BAD), findings_count(FINDING_WARN));
}

static int
print_json(void)
{
	cJSON *document = cJSON_CreateObject(), *list;
	char now[CLOCK_STAMP_SIZE], *text;

	clock_stamp(now, clock_real_ms(), 0);
	cJSON_AddStringToObject(document, "schema", "warderctl.doctor/1");
	cJSON_AddStringToObject(document, "now", now);
	cJSON_AddBoolToObject(document, "complete", 1);
	cJSON_AddArrayToObject(document, "errors");
	list = cJSON_AddArrayToObject(document, "findings");
	for (size_t i = 0; i < findings_n; i++) {
		cJSON *one = cJSON_CreateObject();

		cJSON_AddStringToObject(one, "level", words[findings[i].level]);
		cJSON_AddStringToObject(one, "topic", findings[i].topic);
		cJSON_AddStringToObject(one, "text", findings[i].text);
		cJSON_AddItemToArray(list, one);
	}
	text = cJSON_PrintUnformatted(document);
	cJSON_Delete(document);
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

static void
look_at_all(void)
{
	struct conf conf;
	struct diag diag = { 0 };
	int r = conf_load(VAULT_CONF, &conf, &diag);
	bool is_keeper_there;

	if (r != 0) {
		finding_add(FINDING_BAD, "config",
		    "%s:%u: %s; correct that line, see warder.conf(5)",
		    VAULT_CONF, diag.line,
		    diag.what[0] != '\0' ? diag.what : warder_strerror(r));
		conf_defaults(&conf);
	} else {
		finding_add(FINDING_OK, "config", "%s reads", VAULT_CONF);
	}
	is_keeper_there = doctor_services();
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
		print_text();
	else if ((r = print_json()) != 0)
		return r;
	return findings_count(FINDING_BAD) > 0 ? REASON_DOCTOR_BAD
	                                       : REASON_DONE;
}

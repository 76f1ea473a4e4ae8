/* SPDX-License-Identifier: ISC */
/*
 * `warderctl policy check [FILE]`: reads and checks a policy against the
 * people of this host, and changes nothing. Also what `install` does first.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "ctl/policy.h"
#include "ctl/policy_disk.h"
#include "ctl/policy_report.h"
#include "ctl/vault.h"
#include "names/names.h"

static void
say(struct policy_disk *disk, const char *kind, const struct policy_diag *diag)
{
	size_t len = 0;
	const char *bytes = policy_disk_bytes(disk, diag->file, &len);

	policy_say(policy_disk_path(disk, diag->file),
	    bytes == NULL ? "" : bytes, len, kind, diag);
}

static void
say_finding(struct policy_disk *disk, const struct check_finding *finding)
{
	struct policy_diag diag = { .line = finding->line,
		.col = finding->col };

	(void)snprintf(diag.file, sizeof(diag.file), "%s", finding->file);
	(void)snprintf(diag.local_code, sizeof(diag.local_code), "%s",
	    finding->local_code);
	(void)snprintf(diag.text, sizeof(diag.text), "%s", finding->text);
	say(disk, finding->is_warning ? "warning" : "error", &diag);
}

void
policy_say_examined(struct policy_disk *disk, const struct examined *examined)
{
	if (examined->policy == NULL && examined->diag.line != 0)
		say(disk, "error", &examined->diag);
	for (size_t i = 0; i < examined->n; i++)
		say_finding(disk, &examined->findings[i]);
}

void
examined_clear(struct examined *examined)
{
	policy_freep(&examined->policy);
	free(examined->findings);
	*examined = (struct examined){ .policy = NULL };
}

int
policy_examine(struct policy_disk *disk, struct examined *ret)
{
	const struct policy_source source = policy_disk_source(disk);
	const struct check_people people = names_here();
	const int64_t now_s = clock_real_ms() / 1000;
	int r;

	*ret = (struct examined){ .policy = NULL };
	r = policy_parse_set(
	    disk->bytes, disk->len, &source, &ret->policy, &ret->diag);
	if (r == WARDER_EFORM)
		return REASON_MISCONFIGURED;
	if (r == 0)
		r = policy_check_at(
		    ret->policy, &people, &now_s, &ret->findings, &ret->n);
	if (r != 0)
		return ctl_fail(REASON_BUG, "%s", warder_strerror(r));
	for (size_t i = 0; i < ret->n; i++)
		ret->errors += !ret->findings[i].is_warning;
	return ret->errors > 0 ? REASON_MISCONFIGURED : REASON_DONE;
}

int
policy_options_read(
    int argc, char **argv, const char *usage, struct policy_options *ret)
{
	*ret = (struct policy_options){ .file = NULL };
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0) {
			(void)printf("usage: %s\n", usage);
			return REASON_DONE;
		}
		if (strcmp(argv[i], "--json") == 0)
			ret->is_json = true;
		else if (argv[i][0] != '-' && ret->file == NULL)
			ret->file = argv[i];
		else
			return ctl_fail(REASON_USAGE, "usage: %s", usage);
	}
	if (ret->file == NULL)
		ret->file = POLICY_EDITED;
	return -1;
}

static int
check(const struct policy_options *options, struct policy_disk *disk)
{
	auto_examined struct examined examined = { .policy = NULL };
	int r = policy_examine(disk, &examined);
	char file[1024];
	cJSON *document;

	if (r == REASON_BUG)
		return r;
	if (!options->is_json) {
		policy_say_examined(disk, &examined);
		if (r == REASON_DONE)
			(void)printf("%s: no error\n",
			    text_show(file, sizeof(file), options->file));
		return r;
	}
	document = policy_report_new();
	policy_report_findings(document, disk, &examined);
	return policy_report_end(document, r);
}

int
policy_check_command(int argc, char **argv)
{
	struct policy_options options;
	struct policy_disk disk;
	int r = policy_options_read(
	    argc, argv, "warderctl policy check [--json] [FILE]", &options);

	if (r >= 0)
		return r;
	if ((r = policy_disk_open(&disk, options.file)) != REASON_DONE)
		return r;
	r = check(&options, &disk);
	policy_disk_clear(&disk);
	return r;
}

/* SPDX-License-Identifier: ISC */
/*
 * `warderctl policy diff [FILE]`: what `install` would find and change, and
 * no more. Both sets may be read by anybody, so anybody may ask.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/safefile.h"
#include "base/text.h"
#include "ctl/policy.h"
#include "ctl/policy_diff.h"
#include "ctl/policy_disk.h"
#include "ctl/policy_report.h"
#include "ctl/vault.h"

#define HEX_SIZE (2 * INSTALLED_HASH_LEN + 1)

struct comparing {
	struct policy_disk disk;
	struct examined examined;
	struct installed old, new;
	char *before, *whole;
	bool has_old, is_damaged; /* the installed set: there; unreadable */
	struct policy_diff diff;
};

int
policy_installed_load(struct installed *ret_installed, char **ret_bytes)
{
	const struct safefile_rule rule = { 0, 022, 1, INSTALLED_MAX };
	uint8_t *bytes = NULL;
	size_t len;
	int r;

	*ret_bytes = NULL;
	if ((r = safefile_load(POLICY_INSTALLED, &rule, &bytes, &len)) != 0)
		return r;
	if ((r = installed_parse(bytes, len, ret_installed)) != 0) {
		free(bytes);
		return r;
	}
	*ret_bytes = (char *)bytes;
	return WARDER_OK;
}

/* By the hash: the order of the files counts there, and nowhere else. */
static bool
is_changed(const struct comparing *on)
{
	return !on->has_old ||
	       memcmp(on->old.hash, on->new.hash, INSTALLED_HASH_LEN) != 0;
}

/* One code for what was found, the worst first. */
static int
exit_of(const struct comparing *on)
{
	if (on->examined.errors > 0)
		return REASON_MISCONFIGURED;
	if (on->is_damaged)
		return REASON_INCOMPLETE;
	return is_changed(on) ? REASON_DOCTOR_BAD : REASON_DONE;
}

static const char *
old_hash(const struct comparing *on, char ret[HEX_SIZE])
{
	if (!on->has_old)
		return on->is_damaged ? "damaged" : "none";
	hex_print(ret, on->old.hash, INSTALLED_HASH_LEN);
	return ret;
}

static void
print_text(struct comparing *on)
{
	const struct policy_diff *diff = &on->diff;
	size_t warnings = on->examined.n - on->examined.errors;
	char hash[HEX_SIZE];

	policy_say_examined(&on->disk, &on->examined);
	policy_diff_print(stdout, diff);
	(void)printf("installed %s\n", old_hash(on, hash));
	hex_print(hash, on->new.hash, INSTALLED_HASH_LEN);
	(void)printf("edited    %s\n", hash);
	(void)printf("%zu file%s changed, %zu line%s gone, %zu new; "
	             "%zu error%s, %zu warning%s\n",
	    diff->changed, diff->changed == 1 ? "" : "s", diff->gone,
	    diff->gone == 1 ? "" : "s", diff->come, on->examined.errors,
	    on->examined.errors == 1 ? "" : "s", warnings,
	    warnings == 1 ? "" : "s");
}

static int
print_json(struct comparing *on)
{
	cJSON *document = policy_report_new();
	char hash[HEX_SIZE];

	policy_report_findings(document, &on->disk, &on->examined);
	(void)cJSON_AddItemToObject(document, "installed",
	    on->has_old ? cJSON_CreateString(old_hash(on, hash))
	                : cJSON_CreateNull());
	hex_print(hash, on->new.hash, INSTALLED_HASH_LEN);
	(void)cJSON_AddStringToObject(document, "edited", hash);
	(void)cJSON_AddBoolToObject(document, "changed", is_changed(on));
	policy_diff_json(document, &on->diff);
	if (on->is_damaged)
		policy_report_error(document, POLICY_INSTALLED,
		    "it is not as it was installed");
	return policy_report_end(document, exit_of(on));
}

/* What does not read names no files, so there is nothing to compare. */
static int
say_unread(struct comparing *on, bool is_json)
{
	cJSON *document;

	if (!is_json) {
		policy_say_examined(&on->disk, &on->examined);
		return REASON_MISCONFIGURED;
	}
	document = policy_report_new();
	policy_report_findings(document, &on->disk, &on->examined);
	return policy_report_end(document, REASON_MISCONFIGURED);
}

static void
load_old(struct comparing *on)
{
	int r = policy_installed_load(&on->old, &on->before);

	on->has_old = r == 0;
	on->is_damaged = r != 0 && r != WARDER_EMISSING;
	if (on->is_damaged)
		(void)ctl_fail(REASON_INCOMPLETE,
		    "%s is not as it was installed: every line counts as new",
		    POLICY_INSTALLED);
}

static int
compare(struct comparing *on, const struct policy_options *options)
{
	size_t len;
	int r;

	if ((r = policy_disk_open(&on->disk, options->file)) != REASON_DONE ||
	    (r = policy_examine(&on->disk, &on->examined)) == REASON_BUG)
		return r;
	if (on->examined.policy == NULL)
		return say_unread(on, options->is_json);
	load_old(on);
	if ((r = policy_disk_print(&on->disk, on->examined.policy, &on->new,
	         &on->whole, &len)) != 0 ||
	    (r = policy_diff_make(
	         on->has_old ? &on->old : NULL, &on->new, &on->diff)) != 0)
		return ctl_fail(REASON_BUG, "%s", warder_strerror(r));
	if (options->is_json)
		return print_json(on);
	print_text(on);
	return exit_of(on);
}

int
policy_diff_command(int argc, char **argv)
{
	struct policy_options options;
	struct comparing *on;
	int r = policy_options_read(
	    argc, argv, "warderctl policy diff [--json] [FILE]", &options);

	if (r >= 0)
		return r;
	if ((on = calloc(1, sizeof(*on))) == NULL)
		return ctl_fail(REASON_BUG, "no memory");
	r = compare(on, &options);
	policy_diff_clear(&on->diff);
	examined_clear(&on->examined);
	policy_disk_clear(&on->disk);
	free(on->before);
	free(on->whole);
	free(on);
	return r;
}

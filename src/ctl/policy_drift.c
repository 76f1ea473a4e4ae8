/* SPDX-License-Identifier: ISC */
/*
 * `warderctl policy drift [ORG]`: the keeper reads who has which role at the
 * server and tells it; the comparing is done here, with the people of this
 * host. Nothing is changed, here or there.
 */
#include "config.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/safefile.h"
#include "base/text.h"
#include "base/tzdata.h"
#include "ctl/drift_report.h"
#include "ctl/keepercall.h"
#include "ctl/policy.h"
#include "ctl/vault.h"
#include "names/names.h"
#include "wire/admin.h"

#define DRIFT_MS 660000 /* longer than the keeper reads at most */
#define TELL_MS 250

struct progress {
	bool is_shown;
	int64_t told_at;
};

static void
tell_progress(struct progress *progress, const struct drift_report *report)
{
	int64_t now = clock_boot_ms();

	if (!isatty(STDERR_FILENO) || now - progress->told_at < TELL_MS)
		return;
	progress->told_at = now;
	progress->is_shown = true;
	(void)fprintf(stderr,
	    "\r\033[Kreading %s: %zu members, %zu pipelines, %zu roles in them",
	    report->org.alias, report->drift.members_n,
	    report->drift.pipelines_n, report->drift.seats_n);
}

static void
end_progress(const struct progress *progress)
{
	if (progress->is_shown)
		(void)fputs("\r\033[K", stderr);
}

static void
add_unread(struct drift_report *report, const char *what, const char *id,
    const char *code)
{
	struct drift_unread *unread;

	report->drift.is_unread = true;
	if (report->unread_n++ >= DRIFT_UNREAD_MAX)
		return;
	unread = &report->unread[report->unread_n - 1];
	(void)snprintf(unread->what, sizeof(unread->what), "%s", what);
	(void)snprintf(unread->id, sizeof(unread->id), "%.19s", id);
	(void)snprintf(unread->code, sizeof(unread->code), "%s", code);
}

static int
take_row(struct drift_report *report, const struct admin_row *row)
{
	struct drift *drift = &report->drift;
	char id[24];

	(void)snprintf(id, sizeof(id), "%llu", (unsigned long long)row->n);
	if (strcmp(row->topic, "pipeline") == 0)
		return drift_add_pipeline(drift, id, row->text);
	if (strcmp(row->topic, "no-members") == 0) {
		drift->no_members = true;
		add_unread(report, "members", "", row->text);
	} else if (strcmp(row->topic, "no-pipelines") == 0) {
		add_unread(report, "pipelines", "", row->text);
	} else if (strcmp(row->topic, "no-pipeline") == 0) {
		drift_unread_pipeline(drift, id);
		add_unread(report, "pipeline", id, row->text);
	} else {
		return WARDER_EFORM;
	}
	return WARDER_OK;
}

/* A person in another space of ids is not compared, and that is said. */
static int
take_member(struct drift_report *report, const struct admin_member *member)
{
	int r = drift_add_member(&report->drift, member);

	if (r != WARDER_EFORM)
		return r;
	if (member->pipeline[0] == '\0')
		report->drift.no_members = true;
	add_unread(report, "account", member->pipeline, member->account);
	return WARDER_OK;
}

static int
take_frame(struct drift_report *report, const struct frame *frame)
{
	struct admin_member member;
	struct admin_row row;
	int r;

	switch (frame->type) {
	case ADMIN_ROW:
		if ((r = layout_take(frame, &admin_row_layout, &row)) != 0)
			return r;
		return take_row(report, &row);
	case ADMIN_MEMBER:
		r = layout_take(frame, &admin_member_layout, &member);
		return r != 0 ? r : take_member(report, &member);
	default:
		return WARDER_ETYPE;
	}
}

struct listener {
	struct drift_report *report;
	struct progress progress;
};

static int
take(void *ctx, const struct frame *frame)
{
	struct listener *listener = ctx;
	int r = take_frame(listener->report, frame);

	tell_progress(&listener->progress, listener->report);
	return r;
}

/* Asks the keeper; what it tells is in the report afterwards. */
static int
ask(struct drift_report *report)
{
	struct listener listener = { report, { false, 0 } };
	const struct keepercall call = { take, &listener, DRIFT_MS };
	struct admin_members members = { "" };
	struct admin_done done;
	int r;

	if (text_copy(members.org, sizeof(members.org), report->org.id) != 0)
		return WARDER_ETOOBIG;
	r = keepercall_ask(
	    &call, ADMIN_MEMBERS, &admin_members_layout, &members, &done);
	end_progress(&listener.progress);
	if (r != 0)
		return r;
	report->reason = (enum reason)done.exit;
	memcpy(report->word, done.word, sizeof(report->word));
	return WARDER_OK;
}

/* One organization, read and compared. */
static void
run_org(struct drift_report *report, const struct policy *policy)
{
	struct check_people people = names_here();
	int r = ask(report);

	if (r != 0) {
		report->reason =
		    r == WARDER_ENOMEM ? REASON_BUG : REASON_UNREACHABLE;
		(void)snprintf(
		    report->word, sizeof(report->word), "%s", "keeper");
		return;
	}
	if (report->reason == REASON_INCOMPLETE && report->unread_n > 0)
		report->reason = REASON_DONE;
	if (report->reason != REASON_DONE)
		return;
	r = roster_of(policy, report->org.alias, &people, &report->roster);
	if (r == 0)
		r = drift_compare(
		    &report->drift, policy, report->org.alias, &report->roster);
	if (r == 0)
		return;
	report->reason = REASON_BUG;
	(void)snprintf(
	    report->word, sizeof(report->word), "%s", warder_strerror(r));
}

struct drift_options {
	bool is_json;
	const char *org; /* NULL: all */
};

static int
read_options(int argc, char **argv, struct drift_options *options)
{
	static const struct option flags[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "plain", no_argument, NULL, 'p' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	optind = 0;
	while ((c = getopt_long(argc, argv, "n", flags, NULL)) != -1) {
		if (c != 'j' && c != 'p' && c != 'n')
			return REASON_USAGE;
		options->is_json |= c == 'j';
	}
	if (optind + 1 < argc)
		return ctl_fail(REASON_USAGE,
		    "usage: warderctl policy drift [--json] [ORG]");
	options->org = argv[optind];
	return REASON_DONE;
}

int
policy_load_installed(struct policy **ret_policy)
{
	const struct safefile_rule rule = { 0, 022, 1, INSTALLED_MAX };
	struct installed *installed = calloc(1, sizeof(*installed));
	struct tzdata tzdata = { NULL };
	struct policy_diag diag;
	uint8_t *bytes = NULL;
	size_t len;
	int r = installed == NULL ? WARDER_ENOMEM : WARDER_OK;

	if (r == 0)
		r = safefile_load(POLICY_INSTALLED, &rule, &bytes, &len);
	if (r == 0)
		r = installed_parse(bytes, len, installed);
	if (r == 0)
		r = installed_read(
		    installed, tzdata_find, &tzdata, ret_policy, &diag);
	tzdata_clear(&tzdata);
	free(bytes);
	free(installed);
	if (r != 0)
		return ctl_fail(REASON_MISCONFIGURED, "%s: %s",
		    POLICY_INSTALLED, warder_strerror(r));
	return REASON_DONE;
}

int
policy_fail_no_org(void)
{
	return ctl_fail(REASON_MISCONFIGURED,
	    "the installed policy names no organization: there was nothing to "
	    "look at; write one into %s/policy and install that",
	    WARDER_SYSCONFDIR);
}

/* What came of all organizations together. */
struct outcome {
	size_t wider_here, not_compared, compared;
	enum reason failed; /* of the first that could not be read at all */
};

static void
count_in(struct outcome *outcome, const struct drift_report *report)
{
	if (report->reason != REASON_DONE) {
		if (outcome->failed == REASON_DONE)
			outcome->failed = report->reason;
		return;
	}
	outcome->compared++;
	outcome->wider_here += drift_count(&report->drift, DRIFT_ERROR);
	outcome->not_compared += drift_count(&report->drift, DRIFT_UNKNOWN) +
	                         (report->drift.is_unread ? 1 : 0);
}

static int
exit_of(const struct outcome *outcome)
{
	if (outcome->wider_here > 0)
		return REASON_DOCTOR_BAD;
	if (outcome->failed != REASON_DONE)
		return outcome->compared == 0 ? (int)outcome->failed
		                              : REASON_INCOMPLETE;
	return outcome->not_compared > 0 ? REASON_INCOMPLETE : REASON_DONE;
}

static const char *
failure_of(const struct drift_report *report)
{
	if (strcmp(report->word, "other_ids") == 0)
		return "its key is a token, and a token names people by other "
		       "ids than the policy: nothing can be compared";
	if (report->reason == REASON_UNREACHABLE)
		return "warder-keeper does not answer, or speaks another "
		       "version";
	return keepercall_words(report->word);
}

static void
say_failure(cJSON *document, const struct drift_report *report)
{
	cJSON *one;

	if (report->reason == REASON_DONE)
		return;
	(void)ctl_fail(
	    report->reason, "%s: %s", report->org.alias, failure_of(report));
	if (document == NULL)
		return;
	one = cJSON_CreateObject();
	cJSON_AddStringToObject(one, "org", report->org.alias);
	cJSON_AddStringToObject(one, "what", "organization");
	cJSON_AddStringToObject(one, "pipeline_id", "");
	cJSON_AddStringToObject(one, "code", report->word);
	cJSON_AddItemToArray(
	    cJSON_GetObjectItemCaseSensitive(document, "errors"), one);
}

static int
one_org(struct policy_org org, const struct policy *policy,
    const struct conf *conf, cJSON *document, struct outcome *outcome)
{
	struct drift_report *report = calloc(1, sizeof(*report));

	if (report == NULL)
		return ctl_fail(REASON_BUG, "no memory");
	report->org = org;
	report->drift.conf = conf;
	run_org(report, policy);
	say_failure(document, report);
	if (report->reason == REASON_DONE && document == NULL)
		drift_print(stdout, report);
	else if (report->reason == REASON_DONE)
		drift_to_json(document, report);
	count_in(outcome, report);
	drift_clear(&report->drift);
	roster_clear(&report->roster);
	free(report);
	return REASON_DONE;
}

static cJSON *
new_document(void)
{
	cJSON *document = cJSON_CreateObject();
	char now[CLOCK_STAMP_SIZE];

	clock_stamp(now, clock_real_ms(), 0);
	cJSON_AddStringToObject(document, "schema", "warderctl.policy/1");
	cJSON_AddStringToObject(document, "now", now);
	cJSON_AddArrayToObject(document, "errors");
	cJSON_AddArrayToObject(document, "orgs");
	cJSON_AddArrayToObject(document, "findings");
	return document;
}

static int
print_document(cJSON *document, const struct outcome *outcome)
{
	char *text;

	cJSON_AddBoolToObject(document, "complete",
	    outcome->not_compared == 0 && outcome->failed == REASON_DONE);
	cJSON_AddNumberToObject(document, "exit", exit_of(outcome));
	text = cJSON_PrintUnformatted(document);
	if (text == NULL)
		return ctl_fail(REASON_BUG, "no memory");
	(void)text_put_json(stdout, text);
	free(text);
	return REASON_DONE;
}

/* All organizations, or the one that was named. */
static int
run(const struct drift_options *options, const struct policy *policy,
    const struct conf *conf)
{
	cJSON *document = options->is_json ? new_document() : NULL;
	struct outcome outcome = { 0, 0, 0, REASON_DONE };
	struct policy_org org;
	int r = REASON_DONE;

	if (options->org == NULL && policy_orgs(policy) == 0) {
		r = policy_fail_no_org();
	} else if (options->org == NULL) {
		for (size_t i = 0; i < policy_orgs(policy) && r == 0; i++)
			r = one_org(policy_org_at(policy, i), policy, conf,
			    document, &outcome);
	} else if (policy_org_find(policy, options->org, &org)) {
		r = one_org(org, policy, conf, document, &outcome);
	} else {
		r = ctl_fail(REASON_NOT_FOUND,
		    "the installed policy has no organization of that name");
	}
	if (r == REASON_DONE && document != NULL)
		r = print_document(document, &outcome);
	cJSON_Delete(document);
	return r != REASON_DONE ? r : exit_of(&outcome);
}

int
policy_drift(int argc, char **argv)
{
	struct drift_options options = { false, NULL };
	auto_policy struct policy *policy = NULL;
	struct diag diag = { 0 };
	struct conf conf;
	int r;

	if ((r = read_options(argc, argv, &options)) != REASON_DONE ||
	    (r = ctl_need_root()) != 0 ||
	    (r = policy_load_installed(&policy)) != REASON_DONE)
		return r;
	if (conf_load(VAULT_CONF, &conf, &diag) != 0)
		return ctl_fail(REASON_MISCONFIGURED, "%s:%u: %s", VAULT_CONF,
		    diag.line, diag.what);
	return run(&options, policy, &conf);
}

/* SPDX-License-Identifier: ISC */
/*
 * Names come from the server and from whoever edits a pipeline there: each
 * goes through the screen's filter, and in JSON through the printer of JSON.
 */
#include "config.h"

#include <stdarg.h>
#include <string.h>

#include "base/text.h"
#include "ctl/drift_report.h"

#define NAMED_MAX 4 /* pipelines that a sentence names */

static const char *const level_words[] = { "", "error", "note", "unknown" };

struct sentence {
	char *text;
	size_t size, len;
};

static void say(struct sentence *to, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
say(struct sentence *to, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(to->text + to->len, to->size - to->len, format, args);
	va_end(args);
	if (n < 0)
		n = 0;
	to->len += (size_t)n;
	if (to->len >= to->size)
		to->len = to->size - 1;
}

static void
say_foreign(struct sentence *to, const char *text)
{
	char shown[160];

	say(to, "%s", text_show(shown, sizeof(shown), text));
}

/* Here by name, there by account and the name that goes with it. */
static void
say_who(struct sentence *to, const struct drift_finding *finding)
{
	if (finding->user != NULL)
		say_foreign(to, finding->user);
	if (finding->account[0] == '\0')
		return;
	say(to, finding->user != NULL ? " (account %s" : "account %s",
	    finding->account);
	if (finding->name[0] != '\0') {
		say(to, finding->user != NULL ? ", there " : " (there ");
		say_foreign(to, finding->name);
	}
	if (finding->user != NULL || finding->name[0] != '\0')
		say(to, ")");
}

static void
say_pipelines(struct sentence *to, const struct drift *drift,
    const struct drift_finding *finding)
{
	size_t n = finding->pipelines_n;

	say(to, "%zu pipeline%s there: ", n, n == 1 ? "" : "s");
	for (size_t i = 0; i < n && i < NAMED_MAX; i++) {
		const struct drift_pipeline *pipeline =
		    &drift->pipelines[finding->pipelines[i]];

		say(to, i > 0 ? ", " : "");
		say_foreign(to, pipeline->name);
		say(to, " (%s)", pipeline->id);
	}
	if (n > NAMED_MAX)
		say(to, " and %zu more", n - NAMED_MAX);
}

static const char *
here_word(const struct drift_finding *finding)
{
	return finding->here == RANK_NONE ? "nobody"
	                                  : roster_rank_word(finding->here);
}

static void
say_in_org(struct sentence *to, const struct drift_finding *finding)
{
	say_who(to, finding);
	if (finding->there == RANK_NONE)
		say(to, " is %s here and has no role there",
		    here_word(finding));
	else
		say(to, " is %s here and %s there", here_word(finding),
		    roster_rank_word(finding->there));
}

static void
say_in_pipelines(struct sentence *to, const struct drift *drift,
    const struct drift_finding *finding)
{
	say_who(to, finding);
	say(to, " is %s here and ", here_word(finding));
	if (finding->there == RANK_NONE)
		say(to, "no member of ");
	else
		say(to, "%s of ", roster_rank_word(finding->there));
	say_pipelines(to, drift, finding);
}

static void
say_role_id(struct sentence *to, const struct drift_finding *finding)
{
	char shown[160];

	say(to, "%zu %s the role %s", finding->people,
	    finding->people == 1 ? "person has" : "people have",
	    finding->role_id[0] != '\0'
	        ? text_show(shown, sizeof(shown), finding->role_id)
	        : "without an id");
	if (finding->role[0] != '\0') {
		say(to, ", there called ");
		say_foreign(to, finding->role);
	}
	say(to, "; say in warder.conf what it means: "
	        "server_role owner|admin|member|viewer ");
	say_foreign(to, finding->role_id);
}

const char *
drift_sentence(char *ret, size_t size, const struct drift_report *report,
    const struct drift_finding *finding)
{
	struct sentence to = { ret, size, 0 };

	ret[0] = '\0';
	switch (finding->what) {
	case DRIFT_IN_ORG:
		say_in_org(&to, finding);
		break;
	case DRIFT_IN_PIPELINES:
		say_in_pipelines(&to, &report->drift, finding);
		break;
	case DRIFT_NO_ACCOUNT:
		say_who(&to, finding);
		say(&to,
		    " is %s here; no account line of the policy says "
		    "who that is there",
		    here_word(finding));
		break;
	case DRIFT_LOST:
		say_who(&to, finding);
		say(&to, " stands in the policy and is not found on this "
		         "host: whom it means is not compared");
		break;
	case DRIFT_ROLE_ID:
		say_role_id(&to, finding);
		break;
	}
	return ret;
}

const char *
drift_unread_sentence(char *ret, size_t size, const struct drift_unread *unread)
{
	struct sentence to = { ret, size, 0 };

	ret[0] = '\0';
	if (strcmp(unread->what, "members") == 0)
		say(&to, "the members of the organization");
	else if (strcmp(unread->what, "pipelines") == 0)
		say(&to, "the list of pipelines");
	else if (strcmp(unread->what, "pipeline") == 0)
		say(&to, "the members of pipeline %s", unread->id);
	else
		say(&to, "a person whose account is no number");
	say(&to, " could not be read: ");
	say_foreign(&to, unread->code);
	return ret;
}

void
drift_print(FILE *out, const struct drift_report *report)
{
	const struct drift *drift = &report->drift;
	char text[1024];

	for (size_t i = 0; i < drift->findings_n; i++)
		(void)fprintf(out, "%-7s %s  %s\n",
		    level_words[drift->findings[i].level], report->org.alias,
		    drift_sentence(
		        text, sizeof(text), report, &drift->findings[i]));
	for (size_t i = 0; i < report->unread_n && i < DRIFT_UNREAD_MAX; i++)
		(void)fprintf(out, "%-7s %s  %s\n", "unread", report->org.alias,
		    drift_unread_sentence(
		        text, sizeof(text), &report->unread[i]));
	(void)fprintf(out,
	    "%s: %zu people here, %zu there, %zu pipelines; %zu wider here, "
	    "%zu wider there, %zu not compared, %zu not read\n",
	    report->org.alias, report->roster.n, drift->members_n,
	    drift->pipelines_n, drift_count(drift, DRIFT_ERROR),
	    drift_count(drift, DRIFT_NOTE), drift_count(drift, DRIFT_UNKNOWN),
	    report->unread_n);
}

static void
pipelines_to_json(
    cJSON *to, const struct drift *drift, const struct drift_finding *finding)
{
	cJSON *list = cJSON_AddArrayToObject(to, "pipelines");

	for (size_t i = 0; i < finding->pipelines_n; i++) {
		const struct drift_pipeline *pipeline =
		    &drift->pipelines[finding->pipelines[i]];
		cJSON *one = cJSON_CreateObject();

		cJSON_AddStringToObject(one, "id", pipeline->id);
		cJSON_AddStringToObject(one, "name", pipeline->name);
		cJSON_AddItemToArray(list, one);
	}
}

static cJSON *
finding_to_json(
    const struct drift_report *report, const struct drift_finding *finding)
{
	static const char *const where[] = { "", "organization", "pipelines",
		"account", "name", "role" };
	cJSON *one = cJSON_CreateObject();
	char text[1024];

	cJSON_AddStringToObject(one, "level", level_words[finding->level]);
	cJSON_AddStringToObject(one, "topic", where[finding->what]);
	cJSON_AddStringToObject(one, "org", report->org.alias);
	cJSON_AddStringToObject(
	    one, "user", finding->user == NULL ? "" : finding->user);
	cJSON_AddStringToObject(one, "account", finding->account);
	cJSON_AddStringToObject(one, "name", finding->name);
	cJSON_AddStringToObject(one, "here", roster_rank_word(finding->here));
	cJSON_AddStringToObject(one, "there", roster_rank_word(finding->there));
	if (finding->what == DRIFT_ROLE_ID) {
		cJSON_AddStringToObject(one, "role", finding->role);
		cJSON_AddStringToObject(one, "role_id", finding->role_id);
		cJSON_AddNumberToObject(one, "people", (double)finding->people);
	}
	pipelines_to_json(one, &report->drift, finding);
	cJSON_AddStringToObject(
	    one, "text", drift_sentence(text, sizeof(text), report, finding));
	return one;
}

static void
unread_to_json(cJSON *document, const struct drift_report *report)
{
	cJSON *errors = cJSON_GetObjectItemCaseSensitive(document, "errors");

	for (size_t i = 0; i < report->unread_n && i < DRIFT_UNREAD_MAX; i++) {
		const struct drift_unread *unread = &report->unread[i];
		cJSON *one = cJSON_CreateObject();

		cJSON_AddStringToObject(one, "org", report->org.alias);
		cJSON_AddStringToObject(one, "what", unread->what);
		cJSON_AddStringToObject(one, "pipeline_id", unread->id);
		cJSON_AddStringToObject(one, "code", unread->code);
		cJSON_AddItemToArray(errors, one);
	}
}

void
drift_to_json(cJSON *document, const struct drift_report *report)
{
	cJSON *findings =
	    cJSON_GetObjectItemCaseSensitive(document, "findings");
	cJSON *orgs = cJSON_GetObjectItemCaseSensitive(document, "orgs");
	cJSON *org = cJSON_CreateObject();
	const struct drift *drift = &report->drift;

	for (size_t i = 0; i < drift->findings_n; i++)
		cJSON_AddItemToArray(
		    findings, finding_to_json(report, &drift->findings[i]));
	unread_to_json(document, report);
	cJSON_AddStringToObject(org, "org", report->org.alias);
	cJSON_AddStringToObject(org, "org_id", report->org.id);
	cJSON_AddNumberToObject(org, "people", (double)report->roster.n);
	cJSON_AddNumberToObject(org, "members", (double)drift->members_n);
	cJSON_AddNumberToObject(org, "pipelines", (double)drift->pipelines_n);
	cJSON_AddStringToObject(org, "word", report->word);
	cJSON_AddItemToArray(orgs, org);
}

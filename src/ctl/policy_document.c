/* SPDX-License-Identifier: ISC */
/*
 * From a case to the document of its decision. A policy or facts that are
 * broken give a document too, with verdict `error`: whoever reads it never
 * has to guess from a missing answer.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/policy_document.h"

struct making {
	struct policy_case *pcase;
	cJSON *document, *rules, *blocking;
};

static const char *
kind_word(enum verdict_kind kind)
{
	switch (kind) {
	case VERDICT_PERMIT:
		return "permit";
	case VERDICT_PENDING:
		return "pending";
	case VERDICT_ERROR:
		return "error";
	case VERDICT_DENY:
		break;
	}
	return "deny";
}

static const char *
verb_word(enum facts_verb verb)
{
	switch (verb) {
	case VERB_PASS:
		return "pass";
	case VERB_REFUSE:
		return "refuse";
	case VERB_VIEW:
		return "view";
	case VERB_REVIEW:
		return "review";
	}
	return ""; /* facts without one */
}

static const char *
phase_word(enum facts_phase phase)
{
	switch (phase) {
	case PHASE_FIRST:
		return "first";
	case PHASE_FINAL:
		return "final";
	}
	return "";
}

static void
add_text(cJSON *object, const char *name, const char *text)
{
	(void)cJSON_AddStringToObject(object, name, text == NULL ? "" : text);
}

static cJSON *
rule_new(const char *file, uint32_t line, uint32_t col, const char *text)
{
	cJSON *rule = cJSON_CreateObject();

	add_text(rule, "file", file);
	(void)cJSON_AddNumberToObject(rule, "line", line);
	(void)cJSON_AddNumberToObject(rule, "col", col);
	add_text(rule, "text", text);
	return rule;
}

/* "a, b" as a list. */
static void
add_words(cJSON *object, const char *name, const char *words)
{
	cJSON *list = cJSON_AddArrayToObject(object, name);
	char word[64];
	size_t n;

	while (words != NULL && *words != '\0') {
		words += strspn(words, ", ");
		n = strcspn(words, ", ");
		if (n > 0 && n < sizeof(word)) {
			memcpy(word, words, n);
			word[n] = '\0';
			(void)cJSON_AddItemToArray(
			    list, cJSON_CreateString(word));
		}
		words += n;
	}
}

static void
add_reason(struct making *making, const struct verdict_reason *reason)
{
	cJSON *at = cJSON_CreateObject();

	add_text(at, "local_code", reason->local_code);
	add_text(at, "code", reason->code);
	if (reason->file == NULL) {
		(void)cJSON_AddNullToObject(at, "file");
		(void)cJSON_AddNullToObject(at, "line");
	} else {
		add_text(at, "file", reason->file);
		(void)cJSON_AddNumberToObject(at, "line", reason->line);
	}
	add_text(at, "text", reason->text);
	add_text(at, "message", reason->message);
	add_words(at, "unknown", reason->unknown);
	(void)cJSON_AddItemToArray(making->blocking, at);
}

static void
add_texts(cJSON *object, const char *name, const char *const *texts, size_t n)
{
	cJSON *list = cJSON_AddArrayToObject(object, name);

	for (size_t i = 0; i < n; i++)
		(void)cJSON_AddItemToArray(list, cJSON_CreateString(texts[i]));
}

static void
add_quorum(cJSON *list, const struct verdict_quorum *quorum)
{
	cJSON *at = cJSON_CreateObject(), *open, *seat;
	char of[300];

	(void)cJSON_AddItemToArray(list, at);
	add_text(at, "file", quorum->file);
	(void)cJSON_AddNumberToObject(at, "line", quorum->line);
	(void)cJSON_AddNumberToObject(at, "need", quorum->need);
	add_texts(at, "have", quorum->have, quorum->have_n);
	open = cJSON_AddArrayToObject(at, "open");
	for (size_t i = 0; i < quorum->open_n; i++) {
		seat = cJSON_CreateObject();
		(void)snprintf(of, sizeof(of), "%s%s",
		    quorum->open[i].is_role ? "" : "@", quorum->open[i].of);
		(void)cJSON_AddNumberToObject(
		    seat, "count", quorum->open[i].count);
		add_text(seat, "of", of);
		(void)cJSON_AddItemToArray(open, seat);
	}
}

static void
add_quorums(cJSON *missing, const struct verdict *verdict)
{
	cJSON *list = cJSON_AddArrayToObject(missing, "quorum");

	for (size_t i = 0; i < verdict->missing.quorum_n; i++)
		add_quorum(list, &verdict->missing.quorum[i]);
}

static void
add_missing(struct making *making, const struct verdict *verdict)
{
	cJSON *missing = cJSON_AddObjectToObject(making->document, "missing");

	(void)cJSON_AddNumberToObject(missing, "mfa", verdict->missing.mfa);
	(void)cJSON_AddNumberToObject(
	    missing, "fresh_s", verdict->missing.fresh_s);
	add_texts(missing, "reason", verdict->missing.reason,
	    verdict->missing.reason_n);
	add_texts(missing, "ticket", verdict->missing.ticket,
	    verdict->missing.ticket_n);
	add_quorums(missing, verdict);
}

static void
begin(struct making *making, enum verdict_kind kind, const char *code,
    const char *local_code, int exit_code)
{
	cJSON *document = making->document;

	add_text(document, "schema", "warder.verdict/1");
	add_text(document, "verdict", kind_word(kind));
	add_text(document, "code", code);
	add_text(document, "local_code", local_code);
	add_text(document, "origin", "local");
	(void)cJSON_AddNumberToObject(document, "exit", exit_code);
	add_text(document, "verb", verb_word(making->pcase->facts.verb));
	add_text(document, "phase", phase_word(making->pcase->facts.phase));
	making->rules = cJSON_CreateArray();
	making->blocking = cJSON_CreateArray();
}

/* `rule` is taken over. */
static void
end(struct making *making, const struct verdict *verdict, cJSON *rule)
{
	cJSON *document = making->document;

	(void)cJSON_AddItemToObject(
	    document, "rule", rule == NULL ? cJSON_CreateNull() : rule);
	(void)cJSON_AddItemToObject(document, "rules", making->rules);
	(void)cJSON_AddItemToObject(document, "blocking", making->blocking);
	add_missing(making, verdict);
	add_texts(document, "roles", (const char *const *)verdict->roles,
	    verdict->roles_n);
	add_texts(
	    document, "via", (const char *const *)verdict->via, verdict->via_n);
}

static void
fill_verdict(struct making *making, const struct verdict *verdict)
{
	const struct verdict_rule *rule = verdict->rule;

	begin(making, verdict->kind, verdict->code, verdict->local_code,
	    (int)verdict->exit);
	for (size_t i = 0; i < verdict->rules_n; i++)
		(void)cJSON_AddItemToArray(making->rules,
		    rule_new(verdict->rules[i].file, verdict->rules[i].line,
		        verdict->rules[i].col, verdict->rules[i].text));
	for (size_t i = 0; i < verdict->blocking_n; i++)
		add_reason(making, &verdict->blocking[i]);
	end(making, verdict,
	    rule == NULL
	        ? NULL
	        : rule_new(rule->file, rule->line, rule->col, rule->text));
}

static const char *
bytes_of(const struct policy_case *pcase, const char *file, size_t *ret_len)
{
	const char *text;

	if (strcmp(file, "policy") == 0) {
		*ret_len = pcase->policy_len;
		return pcase->policy;
	}
	text = cJSON_GetStringValue(
	    cJSON_GetObjectItemCaseSensitive(pcase->files, file));
	*ret_len = text == NULL ? 0 : strlen(text);
	return text == NULL ? "" : text;
}

/* The line as it is written, for what could not be read as a statement. */
static void
copy_line(const char *at, size_t left, uint32_t number, char ret[256])
{
	const char *end;
	size_t n;

	ret[0] = '\0';
	while (number-- > 1 && (end = memchr(at, '\n', left)) != NULL) {
		left -= (size_t)(end + 1 - at);
		at = end + 1;
	}
	end = memchr(at, '\n', left);
	n = end == NULL ? left : (size_t)(end - at);
	while (n > 0 && (*at == ' ' || *at == '\t'))
		at++, n--;
	if (n < 256 && memchr(at, '\0', n) == NULL) {
		memcpy(ret, at, n);
		ret[n] = '\0';
	}
}

static void
add_error(struct making *making, const char *file, uint32_t line, uint32_t col,
    const char *local_code, const char *message)
{
	char text[256];
	size_t len;
	const char *bytes = bytes_of(making->pcase, file, &len);
	struct verdict_reason reason = { .local_code = local_code,
		.code = policy_error_code(local_code),
		.file = file,
		.line = line,
		.message = message };

	copy_line(bytes, len, line, text);
	reason.text = text;
	(void)cJSON_AddItemToArray(
	    making->rules, rule_new(file, line, col, text));
	add_reason(making, &reason);
}

static void
end_error(struct making *making)
{
	const struct verdict none = { .kind = VERDICT_ERROR };

	end(making, &none,
	    cJSON_Duplicate(cJSON_GetArrayItem(making->rules, 0), 1));
}

static void
fill_diag(struct making *making, const struct policy_diag *diag)
{
	begin(making, VERDICT_ERROR, policy_error_code(diag->local_code),
	    diag->local_code, REASON_MISCONFIGURED);
	add_error(making, diag->file, diag->line, diag->col, diag->local_code,
	    diag->text);
	end_error(making);
}

/* False: there is no error among the findings. */
static bool
fill_findings(
    struct making *making, const struct check_finding *findings, size_t n)
{
	bool is_begun = false;

	for (size_t i = 0; i < n; i++) {
		const struct check_finding *at = &findings[i];

		if (at->is_warning)
			continue;
		if (!is_begun)
			begin(making, VERDICT_ERROR,
			    policy_error_code(at->local_code), at->local_code,
			    REASON_MISCONFIGURED);
		is_begun = true;
		add_error(making, at->file, at->line, at->col, at->local_code,
		    at->text);
	}
	if (is_begun)
		end_error(making);
	return is_begun;
}

static void
fill_bad_facts(struct making *making)
{
	const struct verdict none = { .kind = VERDICT_ERROR };
	const struct verdict_reason reason = { .local_code = "bad_facts",
		.code = policy_error_code("bad_facts"),
		.message = making->pcase->bad_facts };

	begin(making, VERDICT_ERROR, reason.code, reason.local_code,
	    REASON_MISCONFIGURED);
	add_reason(making, &reason);
	end(making, &none, NULL);
}

static int
decide(struct making *making, const struct policy *policy)
{
	auto_verdict struct verdict verdict = { .kind = VERDICT_DENY };
	int r;

	if (making->pcase->bad_facts[0] != '\0') {
		fill_bad_facts(making);
		return WARDER_OK;
	}
	if ((r = policy_case_resolve(making->pcase, policy)) != 0 ||
	    (r = policy_decide(policy, &making->pcase->facts, &verdict)) != 0)
		return r;
	fill_verdict(making, &verdict);
	return WARDER_OK;
}

/* False: an error was found, and told. */
static int
check(struct making *making, const struct policy *policy, bool *ret_is_good)
{
	struct check_people people = policy_case_people(making->pcase);
	struct check_finding *findings = NULL;
	size_t n = 0;
	const struct facts *facts = &making->pcase->facts;
	int r = policy_check_at(policy, &people,
	    facts->clock.known ? &facts->clock.now_s : NULL, &findings, &n);

	if (r != 0)
		return r;
	*ret_is_good = !fill_findings(making, findings, n);
	free(findings);
	return WARDER_OK;
}

static int
make(struct making *making, bool is_checked)
{
	struct policy_case *pcase = making->pcase;
	const struct policy_source source = policy_case_source(pcase);
	auto_policy struct policy *policy = NULL;
	struct policy_diag diag;
	bool is_good = true;
	int r;

	r = policy_parse_set(
	    pcase->policy, pcase->policy_len, &source, &policy, &diag);
	if (r == WARDER_EFORM) {
		fill_diag(making, &diag);
		return WARDER_OK;
	}
	if (r != 0 ||
	    (is_checked && (r = check(making, policy, &is_good)) != 0))
		return r;
	return is_good ? decide(making, policy) : WARDER_OK;
}

static int
document_of(struct policy_case *pcase, bool is_checked, cJSON **ret_document)
{
	struct making making = { .pcase = pcase };
	int r;

	making.document = cJSON_CreateObject();
	if (making.document == NULL)
		return WARDER_ENOMEM;
	if ((r = make(&making, is_checked)) != 0) {
		cJSON_Delete(making.document);
		return r;
	}
	*ret_document = making.document;
	return WARDER_OK;
}

int
policy_document_make(struct policy_case *pcase, cJSON **ret_document)
{
	return document_of(pcase, true, ret_document);
}

int
policy_document_decide(struct policy_case *pcase, cJSON **ret_document)
{
	return document_of(pcase, false, ret_document);
}

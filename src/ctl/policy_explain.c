/* SPDX-License-Identifier: ISC */
/*
 * `warderctl policy explain --case FILE [--json]`: what is in the way, and
 * what would do. It asks nobody and changes nothing, so anybody may run it;
 * the exit code says that the question was answered.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ctl/explain_report.h"
#include "ctl/policy.h"
#include "ctl/vault.h"

static int
print_json(const struct explain_report *report)
{
	cJSON *document = explain_report_json(report);
	char *text = document == NULL ? NULL : cJSON_Print(document);
	int r = text == NULL ? EOF : text_put_json(stdout, text);

	cJSON_Delete(document);
	free(text);
	return r == EOF || fflush(stdout) != 0
	           ? ctl_fail(REASON_BUG, "it could not be printed")
	           : REASON_DONE;
}

static int
explain(struct policy_case *pcase, bool as_json)
{
	struct explain_report report;
	int r;

	if (explain_report_make(pcase, &report) != 0)
		return ctl_fail(REASON_BUG, "no memory");
	if (as_json) {
		r = print_json(&report);
	} else {
		explain_report_print(stdout, &report);
		r = fflush(stdout) != 0 || ferror(stdout)
		        ? ctl_fail(REASON_BUG, "it could not be printed")
		        : REASON_DONE;
	}
	explain_report_clear(&report);
	return r;
}

int
policy_explain_case(int argc, char **argv)
{
	const char *path = NULL;
	bool as_json = false;
	struct policy_case pcase;
	char *bytes = NULL, why[160] = "";
	size_t len;
	int r;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0 && !as_json)
			as_json = true;
		else if (strcmp(argv[i], "--case") == 0 && path == NULL &&
		         i + 1 < argc)
			path = argv[++i];
		else
			path = NULL, argc = 0;
	}
	if (path == NULL)
		return ctl_fail(REASON_USAGE,
		    "usage: warderctl policy explain --case FILE [--json]");
	if ((r = policy_read(path, &bytes, &len)) != REASON_DONE)
		return r;
	if (policy_case_parse(bytes, len, &pcase, why) != 0) {
		free(bytes);
		return ctl_fail(REASON_USAGE, "%s: %s", path,
		    why[0] == '\0' ? "no memory" : why);
	}
	free(bytes);
	r = explain(&pcase, as_json);
	policy_case_clear(&pcase);
	return r;
}

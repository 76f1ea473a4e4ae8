/* SPDX-License-Identifier: ISC */
/*
 * policy-eval: reads cases, one JSON object a line, on standard input and
 * prints the decision of each, one document a line. With --decide the checker
 * is left out: a policy that reads is decided by. For the tests.
 */
#include "config.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/policy_document.h"

static int
answer(const char *line, size_t len, bool is_checked)
{
	struct policy_case pcase;
	cJSON *document = NULL;
	char why[160] = "", *text = NULL;
	int r = policy_case_parse(line, len, &pcase, why);

	if (r != 0) {
		(void)fprintf(stderr, "no case: %s\n", why);
		return r;
	}
	r = is_checked ? policy_document_make(&pcase, &document)
	               : policy_document_decide(&pcase, &document);
	if (r == 0)
		text = cJSON_PrintUnformatted(document);
	if (text == NULL || puts(text) < 0)
		r = -1;
	free(text);
	cJSON_Delete(document);
	policy_case_clear(&pcase);
	return r;
}

int
main(int argc, char **argv)
{
	bool is_checked = !(argc == 2 && strcmp(argv[1], "--decide") == 0);
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	if (argc > 2 || (argc == 2 && is_checked)) {
		(void)fprintf(stderr, "usage: policy-eval [--decide]\n");
		return 2;
	}
	while ((len = getline(&line, &size, stdin)) > 0)
		if (answer(line, (size_t)len, is_checked) != 0) {
			free(line);
			return 1;
		}
	free(line);
	return fflush(stdout) == 0 ? 0 : 1;
}

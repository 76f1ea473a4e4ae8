/* SPDX-License-Identifier: ISC */
/*
 * `warderctl policy eval --case FILE`: what would be decided, and why. It
 * asks nobody and changes nothing, so anybody may run it anywhere; the exit
 * code says whether there was a decision, not which.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ctl/policy.h"
#include "ctl/policy_document.h"
#include "ctl/vault.h"

static int
print_document(struct policy_case *pcase)
{
	cJSON *document = NULL;
	char *text = NULL;
	int r = policy_document_make(pcase, &document);

	if (r == 0)
		text = cJSON_Print(document);
	cJSON_Delete(document);
	if (text == NULL)
		return ctl_fail(REASON_BUG, "no memory");
	r = text_put_json(stdout, text) == EOF || fflush(stdout) != 0
	        ? REASON_BUG
	        : REASON_DONE;
	free(text);
	return r;
}

int
policy_eval(int argc, char **argv)
{
	struct policy_case pcase;
	char *bytes = NULL, why[160] = "";
	size_t len;
	int r;

	if (argc != 3 || strcmp(argv[1], "--case") != 0)
		return ctl_fail(
		    REASON_USAGE, "usage: warderctl policy eval --case FILE");
	if ((r = policy_read(argv[2], &bytes, &len)) != REASON_DONE)
		return r;
	if (policy_case_parse(bytes, len, &pcase, why) != 0) {
		free(bytes);
		return ctl_fail(REASON_USAGE, "%s: %s", argv[2],
		    why[0] == '\0' ? "no memory" : why);
	}
	free(bytes);
	r = print_document(&pcase);
	policy_case_clear(&pcase);
	return r;
}

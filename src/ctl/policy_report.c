/* SPDX-License-Identifier: ISC */
/* What programs read of a check: every finding with its place and codes. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/text.h"
#include "ctl/policy_disk.h"
#include "ctl/policy_report.h"
#include "ctl/vault.h"

cJSON *
policy_report_new(void)
{
	cJSON *document = cJSON_CreateObject();
	char now[CLOCK_STAMP_SIZE];

	clock_stamp(now, clock_real_ms(), 0);
	(void)cJSON_AddStringToObject(document, "schema", "warderctl.policy/1");
	(void)cJSON_AddStringToObject(document, "now", now);
	(void)cJSON_AddArrayToObject(document, "errors");
	(void)cJSON_AddArrayToObject(document, "findings");
	return document;
}

static void
add(cJSON *document, const char *path, const struct check_finding *finding)
{
	cJSON *one = cJSON_CreateObject();

	(void)cJSON_AddStringToObject(
	    one, "level", finding->is_warning ? "warning" : "error");
	(void)cJSON_AddStringToObject(one, "topic", finding->local_code);
	(void)cJSON_AddStringToObject(
	    one, "code", policy_error_code(finding->local_code));
	(void)cJSON_AddStringToObject(one, "text", finding->text);
	(void)cJSON_AddStringToObject(one, "file", path);
	(void)cJSON_AddNumberToObject(one, "line", finding->line);
	(void)cJSON_AddNumberToObject(one, "col", finding->col);
	(void)cJSON_AddItemToArray(
	    cJSON_GetObjectItemCaseSensitive(document, "findings"), one);
}

void
policy_report_findings(
    cJSON *document, struct policy_disk *disk, const struct examined *examined)
{
	const struct policy_diag *diag = &examined->diag;
	struct check_finding first = { .line = diag->line,
		.col = diag->col,
		.local_code = diag->local_code };

	if (examined->policy == NULL) {
		(void)snprintf(
		    first.text, sizeof(first.text), "%.191s", diag->text);
		add(document, policy_disk_path(disk, diag->file), &first);
	}
	for (size_t i = 0; i < examined->n; i++)
		add(document,
		    policy_disk_path(disk, examined->findings[i].file),
		    &examined->findings[i]);
}

void
policy_report_error(cJSON *document, const char *file, const char *text)
{
	cJSON *one = cJSON_CreateObject();

	(void)cJSON_AddStringToObject(one, "file", file);
	(void)cJSON_AddStringToObject(one, "text", text);
	(void)cJSON_AddItemToArray(
	    cJSON_GetObjectItemCaseSensitive(document, "errors"), one);
}

int
policy_report_end(cJSON *document, int code)
{
	char *text;

	(void)cJSON_AddBoolToObject(document, "complete",
	    cJSON_GetArraySize(
	        cJSON_GetObjectItemCaseSensitive(document, "errors")) == 0);
	(void)cJSON_AddNumberToObject(document, "exit", code);
	text = cJSON_PrintUnformatted(document);
	cJSON_Delete(document);
	if (text == NULL)
		return ctl_fail(REASON_BUG, "no memory");
	(void)text_put_json(stdout, text);
	free(text);
	return code;
}

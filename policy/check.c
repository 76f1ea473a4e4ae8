/* SPDX-License-Identifier: ISC */
/*
 * The checker's frame: it collects what the parts find, puts it in the order
 * of the text, and knows the server's name for each kind of error.
 */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/check_build.h"

void
findings_add(struct findings *findings, uint32_t file, uint32_t line,
    uint32_t col, bool is_warning, const char *local_code, const char *format,
    ...)
{
	struct check_finding *at, *more;
	va_list args;

	/* Warnings leave room for errors. */
	if (findings->r != 0 || findings->n == CHECK_FINDINGS_MAX ||
	    (is_warning && findings->warnings == CHECK_WARNINGS_MAX))
		return;
	findings->warnings += is_warning;
	if (findings->n == findings->cap) {
		findings->cap = findings->cap == 0 ? 16 : 2 * findings->cap;
		more = realloc(findings->items, findings->cap * sizeof(*more));
		if (more == NULL) {
			findings->r = WARDER_ENOMEM;
			return;
		}
		findings->items = more;
	}
	at = &findings->items[findings->n++];
	*at =
	    (struct check_finding){ .file = findings->policy->files[file].name,
		    .file_at = file,
		    .line = line,
		    .col = col,
		    .is_warning = is_warning,
		    .local_code = local_code };
	va_start(args, format);
	(void)vsnprintf(at->text, sizeof(at->text), format, args);
	va_end(args);
}

static int
by_place(const void *a, const void *b)
{
	const struct check_finding *left = a, *right = b;

	if (left->file_at != right->file_at)
		return left->file_at < right->file_at ? -1 : 1;
	if (left->line != right->line)
		return left->line < right->line ? -1 : 1;
	if (left->col != right->col)
		return left->col < right->col ? -1 : 1;
	return strcmp(left->local_code, right->local_code);
}

/* Of an error and a warning about the same thing the error is told. */
static int
by_weight(const void *a, const void *b)
{
	const struct check_finding *left = a, *right = b;
	int order = by_place(a, b);

	return order != 0 ? order : left->is_warning - right->is_warning;
}

/* One and the same thing is said once. */
static void
drop_same(struct findings *findings)
{
	size_t kept = 0;

	for (size_t i = 0; i < findings->n; i++)
		if (kept == 0 || by_place(&findings->items[kept - 1],
		                     &findings->items[i]) != 0)
			findings->items[kept++] = findings->items[i];
	findings->n = kept;
}

static void
find_all(struct findings *findings, const struct check_people *people)
{
	const struct policy *policy = findings->policy;

	check_names(policy, findings);
	check_orgs(policy, findings);
	check_lists(policy, findings);
	check_cover(policy, findings);
	if (people != NULL && people->find != NULL)
		check_presence(policy, people, findings);
}

int
policy_check(const struct policy *policy, const struct check_people *people,
    struct check_finding **ret_findings, size_t *ret_n)
{
	return policy_check_at(policy, people, NULL, ret_findings, ret_n);
}

int
policy_check_at(const struct policy *policy, const struct check_people *people,
    const int64_t *now_s, struct check_finding **ret_findings, size_t *ret_n)
{
	struct findings findings = { .policy = policy, .now_s = now_s };

	findings.r = touches_make(&findings.touches, policy);
	findings.stamps =
	    calloc(policy->principals_n + 1, sizeof(*findings.stamps));
	if (findings.stamps == NULL)
		findings.r = WARDER_ENOMEM;
	if (findings.r == 0)
		find_all(&findings, people);
	touches_clear(&findings.touches);
	free(findings.stamps);
	if (findings.r != 0) {
		free(findings.items);
		return findings.r;
	}
	if (findings.n > 0)
		qsort(findings.items, findings.n, sizeof(*findings.items),
		    by_weight);
	drop_same(&findings);
	*ret_findings = findings.items;
	*ret_n = findings.n;
	return WARDER_OK;
}
const char *
policy_error_code(const char *local_code)
{
	static const struct {
		const char *local_code, *code;
	} codes[] = {
		{ "bad_role", "InvalidResourceRole.NotFound" },
		{ "unknown_user", "InvalidUser.ResourceMemberNotExists" },
		{ "unknown_group", "InvalidUser.ResourceMemberNotExists" },
		{ "no_owner", "InvalidUser.ResourceMemberCouldNotDeleteOwner" },
		{ "below_admin", "Forbidden.UserNotAdminOrOwner" },
	};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (strcmp(codes[i].local_code, local_code) == 0)
			return codes[i].code;
	return "InvalidParam.ParamNotPresent";
}

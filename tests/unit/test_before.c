/* SPDX-License-Identifier: ISC */
/*
 * From which commit a source's change begins: known only where the run
 * before has that very source, once.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "keeper/before.h"

#define ORG "5ebbc0228123212b59aaaaaa"
#define OLD "9b8a7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0b"
#define NEW "c4d2e9f07b1a3586d0e4f9a2b7c8135e6f0a9d42"
#define HOME "https://codeup.aliyun.com/" ORG "/shop/home"

static struct run_source sources[3];
static struct run_facts run;

static struct run_source
source(const char *repo, const char *branch, const char *commit)
{
	struct run_source made = { .branch = { .is_cut = false } };

	(void)snprintf(made.repo.text, sizeof(made.repo.text), "%s", repo);
	(void)snprintf(
	    made.branch.text, sizeof(made.branch.text), "%s", branch);
	(void)snprintf(made.commit, sizeof(made.commit), "%s", commit);
	return made;
}

static struct before
before(enum before_state state, size_t n)
{
	run.sources = sources;
	run.sources_n = n;
	return (struct before){ .state = state,
		.why = "runs",
		.run = state == BEFORE_FOUND ? &run : NULL };
}

static void
assert_from(const struct before *was, const char *repo, const char *branch,
    const char *want)
{
	const struct run_source now = source(repo, branch, NEW);
	char from[65];

	if (want == NULL) {
		assert_false(before_commit(was, ORG, &now, from));
		return;
	}
	assert_true(before_commit(was, ORG, &now, from));
	assert_string_equal(from, want);
}

static void
without_a_run_before_it_is_the_commit_alone(void **state)
{
	struct before none = before(BEFORE_NONE, 0);
	struct before unknown = before(BEFORE_UNKNOWN, 0);

	(void)state;
	assert_from(&none, HOME, "main", "");
	assert_from(&unknown, HOME, "main", NULL);
}

static void
the_source_of_that_address_is_the_one_before(void **state)
{
	struct before was = before(BEFORE_FOUND, 2);

	(void)state;
	sources[0] = source("https://git.example/other", "main", NEW);
	sources[1] = source(HOME ".git", "old-branch", OLD);
	/* With and without the ending it is one repository. */
	assert_from(&was, HOME, "main", OLD);
	assert_from(&was, "https://git.example/none", "main", "");
	sources[1] = source(HOME, "main", NEW);
	assert_from(&was, HOME, "main", "");
	sources[1] = source(HOME, "main", "");
	assert_from(&was, HOME, "main", NULL);
}

static void
of_several_the_branch_decides_or_nothing(void **state)
{
	struct before was = before(BEFORE_FOUND, 3);

	(void)state;
	sources[0] = source(HOME, "main", OLD);
	sources[1] = source(HOME, "release", NEW);
	sources[2] = source("https://git.example/other", "main", NEW);
	assert_from(&was, HOME, "main", OLD);
	assert_from(&was, HOME, "hotfix", NULL);
	sources[1] = source(HOME, "main", NEW);
	assert_from(&was, HOME, "main", NULL);
}

static void
a_cut_text_is_the_same_only_by_the_whole_of_it(void **state)
{
	struct run_text a = { "https://", true, { 1 } }, b = a;

	(void)state;
	assert_true(text_is_same(&a, &b));
	b.whole[0] = 2;
	assert_false(text_is_same(&a, &b));
	b = a;
	b.is_cut = false;
	assert_false(text_is_same(&a, &b));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_run_before_it_is_the_commit_alone),
		cmocka_unit_test(the_source_of_that_address_is_the_one_before),
		cmocka_unit_test(of_several_the_branch_decides_or_nothing),
		cmocka_unit_test(
		    a_cut_text_is_the_same_only_by_the_whole_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: ISC */
/*
 * What would turn a no into a yes. A way that is told and does not work sends
 * somebody at night to the wrong door, so each is applied here again and
 * decided by the decision itself, and every part of it as well.
 */
#include "config.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ctl/policy_case.h"
#include "tests/unit/explain_check.h"

#define NOW 1795586531 /* Wednesday 2026-11-25 14:02:11 in Shanghai */

static struct policy_case
read_case(const char *path)
{
	static char bytes[4u << 20];
	struct policy_case pcase;
	FILE *file = fopen(path, "re");
	char why[160];
	size_t len;

	assert_non_null(file);
	len = fread(bytes, 1, sizeof(bytes), file);
	assert_int_equal(fclose(file), 0);
	assert_true(len < sizeof(bytes));
	assert_int_equal(policy_case_parse(bytes, len, &pcase, why), 0);
	return pcase;
}

static struct policy *
policy_of(struct policy_case *pcase)
{
	const struct policy_source source = policy_case_source(pcase);
	struct policy *policy = NULL;
	struct policy_diag diag;

	if (policy_parse_set(
	        pcase->policy, pcase->policy_len, &source, &policy, &diag) != 0)
		return NULL;
	assert_int_equal(policy_case_resolve(pcase, policy), 0);
	return policy;
}

static int
is_json(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot != NULL && strcmp(dot, ".json") == 0;
}

static void
path_of(const char *folder, const char *name, char path[4096])
{
	const char *srcdir = getenv("srcdir");

	(void)snprintf(path, 4096, "%s/tests/policy/%s/%s",
	    srcdir == NULL ? "." : srcdir, folder, name);
}

static size_t
check_folder(const char *name)
{
	struct dirent **entries;
	char folder[4096], path[4096];
	size_t ways = 0;
	int n;

	path_of(name, "", folder);
	n = scandir(folder, &entries, is_json, alphasort);
	assert_true(n > 0);
	for (int i = 0; i < n; i++) {
		path_of(name, entries[i]->d_name, path);
		free(entries[i]);
		struct policy_case pcase = read_case(path);
		auto_policy struct policy *policy = policy_of(&pcase);

		if (policy != NULL && pcase.bad_facts[0] == '\0')
			ways += check_explained(policy, &pcase.facts);
		policy_freep(&policy);
		policy_case_clear(&pcase);
	}
	free(entries);
	return ways;
}

static void
ways_of_the_golden_cases_flip_and_no_part_does(void **state)
{
	(void)state;
	assert_true(check_folder("golden") >= 30);
}

static void
ways_of_the_own_cases_flip_and_no_part_does(void **state)
{
	(void)state;
	assert_true(check_folder("cases") >= 20);
}

/* One step of a generator of numbers that are the same on every host. */
static uint32_t
draw(uint32_t *seed, uint32_t n)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % n;
}

static void
scramble_gate(struct facts *facts, uint32_t *seed)
{
	static const char *const accounts[] = { NULL, "187700112233",
		"187700112266", "120300000001" };

	if (draw(seed, 5) == 0)
		facts->gate.newest = (enum fact)draw(seed, 3);
	if (draw(seed, 5) == 0)
		facts->gate.waiting_s.n = draw(seed, 100000);
	if (draw(seed, 5) == 0)
		facts->gate.trigger = (enum facts_trigger)draw(seed, 6);
	facts->gate.trigger_account = accounts[draw(seed, 4)];
	facts->gate.sources_known = draw(seed, 9) != 0;
}

static void
scramble(struct facts *facts, uint32_t *seed)
{
	static const char *const texts[] = { NULL, "", "short",
		"fix refund rounding, checked on staging", "INC-20991",
		"CHG-20934" };
	static const char *const sources[] = { NULL, "", "local", "10.8.3.4",
		"192.0.2.7" };
	static const char *const ttys[] = { NULL, "", "pts/3" };

	if (draw(seed, 2) == 0)
		facts->actor_uid.n = 2001 + draw(seed, 9);
	if (draw(seed, 3) == 0)
		facts->clock.now_s = NOW + (int64_t)draw(seed, 720) * 3600;
	if (draw(seed, 9) == 0)
		facts->clock.synced = (enum fact)draw(seed, 3);
	if (draw(seed, 5) == 0)
		facts->phase = (enum facts_phase)(1 + draw(seed, 2));
	if (draw(seed, 5) == 0)
		facts->verb = (enum facts_verb)(1 + draw(seed, 3));
	facts->request.ticket = texts[draw(seed, 6)];
	facts->request.pipeline = draw(seed, 2) == 0 ? "11222" : "10877";
	facts->request.break_glass =
	    facts->verb == VERB_PASS && draw(seed, 6) == 0 ? "night" : NULL;
	if (draw(seed, 4) == 0)
		facts->request.reason = texts[draw(seed, 6)];
	if (draw(seed, 4) == 0)
		facts->auth.level.n = draw(seed, 4);
	facts->auth.max_level.known = draw(seed, 2) == 0;
	facts->auth.max_level.n = draw(seed, 4);
	if (draw(seed, 4) == 0)
		facts->auth.age_s.n = draw(seed, 600);
	if (draw(seed, 5) == 0)
		facts->session.source = sources[draw(seed, 5)];
	if (draw(seed, 5) == 0)
		facts->session.tty = ttys[draw(seed, 3)];
	scramble_gate(facts, seed);
}

static void
ways_flip_whatever_the_facts(void **state)
{
	char path[4096];
	uint32_t seed = 20261125;
	size_t ways = 0;

	(void)state;
	path_of("golden", "003-sample-self-and-ticket.json", path);
	struct policy_case pcase = read_case(path);
	auto_policy struct policy *policy = policy_of(&pcase);

	assert_non_null(policy);
	for (int i = 0; i < 500; i++) {
		struct facts facts = pcase.facts;

		scramble(&facts, &seed);
		ways += check_explained(policy, &facts);
	}
	print_message("%zu ways\n", ways);
	assert_true(ways >= 500);
	policy_freep(&policy);
	policy_case_clear(&pcase);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    ways_of_the_golden_cases_flip_and_no_part_does),
		cmocka_unit_test(ways_of_the_own_cases_flip_and_no_part_does),
		cmocka_unit_test(ways_flip_whatever_the_facts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

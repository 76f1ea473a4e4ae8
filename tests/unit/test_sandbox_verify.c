/* SPDX-License-Identifier: ISC */
/*
 * What the sandbox's gateway remembers and how it reads a date; the edges of
 * the windows, which a test with the real clock cannot hit.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sandbox/nonce.h"
#include "sandbox/scenario.h"
#include "sandbox/verify.h"

static void
a_nonce_is_remembered_for_31_minutes(void **state)
{
	struct nonces *n = nonces_new();
	int64_t then = 1000000;

	(void)state;
	assert_true(nonces_spend(n, "a", then));
	assert_false(nonces_spend(n, "a", then));
	assert_true(nonces_spend(n, "b", then + 1));
	assert_false(nonces_spend(n, "a", then + NONCE_KEPT_MS - 1));
	assert_true(nonces_spend(n, "a", then + NONCE_KEPT_MS));
	assert_false(nonces_spend(n, "b", then + NONCE_KEPT_MS));
	nonces_freep(&n);
	assert_null(n);
}

static void
a_date_has_one_form_only(void **state)
{
	static const char *const bad[] = { "", "2026-01-02T03:04:05",
		"2026-01-02 03:04:05Z", "2026-01-02T03:04:05z",
		"2026-13-02T03:04:05Z", "2026-02-29T03:04:05Z",
		"2026-01-02T24:00:00Z", "2026-01-02T03:04:60Z",
		" 026-01-02T03:04:05Z", "2026-01-02T03:04:05ZZ",
		"+026-01-02T03:04:05Z", "2026-01-02T03:04: 5Z" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_true(verify_date_ms(bad[i]) < 0);
	assert_int_equal(verify_date_ms("2026-01-02T03:04:05Z"), 1767323045000);
	assert_int_equal(verify_date_ms("2024-02-29T23:59:59Z"), 1709251199000);
}

static void
an_id_is_a_number_of_up_to_63_bits(void **state)
{
	static const char *const bad[] = { "", "0", "01", "-1", "+1", " 1",
		"1 ", "1.0", "9223372036854775808", "10000000000000000000" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(text_is_id(bad[i]));
	assert_true(text_is_id("1"));
	assert_true(text_is_id("9223372036854775807"));
}

static void
a_scenario_that_is_not_understood_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"[]",
		"{}",
		"{\"keys\":[],\"organizations\":[]} x",
		"{\"keys\":[{}],\"organizations\":[]}",
		"{\"keys\":{},\"organizations\":[]}",
		"{\"keys\":[],\"organizations\":[],\"more\":1}",
		"{\"keys\":[],\"organizations\":[{\"id\":1}]}",
	};
	struct text why = { 0 };
	cJSON *tree;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_null(scenario_parse(bad[i], 0, &why));
		assert_true(why.len > 0);
	}
	tree = scenario_parse("{\"keys\":[],\"organizations\":[]}", 0, &why);
	assert_non_null(tree);
	cJSON_Delete(tree);
	text_free(&why);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_date_has_one_form_only),
		cmocka_unit_test(an_id_is_a_number_of_up_to_63_bits),
		cmocka_unit_test(a_scenario_that_is_not_understood_is_refused),
		cmocka_unit_test(a_nonce_is_remembered_for_31_minutes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

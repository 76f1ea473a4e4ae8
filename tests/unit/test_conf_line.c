/* SPDX-License-Identifier: ISC */
/* The one line of warder.conf that is changed, and all that is not. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ctl/conf_line.h"

static void
only_the_line_of_the_master_changes(void **state)
{
	static const struct {
		const char *was, *is;
	} cases[] = {
		{ "", "master file\n" },
		{ "master credential", "master file\n" },
		{ "a b\nmaster passphrase\nc d\n", "a b\nmaster file\nc d\n" },
		{ "a b\n \t master\tcredential # x\nc d",
		    "a b\nmaster file\nc d" },
		{ "# master credential\nmasters 3\n",
		    "# master credential\nmasters 3\nmaster file\n" },
		{ "a b", "a b\nmaster file\n" },
		{ "master\nmaster credential\n", "master\nmaster file\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *text = NULL;
		size_t len = 0;

		assert_int_equal(
		    conf_with_master(cases[i].was, strlen(cases[i].was),
		        CONF_MASTER_FILE, &text, &len),
		    0);
		assert_string_equal(text, cases[i].is);
		assert_int_equal(len, strlen(cases[i].is));
		free(text);
	}
}

static const char settings[] = "slots 9\nmaster file\nlist_age 1s\n";

static void
what_is_written_is_what_is_read(void **state)
{
	(void)state;
	for (int source = CONF_MASTER_CREDENTIAL;
	     source <= CONF_MASTER_PASSPHRASE; source++) {
		enum conf_master back = CONF_MASTER_NONE;
		struct conf conf;
		struct diag diag;
		char *text = NULL;
		size_t len = 0;

		assert_true(conf_master_parse(
		    conf_master_word((enum conf_master)source), &back));
		assert_int_equal(back, source);
		assert_int_equal(conf_with_master(settings, strlen(settings),
		                     back, &text, &len),
		    0);
		assert_int_equal(conf_parse(text, len, &conf, &diag), 0);
		assert_int_equal(conf.master, source);
		assert_int_equal(conf.slots, 9);
		assert_int_equal(conf.list_age_ms, 1000);
		free(text);
	}
}

static void
another_word_is_no_source(void **state)
{
	enum conf_master source = CONF_MASTER_NONE;

	(void)state;
	assert_false(conf_master_parse("", &source));
	assert_false(conf_master_parse("File", &source));
	assert_false(conf_master_parse("passphrases", &source));
	assert_int_equal(source, CONF_MASTER_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_line_of_the_master_changes),
		cmocka_unit_test(what_is_written_is_what_is_read),
		cmocka_unit_test(another_word_is_no_source),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

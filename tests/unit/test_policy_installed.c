/* SPDX-License-Identifier: ISC */
/* The file of the set in force: what does not read, and what it names. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "policy/installed.h"

/* printf '' | sha256sum */
#define HASH_NONE                                                              \
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static struct installed set;

static int
parse(const char *text)
{
	return installed_parse(text, strlen(text), &set);
}

static char *
print(size_t *ret_len)
{
	char *bytes = NULL;

	assert_int_equal(installed_print(&set, &bytes, ret_len), 0);
	return bytes;
}

static void
make(size_t n, const char *name, const char *bytes)
{
	struct installed_file *file = &set.files[n];

	assert_int_equal(text_copy(file->name, sizeof(file->name), name), 0);
	file->bytes = bytes;
	file->len = bytes == NULL ? 0 : strlen(bytes);
	set.n = n + 1;
}

static void
no_bytes_are_no_set(void **state)
{
	(void)state;
	assert_int_equal(installed_parse("", 0, &set), WARDER_EFORM);
	assert_int_equal(parse("policy"), WARDER_EFORM);
	assert_int_equal(parse("\n"), WARDER_EFORM);
}

static void
a_changed_byte_is_seen(void **state)
{
	size_t len;
	char *bytes;

	(void)state;
	make(0, "policy", "version 1\n");
	bytes = print(&len);
	assert_int_equal(installed_parse(bytes, len, &set), 0);
	for (size_t i = 0; i < len; i++) {
		bytes[i] ^= 1;
		assert_int_not_equal(installed_parse(bytes, len, &set), 0);
		assert_int_equal(set.n, 0);
		bytes[i] ^= 1;
	}
	bytes[len - 2] = '2';
	assert_int_equal(installed_parse(bytes, len, &set), WARDER_EBOX);
	free(bytes);
}

static void
a_cut_off_set_does_not_read(void **state)
{
	size_t len;
	char *bytes;

	(void)state;
	make(0, "policy", "version 1\n");
	bytes = print(&len);
	for (size_t i = 0; i < len; i++)
		assert_int_not_equal(installed_parse(bytes, i, &set), 0);
	free(bytes);
}

static void
bytes_behind_the_end_are_refused(void **state)
{
	size_t len;
	char *bytes, *more;

	(void)state;
	make(0, "policy", "version 1\n");
	bytes = print(&len);
	more = calloc(1, len + 2);
	assert_non_null(more);
	memcpy(more, bytes, len);
	more[len] = 'x';
	assert_int_equal(installed_parse(more, len + 1, &set), WARDER_ETRAIL);
	more[len] = '\0';
	assert_int_equal(installed_parse(more, len + 1, &set), WARDER_ETRAIL);
	more[len] = '\n';
	assert_int_equal(installed_parse(more, len + 1, &set), WARDER_EFORM);
	free(more);
	free(bytes);
}

static void
a_length_is_written_in_one_way(void **state)
{
	(void)state;
	assert_int_equal(parse(HASH_NONE " 0 policy\n"), 0);
	assert_int_equal(parse(HASH_NONE " 00 policy\n"), WARDER_EFORM);
	assert_int_equal(parse(HASH_NONE " +0 policy\n"), WARDER_EFORM);
	assert_int_equal(parse(HASH_NONE "  policy\n"), WARDER_EFORM);
	assert_int_equal(parse(HASH_NONE " 1 policy\n"), WARDER_EFORM);
	assert_int_equal(
	    parse(HASH_NONE " 99999999999999999999 policy\n"), WARDER_EFORM);
	assert_int_equal(parse(HASH_NONE " 0\n"), WARDER_EFORM);
	assert_int_equal(
	    parse("E3B0C44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b"
	          "7852b855 0 policy\n"),
	    WARDER_EFORM);
}

static void
the_main_file_comes_first_and_has_text(void **state)
{
	(void)state;
	assert_int_equal(parse(HASH_NONE " 0 other\n"), WARDER_EFORM);
	assert_int_equal(parse(HASH_NONE " - policy\n"), WARDER_EFORM);
	assert_int_equal(parse(HASH_NONE " 0 policy\n" HASH_NONE " 0 policy\n"),
	    WARDER_EFORM);
	assert_int_equal(
	    parse(HASH_NONE " 0 policy\n" HASH_NONE " - a/b.ics\n"), 0);
	assert_int_equal(set.n, 2);
	assert_null(set.files[1].bytes);
}

static void
a_name_leads_nowhere_else(void **state)
{
	static const char *const bad[] = { "/etc/shadow", "../x", "a/../b",
		"a//b", "a/", ".", "a/./b", "", "a\tb", "a\x1b[2J", "\xff",
		"a\xe2\x80\xae"
		"b" };
	char text[512];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		(void)snprintf(text, sizeof(text),
		    HASH_NONE " 0 policy\n" HASH_NONE " 0 %s\n", bad[i]);
		assert_int_equal(parse(text), WARDER_EFORM);
		make(0, "policy", "x");
		make(1, bad[i], "y");
		assert_int_equal(
		    installed_print(&set, &(char *){ NULL }, &(size_t){ 0 }),
		    WARDER_EFORM);
	}
}

static void
what_was_printed_reads_back_the_same(void **state)
{
	uint8_t hash[INSTALLED_HASH_LEN];
	size_t len, again_len;
	char *bytes, *again;

	(void)state;
	make(0, "policy", "version 1\ntimezone UTC");
	make(1, "policy.d/团队 a.policy", "");
	make(2, "calendars/cn.ics", NULL);
	bytes = print(&len);
	memcpy(hash, set.hash, sizeof(hash));
	assert_int_equal(installed_parse(bytes, len, &set), 0);
	assert_memory_equal(hash, set.hash, sizeof(hash));
	assert_int_equal(set.n, 3);
	assert_string_equal(set.files[1].name, "policy.d/团队 a.policy");
	assert_int_equal(set.files[0].len, 22);
	assert_memory_equal(set.files[0].bytes, "version 1\ntimezone UTC", 22);
	again = print(&again_len);
	assert_int_equal(again_len, len);
	assert_memory_equal(again, bytes, len);
	free(again);
	free(bytes);
}

/* printf '<hash of "version 1\n"> 10 policy\n' | sha256sum */
static void
the_set_is_named_by_its_lines(void **state)
{
	char hex[2 * INSTALLED_HASH_LEN + 1];
	size_t len;

	(void)state;
	make(0, "policy", "version 1\n");
	free(print(&len));
	hex_print(hex, set.hash, sizeof(set.hash));
	assert_string_equal(hex,
	    "5770a89f0bc4a2a994c178747a7baa2a00e1834c54bddeb55cff48592160e295");
}

static void
a_set_of_too_many_files_is_refused(void **state)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	assert_non_null(out);
	(void)fprintf(out, HASH_NONE " 0 policy\n");
	for (int i = 0; i < INSTALLED_FILES_MAX; i++)
		(void)fprintf(out, HASH_NONE " 0 f%d\n", i);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(installed_parse(text, len, &set), WARDER_ETRAIL);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_bytes_are_no_set),
		cmocka_unit_test(a_changed_byte_is_seen),
		cmocka_unit_test(a_cut_off_set_does_not_read),
		cmocka_unit_test(bytes_behind_the_end_are_refused),
		cmocka_unit_test(a_length_is_written_in_one_way),
		cmocka_unit_test(the_main_file_comes_first_and_has_text),
		cmocka_unit_test(a_name_leads_nowhere_else),
		cmocka_unit_test(what_was_printed_reads_back_the_same),
		cmocka_unit_test(the_set_is_named_by_its_lines),
		cmocka_unit_test(a_set_of_too_many_files_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: ISC */
/* What doctor makes of the files of PAM, logrotate and systemd. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "ctl/doctor.h"
#include "doctor_folder.h"

static void
expect_rotation(size_t ok, size_t warn, size_t bad)
{
	findings_forget();
	doctor_rotation(at("conf"), at("d"));
	expect_found(ok, warn, bad);
}

#define ROTATES WARDER_LOGDIR "/*.jsonl {\n weekly\n}\n"

static void
a_logrotate_that_cannot_be_read_is_not_ok(void **state)
{
	(void)state;
	expect_rotation(1, 0, 0); /* none is installed */
	assert_int_equal(mkdir(at("conf"), 0700), 0);
	expect_rotation(0, 1, 0);
	drop("conf");
	put("d", "no folder\n");
	expect_rotation(0, 1, 0);
	drop("d");
	assert_int_equal(mkdir(at("d"), 0700), 0);
	assert_int_equal(mkfifo(at("d/fifo"), 0600), 0);
	expect_rotation(0, 1, 0); /* and comes back from it */
	drop("d/fifo");
	put("d/large", "");
	assert_int_equal(truncate(at("d/large"), 2 << 20), 0);
	expect_rotation(0, 1, 0);
	drop("d/large");
	drop("d");
}

static void
what_logrotate_includes_is_read_and_what_it_leaves_out_is_not(void **state)
{
	char text[256];

	(void)state;
	assert_int_equal(mkdir(at("d"), 0700), 0);
	assert_int_equal(mkdir(at("more"), 0700), 0);
	put("d/old.dpkg-old", ROTATES);
	put("d/old~", ROTATES);
	put("d/.hidden", ROTATES);
	expect_rotation(1, 0, 0);
	put("d/new", ROTATES);
	expect_rotation(0, 0, 1);
	drop("d/new");
	put("more/one", ROTATES);
	(void)snprintf(text, sizeof(text), "weekly\ninclude %s\n", at("more"));
	put("conf", text);
	expect_rotation(0, 0, 1);
	drop("more/one");
	/* One that includes itself has an end all the same. */
	(void)snprintf(text, sizeof(text), "include %s\n", at("conf"));
	put("conf", text);
	expect_rotation(0, 1, 0);
	drop("conf");
	drop("d/old.dpkg-old");
	drop("d/old~");
	drop("d/.hidden");
	drop("d");
	drop("more");
}

static struct pam_facts
facts_of(const char *text)
{
	struct pam_facts facts;

	put("service", text);
	pam_service_look(folder, "service", &facts);
	drop("service");
	return facts;
}

/* As libpam puts lines together: each of these lets everybody in. */
static void
a_way_in_is_found_however_it_is_written(void **state)
{
	static const char *const open[] = {
		"auth sufficient \\\n pam_permit.so\nauth required "
		"pam_unix.so\n",
		"AUTH SUFFICIENT pam_permit.so\nauth required pam_unix.so\n",
		"auth [ success = done default=bad ] pam_permit.so\n"
		"auth required pam_unix.so\n",
		"auth [default=done] pam_permit.so\nauth required "
		"pam_unix.so\n",
		"auth [default=1] pam_permit.so\nauth required pam_unix.so\n",
		/* The end forgets a failure. */
		"auth sufficient pam_unix.so\nauth required pam_nologin.so\n",
		"auth requisite pam_faillock.so preauth\n"
		"auth sufficient pam_unix.so\nauth required pam_permit.so\n",
	};
	static const char *const shut[] = {
		"auth [success=1 default=ignore] pam_unix.so\n"
		"auth [default=die] pam_faillock.so authfail\n"
		"auth required pam_permit.so\n",
		"auth [success=done] pam_unix.so\nauth required "
		"pam_permit.so\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(open) / sizeof(open[0]); i++)
		if (facts_of(open[i]).way_in[0] == '\0')
			fail_msg("a way in: %s", open[i]);
	for (size_t i = 0; i < sizeof(shut) / sizeof(shut[0]); i++)
		if (facts_of(shut[i]).way_in[0] != '\0')
			fail_msg("no way in: %s", shut[i]);
}

static void
a_module_that_proves_nothing_does_not_ask(void **state)
{
	static const char *const idle[] = {
		"auth required pam_faillock.so preauth\nauth required "
		"pam_permit.so\n",
		"auth required pam_localuser.so\n",
		"auth required # pam_unix.so\n",
		"auth OPTIONAL pam_unix.so\n",
		"auth [default=ignore] pam_unix.so\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(idle) / sizeof(idle[0]); i++)
		if (facts_of(idle[i]).asks)
			fail_msg("asks: %s", idle[i]);
	assert_true(facts_of("auth required \\\npam_unix.so\n").asks);
	/* Of one that is in no list it is not known. */
	assert_false(facts_of("auth required pam_ours.so\n").asks);
	assert_string_equal(
	    facts_of("auth required pam_ours.so\n").unknown, "pam_ours.so");
}

static void
a_service_that_is_not_read_to_its_end_is_found(void **state)
{
	char text[4096];

	(void)state;
	assert_string_equal(facts_of("auth required pam_unix.so\n").unread, "");
	assert_string_equal(
	    facts_of("auth required pam_unix.so\n@include gone\n").unread,
	    "gone");
	assert_string_equal(
	    facts_of("auth include service\n").unread, "service");
	(void)snprintf(
	    text, sizeof(text), "auth required pam_unix.so %02000d\n", 1);
	assert_string_equal(facts_of(text).unread, "service");
	put("whole", "auth required pam_oath.so\n");
	(void)snprintf(text, sizeof(text), "@include %s\n", at("whole"));
	assert_true(facts_of(text).asks);
	assert_string_equal(facts_of(text).unread, "");
	drop("whole");
}

static void
a_service_that_others_can_change_is_found(void **state)
{
	struct pam_facts facts;

	(void)state;
	put("service", "@include common\n");
	put("common", "auth required pam_unix.so\n");
	pam_service_look(folder, "service", &facts);
	assert_string_equal(facts.loose, "");
	assert_int_equal(chmod(at("common"), 0664), 0);
	pam_service_look(folder, "service", &facts);
	assert_string_equal(facts.loose, at("common"));
	drop("service");
	/* warder-pam takes no link for it. */
	assert_int_equal(symlink("common", at("service")), 0);
	pam_service_look(folder, "service", &facts);
	assert_true(facts.is_there);
	assert_string_equal(facts.unread, "service");
	drop("service");
	drop("common");
}

static void
an_account_line_that_looks_at_nothing_is_found(void **state)
{
	(void)state;
	assert_true(facts_of("account required pam_permit.so\n").has_account);
	assert_false(facts_of("account required pam_permit.so\n").judges);
	assert_true(facts_of("account required pam_unix.so\n").judges);
	assert_false(facts_of("account optional pam_unix.so\n").judges);
}

#define UNIT DOCTOR_UNIT
#define LOADS "[Service]\nLoadCredential=warder.rootkey:/k\n"

static bool
is_handed_over(void)
{
	const char *const roots[] = { at("etc"), at("lib") };

	return doctor_unit_hands_over(roots, 2, "warder.rootkey");
}

/* What systemd does not read, or reads as taken back, hands nothing over. */
static void
units_are_read_as_systemd_does(void **state)
{
	(void)state;
	assert_false(is_handed_over());
	assert_int_equal(mkdir(at("etc"), 0700), 0);
	assert_int_equal(mkdir(at("lib"), 0700), 0);
	assert_int_equal(mkdir(at("etc/" UNIT ".d"), 0700), 0);
	assert_int_equal(mkdir(at("lib/" UNIT ".d"), 0700), 0);
	put("lib/" UNIT, LOADS);
	assert_true(is_handed_over());
	put("etc/" UNIT, "[Service]\n");
	assert_false(is_handed_over());
	put("lib/" UNIT ".d/k.conf", LOADS);
	assert_true(is_handed_over());
	put("etc/" UNIT ".d/z.conf", "[Service]\nLoadCredential=\n");
	assert_false(is_handed_over());
	drop("etc/" UNIT ".d/z.conf");
	assert_int_equal(symlink("/dev/null", at("etc/" UNIT ".d/k.conf")), 0);
	assert_false(is_handed_over());
	drop("etc/" UNIT ".d/k.conf");
	put("etc/" UNIT ".d/a.conf", "[Service]\nLoadCredential=\n");
	assert_true(is_handed_over());
	drop("etc/" UNIT ".d/a.conf");
	drop("lib/" UNIT ".d/k.conf");
	drop("etc/" UNIT ".d");
	drop("lib/" UNIT ".d");
	drop("etc/" UNIT);
	drop("lib/" UNIT);
	drop("etc");
	drop("lib");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_logrotate_that_cannot_be_read_is_not_ok),
		cmocka_unit_test(
		    what_logrotate_includes_is_read_and_what_it_leaves_out_is_not),
		cmocka_unit_test(a_way_in_is_found_however_it_is_written),
		cmocka_unit_test(a_module_that_proves_nothing_does_not_ask),
		cmocka_unit_test(
		    a_service_that_is_not_read_to_its_end_is_found),
		cmocka_unit_test(a_service_that_others_can_change_is_found),
		cmocka_unit_test(
		    an_account_line_that_looks_at_nothing_is_found),
		cmocka_unit_test(units_are_read_as_systemd_does),
	};

	return cmocka_run_group_tests(
	    tests, doctor_folder_make, doctor_folder_drop);
}

/* SPDX-License-Identifier: ISC */
/* Parts of warderctl that need no root: lines, endpoints, PAM files. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fd.h"
#include "ctl/doctor.h"
#include "ctl/key.h"
#include "ctl/rootfile.h"
#include "ctl/secret.h"

static char folder[] = "/tmp/warder-test-ctl-XXXXXX";

static int
setup(void **state)
{
	(void)state;
	return base_init() != 0 || mkdtemp(folder) == NULL ? -1 : 0;
}

static int
teardown(void **state)
{
	(void)state;
	return rmdir(folder);
}

static int
line_of(const char *bytes, size_t len, size_t max, struct blob **ret_line)
{
	auto_fd int out = -1, in = -1;
	int ends[2], r;

	assert_int_equal(pipe(ends), 0);
	in = ends[0];
	out = ends[1];
	assert_int_equal(write(out, bytes, len), (ssize_t)len);
	fd_closep(&out);
	r = secret_read_line(in, max, ret_line);
	return r;
}

static void
a_line_without_its_end_is_no_line(void **state)
{
	auto_blob struct blob *line = NULL;

	(void)state;
	assert_int_equal(line_of("", 0, 8, &line), WARDER_EOF);
	assert_int_equal(line_of("abc", 3, 8, &line), WARDER_ETRUNC);
	assert_int_equal(line_of("123456789\n", 10, 8, &line), WARDER_ETOOBIG);
	assert_null(line);
	assert_int_equal(line_of("12345678\nmore\n", 14, 8, &line), 0);
	assert_int_equal(blob_len(line), 8);
	assert_memory_equal(blob_data(line), "12345678", 8);
}

static void
an_empty_line_is_an_empty_word(void **state)
{
	auto_blob struct blob *line = NULL;

	(void)state;
	assert_int_equal(line_of("\n", 1, 8, &line), 0);
	assert_int_equal(blob_len(line), 0);
}

static void
only_names_and_loopback_are_endpoints(void **state)
{
	static const char *const bad[] = { "", "localhost", "10.0.0.1",
		"127.0.0.2", "127.0.0.1:0", "127.0.0.1:65536",
		"127.0.0.1:", "127.0.0.1:8443x", "[::2]", "[::1", "[::1]8443",
		"::1", "Devops.aliyuncs.com", "devops..com", ".devops.com",
		"devops.com.", "-a.com", "a-.com", "a.com-", "a.com/x",
		"a@b.com", "https://a.com", "a.com:443:1", "a.1", "a b.com" };
	static const char *const good[] = { "devops.cn-hangzhou.aliyuncs.com",
		"devops.cn-hangzhou.aliyuncs.com:443", "127.0.0.1",
		"127.0.0.1:8443", "[::1]", "[::1]:8443", "a.b", "1.example" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (key_is_endpoint(bad[i]))
			fail_msg("%s is no endpoint", bad[i]);
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (!key_is_endpoint(good[i]))
			fail_msg("%s is an endpoint", good[i]);
	}
}

/* A token that goes to a host of the other API is given away for nothing. */
static void
a_key_goes_to_a_host_of_its_own_api(void **state)
{
	static const struct {
		const char *endpoint;
		enum api key, token; /* API_NONE: refused */
	} cases[] = {
		{ "devops.cn-hangzhou.aliyuncs.com", API_SIGNED, API_NONE },
		{ "devops-vpc.cn-hangzhou.aliyuncs.com", API_SIGNED, API_NONE },
		{ "devops.aliyuncs.com:443", API_SIGNED, API_NONE },
		{ "openapi-rdc.aliyuncs.com", API_NONE, API_TOKEN },
		{ "openapi-rdc.aliyuncs.com:443", API_NONE, API_TOKEN },
		{ "shop.devops.aliyuncs.com", API_NONE, API_REGION },
		{ "shop.devops.aliyuncs.com:8443", API_NONE, API_REGION },
		{ "devops.aliyuncs.com.example", API_SIGNED, API_TOKEN },
		{ "127.0.0.1:8443", API_SIGNED, API_TOKEN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *endpoint = cases[i].endpoint;

		assert_int_equal(
		    key_api(SEAL_ACCESS_KEY, endpoint), cases[i].key);
		assert_int_equal(key_api(SEAL_STS, endpoint), cases[i].key);
		assert_int_equal(key_api(SEAL_TOKEN, endpoint), cases[i].token);
	}
}

static void
write_service(const char *name, const char *text)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void
remove_service(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(unlink(path), 0);
}

static void
a_service_that_lets_everybody_in_does_not_ask(void **state)
{
	static const char *const idle[] = { "", "# auth required pam_unix.so\n",
		"auth required pam_permit.so\n",
		"auth sufficient /usr/lib/security/pam_permit.so\n",
		"auth optional pam_unix.so\n", "account required pam_unix.so\n",
		"auth [default=ignore] pam_env.so\n", "auth required\n",
		"@include nowhere\n", "@include service\n",
		"auth include service\n" };
	static const char *const asking[] = { "auth required pam_unix.so\n",
		"auth\t[success=1 default=ignore]\tpam_unix.so nullok\n",
		"-auth requisite pam_oath.so\n",
		"auth required pam_permit.so\nauth required pam_oath.so\n",
		"@include other\n", "auth substack other\n" };

	(void)state;
	write_service("other", "auth required pam_unix.so\n");
	assert_false(pam_service_asks(folder, "service"));
	for (size_t i = 0; i < sizeof(idle) / sizeof(idle[0]); i++) {
		write_service("service", idle[i]);
		if (pam_service_asks(folder, "service"))
			fail_msg("asks: %s", idle[i]);
	}
	for (size_t i = 0; i < sizeof(asking) / sizeof(asking[0]); i++) {
		write_service("service", asking[i]);
		if (!pam_service_asks(folder, "service"))
			fail_msg("does not ask: %s", asking[i]);
	}
	assert_false(pam_service_asks(folder, "../service"));
	remove_service("service");
	remove_service("other");
}

static struct pam_facts
facts_of(const char *text)
{
	struct pam_facts facts;

	write_service("service", text);
	pam_service_look(folder, "service", &facts);
	remove_service("service");
	return facts;
}

/* warder-pam is root: pam_rootok says yes to everybody. */
static void
a_way_in_is_found(void **state)
{
	static const char *const open[] = {
		"auth sufficient pam_rootok.so\nauth required pam_unix.so\n",
		"auth sufficient pam_permit.so\nauth required pam_unix.so\n",
		"auth [success=done default=ignore] "
		"/lib/security/pam_rootok.so\n"
		"auth required pam_unix.so\n",
		"auth [success=2 default=ignore] pam_rootok.so\n"
		"auth requisite pam_unix.so\n",
		/* A failure of pam_unix is forgotten. */
		"auth sufficient pam_unix.so\nauth required pam_permit.so\n",
		"auth sufficient pam_unix.so\nauth sufficient pam_permit.so\n",
	};
	static const char *const shut[] = {
		"auth required pam_unix.so\nauth sufficient pam_permit.so\n",
		"auth requisite pam_unix.so\nauth required pam_permit.so\n",
		"auth [success=1 default=ignore] pam_unix.so\n"
		"auth requisite pam_deny.so\nauth required pam_permit.so\n",
		"auth required pam_permit.so\nauth required pam_oath.so\n",
		"auth sufficient pam_faillock.so authsucc\n",
		"account sufficient pam_permit.so\nauth required pam_unix.so\n",
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
a_service_without_an_account_line_is_found(void **state)
{
	(void)state;
	write_service("other", "account required pam_unix.so\n");
	assert_false(facts_of("auth required pam_unix.so\n").has_account);
	assert_false(facts_of("auth include other\n").has_account);
	assert_false(facts_of("# account required pam_unix.so\n").has_account);
	assert_true(facts_of("account required pam_unix.so\n").has_account);
	assert_true(facts_of("-account required pam_unix.so\n").has_account);
	assert_true(facts_of("account include other\n").has_account);
	assert_true(facts_of("@include other\n").has_account);
	remove_service("other");
}

static void
a_port_that_the_courier_may_not_reach_is_found(void **state)
{
	struct conf conf;

	(void)state;
	conf_defaults(&conf);
	assert_true(doctor_may_reach(&conf, "devops.example"));
	assert_true(doctor_may_reach(&conf, "devops.example:443"));
	assert_true(doctor_may_reach(&conf, "[::1]"));
	assert_true(doctor_may_reach(&conf, "[2001:db8::1]:443"));
	assert_false(doctor_may_reach(&conf, "127.0.0.1:8443"));
	(void)snprintf(conf.endpoint, sizeof(conf.endpoint), "[::1]:8443");
	assert_true(doctor_may_reach(&conf, "127.0.0.1:8443"));
	assert_false(doctor_may_reach(&conf, "127.0.0.1:8444"));
	(void)snprintf(conf.proxy, sizeof(conf.proxy), "http://p:3128");
	assert_true(doctor_may_reach(&conf, "127.0.0.1:8444"));
}

/* How much doctor says of a key, by level. */
static void
expect_key(
    const struct key_row *row, uint64_t now, size_t ok, size_t warn, size_t bad)
{
	struct conf conf;

	conf_defaults(&conf);
	findings_forget();
	doctor_key(&conf, row, now);
	assert_int_equal(findings_count(FINDING_OK), ok);
	assert_int_equal(findings_count(FINDING_WARN), warn);
	assert_int_equal(findings_count(FINDING_BAD), bad);
}

static void
an_old_key_is_found(void **state)
{
	const uint64_t day = 86400000;
	struct key_row row = { .e = SEAL_OK,
		.kind = SEAL_ACCESS_KEY,
		.created_ms = 1000 * day,
		.endpoint = "devops.example",
		.name = "shop" };

	(void)state;
	expect_key(&row, 1089 * day, 1, 0, 0);
	expect_key(&row, 1090 * day, 1, 1, 0);
	expect_key(&row, 900 * day, 1, 0, 0); /* a clock that was set back */
	row.not_after_ms = 1020 * day;
	expect_key(&row, 1001 * day, 1, 0, 0);
	expect_key(&row, 1007 * day, 1, 1, 0);
	row.not_after_ms = 0;
	row.e = SEAL_KEY_EXPIRED;
	expect_key(&row, 1001 * day, 0, 0, 1);
	row.e = SEAL_OK;
	(void)snprintf(row.endpoint, sizeof(row.endpoint), "a.example:8443");
	expect_key(&row, 1001 * day, 0, 0, 1);
	row.kind = SEAL_HOST;
	expect_key(&row, 9000 * day, 0, 0, 0);
}

static void
a_file_of_root_is_made_once(void **state)
{
	char path[128], text[8] = "";
	struct stat st;
	FILE *file;

	(void)state;
	snprintf(path, sizeof(path), "%s/file", folder);
	assert_int_equal(rootfile_make("relative", 0400, "a", 1), WARDER_EBUG);
	assert_int_equal(rootfile_make(path, 0400, "one", 3), 0);
	assert_int_equal(rootfile_make(path, 0644, "two", 3), WARDER_EEXIST);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0400);
	assert_int_equal(st.st_nlink, 1);
	assert_int_equal(rootfile_replace(path, 0644, "two", 3), 0);
	file = fopen(path, "r");
	assert_non_null(file);
	assert_int_equal(fread(text, 1, sizeof(text), file), 3);
	fclose(file);
	assert_string_equal(text, "two");
	assert_int_equal(unlink(path), 0);
}

static bool
rotates(const char *text)
{
	FILE *file = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	bool is_found;

	assert_non_null(file);
	is_found = doctor_rotates_ledger(file);
	(void)fclose(file);
	return is_found;
}

static void
a_logrotate_that_means_the_ledger_is_found(void **state)
{
	(void)state;
	assert_true(
	    rotates(WARDER_LOGDIR "/ledger.jsonl {\n copytruncate\n}\n"));
	assert_true(
	    rotates("/a.log /b.log\n" WARDER_LOGDIR "/*.jsonl\n{\n}\n"));
	assert_true(rotates("\"" WARDER_LOGDIR "/ledger.*\" {"));
	assert_true(rotates(WARDER_LOGDIR "/*{"));
	assert_true(rotates("weekly\n" WARDER_LOGDIR "/ledger.checkpoints{"));
	assert_false(
	    rotates("/var/log/syslog\n/var/log/*.log\n{\nweekly\n}\n"));
	assert_false(rotates("# " WARDER_LOGDIR "/ledger.jsonl\n"));
	assert_false(rotates("include /etc/logrotate.d\n"));
	assert_false(rotates("x"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_without_its_end_is_no_line),
		cmocka_unit_test(an_empty_line_is_an_empty_word),
		cmocka_unit_test(only_names_and_loopback_are_endpoints),
		cmocka_unit_test(a_key_goes_to_a_host_of_its_own_api),
		cmocka_unit_test(a_service_that_lets_everybody_in_does_not_ask),
		cmocka_unit_test(a_way_in_is_found),
		cmocka_unit_test(a_service_without_an_account_line_is_found),
		cmocka_unit_test(
		    a_port_that_the_courier_may_not_reach_is_found),
		cmocka_unit_test(an_old_key_is_found),
		cmocka_unit_test(a_logrotate_that_means_the_ledger_is_found),
		cmocka_unit_test(a_file_of_root_is_made_once),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

/* SPDX-License-Identifier: ISC */
/* Addresses of repositories: whoever sets up a pipeline writes them. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "yunxiao/codeup.h"
#include "yunxiao/request.h"

#define O "5ebbc0228123212b59aaaaaa"
#define SHA "9b8a7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0b"

static enum codeup_kind
parse(const char *address, char path[CODEUP_PATH_MAX + 1])
{
	memset(path, 'x', CODEUP_PATH_MAX);
	path[CODEUP_PATH_MAX] = '\0';
	return codeup_parse(address, O, path);
}

static void
each_form_of_an_address_is_known(void **state)
{
	static const char *const forms[] = {
		"https://codeup.aliyun.com/" O "/shop/web-home.git",
		"https://codeup.aliyun.com/" O "/shop/web-home",
		"HTTPS://CodeUp.Aliyun.COM/" O "/shop/web-home.git",
		"git@codeup.aliyun.com:" O "/shop/web-home.git",
		"git@codeup.aliyun.com:" O "/shop/web-home",
		"ssh://git@codeup.aliyun.com/" O "/shop/web-home.git",
	};
	char path[CODEUP_PATH_MAX + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		assert_int_equal(parse(forms[i], path), CODEUP_HERE);
		assert_string_equal(path, O "/shop/web-home");
	}
	assert_int_equal(
	    parse("https://codeup.aliyun.com/" O "/a.b/c_d/e.git.git", path),
	    CODEUP_HERE);
	assert_string_equal(path, O "/a.b/c_d/e.git");
}

static void
another_organization_is_not_ours(void **state)
{
	static const char *const others[] = {
		"https://codeup.aliyun.com/5ebbc0228123212b59bbbbbb/shop/x.git",
		"https://codeup.aliyun.com/5ebbc0228123212b59aaaaa/shop/x.git",
		"https://codeup.aliyun.com/" O "0/shop/x.git",
		"git@codeup.aliyun.com:shop/" O "/x.git",
	};
	char path[CODEUP_PATH_MAX + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		assert_int_equal(parse(others[i], path), CODEUP_FOREIGN);
		assert_string_equal(path, "");
	}
}

static void
another_host_is_elsewhere(void **state)
{
	static const char *const hosts[] = {
		"https://github.com/" O "/x.git",
		"https://gitlab.example.com:8443/a/b.git",
		"git@gitee.com:a/b.git",
		"ssh://git@example.com/a/b.git",
		"http://example.com/a/b.git",
		"ssh://example.com/a/b.git",
		"https://evil.codeup.aliyun.com/" O "/x",
	};
	char path[CODEUP_PATH_MAX + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		assert_int_equal(parse(hosts[i], path), CODEUP_ELSEWHERE);
		assert_string_equal(path, "");
	}
}

/* Each of them could make of the call that is signed another one. */
static void
a_hostile_address_is_none(void **state)
{
	static const char *const hostile[] = {
		"",
		"codeup.aliyun.com/" O "/shop/x",
		"https://codeup.aliyun.com",
		"https://codeup.aliyun.com/",
		"https://codeup.aliyun.com/" O,
		"https://codeup.aliyun.com/" O "/",
		"https://codeup.aliyun.com/" O "/.git",
		"https://codeup.aliyun.com/" O "/shop/",
		"https://codeup.aliyun.com/" O "//shop/x",
		"https://codeup.aliyun.com//" O "/shop/x",
		"https://codeup.aliyun.com/" O "/../shop/x",
		"https://codeup.aliyun.com/" O "/shop/..",
		"https://codeup.aliyun.com/" O "/./x",
		"https://codeup.aliyun.com/" O "/...",
		"https://codeup.aliyun.com/" O "/shop%2Fx",
		"https://codeup.aliyun.com/" O "/shop/x?a=b",
		"https://codeup.aliyun.com/" O "/shop/x#a",
		"https://codeup.aliyun.com/" O "/shop/x&to=1",
		"https://codeup.aliyun.com/" O "/shop\\x",
		"https://codeup.aliyun.com/" O "/shop/x y",
		"https://codeup.aliyun.com/" O "/shop/x\n",
		"https://codeup.aliyun.com/" O "/\xe5\x95\x86/x",
		"https://codeup.aliyun.com:443/" O "/shop/x",
		"https://codeup.aliyun.com.evil.example/" O "/shop/x",
		"https://codeup.aliyun.com@evil.example/" O "/shop/x",
		"https://user@codeup.aliyun.com/" O "/shop/x",
		"https://user:word@codeup.aliyun.com/" O "/shop/x",
		"http://codeup.aliyun.com/" O "/shop/x",
		"ssh://codeup.aliyun.com/" O "/shop/x",
		"ssh://git@codeup.aliyun.com:22/" O "/shop/x",
		"ssh://root@codeup.aliyun.com/" O "/shop/x",
		"git@codeup.aliyun.com/" O "/shop/x",
		"file:///" O "/shop/x",
		" https://codeup.aliyun.com/" O "/shop/x",
	};
	char path[CODEUP_PATH_MAX + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		assert_int_equal(parse(hostile[i], path), CODEUP_NONE);
		assert_string_equal(path, "");
	}
}

static void
a_long_address_is_none(void **state)
{
	char address[400] = "https://codeup.aliyun.com/" O "/";
	char path[CODEUP_PATH_MAX + 1];
	size_t head = strlen(address), room = CODEUP_PATH_MAX - strlen(O) - 1;

	(void)state;
	memset(address + head, 'a', room);
	assert_int_equal(parse(address, path), CODEUP_HERE);
	assert_int_equal(strlen(path), CODEUP_PATH_MAX);
	address[head + room] = 'a';
	assert_int_equal(parse(address, path), CODEUP_NONE);
}

static void
many_parts_are_none(void **state)
{
	char address[400] = "https://codeup.aliyun.com/" O;
	char path[CODEUP_PATH_MAX + 1];

	(void)state;
	for (int i = 0; i < 19; i++)
		strncat(address, "/a", sizeof(address) - strlen(address) - 1);
	assert_int_equal(parse(address, path), CODEUP_HERE);
	strncat(address, "/a", sizeof(address) - strlen(address) - 1);
	assert_int_equal(parse(address, path), CODEUP_NONE);
}

static struct call_args
usual(void)
{
	return (struct call_args){ .ids = { O, "", "", "" },
		.repository = O "/shop/web-home",
		.repository_id = "2835387",
		.commit = SHA,
		.from = "51f3b8a09c7d2e46f18a0b3c5d7e9f2461a8c0de" };
}

static const struct {
	enum api api;
	enum call call;
	const char *action, *target;
} wanted[] = {
	{ API_SIGNED, CALL_REPOSITORY, "GetRepository",
	    "/repository/get?identity=" O "%2Fshop%2Fweb-home"
	    "&organizationId=" O },
	{ API_SIGNED, CALL_COMMIT, "GetRepositoryCommit",
	    "/repository/2835387/commits/" SHA "?organizationId=" O
	    "&showSignature=true" },
	{ API_SIGNED, CALL_COMPARE, "GetCompareDetail",
	    "/repository/2835387/commits/compare/detail"
	    "?from=51f3b8a09c7d2e46f18a0b3c5d7e9f2461a8c0de"
	    "&maxDiffByte=10240&maxDiffFile=200&mergeBase=false"
	    "&organizationId=" O "&to=" SHA },
	{ API_TOKEN, CALL_COMMIT, NULL,
	    "/oapi/v1/codeup/organizations/" O "/repositories/" O
	    "%2Fshop%2Fweb-home/commits/" SHA },
	{ API_TOKEN, CALL_COMPARE, NULL,
	    "/oapi/v1/codeup/organizations/" O "/repositories/" O
	    "%2Fshop%2Fweb-home/compares"
	    "?from=51f3b8a09c7d2e46f18a0b3c5d7e9f2461a8c0de"
	    "&straight=true&to=" SHA },
	{ API_REGION, CALL_COMMIT, NULL,
	    "/oapi/v1/codeup/repositories/" O
	    "%2Fshop%2Fweb-home/commits/" SHA },
	{ API_REGION, CALL_COMPARE, NULL,
	    "/oapi/v1/codeup/repositories/" O "%2Fshop%2Fweb-home/compares"
	    "?from=51f3b8a09c7d2e46f18a0b3c5d7e9f2461a8c0de"
	    "&straight=true&to=" SHA },
};

static void
each_call_of_codeup_has_its_path(void **state)
{
	struct call_args args = usual();
	struct request request;

	(void)state;
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		assert_int_equal(request_build(wanted[i].api, wanted[i].call,
		                     &args, &request),
		    0);
		assert_string_equal(request.target, wanted[i].target);
		assert_string_equal(request.method, "GET");
		if (wanted[i].action == NULL)
			assert_null(request.action);
		else
			assert_string_equal(request.action, wanted[i].action);
	}
	assert_int_equal(
	    request_build(API_TOKEN, CALL_REPOSITORY, &args, &request),
	    WARDER_ETYPE);
}

/* The longest path that an address may have still makes a call. */
static void
the_longest_path_fits(void **state)
{
	char path[CODEUP_PATH_MAX + 1] = O;
	struct call_args args = usual();
	struct request request;

	(void)state;
	memset(path + strlen(O), 'a', CODEUP_PATH_MAX - strlen(O));
	for (int i = 0; i < 19; i++)
		path[strlen(O) + 2 * (size_t)i] = '/';
	args.repository = path;
	args.commit = "00000000000000000000000000000000"
	              "00000000000000000000000000000000";
	assert_int_equal(
	    request_build(API_TOKEN, CALL_COMMIT, &args, &request), 0);
	assert_int_equal(
	    request_build(API_SIGNED, CALL_REPOSITORY, &args, &request), 0);
}

static void
what_was_not_checked_is_not_called(void **state)
{
	static const char *const paths[] = { NULL, "", O, O "/", O "/../x",
		O "/a b", O "/a%2fb", O "/a?b", "/" O "/a" };
	static const char *const numbers[] = { NULL, "", "0", "01", "1/..",
		"-1", "1e3", "9223372036854775808" };
	static const char *const commits[] = { NULL, "", "main", "HEAD",
		"9B8A7C6D5E4F3A2B1C0D9E8F7A6B5C4D3E2F1A0B",
		"9b8a7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0",
		"9b8a7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0/" };
	struct request request = { .query_n = 77 };
	struct call_args args;

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		args = usual();
		args.repository = paths[i];
		assert_int_equal(
		    request_build(API_SIGNED, CALL_REPOSITORY, &args, &request),
		    WARDER_EFORM);
		assert_int_equal(
		    request_build(API_TOKEN, CALL_COMMIT, &args, &request),
		    WARDER_EFORM);
	}
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		args = usual();
		args.repository_id = numbers[i];
		assert_int_equal(
		    request_build(API_SIGNED, CALL_COMMIT, &args, &request),
		    WARDER_EFORM);
	}
	for (size_t i = 0; i < sizeof(commits) / sizeof(commits[0]); i++) {
		args = usual();
		args.commit = commits[i];
		assert_int_equal(
		    request_build(API_SIGNED, CALL_COMMIT, &args, &request),
		    WARDER_EFORM);
		args = usual();
		args.from = commits[i];
		assert_int_equal(
		    request_build(API_TOKEN, CALL_COMPARE, &args, &request),
		    WARDER_EFORM);
	}
	assert_int_equal(request.query_n, 77);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_form_of_an_address_is_known),
		cmocka_unit_test(another_organization_is_not_ours),
		cmocka_unit_test(another_host_is_elsewhere),
		cmocka_unit_test(a_hostile_address_is_none),
		cmocka_unit_test(a_long_address_is_none),
		cmocka_unit_test(many_parts_are_none),
		cmocka_unit_test(each_call_of_codeup_has_its_path),
		cmocka_unit_test(the_longest_path_fits),
		cmocka_unit_test(what_was_not_checked_is_not_called),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

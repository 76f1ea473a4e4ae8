/* SPDX-License-Identifier: ISC */
/* What people paste: secrets first, then strangers, then gates. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "yunxiao/url.h"

struct refusal {
	const char *text;
	enum gate_form_error e;
};

static void
refused(const struct refusal *list, size_t n)
{
	static const struct gate_text_given zero;

	for (size_t i = 0; i < n; i++) {
		struct gate_text_given given;
		enum gate_form_error e;

		memset(&given, 0x5a, sizeof(given));
		e = gate_text_parse(list[i].text, &given);
		if (e != list[i].e)
			fail_msg("%s: %d, not %d", list[i].text, e, list[i].e);
		assert_memory_equal(&given, &zero, sizeof(zero));
		assert_null(strstr(gate_form_text(e), "SECRET"));
	}
}
#define REFUSED(list) refused(list, sizeof(list) / sizeof(list[0]))

static void
refused_all(const char *const *list, size_t n, enum gate_form_error e)
{
	for (size_t i = 0; i < n; i++)
		refused(&(struct refusal){ list[i], e }, 1);
}
#define REFUSED_ALL(list, e)                                                   \
	refused_all(list, sizeof(list) / sizeof(list[0]), e)

static void
a_secret_is_refused_and_nothing_of_it_is_kept(void **state)
{
	static const struct refusal list[] = {
		{ "https://flow-openapi.aliyun.com/pipeline/webhook/SECRET",
		    GATE_FORM_WEBHOOK },
		{ "FLOW-OPENAPI.ALIYUN.COM/x", GATE_FORM_WEBHOOK },
		{ "http://example.org/a/webhook/SECRET", GATE_FORM_WEBHOOK },
		{ "https://flow.aliyun.com/Webhook", GATE_FORM_WEBHOOK },
		{ "https://flow.aliyun.com/pipelines/5?AccessKeyId=SECRET",
		    GATE_FORM_CREDENTIAL },
		{ "x?accesskeyid=SECRET", GATE_FORM_CREDENTIAL },
		{ "https://a/?Signature=SECRET", GATE_FORM_CREDENTIAL },
		{ "ACS3-HMAC-SHA256 Credential=SECRET", GATE_FORM_CREDENTIAL },
		{ "LTAI5tSECRETSECRET", GATE_FORM_CREDENTIAL },
		{ "shop/LTAI5tSECRET/1", GATE_FORM_CREDENTIAL },
		{ "pt-SECRETSECRET", GATE_FORM_CREDENTIAL },
		{ "https://flow.aliyun.com/pipelines/5#pt-SECRET",
		    GATE_FORM_CREDENTIAL },
		/* Wherever it stands, and whatever else is wrong. */
		{ "https://a:b@flow-openapi.aliyun.com:443/%2f\\SECRET",
		    GATE_FORM_WEBHOOK },
		{ "https://flow-openapi.aliyun.com.evil.org/SECRET",
		    GATE_FORM_WEBHOOK },
		{ "see https://flow-openapi.aliyun.com/pipeline/SECRET",
		    GATE_FORM_WEBHOOK },
		{ "https://flow.aliyun.com/pipelines/5/WEBHOOK?SECRET",
		    GATE_FORM_WEBHOOK },
		{ "/webhook/SECRET", GATE_FORM_WEBHOOK },
		{ "ftp://x/webhook#SECRET", GATE_FORM_WEBHOOK },
		{ "https://LTAI5tSECRET:SECRET@flow.aliyun.com/pipelines/5",
		    GATE_FORM_CREDENTIAL },
		{ "https://x:pt-SECRET@flow.aliyun.com/pipelines/5",
		    GATE_FORM_CREDENTIAL },
		{ "https://flow.aliyun.com/pipelines/5/builds/7?x=LTAI5tSECRET",
		    GATE_FORM_CREDENTIAL },
		{ "https://flow.aliyun.com/pipelines/5/builds/7?x&signature=S",
		    GATE_FORM_CREDENTIAL },
		{ "Authorization: acs3-hmac-SHA256 SECRET",
		    GATE_FORM_CREDENTIAL },
		{ "x-yunxiao-token:pt-SECRET", GATE_FORM_CREDENTIAL },
		{ "\"pt-SECRET\"", GATE_FORM_CREDENTIAL },
		{ "x\npt-SECRET\xff", GATE_FORM_CREDENTIAL },
		/* Both at once: either sentence keeps it. */
		{ "https://flow-openapi.aliyun.com/webhook/pt-SECRET",
		    GATE_FORM_CREDENTIAL },
	};

	(void)state;
	REFUSED(list);
}

/* Near the words for a secret, and none. */
static void
a_word_that_only_holds_these_letters_is_no_secret(void **state)
{
	static const char *const list[] = {
		"shop/opt-out/12",
		"shop/LTAI/12",
		"shop/pt-/12",
		"shop/my-pt-app/12",
		"shop/XLTAI5t/12",
		"shop/webhooks/12",
		"shop/my.webhook/12",
		"https://flow.aliyun.com/pipelines/5?tab=webhook",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		struct gate_text_given given;

		if (gate_text_parse(list[i], &given) != GATE_FORM_OK)
			fail_msg("%s", list[i]);
	}
}

/* What nobody can know for a secret is left out of what is kept. */
static void
nothing_is_kept_of_what_is_ignored(void **state)
{
	static const char *const list[] = {
		"https://flow.aliyun.com/pipelines/5?code=SECRET",
		"https://flow.aliyun.com/pipelines/5/builds/7#SECRET",
		"https://flow.aliyun.com/pipelines/5#?organizationId=SECRET",
		"https://rdc.aliyun.com/ec/pipelines/5?k=SECRET&build=7#SECRET",
		"https://devops.aliyun.com/organization/5ebb/SECRET?SECRET",
		"https://codeup.aliyun.com/5ebb/SECRET",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		struct gate_text_given given;
		const char *bytes = (const char *)&given;
		enum gate_form_error e;

		memset(&given, 0x5a, sizeof(given));
		e = gate_text_parse(list[i], &given);
		assert_true(e == GATE_FORM_OK || e == GATE_FORM_NOGATE);
		for (size_t k = 0; k + 6 <= sizeof(given); k++)
			assert_memory_not_equal(bytes + k, "SECRET", 6);
	}
}

static void
other_hosts_and_pages_are_refused(void **state)
{
	static const struct refusal list[] = {
		{ "", GATE_FORM_EMPTY },
		{ "https://flow.aliyun.com.evil.org/pipelines/5",
		    GATE_FORM_HOST },
		{ "https://evil.org/pipelines/5", GATE_FORM_HOST },
		{ "evil.org/pipelines/5/builds/7", GATE_FORM_HOST },
		{ "https://flow.aliyun.com@evil.org/pipelines/5",
		    GATE_FORM_USER },
		{ "https://me@flow.aliyun.com/pipelines/5", GATE_FORM_USER },
		{ "https://flow.aliyun.com:443/pipelines/5", GATE_FORM_USER },
		{ "https://flow.aliyun.com/pipelines/5%2f", GATE_FORM_USER },
		{ "https://flow.aliyun.com\\pipelines\\5", GATE_FORM_USER },
		{ "ftp://flow.aliyun.com/pipelines/5", GATE_FORM_SCHEME },
		{ "file:///etc/passwd", GATE_FORM_SCHEME },
		{ "https://flow.aliyun.com", GATE_FORM_PATHTAIL },
		{ "https://flow.aliyun.com/pipelines", GATE_FORM_PATHTAIL },
		{ "https://flow.aliyun.com/pipelines/5/edit",
		    GATE_FORM_PATHTAIL },
		{ "https://flow.aliyun.com/pipelines/5/builds/7/x",
		    GATE_FORM_PATHTAIL },
		{ "https://flow.aliyun.com//pipelines/5", GATE_FORM_PATHTAIL },
		{ "https://flow.aliyun.com/pipelines/05", GATE_FORM_ID },
		{ "https://flow.aliyun.com/pipelines/5/builds/latest",
		    GATE_FORM_ID },
		{ "https://rdc.aliyun.com/ec/pipelines/5?build=",
		    GATE_FORM_ID },
		{ "https://rdc.aliyun.com/ec/pipelines/5?build=1&build=1",
		    GATE_FORM_QUERY },
		{ "https://flow.aliyun.com/pipelines/5/builds/7?build=8",
		    GATE_FORM_QUERY },
		{ "https://devops.aliyun.com/organization/a?organizationId=b",
		    GATE_FORM_QUERY },
	};

	(void)state;
	REFUSED(list);
}

/* A host is exactly one of the vendor's, and there is nothing beside it. */
static void
what_only_looks_like_the_host_is_refused(void **state)
{
	static const struct refusal list[] = {
		{ "https://flow.aliyun.com./pipelines/5", GATE_FORM_HOST },
		{ "https://.flow.aliyun.com/pipelines/5", GATE_FORM_HOST },
		{ "https://www.flow.aliyun.com/pipelines/5", GATE_FORM_HOST },
		{ "https://xflow.aliyun.com/pipelines/5", GATE_FORM_HOST },
		{ "https://aliyun.com/pipelines/5", GATE_FORM_HOST },
		{ "flow.aliyun.com.evil.org/pipelines/5/builds/7",
		    GATE_FORM_HOST },
		{ "https://fl\xd0\xbew.aliyun.com/pipelines/5",
		    GATE_FORM_HOST },
		{ "https://evil.org/https://flow.aliyun.com/pipelines/5",
		    GATE_FORM_HOST },
		{ "https:///pipelines/5", GATE_FORM_HOST },
		{ "https://", GATE_FORM_HOST },
		{ "https://evil.org?flow.aliyun.com/pipelines/5",
		    GATE_FORM_HOST },
		{ "https://evil.org#@flow.aliyun.com/pipelines/5",
		    GATE_FORM_HOST },
		{ "https://https://flow.aliyun.com/pipelines/5",
		    GATE_FORM_USER },
		{ "https:flow.aliyun.com/pipelines/5", GATE_FORM_USER },
		{ "https:/flow.aliyun.com/pipelines/5", GATE_FORM_USER },
		{ "//flow.aliyun.com/pipelines/5/builds/7", GATE_FORM_SHAPE },
		{ "flow.aliyun.com:443/pipelines/5", GATE_FORM_USER },
		{ "me@flow.aliyun.com/pipelines/5", GATE_FORM_USER },
		{ "https://me:SECRET@flow.aliyun.com/pipelines/5",
		    GATE_FORM_USER },
		{ "https://@flow.aliyun.com/pipelines/5", GATE_FORM_USER },
		{ "https://flow.aliyun.com:/pipelines/5", GATE_FORM_USER },
		{ "https://flow.aliyun.com/%70ipelines/5", GATE_FORM_USER },
		{ "https://flow.aliyun.com/pipelines/5?a=%53ECRET",
		    GATE_FORM_USER },
		{ "https://flow.aliyun.com/pipelines/5#\\", GATE_FORM_USER },
		{ " https://flow.aliyun.com/pipelines/5", GATE_FORM_SCHEME },
		{ "javascript://flow.aliyun.com/pipelines/5",
		    GATE_FORM_SCHEME },
		{ "https://flow.aliyun.com/pipelines/5\n", GATE_FORM_ID },
		{ "https://flow.aliyun.com/pipelines/\xff", GATE_FORM_SHAPE },
	};

	(void)state;
	REFUSED(list);
}

/* {name}.devops.aliyuncs.com, whatever follows: give the ids. */
static void
a_region_edition_is_refused_whatever_follows(void **state)
{
	static const struct refusal list[] = {
		{ "https://x.devops.aliyuncs.com/pipelines/5",
		    GATE_FORM_REGION },
		{ "x.devops.aliyuncs.com/pipelines/5/builds/7",
		    GATE_FORM_REGION },
		{ "https://X.Devops.AliyunCS.com", GATE_FORM_REGION },
		{ "http://x.y.devops.aliyuncs.com/?organizationId=a",
		    GATE_FORM_REGION },
		{ "https://x.devops.aliyuncs.com:443/pipelines/5",
		    GATE_FORM_USER },
		{ "https://devops.aliyuncs.com/pipelines/5", GATE_FORM_HOST },
		{ "https://.devops.aliyuncs.com/pipelines/5", GATE_FORM_HOST },
		{ "https://xdevops.aliyuncs.com/pipelines/5", GATE_FORM_HOST },
		{ "https://x.devops.aliyuncs.com.evil.org/pipelines/5",
		    GATE_FORM_HOST },
	};

	(void)state;
	REFUSED(list);
}

/* Each page has one shape; what is longer, shorter or other is not read. */
static void
an_unknown_page_of_the_host_is_refused(void **state)
{
	static const char *const list[] = {
		"https://flow.aliyun.com/Pipelines/5",
		"https://flow.aliyun.com/pipelines/5/current/7",
		"https://flow.aliyun.com/pipelines/5/current//",
		"https://flow.aliyun.com/ec/pipelines/5?build=7",
		"https://flow.aliyun.com/a/pipelines/5",
		"https://flow.aliyun.com/pipelines/5/../6",
		"https://flow.aliyun.com/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f/g/h",
		"https://rdc.aliyun.com/pipelines/5?build=7",
		"https://rdc.aliyun.com/ec/pipelines/5/builds/7",
		"https://rdc.aliyun.com/ec/pipelines",
		"https://devops.aliyun.com/",
		"https://devops.aliyun.com/organization",
		"https://devops.aliyun.com/pipelines/5",
		"https://codeup.aliyun.com",
	};

	(void)state;
	REFUSED_ALL(list, GATE_FORM_PATHTAIL);
}

/* Ids within an address are held to the same rule as ids typed. */
static void
an_id_that_is_none_is_refused_in_each_place(void **state)
{
	static const char *const list[] = {
		"https://flow.aliyun.com/pipelines/0",
		"https://flow.aliyun.com/pipelines/-5",
		"https://flow.aliyun.com/pipelines/{pipelineId}",
		"https://flow.aliyun.com/pipelines/9223372036854775808",
		"https://flow.aliyun.com/pipelines/10000000000000000000",
		"https://flow.aliyun.com/pipelines/\xef\xbc\x95",
		"https://flow.aliyun.com/pipelines/5@evil.org",
		"https://flow.aliyun.com/pipelines/5;x/builds/7",
		"https://flow.aliyun.com/pipelines/5/builds/07",
		"https://rdc.aliyun.com/ec/pipelines/x?build=7",
		"https://rdc.aliyun.com/ec/pipelines/5?build",
		"https://rdc.aliyun.com/ec/pipelines/5?build=7+",
		"https://flow.aliyun.com/pipelines/5?organizationId=",
		"https://flow.aliyun.com/pipelines/5?organizationId=a/b",
		"https://flow.aliyun.com/pipelines/5?organizationId="
		"0123456789012345678901234567890123456789"
		"0123456789012345678901234",
		"https://devops.aliyun.com/organization/a.b",
		"https://codeup.aliyun.com/a-b/c",
	};

	(void)state;
	REFUSED_ALL(list, GATE_FORM_ID);
}

/* A name twice, the same value or not, or two places that disagree. */
static void
what_is_said_twice_is_refused(void **state)
{
	static const char *const list[] = {
		"https://flow.aliyun.com/pipelines/5?organizationId=a"
		"&organizationId=a",
		"https://flow.aliyun.com/pipelines/5/builds/7?organizationId"
		"&x&organizationId=a",
		"https://flow.aliyun.com/pipelines/5/builds/7?build=7"
		"&build=7",
		"https://rdc.aliyun.com/ec/pipelines/5?build=1&build=2",
		"https://rdc.aliyun.com/ec/pipelines/5?organizationId=a"
		"&build=1&organizationId=b",
		"https://codeup.aliyun.com/a/x?organizationId=b",
	};

	(void)state;
	REFUSED_ALL(list, GATE_FORM_QUERY);
}

/* A page of an organization gives it, as a hint alone from codeup. */
static void
an_organizations_page_gives_the_organization(void **state)
{
	static const struct {
		const char *text;
		bool is_hint;
	} list[] = {
		{ "https://devops.aliyun.com/organization/5ebb", false },
		{ "http://DevOps.aliyun.com/organization/5ebb/", false },
		{ "devops.aliyun.com/organization/5ebb/flow/a?x=1#y", false },
		{ "https://devops.aliyun.com/organization/5ebb"
		  "?organizationId=5ebb",
		    false },
		{ "https://codeup.aliyun.com/5ebb", true },
		{ "https://codeup.aliyun.com/5ebb/shop/pay-core.git", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		struct gate_text_given given;

		assert_int_equal(
		    gate_text_parse(list[i].text, &given), GATE_FORM_NOGATE);
		assert_string_equal(given.org, "5ebb");
		assert_int_equal(given.is_org_hint, list[i].is_hint);
		assert_string_equal(given.pipeline, "");
		assert_string_equal(given.run, "");
	}
}

static void
what_names_no_gate_is_refused(void **state)
{
	static const struct refusal list[] = {
		{ "latest", GATE_FORM_SHAPE },
		{ "k3f9-2m7q-x4ti", GATE_FORM_HANDLE_BAD },
		{ "k3f92m7qx4tu", GATE_FORM_HANDLE_BAD },
		{ "k3f9-2m7qx4td", GATE_FORM_SHAPE },
		{ "shop/pay-core", GATE_FORM_SHAPE },
		{ "shop//1187", GATE_FORM_SHAPE },
		{ "/pay-core/1187", GATE_FORM_SHAPE },
		{ "shop/pay-core/1187/9001/1", GATE_FORM_SHAPE },
		{ "shop/pay-core/latest", GATE_FORM_ID },
		{ "shop/pay-core/1187/", GATE_FORM_ID },
		{ "shop/0123/1187", GATE_FORM_ID },
		{ "shop/9223372036854775808/1187", GATE_FORM_ID },
		{ "shop/pay\xff/1187", GATE_FORM_SHAPE },
	};

	(void)state;
	REFUSED(list);
}

/* What each text gives; "" where it does not say. */
static const struct {
	const char *text;
	enum gate_form form;
	const char *org, *pipeline, *run, *job, *handle;
} want[] = {
	{ "K3F9-2M7Q-X4TD", GATE_FORM_HANDLE, "", "", "", "",
	    "k3f9-2m7q-x4td" },
	{ "k3f92m7qx4td", GATE_FORM_HANDLE, "", "", "", "", "k3f9-2m7q-x4td" },
	{ "shop/pay-core/1187/9001", GATE_FORM_PATH, "shop", "pay-core", "1187",
	    "9001", "" },
	{ "shop/流水线 (生产)/1187", GATE_FORM_PATH, "shop", "流水线 (生产)",
	    "1187", "", "" },
	{ "my.shop/11222/1187", GATE_FORM_PATH, "my.shop", "11222", "1187", "",
	    "" },
	{ "https://flow.aliyun.com/pipelines/11222", GATE_FORM_ADDRESS, "",
	    "11222", "", "", "" },
	{ "HTTPS://Flow.Aliyun.Com/pipelines/11222/current/", GATE_FORM_ADDRESS,
	    "", "11222", "", "", "" },
	{ "flow.aliyun.com/pipelines/11222/builds/1187?tab=1#log",
	    GATE_FORM_ADDRESS, "", "11222", "1187", "", "" },
	{ "http://flow.aliyun.com/pipelines/11222/builds"
	  "?organizationId=5ebb&x",
	    GATE_FORM_ADDRESS, "5ebb", "11222", "", "", "" },
	{ "https://rdc.aliyun.com/ec/pipelines/11222?a=b&build=1187"
	  "&organizationId=5ebb",
	    GATE_FORM_ADDRESS, "5ebb", "11222", "1187", "", "" },
	{ "https://flow.aliyun.com/pipelines/11222?organizationId=5ebb",
	    GATE_FORM_ADDRESS, "5ebb", "11222", "", "", "" },
	{ "https://flow.aliyun.com/pipelines/11222/current"
	  "?organizationId=5ebb",
	    GATE_FORM_ADDRESS, "5ebb", "11222", "", "", "" },
	{ "https://flow.aliyun.com/pipelines/11222/builds/1187/"
	  "?organizationId=5ebb&build=1187",
	    GATE_FORM_ADDRESS, "5ebb", "11222", "1187", "", "" },
	{ "https://flow.aliyun.com/pipelines/11222/builds?build=9",
	    GATE_FORM_ADDRESS, "", "11222", "", "", "" },
	{ "https://flow.aliyun.com/pipelines/9223372036854775807"
	  "/builds/1",
	    GATE_FORM_ADDRESS, "", "9223372036854775807", "1", "", "" },
	{ "http://RDC.aliyun.com/ec/pipelines/11222/?build=1187",
	    GATE_FORM_ADDRESS, "", "11222", "1187", "", "" },
	{ "rdc.aliyun.com/ec/pipelines/11222?Build=9&builds=9"
	  "&organizationid=x",
	    GATE_FORM_ADDRESS, "", "11222", "", "", "" },
	{ "https://rdc.aliyun.com/ec/pipelines/11222#?build=9",
	    GATE_FORM_ADDRESS, "", "11222", "", "", "" },
};

static void
each_form_gives_its_parts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		struct gate_text_given given;

		assert_int_equal(
		    gate_text_parse(want[i].text, &given), GATE_FORM_OK);
		assert_int_equal(given.form, want[i].form);
		assert_string_equal(given.org, want[i].org);
		assert_string_equal(given.pipeline, want[i].pipeline);
		assert_string_equal(given.run, want[i].run);
		assert_string_equal(given.job, want[i].job);
		assert_string_equal(given.handle, want[i].handle);
	}
}

static void
a_long_text_is_refused(void **state)
{
	static char text[4000];
	struct gate_text_given given;

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	assert_int_equal(gate_text_parse(text, &given), GATE_FORM_LONG);
	snprintf(text, sizeof(text), "shop/%0600d/1", 0);
	text[6] = 'x';
	assert_int_equal(gate_text_parse(text, &given), GATE_FORM_LONG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_secret_is_refused_and_nothing_of_it_is_kept),
		cmocka_unit_test(
		    a_word_that_only_holds_these_letters_is_no_secret),
		cmocka_unit_test(nothing_is_kept_of_what_is_ignored),
		cmocka_unit_test(other_hosts_and_pages_are_refused),
		cmocka_unit_test(what_only_looks_like_the_host_is_refused),
		cmocka_unit_test(a_region_edition_is_refused_whatever_follows),
		cmocka_unit_test(an_unknown_page_of_the_host_is_refused),
		cmocka_unit_test(an_id_that_is_none_is_refused_in_each_place),
		cmocka_unit_test(what_is_said_twice_is_refused),
		cmocka_unit_test(an_organizations_page_gives_the_organization),
		cmocka_unit_test(what_names_no_gate_is_refused),
		cmocka_unit_test(a_long_text_is_refused),
		cmocka_unit_test(each_form_gives_its_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

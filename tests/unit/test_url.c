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
	};
	struct gate_text_given given;

	(void)state;
	REFUSED(list);
	/* A word that only holds these letters is no secret. */
	assert_int_equal(
	    gate_text_parse("shop/opt-out/12", &given), GATE_FORM_OK);
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
		{ "https://x.devops.aliyuncs.com/pipelines/5",
		    GATE_FORM_REGION },
	};

	(void)state;
	REFUSED(list);
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
	struct gate_text_given given;

	(void)state;
	REFUSED(list);
	assert_int_equal(
	    gate_text_parse(
	        "https://devops.aliyun.com/organization/5ebb/flow", &given),
	    GATE_FORM_NOGATE);
	assert_string_equal(given.org, "5ebb");
	assert_false(given.is_org_hint);
	assert_int_equal(
	    gate_text_parse("codeup.aliyun.com/5ebb/shop/x.git", &given),
	    GATE_FORM_NOGATE);
	assert_true(given.is_org_hint);
}

static void
each_form_gives_its_parts(void **state)
{
	static const struct {
		const char *text;
		enum gate_form form;
		const char *org, *pipeline, *run, *job, *handle;
	} want[] = {
		{ "K3F9-2M7Q-X4TD", GATE_FORM_HANDLE, "", "", "", "",
		    "k3f9-2m7q-x4td" },
		{ "k3f92m7qx4td", GATE_FORM_HANDLE, "", "", "", "",
		    "k3f9-2m7q-x4td" },
		{ "shop/pay-core/1187/9001", GATE_FORM_PATH, "shop", "pay-core",
		    "1187", "9001", "" },
		{ "shop/流水线 (生产)/1187", GATE_FORM_PATH, "shop",
		    "流水线 (生产)", "1187", "", "" },
		{ "my.shop/11222/1187", GATE_FORM_PATH, "my.shop", "11222",
		    "1187", "", "" },
		{ "https://flow.aliyun.com/pipelines/11222", GATE_FORM_ADDRESS,
		    "", "11222", "", "", "" },
		{ "HTTPS://Flow.Aliyun.Com/pipelines/11222/current/",
		    GATE_FORM_ADDRESS, "", "11222", "", "", "" },
		{ "flow.aliyun.com/pipelines/11222/builds/1187?tab=1#log",
		    GATE_FORM_ADDRESS, "", "11222", "1187", "", "" },
		{ "http://flow.aliyun.com/pipelines/11222/builds"
		  "?organizationId=5ebb&x",
		    GATE_FORM_ADDRESS, "5ebb", "11222", "", "", "" },
		{ "https://rdc.aliyun.com/ec/pipelines/11222?a=b&build=1187"
		  "&organizationId=5ebb",
		    GATE_FORM_ADDRESS, "5ebb", "11222", "1187", "", "" },
	};

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
		cmocka_unit_test(other_hosts_and_pages_are_refused),
		cmocka_unit_test(what_names_no_gate_is_refused),
		cmocka_unit_test(a_long_text_is_refused),
		cmocka_unit_test(each_form_gives_its_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: ISC */
/* Requests and their ends on the wire; the peer of either may be hostile. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "wire/courier.h"

static uint8_t body[FRAME_BODY_MAX];

static struct courier_request request;

static void
set_header(size_t n, const char *name, const char *value)
{
	assert_int_equal(text_copy(request.headers[n].name,
	                     sizeof(request.headers[n].name), name),
	    0);
	assert_int_equal(text_copy(request.headers[n].value,
	                     sizeof(request.headers[n].value), value),
	    0);
}

/* One that fits, as READ and as ACT. */
static int
setup(void **state)
{
	(void)state;
	memset(&request, 0, sizeof(request));
	request.api = COURIER_API_SIGNED;
	request.what = COURIER_RUN;
	request.verb = COURIER_PASS;
	request.cap = 9;
	request.start_before = 0x0102030405060708;
	assert_int_equal(
	    text_copy(request.endpoint, sizeof(request.endpoint), "h:8443"), 0);
	assert_int_equal(
	    text_copy(request.target, sizeof(request.target), "/a/pass"), 0);
	request.n = 1;
	set_header(0, "x-b", "c d");
	return 0;
}

static int
put(bool is_act, size_t *ret_len)
{
	struct wbuf out = wbuf_of(body, sizeof(body));

	if (is_act)
		put_courier_act(&out, &request);
	else
		put_courier_read(&out, &request);
	*ret_len = out.len;
	return wbuf_end(&out);
}

static int
get(bool is_act, size_t len)
{
	static struct courier_request back;

	return is_act ? get_courier_act(rbuf_of(body, len), &back)
	              : get_courier_read(rbuf_of(body, len), &back);
}

static void
assert_bytes(const void *bytes, size_t len, const char *want)
{
	char hex[2 * 512 + 1];

	assert_true(len <= 512);
	hex_print(hex, bytes, len);
	assert_string_equal(hex, want);
}

static void
requests_have_these_bytes(void **state)
{
	size_t len;

	(void)state;
	assert_int_equal(put(false, &len), 0);
	assert_bytes(body, len,
	    "01"
	    "01"
	    "0006"
	    "683a38343433"
	    "0007"
	    "2f612f70617373"
	    "01"
	    "03"
	    "782d62"
	    "0003"
	    "632064"
	    "00000009");
	assert_int_equal(put(true, &len), 0);
	assert_bytes(body, len,
	    "01"
	    "01"
	    "0006"
	    "683a38343433"
	    "0007"
	    "2f612f70617373"
	    "01"
	    "03"
	    "782d62"
	    "0003"
	    "632064"
	    "0102030405060708");
	assert_int_equal(COURIER_ITEM, 0x04010001);
	assert_int_equal(COURIER_READ, 0x04010002);
	assert_int_equal(COURIER_READ_DONE, 0x04010003);
	assert_int_equal(COURIER_ACT, 0x04010004);
	assert_int_equal(COURIER_ACT_DONE, 0x04010005);
	assert_int_equal(COURIER_CANCEL, 0x04010008);
}

static void
a_request_comes_back_as_it_was(void **state)
{
	static struct courier_request back;
	size_t len;

	(void)state;
	request.n = COURIER_HEADERS_MAX;
	for (size_t i = 1; i < request.n; i++) {
		const char name[] = { 'x', '-', (char)('c' + i), '\0' };

		set_header(i, name, i % 2 == 0 ? "" : "\xe4\xba\xba");
	}
	request.verb = 0;
	request.start_before = 0;
	assert_int_equal(put(false, &len), 0);
	assert_int_equal(get_courier_read(rbuf_of(body, len), &back), 0);
	assert_memory_equal(&back, &request, sizeof(back));
	(void)setup(NULL);
	request.what = 0;
	request.cap = 0;
	assert_int_equal(put(true, &len), 0);
	assert_int_equal(get_courier_act(rbuf_of(body, len), &back), 0);
	assert_memory_equal(&back, &request, sizeof(back));
}

static void
a_cut_or_longer_request_is_refused(void **state)
{
	size_t len;

	(void)state;
	for (int is_act = 0; is_act <= 1; is_act++) {
		assert_int_equal(put(is_act, &len), 0);
		for (size_t i = 0; i < len; i++)
			assert_int_equal(get(is_act, i), WARDER_ETRUNC);
		body[len] = 0;
		assert_int_equal(get(is_act, len + 1), WARDER_ETRAIL);
	}
}

/* What is put by hand, since put refuses it as well. */
static int
get_with(bool is_act, const char *endpoint, const char *target,
    const char *name, const char *value)
{
	struct wbuf out = wbuf_of(body, sizeof(body));
	size_t len;

	assert_int_equal(
	    text_copy(request.endpoint, sizeof(request.endpoint), endpoint), 0);
	assert_int_equal(
	    text_copy(request.target, sizeof(request.target), target), 0);
	set_header(0, name, value);
	assert_int_equal(
	    put(is_act, &len) == 0 ? 0 : WARDER_EBUG, put(is_act, &len));
	put_u8(&out, request.api);
	put_u8(&out, is_act ? request.verb : request.what);
	put_text16(&out, endpoint);
	put_text16(&out, target);
	put_u8(&out, 1);
	put_text8(&out, name);
	put_text16(&out, value);
	if (is_act)
		put_u64(&out, 1);
	else
		put_u32(&out, 1);
	return get(is_act, out.len);
}

static void
an_endpoint_is_a_host_and_a_port(void **state)
{
	static const char *const bad[] = { "", ":443", ".a", "-a", "a:", "a:0",
		"a:123456", "a:44x", "a/b", "a@b", "a?b", "a#b", "a b", "a\\b",
		"a:1:2", "[::1]", "a%2f", "\xe4\xba\xba", "{a,b}", "http://a" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(
		    get_with(false, bad[i], "/a", "x", "y"), WARDER_EFORM);
		assert_int_equal(
		    get_with(true, bad[i], "/pass", "x", "y"), WARDER_EFORM);
	}
	assert_int_equal(get_with(false, "a.b-c.D:65535", "/", "x", "y"), 0);
}

static void
a_target_is_one_line_of_ascii(void **state)
{
	static const char *const bad[] = { "", "a", "http://x/", "/a b",
		"/a\r\nx: y", "/a\n", "/\x7f", "/#a", "/\xe4\xba\xba", "*" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(
		    get_with(false, "a", bad[i], "x", "y"), WARDER_EFORM);
	assert_int_equal(get_with(false, "a", "/a?b=%20&c=*", "x", "y"), 0);
}

static void
an_act_does_what_its_verb_says(void **state)
{
	(void)state;
	assert_int_equal(get_with(true, "a", "/j/pass", "x", "y"), 0);
	assert_int_equal(
	    get_with(true, "a", "/j/refuse", "x", "y"), WARDER_EFORM);
	assert_int_equal(
	    get_with(true, "a", "/j/skip", "x", "y"), WARDER_EFORM);
	assert_int_equal(
	    get_with(true, "a", "/j/x?/pass", "x", "y"), WARDER_EFORM);
	assert_int_equal(get_with(true, "a", "/jpass", "x", "y"), WARDER_EFORM);
	request.verb = COURIER_REFUSE;
	assert_int_equal(get_with(true, "a", "/j/refuse", "x", "y"), 0);
	assert_int_equal(
	    get_with(true, "a", "/j/pass", "x", "y"), WARDER_EFORM);
	request.verb = 3;
	assert_int_equal(
	    get_with(true, "a", "/j/pass", "x", "y"), WARDER_EFORM);
	request.verb = 0;
	assert_int_equal(
	    get_with(true, "a", "/j/pass", "x", "y"), WARDER_EFORM);
}

static void
a_header_is_one_line_and_not_the_courier_s(void **state)
{
	static const char *const names[] = { "", "a b", "a:", "a\r", "\xc3\xa9",
		"Host", "host", "CONTENT-LENGTH", "Transfer-Encoding",
		"content-type", "Expect", "Accept", "Accept-Encoding",
		"Connection", "Cookie", "TE", "Upgrade",
		"Proxy-Authorization" };
	static const char *const values[] = { "a\r\nb: c", "a\n", "\t", "\x7f",
		"\x01" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(
		    get_with(false, "a", "/", names[i], "v"), WARDER_EFORM);
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		assert_int_equal(
		    get_with(true, "a", "/pass", "n", values[i]), WARDER_EFORM);
	assert_int_equal(get_with(false, "a", "/", "X-Acs-Date", ""), 0);
}

static void
a_header_that_comes_twice_is_refused(void **state)
{
	size_t len;

	(void)state;
	request.n = 2;
	set_header(1, "X-B", "other");
	assert_int_equal(put(true, &len), WARDER_EBUG);
	set_header(1, "X-C", "other");
	assert_int_equal(put(true, &len), 0);
	body[len - 8 - 2 - 5 - 1] = 'b';
	assert_int_equal(get(true, len), WARDER_EFORM);
}

static void
numbers_out_of_their_range_are_refused(void **state)
{
	size_t len;

	(void)state;
	assert_int_equal(put(false, &len), 0);
	body[0] = 0;
	assert_int_equal(get(false, len), WARDER_EFORM);
	body[0] = 3;
	assert_int_equal(get(false, len), WARDER_EFORM);
	body[0] = 1;
	body[1] = 0;
	assert_int_equal(get(false, len), WARDER_EFORM);
	body[1] = COURIER_WHAT_LAST + 1;
	assert_int_equal(get(false, len), WARDER_EFORM);
	body[1] = COURIER_WHAT_LAST;
	assert_int_equal(get(false, len), 0);
	body[len - 1] = 0; /* cap */
	assert_int_equal(get(false, len), WARDER_EFORM);
	memset(body + len - 4, 0xff, 4);
	assert_int_equal(get(false, len), WARDER_EFORM);
	body[2 + 2 + 6 + 2 + 7] = COURIER_HEADERS_MAX + 1;
	assert_int_equal(get(false, len), WARDER_ETOOBIG);
}

static void
an_end_has_these_bytes(void **state)
{
	static const char act[] = "01"
	                          "00"
	                          "00c8"
	                          "01"
	                          "0141"
	                          "0142"
	                          "0001"
	                          "43"
	                          "0000000000000001"
	                          "00000002"
	                          "00000003"
	                          "00000004"
	                          "02"
	                          "01"
	                          "05";
	struct courier_done done,
	    want = { 1, 0, 200, 1, "A", "B", "C", 1, 2, 3, 4, 2, 1, 5 };
	struct wbuf out = wbuf_of(body, sizeof(body));

	(void)state;
	layout_put(&out, &courier_act_done_layout, &want);
	assert_int_equal(wbuf_end(&out), 0);
	assert_bytes(body, out.len, act);
	assert_int_equal(
	    layout_get(rbuf_of(body, out.len), &courier_act_done_layout, &done),
	    0);
	assert_memory_equal(&done, &want, sizeof(done));
	assert_int_equal(layout_get(rbuf_of(body, out.len - 3),
	                     &courier_read_done_layout, &done),
	    0);
	assert_int_equal(done.success, TRI_ABSENT);
}

static void
good_is_nothing_less_than_all_of_it(void **state)
{
	const struct courier_done good = {
		.sent = 1, .http = 200, .readable = 1
	};
	struct courier_done done = good;

	(void)state;
	assert_true(courier_is_good(&done));
	done.sent = 0;
	assert_false(courier_is_good(&done));
	done = good;
	done.curl = 28;
	assert_false(courier_is_good(&done));
	done = good;
	done.http = 302;
	assert_false(courier_is_good(&done));
	done.http = 0;
	assert_false(courier_is_good(&done));
	done = good;
	done.readable = 0;
	assert_false(courier_is_good(&done));
	done = good;
	done.code[0] = 'X';
	assert_false(courier_is_good(&done));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(requests_have_these_bytes, setup),
		cmocka_unit_test_setup(a_request_comes_back_as_it_was, setup),
		cmocka_unit_test_setup(
		    a_cut_or_longer_request_is_refused, setup),
		cmocka_unit_test_setup(an_endpoint_is_a_host_and_a_port, setup),
		cmocka_unit_test_setup(a_target_is_one_line_of_ascii, setup),
		cmocka_unit_test_setup(an_act_does_what_its_verb_says, setup),
		cmocka_unit_test_setup(
		    a_header_is_one_line_and_not_the_courier_s, setup),
		cmocka_unit_test_setup(
		    a_header_that_comes_twice_is_refused, setup),
		cmocka_unit_test_setup(
		    numbers_out_of_their_range_are_refused, setup),
		cmocka_unit_test(an_end_has_these_bytes),
		cmocka_unit_test(good_is_nothing_less_than_all_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: ISC */
/*
 * What a person is told of the server's answers, in both languages: the wait,
 * the two clocks, whose part is done, and what stays unknown.
 */
#include "config.h"

#include <libintl.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "client/client.h"
#include "client/shown.h"
#include "client/tell.h"
#include "client/words.h"

#define HERE_MS 1767323045000 /* 2026-01-02T03:04:05Z */

static char *screen;
static size_t screen_len;
static struct client client;
static struct shown_list gates;
static struct person_server server;
static struct person_result result;
static bool has_chinese;

/* The catalogue of this build, where gettext looks for it. */
static bool
find_catalogue(void)
{
	static char folder[] = "/tmp/warder-told-XXXXXX";
	const char *build = getenv("builddir");
	char from[4096], to[4096];

	if (setlocale(LC_ALL, "C.UTF-8") == NULL || build == NULL ||
	    mkdtemp(folder) == NULL)
		return false;
	(void)snprintf(from, sizeof(from), "%s/po/zh/warder.mo", build);
	(void)snprintf(to, sizeof(to), "%s/zh_CN", folder);
	if (access(from, R_OK) != 0 || mkdir(to, 0700) != 0)
		return false;
	(void)snprintf(to, sizeof(to), "%s/zh_CN/LC_MESSAGES", folder);
	if (mkdir(to, 0700) != 0)
		return false;
	(void)snprintf(
	    to, sizeof(to), "%s/zh_CN/LC_MESSAGES/warder.mo", folder);
	return symlink(from, to) == 0 &&
	       bindtextdomain("warder", folder) != NULL &&
	       bind_textdomain_codeset("warder", "UTF-8") != NULL &&
	       textdomain("warder") != NULL;
}

static void
speak(enum person_lang lang)
{
	client.lang = (uint8_t)lang;
	assert_int_equal(
	    setenv("LANGUAGE", lang == PERSON_ZH ? "zh_CN" : "en", 1), 0);
	/* What it has looked up before is forgotten by this. */
	assert_non_null(textdomain("warder"));
}

static char document[4096];

static int
set_up(void **state)
{
	union person_any message = { .gate = { .org = "a1b2",
		                         .alias = "shop",
		                         .pipeline = "11222",
		                         .run = "1187",
		                         .job = "9001",
		                         .status = "WAITING" } };

	(void)state;
	memset(&client, 0, sizeof(client));
	client.options.verb = VERB_PASS;
	client.out = open_memstream(&screen, &screen_len);
	speak(PERSON_EN);
	assert_true(shown_take(&gates, &person_gate_layout, &message));
	server = (struct person_server){ .key = "shop-2026",
		.host = "devops.example",
		.api = 1,
		.here_ms = HERE_MS };
	result = (struct person_result){ .origin = ORIGIN_SERVER,
		.record = "20261125-0031",
		.http = 400,
		.request_id = "4F0C" };
	return client.out == NULL;
}

static int
tear_down(void **state)
{
	(void)state;
	assert_int_equal(fclose(client.out), 0);
	free(screen);
	shown_clear(&gates);
	return 0;
}

static void
tell(uint8_t exit, const char *local_code, const char *code)
{
	const struct about about = { .shown = &gates.items[0],
		.server = &server };

	result.exit = exit;
	(void)snprintf(
	    result.local_code, sizeof(result.local_code), "%s", local_code);
	(void)snprintf(result.code, sizeof(result.code), "%s", code);
	rewind(client.out);
	tell_outcome(&client, &about, &result);
	(void)fputc('\0', client.out);
	assert_int_equal(fflush(client.out), 0);
}

static void
assert_seen(const char *text)
{
	if (strstr(screen, text) == NULL)
		fail_msg("not on the screen: %s\nbut: %s", text, screen);
}

static void
a_throttled_pass_tells_its_wait(void **state)
{
	(void)state;
	server.wait_ms = 1500;
	result.retry = 1;
	tell(REASON_SERVER_REFUSED, "server", "Throttling.User");
	assert_seen("Nothing was done. Try again in 2 s. (Throttling.User, "
	            "HTTP 400, request 4F0C)\n");
	speak(PERSON_ZH);
	tell(REASON_SERVER_REFUSED, "server", "Throttling.User");
	assert_seen("没有执行任何操作。请 2 秒后再试。");
}

/* 429 with a header and a body that is no JSON: there is no code. */
static void
flow_control_without_a_code_is_told_too(void **state)
{
	(void)state;
	server.wait_ms = 60000;
	result.retry = 1;
	tell(REASON_SERVER_REFUSED, "server", "");
	assert_seen("Nothing was done. Try again in 60 s. (?, HTTP 400");
	server.wait_ms = 0;
	tell(REASON_SERVER_REFUSED, "server", "");
	assert_seen("Try again later.");
}

static void
a_throttled_read_tells_that_nothing_was_sent(void **state)
{
	(void)state;
	server.wait_ms = 45000;
	tell(REASON_NOT_SENT, "throttled", "Throttling.Api");
	assert_seen("The server limits how often it may be asked. Nothing was "
	            "sent.\n");
	assert_seen("Try again in 45 s.");
}

static void
a_skewed_clock_tells_both_times(void **state)
{
	(void)state;
	server.server_ms = HERE_MS + 1000000;
	tell(REASON_SERVER_REFUSED, "server", "InvalidTimeStamp.Expired");
	assert_seen("This host says 2026-01-02T03:04:05Z, the server "
	            "2026-01-02T03:20:45Z: 16 min 40 s behind; 15 min are "
	            "allowed. Set the clock. Nothing was done. ");
	speak(PERSON_ZH);
	tell(REASON_SERVER_REFUSED, "server", "IllegalTimestamp");
	assert_seen("本机时间 2026-01-02T03:04:05Z，服务端时间 "
	            "2026-01-02T03:20:45Z：本机慢 16 分 40 秒");
}

static void
key_organization_and_run_are_named(void **state)
{
	(void)state;
	tell(REASON_SERVER_REFUSED, "server", "Forbidden.AccessDenied");
	assert_seen("The account of key shop-2026 may not decide this gate.");
	assert_seen("a member of pipeline 11222?");
	tell(REASON_SERVER_REFUSED, "server", "InvalidApi.NotFound");
	assert_seen("Endpoint devops.example does not take this call.");
	tell(REASON_SERVER_REFUSED, "server", "Forbidden.RAM");
	assert_seen("AliyunRDCFullAccess");
	server.api = 2;
	tell(REASON_SERVER_REFUSED, "server", "Forbidden.RAM");
	assert_seen("流水线运行任务, read and write");
	server.is_sts = 1;
	tell(REASON_SERVER_REFUSED, "server", "InvalidAccessKeyId.NotFound");
	assert_seen(", or its token has run out.");
}

/* A gateway's code that only a prefix fits, as the keeper judged it. */
static void
a_code_that_only_a_prefix_fits_is_told(void **state)
{
	(void)state;
	tell(REASON_SERVER_REFUSED, "server", "MissingParameter");
	assert_seen("The server misses a parameter or dislikes one.");
}

static void
unknown_tells_the_code_and_to_look(void **state)
{
	(void)state;
	tell(REASON_UNKNOWN, "unknown", "SignatureNonceUsed");
	assert_seen("Unknown. It was sent, no usable answer came, and the run "
	            "does not tell. Look first: warder show "
	            "shop/11222/1187/9001\n");
	assert_seen("Yunxiao says: this nonce came before (SignatureNonceUsed, "
	            "HTTP 400, request 4F0C)\n");
	assert_null(strstr(screen, "Reading the run"));
	speak(PERSON_ZH);
	tell(REASON_UNKNOWN, "unknown", "InternalError");
	assert_seen("云效答复：服务端故障（InternalError，HTTP 400");
	if (has_chinese)
		assert_seen("请先查看：warder show");
}

/* It said success beside a code: the code's advice would be a guess. */
static void
unknown_takes_no_advice_of_a_refusal(void **state)
{
	(void)state;
	tell(REASON_UNKNOWN, "unknown", "Forbidden.AccessDenied");
	assert_seen("Yunxiao says: the account may not do this "
	            "(Forbidden.AccessDenied, HTTP 400, request 4F0C)\n");
	assert_null(strstr(screen, "Is it among the validators"));
}

static void
silence_is_not_put_into_the_servers_mouth(void **state)
{
	(void)state;
	result.http = 0;
	tell(REASON_NOT_SENT, "unread", "");
	assert_seen("No answer came.\n");
	assert_null(strstr(screen, "Yunxiao says"));
	speak(PERSON_ZH);
	tell(REASON_NOT_SENT, "unread", "");
	assert_seen("服务端没有答复。\n");
}

/* Told apart from a key that was never there: its cure is another. */
static void
an_expired_key_is_told_with_its_cure(void **state)
{
	(void)state;
	tell(REASON_NO_KEY, "key_expired", "");
	assert_seen("The key of this organization has run out; root seals a "
	            "fresh one: warderctl key seal. Nothing was sent.\n");
	tell(REASON_NO_KEY, "key_missing", "");
	assert_seen("There is no usable AccessKey for this organization.");
	assert_null(strstr(screen, "has run out"));
	speak(PERSON_ZH);
	tell(REASON_NO_KEY, "key_expired", "");
	if (has_chinese)
		assert_seen("密钥已到期");
}

/* The document that the verb leaves where it had not even seen a gate. */
static void
tell_json(uint8_t exit, const char *local_code)
{
	const struct about about = { .shown = NULL, .server = &server };
	int was = dup(STDOUT_FILENO), file = memfd_create("json", MFD_CLOEXEC);
	ssize_t n;

	assert_true(was >= 0 && file >= 0);
	assert_int_equal(fflush(stdout), 0);
	assert_int_equal(dup2(file, STDOUT_FILENO), STDOUT_FILENO);
	client.options.json = true;
	result.origin = ORIGIN_HERE;
	result.exit = exit;
	(void)snprintf(
	    result.local_code, sizeof(result.local_code), "%s", local_code);
	tell_outcome(&client, &about, &result);
	assert_int_equal(fflush(stdout), 0);
	assert_int_equal(dup2(was, STDOUT_FILENO), STDOUT_FILENO);
	n = pread(file, document, sizeof(document) - 1, 0);
	assert_true(n > 0);
	document[n] = '\0';
	assert_int_equal(close(was), 0);
	assert_int_equal(close(file), 0);
}

static void
a_refusal_before_any_look_has_its_sentence(void **state)
{
	(void)state;
	tell_json(REASON_DENIED, "user_unknown");
	assert_non_null(strstr(document,
	    "\"message\":\"Neither the policy nor this host knows you as a "
	    "person. Nothing was sent.\""));
	tell_json(REASON_DENIED, "robot");
	assert_non_null(strstr(document,
	    "\"message\":\"Refused by the policy here. Nothing was "
	    "sent.\""));
}

static const char hostile[] = "x\033[2J\033]0;me\007\r\nPassed.\n\xe2\x80\xae"
                              "\xc2\x9b"
                              "31m";

static void
an_unlisted_code_and_its_text_steer_no_terminal(void **state)
{
	(void)state;
	(void)snprintf(result.text, sizeof(result.text), "%s", hostile);
	(void)snprintf(
	    result.request_id, sizeof(result.request_id), "%s", hostile);
	for (uint8_t exit = 1; exit < 26; exit++) {
		tell(exit, "x", hostile);
		for (const char *at = screen; *at != '\0'; at++)
			assert_true((unsigned char)*at >= 0x20 || *at == '\n');
		assert_null(strstr(screen, "\xe2\x80\xae"));
		assert_null(strstr(screen, "\xc2\x9b"));
		assert_null(strstr(screen, "\nPassed."));
	}
	tell(REASON_UNKNOWN, "unknown", "Nobody.Knows");
	assert_seen("Yunxiao says: a code not listed (Nobody.Knows, ");
	assert_seen("| x\\u{");
}

static void
a_move_without_an_answer_is_not_claimed_as_ours(void **state)
{
	(void)state;
	tell(REASON_DONE, "unanswered", "");
	assert_string_equal(screen,
	    "Passed, by this call or by somebody else.\n"
	    "Record     20261125-0031\n");
	client.options.verb = VERB_REFUSE;
	tell(REASON_DONE, "unanswered", "");
	assert_seen("Refused, by this call or by somebody else.\n");
	speak(PERSON_ZH);
	tell(REASON_DONE, "unanswered", "");
	if (has_chinese)
		assert_seen("已拒绝，由本次或他人所为。\n");
	client.options.verb = VERB_PASS;
	speak(PERSON_EN);
	tell(REASON_DONE, "", "");
	assert_string_equal(screen, "Passed.\nRecord     20261125-0031\n");
}

static void
add_outstanding(const char *id, const char *user)
{
	union person_any message = { .piece = { .kind = PIECE_OUTSTANDING } };

	(void)snprintf(message.piece.a, sizeof(message.piece.a), "%s", id);
	(void)snprintf(message.piece.b, sizeof(message.piece.b), "%s", user);
	assert_true(shown_take(&gates, &person_piece_layout, &message));
}

static void
a_part_that_is_done_names_who_is_awaited(void **state)
{
	(void)state;
	add_outstanding("187700112233", "chen");
	add_outstanding("187700119999", "");
	add_outstanding("1", hostile);
	result.origin = ORIGIN_HERE;
	tell(REASON_UNCONFIRMED, "others", "");
	assert_seen("Your part is done; the gate still waits for other "
	            "validators. shop/11222/1187/9001\n");
	assert_seen("  chen, 187700119999, x\\u{");
	assert_seen("Who of them has acted already the server does not tell.");
	assert_null(strstr(screen, "\nPassed."));
	speak(PERSON_ZH);
	tell(REASON_UNCONFIRMED, "others", "");
	if (has_chinese)
		assert_seen("您的部分已完成；卡点还在等待其他验证人。");
	speak(PERSON_EN);
	tell(REASON_UNCONFIRMED, "unconfirmed", "");
	assert_seen("Not confirmed. The server said success,");
}

static void
progress(const char *a, const char *b)
{
	struct person_progress step = { .what = PROGRESS_ANSWERED };

	(void)snprintf(step.a, sizeof(step.a), "%s", a);
	(void)snprintf(step.b, sizeof(step.b), "%s", b);
	rewind(client.out);
	tell_progress(&client, &step);
	(void)fputc('\0', client.out);
	assert_int_equal(fflush(client.out), 0);
}

/* Said while the run is being read, not after it. */
static void
an_open_answer_says_that_the_run_is_read(void **state)
{
	(void)state;
	progress("SignatureNonceUsed", "4F0C");
	assert_seen(
	    "An earlier copy of this request may have been carried out. "
	    "Reading the run.\n");
	progress("HTTP 502, not understood", "-");
	assert_seen(
	    "that does not tell whether it was done: reading the run\n");
	progress("Nobody.Knows", "4F0C");
	assert_seen(
	    "that does not tell whether it was done: reading the run\n");
	progress("", "");
	assert_seen("no answer came, and it may have been carried out: reading "
	            "the run\n");
	progress("success", "4F0C");
	assert_null(strstr(screen, "reading the run"));
	progress("Forbidden.AccessDenied", "4F0C");
	assert_null(strstr(screen, "eading the run"));
	speak(PERSON_ZH);
	progress("InternalError", "4F0C");
	assert_seen("是否已执行尚不清楚，正在读取运行状态。");
}

#define SCREEN(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SCREEN(a_throttled_pass_tells_its_wait),
		SCREEN(flow_control_without_a_code_is_told_too),
		SCREEN(a_throttled_read_tells_that_nothing_was_sent),
		SCREEN(a_skewed_clock_tells_both_times),
		SCREEN(key_organization_and_run_are_named),
		SCREEN(a_code_that_only_a_prefix_fits_is_told),
		SCREEN(unknown_tells_the_code_and_to_look),
		SCREEN(unknown_takes_no_advice_of_a_refusal),
		SCREEN(silence_is_not_put_into_the_servers_mouth),
		SCREEN(an_expired_key_is_told_with_its_cure),
		SCREEN(a_refusal_before_any_look_has_its_sentence),
		SCREEN(an_unlisted_code_and_its_text_steer_no_terminal),
		SCREEN(a_move_without_an_answer_is_not_claimed_as_ours),
		SCREEN(a_part_that_is_done_names_who_is_awaited),
		SCREEN(an_open_answer_says_that_the_run_is_read),
	};

	has_chinese = find_catalogue();
	(void)printf("# the catalogue is %s\n",
	    has_chinese ? "there" : "not there: its sentences are not seen");
	return cmocka_run_group_tests(tests, NULL, NULL);
}

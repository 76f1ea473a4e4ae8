/* SPDX-License-Identifier: ISC */
/*
 * explain-code: every code that a program of warder may say is known, one
 * that is not known is said to be so, and a pasted one steers no terminal.
 */
#include "config.h"

#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "client/client.h"
#include "client/explain.h"
#include "ledger/chain.h"
#include "seal/seal.h"
#include "state/state.h"
#include "wire/person.h"

static char *screen;
static size_t screen_len;
static struct client client;

static int
set_up(void **state)
{
	(void)state;
	memset(&client, 0, sizeof(client));
	client.lang = PERSON_EN;
	client.options.verb = VERB_EXPLAIN_CODE;
	client.out = open_memstream(&screen, &screen_len);
	return client.out == NULL;
}

static int
tear_down(void **state)
{
	int r = fclose(client.out);

	(void)state;
	free(screen);
	return r;
}

static int
ask(const char *code)
{
	int exit;

	client.options.gates[0] = code;
	client.options.gates_n = code != NULL;
	exit = verb_explain_code(&client);
	assert_int_equal(fflush(client.out), 0);
	return exit;
}

static void
assert_seen(const char *text)
{
	if (strstr(screen, text) == NULL)
		fail_msg("not on the screen: %s\nbut: %s", text, screen);
}

/* The document that a call prints on standard output. */
static cJSON *
document_of(const char *code, int *ret_exit)
{
	static char text[1 << 20];
	char path[] = "/tmp/warder-explain-XXXXXX";
	int fd = mkstemp(path), kept = dup(STDOUT_FILENO);
	ssize_t len;

	assert_true(fd >= 0 && kept >= 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(fflush(stdout), 0);
	assert_int_equal(dup2(fd, STDOUT_FILENO), STDOUT_FILENO);
	client.options.json = true;
	*ret_exit = ask(code);
	assert_int_equal(fflush(stdout), 0);
	assert_int_equal(dup2(kept, STDOUT_FILENO), STDOUT_FILENO);
	len = pread(fd, text, sizeof(text) - 1, 0);
	assert_true(len > 0);
	text[len] = '\0';
	assert_int_equal(close(fd) + close(kept), 0);
	return cJSON_Parse(text);
}

static const char *
text_in(const cJSON *object, const char *name)
{
	const char *text = cJSON_GetStringValue(
	    cJSON_GetObjectItemCaseSensitive(object, name));

	assert_non_null(text);
	return text;
}

static void
an_unknown_code_is_said_to_be_unknown(void **state)
{
	(void)state;
	assert_int_equal(ask("Sandbox.NeverHeardOf"), REASON_NOT_FOUND);
	assert_seen("Code       Sandbox.NeverHeardOf\n");
	assert_seen("not known to this release");
	assert_seen("maybe: it is not known whether anything was done");
	assert_seen("only after the gate was looked at: warder show");
}

static void
a_pasted_code_steers_no_terminal(void **state)
{
	(void)state;
	assert_int_equal(ask("x\033[2J\033]0;me\007\r\nMeaning    all is well"
	                     "\xe2\x80\xae\xc2\x9b"
	                     "31m\xff"),
	    REASON_NOT_FOUND);
	for (const char *at = screen; *at != '\0'; at++)
		assert_true((unsigned char)*at >= 0x20 || *at == '\n');
	assert_null(strstr(screen, "\nMeaning    all is well"));
	assert_null(strstr(screen, "\xe2\x80\xae"));
	assert_null(strstr(screen, "\xc2\x9b"));
}

/* People paste the wrong clipboard; an unknown code would be repeated. */
static void
a_pasted_secret_is_refused_and_not_repeated(void **state)
{
	static const char *const secrets[] = {
		"https://flow-openapi.aliyun.com/pipeline/webhook/SECRET",
		"https://example.org/webhook/SECRET",
		"pt-SECRET",
		"LTAI5tSECRET",
		"AccessKeyId=SECRET",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++) {
		cJSON *json;
		char *text;
		int exit;

		client.options.json = false;
		assert_int_equal(ask(secrets[i]), REASON_USAGE);
		assert_int_equal(screen_len, 0);
		json = document_of(secrets[i], &exit);
		assert_int_equal(exit, REASON_USAGE);
		assert_non_null(text = cJSON_PrintUnformatted(json));
		assert_null(strstr(text, "SECRET"));
		free(text);
		cJSON_Delete(json);
	}
	assert_int_equal(ask("Missing.AccessKeyId"), REASON_DONE);
}

static void
bytes_that_are_no_text_make_no_broken_document(void **state)
{
	int exit;
	cJSON *doc = document_of("x\xff\xc3(\033", &exit);

	(void)state;
	assert_non_null(doc);
	assert_int_equal(exit, REASON_NOT_FOUND);
	assert_true(
	    cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(doc, "known")));
	assert_string_equal(
	    text_in(doc, "asked"), "x\xef\xbf\xbd\xef\xbf\xbd(\033");
	cJSON_Delete(doc);
}

static void
a_servers_code_is_told_whole(void **state)
{
	(void)state;
	assert_int_equal(ask("SignatureNonceUsed"), REASON_DONE);
	assert_seen("From       Yunxiao or its gateway\n");
	assert_seen("HTTP       400\n");
	assert_seen("Meaning    this nonce came before\n");
	assert_seen("An earlier copy of this request may have been");
	assert_seen("Happened   maybe");
	assert_null(strstr(screen, "Listed as"));
}

static void
a_prefix_fits_what_is_not_listed_itself(void **state)
{
	struct explained found[EXPLAIN_MAX];

	(void)state;
	assert_int_equal(ask("Throttling.Region"), REASON_DONE);
	assert_seen("Code       Throttling.Region\n");
	assert_seen("Listed as  Throttling*\n");
	assert_seen("Again      safe, after a while\n");
	assert_int_equal(explain_find("Throttling.User", found), 1);
	assert_string_equal(found[0].server->code, "Throttling.User");
	assert_int_equal(explain_find("InvalidActionX", found), 1);
	assert_string_equal(found[0].server->code, "InvalidAction*");
	assert_int_equal(explain_find("throttling.user", found), 0);
}

static void
our_own_codes_are_known_with_their_exit(void **state)
{
	(void)state;
	assert_int_equal(ask("self"), REASON_DONE);
	assert_seen("From       refusal by the policy here\n");
	assert_seen("Exit code  5 denied\n");
	assert_seen("Told as    Forbidden.AccessDenied\n");
	assert_seen("a deny line: it is your own change or run");
}

static void
an_exit_code_is_found_by_number_and_word(void **state)
{
	struct explained found[EXPLAIN_MAX];

	(void)state;
	assert_int_equal(explain_find("12", found), 1);
	assert_string_equal(found[0].own->code, "unconfirmed");
	assert_int_equal(explain_find("012", found), 0);
	assert_int_equal(explain_find("99", found), 0);
	/* An exit's word and a local code: both are told. */
	assert_int_equal(explain_find("changed", found), 2);
	assert_int_equal(explain_find("locked", found), 2);
}

static void
it_is_told_in_chinese(void **state)
{
	(void)state;
	client.lang = PERSON_ZH;
	assert_int_equal(ask("Throttling.User"), REASON_DONE);
	assert_seen("请求太频繁");
	assert_seen("云效对该账号限流");
	assert_int_equal(ask("lockout"), REASON_DONE);
	assert_seen("失败次数过多");
}

static void
without_a_code_all_are_listed(void **state)
{
	struct explained row;
	size_t lines = 0, n = 0;

	(void)state;
	assert_int_equal(ask(NULL), REASON_DONE);
	for (const char *at = screen; *at != '\0'; at++)
		lines += *at == '\n';
	for (; explain_at(n, &row); n++) {
		const char *code =
		    row.server != NULL ? row.server->code : row.own->code;

		assert_true(code[0] != '\0');
		assert_seen(code);
	}
	assert_true(n > 200);
	assert_int_equal(lines, n);
}

static void
the_document_has_both_languages(void **state)
{
	int exit;
	cJSON *doc = document_of("self", &exit), *item;

	(void)state;
	assert_non_null(doc);
	assert_int_equal(exit, REASON_DONE);
	assert_string_equal(text_in(doc, "schema"), "warder.code/1");
	item = cJSON_GetArrayItem(
	    cJSON_GetObjectItemCaseSensitive(doc, "codes"), 0);
	assert_string_equal(text_in(item, "origin"), "local");
	assert_string_equal(text_in(item, "word"), "denied");
	assert_string_equal(text_in(item, "happened"), "no");
	item = cJSON_GetObjectItemCaseSensitive(item, "meaning");
	assert_true(strlen(text_in(item, "zh")) > 0);
	assert_true(strlen(text_in(item, "en")) > 0);
	cJSON_Delete(doc);
	doc = document_of(NULL, &exit);
	assert_true(cJSON_GetArraySize(
	                cJSON_GetObjectItemCaseSensitive(doc, "codes")) > 200);
	cJSON_Delete(doc);
}

/* With that exit, among the kinds that are no exit code themselves. */
static bool
is_told(const char *code, int exit)
{
	const struct own_row *row;

	for (size_t i = 0; (row = own_row_at(i)) != NULL; i++)
		if (row->kind != OWN_EXIT && strcmp(row->code, code) == 0 &&
		    (exit < 0 || row->exit == exit))
			return true;
	return false;
}

static void
every_word_of_keys_ledger_and_state_is_known(void **state)
{
	(void)state;
	for (int e = SEAL_OK + 1; e <= SEAL_SYSTEM; e++) {
		const char *word = seal_word((enum seal_err)e);

		if (!is_told(word, (int)seal_reason((enum seal_err)e)))
			fail_msg("no row, or another exit: %s", word);
	}
	for (int e = 1; e <= 64; e++) {
		const char *word = ledger_word((enum ledger_err)e);

		if (!is_told(word, REASON_NO_RECORD))
			fail_msg("no row: %s", word);
		word = state_word((enum state_result)e);
		if (strncmp(word, "store_", 6) == 0 && !is_told(word, -1))
			fail_msg("no row: %s", word);
	}
}

static void
every_exit_code_has_one_row_with_its_word(void **state)
{
	(void)state;
	for (int exit = 0; exit < 256; exit++) {
		const struct own_row *row;
		size_t hits = 0;

		for (size_t i = 0; (row = own_row_at(i)) != NULL; i++) {
			if (row->kind != OWN_EXIT || row->exit != exit)
				continue;
			hits++;
			assert_string_equal(row->code, reason_word(exit));
		}
		assert_int_equal(hits, reason_word(exit) != NULL);
	}
}

/* One code may be of two kinds, never twice of one. */
static void
every_row_is_whole_and_there_once(void **state)
{
	const struct own_row *row, *other;

	(void)state;
	for (size_t i = 0; (row = own_row_at(i)) != NULL; i++) {
		assert_true(row->code[0] != '\0' && row->kind >= OWN_EXIT &&
		            row->kind <= OWN_POLICY);
		assert_non_null(reason_word(row->exit));
		assert_true(strlen(row->meaning.en) > 3 &&
		            strlen(row->meaning.zh) > 3 &&
		            strlen(row->text.en) > 5 &&
		            strlen(row->text.zh) > 5);
		if (row->server[0] != '\0')
			assert_string_equal(
			    code_find(row->server, false)->code, row->server);
		for (size_t k = 0; k < i; k++) {
			other = own_row_at(k);
			assert_false(other->kind == row->kind &&
			             strcmp(other->code, row->code) == 0);
		}
	}
}

#define SCREEN(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SCREEN(an_unknown_code_is_said_to_be_unknown),
		SCREEN(a_pasted_code_steers_no_terminal),
		SCREEN(a_pasted_secret_is_refused_and_not_repeated),
		SCREEN(bytes_that_are_no_text_make_no_broken_document),
		SCREEN(a_servers_code_is_told_whole),
		SCREEN(a_prefix_fits_what_is_not_listed_itself),
		SCREEN(our_own_codes_are_known_with_their_exit),
		SCREEN(an_exit_code_is_found_by_number_and_word),
		SCREEN(it_is_told_in_chinese),
		SCREEN(without_a_code_all_are_listed),
		SCREEN(the_document_has_both_languages),
		cmocka_unit_test(every_word_of_keys_ledger_and_state_is_known),
		cmocka_unit_test(every_exit_code_has_one_row_with_its_word),
		cmocka_unit_test(every_row_is_whole_and_there_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

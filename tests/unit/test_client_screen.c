/* SPDX-License-Identifier: ISC */
/*
 * Arguments and screens: what a server, a policy or a pasted text may say
 * must not steer the terminal, nor pass for a line of ours.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/client.h"
#include "client/shown.h"
#include "client/tell.h"
#include "client/words.h"

static char *screen;
static size_t screen_len;
static struct client client;

static int
set_up(void **state)
{
	(void)state;
	memset(&client, 0, sizeof(client));
	client.lang = PERSON_EN;
	client.options.verb = VERB_PASS;
	client.out = open_memstream(&screen, &screen_len);
	assert_non_null(client.out);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	assert_int_equal(fclose(client.out), 0);
	free(screen);
	screen = NULL;
	return 0;
}

static const char *
seen(void)
{
	assert_int_equal(fflush(client.out), 0);
	return screen;
}

static void
assert_seen(const char *text)
{
	if (strstr(seen(), text) == NULL)
		fail_msg("not on the screen: %s\nbut: %s", text, seen());
}

/* No byte of a screen steers a terminal. */
static void
assert_tame(void)
{
	for (const char *at = seen(); *at != '\0'; at++)
		if ((unsigned char)*at < 0x20 && *at != '\n')
			fail_msg("byte %02x on the screen", (unsigned char)*at);
	assert_null(strstr(seen(), "\xe2\x80\xae"));
}

static void
fill(struct shown_list *gates, const char *name)
{
	union person_any message = { .gate = { .gate = { 7 },
		                         .org = "a1b2",
		                         .alias = "shop",
		                         .pipeline = "10877",
		                         .run = "2291",
		                         .job = "8744",
		                         .status = "WAITING",
		                         .can = 3 } };

	(void)snprintf(message.gate.pipeline_name,
	    sizeof(message.gate.pipeline_name), "%s", name);
	(void)snprintf(
	    message.gate.stage, sizeof(message.gate.stage), "%s", name);
	(void)snprintf(
	    message.gate.job_name, sizeof(message.gate.job_name), "%s", name);
	(void)snprintf(
	    message.gate.starter, sizeof(message.gate.starter), "%s", name);
	assert_true(shown_take(gates, &person_gate_layout, &message));
	memset(&message, 0, sizeof(message));
	message.piece.kind = PIECE_SOURCE;
	(void)snprintf(message.piece.b, sizeof(message.piece.b), "%s", name);
	(void)snprintf(message.piece.c, sizeof(message.piece.c),
	    "c07de1193b5e4f5a6b8c9d0e1f2a3b4c5d6e7f80");
	assert_true(shown_take(gates, &person_piece_layout, &message));
	memset(&message, 0, sizeof(message));
	message.piece.kind = PIECE_PARAMETER;
	(void)snprintf(message.piece.a, sizeof(message.piece.a), "%s", name);
	assert_true(shown_take(gates, &person_piece_layout, &message));
	memset(&message, 0, sizeof(message));
	message.rule.kind = RULE_PRIMARY;
	message.rule.line = 20;
	(void)snprintf(
	    message.rule.text, sizeof(message.rule.text), "%s", name);
	(void)snprintf(
	    message.rule.message, sizeof(message.rule.message), "%s", name);
	assert_true(shown_take(gates, &person_rule_layout, &message));
	memset(&message, 0, sizeof(message));
	message.need.kind = NEED_REASON;
	(void)snprintf(
	    message.need.text, sizeof(message.need.text), "%s", name);
	assert_true(shown_take(gates, &person_need_layout, &message));
}

static const char hostile[] =
    "x\033[2J\033]0;owned\007\r\nPassed.\n\xe2\x80\xae"
    "evil\x08\xc2\x9b"
    "31m";

static void
hostile_names_do_not_steer_the_screens(void **state)
{
	struct shown_list gates = { 0 };

	(void)state;
	fill(&gates, hostile);
	tell_gate_head(&client, &gates.items[0]);
	tell_gate(&client, &gates.items[0]);
	tell_list(&client, &gates);
	client.options.plain = true;
	tell_list(&client, &gates);
	assert_tame();
	assert_null(strstr(seen(), "\nPassed."));
	shown_clear(&gates);
}

static void
a_hostile_result_cannot_pass_for_a_line_of_ours(void **state)
{
	struct person_result result = { .exit = REASON_NOT_SENT,
		.origin = ORIGIN_SERVER };
	struct shown_list gates = { 0 };

	(void)state;
	fill(&gates, "web");
	(void)snprintf(result.text, sizeof(result.text), "%s", hostile);
	(void)snprintf(
	    result.line, sizeof(result.line), "a\nPassed.\n%s", hostile);
	tell_result(&client, &gates.items[0], &result);
	assert_tame();
	assert_null(strstr(seen(), "\nPassed."));
	assert_seen("| Passed.");
	shown_clear(&gates);
}

static void
hostile_progress_does_not_steer_the_screen(void **state)
{
	struct person_progress progress = { .what = PROGRESS_ANSWERED };

	(void)state;
	(void)snprintf(progress.a, sizeof(progress.a), "%s", hostile);
	(void)snprintf(progress.b, sizeof(progress.b), "%s", hostile);
	tell_progress(&client, &progress);
	assert_tame();
	assert_null(strstr(seen(), "\nPassed."));
}

static void
a_denial_names_code_rule_file_and_line(void **state)
{
	struct person_result result = { .exit = REASON_DENIED,
		.origin = ORIGIN_HERE,
		.local_code = "self",
		.code = "Forbidden.AccessDenied",
		.record = "20261125-0017" };
	struct shown_list gates = { 0 };

	(void)state;
	fill(&gates, "web");
	(void)snprintf(gates.items[0].rules[0].file, 16, "policy");
	(void)snprintf(
	    gates.items[0].rules[0].text, 64, "deny self trigger on prod");
	tell_result(&client, &gates.items[0], &result);
	assert_seen("Refused: Forbidden.AccessDenied (here, self). Nothing was "
	            "sent.\n");
	assert_seen("  policy:20  deny self trigger on prod");
	assert_seen("Record     20261125-0017\n");
	shown_clear(&gates);
}

static void
decided_before_is_told_by_what_was_asked(void **state)
{
	struct person_result result = { .exit = REASON_ALREADY,
		.origin = ORIGIN_HERE };

	(void)state;
	tell_result(&client, NULL, &result);
	assert_seen("Already passed.");
	client.options.verb = VERB_REFUSE;
	tell_result(&client, NULL, &result);
	assert_seen("Already refused.");
}

/* Every exit code says something, and only one of them says Passed. */
static void
no_other_exit_says_passed(void **state)
{
	(void)state;
	for (int exit = 1; exit <= 255; exit++) {
		struct person_result result = { .exit = (uint8_t)exit,
			.origin = ORIGIN_HERE };

		if (exit == REASON_ALREADY || exit == REASON_OTHERWISE)
			continue;
		tell_result(&client, NULL, &result);
	}
	assert_null(strstr(seen(), "Passed."));
	assert_null(strstr(seen(), "passed."));
}

static void
a_commit_is_shown_whole_enough_and_a_handle_whole(void **state)
{
	struct shown_list gates = { 0 };

	(void)state;
	fill(&gates, "a-very-long-name-of-a-pipeline-that-goes-on-and-on-web");
	tell_gate_head(&client, &gates.items[0]);
	assert_seen("c07de1193b on ");
	tell_list(&client, &gates);
	assert_seen(gates.items[0].handle);
	assert_seen("…");
	shown_clear(&gates);
}

static void
wide_characters_count_twice_and_are_never_halved(void **state)
{
	(void)state;
	assert_int_equal(text_width("生产发布"), 8);
	print_padded(client.out, "生产发布", 6);
	assert_seen("生产… ");
	assert_null(strstr(seen(), "发"));
}

static enum reason
parse(struct options *options, const char **ret_wrong, int n, ...)
{
	char *argv[16] = { NULL };
	va_list more;

	va_start(more, n);
	for (int i = 0; i < n; i++)
		argv[i] = va_arg(more, char *);
	va_end(more);
	return options_parse(n, argv, options, ret_wrong);
}

static void
a_word_that_is_no_verb_is_shown_never_passed(void **state)
{
	struct options options;
	const char *wrong;

	(void)state;
	assert_int_equal(parse(&options, &wrong, 2, "warder", "k3f9-2m7q-x4td"),
	    REASON_DONE);
	assert_int_equal(options.verb, VERB_SHOW);
	assert_int_equal(options.gates_n, 1);
}

static void
nothing_at_all_lists(void **state)
{
	struct options options;
	const char *wrong;

	(void)state;
	assert_int_equal(parse(&options, &wrong, 1, "warder"), REASON_DONE);
	assert_int_equal(options.verb, VERB_LIST);
}

static void
wrong_arguments_are_usage_errors(void **state)
{
	struct options options;
	const char *wrong;
	char longest[300];

	(void)state;
	memset(longest, 'r', sizeof(longest));
	longest[257] = '\0';
	assert_int_equal(
	    parse(&options, &wrong, 2, "warder", "pass"), REASON_USAGE);
	assert_int_equal(
	    parse(&options, &wrong, 3, "warder", "list", "x"), REASON_USAGE);
	assert_int_equal(
	    parse(&options, &wrong, 3, "warder", "--force", "x"), REASON_USAGE);
	assert_int_equal(
	    parse(&options, &wrong, 5, "warder", "show", "x", "-m", "reason"),
	    REASON_USAGE);
	assert_int_equal(
	    parse(&options, &wrong, 4, "warder", "whoami", "--plain", "--json"),
	    REASON_USAGE);
	assert_int_equal(
	    parse(&options, &wrong, 5, "warder", "pass", "x", "-m", longest),
	    REASON_USAGE);
	assert_int_equal(parse(&options, &wrong, 5, "warder", "pass", "x", "-m",
	                     "two\nlines"),
	    REASON_USAGE);
	assert_int_equal(
	    parse(&options, &wrong, 3, "warder", "break-glass", "x"),
	    REASON_USAGE);
	assert_int_equal(
	    parse(&options, &wrong, 3, "warder", "pass", "-m"), REASON_USAGE);
}

static void
options_and_gates_stand_in_any_order(void **state)
{
	struct options options;
	const char *wrong;

	(void)state;
	assert_int_equal(parse(&options, &wrong, 9, "warder", "-n", "pass",
	                     "a/1/2", "-m", "why", "b/3/4", "-t", "CHG-1"),
	    REASON_DONE);
	assert_int_equal(options.verb, VERB_PASS);
	assert_int_equal(options.gates_n, 2);
	assert_string_equal(options.reason, "why");
	assert_string_equal(options.ticket, "CHG-1");
	assert_true(options.no_prompt);
}

#define SCREEN(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

static void
a_pattern_that_is_a_length_is_told_in_words(void **state)
{
	char text[PATTERN_TEXT_SIZE];

	(void)state;
	assert_string_equal(
	    pattern_text(text, ".{8,}"), "at least 8 characters");
	assert_string_equal(pattern_text(text, ""), "");
}

static void
any_other_pattern_is_shown_as_it_is(void **state)
{
	static const char *const others[] = { ".{8}", ".{8,40}", ".{,8}",
		".{8,}x", "x.{8,}", ".{}", ".{99999,}", ".+",
		"(CHG|INC)-[0-9]{4,8}" };
	char text[PATTERN_TEXT_SIZE], want[64];

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		(void)snprintf(want, sizeof(want), "must match: %s", others[i]);
		assert_string_equal(pattern_text(text, others[i]), want);
	}
	assert_null(strchr(pattern_text(text, "a\033[2Jb"), '\033'));
}

/* The line of a deny holds its `because`; another message does not. */
static void
what_a_deny_says_is_said_once(void **state)
{
	struct person_result result = { .exit = REASON_DENIED,
		.origin = ORIGIN_HERE,
		.local_code = "self" };
	union person_any message = { .rule = { .kind = RULE_PRIMARY,
		                         .line = 20,
		                         .file = "policy",
		                         .message = "you started this" } };
	struct shown_list gates = { 0 };
	const char *at;

	(void)state;
	fill(&gates, "web-home");
	gates.items[0].rules_n = 0;
	(void)snprintf(message.rule.text, sizeof(message.rule.text),
	    "deny self on shop/*/*/* because \"you started this\"");
	assert_true(shown_take(&gates, &person_rule_layout, &message));
	tell_result(&client, &gates.items[0], &result);
	at = strstr(seen(), "you started this");
	assert_non_null(at);
	assert_null(strstr(at + 1, "you started this"));
	shown_clear(&gates);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SCREEN(a_pattern_that_is_a_length_is_told_in_words),
		SCREEN(any_other_pattern_is_shown_as_it_is),
		SCREEN(what_a_deny_says_is_said_once),
		SCREEN(hostile_names_do_not_steer_the_screens),
		SCREEN(a_hostile_result_cannot_pass_for_a_line_of_ours),
		SCREEN(hostile_progress_does_not_steer_the_screen),
		SCREEN(a_denial_names_code_rule_file_and_line),
		SCREEN(decided_before_is_told_by_what_was_asked),
		SCREEN(no_other_exit_says_passed),
		SCREEN(a_commit_is_shown_whole_enough_and_a_handle_whole),
		SCREEN(wide_characters_count_twice_and_are_never_halved),
		cmocka_unit_test(a_word_that_is_no_verb_is_shown_never_passed),
		cmocka_unit_test(nothing_at_all_lists),
		cmocka_unit_test(wrong_arguments_are_usage_errors),
		cmocka_unit_test(options_and_gates_stand_in_any_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

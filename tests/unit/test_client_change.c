/* SPDX-License-Identifier: ISC */
/*
 * What a run would bring, as the client takes and shows it: pieces in their
 * order, in no order, from a desk that adds a gate of its own.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/fd.h"
#include "client/change.h"
#include "client/json_change.h"

#define TOP "c4d2e9f07b1a3586d0e4f9a2b7c8135e6f0a9d42"
#define OLD "9b8a7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0b"

static char *screen;
static size_t screen_len;
static struct client client;
static struct shown shown;

static int
set_up(void **state)
{
	(void)state;
	memset(&client, 0, sizeof(client));
	memset(&shown, 0, sizeof(shown));
	client.is_hushed = true;
	client.out = open_memstream(&screen, &screen_len);
	return client.out == NULL;
}

static int
tear_down(void **state)
{
	(void)state;
	(void)fclose(client.out);
	free(screen);
	shown_clear_one(&shown);
	return 0;
}

static void
piece(enum person_piece_kind kind, const char *a, const char *b, const char *c)
{
	struct person_piece *at;

	shown.pieces =
	    realloc(shown.pieces, (shown.pieces_n + 1) * sizeof(*shown.pieces));
	assert_non_null(shown.pieces);
	at = &shown.pieces[shown.pieces_n++];
	memset(at, 0, sizeof(*at));
	at->kind = (uint8_t)kind;
	(void)snprintf(at->a, sizeof(at->a), "%s", a);
	(void)snprintf(at->b, sizeof(at->b), "%s", b);
	(void)snprintf(at->c, sizeof(at->c), "%s", c);
}

static const char *
seen(void)
{
	tell_change(&client, &shown);
	assert_int_equal(fflush(client.out), 0);
	return screen;
}

/* The document's members, with one object in `commits` for each source. */
static char *
document(int sources)
{
	cJSON *doc = cJSON_CreateObject();
	cJSON *commits = cJSON_AddArrayToObject(doc, "commits");
	char *text;

	while (sources-- > 0)
		(void)cJSON_AddItemToArray(commits, cJSON_CreateObject());
	json_add_change(doc, commits, &shown);
	text = cJSON_PrintUnformatted(doc);
	assert_non_null(text);
	cJSON_Delete(doc);
	return text;
}

static void
assert_document(int sources, const char *want)
{
	char *text = document(sources);

	assert_string_equal(text, want);
	cJSON_free(text);
}

static void
a_change_is_told_whole(void **state)
{
	(void)state;
	piece(PIECE_BEFORE, "2290", "found", "");
	piece(PIECE_CHANGE, "r", OLD, TOP);
	piece(PIECE_COMMIT, TOP, "banner", "verified");
	piece(PIECE_AUTHOR, "wu@x.example", "wu", "Wu");
	piece(PIECE_AUTHOR, "", "", "bot");
	piece(PIECE_MORE, "commits", "3", "");
	piece(PIECE_PATH, "b", "renamed", "a");
	piece(PIECE_MORE, "files", "", "");
	piece(PIECE_UNKNOWN, "authors", "author", "");
	assert_string_equal(seen(),
	    "Last pass  run 2290\n"
	    "Change     1 commit since run 2290, the last one passed here\n"
	    "           c4d2e9f07b  banner  (signature verified)\n"
	    "             by Wu <wu@x.example>, here wu\n"
	    "             by bot, without an address\n"
	    "           and 3 other commits\n"
	    "Files      renamed  b, was a\n"
	    "           and other files\n"
	    "Authors    unknown: a commit bears no address\n");
	assert_document(1,
	    "{\"commits\":[{\"after\":\"" OLD "\",\"log\":[{\"commit\":\"" TOP
	    "\",\"title\":\"banner\",\"signature_verified\":true,"
	    "\"authors\":[{\"address\":\"wu@x.example\",\"user\":\"wu\","
	    "\"name\":\"Wu\"},{\"address\":\"\",\"user\":\"\","
	    "\"name\":\"bot\"}]}],\"files\":[{\"path\":\"b\","
	    "\"change\":\"renamed\",\"was\":\"a\"}],\"authors_known\":false,"
	    "\"unknown\":{\"why\":\"author\",\"detail\":\"\"},"
	    "\"log_more\":3,\"files_more\":null}],\"last_pass\":{\"state\":"
	    "\"found\",\"run_id\":\"2290\",\"why\":\"\"}}");
}

static void
without_pieces_nothing_is_claimed(void **state)
{
	(void)state;
	assert_string_equal(seen(), "");
	assert_document(1, "{\"commits\":[{}],\"last_pass\":null}");
	/* A look tells why authors are unknown; that is no CHANGE. */
	piece(PIECE_UNKNOWN, "authors", "host", "");
	assert_string_equal(seen(), "");
	assert_document(1, "{\"commits\":[{}],\"last_pass\":null}");
	assert_null(change_was(&shown, "authors"));
}

static void
pieces_out_of_order_are_left_out(void **state)
{
	(void)state;
	piece(PIECE_WAS, "REPLICAS", "4", "changed");
	piece(PIECE_COMMIT, TOP, "early", "");
	piece(PIECE_BEFORE, "", "none", "");
	piece(PIECE_AUTHOR, "x@x.example", "", "of no source");
	piece(PIECE_CHANGE, "r", "", TOP);
	piece(PIECE_AUTHOR, "x@x.example", "", "of no commit");
	piece(PIECE_CHANGE, "r", "", TOP);
	piece(PIECE_COMMIT, TOP, "of no source", "");
	assert_null(change_was(&shown, "REPLICAS"));
	assert_document(1,
	    "{\"commits\":[{\"after\":\"\",\"log\":[],\"log_more\":0,"
	    "\"files\":[],\"files_more\":0,\"authors_known\":true,"
	    "\"unknown\":null}],\"last_pass\":{\"state\":\"none\","
	    "\"run_id\":\"\",\"why\":\"\"}}");
	assert_non_null(strstr(seen(), "none: no earlier run"));
}

static void
foreign_words_stay_on_their_line(void **state)
{
	(void)state;
	piece(PIECE_BEFORE, "", "unknown", "runs");
	piece(PIECE_CHANGE, "r", "", TOP);
	piece(PIECE_COMMIT, "\033[2J", "a\nChange  \xe2\x80\xae", "\033");
	piece(PIECE_AUTHOR, "\033]0;", "\n", "\r");
	piece(PIECE_PATH, "\b", "\a", "");
	piece(PIECE_MORE, "files", "\033[A", "");
	piece(PIECE_UNKNOWN, "authors", "\v", "\f");
	for (const char *at = seen(); *at != '\0'; at++)
		if ((unsigned char)*at < 0x20 && *at != '\n')
			fail_msg("byte %02x on the screen", (unsigned char)*at);
	assert_null(strstr(screen, "\xe2\x80\xae"));
	assert_null(strstr(screen, "\nChange  \n"));
}

struct told {
	struct shown_list gates;
	struct link link;
	int desk;
};

static void
begin(struct told *told)
{
	int pair[2];

	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK,
	        0, pair),
	    0);
	*told = (struct told){ .link = LINK_NONE, .desk = pair[1] };
	told->link.sock = pair[0];
	told->link.id = 1;
	told->gates.items = calloc(1, sizeof(*told->gates.items));
	told->gates.n = 1;
}

static void
says(struct told *told, const struct layout *layout, const void *message)
{
	assert_int_equal(layout_send(told->desk, 2, layout, message, -1,
	                     clock_boot_ms() + 200),
	    0);
}

static int
ask(struct told *told)
{
	auto_frame struct frame frame = FRAME_NONE;
	int exit = change_ask(&client, &told->link, &told->gates);

	assert_int_equal(
	    frame_recv(told->desk, WIRE_PERSON, clock_boot_ms() + 200, &frame),
	    0);
	assert_int_equal(frame.type, PERSON_CHANGE);
	assert_int_equal(frame.len, 0);
	shown_clear(&told->gates);
	link_close(&told->link);
	fd_closep(&told->desk);
	return exit;
}

static void
what_a_desk_answers_is_held_to_form(void **state)
{
	const struct person_piece before = { .kind = PIECE_BEFORE };
	const struct person_gate gate = { .status = "WAITING" };
	const struct person_result part = { .exit = REASON_INCOMPLETE,
		.origin = ORIGIN_HERE },
	                           whole = { .origin = ORIGIN_HERE };
	struct told told;

	(void)state;
	begin(&told);
	says(&told, &person_piece_layout, &before);
	says(&told, &person_result_layout, &whole);
	assert_int_equal(ask(&told), REASON_DONE);
	begin(&told);
	says(&told, &person_result_layout, &part);
	assert_int_equal(ask(&told), REASON_INCOMPLETE);
	/* Another gate in place of what this one would bring. */
	begin(&told);
	says(&told, &person_gate_layout, &gate);
	says(&told, &person_result_layout, &whole);
	assert_int_equal(ask(&told), REASON_UNREACHABLE);
	/* The end before a result. */
	begin(&told);
	says(&told, &person_piece_layout, &before);
	assert_int_equal(shutdown(told.desk, SHUT_WR), 0);
	assert_int_equal(ask(&told), REASON_UNREACHABLE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_change_is_told_whole),
		TEST(without_pieces_nothing_is_claimed),
		TEST(pieces_out_of_order_are_left_out),
		TEST(foreign_words_stay_on_their_line),
		TEST(what_a_desk_answers_is_held_to_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

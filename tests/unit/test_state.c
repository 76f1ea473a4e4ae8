/* SPDX-License-Identifier: ISC */
/*
 * The six calls against SQLite: what they refuse, what they say when asked
 * twice, and what a kill, a foreign or a damaged file leaves.
 */
#include "config.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/fd.h"
#include "tests/unit/state_folder.h"

#define GATE "/warder/1/5ebbc0228123212b59xxxxx/g/7c4f/"
#define VOTE GATE "vote/1002"
#define CLAIM GATE "claim"

static enum state_result
create(struct state *state, const char *key, const char *value,
    const char *absent, uint64_t *ret_revision)
{
	return state_create(
	    state, key, value, strlen(value), absent, ret_revision);
}

static enum state_result
claim(struct state *state, const char *value, const struct state_same *same,
    size_t n)
{
	uint64_t revision;

	return state_claim(
	    state, CLAIM, value, strlen(value), same, n, &revision);
}

static void
sql(const char *text)
{
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void
a_foreign_file_is_refused_and_left_alone(void **unused)
{
	static const char *const makes[] = { "CREATE TABLE other (x)",
		"PRAGMA application_id=1", "PRAGMA user_version=7" };
	struct state *state = NULL;

	(void)unused;
	for (size_t i = 0; i < 3; i++) {
		sql(makes[i]);
		assert_int_equal(state_open(dir, &state), STATE_FORM);
		assert_null(state);
		(void)unlink(file);
	}
	state = open_state();
	state_freep(&state);
	sql("PRAGMA user_version=2");
	assert_int_equal(state_open(dir, &state), STATE_FORM);
	sql("PRAGMA user_version=1; DELETE FROM head");
	assert_int_equal(state_open(dir, &state), STATE_FORM);
}

static void
a_damaged_file_is_refused(void **unused)
{
	struct state *state = open_state();
	char noise[2048];
	uint64_t revision;
	int fd;

	(void)unused;
	for (int i = 0; i < 40; i++) {
		char key[64];

		(void)snprintf(key, sizeof(key), "%s%d", GATE, i);
		assert_int_equal(
		    create(state, key, "some value", NULL, &revision),
		    STATE_DONE);
	}
	state_freep(&state);
	memset(noise, 0x5a, sizeof(noise));
	fd = open(file, O_WRONLY | O_CLOEXEC);
	assert_int_equal(pwrite(fd, noise, sizeof(noise), 2 * 4096), 2048);
	(void)close(fd);
	assert_int_equal(state_open(dir, &state), STATE_FORM);
	fd = open(file, O_WRONLY | O_TRUNC | O_CLOEXEC);
	assert_int_equal(fd_write_all(fd, noise, sizeof(noise)), 0);
	(void)close(fd);
	assert_int_equal(state_open(dir, &state), STATE_FORM);
	assert_null(state);
}

static void
a_folder_that_is_not_there_or_a_link_is_down(void **unused)
{
	struct state *state = NULL;

	(void)unused;
	assert_int_equal(state_open("/nonexistent", &state), STATE_DOWN);
	assert_int_equal(symlink("/etc/passwd", file), 0);
	assert_int_equal(state_open(dir, &state), STATE_DOWN);
}

static void
nobody_else_may_read_the_file(void **unused)
{
	auto_state struct state *state = NULL;
	struct stat st;

	(void)unused;
	(void)umask(0);
	state = open_state();
	(void)umask(022);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void
keys_and_values_have_bounds(void **unused)
{
	auto_state struct state *state = open_state();
	struct state_item item, *items = NULL;
	struct state_same same[STATE_CLAIM_MAX + 1];
	char key[STATE_KEY_MAX + 2], value[STATE_VALUE_MAX + 1];
	uint64_t revision;
	size_t n;

	(void)unused;
	memset(key, 'k', sizeof(key) - 1);
	key[sizeof(key) - 1] = '\0';
	memset(value, 'v', sizeof(value));
	assert_int_equal(
	    state_create(state, key, value, 1, NULL, &revision), STATE_FORM);
	assert_int_equal(
	    state_create(state, "", value, 1, NULL, &revision), STATE_FORM);
	assert_int_equal(
	    state_create(state, VOTE, value, 0, NULL, &revision), STATE_FORM);
	assert_int_equal(
	    state_create(state, VOTE, value, sizeof(value), NULL, &revision),
	    STATE_FORM);
	assert_int_equal(
	    state_create(state, VOTE, value, 1, key, &revision), STATE_FORM);
	assert_int_equal(state_get(state, key, &item), STATE_FORM);
	assert_int_equal(state_list(state, "no/slash", &items, &n), STATE_FORM);
	for (size_t i = 0; i < STATE_CLAIM_MAX + 1; i++)
		same[i] = (struct state_same){ VOTE, 1 };
	assert_int_equal(
	    claim(state, "x", same, STATE_CLAIM_MAX + 1), STATE_FORM);
	key[STATE_KEY_MAX] = '\0';
	assert_int_equal(
	    state_create(state, key, value, STATE_VALUE_MAX, NULL, &revision),
	    STATE_DONE);
	assert_int_equal(state_get(state, key, &item), STATE_OK);
	assert_int_equal(item.len, STATE_VALUE_MAX);
	assert_int_equal(item.revision, revision);
}

static void
a_create_asked_twice_is_its_own(void **unused)
{
	auto_state struct state *state = open_state();
	uint64_t first = 0, second = 0;

	(void)unused;
	assert_int_equal(
	    create(state, VOTE, "chen", CLAIM, &first), STATE_DONE);
	assert_int_equal(
	    create(state, VOTE, "chen", CLAIM, &second), STATE_OWN);
	assert_int_equal(first, second);
	assert_int_equal(
	    create(state, VOTE, "wu", CLAIM, &second), STATE_TAKEN);
	assert_int_equal(
	    create(state, CLAIM, "claimed", NULL, &first), STATE_DONE);
	assert_int_equal(
	    create(state, GATE "vote/1003", "fang", CLAIM, &second),
	    STATE_CLOSED);
	/* One that was written before the gate closed stays its own. */
	assert_int_equal(
	    create(state, VOTE, "chen", CLAIM, &second), STATE_OWN);
}

static void
a_claim_needs_every_vote_unchanged(void **unused)
{
	auto_state struct state *state = open_state();
	uint64_t revision, changed;
	struct state_same same[2];

	(void)unused;
	assert_int_equal(create(state, VOTE, "a", NULL, &revision), STATE_DONE);
	same[0] = (struct state_same){ VOTE, revision };
	same[1] = (struct state_same){ GATE "vote/9", 1 };
	assert_int_equal(claim(state, "mine", same, 2), STATE_STALE);
	assert_int_equal(
	    state_put_if(state, VOTE, revision, "b", 1, &changed), STATE_DONE);
	assert_true(changed > revision);
	assert_int_equal(claim(state, "mine", same, 1), STATE_STALE);
	same[0].revision = changed;
	assert_int_equal(claim(state, "mine", same, 1), STATE_DONE);
	assert_int_equal(claim(state, "mine", same, 1), STATE_OWN);
	assert_int_equal(claim(state, "other", NULL, 0), STATE_TAKEN);
}

static void
put_if_and_delete_want_the_revision(void **unused)
{
	auto_state struct state *state = open_state();
	uint64_t first, second, third;

	(void)unused;
	assert_int_equal(
	    state_put_if(state, VOTE, 7, "a", 1, &first), STATE_STALE);
	assert_int_equal(
	    state_put_if(state, VOTE, 0, "a", 1, &first), STATE_DONE);
	assert_int_equal(
	    state_put_if(state, VOTE, 0, "b", 1, &second), STATE_STALE);
	assert_int_equal(
	    state_put_if(state, VOTE, 0, "a", 1, &second), STATE_OWN);
	assert_int_equal(first, second);
	assert_int_equal(
	    state_put_if(state, VOTE, first, "b", 1, &second), STATE_DONE);
	assert_int_equal(
	    state_put_if(state, VOTE, first, "b", 1, &third), STATE_OWN);
	assert_int_equal(third, second);
	assert_int_equal(state_delete(state, VOTE, first), STATE_STALE);
	assert_int_equal(state_delete(state, VOTE, second), STATE_DONE);
	assert_int_equal(state_delete(state, VOTE, second), STATE_ABSENT);
	/* A key made anew never has an old revision. */
	assert_int_equal(create(state, VOTE, "b", NULL, &third), STATE_DONE);
	assert_true(third > second);
}

static void
a_list_has_what_is_below_and_no_more(void **unused)
{
	auto_state struct state *state = open_state();
	struct state_item *items = NULL;
	uint64_t revision;
	char key[128];
	size_t n;

	(void)unused;
	assert_int_equal(
	    create(state, "a/b", "1", NULL, &revision), STATE_DONE);
	assert_int_equal(create(state, "a/", "2", NULL, &revision), STATE_DONE);
	assert_int_equal(create(state, "a0", "3", NULL, &revision), STATE_DONE);
	assert_int_equal(create(state, "a%", "4", NULL, &revision), STATE_DONE);
	assert_int_equal(
	    create(state, "a/\xff", "5", NULL, &revision), STATE_DONE);
	assert_int_equal(state_list(state, "a/", &items, &n), STATE_OK);
	assert_int_equal(n, 3);
	assert_string_equal(items[0].key, "a/");
	assert_string_equal(items[1].key, "a/b");
	assert_int_equal(items[1].len, 1);
	assert_memory_equal(items[1].value, "1", 1);
	free(items);
	items = NULL;
	for (int i = 0; i <= STATE_ITEMS_MAX; i++) {
		(void)snprintf(key, sizeof(key), "b/%03d", i);
		assert_int_equal(
		    create(state, key, "x", NULL, &revision), STATE_DONE);
	}
	assert_int_equal(state_list(state, "b/", &items, &n), STATE_FULL);
	assert_null(items);
	assert_int_equal(state_list(state, "c/", &items, &n), STATE_OK);
	assert_int_equal(n, 0);
	free(items);
}

static void
of_many_claims_one_is_done(void **unused)
{
	int done = 0, status, go[2];
	pid_t child[8];
	char byte;

	(void)unused;
	assert_int_equal(pipe2(go, O_CLOEXEC), 0);
	for (int i = 0; i < 8; i++) {
		child[i] = fork();
		if (child[i] == 0) {
			struct state *state = NULL;
			char value[16];
			enum state_result r;

			(void)close(go[1]);
			(void)snprintf(value, sizeof(value), "%d", i);
			(void)!read(go[0], &byte, 1);
			if (state_open(dir, &state) != STATE_OK)
				_exit(2);
			r = claim(state, value, NULL, 0);
			_exit(r == STATE_DONE ? 0 : r == STATE_TAKEN ? 1 : 3);
		}
	}
	(void)close(go[0]);
	(void)close(go[1]);
	for (int i = 0; i < 8; i++) {
		assert_int_equal(waitpid(child[i], &status, 0), child[i]);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) < 2);
		done += WEXITSTATUS(status) == 0;
	}
	assert_int_equal(done, 1);
}

/* In a child: one key after another, each told once it is acknowledged. */
static void
create_for_ever(int tell, int round)
{
	struct state *state = NULL;
	uint64_t revision;
	char key[64];

	if (state_open(dir, &state) != STATE_OK)
		_exit(1);
	for (int i = 0;; i++) {
		(void)snprintf(key, sizeof(key), "k/%d/%d", round, i);
		if (create(state, key, key, NULL, &revision) != STATE_DONE ||
		    write(tell, key, sizeof(key)) != sizeof(key))
			_exit(1);
	}
}

static void
no_acknowledged_item_is_lost_by_a_kill(void **unused)
{
	struct state_item item;
	char key[64], last[64];
	int tell[2], status;
	pid_t child;

	(void)unused;
	for (int round = 0; round < 20; round++) {
		auto_state struct state *state = NULL;

		assert_int_equal(pipe2(tell, O_CLOEXEC), 0);
		child = fork();
		if (child == 0)
			create_for_ever(tell[1], round);
		(void)close(tell[1]);
		assert_int_equal(read(tell[0], key, sizeof(key)), sizeof(key));
		(void)usleep((useconds_t)(round * 731 % 7000));
		(void)kill(child, SIGKILL);
		(void)waitpid(child, &status, 0);
		assert_true(WIFSIGNALED(status));
		do {
			memcpy(last, key, sizeof(last));
		} while (read(tell[0], key, sizeof(key)) == sizeof(key));
		(void)close(tell[0]);
		state = open_state();
		assert_int_equal(state_get(state, last, &item), STATE_OK);
	}
}

static void
a_full_disk_is_said_and_changes_nothing(void **unused)
{
	auto_state struct state *state = open_state();
	char value[STATE_VALUE_MAX];
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct rlimit before, limit;
	struct state_item item;
	enum state_result r = STATE_DONE;
	uint64_t revision;
	struct stat st;

	(void)unused;
	memset(value, 'v', sizeof(value));
	(void)sigaction(SIGXFSZ, &ignore, NULL);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = (rlim_t)st.st_size + 8192;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	for (int i = 0; i < 20 && r == STATE_DONE; i++) {
		char key[16];

		(void)snprintf(key, sizeof(key), "k%02d", i);
		r = state_create(
		    state, key, value, sizeof(value), NULL, &revision);
	}
	if (r == STATE_DONE)
		r = create(state, "last", "x", NULL, &revision);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_true(r == STATE_FULL || r == STATE_DOWN || r == STATE_UNKNOWN);
	assert_int_equal(state_get(state, "last", &item), STATE_ABSENT);
	assert_int_equal(create(state, "k", "v", NULL, &revision), STATE_DONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_A_FOLDER(a_foreign_file_is_refused_and_left_alone),
		IN_A_FOLDER(a_damaged_file_is_refused),
		IN_A_FOLDER(a_folder_that_is_not_there_or_a_link_is_down),
		IN_A_FOLDER(nobody_else_may_read_the_file),
		IN_A_FOLDER(keys_and_values_have_bounds),
		IN_A_FOLDER(a_create_asked_twice_is_its_own),
		IN_A_FOLDER(a_claim_needs_every_vote_unchanged),
		IN_A_FOLDER(put_if_and_delete_want_the_revision),
		IN_A_FOLDER(a_list_has_what_is_below_and_no_more),
		IN_A_FOLDER(of_many_claims_one_is_done),
		IN_A_FOLDER(no_acknowledged_item_is_lost_by_a_kill),
		IN_A_FOLDER(a_full_disk_is_said_and_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

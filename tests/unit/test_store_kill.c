/* SPDX-License-Identifier: ISC */
/*
 * SIGKILL at every step of every change of the store, and at instants that
 * nobody chose: what opens then is the old set or the new one, whole, under
 * one master key, and the change can be made again.
 *
 *   WARDER_KILLS=N   so many kills at random instants (60)
 *   SEED=N           of those instants
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"
#include "ctl/key_change.h"
#include "seal/internal.h"
#include "seal/store.h"
#include "tests/unit/kill_hook.h"
#include "tests/unit/store_scene.h"

#define ORG "5ebbc022"
#define STEPS_MAX 400

static struct blob *new_keys;

/* ---- the changes ------------------------------------------------------ */
static enum seal_err
apply(struct key_change *change, enum key_act act, const char *name,
    struct seal_store *store)
{
	auto_credential struct seal_credential from = {
		.kind = SEAL_ACCESS_KEY,
		.api = 1,
		.organization = ORG,
		.id = "LTAI5tTESTTESTTEST",
		.endpoint = "127.0.0.1:8443",
	};
	struct vault vault = { .keys = scene_keys };

	if (text_copy(from.name, sizeof(from.name), name) != 0 ||
	    blob_new(32, &from.secret) != 0 ||
	    blob_append(from.secret, "sealed-anew", 11) != 0)
		return SEAL_MEMORY_LOCK;
	change->act = act;
	change->vault = &vault;
	change->credential = &from;
	return key_change_apply(change, store);
}

static enum seal_err
seal_another(struct seal_store *store)
{
	struct key_change change = { .act = KEY_ADD };

	return apply(&change, KEY_ADD, "third", store);
}

static enum seal_err
rotate(struct seal_store *store)
{
	struct key_change change = { .act = KEY_ADD };

	return apply(&change, KEY_ADD, "shop", store);
}

static enum seal_err
rotate_after_a_check(struct seal_store *store)
{
	struct key_change change = { .act = KEY_CANDIDATE };
	enum seal_err e = apply(&change, KEY_CANDIDATE, "shop", store);

	return e == SEAL_OK ? apply(&change, KEY_PROMOTE, "shop", store) : e;
}

static enum seal_err
rotate_and_fail_the_check(struct seal_store *store)
{
	struct key_change change = { .act = KEY_CANDIDATE };
	enum seal_err e = apply(&change, KEY_CANDIDATE, "shop", store);

	return e == SEAL_OK ? apply(&change, KEY_DROP, "shop", store) : e;
}

static enum seal_err
retire(struct seal_store *store)
{
	struct key_change change = { .act = KEY_RETIRE };

	return apply(&change, KEY_RETIRE, "ops", store);
}

static enum seal_err
rekey(struct seal_store *store)
{
	const struct seal_rekey how = { new_keys, SEAL_SOURCE_FILE, 0, 1 };

	return seal_store_rekey(store, &how);
}

/* The same, to a master of another source: MANIFEST says both at once. */
static enum seal_err
move(struct seal_store *store)
{
	const struct seal_rekey how = { new_keys, SEAL_SOURCE_PASSPHRASE, 0,
		1 };

	return seal_store_rekey(store, &how);
}

/* What is in the store after it; "" is nothing of that name. */
#define OLD_SHOP "secret-1-1"
#define OLD_OPS "secret-2-1"
static const struct change {
	const char *name;
	enum seal_err (*make)(struct seal_store *store);
	const char *shop, *ops, *third;
	bool is_rekey;
} changes[] = {
	{ "seal", seal_another, OLD_SHOP, OLD_OPS, "sealed-anew", false },
	{ "rotate", rotate, "sealed-anew", OLD_OPS, "", false },
	{ "rotate, checked", rotate_after_a_check, "sealed-anew", OLD_OPS, "",
	    false },
	{ "rotate, refused", rotate_and_fail_the_check, OLD_SHOP, OLD_OPS, "",
	    false },
	{ "retire", retire, OLD_SHOP, "", "", false },
	{ "rekey", rekey, OLD_SHOP, OLD_OPS, "", true },
	{ "move", move, OLD_SHOP, OLD_OPS, "", true },
};
#define CHANGES (sizeof(changes) / sizeof(changes[0]))

/* As warderctl does it: the change, and then what nothing lists goes. */
static int
make_whole(const struct change *change)
{
	struct seal_expect expect = scene_usual();
	auto_store struct seal_store *store = NULL;
	size_t removed;

	if (scene_open(&expect, true, &store) != SEAL_OK)
		return 2;
	if (change->make(store) != SEAL_OK)
		return 3;
	return seal_store_sweep(store, &removed) == SEAL_OK ? 0 : 4;
}

/* ---- what is there afterwards ----------------------------------------- */
enum found {
	FOUND_OLD = 1,
	FOUND_NEW,
	FOUND_SAME /* the two do not differ */
};

static void
read_secret(const struct seal_store *store, const char *name, char ret[33])
{
	auto_credential struct seal_credential out = { .secret = NULL };
	enum seal_err e = seal_store_find(store, name, ORG, 1, &out);

	ret[0] = '\0';
	if (e == SEAL_KEY_MISSING)
		return;
	assert_int_equal(e, SEAL_OK);
	memcpy(ret, blob_data(out.secret), blob_len(out.secret));
	ret[blob_len(out.secret)] = '\0';
}

static void
assert_all_open(const struct seal_store *store)
{
	const struct manifest *list = seal_store_manifest(store);

	for (size_t i = 0; i < list->n; i++) {
		auto_credential struct seal_credential out = { .secret = NULL };

		assert_int_equal(
		    seal_store_record(store, list->entries[i].record_id,
		        list->entries[i].generation, 1, &out),
		    SEAL_OK);
	}
}

/* The files that are there are the list and what it lists. */
static void
assert_nothing_is_left(const struct seal_store *store)
{
	size_t removed, files = 0;
	DIR *folder = fdopendir(scene_folder());
	const struct dirent *entry;

	assert_non_null(folder);
	assert_int_equal(seal_store_sweep(store, &removed), SEAL_OK);
	while ((entry = readdir(folder)) != NULL)
		files += entry->d_name[0] != '.';
	closedir(folder);
	assert_int_equal(files, 1 + seal_store_manifest(store)->n);
}

/* Opens under one of the two masters, never both, never none. */
static bool
open_after(const struct change *change, struct seal_store **ret_store)
{
	struct seal_expect expect = scene_usual();
	enum seal_err e, other;

	e = store_take(scene_folder(), scene_keys, &expect, true, ret_store);
	if (e == SEAL_OK)
		return false;
	assert_int_equal(e, SEAL_MANIFEST_MASTER);
	/* The source is that of the master, and no other one will do. */
	if (change->make == move)
		expect.source = SEAL_SOURCE_PASSPHRASE;
	other = store_take(scene_folder(), new_keys, &expect, true, ret_store);
	assert_int_equal(other, SEAL_OK);
	return true;
}

static enum found
look(const struct change *change)
{
	auto_store struct seal_store *store = NULL;
	char shop[33], ops[33], third[33];
	bool is_new, is_old, is_under_new = open_after(change, &store);

	read_secret(store, "shop", shop);
	read_secret(store, "ops", ops);
	read_secret(store, "third", third);
	assert_all_open(store);
	assert_nothing_is_left(store);
	is_old = strcmp(shop, OLD_SHOP) == 0 && strcmp(ops, OLD_OPS) == 0 &&
	         third[0] == '\0' && !is_under_new;
	is_new = strcmp(shop, change->shop) == 0 &&
	         strcmp(ops, change->ops) == 0 &&
	         strcmp(third, change->third) == 0 &&
	         is_under_new == change->is_rekey;
	if (!is_old && !is_new)
		fail_msg("%s: a mixture: %s, %s, %s", change->name, shop, ops,
		    third);
	return is_old && is_new ? FOUND_SAME : is_new ? FOUND_NEW : FOUND_OLD;
}

/* ---- the kills -------------------------------------------------------- */
static size_t kills, olds, news;

static void
count(enum found found)
{
	kills++;
	olds += found == FOUND_OLD;
	news += found == FOUND_NEW;
}

/* Whether the child came to its end before that step. */
static bool
kill_step(const struct change *change, unsigned int step, enum kill_how how)
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		kill_at(step, how);
		_exit(make_whole(change));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFSIGNALED(status)) {
		assert_int_equal(WTERMSIG(status), SIGKILL);
		return false;
	}
	assert_int_equal(WEXITSTATUS(status), 0);
	return true;
}

static void
begin(void)
{
	struct scene_made made[2];

	scene_empty(NULL);
	scene_create(made);
}

/* What was not done can be done now. */
static void
make_again(const struct change *change, enum found found)
{
	if (found != FOUND_OLD)
		return;
	assert_int_equal(make_whole(change), 0);
	assert_int_not_equal(look(change), FOUND_OLD);
}

/* Once the new set counts, no later step brings back the old one. */
static void
kill_at_every_step(const struct change *change, enum kill_how how)
{
	bool is_switched = false;

	for (unsigned int step = 1; step < STEPS_MAX; step++) {
		enum found found;
		bool is_done;

		begin();
		is_done = kill_step(change, step, how);
		found = look(change);
		count(found);
		if (is_switched || is_done)
			assert_int_not_equal(found, FOUND_OLD);
		is_switched = found == FOUND_NEW;
		make_again(change, found);
		if (is_done)
			return;
	}
	fail_msg("%s has no end", change->name);
}

static void
a_kill_at_any_step_leaves_the_old_or_the_new_set(void **state)
{
	(void)state;
	for (size_t i = 0; i < CHANGES; i++) {
		kill_at_every_step(&changes[i], KILL_BEFORE);
		kill_at_every_step(&changes[i], KILL_AFTER);
	}
	print_message(
	    "%zu kills at every step: %zu old, %zu new\n", kills, olds, news);
	assert_true(kills > 100 && olds > 40 && news > 20);
}

static void
a_kill_in_the_middle_of_a_write_leaves_the_old_set(void **state)
{
	size_t before = olds, cut = 0;

	(void)state;
	for (size_t i = 0; i < CHANGES; i++) {
		for (unsigned int step = 1; step < 60; step++) {
			enum found found;

			begin();
			if (kill_step(&changes[i], step, KILL_MIDDLE))
				continue;
			cut++;
			/* Whatever is written has no name that counts yet. */
			found = look(&changes[i]);
			assert_int_not_equal(found, FOUND_NEW);
			count(found);
		}
	}
	print_message("%zu half writes\n", cut);
	assert_true(cut >= 12 && olds > before);
}

static long
now_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static unsigned int
of_environment(const char *name, unsigned int otherwise)
{
	const char *text = getenv(name);
	uint64_t n;

	return text != NULL && text_parse_number(text, 1000000000, &n) == 0
	           ? (unsigned int)n
	           : otherwise;
}

/* How long a change takes here, undisturbed. */
static long
time_of(const struct change *change)
{
	long start;

	begin();
	start = now_us();
	assert_true(kill_step(change, 0, KILL_BEFORE));
	return now_us() - start;
}

static void
a_kill_at_any_instant_leaves_the_old_or_the_new_set(void **state)
{
	unsigned int rounds = of_environment("WARDER_KILLS", 60);
	unsigned int seed = of_environment("SEED", (unsigned int)now_us());
	long longest[CHANGES];

	(void)state;
	print_message("SEED=%u\n", seed);
	srandom(seed);
	kills = olds = news = 0;
	for (size_t i = 0; i < CHANGES; i++)
		longest[i] = time_of(&changes[i]);
	for (unsigned int round = 0; round < rounds; round++) {
		const struct change *change = &changes[round % CHANGES];
		enum found found;
		pid_t child;
		int status;

		begin();
		child = fork();
		assert_true(child >= 0);
		if (child == 0)
			_exit(make_whole(change));
		(void)usleep((
		    useconds_t)(random() % (longest[round % CHANGES] * 5 / 4)));
		(void)kill(child, SIGKILL);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
		found = look(change);
		count(found);
		if (!WIFSIGNALED(status))
			assert_int_not_equal(found, FOUND_OLD);
		make_again(change, found);
	}
	print_message("%zu kills at random instants: %zu old, %zu new\n", kills,
	    olds, news);
	assert_int_equal(kills, rounds);
}

static int
setup(void **state)
{
	static const uint8_t bytes[SEAL_MASTER_LEN] = { 3, 2, 1 };
	auto_blob struct blob *master = NULL;

	if (scene_setup(state) != 0 || blob_new(SEAL_MASTER_LEN, &master) != 0)
		return -1;
	if (blob_append(master, bytes, sizeof(bytes)) != 0)
		return -1;
	return seal_keys_derive(master, &new_keys) == SEAL_OK ? 0 : -1;
}

static int
teardown(void **state)
{
	blob_freep(&new_keys);
	return scene_teardown(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(a_kill_at_any_step_leaves_the_old_or_the_new_set),
		STORE_TEST(a_kill_in_the_middle_of_a_write_leaves_the_old_set),
		STORE_TEST(a_kill_at_any_instant_leaves_the_old_or_the_new_set),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

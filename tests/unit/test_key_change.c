/* SPDX-License-Identifier: ISC */
/*
 * Several warderctl at once: a key is tried without the store's lock, so
 * another change may come between its two commits. Whatever comes, a key
 * that was active is never lost without one in its place, and nobody is told
 * that a key was sealed that is not there.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "ctl/key_change.h"
#include "seal/internal.h"
#include "seal/store.h"
#include "tests/unit/store_scene.h"

#define ORG "5ebbc022"

/* One commit of one warderctl, with a secret of its own. */
static enum seal_err
commit(struct key_change *change, enum key_act act, const char *name,
    const char *secret)
{
	auto_credential struct seal_credential from = {
		.kind = SEAL_ACCESS_KEY,
		.api = 1,
		.organization = ORG,
		.id = "LTAI5tTESTTESTTEST",
		.endpoint = "127.0.0.1:8443",
	};
	const struct vault vault = { .keys = scene_keys };
	const struct seal_expect expect = scene_usual();
	auto_store struct seal_store *store = NULL;

	assert_int_equal(text_copy(from.name, sizeof(from.name), name), 0);
	assert_int_equal(blob_new(32, &from.secret), 0);
	assert_int_equal(blob_append(from.secret, secret, strlen(secret)), 0);
	assert_int_equal(scene_open(&expect, true, &store), SEAL_OK);
	change->act = act;
	change->vault = &vault;
	change->credential = &from;
	return key_change_apply(change, store);
}

static void
assert_active(const char *name, const char *secret)
{
	auto_credential struct seal_credential out = { .secret = NULL };
	const struct seal_expect expect = scene_usual();
	auto_store struct seal_store *store = NULL;

	assert_int_equal(scene_open(&expect, false, &store), SEAL_OK);
	if (secret == NULL) {
		assert_int_equal(seal_store_find(store, name, ORG, 1, &out),
		    SEAL_KEY_MISSING);
		return;
	}
	assert_int_equal(seal_store_find(store, name, ORG, 1, &out), SEAL_OK);
	assert_int_equal(blob_len(out.secret), strlen(secret));
	assert_memory_equal(blob_data(out.secret), secret, strlen(secret));
}

static int
begin(void **state)
{
	struct scene_made made[2];

	scene_empty(state);
	scene_create(made);
	return 0;
}

static void
two_that_seal_one_key_leave_the_second(void **state)
{
	struct key_change one = { .generation = 0 }, other = one;

	(void)state;
	assert_int_equal(commit(&one, KEY_CANDIDATE, "shop", "one"), SEAL_OK);
	assert_int_equal(
	    commit(&other, KEY_CANDIDATE, "shop", "other"), SEAL_OK);
	assert_int_equal(
	    commit(&one, KEY_PROMOTE, "shop", "one"), SEAL_KEY_MISSING);
	assert_active("shop", "secret-1-1");
	assert_int_equal(commit(&other, KEY_PROMOTE, "shop", "other"), SEAL_OK);
	assert_active("shop", "other");
	assert_active("ops", "secret-2-1");
}

static void
one_that_was_overtaken_takes_nothing_away(void **state)
{
	struct key_change one = { .generation = 0 }, other = one;

	(void)state;
	assert_int_equal(commit(&one, KEY_CANDIDATE, "shop", "one"), SEAL_OK);
	assert_int_equal(commit(&other, KEY_ADD, "shop", "other"), SEAL_OK);
	assert_int_equal(
	    commit(&one, KEY_PROMOTE, "shop", "one"), SEAL_KEY_MISSING);
	assert_active("shop", "other");
}

static void
what_was_retired_meanwhile_is_not_called_sealed(void **state)
{
	struct key_change one = { .generation = 0 }, other = one;

	(void)state;
	assert_int_equal(commit(&one, KEY_CANDIDATE, "shop", "one"), SEAL_OK);
	assert_int_equal(commit(&other, KEY_RETIRE, "shop", ""), SEAL_OK);
	assert_int_equal(
	    commit(&one, KEY_PROMOTE, "shop", "one"), SEAL_KEY_MISSING);
	assert_active("shop", NULL);
}

/* Its candidate went, and another one has the same number now. */
static void
nobody_promotes_the_candidate_of_another(void **state)
{
	struct key_change one = { .generation = 0 }, other = one, third = one;

	(void)state;
	assert_int_equal(commit(&one, KEY_CANDIDATE, "shop", "one"), SEAL_OK);
	assert_int_equal(commit(&third, KEY_ADD, "ops", "third"), SEAL_OK);
	assert_int_equal(
	    commit(&other, KEY_CANDIDATE, "shop", "other"), SEAL_OK);
	assert_int_equal(one.generation, other.generation);
	assert_int_equal(
	    commit(&one, KEY_PROMOTE, "shop", "one"), SEAL_KEY_MISSING);
	assert_active("shop", "secret-1-1");
	assert_int_equal(commit(&other, KEY_PROMOTE, "shop", "other"), SEAL_OK);
	assert_active("shop", "other");
}

#define RACE(name) cmocka_unit_test_setup_teardown(name, begin, scene_empty)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RACE(two_that_seal_one_key_leave_the_second),
		RACE(one_that_was_overtaken_takes_nothing_away),
		RACE(what_was_retired_meanwhile_is_not_called_sealed),
		RACE(nobody_promotes_the_candidate_of_another),
	};

	return cmocka_run_group_tests(tests, scene_setup, scene_teardown);
}

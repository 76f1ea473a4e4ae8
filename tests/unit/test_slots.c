/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "serve/listen.h"
#include "serve/slots.h"

static int
take(struct slots *slots, enum serve_kind kind, uid_t uid, pid_t pid)
{
	struct slot *slot = NULL;
	int r = slots_take(slots, kind, uid, &slot);

	if (r == 0)
		slot->pid = pid;
	return r;
}

static void
one_user_cannot_take_every_slot(void **state)
{
	struct slots slots = { 0 };

	(void)state;
	assert_int_equal(slots_limit(&slots, 8, 2), 0);
	assert_int_equal(take(&slots, SERVE_CALLER, 1000, 10), 0);
	assert_int_equal(take(&slots, SERVE_CALLER, 1000, 11), 0);
	assert_int_equal(take(&slots, SERVE_CALLER, 1000, 12), WARDER_EFULL);
	assert_int_equal(take(&slots, SERVE_CALLER, 1001, 13), 0);
	slots_clear(&slots);
}

static void
all_unknown_uids_are_one_person(void **state)
{
	struct slots slots = { 0 };

	(void)state;
	assert_int_equal(slots_limit(&slots, 8, 2), 0);
	assert_int_equal(take(&slots, SERVE_CALLER, SLOTS_STRANGER, 10), 0);
	assert_int_equal(take(&slots, SERVE_CALLER, SLOTS_STRANGER, 11), 0);
	assert_int_equal(
	    take(&slots, SERVE_CALLER, SLOTS_STRANGER, 12), WARDER_EFULL);
	slots_clear(&slots);
}

static void
callers_in_all_are_capped(void **state)
{
	struct slots slots = { 0 };

	(void)state;
	assert_int_equal(slots_limit(&slots, 2, 0), 0);
	assert_int_equal(take(&slots, SERVE_CALLER, 1, 10), 0);
	assert_int_equal(take(&slots, SERVE_CALLER, 1, 11), 0);
	assert_int_equal(take(&slots, SERVE_CALLER, 2, 12), WARDER_EFULL);
	slots_clear(&slots);
}

static void
administrators_do_not_wait_behind_people(void **state)
{
	struct slots slots = { 0 };

	(void)state;
	assert_int_equal(slots_limit(&slots, 1, 0), 0);
	assert_int_equal(take(&slots, SERVE_CALLER, 1, 10), 0);
	assert_int_equal(take(&slots, SERVE_ADMIN, 0, 11), 0);
	assert_int_equal(take(&slots, SERVE_ADMIN, 0, 12), 0);
	assert_int_equal(take(&slots, SERVE_ADMIN, 0, 13), WARDER_EFULL);
	assert_int_equal(take(&slots, SERVE_START, 1, 14), 0);
	assert_int_equal(take(&slots, SERVE_START, 1, 15), WARDER_EFULL);
	slot_free(slots_find(&slots, 14));
	assert_int_equal(take(&slots, SERVE_STOP, 1, 16), 0);
	assert_int_equal(take(&slots, SERVE_STOP, 1, 17), WARDER_EFULL);
	slots_clear(&slots);
}

static void
a_freed_slot_is_taken_again(void **state)
{
	struct slots slots = { 0 };

	(void)state;
	assert_int_equal(slots_limit(&slots, 1, 1), 0);
	assert_int_equal(take(&slots, SERVE_CALLER, 1, 10), 0);
	assert_null(slots_find(&slots, 11));
	assert_null(slots_find(&slots, 0));
	assert_non_null(slots_find(&slots, 10));
	assert_true(slots_knows(&slots, 1));
	slot_free(slots_find(&slots, 10));
	assert_int_equal(slots_used(&slots), 0);
	assert_false(slots_knows(&slots, 1));
	assert_int_equal(take(&slots, SERVE_CALLER, 1, 11), 0);
	slots_clear(&slots);
}

static void
other_limits_leave_whoever_is_served(void **state)
{
	struct slots slots = { 0 };

	(void)state;
	assert_int_equal(slots_limit(&slots, 2, 1), 0);
	assert_int_equal(take(&slots, SERVE_CALLER, 1, 10), 0);
	assert_int_equal(take(&slots, SERVE_CALLER, 2, 11), 0);
	assert_int_equal(take(&slots, SERVE_CALLER, 3, 12), WARDER_EFULL);
	assert_int_equal(slots_limit(&slots, 3, 1), 0);
	assert_int_equal(take(&slots, SERVE_CALLER, 1, 12), WARDER_EFULL);
	assert_int_equal(take(&slots, SERVE_CALLER, 3, 12), 0);
	/* Fewer than there are. */
	assert_int_equal(slots_limit(&slots, 1, 1), 0);
	assert_int_equal(slots_used(&slots), 3);
	slot_free(slots_find(&slots, 11));
	slot_free(slots_find(&slots, 12));
	assert_int_equal(take(&slots, SERVE_CALLER, 4, 13), WARDER_EFULL);
	slot_free(slots_find(&slots, 10));
	assert_int_equal(take(&slots, SERVE_CALLER, 4, 13), 0);
	slots_clear(&slots);
}

static void
only_the_caller_and_where_asked_root_are_taken(void **state)
{
	const struct service keeper = { .caller = "warder", .admin = true };
	const struct service pam = { .caller = "warder-keeper" };
	const struct service desk = { .anybody = true };
	const struct peer root = { 0, 0, 1 }, caller = { 7, 7, 1 },
	                  other = { 8, 8, 1 };

	(void)state;
	assert_int_equal(listen_kind_of(&keeper, 7, &other), 0);
	assert_int_equal(listen_kind_of(&pam, 7, &other), 0);
	assert_int_equal(listen_kind_of(&pam, 7, &root), 0);
	assert_int_equal(listen_kind_of(&pam, 7, &caller), SERVE_CALLER);
	assert_int_equal(listen_kind_of(&keeper, 7, &caller), SERVE_CALLER);
	assert_int_equal(listen_kind_of(&keeper, 7, &root), SERVE_ADMIN);
	assert_int_equal(listen_kind_of(&desk, 7, &other), SERVE_CALLER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_user_cannot_take_every_slot),
		cmocka_unit_test(all_unknown_uids_are_one_person),
		cmocka_unit_test(callers_in_all_are_capped),
		cmocka_unit_test(administrators_do_not_wait_behind_people),
		cmocka_unit_test(a_freed_slot_is_taken_again),
		cmocka_unit_test(other_limits_leave_whoever_is_served),
		cmocka_unit_test(
		    only_the_caller_and_where_asked_root_are_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: ISC */
/*
 * A state in a folder of its own, for the tests of src/state: made before
 * each test, removed after it.
 */
#ifndef WARDER_TESTS_STATE_FOLDER_H
#define WARDER_TESTS_STATE_FOLDER_H

#include "state/state.h"

extern char dir[64], file[96];

/* Opens it, or fails the test; the caller frees it. */
struct state *open_state(void);

int folder_setup(void **state);
int folder_teardown(void **state);
#define IN_A_FOLDER(test)                                                      \
	cmocka_unit_test_setup_teardown(test, folder_setup, folder_teardown)

#endif

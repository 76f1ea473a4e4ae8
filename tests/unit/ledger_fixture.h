/* SPDX-License-Identifier: ISC */
/*
 * A ledger in a folder of its own, for the tests of src/ledger: made before
 * each test, removed after it.
 */
#ifndef WARDER_TESTS_LEDGER_FIXTURE_H
#define WARDER_TESTS_LEDGER_FIXTURE_H

#include <stdint.h>
#include <sys/types.h>

#include "ledger/chain.h"
#include "ledger/verify.h"

#define GATE "7c4f8be169c10821efb7bc3fb8602f931a2dccdcb0a115e4afa28333e53fed7d"

extern char dir[64], file[96], notes[96];

struct ledger *fixture_open(void);

/* One line of record 20260101-0001. `ref` 0 and `res` NULL: not there. */
enum ledger_err fixture_append(struct ledger *ledger, const char *event,
    uint64_t ref, const char *res, struct ledger_line *ret_line);

void fixture_verify(struct verify_report *report);
void fixture_assert_whole(uint64_t lines);
off_t fixture_size(void);

/* Closed files too. Whole: from line 1 on; how many of them are closed. */
void fixture_verify_all(struct verify_report *report);
size_t fixture_assert_all_whole(uint64_t lines);

int fixture_setup(void **state);
int fixture_teardown(void **state);
#define IN_A_FOLDER(test)                                                      \
	cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

#endif

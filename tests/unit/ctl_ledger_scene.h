/* SPDX-License-Identifier: ISC */
/*
 * `warderctl ledger` run inside a test, on recorded ledgers or on one that
 * the test writes line by line.
 */
#ifndef WARDER_TESTS_CTL_LEDGER_SCENE_H
#define WARDER_TESTS_CTL_LEDGER_SCENE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ledger/record.h"

extern char scene_said[]; /* what the last run printed */
extern char scene_dir[];  /* made before each test, removed after it */

/*
 * Runs `ledger` with the words of `line`; @ before a word stands for the
 * folder of the recorded ledgers, % for the folder of this test.
 */
int scene_run(const char *line);

/* A record at `second` of 2026-01-01, with the first members set. */
void scene_begin(struct record *rec, const char *event, unsigned int second);

/* Adds it to %ledger.jsonl; its seq. */
uint64_t scene_append(struct record *rec);

/* The next one is the first of a ledger again. */
void scene_restart(void);

/* A whole file of this test as text; the caller frees. */
char *scene_load(const char *name);

/* How often `part` stands in `text`. */
size_t scene_count(const char *text, const char *part);

int scene_setup(void **state);
int scene_teardown(void **state);
#define IN_A_SCENE(test)                                                       \
	cmocka_unit_test_setup_teardown(test, scene_setup, scene_teardown)

#endif

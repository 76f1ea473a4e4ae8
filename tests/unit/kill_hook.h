/* SPDX-License-Identifier: ISC */
/*
 * Ends this process by SIGKILL at its n-th call that changes a file: before
 * it, after it, or for a write in its middle. The linker puts these in the
 * place of the calls (--wrap); the product has nothing of the kind.
 */
#ifndef WARDER_TESTS_UNIT_KILL_HOOK_H
#define WARDER_TESTS_UNIT_KILL_HOOK_H

enum kill_how {
	KILL_BEFORE = 1,
	KILL_MIDDLE,
	KILL_AFTER
};

/* From now on; 0: never. */
void kill_at(unsigned int n, enum kill_how how);

#endif

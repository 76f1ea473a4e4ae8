/* SPDX-License-Identifier: ISC */
/*
 * What is given up is given up for good, so the tests of src/confine do it in
 * a child and look at how that ends.
 */
#ifndef WARDER_TESTS_FENCE_CHILD_H
#define WARDER_TESTS_FENCE_CHILD_H

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

/* In a child: says which line does not hold, and ends it. */
#define WANT(condition)                                                        \
	do {                                                                   \
		if (!(condition)) {                                            \
			(void)dprintf(2, "line %d: %s (errno %d)\n", __LINE__, \
			    #condition, errno);                                \
			_exit(1);                                              \
		}                                                              \
	} while (0)

/* Exit status, or 256 + signal. */
int in_child(void (*act)(void));

/* A group's folder; whoever makes something in it takes it away again. */
extern char folder[64];
int make_folder(void **state);

#endif

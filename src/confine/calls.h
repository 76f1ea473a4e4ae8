/* SPDX-License-Identifier: ISC */
/*
 * The lists of system calls behind confine_calls(): data alone, so that a
 * reader sees at once what a service may ask of the kernel.
 */
#ifndef WARDER_CONFINE_CALLS_H
#define WARDER_CONFINE_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct call {
	const char *name;
	bool has_arg; /* else whatever the arguments are */
	bool unless;  /* the row fits where the argument does not match */
	unsigned int arg;
	uint32_t mask, value; /* matches if (argument & mask) == value */
};

struct call_list {
	const struct call *calls;
	size_t n;
};

/* What happens outside an allow list that kills; see trap.c. */
#ifdef WARDER_NAME_CALLS
#	define CALLS_KILL SCMP_ACT_TRAP
#else
#	define CALLS_KILL SCMP_ACT_KILL_PROCESS
#endif
void calls_name_outside(void);

extern const struct call_list calls_common, calls_desk, calls_keeper,
    calls_courier, calls_profile, calls_denied;

#endif

/* SPDX-License-Identifier: ISC */
/*
 * Giving up rights. Every function here takes something away for good and
 * then tries to get it back: only when that fails does it return 0. On any
 * other return the caller has to end; a process with half of its fences is
 * never to go on. No function logs a secret or keeps state.
 *
 * The order in a service:
 *   confine_start, [bind, read what only root may], confine_become or
 *   confine_keep_caps, confine_parent, [open], confine_files, confine_calls
 */
#ifndef WARDER_CONFINE_CONFINE_H
#define WARDER_CONFINE_CONFINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

/*
 * For the first lines of main, and again after each exec: umask 077,
 * descriptors 0 to 2 open, no core, not dumpable, no_new_privs, folder /.
 * ESYS; EFENCE: the kernel took it but it does not show.
 */
WARDER_MUST_CHECK int confine_start(void);

/*
 * Becomes `user` for good: its groups (initgroups), group `group` (NULL:
 * the user's own), then uid; all capabilities go. If the process is that
 * user already (systemd made it so) only the rest is taken. Afterwards no
 * id and no capability can be had again, which is tried.
 * EMISSING: no such user or group. ERIGHTS: user is root, or we are neither
 * root nor that user. EFENCE: something came back.
 */
WARDER_MUST_CHECK int confine_become(const char *user, const char *group);

/* No capability in any set, none can be had again. For who is no user. */
WARDER_MUST_CHECK int confine_no_caps(void);

/*
 * Stays uid 0 and gid 0 with exactly the capabilities of `mask` (1 << CAP_x)
 * and no other in the bounding set; no supplementary group but 0.
 * ERIGHTS: not root, or one of them is not there to be kept.
 */
WARDER_MUST_CHECK int confine_keep_caps(uint64_t mask);

/* DAC_READ_SEARCH, AUDIT_WRITE, SETUID, SETGID: what PAM modules need. */
#define CONFINE_PAM_CAPS                                                       \
	((1ull << 2) | (1ull << 29) | (1ull << 7) | (1ull << 6))

/*
 * SIGHUP when `parent` ends; call it after the last change of ids, which
 * clears it. EOF: the parent has ended already.
 */
WARDER_MUST_CHECK int confine_parent(pid_t parent);

/* 0: leave as it is. Never raises a limit. */
struct confine_limits {
	uint64_t files;     /* RLIMIT_NOFILE */
	uint64_t file_size; /* RLIMIT_FSIZE, bytes */
	uint64_t processes; /* RLIMIT_NPROC, of the uid */
};
WARDER_MUST_CHECK int confine_limits(const struct confine_limits *limits);

/*
 * Landlock: from now on only these. Each list ends with NULL, NULL is an
 * empty list; a path that is not there is left out (that is less). Sockets
 * and files that are open stay usable.
 */
struct confine_files {
	const char *const *read;    /* files, and all below folders */
	const char *const *execute; /* read and execute: NSS, PAM modules */
	const char *const *write;   /* read, write, make and remove below */
	const uint16_t *ports;      /* TCP connect, where the ABI is >= 4 */
	size_t n_ports;
	bool any_port; /* no fence around TCP */
};

/*
 * EFENCE: this kernel has no Landlock and `required`; if not required, it is
 * logged and 0.
 */
WARDER_MUST_CHECK int confine_files(
    const struct confine_files *files, bool required);

/* The ABI of Landlock in this kernel; 0 none. */
int confine_landlock_abi(void);

enum confine_calls {
	CONFINE_DESK = 1, /* allow list, killed outside */
	CONFINE_KEEPER,   /* allow list, killed outside */
	CONFINE_COURIER,  /* allow list, ENOSYS outside */
	CONFINE_PAM,      /* deny list, EPERM */
	CONFINE_PROFILE,  /* allow list, killed outside: no socket at all */
	CONFINE_LISTENER  /* deny list, EPERM; workers inherit it */
};

/*
 * seccomp; another architecture than the native one is killed. Under
 * sanitizers nothing is done, which is logged. EFENCE.
 */
WARDER_MUST_CHECK int confine_calls(enum confine_calls which);

#endif

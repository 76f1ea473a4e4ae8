/* SPDX-License-Identifier: ISC */
/*
 * A capability that is in no set of a process with no_new_privs cannot come
 * back by an exec either. Nothing here is believed: after each change the
 * sets are read, and one more is asked for.
 */
#include "config.h"

#include <errno.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "confine/caps.h"

#define CAPS_ROOM 64 /* more than any kernel has so far */

struct caps {
	uint64_t effective, permitted, inheritable;
};

static int
caps_write(const struct caps *caps)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3,
		0 };
	struct __user_cap_data_struct data[2] = {
		{ (uint32_t)caps->effective, (uint32_t)caps->permitted,
		    (uint32_t)caps->inheritable },
		{ (uint32_t)(caps->effective >> 32),
		    (uint32_t)(caps->permitted >> 32),
		    (uint32_t)(caps->inheritable >> 32) },
	};

	return syscall(SYS_capset, &head, data) == 0 ? WARDER_OK : WARDER_ESYS;
}

static int
caps_read(struct caps *ret)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3,
		0 };
	struct __user_cap_data_struct data[2] = { { 0 } };

	if (syscall(SYS_capget, &head, data) != 0)
		return WARDER_ESYS;
	ret->effective = (uint64_t)data[1].effective << 32 | data[0].effective;
	ret->permitted = (uint64_t)data[1].permitted << 32 | data[0].permitted;
	ret->inheritable =
	    (uint64_t)data[1].inheritable << 32 | data[0].inheritable;
	return WARDER_OK;
}

/*
 * Where the sets are right already nothing is written: a unit's filter may
 * refuse capset(2) altogether. caps_check() is what tells, not this.
 */
int
caps_set(uint64_t mask)
{
	const struct caps wanted = { mask, mask, 0 };
	struct caps now;
	int r;

	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0L, 0L, 0L) != 0)
		return WARDER_ESYS;
	if ((r = caps_read(&now)) != 0)
		return r;
	if (now.effective == mask && now.permitted == mask &&
	    now.inheritable == 0)
		return WARDER_OK;
	return caps_write(&wanted);
}

int
caps_bound(uint64_t mask)
{
	for (int cap = 0; cap < CAPS_ROOM; cap++) {
		int there = prctl(PR_CAPBSET_READ, (long)cap, 0L, 0L, 0L);

		if (there < 0)
			return WARDER_OK; /* this kernel has no more */
		if (there == 0 || (mask & 1ull << cap) != 0)
			continue;
		if (prctl(PR_CAPBSET_DROP, (long)cap, 0L, 0L, 0L) != 0)
			return errno == EPERM ? WARDER_ERIGHTS : WARDER_ESYS;
		if (prctl(PR_CAPBSET_READ, (long)cap, 0L, 0L, 0L) != 0)
			return WARDER_EFENCE;
	}
	return WARDER_OK;
}

int
caps_check(uint64_t mask)
{
	struct caps now, more;
	int r;

	if ((r = caps_read(&now)) != 0)
		return r;
	if (now.effective != mask || now.permitted != mask ||
	    now.inheritable != 0)
		return WARDER_EFENCE;
	for (int cap = 0; cap < CAPS_ROOM; cap++) {
		if (prctl(PR_CAPBSET_READ, (long)cap, 0L, 0L, 0L) < 0)
			break;
		if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, (long)cap, 0L,
		        0L) == 1)
			return WARDER_EFENCE;
		if ((mask & 1ull << cap) != 0)
			continue;
		more = now;
		more.permitted |= 1ull << cap;
		if (caps_write(&more) == 0)
			return WARDER_EFENCE;
	}
	return WARDER_OK;
}

/* SPDX-License-Identifier: ISC */
/*
 * Becoming a service's user, with no way back. Groups first, for the right to
 * change them goes with the uid. Half a change is the classic hole, so each
 * step is read back, and then root is asked for in every way there is.
 */
#include "config.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "confine/caps.h"
#include "confine/confine.h"

static int
find_user(const char *name, uid_t *ret_uid, gid_t *ret_gid)
{
	const struct passwd *user;

	errno = 0;
	if ((user = getpwnam(name)) == NULL)
		return errno == 0 ? WARDER_EMISSING : WARDER_ESYS;
	*ret_uid = user->pw_uid;
	*ret_gid = user->pw_gid;
	return WARDER_OK;
}

static int
find_group(const char *name, gid_t *ret_gid)
{
	const struct group *group;

	errno = 0;
	if ((group = getgrnam(name)) == NULL)
		return errno == 0 ? WARDER_EMISSING : WARDER_ESYS;
	*ret_gid = group->gr_gid;
	return WARDER_OK;
}

/* Real, effective and saved id are all this one. */
static bool
is_only(uid_t uid, gid_t gid)
{
	uid_t r, e, s;
	gid_t gr, ge, gs;

	return getresuid(&r, &e, &s) == 0 && getresgid(&gr, &ge, &gs) == 0 &&
	       r == uid && e == uid && s == uid && gr == gid && ge == gid &&
	       gs == gid;
}

static bool
has_root_group(void)
{
	gid_t groups[256];
	int n = getgroups((int)(sizeof(groups) / sizeof(groups[0])), groups);

	for (int i = 0; i < n; i++)
		if (groups[i] == 0)
			return true;
	return n < 0;
}

/* Every one of these has to fail; true if one did not. */
static bool
comes_back(uid_t uid, gid_t gid)
{
	const gid_t root_group = 0;

	return setuid(0) == 0 || seteuid(0) == 0 ||
	       setresuid((uid_t)-1, (uid_t)-1, 0) == 0 ||
	       setreuid(0, uid) == 0 || setgid(0) == 0 || setegid(0) == 0 ||
	       setresgid((gid_t)-1, (gid_t)-1, 0) == 0 ||
	       setregid(0, gid) == 0 || setgroups(1, &root_group) == 0 ||
	       setgroups(0, NULL) == 0;
}

static int
take_ids(const char *user, uid_t uid, gid_t gid)
{
	int r;

	if ((r = caps_bound(0)) != 0)
		return r;
	if (initgroups(user, gid) != 0 || setresgid(gid, gid, gid) != 0 ||
	    setresuid(uid, uid, uid) != 0)
		return WARDER_ESYS;
	return WARDER_OK;
}

int
confine_no_caps(void)
{
	int r;

	if ((r = caps_set(0)) != 0)
		return r;
	return caps_check(0);
}

int
confine_become(const char *user, const char *group)
{
	uid_t uid;
	gid_t gid;
	int r;

	if ((r = find_user(user, &uid, &gid)) != 0 ||
	    (group != NULL && (r = find_group(group, &gid)) != 0))
		return r;
	if (uid == 0 || gid == 0)
		return WARDER_ERIGHTS;
	if (geteuid() == 0 && (r = take_ids(user, uid, gid)) != 0)
		return r;
	if (!is_only(uid, gid))
		return WARDER_ERIGHTS;
	if ((r = confine_no_caps()) != 0)
		return r;
	if (has_root_group() || comes_back(uid, gid) || !is_only(uid, gid))
		return WARDER_EFENCE;
	return WARDER_OK;
}

/* Systemd may have left no right to set groups, and none to set. */
static int
only_root_group(void)
{
	const gid_t root_group = 0;
	gid_t groups[2];
	int n = getgroups(2, groups);

	if (n == 0 || (n == 1 && groups[0] == 0))
		return WARDER_OK;
	if (setgroups(1, &root_group) != 0)
		return errno == EPERM ? WARDER_ERIGHTS : WARDER_ESYS;
	n = getgroups(2, groups);
	return n == 1 && groups[0] == 0 ? WARDER_OK : WARDER_EFENCE;
}

int
confine_keep_caps(uint64_t mask)
{
	int r;

	if (geteuid() != 0)
		return WARDER_ERIGHTS;
	if ((r = only_root_group()) != 0)
		return r;
	if (setresgid(0, 0, 0) != 0 || setresuid(0, 0, 0) != 0)
		return WARDER_ESYS;
	if ((r = caps_bound(mask)) != 0)
		return r;
	if ((r = caps_set(mask)) != 0)
		return errno == EPERM ? WARDER_ERIGHTS : r;
	if ((r = caps_check(mask)) != 0)
		return r;
	return is_only(0, 0) ? WARDER_OK : WARDER_EFENCE;
}

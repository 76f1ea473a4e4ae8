/* SPDX-License-Identifier: ISC */
/*
 * Landlock by its three system calls. The numbers are written here, since the
 * headers of a build machine are often older than the kernel it runs on; what
 * the running kernel does not know is masked out by its ABI.
 * Source: Documentation/userspace-api/landlock.rst of Linux 6.15.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "confine/confine.h"

#ifndef SYS_landlock_create_ruleset
#	define SYS_landlock_create_ruleset 444
#	define SYS_landlock_add_rule 445
#	define SYS_landlock_restrict_self 446
#endif

#define FS_EXECUTE (1ull << 0)
#define FS_WRITE_FILE (1ull << 1)
#define FS_READ_FILE (1ull << 2)
#define FS_READ_DIR (1ull << 3)
#define FS_MAKE_CHAR (1ull << 6)
#define FS_MAKE_BLOCK (1ull << 11)
#define FS_ABI_1 ((1ull << 13) - 1) /* the two above, remove and make */
#define FS_REFER (1ull << 13)       /* ABI 2 */
#define FS_TRUNCATE (1ull << 14)    /* ABI 3 */
#define FS_IOCTL_DEV (1ull << 15)   /* ABI 5 */
#define NET_BIND (1ull << 0)        /* ABI 4 */
#define NET_CONNECT (1ull << 1)
#define SCOPE_ALL 3ull /* ABI 6: abstract sockets, signals */
#define VERSION_ONLY 1u
#define RULE_PATH 1
#define RULE_PORT 2

#define FS_OF_A_FILE                                                           \
	(FS_EXECUTE | FS_WRITE_FILE | FS_READ_FILE | FS_TRUNCATE | FS_IOCTL_DEV)
#define FS_READ (FS_READ_FILE | FS_READ_DIR)
#define FS_WRITE                                                               \
	((FS_ABI_1 | FS_REFER | FS_TRUNCATE) &                                 \
	    ~(FS_EXECUTE | FS_MAKE_CHAR | FS_MAKE_BLOCK))

struct ruleset {
	uint64_t fs, net, scoped;
};

struct rule_path {
	uint64_t access;
	int32_t fd;
} __attribute__((packed));

struct rule_port {
	uint64_t access, port;
};

int
confine_landlock_abi(void)
{
	long abi =
	    syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, VERSION_ONLY);

	return abi < 0 ? 0 : (int)abi;
}

static struct ruleset
ruleset_for(int abi, bool any_port)
{
	struct ruleset set = { .fs = FS_ABI_1 };

	if (abi >= 2)
		set.fs |= FS_REFER;
	if (abi >= 3)
		set.fs |= FS_TRUNCATE;
	if (abi >= 5)
		set.fs |= FS_IOCTL_DEV;
	if (abi >= 4)
		set.net = NET_BIND | (any_port ? 0 : NET_CONNECT);
	if (abi >= 6)
		set.scoped = SCOPE_ALL;
	return set;
}

/* An older kernel refuses bytes that it does not know. */
static size_t
ruleset_size(int abi)
{
	if (abi >= 6)
		return sizeof(struct ruleset);
	return abi >= 4 ? 2 * sizeof(uint64_t) : sizeof(uint64_t);
}

static int
allow_path(int rules, const char *path, uint64_t access)
{
	struct rule_path rule = { access, -1 };
	auto_fd int fd = open(path, O_PATH | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR || errno == EACCES
		           ? WARDER_OK
		           : WARDER_ESYS;
	if (fstat(fd, &st) != 0)
		return WARDER_ESYS;
	if (!S_ISDIR(st.st_mode))
		rule.access &= FS_OF_A_FILE;
	rule.fd = fd;
	return syscall(SYS_landlock_add_rule, rules, RULE_PATH, &rule, 0u) == 0
	           ? WARDER_OK
	           : WARDER_ESYS;
}

static int
allow_paths(int rules, const char *const *paths, uint64_t access)
{
	int r;

	for (; paths != NULL && *paths != NULL; paths++)
		if ((r = allow_path(rules, *paths, access)) != 0)
			return r;
	return WARDER_OK;
}

static int
allow_ports(int rules, const struct confine_files *files)
{
	for (size_t i = 0; i < files->n_ports; i++) {
		const struct rule_port rule = { NET_CONNECT, files->ports[i] };

		if (syscall(SYS_landlock_add_rule, rules, RULE_PORT, &rule,
		        0u) != 0)
			return WARDER_ESYS;
	}
	return WARDER_OK;
}

/* The one thing that no service lists: whether it is shut shows there. */
static int
check_shut(void)
{
	auto_fd int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 && errno == EACCES ? WARDER_OK : WARDER_EFENCE;
}

int
confine_files(const struct confine_files *files, bool required)
{
	const int abi = confine_landlock_abi();
	const struct ruleset set = ruleset_for(abi, files->any_port);
	auto_fd int rules = -1;
	int r;

	if (abi < 1) {
		if (required)
			return WARDER_EFENCE;
		log_warn("this kernel has no Landlock: no fence around files");
		return WARDER_OK;
	}
	rules = (int)syscall(
	    SYS_landlock_create_ruleset, &set, ruleset_size(abi), 0u);
	if (rules < 0)
		return WARDER_ESYS;
	if ((r = allow_paths(rules, files->read, set.fs & FS_READ)) != 0 ||
	    (r = allow_paths(rules, files->execute,
	         set.fs & (FS_READ | FS_EXECUTE))) != 0 ||
	    (r = allow_paths(rules, files->write, set.fs & FS_WRITE)) != 0)
		return r;
	if ((set.net & NET_CONNECT) != 0 &&
	    (r = allow_ports(rules, files)) != 0)
		return r;
	if (syscall(SYS_landlock_restrict_self, rules, 0u) != 0)
		return WARDER_ESYS;
	return check_shut();
}

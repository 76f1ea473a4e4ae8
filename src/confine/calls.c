/* SPDX-License-Identifier: ISC */
/*
 * Which system calls a service may use. The lists were measured and then
 * widened by what other versions of the same libraries use for the same end
 * (openat for open, clock_nanosleep for nanosleep). Neither list has a call
 * that starts a program, and only the courier's one that starts a thread.
 */
#include "config.h"

#include <linux/sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "confine/calls.h"

#define ALL UINT32_MAX
#define N(calls) (sizeof(calls) / sizeof((calls)[0]))

/* clang-format off */
#define ANY(name) { (name), false, false, 0, 0, 0 }
#define IF(name, arg, mask, value) { (name), true, false, (arg), (mask), (value) }
#define UNLESS(name, arg, mask, value) { (name), true, true, (arg), (mask), (value) }

/* Frames, time, memory, the end. */
static const struct call common[] = {
	ANY("brk"), ANY("clock_getres"), ANY("clock_gettime"),
	ANY("clock_nanosleep"), ANY("close"), ANY("close_range"),
	ANY("connect"), ANY("dup"), ANY("exit"), ANY("exit_group"),
	ANY("fcntl"), ANY("fstat"), ANY("fstat64"), ANY("futex"),
	ANY("getegid"), ANY("geteuid"), ANY("getgid"), ANY("getpeername"),
	ANY("getpid"), ANY("getppid"), ANY("getrandom"), ANY("getsockname"),
	ANY("getsockopt"), ANY("gettid"), ANY("gettimeofday"), ANY("getuid"),
	ANY("lseek"), ANY("_llseek"), ANY("madvise"), ANY("mmap"),
	ANY("mmap2"), ANY("mprotect"), ANY("mremap"), ANY("munmap"),
	ANY("nanosleep"), ANY("newfstatat"), ANY("poll"), ANY("ppoll"),
	ANY("ppoll_time64"), ANY("read"), ANY("readv"), ANY("recvfrom"),
	ANY("recvmsg"), ANY("restart_syscall"), ANY("rt_sigaction"),
	ANY("rt_sigpending"), ANY("rt_sigprocmask"), ANY("rt_sigreturn"),
	ANY("rt_sigtimedwait"), ANY("sched_yield"), ANY("sendmsg"),
	ANY("sendto"), ANY("setsockopt"), ANY("shutdown"), ANY("sigaltstack"),
	ANY("sigreturn"), ANY("time"), ANY("write"), ANY("writev"),
	IF("ioctl", 1, ALL, TCGETS), IF("prctl", 0, ALL, PR_GET_SECCOMP),
	IF("prctl", 0, ALL, PR_CAPBSET_READ), /* libcap, of a name service */
	IF("prctl", 0, ALL, PR_GET_DUMPABLE), IF("prctl", 0, ALL, PR_SET_NAME),
	IF("prlimit64", 0, ALL, 0), /* itself only */
	IF("socket", 0, ALL, AF_UNIX),
};

/* The desk opens nothing: two sockets are all that it has. */
static const struct call desk[] = {
	ANY("set_robust_list"), ANY("rseq"),
};

/*
 * The keeper: files, locks, SQLite, locked memory, the name service. It reads
 * a process's state by pidfd, and sends a signal to nobody.
 */
static const struct call keeper[] = {
	ANY("access"), ANY("adjtimex"), ANY("alarm"), /* getutxline(3) locks */
	ANY("chdir"), ANY("clock_adjtime"), ANY("clock_adjtime64"),
	ANY("dup2"), ANY("dup3"), ANY("epoll_create1"),
	ANY("epoll_ctl"), ANY("epoll_pwait"), ANY("epoll_pwait2"),
	ANY("epoll_wait"),
	ANY("eventfd2"), ANY("faccessat"), ANY("faccessat2"), ANY("fadvise64"),
	ANY("fallocate"), ANY("fchmod"), ANY("fchown"), ANY("fdatasync"),
	ANY("flock"),
	ANY("fstatat64"), ANY("fstatfs"), ANY("fstatfs64"), ANY("fsync"),
	ANY("ftruncate"), ANY("ftruncate64"), ANY("getcwd"), ANY("getdents64"),
	ANY("getgroups"), ANY("getresgid"), ANY("getresuid"), ANY("getsid"),
	ANY("link"), ANY("linkat"), ANY("lstat"), ANY("membarrier"),
	ANY("mkdir"), ANY("mkdirat"), ANY("mlock"), ANY("mlock2"),
	ANY("munlock"), ANY("open"), ANY("openat"), ANY("openat2"),
	ANY("pipe2"), ANY("pread64"), ANY("preadv"), ANY("pwrite64"),
	ANY("pwritev"), ANY("readlink"), ANY("readlinkat"), ANY("rename"),
	ANY("renameat"), ANY("renameat2"), ANY("rseq"), ANY("select"),
	ANY("pselect6"), ANY("sendmmsg"), ANY("recvmmsg"), ANY("setitimer"),
	ANY("set_robust_list"), ANY("socketpair"), ANY("stat"), ANY("statfs"),
	ANY("statx"), ANY("sync_file_range"), ANY("sysinfo"),
	ANY("timerfd_create"), ANY("timerfd_settime"), ANY("umask"),
	ANY("uname"), ANY("unlink"), ANY("unlinkat"), ANY("utimensat"),
	ANY("pidfd_open"),
	IF("ioctl", 1, ALL, FIONREAD), /* the name service's clients */
	IF("pidfd_send_signal", 1, ALL, 0), /* asks: is it alive */
};

/* The courier: TLS, names, threads of the resolver; no new process. */
static const struct call courier[] = {
	ANY("access"), ANY("arch_prctl"), ANY("bind"), ANY("dup2"), ANY("dup3"),
	ANY("epoll_create1"), ANY("epoll_ctl"), ANY("epoll_pwait"),
	ANY("epoll_wait"), ANY("eventfd2"), ANY("faccessat"), ANY("faccessat2"),
	ANY("fadvise64"), ANY("fstatat64"), ANY("fstatfs"), ANY("getcwd"),
	ANY("getdents64"), ANY("getgroups"), ANY("getresgid"), ANY("getresuid"),
	ANY("getrusage"), ANY("getsid"), ANY("lstat"), ANY("membarrier"),
	ANY("mlock"), ANY("mlock2"), ANY("munlock"), ANY("open"), ANY("openat"),
	ANY("pipe2"), ANY("pread64"), ANY("pselect6"), ANY("readlink"),
	ANY("readlinkat"), ANY("recvmmsg"), ANY("rseq"),
	ANY("sched_getaffinity"), ANY("sched_getparam"),
	ANY("sched_getscheduler"), ANY("select"), ANY("sendmmsg"),
	ANY("set_robust_list"), ANY("set_tid_address"), ANY("socketpair"),
	ANY("stat"), ANY("statfs"), ANY("statx"), ANY("sysinfo"),
	ANY("timerfd_create"), ANY("timerfd_settime"), ANY("uname"),
	IF("clone", 0, CLONE_THREAD, CLONE_THREAD),
	IF("ioctl", 1, ALL, FIONBIO), IF("ioctl", 1, ALL, FIONREAD),
	IF("socket", 0, ALL, AF_INET), IF("socket", 0, ALL, AF_INET6),
	IF("socket", 0, ALL, AF_NETLINK),
};

/* Reads one file that is open, writes one message, ends. */
static const struct call profile[] = {
	ANY("brk"), ANY("clock_gettime"), ANY("close"), ANY("exit"),
	ANY("exit_group"), ANY("fstat"), ANY("futex"), ANY("getpid"),
	ANY("getrandom"), ANY("lseek"), ANY("madvise"), ANY("mlock"),
	ANY("mlock2"), ANY("mmap"), ANY("mprotect"), ANY("mremap"),
	ANY("munlock"), ANY("munmap"), ANY("newfstatat"), ANY("poll"),
	ANY("ppoll"), ANY("read"), ANY("restart_syscall"),
	ANY("rt_sigaction"), ANY("rt_sigprocmask"), ANY("rt_sigreturn"),
	ANY("sendmsg"), ANY("sendto"), ANY("sysinfo"), ANY("write"),
	ANY("writev"), /* sysinfo: qsort */
	IF("ioctl", 1, ALL, TCGETS), /* of the log */
	IF("prctl", 0, ALL, PR_GET_SECCOMP),
};

/*
 * What warder-pam and the listeners are denied. Modules need about anything
 * else, programs of their own among it, so this is a fence against a faulty
 * module and not a cell around a hostile one.
 */
static const struct call denied[] = {
	ANY("acct"), ANY("add_key"), ANY("bpf"), ANY("clock_settime"),
	ANY("create_module"), ANY("delete_module"), ANY("fanotify_init"),
	ANY("finit_module"), ANY("fsconfig"), ANY("fsmount"), ANY("fsopen"),
	ANY("fspick"), ANY("init_module"), ANY("io_uring_enter"),
	ANY("io_uring_register"), ANY("io_uring_setup"), ANY("ioperm"),
	ANY("iopl"), ANY("kcmp"), ANY("kexec_file_load"), ANY("kexec_load"),
	ANY("keyctl"), ANY("lookup_dcookie"), ANY("mount"),
	ANY("mount_setattr"), ANY("move_mount"), ANY("nfsservctl"),
	ANY("open_by_handle_at"), ANY("open_tree"), ANY("perf_event_open"),
	ANY("pidfd_getfd"), ANY("pivot_root"), ANY("process_madvise"),
	ANY("process_vm_readv"), ANY("process_vm_writev"), ANY("ptrace"),
	ANY("quotactl"), ANY("quotactl_fd"), ANY("reboot"), ANY("request_key"),
	ANY("setns"), ANY("settimeofday"), ANY("stime"), ANY("swapoff"),
	ANY("swapon"), ANY("umount"), ANY("umount2"), ANY("unshare"),
	ANY("userfaultfd"), ANY("vhangup"),
	IF("clone", 0, CLONE_NEWNS, CLONE_NEWNS),
	IF("clone", 0, CLONE_NEWCGROUP, CLONE_NEWCGROUP),
	IF("clone", 0, CLONE_NEWUTS, CLONE_NEWUTS),
	IF("clone", 0, CLONE_NEWIPC, CLONE_NEWIPC),
	IF("clone", 0, CLONE_NEWUSER, CLONE_NEWUSER),
	IF("clone", 0, CLONE_NEWPID, CLONE_NEWPID),
	IF("clone", 0, CLONE_NEWNET, CLONE_NEWNET),
	IF("ioctl", 1, ALL, TIOCSTI),
	UNLESS("prlimit64", 0, ALL, 0), /* others */
};
/* clang-format on */

const struct call_list calls_common = { common, N(common) },
                       calls_desk = { desk, N(desk) },
                       calls_keeper = { keeper, N(keeper) },
                       calls_courier = { courier, N(courier) },
                       calls_profile = { profile, N(profile) },
                       calls_denied = { denied, N(denied) };

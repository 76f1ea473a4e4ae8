/* SPDX-License-Identifier: ISC */
/*
 * SIGKILL at a chosen step of a service's worker: right before its N-th call
 * of the kinds below, so that it does not take place, or right after it.
 *
 *	kill-at --under COMMAND...   marks the steps, then becomes COMMAND
 *	kill-at                      orders on stdin, reports on stdout
 *
 *	watch NAME PID               a listener that runs --under; -> ok
 *	aim NAME N WHEN SCOPE        its next worker; WHEN before, after; SCOPE
 *	                             worker, listener, both; N 0: only count; -> ok
 *	born NAME PID                a worker was exec'ed
 *	hit NAME N CALL WHEN SCOPE   and was killed, or its listener
 *	steps NAME CALL...           one that was counted, at its end
 *	over NAME PID N              a worker is gone, after N steps
 *	gone NAME PID                a listener is gone
 *
 * Steps are marked by a seccomp filter, so that all other calls run at full
 * speed; a process under it that nobody watches gets ENOSYS at each step.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <seccomp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define SERVICES 8
#define TASKS 256
#define STEPS 4096
#define SYSCALL_STOP (SIGTRAP | 0x80)
#define FOLLOW                                                                 \
	(PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |      \
	    PTRACE_O_TRACEEXEC | PTRACE_O_TRACESECCOMP |                       \
	    PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL)

/* What leaves a trace outside of the process, or takes one in. */
static const char *const steps[] = { "write", "writev", "pwrite64", "fdatasync",
	"fsync", "rename", "renameat", "renameat2", "unlink", "unlinkat",
	"link", "linkat", "mkdir", "ftruncate", "fallocate", "sendmsg",
	"sendto", "recvmsg", "recvfrom", "connect", "exit", "exit_group",
	NULL };

enum scope {
	SCOPE_WORKER,
	SCOPE_LISTENER,
	SCOPE_BOTH
};
static const char *const scopes[] = { "worker", "listener", "both" };

struct aim {
	bool is_set, is_after;
	unsigned int at; /* 0: count */
	enum scope scope;
};

struct service {
	char name[32];
	pid_t listener;
	struct aim aim; /* for the next worker */
};

/* One that is traced: a listener, a worker, a thread of a worker. */
struct task {
	pid_t pid;
	struct service *service; /* NULL: it stopped before its parent's stop */
	struct task *lead;       /* of a thread */
	bool is_listener, is_worker;
	bool is_inside; /* of the call `nr`, which is killed at its end */
	int nr;
	struct aim aim;
	unsigned int n; /* steps so far */
	int *calls;     /* of a count */
};

static struct service services[SERVICES];
static struct task tasks[TASKS];
static struct service *ended_last; /* whose listener was the last to end */

static void __attribute__((noreturn, format(printf, 1, 2)))
fail(const char *form, ...)
{
	va_list args;

	va_start(args, form);
	(void)fputs("kill-at: ", stderr);
	(void)vfprintf(stderr, form, args);
	(void)fputc('\n', stderr);
	va_end(args);
	exit(1);
}

/* ---- under the filter ---------------------------------------------------- */

static void __attribute__((noreturn)) under(char **command)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int r = filter == NULL ? -ENOMEM : 0;

	for (size_t i = 0; r == 0 && steps[i] != NULL; i++)
		r = seccomp_rule_add(filter, SCMP_ACT_TRACE(0),
		    seccomp_syscall_resolve_name(steps[i]), 0);
	/* A file may come into being by it: a journal, the first ledger. */
	if (r == 0)
		r = seccomp_rule_add(filter, SCMP_ACT_TRACE(0),
		    SCMP_SYS(openat), 1,
		    SCMP_A2(SCMP_CMP_MASKED_EQ, O_CREAT, O_CREAT));
	if (r != 0 || seccomp_load(filter) != 0)
		_exit(126);
	(void)execv(command[0], command);
	_exit(127);
}

/* ---- tasks --------------------------------------------------------------- */

static struct task *
find(pid_t pid)
{
	for (size_t i = 0; i < TASKS; i++)
		if (tasks[i].pid == pid)
			return &tasks[i];
	return NULL;
}

static struct task *
add(pid_t pid)
{
	struct task *task = find(0);

	if (task == NULL)
		fail("more than %d tasks", TASKS);
	*task = (struct task){ .pid = pid };
	return task;
}

static void
drop(struct task *task)
{
	free(task->calls);
	*task = (struct task){ .pid = 0 };
}

static void
resume(const struct task *task, int how, int signal_number)
{
	/* ESRCH: killed meanwhile; its end is reported by waitpid(). */
	if (ptrace(how, task->pid, NULL, (long)signal_number) != 0 &&
	    errno != ESRCH)
		fail("task %d: %s", (int)task->pid, strerror(errno));
}

static const char *
call_name(int nr)
{
	static char name[32];
	char *found = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, nr);

	(void)snprintf(
	    name, sizeof(name), "%s", found != NULL ? found : "unknown");
	free(found);
	return name;
}

/* ---- steps --------------------------------------------------------------- */

static void
hit(struct task *lead, struct task *task)
{
	const struct aim *aim = &lead->aim;

	(void)printf("hit %s %u %s %s %s\n", lead->service->name, aim->at,
	    call_name(task->nr), aim->is_after ? "after" : "before",
	    scopes[aim->scope]);
	if (aim->scope != SCOPE_WORKER && lead->service->listener > 0)
		(void)kill(lead->service->listener, SIGKILL);
	if (aim->scope != SCOPE_LISTENER)
		(void)kill(lead->pid, SIGKILL);
	else
		resume(task, PTRACE_CONT, 0);
	lead->aim.is_set = false;
}

static int
call_number(const struct task *task)
{
	struct __ptrace_syscall_info info = { 0 };
	long len =
	    ptrace(PTRACE_GET_SYSCALL_INFO, task->pid, sizeof(info), &info);

	if (len <= 0 || info.op != PTRACE_SYSCALL_INFO_SECCOMP)
		return -1;
	return (int)info.seccomp.nr;
}

static void
on_step(struct task *task)
{
	struct task *lead = task->lead != NULL ? task->lead : task;
	const struct aim *aim = &lead->aim;

	lead->n++;
	if (!lead->is_worker || !aim->is_set) {
		resume(task, PTRACE_CONT, 0);
		return;
	}
	task->nr = call_number(task);
	if (lead->calls != NULL && lead->n <= STEPS)
		lead->calls[lead->n - 1] = task->nr;
	if (lead->n != aim->at) {
		resume(task, PTRACE_CONT, 0);
	} else if (aim->is_after) {
		task->is_inside = true;
		resume(task, PTRACE_SYSCALL, 0);
	} else {
		hit(lead, task);
	}
}

/* ---- what waitpid() tells ------------------------------------------------ */

/* A worker begins with its exec; it takes what is aimed at its service. */
static void
on_exec(struct task *task)
{
	struct service *service = task->service;

	if (!task->is_listener && service != NULL && !task->is_worker) {
		task->is_worker = true;
		task->n = 0;
		task->aim = service->aim;
		service->aim.is_set = false;
		if (task->aim.is_set && task->aim.at == 0)
			task->calls = calloc(STEPS, sizeof(*task->calls));
		(void)printf("born %s %d\n", service->name, (int)task->pid);
	}
	resume(task, PTRACE_CONT, 0);
}

static void
on_fork(struct task *task, bool is_thread)
{
	unsigned long pid = 0;
	struct task *made;

	if (ptrace(PTRACE_GETEVENTMSG, task->pid, NULL, &pid) == 0 &&
	    find((pid_t)pid) == NULL) {
		made = add((pid_t)pid);
		made->service = task->service;
		if (is_thread)
			made->lead = task->lead != NULL ? task->lead : task;
	}
	resume(task, PTRACE_CONT, 0);
}

/* A number of /proc/PID/status; 0: not told. */
static pid_t
status_number(pid_t pid, const char *name)
{
	const size_t len = strlen(name);
	char path[64], line[256];
	int found = 0;
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	file = fopen(path, "r");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
		if (strncmp(line, name, len) == 0 &&
		    sscanf(line + len, ": %d", &found) == 1)
			break;
	if (file != NULL)
		(void)fclose(file);
	return (pid_t)found;
}

/*
 * One that stopped before its parent's stop was seen. That stop may never
 * come, as the parent may be killed in it, so who it is gets asked for here:
 * left waiting, it would hold a connection and say nothing for ever.
 */
static void
name_orphan(struct task *task)
{
	pid_t tgid = status_number(task->pid, "Tgid");
	struct task *from;

	from = find(tgid != task->pid && tgid != 0
	                ? tgid
	                : status_number(task->pid, "PPid"));
	if (from != NULL && from->pid != 0) {
		task->service = from->service;
		if (tgid == from->pid)
			task->lead = from;
	} else {
		task->service = ended_last;
	}
}

static void
on_stop(struct task *task, int status)
{
	const int number = WSTOPSIG(status);

	switch (status >> 16) {
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
		on_fork(task, false);
		return;
	case PTRACE_EVENT_CLONE:
		on_fork(task, true);
		return;
	case PTRACE_EVENT_EXEC:
		on_exec(task);
		return;
	case PTRACE_EVENT_SECCOMP:
		on_step(task);
		return;
	case PTRACE_EVENT_STOP:
		if (task->service == NULL)
			name_orphan(task);
		resume(task, PTRACE_CONT, 0);
		return;
	}
	if (number == SYSCALL_STOP && task->is_inside) {
		task->is_inside = false;
		hit(task->lead != NULL ? task->lead : task, task);
		return;
	}
	resume(task, PTRACE_CONT, number == SYSCALL_STOP ? 0 : number);
}

static void
on_end(struct task *task)
{
	struct service *service = task->service;

	if (task->calls != NULL) {
		(void)printf("steps %s", service->name);
		for (unsigned int i = 0; i < task->n && i < STEPS; i++)
			(void)printf(" %s", call_name(task->calls[i]));
		(void)putchar('\n');
	}
	if (task->is_worker)
		(void)printf(
		    "over %s %d %u\n", service->name, (int)task->pid, task->n);
	if (task->is_listener) {
		(void)printf("gone %s %d\n", service->name, (int)task->pid);
		service->listener = 0;
		ended_last = service;
	}
	for (size_t i = 0; i < TASKS; i++)
		if (tasks[i].lead == task)
			tasks[i].lead = NULL;
	drop(task);
}

static void
wait_all(void)
{
	struct task *task;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG | __WALL)) > 0) {
		task = find(pid);
		if (task == NULL)
			task = add(pid);
		if (WIFSTOPPED(status))
			on_stop(task, status);
		else
			on_end(task);
	}
}

/* ---- orders -------------------------------------------------------------- */

static struct service *
service_of(const char *name)
{
	for (size_t i = 0; i < SERVICES; i++) {
		struct service *service = &services[i];

		if (service->name[0] == '\0')
			(void)snprintf(
			    service->name, sizeof(service->name), "%s", name);
		if (strcmp(service->name, name) == 0)
			return service;
	}
	fail("more than %d services", SERVICES);
}

static void
watch(const char *name, int pid)
{
	struct service *service = service_of(name);
	struct task *task;

	if (ptrace(PTRACE_SEIZE, (pid_t)pid, NULL, (long)FOLLOW) != 0)
		fail("%s, %d: %s", name, pid, strerror(errno));
	task = add((pid_t)pid);
	task->service = service;
	task->is_listener = true;
	service->listener = (pid_t)pid;
}

static void
take_aim(const char *name, unsigned int at, const char *when, const char *scope)
{
	struct aim aim = {
		.is_set = true, .is_after = strcmp(when, "after") == 0, .at = at
	};

	for (size_t i = 0; i < sizeof(scopes) / sizeof(scopes[0]); i++)
		if (strcmp(scopes[i], scope) == 0)
			aim.scope = (enum scope)i;
	service_of(name)->aim = aim;
}

static void
obey(const char *order)
{
	char name[32], when[8], scope[16];
	unsigned int at;
	int pid;

	if (sscanf(order, "watch %31s %d", name, &pid) == 2)
		watch(name, pid);
	else if (sscanf(order, "aim %31s %u %7s %15s", name, &at, when,
	             scope) == 4)
		take_aim(name, at, when, scope);
	else if (sscanf(order, "off %31s", name) == 1)
		service_of(name)->aim.is_set = false;
	else
		fail("no such order: %s", order);
	(void)puts("ok");
}

/* False at the end of the orders. */
static bool
take_orders(void)
{
	static char kept[4096];
	static size_t len;
	ssize_t n = read(STDIN_FILENO, kept + len, sizeof(kept) - 1 - len);
	char *line = kept, *lf;

	if (n <= 0)
		return false;
	len += (size_t)n;
	kept[len] = '\0';
	while ((lf = strchr(line, '\n')) != NULL) {
		*lf = '\0';
		obey(line);
		line = lf + 1;
	}
	len -= (size_t)(line - kept);
	memmove(kept, line, len);
	return true;
}

int
main(int argc, char **argv)
{
	struct signalfd_siginfo info;
	struct pollfd polled[2] = { { STDIN_FILENO, POLLIN, 0 } };
	sigset_t set;

	if (argc > 2 && strcmp(argv[1], "--under") == 0)
		under(argv + 2);
	if (argc != 1)
		fail("usage: kill-at [--under COMMAND...]");
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	polled[1] =
	    (struct pollfd){ signalfd(-1, &set, SFD_NONBLOCK), POLLIN, 0 };
	for (;;) {
		(void)fflush(stdout);
		/* Looks now and then by itself, should a signal be missed. */
		if (poll(polled, 2, 500) < 0)
			continue;
		while (read(polled[1].fd, &info, sizeof(info)) > 0)
			continue;
		wait_all();
		if (polled[0].revents != 0 && !take_orders())
			return 0;
	}
}

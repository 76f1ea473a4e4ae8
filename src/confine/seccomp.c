/* SPDX-License-Identifier: ISC */
/*
 * Builds a filter from the lists of calls.c. A call of another architecture
 * (or x32) ends the process whatever the list: its numbers mean other calls.
 * clone3 hides its flags from a filter, so it is "not there" for everybody and
 * libc uses clone, whose flags show.
 */
#include "config.h"

#include <errno.h>
#include <seccomp.h>
#include <sys/prctl.h>

#include "base/log.h"
#include "confine/calls.h"
#include "confine/confine.h"

static void
release(scmp_filter_ctx *filter)
{
	if (*filter != NULL)
		seccomp_release(*filter);
}
#define auto_filter __attribute__((cleanup(release)))

/*
 * "Unless" is two rows: the filter has no "masked and not equal". A whole
 * argument is compared as 64 bits then, so garbage above counts as other.
 */
static int
add_call(scmp_filter_ctx filter, uint32_t action, const struct call *call)
{
	struct scmp_arg_cmp cmp = { .arg = call->arg,
		.op = SCMP_CMP_MASKED_EQ,
		.datum_a = call->mask,
		.datum_b = call->value };
	int nr = seccomp_syscall_resolve_name(call->name);
	int r;

	if (nr == __NR_SCMP_ERROR || nr < 0)
		return WARDER_OK; /* not a call of this architecture */
	if (!call->has_arg) {
		r = seccomp_rule_add(filter, action, nr, 0);
		return r == 0 ? WARDER_OK : WARDER_EFENCE;
	}
	if (call->unless) {
		cmp.op = SCMP_CMP_NE;
		cmp.datum_a = call->value;
		cmp.datum_b = 0;
	}
	r = seccomp_rule_add_array(filter, action, nr, 1, &cmp);
	return r == 0 ? WARDER_OK : WARDER_EFENCE;
}

static int
add_list(scmp_filter_ctx filter, uint32_t action, const struct call_list *list)
{
	int r;

	for (size_t i = 0; i < list->n; i++)
		if ((r = add_call(filter, action, &list->calls[i])) != 0)
			return r;
	return WARDER_OK;
}

struct plan {
	uint32_t inside, outside;
	const struct call_list *lists[2];
};

static int
plan_of(enum confine_calls which, struct plan *ret)
{
	const uint32_t allow = SCMP_ACT_ALLOW, kill = CALLS_KILL;

	switch (which) {
	case CONFINE_DESK:
		*ret = (struct plan){ allow, kill,
			{ &calls_common, &calls_desk } };
		return WARDER_OK;
	case CONFINE_KEEPER:
		*ret = (struct plan){ allow, kill,
			{ &calls_common, &calls_keeper } };
		return WARDER_OK;
	case CONFINE_COURIER:
		*ret = (struct plan){ allow, SCMP_ACT_ERRNO(ENOSYS),
			{ &calls_common, &calls_courier } };
		return WARDER_OK;
	case CONFINE_PROFILE:
		*ret = (struct plan){ allow, kill, { &calls_profile, NULL } };
		return WARDER_OK;
	case CONFINE_PAM:
	case CONFINE_LISTENER:
		*ret = (struct plan){ SCMP_ACT_ERRNO(EPERM), allow,
			{ &calls_denied, NULL } };
		return WARDER_OK;
	}
	return WARDER_EBUG;
}

static int
load(const struct plan *plan)
{
	auto_filter scmp_filter_ctx filter = seccomp_init(plan->outside);
	const struct call clone3 = { .name = "clone3" };
	int r;

	if (filter == NULL)
		return WARDER_ENOMEM;
	if (seccomp_attr_set(
	        filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) != 0 ||
	    seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 1) != 0 ||
	    seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2) != 0)
		return WARDER_EFENCE;
	for (size_t i = 0; i < 2 && plan->lists[i] != NULL; i++)
		if ((r = add_list(filter, plan->inside, plan->lists[i])) != 0)
			return r;
	if (plan->outside != SCMP_ACT_ERRNO(ENOSYS) &&
	    (r = add_call(filter, SCMP_ACT_ERRNO(ENOSYS), &clone3)) != 0)
		return r;
	calls_name_outside();
	if (seccomp_load(filter) != 0)
		return WARDER_EFENCE;
	/* 2: a filter is in force. */
	return prctl(PR_GET_SECCOMP, 0L, 0L, 0L, 0L) == 2 ? WARDER_OK
	                                                  : WARDER_EFENCE;
}

#ifdef WARDER_SANITIZERS

int
confine_calls(enum confine_calls which)
{
	struct plan plan;

	(void)load;
	log_warn("built with sanitizers: no fence around system calls");
	return plan_of(which, &plan);
}

#else

int
confine_calls(enum confine_calls which)
{
	struct plan plan;
	int r = plan_of(which, &plan);

	return r != 0 ? r : load(&plan);
}

#endif

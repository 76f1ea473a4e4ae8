/* SPDX-License-Identifier: ISC */
/*
 * policy-time FILE [ROUNDS]: reads a policy from memory and decides one
 * request, so often, and prints the median of each in microseconds, and the
 * most memory that was in use in kB. For the bench, which asks for one round
 * of many processes: the first round has to be given its memory, as a keeper.
 */
#include "config.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/tzdata.h"
#include "policy/policy.h"

#define TEXT_MAX (16u << 20)
#define ROUNDS_MAX 999

static int64_t
now_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int
by_number(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int64_t
median(int64_t *times, size_t n)
{
	qsort(times, n, sizeof(*times), by_number);
	return times[n / 2];
}

/* An admin who passes the first pipeline of the text. */
static int
decide(const struct policy *policy)
{
	static const char *const groups[] = { "release" };
	const struct facts_person person = { 2001, "chen", true, groups, 1 };
	struct facts facts = { .phase = PHASE_FINAL, .verb = VERB_PASS };
	auto_verdict struct verdict verdict = { .kind = VERDICT_DENY };

	facts.actor_uid = (struct fact_number){ true, 2001 };
	facts.people = &person;
	facts.people_n = 1;
	facts.auth.level = (struct fact_number){ true, 2 };
	facts.auth.max_level = (struct fact_number){ true, 2 };
	facts.request.org = "shop";
	facts.request.pipeline = "7";
	facts.request.run = "1";
	facts.request.job = "2";
	facts.request.reason = "checked on staging";
	facts.gate.found = FOUND_GATE;
	facts.gate.pipeline = "service-0";
	facts.gate.stage = "prod";
	facts.gate.job = "gate";
	facts.gate.key_may = FACT_TRUE;
	if (policy_decide(policy, &facts, &verdict) != 0 ||
	    verdict.kind != VERDICT_PERMIT) {
		(void)fprintf(
		    stderr, "not permitted: %s\n", verdict.local_code);
		return 1;
	}
	return 0;
}

/* Not getrusage(): what it tells was begun by whoever started this one. */
static long
most_memory_kb(void)
{
	FILE *file = fopen("/proc/self/status", "re");
	char line[256];
	long kb = -1;

	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
		if (strncmp(line, "VmHWM:", 6) == 0)
			kb = strtol(line + 6, NULL, 10);
	if (file != NULL)
		(void)fclose(file);
	return kb;
}

static int
measure(const char *text, size_t len, size_t rounds)
{
	static int64_t parse[ROUNDS_MAX], decision[ROUNDS_MAX];
	struct tzdata tzdata = { NULL };
	const struct policy_source source = { &tzdata, NULL, NULL,
		tzdata_find };
	struct policy_diag diag;

	for (size_t i = 0; i < rounds; i++) {
		auto_policy struct policy *policy = NULL;
		int64_t start = now_us();

		if (policy_parse_set(text, len, &source, &policy, &diag) != 0) {
			(void)fprintf(stderr, "%u:%u: %s\n", diag.line,
			    diag.col, diag.text);
			return 1;
		}
		parse[i] = now_us() - start;
		start = now_us();
		if (decide(policy) != 0)
			return 1;
		decision[i] = now_us() - start;
	}
	tzdata_clear(&tzdata);
	(void)printf("%lld %lld %ld\n", (long long)median(parse, rounds),
	    (long long)median(decision, rounds), most_memory_kb());
	return 0;
}

int
main(int argc, char **argv)
{
	size_t rounds = argc > 2 ? strtoul(argv[2], NULL, 10) : 9, len;
	FILE *file = argc > 1 ? fopen(argv[1], "re") : NULL;
	char *text = malloc(TEXT_MAX);
	int r;

	if (file == NULL || text == NULL || rounds < 1 || rounds > ROUNDS_MAX) {
		(void)fprintf(stderr, "usage: policy-time FILE [ROUNDS]\n");
		return 2;
	}
	len = fread(text, 1, TEXT_MAX, file);
	(void)fclose(file);
	r = measure(text, len, rounds);
	free(text);
	return r;
}

/* SPDX-License-Identifier: ISC */
/* Time comes in here and nowhere else, so that tests can hold it still. */
#include "config.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>

#include "base/clock.h"

static int64_t fixed_real = -1, fixed_boot = -1;

static int64_t
now_ms(clockid_t clock)
{
	struct timespec now = { 0 };

	(void)clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t
clock_real_ms(void)
{
	return fixed_real >= 0 ? fixed_real : now_ms(CLOCK_REALTIME);
}

int64_t
clock_boot_ms(void)
{
	return fixed_boot >= 0 ? fixed_boot : now_ms(CLOCK_BOOTTIME);
}

void
clock_set_for_test(int64_t real_ms, int64_t boot_ms)
{
	fixed_real = real_ms;
	fixed_boot = boot_ms;
}

enum clock_sync
clock_sync(void)
{
	struct timex now = { .modes = 0 };
	int state = adjtimex(&now);

	if (state < 0)
		return CLOCK_SYNC_UNKNOWN;
	if (state == TIME_ERROR || (now.status & STA_UNSYNC) != 0)
		return CLOCK_SYNC_NO;
	return CLOCK_SYNC_YES;
}

void
clock_stamp(char ret[CLOCK_STAMP_SIZE], int64_t real_ms, int with_ms)
{
	time_t seconds = (time_t)(real_ms / 1000);
	struct tm utc;
	size_t n;

	if (gmtime_r(&seconds, &utc) == NULL)
		memset(&utc, 0, sizeof(utc));
	n = strftime(ret, CLOCK_STAMP_SIZE, "%Y-%m-%dT%H:%M:%S", &utc);
	if (with_ms)
		(void)snprintf(ret + n, CLOCK_STAMP_SIZE - n, ".%03uZ",
		    (unsigned int)(real_ms % 1000) % 1000u);
	else
		(void)snprintf(ret + n, CLOCK_STAMP_SIZE - n, "Z");
}

int
clock_parse_stamp(const char *text, int64_t *ret_ms)
{
	struct tm utc = { 0 };
	const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &utc);
	char again[CLOCK_STAMP_SIZE];
	unsigned int ms = 0;
	int64_t at;

	if (rest == NULL)
		return WARDER_EFORM;
	if (rest[0] == '.' && sscanf(rest, ".%3uZ", &ms) != 1)
		return WARDER_EFORM;
	at = (int64_t)timegm(&utc) * 1000 + ms;
	/* Written anew it has to be the same: no blanks, no 31 February. */
	clock_stamp(again, at, rest[0] == '.');
	if (at < 0 || strcmp(again, text) != 0)
		return WARDER_EFORM;
	*ret_ms = at;
	return WARDER_OK;
}

int
clock_left_ms(int64_t deadline)
{
	int64_t left = deadline - clock_boot_ms();

	if (left < 0)
		return 0;
	return left > INT_MAX ? INT_MAX : (int)left;
}

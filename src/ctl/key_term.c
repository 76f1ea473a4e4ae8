/* SPDX-License-Identifier: ISC */
/* A key for which no end is known is only ever old. */
#include "config.h"

#include <stdio.h>

#include "ctl/key_term.h"
#include "seal/term.h"

#define SECOND_MS UINT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)

enum key_term
key_term_of(const struct conf *conf, enum seal_kind kind, uint64_t created_ms,
    uint64_t not_after_ms, uint64_t now_ms)
{
	/* The host's own key signs the ledger, not a request. */
	if (kind == SEAL_HOST)
		return KEY_TERM_FINE;
	if (not_after_ms != 0 && seal_left_ms(kind, not_after_ms, now_ms) == 0)
		return KEY_TERM_OVER;
	if (seal_ends_soon(kind, not_after_ms, now_ms))
		return KEY_TERM_SOON;
	if (now_ms > created_ms && now_ms - created_ms >= conf->key_age_ms)
		return KEY_TERM_OLD;
	return KEY_TERM_FINE;
}

const char *
key_term_word(enum key_term term)
{
	switch (term) {
	case KEY_TERM_FINE:
		return "fine";
	case KEY_TERM_OLD:
		return "old";
	case KEY_TERM_SOON:
		return "soon";
	case KEY_TERM_OVER:
		return "over";
	}
	return "";
}

const char *
key_left_print(char ret[KEY_LEFT_SIZE], uint64_t ms)
{
	static const struct {
		uint64_t ms;
		const char *word;
	} units[] = { { DAY_MS, "day" }, { HOUR_MS, "hour" },
		{ MINUTE_MS, "minute" }, { SECOND_MS, "second" } };
	size_t i = 0;
	uint64_t n;

	/* Two of a smaller one tell more than one of a greater. */
	while (i < 3 && ms < 2 * units[i].ms)
		i++;
	n = ms / units[i].ms;
	(void)snprintf(ret, KEY_LEFT_SIZE, "%llu %s%s", (unsigned long long)n,
	    units[i].word, n == 1 ? "" : "s");
	return ret;
}

const char *
key_term_print(char *ret, size_t size, const struct conf *conf,
    enum seal_kind kind, uint64_t created_ms, uint64_t not_after_ms,
    uint64_t now_ms)
{
	char time[KEY_LEFT_SIZE];

	ret[0] = '\0';
	switch (key_term_of(conf, kind, created_ms, not_after_ms, now_ms)) {
	case KEY_TERM_FINE:
		break;
	case KEY_TERM_OLD:
		(void)snprintf(ret, size,
		    "was sealed %llu days ago (key_age %llu); make a new one "
		    "and seal it: warderctl key seal",
		    (unsigned long long)((now_ms - created_ms) / DAY_MS),
		    (unsigned long long)(conf->key_age_ms / DAY_MS));
		break;
	case KEY_TERM_SOON:
		(void)snprintf(ret, size,
		    "can be used for %s more; seal a new one: warderctl key "
		    "seal",
		    key_left_print(
		        time, seal_left_ms(kind, not_after_ms, now_ms)));
		break;
	case KEY_TERM_OVER:
		(void)snprintf(ret, size,
		    "has run out; seal a new one: warderctl key seal");
		break;
	}
	return ret;
}

/* SPDX-License-Identifier: ISC */
/*
 * Whoever may seal a new key is seldom at the terminal when the old one ends,
 * and whoever passes gates then cannot: so he is told while there is time.
 */
#include "config.h"

#include "base/clock.h"
#include "client/key_end.h"
#include "client/words.h"

#define MINUTE_MS UINT64_C(60000)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)
#define LEFT_SIZE 64

static uint64_t
left_ms(const struct shown *shown)
{
	int64_t now = clock_real_ms();

	if (now < 0 || shown->key.ends_ms <= (uint64_t)now)
		return 0;
	return shown->key.ends_ms - (uint64_t)now;
}

/* At least two of a unit, which tell more than one of a greater. */
static const char *
left_text(char ret[LEFT_SIZE], uint64_t ms)
{
	if (ms >= 2 * DAY_MS)
		(void)snprintf(ret, LEFT_SIZE, _("%llu days"),
		    (unsigned long long)(ms / DAY_MS));
	else if (ms >= 2 * HOUR_MS)
		(void)snprintf(ret, LEFT_SIZE, _("%llu hours"),
		    (unsigned long long)(ms / HOUR_MS));
	else if (ms >= 2 * MINUTE_MS)
		(void)snprintf(ret, LEFT_SIZE, _("%llu minutes"),
		    (unsigned long long)(ms / MINUTE_MS));
	else
		(void)snprintf(ret, LEFT_SIZE, "%s", _("less than 2 minutes"));
	return ret;
}

void
tell_key_end(const struct client *client, const struct shown *shown)
{
	char left[LEFT_SIZE];

	if (client->out == NULL || shown->key.ends_ms == 0)
		return;
	print_label(client->out, client->options.plain, _("Key"));
	(void)fprintf(client->out,
	    _("%s, the key of %s, ends in %s: tell who runs this host\n"),
	    foreign(shown->key.key), foreign(shown_org(shown)),
	    left_text(left, left_ms(shown)));
}

void
json_add_key_end(cJSON *doc, const struct shown *shown)
{
	char stamp[CLOCK_STAMP_SIZE];
	cJSON *item;

	if (shown->key.ends_ms == 0) {
		(void)cJSON_AddNullToObject(doc, "key_ends");
		return;
	}
	item = cJSON_AddObjectToObject(doc, "key_ends");
	clock_stamp(stamp, (int64_t)shown->key.ends_ms, 0);
	(void)cJSON_AddStringToObject(item, "key", shown->key.key);
	(void)cJSON_AddStringToObject(item, "at", stamp);
	(void)cJSON_AddNumberToObject(
	    item, "left_s", (double)(left_ms(shown) / 1000));
}

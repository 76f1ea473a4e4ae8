/* SPDX-License-Identifier: ISC */
/*
 * What waits. A whole list is kept for a moment, so that looking twice does
 * not read thousands of pipelines twice; it is shown with its age, and gone
 * as soon as its user decides something here.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/conf.h"
#include "client/cache.h"
#include "client/json.h"
#include "client/list.h"
#include "client/tell.h"
#include "client/words.h"

static int
compare(const void *one, const void *other)
{
	const struct shown *a = one, *b = other;
	bool a_old = a->gate.newest == TRI_FALSE;
	bool b_old = b->gate.newest == TRI_FALSE;

	if ((a->gate.can != 0) != (b->gate.can != 0))
		return a->gate.can != 0 ? -1 : 1;
	if (a_old != b_old)
		return a_old ? 1 : -1;
	if (a->gate.started_ms != b->gate.started_ms)
		return a->gate.started_ms > b->gate.started_ms ? -1 : 1;
	if (strcmp(a->handle, b->handle) != 0)
		return strcmp(a->handle, b->handle);
	/* Gates without a hash have one handle: the same order each time. */
	if (strcmp(a->gate.run, b->gate.run) != 0)
		return strcmp(a->gate.run, b->gate.run);
	return strcmp(a->gate.job, b->gate.job);
}

static size_t
count_orgs(const struct shown_list *gates)
{
	size_t n = 0, j;

	for (size_t i = 0; i < gates->n; i++) {
		for (j = 0; j < i; j++)
			if (strcmp(gates->items[i].gate.org,
			        gates->items[j].gate.org) == 0)
				break;
		n += j == i;
	}
	return n;
}

/* When it was so: now, or the time at which a kept list was told. */
static void
tell_time(const struct client *client, int64_t age_ms)
{
	int64_t now = clock_real_ms();
	char at[64];

	(void)fprintf(client->out, "   %s",
	    time_text(at, (uint64_t)(age_ms < 0 ? now : now - age_ms), now));
	if (age_ms >= 0)
		(void)fprintf(client->out, _(" (%lld s ago; anew: --fresh)"),
		    (long long)(age_ms / 1000));
	(void)fputs("\n", client->out);
}

static void
tell_head(
    const struct client *client, const struct shown_list *gates, int64_t age_ms)
{
	size_t mine = 0, orgs = count_orgs(gates);

	for (size_t i = 0; i < gates->n; i++)
		mine += (gates->items[i].gate.can & PERSON_CAN_PASS) != 0;
	if (gates->n == 0) {
		(void)fputs(_("No gate waits that you may see."), client->out);
		tell_time(client, age_ms);
		return;
	}
	(void)fprintf(client->out,
	    ngettext("%zu gate waits", "%zu gates wait", gates->n), gates->n);
	(void)fprintf(client->out,
	    ngettext(" in %zu organization", " in %zu organizations", orgs),
	    orgs);
	(void)fprintf(client->out,
	    ngettext("; %zu needs you", "; %zu need you", mine), mine);
	tell_time(client, age_ms);
	(void)fputc('\n', client->out);
}

static void
tell_unread(const struct client *client, const struct listed *listed)
{
	for (size_t i = 0; i < listed->gates.unread_n; i++) {
		const struct person_piece *piece = &listed->gates.unread[i];

		(void)fprintf(client->out, _("Could not be read: %s (%s)\n"),
		    foreign(piece->a), foreign(piece->b));
	}
}

void
list_sort(struct shown_list *gates)
{
	if (gates->n > 0)
		qsort(gates->items, gates->n, sizeof(*gates->items), compare);
}

const char *
list_org(const struct client *client)
{
	const char *org = client->options.org;

	if (org == NULL)
		org = getenv("WARDER_ORG");
	return org != NULL ? org : "";
}

uint32_t
list_age_ms(const struct client *client)
{
	struct conf conf;
	struct diag diag;

	if (client->places.conf == NULL ||
	    conf_load(client->places.conf, &conf, &diag) != 0)
		return 0;
	return conf.list_age_ms;
}

static bool
is_asked_for(const struct client *client, const struct shown *shown)
{
	const char *org = list_org(client);

	return (org[0] == '\0' || strcmp(org, shown->gate.org) == 0 ||
	           strcmp(org, shown->gate.alias) == 0) &&
	       (!client->options.mine || shown->gate.can != 0);
}

/*
 * What is left of a kept list. An organization of which it has nothing may
 * be one that does not exist: then the service is asked.
 */
static bool
narrow(const struct client *client, struct shown_list *gates)
{
	size_t n = 0;

	for (size_t i = 0; i < gates->n; i++) {
		struct shown shown = gates->items[i];

		if (is_asked_for(client, &shown)) {
			gates->items[i] = gates->items[n];
			gates->items[n++] = shown;
		}
	}
	for (size_t i = n; i < gates->n; i++)
		shown_clear_one(&gates->items[i]);
	gates->n = n;
	return n > 0 || list_org(client)[0] == '\0';
}

static bool
is_kept(const struct client *client, struct listed *listed, int64_t *ret_age)
{
	uint32_t age_ms = client->options.fresh ? 0 : list_age_ms(client);

	if (age_ms == 0 || !kept_load(age_ms, &listed->gates, ret_age))
		return false;
	if (narrow(client, &listed->gates))
		return true;
	shown_clear(&listed->gates);
	return false;
}

static int
ask(struct client *client, struct listed *listed)
{
	const char *org = list_org(client);
	int exit = find_list(client, org, "", client->options.mine, listed);

	/* Half a list must not make handles of the other half unknown. */
	if (exit == REASON_DONE && org[0] == '\0' && !client->options.mine) {
		cache_store(&listed->gates);
		kept_store(&listed->gates);
	}
	return exit;
}

int
verb_list(struct client *client)
{
	struct listed listed = { 0 };
	int64_t age_ms = -1; /* not a kept one */
	int exit = REASON_DONE;

	if (client->options.follow)
		return list_follow(client);
	if (!is_kept(client, &listed, &age_ms))
		exit = ask(client, &listed);
	if (exit != REASON_DONE && exit != REASON_INCOMPLETE && exit < 128)
		return exit;
	list_sort(&listed.gates);
	if (client->options.json) {
		json_list(&listed.gates, exit, age_ms);
	} else {
		tell_head(client, &listed.gates, age_ms);
		tell_list(client, &listed.gates);
		tell_unread(client, &listed);
		if (exit >= 128)
			(void)fputs(
			    _("Interrupted: this is not the whole list.\n"),
			    client->out);
	}
	shown_clear(&listed.gates);
	return exit;
}

/* SPDX-License-Identifier: ISC */
/* The verbs that only read: list, show, whoami. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "client/find.h"
#include "client/json.h"
#include "client/link.h"
#include "client/look.h"
#include "client/tell.h"
#include "client/words.h"

/* Yours first, superseded ones last, and the newest wait at the top. */
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
	return strcmp(a->handle, b->handle);
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

static void
tell_head(const struct client *client, const struct shown_list *gates)
{
	int64_t now = clock_real_ms();
	size_t mine = 0, orgs = count_orgs(gates);
	char at[64];

	for (size_t i = 0; i < gates->n; i++)
		mine += (gates->items[i].gate.can & PERSON_CAN_PASS) != 0;
	if (gates->n == 0) {
		(void)fputs(
		    _("No gate waits that you may see.\n"), client->out);
		return;
	}
	(void)fprintf(client->out,
	    ngettext("%zu gate waits", "%zu gates wait", gates->n), gates->n);
	(void)fprintf(client->out,
	    ngettext(" in %zu organization", " in %zu organizations", orgs),
	    orgs);
	(void)fprintf(client->out,
	    ngettext(
	        "; %zu needs you   %s\n\n", "; %zu need you   %s\n\n", mine),
	    mine, time_text(at, (uint64_t)now, now));
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

int
verb_list(struct client *client)
{
	const char *org = client->options.org;
	struct listed listed = { 0 };
	int exit;

	if (org == NULL)
		org = getenv("WARDER_ORG");
	exit = find_list(
	    client, org != NULL ? org : "", "", client->options.mine, &listed);
	if (exit != REASON_DONE && exit != REASON_INCOMPLETE && exit < 128)
		return exit;
	if (listed.gates.n > 0)
		qsort(listed.gates.items, listed.gates.n,
		    sizeof(*listed.gates.items), compare);
	/* Half a list must not make handles of the other half unknown. */
	if (exit == REASON_DONE && org == NULL && !client->options.mine)
		cache_store(&listed.gates);
	if (client->options.json) {
		json_list(&listed.gates, exit == REASON_DONE);
	} else {
		tell_head(client, &listed.gates);
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

static int
show_one(struct client *client, const char *text)
{
	struct shown_list gates = { 0 };
	struct link link = LINK_NONE;
	int exit = look_gate(client, text, &link, &gates);

	link_close(&link);
	if (exit == REASON_DONE && client->options.json)
		json_gate(&gates.items[0]);
	else if (exit == REASON_DONE)
		tell_gate(client, &gates.items[0]);
	shown_clear(&gates);
	return exit;
}

int
verb_show(struct client *client)
{
	int first = REASON_DONE, exit;

	for (size_t i = 0; i < client->options.gates_n; i++) {
		if (i > 0 && client->out != NULL)
			(void)fputc('\n', client->out);
		exit = show_one(client, client->options.gates[i]);
		if (exit != REASON_DONE && first == REASON_DONE)
			first = exit;
		if (exit >= 128)
			break;
	}
	return first;
}

struct whoami {
	struct person_person person;
	bool has_person;
	struct shown_list pieces;
	struct person_result result;
};

static int
ask_whoami(struct client *client, struct link *link, struct whoami *answer)
{
	const struct person_whoami ask = { .lang = client->lang };
	union person_any *message = malloc(sizeof(*message));
	const struct layout *layout;
	int exit = message == NULL ? REASON_BUG : REASON_DONE;

	if (exit == REASON_DONE)
		exit = (int)link_ask(link, &person_whoami_layout, &ask);
	while (exit == REASON_DONE) {
		if ((exit = link_wait(link, &layout, message)) != 0)
			break;
		if (layout == &person_result_layout) {
			answer->result = message->result;
			break;
		}
		if (layout == &person_person_layout) {
			answer->person = message->person;
			answer->has_person = true;
		} else if (!shown_take(&answer->pieces, layout, message)) {
			exit = REASON_UNREACHABLE;
		}
	}
	free(message);
	return exit;
}

static void
print_pieces(const struct client *client, const struct shown_list *pieces,
    enum person_piece_kind kind, const char *name)
{
	for (size_t i = 0; i < pieces->unread_n; i++) {
		const struct person_piece *piece = &pieces->unread[i];

		if (piece->kind != kind)
			continue;
		(void)fprintf(client->out, "%s %s%s%s\n", name,
		    foreign(piece->a), piece->b[0] != '\0' ? ": " : "",
		    foreign(piece->b));
	}
}

static void
tell_whoami(const struct client *client, const struct whoami *answer)
{
	const struct person_person *person = &answer->person;
	FILE *out = client->out;

	(void)fprintf(
	    out, _("name: %s\nuid: %u\n"), foreign(person->name), person->uid);
	if (person->luid != UINT32_MAX)
		(void)fprintf(out, _("login uid: %u, session %u\n"),
		    person->luid, person->session);
	else
		(void)fputs(_("login uid: none\n"), out);
	if (person->tty[0] != '\0')
		(void)fprintf(out, _("terminal: %s\n"), foreign(person->tty));
	if (person->source[0] != '\0')
		(void)fprintf(out, _("from: %s\n"), foreign(person->source));
	print_pieces(client, &answer->pieces, PIECE_GROUP, _("group:"));
	print_pieces(client, &answer->pieces, PIECE_ROLE, _("role in"));
}

int
verb_whoami(struct client *client)
{
	struct whoami *answer = calloc(1, sizeof(*answer));
	struct link link = LINK_NONE;
	int exit;

	if (answer == NULL)
		return REASON_BUG;
	exit = (int)link_open(client->places.socket, &link);
	if (exit == REASON_DONE)
		exit = ask_whoami(client, &link, answer);
	if (exit != REASON_DONE && exit < 128)
		(void)tell_error(client, (enum reason)exit, "",
		    link.wrong != NULL
		        ? link.wrong
		        : _("warder's service answered what it must not"));
	else if (exit == REASON_DONE && (exit = answer->result.exit) != 0)
		tell_result(client, NULL, &answer->result);
	else if (exit == REASON_DONE && !answer->has_person)
		exit = tell_error(client, REASON_UNREACHABLE, "",
		    _("warder's service answered what it must not"));
	else if (exit == REASON_DONE && client->options.json)
		json_whoami(&answer->person, &answer->pieces);
	else if (exit == REASON_DONE)
		tell_whoami(client, answer);
	link_close(&link);
	shown_clear(&answer->pieces);
	free(answer);
	return exit;
}

/* SPDX-License-Identifier: ISC */
/* The verbs that only read, but for list: show, whoami. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "client/change.h"
#include "client/find.h"
#include "client/json.h"
#include "client/link.h"
#include "client/look.h"
#include "client/tell.h"
#include "client/words.h"

static void
print_gate(
    const struct client *client, const struct shown *shown, bool is_complete)
{
	if (client->options.json)
		json_gate(shown, is_complete);
	else
		tell_gate(client, shown);
}

static int
show_one(struct client *client, const char *text)
{
	struct shown_list gates = { 0 };
	struct link link = LINK_NONE;
	int exit = look_gate(client, text, &link, &gates);

	if (exit == REASON_DONE)
		exit = change_ask(client, &link, &gates);
	link_close(&link);
	if (exit == REASON_DONE || exit == REASON_INCOMPLETE)
		print_gate(client, &gates.items[0], exit == REASON_DONE);
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

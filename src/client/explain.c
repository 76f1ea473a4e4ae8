/* SPDX-License-Identifier: ISC */
/*
 * explain-code. A code may be the server's and ours at once, and a word may
 * name an exit and a local code; each meaning is told, none is chosen.
 */
#include "config.h"

#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "client/client.h"
#include "client/explain.h"
#include "client/json.h"
#include "client/tell.h"
#include "client/words.h"
#include "wire/person.h"
#include "yunxiao/url.h"

#define CODE_SHOWN 1024 /* no code is longer */

static bool
is_meant(const struct own_row *row, const char *code)
{
	uint64_t exit;

	if (strcmp(row->code, code) == 0)
		return true;
	return row->kind == OWN_EXIT &&
	       text_parse_number(code, 255, &exit) == 0 && exit == row->exit;
}

size_t
explain_find(const char *code, struct explained ret[EXPLAIN_MAX])
{
	const struct code_row *server = code_find(code, false);
	const struct own_row *own;
	size_t n = 0;

	if (server->code[0] != '\0')
		ret[n++] = (struct explained){ server, NULL };
	for (size_t i = 0; (own = own_row_at(i)) != NULL; i++)
		if (n < EXPLAIN_MAX && is_meant(own, code))
			ret[n++] = (struct explained){ NULL, own };
	server = code_find(code, true);
	if (n == 0 && server->code[0] != '\0')
		ret[n++] = (struct explained){ server, NULL };
	return n;
}

bool
explain_at(size_t n, struct explained *ret)
{
	const struct code_row *row;
	size_t rows = 0;

	/* The last row stands for what is not listed: it is no code. */
	while ((row = code_row_at(rows)) != NULL && row->code[0] != '\0')
		rows++;
	if (n < rows)
		*ret = (struct explained){ code_row_at(n), NULL };
	else
		*ret = (struct explained){ NULL, own_row_at(n - rows) };
	return ret->server != NULL || ret->own != NULL;
}

static enum code_lang
language(const struct client *client)
{
	return client->lang == PERSON_ZH ? CODE_ZH : CODE_EN;
}

static const char *
in(enum code_lang lang, const struct code_text *text)
{
	return lang == CODE_ZH ? text->zh : text->en;
}

static const char *
kind_text(enum own_kind kind)
{
	switch (kind) {
	case OWN_EXIT:
		return _("exit code of warder");
	case OWN_REFUSAL:
		return _("refusal by the policy here");
	case OWN_REQUEST:
		return _("end of a request, told by this host");
	case OWN_KEY:
		return _("sealed keys of this host");
	case OWN_LEDGER:
		return _("ledger or state of this host");
	case OWN_POLICY:
		return _("finding in a policy file");
	}
	return "";
}

static const char *
done_text(enum own_done done)
{
	switch (done) {
	case OWN_DONE_MAYBE:
		return _("maybe: it is not known whether anything was done");
	case OWN_DONE_NO:
		return _("no: nothing was done");
	case OWN_DONE_YES:
		return _("yes: it was done or accepted");
	}
	return "";
}

static const char *
again_text(enum own_again again)
{
	switch (again) {
	case OWN_AGAIN_LOOK:
		return _("only after the gate was looked at: warder show");
	case OWN_AGAIN_NO:
		return _("no use before the cause is removed");
	case OWN_AGAIN_WAIT:
		return _("safe, after a while");
	case OWN_AGAIN_YES:
		return _("safe");
	}
	return "";
}

static enum own_done
done_of(const struct code_row *row)
{
	return row->done == CODE_DONE_NO ? OWN_DONE_NO : OWN_DONE_MAYBE;
}

static enum own_again
again_of(const struct code_row *row)
{
	switch (row->again) {
	case CODE_AGAIN_LOOK:
		return OWN_AGAIN_LOOK;
	case CODE_AGAIN_NO:
		return OWN_AGAIN_NO;
	case CODE_AGAIN_WAIT:
		return OWN_AGAIN_WAIT;
	}
	return OWN_AGAIN_LOOK;
}

static void
line(const struct client *client, const char *name, const char *text)
{
	print_label(client->out, client->options.plain, name);
	(void)fprintf(client->out, "%s\n", foreign(text));
}

static void
tell_meaning(const struct client *client, const char *meaning,
    const char *advice, enum own_done done, enum own_again again)
{
	line(client, _("Meaning"), meaning);
	line(client, _("What to do"), advice);
	line(client, _("Happened"), done_text(done));
	line(client, _("Again"), again_text(again));
}

static void
tell_server(
    const struct client *client, const char *code, const struct code_row *row)
{
	enum code_lang lang = language(client);
	char advice[2048];

	code_advise(advice, sizeof(advice), row, lang);
	line(client, _("Code"), code);
	line(client, _("From"),
	    row->code[0] == '\0'
	        ? _("not known to this release, neither Yunxiao's nor ours")
	        : _("Yunxiao or its gateway"));
	if (row->code[0] != '\0' && strcmp(row->code, code) != 0)
		line(client, _("Listed as"), row->code);
	line(client, _("HTTP"), row->http);
	tell_meaning(client, in(lang, &row->meaning), advice, done_of(row),
	    again_of(row));
}

static void
tell_own(const struct client *client, const struct own_row *row)
{
	enum code_lang lang = language(client);
	char exit[64];

	line(client, _("Code"), row->code);
	line(client, _("From"), kind_text(row->kind));
	(void)snprintf(exit, sizeof(exit), "%u %s", row->exit,
	    reason_word(row->exit) != NULL ? reason_word(row->exit) : "");
	line(client, _("Exit code"), exit);
	if (row->server[0] != '\0')
		line(client, _("Told as"), row->server);
	tell_meaning(client, in(lang, &row->meaning), in(lang, &row->text),
	    row->done, row->again);
}

static int
tell_one(const struct client *client, const char *code)
{
	struct explained found[EXPLAIN_MAX];
	size_t n = explain_find(code, found);

	if (client->options.json) {
		json_code(code, found, n);
	} else if (n == 0) {
		/* Not a code of ours to vouch for: the row of the unknown. */
		tell_server(client, code, code_find("", false));
	}
	for (size_t i = 0; i < n && !client->options.json; i++) {
		if (i > 0)
			(void)fputc('\n', client->out);
		if (found[i].server != NULL)
			tell_server(client, code, found[i].server);
		else
			tell_own(client, found[i].own);
	}
	return n > 0 ? REASON_DONE : REASON_NOT_FOUND;
}

static void
tell_row(const struct client *client, const char *code, const char *exit,
    const struct code_text *meaning)
{
	const char *text = in(language(client), meaning);

	if (client->options.plain)
		(void)fprintf(client->out, "%s: %s\n", code, text);
	else
		(void)fprintf(client->out, "%-52s %3s  %s\n", code, exit, text);
}

static void
tell_all(const struct client *client)
{
	struct explained row;
	char exit[8];

	for (size_t n = 0; explain_at(n, &row); n++) {
		if (row.server != NULL) {
			tell_row(
			    client, row.server->code, "", &row.server->meaning);
			continue;
		}
		(void)snprintf(exit, sizeof(exit), "%u", row.own->exit);
		tell_row(client, row.own->code, exit, &row.own->meaning);
	}
}

int
verb_explain_code(struct client *client)
{
	const char *asked = client->options.gates[0];
	char code[CODE_SHOWN + 1];
	struct gate_text_given ignored;
	enum gate_form_error form;

	if (client->options.gates_n > 0) {
		/* An unknown code is repeated; what is a secret is not. */
		form = gate_text_parse(asked, &ignored);
		if (form == GATE_FORM_WEBHOOK || form == GATE_FORM_CREDENTIAL)
			return tell_error(
			    client, REASON_USAGE, "", _(gate_form_text(form)));
		(void)text_cut(code, sizeof(code), asked, strlen(asked));
		return tell_one(client, code);
	}
	if (client->options.json)
		json_codes();
	else
		tell_all(client);
	return REASON_DONE;
}

/* SPDX-License-Identifier: ISC */
/*
 * Writes warder-errors(7) from the tables that explain-code reads, while the
 * release is built. No argument, no file, no network: the page is its output.
 */
#include "config.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "client/explain.h"

static const char head[] =
    ".\\\" SPDX-License-Identifier: ISC\n"
    ".\\\" Made by man/errors.c: change the tables, not this.\n"
    ".Dd November 25, 2026\n"
    ".Dt WARDER-ERRORS 7\n"
    ".Os\n"
    ".Sh NAME\n"
    ".Nm warder-errors\n"
    ".Nd codes of Yunxiao and of warder, what they mean and what to do\n"
    ".Sh DESCRIPTION\n"
    "Every code that\n"
    ".Xr warder 1\n"
    "may show, in English and Chinese.\n"
    ".Ql warder explain-code Ar code\n"
    "prints one entry.\n"
    "Each entry ends with two words.\n"
    ".Bl -tag -width Happened\n"
    ".It Em happened\n"
    "whether the server, or this host, did anything: no, maybe, or yes.\n"
    "That a code of the server means no is inferred from what it says.\n"
    ".It Em again\n"
    "whether trying again is safe: no (first remove the cause), wait, look\n"
    "(only after the gate was looked at), or yes.\n"
    ".El\n"
    ".Pp\n"
    "Words in capitals stand for what the sentence names when it is said:\n"
    "KEY is the name of the sealed key, ORG the organization.\n"
    "A pass or a refusal is never sent a second time by itself, whatever the\n"
    "answer was.\n"
    ".Sh CODES OF THE SERVER\n"
    "The numbers are the HTTP statuses with which a code was seen; they do\n"
    "not identify it.\n"
    "A code with a final\n"
    ".Ql *\n"
    "stands for all that begin so and are not listed themselves; only the\n"
    "gateway has such.\n"
    "A code that is not listed may have done something: the run is read.\n";

static const char tail[] = ".Sh SEE ALSO\n"
                           ".Xr warder 1 ,\n"
                           ".Xr warder-ledger 5 ,\n"
                           ".Xr warder-policy 5 ,\n"
                           ".Xr warderctl 8\n";

static bool
ends_sentence(const char *at)
{
	return strchr(".:?", *at) != NULL && at[1] == ' ' &&
	       isupper((unsigned char)at[2]);
}

/* Text of ours as text of mdoc: short lines, and nothing that steers. */
static void
put_text(const char *text)
{
	bool is_start = true, is_end;
	size_t column = 0;

	for (const char *at = text; *at != '\0'; at++) {
		if (is_start && (*at == '.' || *at == '\''))
			(void)fputs("\\&", stdout);
		is_start = *at == ' ' && column > 56;
		is_end = ends_sentence(at);
		column = is_start ? 0 : column + 1;
		if (*at == '\\')
			(void)fputs("\\e", stdout);
		else
			(void)putchar(is_start ? '\n' : *at);
		if (is_end) {
			(void)putchar('\n');
			is_start = true;
			column = 0;
			at++;
		}
	}
	(void)putchar('\n');
}

static void
put_end(const char *done, const char *again)
{
	(void)printf(".Em happened :\n%s;\n.Em again :\n%s.\n", done, again);
}

/* Meaning and text of one language, as one paragraph. */
static void
put_language(const char *meaning, const char *stop, const char *text)
{
	char line[512];

	(void)snprintf(line, sizeof(line), "%c%s%s",
	    toupper((unsigned char)meaning[0]), meaning + 1, stop);
	put_text(line);
	put_text(text);
}

/* `name` is the row's code, or what stands for it. */
static void
put_server(const struct code_row *row, const char *name)
{
	char en[2048], zh[2048];

	code_advise(en, sizeof(en), row, CODE_EN);
	code_advise(zh, sizeof(zh), row, CODE_ZH);
	(void)printf(".It %s Pq %s\n", name, row->http);
	put_language(row->meaning.en, ".", en);
	(void)fputs(".Pp\n", stdout);
	put_language(row->meaning.zh, "。", zh);
	(void)fputs(".Pp\n", stdout);
	put_end(code_done_word(row->done), code_again_word(row->again));
}

static void
put_listed(const struct code_row *row)
{
	char name[128];

	(void)snprintf(name, sizeof(name), "Li %s", row->code);
	put_server(row, name);
}

static void
put_own(const struct own_row *row)
{
	if (row->kind == OWN_EXIT)
		(void)printf(".It Li %u Pq %s\n", row->exit, row->code);
	else
		(void)printf(".It Li %s Pq exit %u%s%s\n", row->code, row->exit,
		    row->server[0] != '\0' ? ", told as " : "", row->server);
	put_language(row->meaning.en, ".", row->text.en);
	(void)fputs(".Pp\n", stdout);
	put_language(row->meaning.zh, "。", row->text.zh);
	(void)fputs(".Pp\n", stdout);
	put_end(own_done_word(row->done), own_again_word(row->again));
}

static void
put_section(const char *title, const char *text, enum own_kind kind)
{
	const struct own_row *row;

	(void)printf(".Sh %s\n%s.Bl -tag -width Ds\n", title, text);
	for (size_t i = 0; (row = own_row_at(i)) != NULL; i++)
		if (row->kind == kind)
			put_own(row);
	(void)fputs(".El\n", stdout);
}

int
main(void)
{
	struct explained row;

	(void)fputs(head, stdout);
	(void)fputs(".Bl -tag -width Ds\n", stdout);
	for (size_t n = 0; explain_at(n, &row); n++)
		if (row.server != NULL)
			put_listed(row.server);
	put_server(code_find("", false), "Em any other");
	(void)fputs(".El\n", stdout);
	put_section("EXIT CODES", "A code has one meaning.\n", OWN_EXIT);
	put_section("REFUSALS BY THE POLICY",
	    "Built in; what a line of the policy refuses has the word of that "
	    "line.\nThe name that Yunxiao has for such a refusal stands beside "
	    "it.\n",
	    OWN_REFUSAL);
	put_section("ENDS OF A REQUEST", "", OWN_REQUEST);
	put_section("SEALED KEYS", "", OWN_KEY);
	put_section("LEDGER AND STATE", "", OWN_LEDGER);
	put_section(
	    "FINDINGS IN A POLICY", "See\n.Xr warder-policy 5 .\n", OWN_POLICY);
	(void)fputs(tail, stdout);
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}

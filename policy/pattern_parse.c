/* SPDX-License-Identifier: ISC */
/*
 * Reads a pattern into a tree. The syntax is POSIX extended less what makes
 * two readers disagree: no anchors (they are always there), no empty
 * alternative, no repeat of a repeat, only escapes that mean something.
 */
#include "config.h"

#include <string.h>

#include "base/text.h"
#include "policy/pattern_set.h"

#define DEPTH_MAX 100

struct parser {
	const char *at;
	struct arena *arena;
	int depth;
};

static int parse_alternatives(struct parser *parser, struct node **ret);

static struct node *
node_new(
    struct parser *parser, enum node_kind kind, struct node *a, struct node *b)
{
	struct node *node = arena_get(parser->arena, sizeof(*node));

	if (node != NULL) {
		node->kind = kind;
		node->a = a;
		node->b = b;
	}
	return node;
}

static int
set_node(struct parser *parser, const struct set *set, struct node **ret)
{
	struct set *kept = arena_get(parser->arena, sizeof(*kept));
	struct node *node = node_new(parser, NODE_SET, NULL, NULL);

	if (kept == NULL || node == NULL)
		return WARDER_ENOMEM;
	*kept = *set;
	node->set = kept;
	*ret = node;
	return WARDER_OK;
}

static int
parse_group(struct parser *parser, struct node **ret)
{
	int r;

	if (++parser->depth > DEPTH_MAX)
		return WARDER_EFORM;
	parser->at++;
	if ((r = parse_alternatives(parser, ret)) != 0)
		return r;
	if (*parser->at != ')')
		return WARDER_EFORM;
	parser->at++;
	parser->depth--;
	return WARDER_OK;
}

/* One character that stands for itself, `\x`, `.`, or a bracket. */
static int
parse_place(struct parser *parser, struct set *set)
{
	uint32_t c;
	size_t n;

	if (*parser->at == '.') {
		parser->at++;
		set->is_negated = true; /* of nothing */
		return WARDER_OK;
	}
	if (*parser->at == '[') {
		parser->at++;
		return set_parse(&parser->at, set);
	}
	if (*parser->at == '\\') {
		parser->at++;
		if (*parser->at == '\0' ||
		    strchr(".[]()|*+?{}^$\\", *parser->at) == NULL)
			return WARDER_EFORM;
	} else if (strchr("^$]{}*+?", *parser->at) != NULL) {
		return WARDER_EFORM;
	}
	n = utf8_next((const uint8_t *)parser->at, strlen(parser->at), &c);
	if (n == 0)
		return WARDER_EFORM;
	parser->at += n;
	return set_add(set, c, c);
}

static int
parse_atom(struct parser *parser, struct node **ret)
{
	struct set set = { 0 };
	int r;

	if (*parser->at == '(')
		return parse_group(parser, ret);
	if ((r = parse_place(parser, &set)) != 0)
		return r;
	return set_node(parser, &set, ret);
}

static int
take_count(struct parser *parser, unsigned int *ret)
{
	unsigned int n = 0;
	int digits = 0;

	for (; *parser->at >= '0' && *parser->at <= '9'; parser->at++) {
		n = n * 10 + (unsigned int)(*parser->at - '0');
		if (++digits > 3 || n > PATTERN_REPEAT_MAX)
			return WARDER_EFORM;
	}
	if (digits == 0)
		return WARDER_EFORM;
	*ret = n;
	return WARDER_OK;
}

/* `{m}`, `{m,}`, `{m,n}`; the parser stands behind `{`. */
static int
parse_counts(struct parser *parser, struct node *repeat)
{
	int r;

	if ((r = take_count(parser, &repeat->least)) != 0)
		return r;
	repeat->most = repeat->least;
	if (*parser->at == ',') {
		parser->at++;
		if (*parser->at == '}')
			repeat->endless = true;
		else if ((r = take_count(parser, &repeat->most)) != 0)
			return r;
	}
	if (*parser->at != '}' ||
	    (!repeat->endless && repeat->most < repeat->least))
		return WARDER_EFORM;
	parser->at++;
	return WARDER_OK;
}

static int
parse_repeat(struct parser *parser, struct node *atom, struct node **ret)
{
	struct node *repeat;
	char mark = *parser->at;

	*ret = atom;
	if (mark == '\0' || strchr("*+?{", mark) == NULL)
		return WARDER_OK;
	if ((repeat = node_new(parser, NODE_REPEAT, atom, NULL)) == NULL)
		return WARDER_ENOMEM;
	parser->at++;
	repeat->least = mark == '+';
	repeat->most = mark == '?';
	repeat->endless = mark == '*' || mark == '+';
	if (mark == '{' && parse_counts(parser, repeat) != 0)
		return WARDER_EFORM;
	/* Two repeats in a row: readers disagree about what that means. */
	if (*parser->at != '\0' && strchr("*+?{", *parser->at) != NULL)
		return WARDER_EFORM;
	*ret = repeat;
	return WARDER_OK;
}

static int
parse_row(struct parser *parser, struct node **ret)
{
	struct node *row = NULL, *atom, *piece;
	int r;

	while (*parser->at != '\0' && strchr("|)", *parser->at) == NULL) {
		if ((r = parse_atom(parser, &atom)) != 0 ||
		    (r = parse_repeat(parser, atom, &piece)) != 0)
			return r;
		row = row == NULL ? piece
		                  : node_new(parser, NODE_CAT, row, piece);
		if (row == NULL)
			return WARDER_ENOMEM;
	}
	if (row == NULL)
		return WARDER_EFORM; /* an empty alternative */
	*ret = row;
	return WARDER_OK;
}

static int
parse_alternatives(struct parser *parser, struct node **ret)
{
	struct node *all, *row;
	int r;

	if ((r = parse_row(parser, &all)) != 0)
		return r;
	while (*parser->at == '|') {
		parser->at++;
		if ((r = parse_row(parser, &row)) != 0)
			return r;
		all = node_new(parser, NODE_ALT, all, row);
		if (all == NULL)
			return WARDER_ENOMEM;
	}
	*ret = all;
	return WARDER_OK;
}

static size_t
count_characters(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

int
pattern_parse(const char *text, struct arena *arena, struct node **ret_node)
{
	struct parser parser = { .at = text, .arena = arena };
	int r;

	if (count_characters(text) > PATTERN_CHARS_MAX)
		return WARDER_EFORM;
	if ((r = parse_alternatives(&parser, ret_node)) != 0)
		return r;
	return *parser.at == '\0' ? WARDER_OK : WARDER_EFORM;
}

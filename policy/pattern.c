/* SPDX-License-Identifier: ISC */
/*
 * Writes the tree out as a little program and runs all its threads side by
 * side over the text: a set of places that only grows by the next character.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "policy/pattern_code.h"

static size_t
positions(const struct node *node)
{
	size_t n, times;

	switch (node->kind) {
	case NODE_SET:
		return 1;
	case NODE_CAT:
	case NODE_ALT:
		n = positions(node->a) + positions(node->b);
		break;
	case NODE_REPEAT:
		times = node->endless ? node->least : node->most;
		n = positions(node->a) * (times == 0 ? 1 : times);
		break;
	default:
		return PATTERN_POSITIONS_MAX + 1;
	}
	/* Capped, so that nested repeats do not overflow on the way. */
	return n > PATTERN_POSITIONS_MAX ? PATTERN_POSITIONS_MAX + 1 : n;
}

/* How many instructions emit() will write; the same shape as it. */
static size_t
size_of(const struct node *node)
{
	size_t a;

	switch (node->kind) {
	case NODE_SET:
		return 1;
	case NODE_CAT:
		return size_of(node->a) + size_of(node->b);
	case NODE_ALT:
		return size_of(node->a) + size_of(node->b) + 2;
	case NODE_REPEAT:
		a = size_of(node->a);
		if (node->endless)
			return a * node->least + a + 2;
		return a * node->least + (a + 1) * (node->most - node->least);
	}
	return 0;
}

static size_t
put(struct pattern *pattern, enum op op, const struct set *set)
{
	pattern->code[pattern->n] =
	    (struct instruction){ .op = op, .set = set };
	return pattern->n++;
}

static void emit(struct pattern *pattern, const struct node *node);

static void
emit_alternative(struct pattern *pattern, const struct node *node)
{
	size_t split = put(pattern, OP_SPLIT, NULL), jump;

	pattern->code[split].x = pattern->n;
	emit(pattern, node->a);
	jump = put(pattern, OP_JUMP, NULL);
	pattern->code[split].y = pattern->n;
	emit(pattern, node->b);
	pattern->code[jump].x = pattern->n;
}

static void
emit_repeat(struct pattern *pattern, const struct node *node)
{
	size_t split, jump;

	for (unsigned int i = 0; i < node->least; i++)
		emit(pattern, node->a);
	if (node->endless) {
		split = put(pattern, OP_SPLIT, NULL);
		pattern->code[split].x = pattern->n;
		emit(pattern, node->a);
		jump = put(pattern, OP_JUMP, NULL);
		pattern->code[jump].x = split;
		pattern->code[split].y = pattern->n;
		return;
	}
	for (unsigned int i = node->least; i < node->most; i++) {
		split = put(pattern, OP_SPLIT, NULL);
		pattern->code[split].x = pattern->n;
		emit(pattern, node->a);
		pattern->code[split].y = pattern->n;
	}
}

static void
emit(struct pattern *pattern, const struct node *node)
{
	switch (node->kind) {
	case NODE_SET:
		(void)put(pattern, OP_SET, node->set);
		return;
	case NODE_CAT:
		emit(pattern, node->a);
		emit(pattern, node->b);
		return;
	case NODE_ALT:
		emit_alternative(pattern, node);
		return;
	case NODE_REPEAT:
		emit_repeat(pattern, node);
		return;
	}
}

int
pattern_compile(
    const char *text, struct arena *arena, struct pattern **ret_pattern)
{
	struct pattern *pattern;
	struct node *tree = NULL;
	int r;

	if ((r = pattern_parse(text, arena, &tree)) != 0)
		return r;
	if (positions(tree) > PATTERN_POSITIONS_MAX)
		return WARDER_EFORM;
	if ((pattern = arena_get(arena, sizeof(*pattern))) == NULL)
		return WARDER_ENOMEM;
	pattern->cap = size_of(tree) + 1;
	pattern->code = arena_get(arena, pattern->cap * sizeof(*pattern->code));
	if (pattern->code == NULL)
		return WARDER_ENOMEM;
	emit(pattern, tree);
	(void)put(pattern, OP_END, NULL);
	*ret_pattern = pattern;
	return WARDER_OK;
}

/* Places that are alive, each once, in the order in which they were met. */
struct alive {
	size_t *places, n;
	size_t *seen; /* generation in which a place was added last */
};

/* Follows what takes no character; `stack` has room for all places twice. */
static void
add(const struct pattern *pattern, struct alive *alive, size_t place,
    size_t generation, size_t *stack)
{
	const struct instruction *at;
	size_t n = 0;

	stack[n++] = place;
	while (n > 0) {
		place = stack[--n];
		if (alive->seen[place] == generation)
			continue;
		alive->seen[place] = generation;
		at = &pattern->code[place];
		switch (at->op) {
		case OP_JUMP:
			stack[n++] = at->x;
			break;
		case OP_SPLIT:
			stack[n++] = at->y;
			stack[n++] = at->x;
			break;
		case OP_SET:
		case OP_END:
			alive->places[alive->n++] = place;
			break;
		}
	}
}

static bool
run(const struct pattern *pattern, const char *text, size_t *memory)
{
	size_t n = pattern->n, generation = 1;
	struct alive now = { memory, 0, memory + 2 * n };
	struct alive next = { memory + n, 0, memory + 2 * n };
	size_t *stack = memory + 3 * n;
	size_t left = strlen(text), len;
	uint32_t c;

	add(pattern, &now, 0, generation, stack);
	for (; left > 0; text += len, left -= len) {
		len = utf8_next((const uint8_t *)text, left, &c);
		if (len == 0)
			return false;
		generation++;
		next.n = 0;
		for (size_t i = 0; i < now.n; i++) {
			const struct instruction *at =
			    &pattern->code[now.places[i]];

			if (at->op == OP_SET && set_has(at->set, c))
				add(pattern, &next, now.places[i] + 1,
				    generation, stack);
		}
		size_t *spare = now.places;

		now.places = next.places;
		now.n = next.n;
		next.places = spare;
	}
	for (size_t i = 0; i < now.n; i++)
		if (pattern->code[now.places[i]].op == OP_END)
			return true;
	return false;
}

bool
pattern_fits(const struct pattern *pattern, const char *text)
{
	/* now, next, seen, and a stack: each place is pushed at most twice. */
	size_t *memory = calloc(5 * pattern->n + 2, sizeof(*memory));
	bool fits;

	if (memory == NULL)
		return false;
	fits = run(pattern, text, memory);
	free(memory);
	return fits;
}

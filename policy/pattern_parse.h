/* SPDX-License-Identifier: ISC */
/* A pattern as a tree, between reading and writing out. Private. */
#ifndef WARDER_POLICY_PATTERN_PARSE_H
#define WARDER_POLICY_PATTERN_PARSE_H

#include "policy/pattern.h"

#define SET_RANGES_MAX 64

/* One place for one character. */
struct set {
	bool is_negated;
	size_t n;
	struct {
		uint32_t first, last;
	} ranges[SET_RANGES_MAX];
};

enum node_kind {
	NODE_SET = 1,
	NODE_CAT,
	NODE_ALT,
	NODE_REPEAT
};

struct node {
	enum node_kind kind;
	const struct set *set;    /* SET */
	struct node *a, *b;       /* CAT, ALT; REPEAT: a */
	unsigned int least, most; /* REPEAT; most 0 with `endless` */
	bool endless;
};

WARDER_MUST_CHECK int pattern_parse(
    const char *text, struct arena *arena, struct node **ret_node);

bool set_has(const struct set *set, uint32_t c);

#endif

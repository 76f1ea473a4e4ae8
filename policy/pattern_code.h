/* SPDX-License-Identifier: ISC */
/* A pattern written out as a little program. Private to the patterns. */
#ifndef WARDER_POLICY_PATTERN_CODE_H
#define WARDER_POLICY_PATTERN_CODE_H

#include "policy/pattern_parse.h"

enum op {
	OP_SET = 1,
	OP_SPLIT,
	OP_JUMP,
	OP_END
};

struct instruction {
	enum op op;
	const struct set *set;
	size_t x, y; /* where to go on */
};

struct pattern {
	size_t n, cap;
	struct instruction *code;
};

#endif

/* SPDX-License-Identifier: ISC */
/*
 * All patterns run side by side over all texts at once, the shorter first: a
 * state is the set of places that are alive in each. A pattern can be written
 * so that there are very many states, so states and steps are counted, and
 * whoever goes beyond gets no text. What is found is held against the
 * patterns again by the matcher that decides.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "policy/pattern_code.h"
#include "policy/pattern_make.h"

#define STATES_MAX 4096
#define STATES_BYTES ((size_t)8 << 20)
#define STEPS_MAX 20000000u
#define CHARS_MAX 256
#define TABLE 8192 /* a power of two above STATES_MAX */

struct origin {
	size_t from;
	uint32_t c;
	uint16_t depth; /* bytes of text so far */
};

struct maker {
	const struct pattern *const *patterns;
	size_t n, words;                /* of a state, in 64 bits each */
	size_t first[PATTERN_MAKE_MAX]; /* where a pattern's places begin */
	uint64_t *states;
	size_t states_n, states_max;
	struct origin *origins;
	uint32_t *table; /* state + 1 by hash */
	size_t *stack;
	uint32_t chars[CHARS_MAX];
	size_t chars_n;
	unsigned int steps;
};

static uint64_t *
state_at(const struct maker *maker, size_t at)
{
	return maker->states + at * maker->words;
}

static void
add_char(struct maker *maker, uint32_t c)
{
	if (c < 0x20 || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff) ||
	    char_is_hostile(c) || maker->chars_n == CHARS_MAX)
		return;
	for (size_t i = 0; i < maker->chars_n; i++)
		if (maker->chars[i] == c)
			return;
	maker->chars[maker->chars_n++] = c;
}

/* What reads best first; of other scripts only what a bracket names. */
static void
list_chars(struct maker *maker)
{
	static const char first[] = "x1X-_.";

	for (const char *c = first; *c != '\0'; c++)
		add_char(maker, (uint32_t)*c);
	for (uint32_t c = 'a'; c <= 'z'; c++)
		add_char(maker, c);
	for (uint32_t c = '0'; c <= '9'; c++)
		add_char(maker, c);
	for (uint32_t c = '~'; c >= ' '; c--)
		add_char(maker, c);
	for (size_t i = 0; i < maker->n; i++)
		for (size_t k = 0; k < maker->patterns[i]->n; k++) {
			const struct set *set = maker->patterns[i]->code[k].set;

			for (size_t m = 0; set != NULL && m < set->n; m++) {
				add_char(maker, set->ranges[m].first);
				add_char(maker, set->ranges[m].last + 1);
			}
		}
}

/* Follows what takes no character; each place once. */
static void
follow(struct maker *maker, size_t which, size_t place, uint64_t *state)
{
	const struct pattern *pattern = maker->patterns[which];
	size_t n = 0, bit;

	maker->stack[n++] = place;
	while (n > 0) {
		place = maker->stack[--n];
		bit = maker->first[which] + place;
		if ((state[bit / 64] >> bit % 64 & 1) != 0)
			continue;
		state[bit / 64] |= (uint64_t)1 << bit % 64;
		maker->steps++;
		if (pattern->code[place].op == OP_SPLIT)
			maker->stack[n++] = pattern->code[place].y;
		if (pattern->code[place].op == OP_SPLIT ||
		    pattern->code[place].op == OP_JUMP)
			maker->stack[n++] = pattern->code[place].x;
	}
}

/* False: that pattern has no place left. */
static bool
step_pattern(struct maker *maker, size_t which, const uint64_t *from,
    uint32_t c, uint64_t *to)
{
	const struct pattern *pattern = maker->patterns[which];
	size_t last = maker->first[which] + pattern->n;
	bool is_alive = false;

	for (size_t bit = maker->first[which]; bit < last; bit++) {
		const struct instruction *at =
		    &pattern->code[bit - maker->first[which]];

		if (from[bit / 64] == 0) {
			bit |= 63; /* the whole word */
			maker->steps++;
			continue;
		}
		if ((from[bit / 64] >> bit % 64 & 1) == 0 || at->op != OP_SET)
			continue;
		maker->steps++;
		if (!set_has(at->set, c))
			continue;
		is_alive = true;
		follow(maker, which, bit - maker->first[which] + 1, to);
	}
	return is_alive;
}

static bool
step(struct maker *maker, const uint64_t *from, uint32_t c, uint64_t *to)
{
	memset(to, 0, maker->words * sizeof(*to));
	for (size_t i = 0; i < maker->n; i++)
		if (!step_pattern(maker, i, from, c, to))
			return false;
	return true;
}

/* The state behind the last one is kept if there is none like it. */
static bool
keep_state(struct maker *maker)
{
	const uint64_t *state = state_at(maker, maker->states_n);
	uint64_t hash = 14695981039346656037u;
	size_t at;

	for (size_t i = 0; i < maker->words; i++)
		hash = (hash ^ state[i]) * 1099511628211u;
	hash ^= hash >> 29;
	for (at = hash % TABLE; maker->table[at] != 0; at = (at + 1) % TABLE)
		if (memcmp(state, state_at(maker, maker->table[at] - 1),
		        maker->words * sizeof(*state)) == 0)
			return false;
	maker->table[at] = (uint32_t)++maker->states_n;
	return true;
}

static bool
is_end(const struct maker *maker, size_t at)
{
	const uint64_t *state = state_at(maker, at);

	for (size_t i = 0; i < maker->n; i++) {
		size_t bit = maker->first[i] + maker->patterns[i]->n - 1;

		if ((state[bit / 64] >> bit % 64 & 1) == 0)
			return false;
	}
	return true;
}

static size_t
put_char(char *ret, uint32_t c)
{
	if (c < 0x80) {
		ret[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		ret[0] = (char)(0xc0 | c >> 6);
		ret[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		ret[0] = (char)(0xe0 | c >> 12);
		ret[1] = (char)(0x80 | (c >> 6 & 0x3f));
		ret[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	ret[0] = (char)(0xf0 | c >> 18);
	ret[1] = (char)(0x80 | (c >> 12 & 0x3f));
	ret[2] = (char)(0x80 | (c >> 6 & 0x3f));
	ret[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* From its end back to its beginning. */
static void
write_text(const struct maker *maker, size_t at, char *ret)
{
	char bytes[4];
	size_t n;

	ret[maker->origins[at].depth] = '\0';
	for (; at != 0; at = maker->origins[at].from) {
		n = put_char(bytes, maker->origins[at].c);
		memcpy(ret + maker->origins[at].depth - n, bytes, n);
	}
}

/* The number of the first state that ends all patterns; 0: none is found. */
static size_t
search(struct maker *maker, size_t size)
{
	char bytes[4];

	for (size_t i = 0; i < maker->n; i++)
		follow(maker, i, 0, state_at(maker, 0));
	(void)keep_state(maker);
	for (size_t at = 0; at < maker->states_n; at++)
		for (size_t i = 0; i < maker->chars_n; i++) {
			uint32_t c = maker->chars[i];
			size_t depth =
			    maker->origins[at].depth + put_char(bytes, c);
			size_t next = maker->states_n;

			if (next == maker->states_max ||
			    maker->steps > STEPS_MAX)
				return 0;
			if (depth >= size ||
			    !step(maker, state_at(maker, at), c,
			        state_at(maker, next)) ||
			    !keep_state(maker))
				continue;
			maker->origins[next] = (struct origin){
				.from = at, .c = c, .depth = (uint16_t)depth
			};
			if (is_end(maker, next))
				return next;
		}
	return 0;
}

static int
maker_open(struct maker *maker)
{
	size_t places = 0, most = 0;

	for (size_t i = 0; i < maker->n; i++) {
		maker->first[i] = places;
		places += maker->patterns[i]->n;
		if (maker->patterns[i]->n > most)
			most = maker->patterns[i]->n;
	}
	maker->words = places / 64 + 1;
	maker->states_max = STATES_BYTES / (maker->words * sizeof(uint64_t));
	if (maker->states_max > STATES_MAX)
		maker->states_max = STATES_MAX;
	maker->states =
	    calloc((maker->states_max + 1) * maker->words, sizeof(uint64_t));
	maker->origins = calloc(maker->states_max + 1, sizeof(struct origin));
	maker->table = calloc(TABLE, sizeof(*maker->table));
	maker->stack = calloc(2 * most + 2, sizeof(*maker->stack));
	if (maker->states == NULL || maker->origins == NULL ||
	    maker->table == NULL || maker->stack == NULL)
		return WARDER_ENOMEM;
	list_chars(maker);
	return WARDER_OK;
}

int
pattern_make(
    const struct pattern *const *patterns, size_t n, char *ret, size_t size)
{
	struct maker maker = { .patterns = patterns, .n = n };
	size_t end = 0;
	int r;

	if (n == 0 || n > PATTERN_MAKE_MAX || size < 2 || size > UINT16_MAX)
		return WARDER_EMISSING;
	if ((r = maker_open(&maker)) == 0) {
		end = search(&maker, size);
		if (end != 0)
			write_text(&maker, end, ret);
		else
			r = WARDER_EMISSING;
	}
	free(maker.states);
	free(maker.origins);
	free(maker.table);
	free(maker.stack);
	for (size_t i = 0; i < n && r == 0; i++)
		if (!pattern_fits(patterns[i], ret))
			r = WARDER_EMISSING;
	return r;
}

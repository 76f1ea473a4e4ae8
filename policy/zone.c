/* SPDX-License-Identifier: ISC */
/*
 * A TZif file, numbers big-endian:
 *
 *     "TZif" version reserved[15]
 *     u32 isutcnt isstdcnt leapcnt timecnt typecnt charcnt
 *     timecnt  * time      transitions, ascending
 *     timecnt  * u8        the type from there on
 *     typecnt  * { i32 offset, u8 is_dst, u8 name }
 *     charcnt  * char      names
 *     leapcnt  * …         none: these zones are the `right/` ones
 *     isstdcnt * u8, isutcnt * u8
 *
 * In version 1 a time is 4 bytes and that is all. From 2 on the same follows
 * once more with 8 bytes a time, then LF, a TZ string, LF.
 */
#include "config.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "policy/zone.h"
#include "policy/zone_rule.h"

#define RESERVED_LEN 15
#define TYPE_LEN 6
#define OFFSET_MIN (-89999) /* of RFC 9636, section 3.2 */
#define OFFSET_MAX 93599
#define TIME_MAX ((int64_t)1 << 59)

struct transition {
	int64_t at_s;
	int32_t offset; /* from then on */
};

struct zone {
	int32_t first_offset; /* before the first transition */
	struct zone_rule rule;
	size_t n;
	struct transition transitions[];
};

struct head {
	uint8_t version;
	uint32_t isutcnt, isstdcnt, leapcnt, timecnt, typecnt, charcnt;
};

/* Where the parts of a block are; borrowed. */
struct block {
	struct head head;
	const uint8_t *times, *indices, *types, *names;
};

static int
read_head(struct rbuf *in, struct head *ret)
{
	const uint8_t *magic, *reserved;
	int r;

	if ((r = get_view(in, 4, &magic)) != 0 ||
	    (r = get_u8(in, &ret->version)) != 0 ||
	    (r = get_view(in, RESERVED_LEN, &reserved)) != 0 ||
	    (r = get_u32(in, &ret->isutcnt)) != 0 ||
	    (r = get_u32(in, &ret->isstdcnt)) != 0 ||
	    (r = get_u32(in, &ret->leapcnt)) != 0 ||
	    (r = get_u32(in, &ret->timecnt)) != 0 ||
	    (r = get_u32(in, &ret->typecnt)) != 0 ||
	    (r = get_u32(in, &ret->charcnt)) != 0)
		return r;
	if (memcmp(magic, "TZif", 4) != 0 || ret->leapcnt != 0 ||
	    ret->typecnt == 0 || ret->typecnt > 256 || ret->charcnt == 0 ||
	    ret->charcnt > ZONE_BYTES_MAX || ret->timecnt > ZONE_BYTES_MAX ||
	    (ret->isutcnt != 0 && ret->isutcnt != ret->typecnt) ||
	    (ret->isstdcnt != 0 && ret->isstdcnt != ret->typecnt))
		return WARDER_EFORM;
	if (ret->version != 0 && (ret->version < '2' || ret->version > '4'))
		return WARDER_EFORM;
	return WARDER_OK;
}

static int
read_block(struct rbuf *in, size_t time_len, struct block *ret)
{
	const struct head *head = &ret->head;
	const uint8_t *marks;
	int r;

	if ((r = read_head(in, &ret->head)) != 0 ||
	    (r = get_view(in, head->timecnt * time_len, &ret->times)) != 0 ||
	    (r = get_view(in, head->timecnt, &ret->indices)) != 0 ||
	    (r = get_view(in, (size_t)head->typecnt * TYPE_LEN, &ret->types)) !=
	        0 ||
	    (r = get_view(in, head->charcnt, &ret->names)) != 0)
		return r;
	return get_view(in, (size_t)head->isstdcnt + head->isutcnt, &marks);
}

static int
offset_of(const struct block *block, uint32_t type, int32_t *ret)
{
	struct rbuf in;
	uint32_t offset = 0;
	uint8_t is_dst = 0, name = 0;
	int r;

	if (type >= block->head.typecnt)
		return WARDER_EFORM;
	in = rbuf_of(block->types + (size_t)type * TYPE_LEN, TYPE_LEN);
	if ((r = get_u32(&in, &offset)) != 0 ||
	    (r = get_u8(&in, &is_dst)) != 0 || (r = get_u8(&in, &name)) != 0)
		return r;
	*ret = (int32_t)offset;
	if (*ret < OFFSET_MIN || *ret > OFFSET_MAX || is_dst > 1 ||
	    name >= block->head.charcnt ||
	    memchr(block->names + name, '\0', block->head.charcnt - name) ==
	        NULL)
		return WARDER_EFORM;
	return WARDER_OK;
}

static int
get_time(struct rbuf *in, size_t time_len, int64_t *ret)
{
	uint64_t wide = 0;
	uint32_t narrow = 0;
	int r;

	if (time_len == 4) {
		if ((r = get_u32(in, &narrow)) == 0)
			*ret = (int32_t)narrow;
		return r;
	}
	if ((r = get_u64(in, &wide)) == 0)
		*ret = (int64_t)wide;
	return r;
}

/* Every type is looked at, used or not: a file is right as a whole. */
static int
fill(const struct block *block, size_t time_len, struct zone *zone)
{
	struct rbuf times =
	    rbuf_of(block->times, block->head.timecnt * time_len);
	int32_t unused;
	int r;

	for (uint32_t i = 0; i < block->head.typecnt; i++)
		if ((r = offset_of(block, i, &unused)) != 0)
			return r;
	if ((r = offset_of(block, 0, &zone->first_offset)) != 0)
		return r;
	for (; zone->n < block->head.timecnt; zone->n++) {
		struct transition *t = &zone->transitions[zone->n];

		if ((r = get_time(&times, time_len, &t->at_s)) != 0 ||
		    (r = offset_of(
		         block, block->indices[zone->n], &t->offset)) != 0)
			return r;
		if (t->at_s < -TIME_MAX || t->at_s > TIME_MAX ||
		    (zone->n > 0 && t->at_s <= t[-1].at_s))
			return WARDER_EFORM;
	}
	return WARDER_OK;
}

static int
read_footer(struct rbuf *in, struct zone_rule *ret)
{
	const uint8_t *text, *end;
	uint8_t lf = 0;
	int r;

	if ((r = get_u8(in, &lf)) != 0)
		return r;
	if (lf != '\n' || (end = memchr(in->at, '\n', in->left)) == NULL)
		return WARDER_EFORM;
	text = in->at;
	if ((r = get_view(in, (size_t)(end - text) + 1, &text)) != 0)
		return r;
	return zone_rule_parse((const char *)text, (size_t)(end - text), ret);
}

/* The transitions and the rule behind them meet without a step. */
static bool
is_continuous(const struct zone *zone)
{
	const struct transition *last;

	if (zone->n == 0 || !zone->rule.is_known)
		return true;
	last = &zone->transitions[zone->n - 1];
	return zone_rule_offset(&zone->rule, last->at_s) == last->offset;
}

static int
read_all(struct rbuf *in, struct zone **ret_zone)
{
	auto_zone struct zone *zone = NULL;
	struct block block = { 0 };
	size_t time_len = 4;
	uint8_t version;
	int r;

	if ((r = read_block(in, time_len, &block)) != 0)
		return r;
	version = block.head.version;
	if (version != 0) {
		time_len = 8;
		if ((r = read_block(in, time_len, &block)) != 0)
			return r;
		if (block.head.version != version)
			return WARDER_EFORM;
	}
	zone = calloc(
	    1, sizeof(*zone) + block.head.timecnt * sizeof(struct transition));
	if (zone == NULL)
		return WARDER_ENOMEM;
	if ((r = fill(&block, time_len, zone)) != 0 ||
	    (version != 0 && (r = read_footer(in, &zone->rule)) != 0) ||
	    (r = rbuf_end(in)) != 0)
		return r;
	if (!is_continuous(zone))
		return WARDER_EFORM;
	*ret_zone = zone;
	zone = NULL;
	return WARDER_OK;
}

int
zone_read(const void *bytes, size_t len, struct zone **ret_zone)
{
	struct rbuf in = rbuf_of(bytes, len);
	int r;

	if (bytes == NULL || len > ZONE_BYTES_MAX)
		return WARDER_EFORM;
	r = read_all(&in, ret_zone);
	return r == 0 || r == WARDER_ENOMEM ? r : WARDER_EFORM;
}

void
zone_freep(struct zone **zone)
{
	free(*zone);
	*zone = NULL;
}

/* ---- lookup ---- */

/* Instants beyond are taken as these, so that no sum overflows. */
static int64_t
clamp(int64_t s)
{
	if (s > TIME_MAX)
		return TIME_MAX;
	return s < -TIME_MAX ? -TIME_MAX : s;
}

/* How many transitions have come at that instant. */
static size_t
count_until(const struct zone *zone, int64_t utc_s)
{
	size_t low = 0, high = zone->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (zone->transitions[middle].at_s <= utc_s)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int32_t
zone_offset(const struct zone *zone, int64_t utc_s)
{
	size_t n;

	if (zone == NULL)
		return 0;
	n = count_until(zone, utc_s);
	if (n == zone->n && zone->rule.is_known)
		return zone_rule_offset(&zone->rule, clamp(utc_s));
	return n == 0 ? zone->first_offset : zone->transitions[n - 1].offset;
}

int64_t
zone_wall(const struct zone *zone, int64_t utc_s)
{
	return clamp(utc_s) + zone_offset(zone, utc_s);
}

int64_t
zone_next_change(const struct zone *zone, int64_t after_s)
{
	size_t n;

	if (zone == NULL)
		return INT64_MAX;
	n = count_until(zone, after_s);
	if (n < zone->n)
		return zone->transitions[n].at_s;
	return zone_rule_next(&zone->rule, clamp(after_s));
}

/*
 * Between two changes the wall runs straight, so each such stretch shows a
 * time once or not at all. Only stretches within a day and some hours of it
 * can, since no zone is further from UTC.
 */
int
zone_instants(const struct zone *zone, int64_t wall_s, int64_t ret[2])
{
	int64_t from, to, jump;
	int n = 0;

	wall_s = clamp(wall_s);
	jump = from = wall_s - OFFSET_MAX - 1;
	do {
		int64_t at = wall_s - zone_offset(zone, from);

		to = zone_next_change(zone, from);
		/* Until here the wall showed less: the jump, if there is
		 * one, is the change that ends it. */
		if (n == 0 && at >= to)
			jump = to;
		if (at >= from && at < to) {
			ret[n == 0 ? 0 : 1] = at;
			n = n == 0 ? 1 : 2;
		}
		from = to;
	} while (from <= wall_s - OFFSET_MIN);
	if (n == 0)
		ret[0] = jump;
	if (n < 2)
		ret[1] = ret[0];
	return n;
}

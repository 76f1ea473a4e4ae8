/* SPDX-License-Identifier: ISC */
/*
 * The table of faults, the list of armed ones, and the matching of requests
 * against it.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "sandbox/calls.h"
#include "sandbox/fault.h"

struct fault {
	const struct fault_kind *kind;
	cJSON *order;    /* as control sent it, checked */
	int64_t waiting; /* fitting requests to let through first */
	int64_t left;    /* how often it still strikes, -1: always */
	struct fault *next;
};

/* clang-format off */
static const struct fault_kind kinds[] = {
	/* name              acts         sent as               spoilt by */
	{ "delay",           ACTS_YES,    SEND_WHOLE,           NULL },
	{ "drip",            ACTS_YES,    SEND_DRIP,            NULL },
	{ "close-before",    ACTS_NO,     SEND_NOTHING,         NULL },
	{ "reset-before",    ACTS_NO,     SEND_RESET,           NULL },
	{ "close-after",     ACTS_YES,    SEND_NOTHING,         NULL },
	{ "reset-after",     ACTS_YES,    SEND_RESET,           NULL },
	{ "cut-body",        ACTS_YES,    SEND_CUT,             NULL },
	{ "long-length",     ACTS_YES,    SEND_LONG,            NULL },
	{ "extra-bytes",     ACTS_YES,    SEND_EXTRA,           NULL },
	{ "html-200",        ACTS_CHOICE, SEND_WHOLE,           spoil_html_200 },
	{ "html-502",        ACTS_CHOICE, SEND_WHOLE,           spoil_html_502 },
	{ "xml-400",         ACTS_CHOICE, SEND_WHOLE,           spoil_xml_400 },
	{ "empty-200",       ACTS_CHOICE, SEND_WHOLE,           spoil_empty_200 },
	{ "status-204",      ACTS_CHOICE, SEND_WHOLE,           spoil_status_204 },
	{ "false",           ACTS_CHOICE, SEND_WHOLE,           spoil_false },
	{ "false-nothing",   ACTS_CHOICE, SEND_WHOLE,           spoil_false_nothing },
	{ "contradiction",   ACTS_CHOICE, SEND_WHOLE,           spoil_contradiction },
	{ "stuck",           ACTS_NO,     SEND_WHOLE,           NULL },
	{ "late",            ACTS_LATER,  SEND_WHOLE,           NULL },
	{ "late-silent",     ACTS_LATER,  SEND_NOTHING,         NULL },
	{ "5xx",             ACTS_NO,     SEND_WHOLE,           spoil_5xx },
	{ "5xx-acted",       ACTS_YES,    SEND_WHOLE,           spoil_5xx },
	{ "nonce-used",      ACTS_NO,     SEND_WHOLE,           spoil_nonce_used },
	{ "nonce-used-acted", ACTS_YES,   SEND_WHOLE,           spoil_nonce_used },
	{ "throttle",        ACTS_NO,     SEND_WHOLE,           spoil_throttle },
	{ "throttle-bare",   ACTS_NO,     SEND_WHOLE,           spoil_throttle_bare },
	{ "redirect",        ACTS_NO,     SEND_WHOLE,           spoil_redirect },
	{ "endless",         ACTS_NO,     SEND_ENDLESS,         NULL },
	{ "endless-headers", ACTS_NO,     SEND_ENDLESS_HEADERS, NULL },
	{ "huge-headers",    ACTS_NO,     SEND_HUGE_HEADERS,    NULL },
	{ "status-line",     ACTS_NO,     SEND_STATUS_LINE,     NULL },
	{ "dup-keys",        ACTS_CHOICE, SEND_WHOLE,           twist_dup_keys },
	{ "nul",             ACTS_CHOICE, SEND_WHOLE,           twist_nul },
	{ "deep",            ACTS_CHOICE, SEND_WHOLE,           twist_deep },
	{ "bad-utf8",        ACTS_CHOICE, SEND_WHOLE,           twist_bad_utf8 },
	{ "bom",             ACTS_CHOICE, SEND_WHOLE,           twist_bom },
	{ "surrogate",       ACTS_CHOICE, SEND_WHOLE,           twist_surrogate },
	{ "control",         ACTS_CHOICE, SEND_WHOLE,           twist_control },
	{ "types",           ACTS_CHOICE, SEND_WHOLE,           twist_types },
	{ "nothing",         ACTS_CHOICE, SEND_WHOLE,           twist_nothing },
	{ "clock",           ACTS_CHOICE, SEND_WHOLE,           spoil_clock },
	{ "gzip",            ACTS_CHOICE, SEND_WHOLE,           spoil_gzip },
	{ "other-run",       ACTS_CHOICE, SEND_WHOLE,           twist_other_run },
	{ "vanish",          ACTS_NO,     SEND_WHOLE,           twist_vanish },
};
/* clang-format on */

const struct fault_kind *
fault_kinds(size_t *ret_n)
{
	*ret_n = sizeof(kinds) / sizeof(kinds[0]);
	return kinds;
}

static const struct fault_kind *
kind_of(const char *name)
{
	size_t i, n;
	const struct fault_kind *k = fault_kinds(&n);

	for (i = 0; i < n; i++)
		if (strcmp(k[i].name, name) == 0)
			return &k[i];
	return NULL;
}

static bool
is_text_member(const char *name)
{
	static const char *const names[] = { "action", "method", "organization",
		"pipeline", "run", "job" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* A match with a misspelt member would fit too much. */
static int
check_match(const cJSON *match, struct text *ret_why)
{
	const cJSON *v;

	cJSON_ArrayForEach(v, match)
	{
		if (strcmp(v->string, "nth") == 0 && cJSON_IsNumber(v) &&
		    v->valuedouble >= 1)
			continue;
		if (is_text_member(v->string) && cJSON_IsString(v))
			continue;
		text_printf(ret_why, "match.%s", v->string);
		return -1;
	}
	return 0;
}

static int
check_order(const cJSON *order, struct text *ret_why)
{
	const cJSON *v;

	text_clear(ret_why);
	cJSON_ArrayForEach(v, order)
	{
		const char *name = v->string;
		bool good = (strcmp(name, "match") == 0 && cJSON_IsObject(v)) ||
		            (strcmp(name, "args") == 0 && cJSON_IsObject(v)) ||
		            (strcmp(name, "times") == 0 && cJSON_IsNumber(v)) ||
		            (strcmp(name, "fault") == 0 && cJSON_IsString(v) &&
		                kind_of(v->valuestring) != NULL);

		if (!good) {
			text_add(ret_why, name);
			return -1;
		}
	}
	if (get(order, "fault") == NULL) {
		text_add(ret_why, "fault");
		return -1;
	}
	return check_match(get(order, "match"), ret_why);
}

int
faults_add(struct sandbox *s, const cJSON *order, struct text *ret_why)
{
	struct fault *f, **at = &s->faults;
	int64_t nth, times;

	if (check_order(order, ret_why) != 0)
		return -1;
	nth = plan_number(get(order, "match"), "nth", 1);
	times = plan_number(order, "times", 1);
	f = text_alloc(sizeof(*f));
	f->kind = kind_of(get_text(order, "fault"));
	f->order = cJSON_Duplicate(order, true);
	f->waiting = nth - 1;
	f->left = times == 0 ? -1 : times;
	while (*at != NULL)
		at = &(*at)->next;
	*at = f;
	return 0;
}

static void
drop(struct fault **at)
{
	struct fault *f = *at;

	*at = f->next;
	cJSON_Delete(f->order);
	free(f);
}

void
faults_clear(struct fault **f)
{
	while (*f != NULL)
		drop(f);
}

static bool
fits_text(const cJSON *match, const char *name, const char *value)
{
	return get(match, name) == NULL ||
	       text_equal(get_text(match, name), value);
}

static bool
fits(const cJSON *match, const struct req *r)
{
	return fits_text(match, "action", r->call->action) &&
	       fits_text(match, "method", r->method) &&
	       fits_text(match, "organization", r->ids.organization) &&
	       fits_text(match, "pipeline", r->ids.pipeline) &&
	       fits_text(match, "run", r->ids.run) &&
	       fits_text(match, "job", r->ids.job);
}

struct plan
faults_take(struct sandbox *s, const struct req *r)
{
	struct plan p = { NULL, NULL };
	struct fault **at;

	for (at = &s->faults; *at != NULL; at = &(*at)->next) {
		struct fault *f = *at;

		if (!fits(get(f->order, "match"), r))
			continue;
		if (f->waiting > 0) {
			f->waiting--;
			continue;
		}
		p.kind = f->kind;
		p.args = get(f->order, "args") != NULL
		             ? cJSON_Duplicate(get(f->order, "args"), true)
		             : cJSON_CreateObject();
		if (f->left > 0 && --f->left == 0)
			drop(at);
		break;
	}
	return p;
}

void
plan_free(struct plan *p)
{
	cJSON_Delete(p->args);
	p->args = NULL;
}

bool
plan_acts(const struct plan *p)
{
	if (p->kind == NULL)
		return true;
	switch (p->kind->acts) {
	case ACTS_YES:
		return true;
	case ACTS_CHOICE:
		return cJSON_IsTrue(get(p->args, "acts"));
	case ACTS_NO:
	case ACTS_LATER:
		break;
	}
	return false;
}

int64_t
plan_number(const cJSON *args, const char *name, int64_t otherwise)
{
	const cJSON *v = get(args, name);

	return cJSON_IsNumber(v) ? (int64_t)v->valuedouble : otherwise;
}

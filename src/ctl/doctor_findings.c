/* SPDX-License-Identifier: ISC */
/*
 * What doctor found. It lies in shared memory, so that a child that was given
 * a time to look can add to it.
 */
#include "config.h"

#include <cjson/cJSON.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "ctl/askeeper.h"
#include "ctl/commands.h"
#include "ctl/doctor.h"
#include "ctl/vault.h"

#define FINDINGS_MAX 256 /* two a key, and what else there is */
#define TEXT_MAX 2048    /* a repair that is cut could not be typed */

struct finding {
	enum finding_level level;
	bool is_unseen;
	char topic[16], text[TEXT_MAX];
	char file[256];
	unsigned int line;
};

static struct findings {
	size_t n;
	struct finding list[FINDINGS_MAX];
} own, *all = &own;

static const char *const words[] = { "ok", "warn", "bad" };

bool
findings_share(void)
{
	struct findings *shared;

	if (all != &own)
		return true;
	if ((shared = askeeper_share(sizeof(*shared))) == NULL)
		return false;
	memcpy(shared, all, sizeof(*shared));
	all = shared;
	return true;
}

static void add(enum finding_level level, bool is_unseen, const char *topic,
    const char *format, va_list args) __attribute__((format(printf, 4, 0)));

static void
add(enum finding_level level, bool is_unseen, const char *topic,
    const char *format, va_list args)
{
	struct finding *finding = &all->list[all->n];
	char text[TEXT_MAX];
	int n;

	/* The last place says that it is one, not what came first. */
	if (all->n == FINDINGS_MAX) {
		all->list[FINDINGS_MAX - 1] =
		    (struct finding){ FINDING_BAD, true, "doctor",
			    "more findings than it has room for", "", 0 };
		return;
	}
	*finding = (struct finding){ .level = level, .is_unseen = is_unseen };
	n = vsnprintf(text, sizeof(text), format, args);
	(void)snprintf(finding->topic, sizeof(finding->topic), "%s", topic);
	(void)text_show(finding->text, sizeof(finding->text), text);
	/* Half a command is none: its end says that there was more. */
	if (n >= (int)sizeof(text))
		(void)snprintf(finding->text + sizeof(finding->text) - 24, 24,
		    " … (it was too long)");
	/* Only now: whoever ends a child may do it at any time. */
	all->n++;
}

void
finding_add(
    enum finding_level level, const char *topic, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(level, false, topic, format, args);
	va_end(args);
}

void
finding_unseen(
    enum finding_level level, const char *topic, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(level, true, topic, format, args);
	va_end(args);
}

void
finding_place(const char *file, unsigned int line)
{
	if (all->n == 0)
		return;
	(void)snprintf(
	    all->list[all->n - 1].file, sizeof(all->list[0].file), "%s", file);
	all->list[all->n - 1].line = line;
}

void
findings_forget(void)
{
	all->n = 0;
}

const char *
finding_text(size_t i)
{
	return i < all->n ? all->list[i].text : NULL;
}

size_t
findings_count(enum finding_level level)
{
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++)
		n += all->list[i].level == level;
	return n;
}

void
findings_print(void)
{
	for (size_t i = 0; i < all->n; i++)
		(void)printf("%-5s %-9s %s\n", words[all->list[i].level],
		    all->list[i].topic, all->list[i].text);
	if (findings_count(FINDING_BAD) + findings_count(FINDING_WARN) > 0)
		(void)printf("%zu bad, %zu to look at. What to do: "
		             "warderctl(8)\n",
		    findings_count(FINDING_BAD), findings_count(FINDING_WARN));
}

static void
add_one(cJSON *errors, cJSON *list, const struct finding *finding)
{
	cJSON *one = cJSON_CreateObject();

	cJSON_AddStringToObject(one, "level", words[finding->level]);
	cJSON_AddStringToObject(one, "topic", finding->topic);
	cJSON_AddStringToObject(one, "text", finding->text);
	cJSON_AddStringToObject(one, "file", finding->file);
	cJSON_AddNumberToObject(one, "line", finding->line);
	cJSON_AddItemToArray(list, one);
	if (!finding->is_unseen)
		return;
	one = cJSON_CreateObject();
	cJSON_AddStringToObject(one, "topic", finding->topic);
	cJSON_AddStringToObject(one, "text", finding->text);
	cJSON_AddItemToArray(errors, one);
}

char *
findings_document(void)
{
	cJSON *document = cJSON_CreateObject();
	cJSON *errors = cJSON_CreateArray(), *list = cJSON_CreateArray();
	char now[CLOCK_STAMP_SIZE], *text;

	for (size_t i = 0; i < all->n; i++)
		add_one(errors, list, &all->list[i]);
	clock_stamp(now, clock_real_ms(), 0);
	cJSON_AddStringToObject(document, "schema", "warderctl.doctor/1");
	cJSON_AddStringToObject(document, "now", now);
	cJSON_AddBoolToObject(
	    document, "complete", cJSON_GetArraySize(errors) == 0);
	cJSON_AddItemToObject(document, "errors", errors);
	cJSON_AddItemToObject(document, "findings", list);
	text = cJSON_PrintUnformatted(document);
	cJSON_Delete(document);
	return text;
}

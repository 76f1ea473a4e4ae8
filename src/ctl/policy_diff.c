/* SPDX-License-Identifier: ISC */
/*
 * Calendars are anybody's text and were not held to the characters of a
 * policy, so every line goes through the screen's filter.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ctl/policy_diff.h"

#define SHOWN_MAX 4097 /* bytes of a line; no line of a policy is longer */

static int
by_text(const void *a, const void *b)
{
	const struct diff_line *left = a, *right = b;
	size_t n = left->len < right->len ? left->len : right->len;
	int order = n == 0 ? 0 : memcmp(left->text, right->text, n);

	if (order != 0)
		return order;
	return (left->len > right->len) - (left->len < right->len);
}

static int
split(const struct installed_file *file, struct diff_lines *ret)
{
	const char *at = file->bytes, *end;
	size_t left = file->len, lines = 1, n;
	uint32_t number = 0;

	for (size_t i = 0; i < left; i++)
		lines += at[i] == '\n';
	ret->n = 0;
	ret->items = calloc(lines, sizeof(*ret->items));
	if (ret->items == NULL)
		return WARDER_ENOMEM;
	for (; left > 0; at += n, left -= n) {
		end = memchr(at, '\n', left);
		n = end == NULL ? left : (size_t)(end - at);
		number++;
		if (n > 0)
			ret->items[ret->n++] = (struct diff_line){ number, at,
				at[n - 1] == '\r' ? n - 1 : n };
		n += end != NULL;
	}
	return WARDER_OK;
}

/* Drops from `lines` each line that `sorted` has too. */
static void
keep_new(struct diff_lines *lines, const struct diff_lines *sorted)
{
	size_t kept = 0;

	for (size_t i = 0; i < lines->n; i++)
		if (sorted->n == 0 ||
		    bsearch(&lines->items[i], sorted->items, sorted->n,
		        sizeof(*sorted->items), by_text) == NULL)
			lines->items[kept++] = lines->items[i];
	lines->n = kept;
}

static int
sorted_of(const struct diff_lines *lines, struct diff_lines *ret)
{
	ret->n = lines->n;
	ret->items = calloc(lines->n + 1, sizeof(*ret->items));
	if (ret->items == NULL)
		return WARDER_ENOMEM;
	if (lines->n > 0) {
		memcpy(
		    ret->items, lines->items, lines->n * sizeof(*ret->items));
		qsort(ret->items, ret->n, sizeof(*ret->items), by_text);
	}
	return WARDER_OK;
}

static int
compare_lines(struct diff_file *file, const struct installed_file *before,
    const struct installed_file *now)
{
	struct diff_lines was = { NULL, 0 }, is = { NULL, 0 };
	int r;

	if ((r = split(before, &file->gone)) == 0 &&
	    (r = split(now, &file->come)) == 0 &&
	    (r = sorted_of(&file->gone, &was)) == 0 &&
	    (r = sorted_of(&file->come, &is)) == 0) {
		keep_new(&file->gone, &is);
		keep_new(&file->come, &was);
	}
	free(was.items);
	free(is.items);
	return r;
}

static bool
is_same(const struct installed_file *a, const struct installed_file *b)
{
	if (a->bytes == NULL || b->bytes == NULL)
		return a->bytes == b->bytes;
	return a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}

/* NULL: the set has no such file, which is not the same as an unreadable. */
static int
add_file(struct policy_diff *diff, const char *name,
    const struct installed_file *before, const struct installed_file *now)
{
	static const struct installed_file none = { .bytes = "" };
	struct diff_file *file = &diff->files[diff->n++];
	int r;

	*file = (struct diff_file){ .name = name, .state = DIFF_CHANGED };
	if (before == NULL)
		file->state = DIFF_NEW;
	else if (now == NULL)
		file->state = DIFF_GONE;
	else if (is_same(before, now))
		file->state = DIFF_SAME;
	if (file->state == DIFF_SAME)
		return WARDER_OK;
	file->is_lost = now != NULL && now->bytes == NULL;
	r = compare_lines(file,
	    before == NULL || before->bytes == NULL ? &none : before,
	    now == NULL || now->bytes == NULL ? &none : now);
	diff->changed++;
	diff->gone += file->gone.n;
	diff->come += file->come.n;
	return r;
}

static const struct installed_file *
file_of(const struct installed *set, const char *name)
{
	for (size_t i = 0; set != NULL && i < set->n; i++)
		if (strcmp(set->files[i].name, name) == 0)
			return &set->files[i];
	return NULL;
}

int
policy_diff_make(const struct installed *old, const struct installed *new,
    struct policy_diff *ret_diff)
{
	struct policy_diff diff = { .n = 0 };
	size_t most = new->n + (old == NULL ? 0 : old->n);
	int r = WARDER_OK;

	diff.files = calloc(most + 1, sizeof(*diff.files));
	if (diff.files == NULL)
		return WARDER_ENOMEM;
	for (size_t i = 0; i < new->n &&r == 0; i++)
		r = add_file(&diff, new->files[i].name,
		    file_of(old, new->files[i].name), &new->files[i]);
	for (size_t i = 0; old != NULL && i < old->n && r == 0; i++)
		if (file_of(new, old->files[i].name) == NULL)
			r = add_file(
			    &diff, old->files[i].name, &old->files[i], NULL);
	if (r != 0)
		policy_diff_clear(&diff);
	else
		*ret_diff = diff;
	return r;
}

void
policy_diff_clear(struct policy_diff *diff)
{
	for (size_t i = 0; i < diff->n; i++) {
		free(diff->files[i].gone.items);
		free(diff->files[i].come.items);
	}
	free(diff->files);
	*diff = (struct policy_diff){ .n = 0 };
}

static void
print_lines(FILE *out, char mark, const struct diff_lines *lines)
{
	char text[SHOWN_MAX], shown[2 * SHOWN_MAX];

	for (size_t i = 0; i < lines->n; i++) {
		(void)text_cut(text, sizeof(text), lines->items[i].text,
		    lines->items[i].len);
		(void)fprintf(out, "%c ", mark);
		/* A tab steers no screen. */
		for (char *at = text, *end; at != NULL; at = end) {
			if ((end = strchr(at, '\t')) != NULL)
				*end++ = '\0';
			(void)fprintf(out, "%s%s",
			    text_show(shown, sizeof(shown), at),
			    end == NULL ? "\n" : "\t");
		}
	}
}

/* What the lines below do not say. */
static const char *
note_of(const struct diff_file *file)
{
	if (file->is_lost)
		return " (cannot be read now: it counts as a freeze)";
	if (file->state == DIFF_NEW)
		return " (new)";
	if (file->state == DIFF_GONE)
		return " (gone)";
	return file->gone.n + file->come.n == 0
	           ? " (only blank lines, or the order of lines)"
	           : "";
}

void
policy_diff_print(FILE *out, const struct policy_diff *diff)
{
	for (size_t i = 0; i < diff->n; i++) {
		const struct diff_file *file = &diff->files[i];

		if (file->state == DIFF_SAME)
			continue;
		(void)fprintf(out, "--- %s%s\n", file->name, note_of(file));
		print_lines(out, '-', &file->gone);
		print_lines(out, '+', &file->come);
	}
	if (diff->changed == 0)
		(void)fputs("no line changes\n", out);
}

static void
lines_json(cJSON *file, const char *name, const struct diff_lines *lines)
{
	cJSON *list = cJSON_AddArrayToObject(file, name);
	char text[SHOWN_MAX];

	for (size_t i = 0; i < lines->n; i++) {
		cJSON *one = cJSON_CreateObject();

		(void)text_cut(text, sizeof(text), lines->items[i].text,
		    lines->items[i].len);
		(void)cJSON_AddNumberToObject(
		    one, "line", lines->items[i].number);
		(void)cJSON_AddStringToObject(one, "text", text);
		(void)cJSON_AddItemToArray(list, one);
	}
}

void
policy_diff_json(cJSON *document, const struct policy_diff *diff)
{
	static const char *const words[] = { "", "same", "changed", "new",
		"gone" };
	cJSON *list = cJSON_AddArrayToObject(document, "files");

	for (size_t i = 0; i < diff->n; i++) {
		const struct diff_file *file = &diff->files[i];
		cJSON *one = cJSON_CreateObject();

		(void)cJSON_AddStringToObject(one, "name", file->name);
		(void)cJSON_AddStringToObject(one, "state", words[file->state]);
		(void)cJSON_AddBoolToObject(one, "unreadable", file->is_lost);
		lines_json(one, "removed", &file->gone);
		lines_json(one, "added", &file->come);
		(void)cJSON_AddItemToArray(list, one);
	}
}

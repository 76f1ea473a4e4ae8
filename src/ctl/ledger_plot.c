/* SPDX-License-Identifier: ISC */
/*
 * Coordinates are pixels of the card that a plot stands in, which the browser
 * scales: one plot takes the whole page, the others half of it.
 * The least distance of two bars, the ticks and the labels are chosen so
 * that no two labels touch, from one decision to a ledger of many years.
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "ctl/foreign.h"
#include "ctl/ledger_plot.h"

#define WIDE 1040
#define HALF 480
#define LEFT 44 /* room for the numbers of the y axis */
#define PLOT_W(width) ((width)-LEFT - 8)
#define PLOT_H 190 /* height between the axis and the highest tick */
#define TOP 14
#define TICK_W 90 /* a date below the axis */
#define HOUR_MS INT64_C(3600000)
#define DAY_MS (24 * HOUR_MS)

static const char *const end_words[END_COUNT] = {
	[END_PASSED] = "passed",
	[END_STOPPED] = "stopped",
	[END_REFUSED] = "refused by policy",
	[END_UNDONE] = "not done",
};

/* A bar of time: when it begins, what fell into it. */
struct step {
	uint64_t n[END_COUNT], sum;
};

struct steps {
	struct step step[PLOT_STEPS_MAX];
	int64_t begin_ms, width_ms;
	size_t n;
	uint64_t most;
};

/* 1, 2 or 5 with zeros, so that at most five of them reach `most`. */
static uint64_t
tick_of(uint64_t most)
{
	uint64_t tick = 1;

	for (unsigned int i = 0; tick * 5 < most && tick < UINT64_MAX / 10; i++)
		tick = i % 3 == 1 ? tick / 2 * 5 : tick * 2;
	return tick;
}

static void
svg_begin(FILE *out, int width, int height, const char *what)
{
	(void)fprintf(out,
	    "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"", width,
	    height);
	foreign_html(out, what, strlen(what));
	(void)fputs("\">\n", out);
}

/* Lines across, from 0 to the first tick that is not below `most`. */
static uint64_t
y_axis(FILE *out, int width, uint64_t most)
{
	uint64_t tick = tick_of(most), n = (most + tick - 1) / tick;

	if (n == 0)
		n = 1;
	for (uint64_t i = 0; i <= n; i++) {
		double y = TOP + PLOT_H - (double)i * PLOT_H / (double)n;

		(void)fprintf(out,
		    "<line class=\"%s\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\""
		    " y2=\"%.1f\"/><text class=\"num\" x=\"%d\" y=\"%.1f\""
		    " text-anchor=\"end\">%" PRIu64 "</text>\n",
		    i == 0 ? "axis" : "grid", LEFT, LEFT + PLOT_W(width), y, y,
		    LEFT - 8, y + 4, i * tick);
	}
	return n * tick;
}

static int64_t
width_of(int64_t span_ms)
{
	static const int hours[] = { 1, 2, 3, 6, 12, 24, 48, 7 * 24, 14 * 24,
		30 * 24, 91 * 24, 365 * 24, 3650 * 24 };
	size_t i = 0;

	while (i + 1 < sizeof(hours) / sizeof(hours[0]) &&
	       span_ms / (hours[i] * HOUR_MS) >= PLOT_STEPS_MAX - 2)
		i++;
	return hours[i] * HOUR_MS;
}

/* The tallies of hours are in order; as many of them become one step. */
static void
fill_steps(struct steps *steps, const struct figures *figures)
{
	const struct figures_tallies *hours = &figures->hours;
	int64_t first = figures->first_ms, last = figures->last_ms;

	memset(steps, 0, sizeof(*steps));
	steps->width_ms = width_of(last - first);
	steps->begin_ms = first - first % steps->width_ms;
	steps->n = (size_t)((last - steps->begin_ms) / steps->width_ms) + 1;
	if (steps->n > PLOT_STEPS_MAX)
		steps->n = PLOT_STEPS_MAX;
	for (size_t i = 0; i < hours->n; i++) {
		int64_t at =
		    (hours->all[i]->at_ms - steps->begin_ms) / steps->width_ms;
		struct step *step = &steps->step[at < 0 ? 0
		                                 : at >= (int64_t)steps->n
		                                     ? (int64_t)steps->n - 1
		                                     : at];

		for (int end = 0; end < END_COUNT; end++)
			step->n[end] += hours->all[i]->n[end];
		step->sum += hours->all[i]->sum;
		if (step->sum > steps->most)
			steps->most = step->sum;
	}
}

/* "01-31 14:00" below a day, "2026-01-31" above. */
static void
step_label(char *ret, size_t size, const struct steps *steps, size_t i)
{
	char stamp[CLOCK_STAMP_SIZE];

	clock_stamp(stamp, steps->begin_ms + (int64_t)i * steps->width_ms, 0);
	if (steps->width_ms < DAY_MS)
		(void)snprintf(ret, size, "%.5s %.5s", stamp + 5, stamp + 11);
	else
		(void)snprintf(ret, size, "%.10s", stamp);
}

static void
time_bar(FILE *out, const struct steps *steps, size_t i, uint64_t top)
{
	double w = (double)PLOT_W(WIDE) / (double)steps->n, y = TOP + PLOT_H, h;
	double gap = w > 8 ? w * 0.18 : w * 0.1, most = w > 56 ? 56 : w - gap;
	double x = LEFT + w * (double)i + (w - most) / 2;
	const struct step *step = &steps->step[i];
	char label[32];

	if (step->sum == 0)
		return;
	step_label(label, sizeof(label), steps, i);
	(void)fprintf(out, "<g><title>%s: %" PRIu64, label, step->sum);
	for (int end = 0; end < END_COUNT; end++)
		if (step->n[end] > 0)
			(void)fprintf(
			    out, ", %s %" PRIu64, end_words[end], step->n[end]);
	(void)fputs("</title>", out);
	for (int end = 0; end < END_COUNT; end++) {
		h = (double)step->n[end] * PLOT_H / (double)top;
		y -= h;
		if (h > 0)
			(void)fprintf(out,
			    "<rect class=\"s%d\" x=\"%.1f\" y=\"%.1f\""
			    " width=\"%.1f\" height=\"%.1f\"/>",
			    end, x, y, most, h);
	}
	(void)fputs("</g>\n", out);
}

void
plot_time(FILE *out, const struct figures *figures)
{
	struct steps steps;
	size_t every;
	uint64_t top;
	char label[32];
	bool is_last;
	double at;

	fill_steps(&steps, figures);
	every = (steps.n + 7) / 8;
	svg_begin(out, WIDE, TOP + PLOT_H + 28, "decisions over time");
	top = y_axis(out, WIDE, steps.most);
	for (size_t i = 0; i < steps.n; i++)
		time_bar(out, &steps, i, top);
	for (size_t i = 0; i < steps.n; i += every) {
		step_label(label, sizeof(label), &steps, i);
		at = LEFT + (double)PLOT_W(WIDE) / (double)steps.n *
		                (steps.n == 1 ? 0.5 : (double)i);
		/* The last one has no room behind it. */
		is_last = steps.n > 1 && at > LEFT + PLOT_W(WIDE) - TICK_W;
		(void)fprintf(out,
		    "<text class=\"num\" x=\"%.1f\" y=\"%d\""
		    " text-anchor=\"%s\">%s</text>\n",
		    is_last ? LEFT + (double)PLOT_W(WIDE) : at,
		    TOP + PLOT_H + 20,
		    steps.n == 1 ? "middle"
		    : is_last    ? "end"
		                 : "start",
		    label);
	}
	(void)fputs("</svg>\n", out);
}

/* As many characters as fit `columns`, wide ones counting twice. */
static void
short_label(FILE *out, const char *word, unsigned int columns)
{
	const char *at = word;
	unsigned int used = 0;
	uint32_t c;
	size_t n;

	while (*at != '\0') {
		n = utf8_next((const uint8_t *)at, strlen(at), &c);
		/* A hostile character is shown by its number. */
		used += n == 0 || c < 0x1100 ? 1 : char_is_hostile(c) ? 8 : 2;
		if (n > 0 && c < 0x1100 && char_is_hostile(c))
			used += 7;
		if (used > columns)
			break;
		at += n == 0 ? 1 : n;
	}
	foreign_html(out, word, (size_t)(at - word));
	if (*at != '\0')
		(void)fputs("\xe2\x80\xa6", out);
}

#define ROW_H 26
#define LABEL_W 168
#define BARS_W (HALF - LABEL_W - 56)

static void
tally_bar(FILE *out, const struct figures_tally *one, size_t row, uint64_t most)
{
	const char *word = one->word[0] != '\0' ? one->word : "(no name)";
	double x = LABEL_W, w;
	size_t y = row * ROW_H + 4;

	(void)fputs("<g><title>", out);
	foreign_html(out, word, strlen(word));
	(void)fprintf(out, ": %" PRIu64, one->sum);
	for (int end = 0; end < END_COUNT; end++)
		if (one->n[end] > 0)
			(void)fprintf(
			    out, ", %s %" PRIu64, end_words[end], one->n[end]);
	(void)fprintf(out,
	    "</title><text x=\"%d\" y=\"%zu\" text-anchor=\"end\">",
	    LABEL_W - 10, y + 14);
	short_label(out, word, 19);
	(void)fputs("</text>", out);
	for (int end = 0; end < END_COUNT; end++) {
		w = (double)one->n[end] * BARS_W / (double)most;
		if (w > 0)
			(void)fprintf(out,
			    "<rect class=\"s%d\" x=\"%.1f\" y=\"%zu\""
			    " width=\"%.1f\" height=\"18\"/>",
			    end, x, y, w);
		x += w;
	}
	(void)fprintf(out,
	    "<text class=\"num\" x=\"%.1f\" y=\"%zu\">%" PRIu64 "</text></g>\n",
	    x + 8, y + 14, one->sum);
}

void
plot_tallies(FILE *out, const struct figures_tallies *tallies, const char *what)
{
	size_t shown = tallies->n > PLOT_ROWS ? PLOT_ROWS : tallies->n;
	struct figures_tally rest = { .sum = 0 };
	uint64_t most;

	(void)snprintf(
	    rest.word, sizeof(rest.word), "%zu others", tallies->n - shown);
	for (size_t i = shown; i < tallies->n; i++) {
		for (int end = 0; end < END_COUNT; end++)
			rest.n[end] += tallies->all[i]->n[end];
		rest.sum += tallies->all[i]->sum;
	}
	most = tallies->n > 0 ? tallies->all[0]->sum : 1;
	if (rest.sum > most)
		most = rest.sum;
	svg_begin(out, HALF, (int)(shown + (rest.sum > 0)) * ROW_H + 4, what);
	for (size_t i = 0; i < shown; i++)
		tally_bar(out, tallies->all[i], i, most);
	if (rest.sum > 0)
		tally_bar(out, &rest, shown, most);
	(void)fputs("</svg>\n", out);
}

static const struct {
	uint32_t below_s;
	const char *label;
} spans[] = {
	{ 10, "<10 s" },
	{ 60, "<1 min" },
	{ 300, "<5 min" },
	{ 900, "<15 min" },
	{ 3600, "<1 h" },
	{ 4 * 3600, "<4 h" },
	{ 24 * 3600, "<1 day" },
	{ UINT32_MAX, "longer" },
};
#define SPANS (sizeof(spans) / sizeof(spans[0]))

void
plot_waits(FILE *out, const struct figures *figures)
{
	uint64_t n[SPANS] = { 0 }, most = 0, top;
	double w = (double)PLOT_W(HALF) / SPANS, h;
	size_t at = 0;

	for (size_t i = 0; i < figures->n_waits; i++) {
		while (at + 1 < SPANS && figures->waits[i] >= spans[at].below_s)
			at++;
		n[at]++;
		most = n[at] > most ? n[at] : most;
	}
	svg_begin(out, HALF, TOP + PLOT_H + 28, "how long gates waited");
	top = y_axis(out, HALF, most);
	for (size_t i = 0; i < SPANS; i++) {
		h = (double)n[i] * PLOT_H / (double)top;
		(void)fprintf(out,
		    "<g><title>%" PRIu64 "</title><rect class=\"wait\""
		    " x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>"
		    "<text class=\"num\" x=\"%.1f\" y=\"%d\""
		    " text-anchor=\"middle\">",
		    n[i], LEFT + w * ((double)i + 0.15), TOP + PLOT_H - h,
		    w * 0.7, h, LEFT + w * ((double)i + 0.5),
		    TOP + PLOT_H + 20);
		foreign_html(out, spans[i].label, strlen(spans[i].label));
		(void)fputs("</text></g>\n", out);
	}
	(void)fputs("</svg>\n", out);
}

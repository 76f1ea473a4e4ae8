/* SPDX-License-Identifier: ISC */
/*
 * The life of a run: which stage is reached, which job ends when, and what
 * stage and run say of themselves. Two steps happen per stage: it starts
 * step_ms after the one before it ended, and its jobs take step_ms.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "sandbox/world.h"

static bool
any_is(const cJSON *jobs, const char *status)
{
	const cJSON *j;

	cJSON_ArrayForEach(j, jobs)
	{
		if (text_equal(get_text(j, "status"), status))
			return true;
	}
	return false;
}

static bool
all_are(const cJSON *jobs, const char *status)
{
	const cJSON *j;

	cJSON_ArrayForEach(j, jobs)
	{
		if (!text_equal(get_text(j, "status"), status))
			return false;
	}
	return true;
}

static bool
is_done(const cJSON *stage)
{
	return all_are(get(stage, "jobs"), "SUCCESS");
}

const char *
world_stage_status(const cJSON *stage, bool is_reached)
{
	static const char *const loudest[] = { "FAIL", "CANCELED", "WAITING",
		"SWITCH_MANUAL", "RUNNING" };
	const cJSON *jobs = get(stage, "jobs"), *j;
	size_t i;

	for (i = 0; i < sizeof(loudest) / sizeof(loudest[0]); i++)
		if (any_is(jobs, loudest[i]))
			return loudest[i];
	if (is_done(stage))
		return "SUCCESS";
	cJSON_ArrayForEach(j, jobs)
	{
		if (is_reached && cJSON_IsTrue(get(j, "manual")) &&
		    text_equal(get_text(j, "status"), "INIT"))
			return "SWITCH_MANUAL";
	}
	return "INIT";
}

const char *
world_run_status(const cJSON *run)
{
	const char *says = get_text(run, "says");
	const cJSON *stage;

	cJSON_ArrayForEach(stage, get(run, "stages"))
	{
		const char *status = world_stage_status(stage, true);

		if (text_equal(status, "SUCCESS"))
			continue;
		if (text_equal(status, "FAIL") ||
		    text_equal(status, "CANCELED"))
			return status;
		if (says[0] != '\0')
			return says;
		if (text_equal(status, "WAITING") ||
		    text_equal(status, "SWITCH_MANUAL"))
			return "WAITING";
		return "RUNNING";
	}
	return "SUCCESS";
}

static int64_t
ended_at(const cJSON *stage, int64_t before)
{
	const cJSON *j;

	cJSON_ArrayForEach(j, get(stage, "jobs"))
	{
		int64_t end = (int64_t)get_number(j, "endTime");

		if (end > before)
			before = end;
	}
	return before;
}

static void
start_stage(cJSON *stage, int64_t at_ms)
{
	cJSON *j;

	cJSON_ArrayForEach(j, get(stage, "jobs"))
	{
		const cJSON *gate = get(j, "gate");
		const char *waits = get_text(gate, "waits");

		if (!text_equal(get_text(j, "status"), "INIT") ||
		    cJSON_IsTrue(get(j, "manual")))
			continue;
		set_number(j, "startTime", (double)at_ms);
		if (gate != NULL)
			set_text(
			    j, "status", waits[0] != '\0' ? waits : "WAITING");
		else
			set_text(j, "status", "RUNNING");
	}
}

static bool
is_started(const cJSON *stage)
{
	const cJSON *j;

	cJSON_ArrayForEach(j, get(stage, "jobs"))
	{
		if (!text_equal(get_text(j, "status"), "INIT"))
			return true;
	}
	return false;
}

static void
end_jobs(cJSON *stage, int64_t step_ms, int64_t now_ms)
{
	cJSON *j;

	cJSON_ArrayForEach(j, get(stage, "jobs"))
	{
		int64_t end = (int64_t)get_number(j, "startTime") + step_ms;

		if (text_equal(get_text(j, "status"), "RUNNING") &&
		    end <= now_ms) {
			set_text(j, "status", "SUCCESS");
			set_number(j, "endTime", (double)end);
		}
	}
}

static void
advance_run(cJSON *run, int64_t step_ms, int64_t now_ms)
{
	int64_t reached = (int64_t)get_number(run, "startTime");
	bool is_first = true;
	cJSON *stage;

	cJSON_ArrayForEach(stage, get(run, "stages"))
	{
		int64_t start = reached + (is_first ? 0 : step_ms);

		is_first = false;
		if (!is_started(stage) && start <= now_ms) {
			start_stage(stage, start);
			set_number(run, "updateTime", (double)start);
		}
		end_jobs(stage, step_ms, now_ms);
		if (!is_done(stage))
			return;
		reached = ended_at(stage, reached);
	}
}

/* `pipeline` NULL: all of them. What is not looked at need not be brought up
 * to the moment: it comes out the same later. */
static void
advance_all(struct world *w, const char *pipeline, int64_t now_ms)
{
	cJSON *o, *p, *r;

	cJSON_ArrayForEach(o, get(w->root, "organizations"))
	{
		cJSON_ArrayForEach(p, get(o, "pipelines"))
		{
			if (pipeline != NULL &&
			    !text_equal(get_text(p, "id"), pipeline))
				continue;
			cJSON_ArrayForEach(r, get(p, "runs"))
			{
				advance_run(r, w->step_ms, now_ms);
			}
		}
	}
}

void
world_advance(struct world *w, const char *pipeline, int64_t now_ms)
{
	while (w->moves != NULL && w->moves->due_ms <= now_ms) {
		struct move *m = w->moves;
		struct ids ids = { m->organization, m->pipeline, m->run, m->job,
			NULL };

		w->moves = m->next;
		advance_all(w, NULL, m->due_ms);
		world_decide(w, &ids, m->verb, m->account, m->due_ms);
		move_free(m);
	}
	advance_all(w, pipeline, now_ms);
}

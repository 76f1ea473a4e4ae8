/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "sandbox/control.h"
#include "sandbox/script.h"

const char *
script_check(const cJSON *root)
{
	double last = 0;
	const cJSON *step;

	cJSON_ArrayForEach(step, get(root, "script"))
	{
		if (get_number(step, "after") < last)
			return "script: the steps are not in the order of "
			       "their times";
		if (!control_knows(get_text(step, "order")))
			return "script: no such order";
		if (strcmp(get_text(step, "order"), "/reset") == 0)
			return "script: /reset would begin it anew";
		last = get_number(step, "after");
	}
	return NULL;
}

void
script_run(struct sandbox *s)
{
	int64_t now = sandbox_now_ms();

	for (;;) {
		const cJSON *step = cJSON_GetArrayItem(
		    get(s->world.root, "script"), s->script_done);
		int64_t due;

		if (step == NULL)
			return;
		due = s->born_ms + (int64_t)get_number(step, "after");
		if (due > now)
			return;
		s->script_done++;
		/* What came before has its own time. */
		world_advance(&s->world, NULL, due);
		if (!control_order(
		        s, get_text(step, "order"), get(step, "body")))
			fprintf(stderr,
			    "warder-sandbox: script step %d (%s) was not "
			    "understood\n",
			    s->script_done, get_text(step, "order"));
	}
}

/* SPDX-License-Identifier: ISC */
/*
 * What one organization's key is good for, as far as reading calls tell: whose
 * it is, which pipelines it reads, and of the gates that wait which it may
 * decide. What no call tells is not guessed.
 */
#ifndef WARDER_KEEPER_REPORT_H
#define WARDER_KEEPER_REPORT_H

#include <stdbool.h>

#include "keeper/keeper.h"

/*
 * Tells warderctl all of it, and DONE. `org` is an alias or an id; `is_brief`:
 * the first page of pipelines alone. ENDED.
 */
int report_run(struct keeper *keeper, const char *org, bool is_brief);

#endif

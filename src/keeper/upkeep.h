/* SPDX-License-Identifier: ISC */
/*
 * What a kill left in the store of sealed keys is put in order: at the
 * keeper's start, before anybody asks whether something is missing.
 */
#ifndef WARDER_KEEPER_UPKEEP_H
#define WARDER_KEEPER_UPKEEP_H

#include "keeper/keeper.h"

/*
 * With the book open. A change that counts and has no line gets one (`found`)
 * and the mark; the store's id is remembered if it was not; then the files go
 * that MANIFEST does not list. A store that is refused is on record
 * (`key.fail`) and left as it is. While the keys are locked nothing is done.
 */
void upkeep_run(struct keeper *keeper);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * A file that root makes where a person said, in a folder that others may
 * write to. It grows under a name that nobody can guess and takes its own
 * only when it is whole; a link or a device of that name is not replaced.
 */
#ifndef WARDER_CTL_NEWFILE_H
#define WARDER_CTL_NEWFILE_H

#include <limits.h>
#include <stdio.h>

#include "base/err.h"

struct newfile {
	int dir; /* the folder, held open: it cannot be swapped meanwhile */
	FILE *out;
	char name[NAME_MAX + 1], tmp[NAME_MAX + 1];
};

/*
 * Mode 0600. ERIGHTS: something is there that is no plain file. EMISSING: no
 * such folder. EFORM: no name of a file. ESYS: errno.
 */
WARDER_MUST_CHECK int newfile_open(
    const char *path, struct newfile *ret_newfile);

/* Durable and in place, or gone again: ERIGHTS, ESYS. Closes either way. */
WARDER_MUST_CHECK int newfile_finish(struct newfile *newfile);

/* Leaves nothing behind. */
void newfile_drop(struct newfile *newfile);

#endif

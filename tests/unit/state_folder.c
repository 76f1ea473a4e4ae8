/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/state_folder.h"

char dir[64], file[96];

struct state *
open_state(void)
{
	struct state *state = NULL;

	assert_int_equal(state_open(dir, &state), STATE_OK);
	return state;
}

int
folder_setup(void **unused)
{
	(void)unused;
	(void)snprintf(dir, sizeof(dir), "/tmp/test_state.XXXXXX");
	if (mkdtemp(dir) == NULL)
		return -1;
	(void)snprintf(file, sizeof(file), "%s/%s", dir, STATE_FILE);
	return 0;
}

int
folder_teardown(void **unused)
{
	char journal[112];

	(void)unused;
	(void)snprintf(journal, sizeof(journal), "%s-journal", file);
	(void)unlink(journal);
	(void)unlink(file);
	return rmdir(dir);
}

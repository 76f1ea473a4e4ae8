/* SPDX-License-Identifier: ISC */
/* warderd(8). */
#include "config.h"

#include "desk/desk.h"

int
main(int argc, char **argv)
{
	return serve_main(&desk_service, argc, argv);
}

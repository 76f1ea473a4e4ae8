/* SPDX-License-Identifier: ISC */
/*
 * warder-keeper: decides, records, signs. The listener holds the keys of the
 * store in locked memory and answers its own workers' ASK; a worker serves
 * one connection of the desk, or of root's warderctl, and ends.
 */
#include "config.h"

#include "keeper/listener.h"

int
main(int argc, char **argv)
{
	return serve_main(&keeper_service, argc, argv);
}

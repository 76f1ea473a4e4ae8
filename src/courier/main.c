/* SPDX-License-Identifier: ISC */
/* warder-courier: the network, and nothing but the network. */
#include "config.h"

#include "courier/worker.h"

int
main(int argc, char **argv)
{
	return serve_main(&courier_service, argc, argv);
}

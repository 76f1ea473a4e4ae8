/* SPDX-License-Identifier: ISC */
/* warder-courier: the network, and nothing but the network. */
#include "config.h"

#include <string.h>

#include "courier/profile.h"
#include "courier/worker.h"

int
main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "--profile") == 0)
		return profile_main(argc, argv);
	return serve_main(&courier_service, argc, argv);
}

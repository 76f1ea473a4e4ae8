/* SPDX-License-Identifier: ISC */
/*
 * warder(1) with its places given: warder-at SOCKET PAM_PUB LEDGER_PUB
 * ARGUMENTS. The installed program has no such switch; this one belongs to
 * tests and is never installed.
 */
#include "config.h"

#include <stdio.h>
#include <unistd.h>

#include "client/client.h"

int
main(int argc, char **argv)
{
	struct places places;

	if (argc < 4) {
		(void)fputs("usage: warder-at SOCKET PAM_PUB LEDGER_PUB "
		            "ARGUMENTS\n",
		    stderr);
		return REASON_USAGE;
	}
	places = (struct places){ argv[1], argv[2], argv[3], getuid(), NULL };
	argv[3] = argv[0];
	return client_main(&places, argc - 3, argv + 3);
}

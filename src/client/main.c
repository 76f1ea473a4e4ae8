/* SPDX-License-Identifier: ISC */
/* warder(1). */
#include "config.h"

#include "client/client.h"

int
main(int argc, char **argv)
{
	const struct places places = { WARDER_RUNDIR "/warder.sock",
		WARDER_SYSCONFDIR "/pam.pub", WARDER_SYSCONFDIR "/ledger.pub",
		0, WARDER_SYSCONFDIR "/warder.conf" };

	return client_main(&places, argc, argv);
}

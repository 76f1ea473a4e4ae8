/* SPDX-License-Identifier: ISC */
/*
 * Whether a PAM service is what its name promises. libpam takes the lines of
 * the service `other` for a phase that a service has no line for, and for all
 * of a service that has no file; who asked for two factors would then get
 * whatever `other` asks, and nobody would notice.
 */
#ifndef WARDER_PAM_SERVICE_H
#define WARDER_PAM_SERVICE_H

#include <sys/types.h>

#include "base/err.h"

#define SERVICE_FOLDER "/etc/pam.d"

/*
 * The file `service` of the open folder `dir` is there, `owner`'s and nobody else's to write,
 * and has a line (its own or an include) for both phases, auth and account.
 * EMISSING, ERIGHTS, ETOOBIG, ESYS; EFORM: a phase has no line.
 */
WARDER_MUST_CHECK int service_check(int dir, const char *service, uid_t owner);

#endif

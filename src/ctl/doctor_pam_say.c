/* SPDX-License-Identifier: ISC */
/* What doctor says about the PAM services that warder.conf names. */
#include "config.h"

#include <string.h>

#include "ctl/doctor.h"

#define PAM_FOLDER "/etc/pam.d"

static void
bad(const char *service, const char *what)
{
	finding_add(FINDING_BAD, "pam", "%s/%s %s", PAM_FOLDER, service, what);
}

/* What of the files themselves is wrong: warder-pam or libpam refuses all. */
static bool
look_at_reading(const char *service, const struct pam_facts *facts)
{
	if (facts->loose[0] != '\0')
		finding_add(FINDING_BAD, "pam",
		    "%s can be changed by others than root; look who wrote "
		    "there, then: chown root:root %s && chmod go-w %s",
		    facts->loose, facts->loose, facts->loose);
	if (facts->unread[0] == '\0')
		return true;
	finding_unseen(FINDING_BAD, "pam",
	    "%s/%s: %s is not there or cannot be read to its end, as a plain "
	    "file with lines below %d bytes, so libpam refuses everybody; "
	    "correct that line or that file",
	    PAM_FOLDER, service, facts->unread, PAM_LINE_MAX);
	return false;
}

static void
look_at_asking(const char *service, const struct pam_facts *facts)
{
	if (facts->asks)
		return;
	if (facts->unknown[0] != '\0')
		finding_unseen(FINDING_WARN, "pam",
		    "%s/%s: doctor does not know %s; see in its manual "
		    "whether it asks for a proof",
		    PAM_FOLDER, service, facts->unknown);
	else
		bad(service, "has no auth line beyond pam_permit; add a "
		             "module that asks, such as pam_unix");
}

static void
look_at_accounts(const char *service, const struct pam_facts *facts)
{
	if (!facts->has_account)
		bad(service, "has no account line, so expired accounts would "
		             "be `other`'s to judge; add account required "
		             "pam_unix.so");
	else if (!facts->judges)
		finding_add(FINDING_WARN, "pam",
		    "%s/%s looks at no account: expired ones come in; add "
		    "account required pam_unix.so",
		    PAM_FOLDER, service);
}

static void
look_at_service(const char *service)
{
	struct pam_facts facts;
	bool is_sound;

	pam_service_look(PAM_FOLDER, service, &facts);
	if (!facts.is_there) {
		bad(service, "is not there; libpam would take `other`, so "
		             "warder-pam asks nobody. Put a service there");
		return;
	}
	is_sound = look_at_reading(service, &facts);
	/* What else it would have is not known. */
	if (!is_sound)
		return;
	look_at_asking(service, &facts);
	if (facts.way_in[0] != '\0')
		finding_add(FINDING_BAD, "pam",
		    "%s/%s lets everybody in by `%s`: warder-pam is root, and "
		    "nobody is asked; remove that line",
		    PAM_FOLDER, service, facts.way_in);
	look_at_accounts(service, &facts);
	if (facts.asks && facts.judges && facts.way_in[0] == '\0' &&
	    facts.loose[0] == '\0')
		finding_add(FINDING_OK, "pam", "%s/%s asks for a proof",
		    PAM_FOLDER, service);
}

void
doctor_pam(const struct conf *conf)
{
	bool is_listed = false;

	for (int level = 1; level <= CONF_LEVELS; level++) {
		if (conf->service[level][0] == '\0')
			continue;
		look_at_service(conf->service[level]);
		is_listed |=
		    strcmp(conf->service[level], conf->pam_service) == 0;
	}
	if (!is_listed)
		look_at_service(conf->pam_service);
}

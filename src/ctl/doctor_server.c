/* SPDX-License-Identifier: ISC */
/*
 * Whether the server can be trusted and reached at all: the certificates that
 * it is held against, and one reading call for each organization, which the
 * keeper makes as it would for a person. Only so a wrong CA shows.
 */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/safefile.h"
#include "base/text.h"
#include "ctl/doctor.h"
#include "ctl/keepercall.h"
#include "policy/policy.h"

#define CA_MAX (8u << 20)
#define SILENT_MS 8000 /* of all that do not answer, together */
#define ALL_MS 60000
#define BEGINS "-----BEGIN CERTIFICATE-----"
#define ENDS "-----END CERTIFICATE-----"

size_t
doctor_certificates(const char *text)
{
	size_t n = 0;

	while ((text = strstr(text, BEGINS)) != NULL &&
	       (text = strstr(text, ENDS)) != NULL)
		n++;
	return n;
}

static void
bad_ca(const struct conf *conf, const char *what, const char *repair)
{
	finding_add(FINDING_BAD, "server", "ca_file %s %s; %s", conf->ca_file,
	    what, repair);
}

/*
 * Whoever may write there may have put his own CA there: what is named is
 * root's to look at first, and a folder that is not root's is left as it is.
 */
static void
look_at_rights(const struct conf *conf, const char *path)
{
	char loose[PATH_MAX], repair[2 * PATH_MAX + 128];

	if (doctor_first_loose(path, loose) && strcmp(loose, path) == 0 &&
	    doctor_is_plain(path))
		(void)snprintf(repair, sizeof(repair),
		    "see that it holds the right CA and no other, then: chown "
		    "root:root %s && chmod 0644 %s",
		    path, path);
	else
		(void)snprintf(repair, sizeof(repair),
		    "keep the certificates under one name in folders where "
		    "root alone may write, such as " WARDER_SYSCONFDIR
		    "/ca.pem, and name that as `ca_file` in warder.conf");
	bad_ca(conf, "can be changed by others than root, or has two names",
	    repair);
}

void
doctor_ca(const struct conf *conf)
{
	const struct safefile_rule rule = { 0, 022, 1, CA_MAX };
	char path[PATH_MAX];
	uint8_t *bytes = NULL;
	size_t len, n;
	int r;

	/* Distributions have a link there; where it leads to is what counts. */
	if (conf->ca_file[0] != '/' || realpath(conf->ca_file, path) == NULL) {
		bad_ca(conf,
		    conf->ca_file[0] != '/' ? "is no whole path"
		                            : strerror(errno),
		    "put the certificates there, or name another file as "
		    "`ca_file` in warder.conf (apt-get install "
		    "ca-certificates for the public ones)");
		return;
	}
	r = safefile_load(path, &rule, &bytes, &len);
	if (r == WARDER_ERIGHTS) {
		look_at_rights(conf, path);
		return;
	}
	if (r != 0) {
		bad_ca(conf, warder_strerror(r),
		    "name a file of certificates as `ca_file` in warder.conf");
		return;
	}
	n = doctor_certificates((const char *)bytes);
	free(bytes);
	if (n == 0)
		bad_ca(conf, "holds no certificate",
		    "put the CA's there as PEM, or name another file as "
		    "`ca_file` in warder.conf");
	else
		finding_add(FINDING_OK, "server",
		    "ca_file %s: %zu "
		    "certificate%s",
		    conf->ca_file, n, n == 1 ? "" : "s");
}

struct answer {
	char said[160]; /* the code, or a sentence about it */
	uint64_t n;
};

/* A sentence, where there is one, comes behind its code. */
static int
take(void *ctx, const struct frame *frame)
{
	struct answer *answer = ctx;
	struct admin_row row;
	int r;

	if (frame->type != ADMIN_ROW)
		return WARDER_OK;
	if ((r = layout_take(frame, &admin_row_layout, &row)) != 0)
		return r;
	/* Whatever is told of a call, the last word is the plainest. */
	if (row.text[0] == '\0')
		return WARDER_OK;
	if (strcmp(row.topic, "check") != 0 &&
	    strcmp(row.topic, "unsent") != 0 &&
	    strcmp(row.topic, "server") != 0)
		return WARDER_OK;
	answer->n = row.n;
	(void)text_cut(
	    answer->said, sizeof(answer->said), row.text, strlen(row.text));
	return WARDER_OK;
}

const char *
doctor_server_repair(enum reason exit)
{
	switch ((int)exit) {
	case REASON_SERVER_REFUSED:
	case REASON_NOT_FOUND:
		return "see what its key may: warderctl key check";
	case REASON_LOCKED:
		return "open the keys: warderctl unlock, or the master key's "
		       "drop-in";
	case REASON_MISCONFIGURED:
		return "see what is bad above, and: warderctl policy install "
		       "FILE";
	case REASON_UNREACHABLE:
	case REASON_NOT_SENT:
		return "look at the network, `ca_file`, `pin` and `proxy` in "
		       "warder.conf, and: journalctl -u warder-courier";
	default:
		return "see why: warderctl key check, journalctl -u "
		       "warder-courier";
	}
}

static void
say_answer(const struct conf *conf, const struct policy_org *org,
    const struct answer *answer, const struct admin_done *done)
{
	bool is_locked = done->exit == REASON_LOCKED &&
	                 conf->master == CONF_MASTER_PASSPHRASE;

	if (done->exit == REASON_DONE)
		finding_add(FINDING_OK, "server",
		    "%s: takes the key %s: %llu pipelines on the first page",
		    org->alias, org->key, (unsigned long long)answer->n);
	else if (is_locked)
		finding_unseen(FINDING_WARN, "server",
		    "%s: not asked, for the keys are locked; open them: "
		    "warderctl unlock",
		    org->alias);
	else
		finding_add(FINDING_BAD, "server", "%s: %s%s%s; %s", org->alias,
		    answer->said,
		    answer->said[0] != '\0' && done->word[0] != '\0' ? ": "
		                                                     : "",
		    keepercall_words(done->word),
		    doctor_server_repair((enum reason)done->exit));
}

/* Silence costs of SILENT_MS; who answers costs of the end alone. */
struct patience {
	int64_t silent_ms, end;
};

static void
ask_for(const struct conf *conf, const struct policy_org *org,
    struct patience *patience)
{
	int64_t now = clock_boot_ms(), left = patience->end - now;
	struct answer answer = { .said = "" };
	const struct keepercall call = { take, &answer,
		left < patience->silent_ms ? left : patience->silent_ms };
	struct admin_check check = { .generation = ADMIN_CHECK_BRIEF };
	struct admin_done done = { .exit = 0 };
	int r = text_copy(check.org, sizeof(check.org), org->alias);

	if (call.timeout_ms <= 0) {
		finding_unseen(FINDING_BAD, "server",
		    "%s: not asked, for those before it took the time; ask: "
		    "warderctl key check %s",
		    org->alias, org->alias);
		return;
	}
	if (r == 0)
		r = keepercall_ask(
		    &call, ADMIN_CHECK, &admin_check_layout, &check, &done);
	if (r != 0 || done.exit != REASON_DONE)
		patience->silent_ms -= clock_boot_ms() - now;
	if (r == 0)
		say_answer(conf, org, &answer, &done);
	else if (r == WARDER_ETIME)
		finding_unseen(FINDING_BAD, "server",
		    "%s: no answer within %d seconds; ask again with more "
		    "patience: warderctl key check %s",
		    org->alias, (int)((call.timeout_ms + 999) / 1000),
		    org->alias);
	else
		finding_unseen(FINDING_BAD, "server",
		    "%s: the keeper does not say: %s; ask again: warderctl "
		    "key check %s",
		    org->alias, warder_strerror(r), org->alias);
}

void
doctor_server(
    const struct conf *conf, const struct policy *policy, bool is_keeper_there)
{
	struct patience patience = { SILENT_MS, clock_boot_ms() + ALL_MS };

	if (!is_keeper_there || policy == NULL) {
		finding_unseen(FINDING_BAD, "server",
		    "nobody asked it: without %s there is no call; see above",
		    is_keeper_there ? "a policy" : "the keeper");
		return;
	}
	for (size_t n = 0; n < policy_orgs(policy); n++) {
		const struct policy_org org = policy_org_at(policy, n);

		ask_for(conf, &org, &patience);
	}
}

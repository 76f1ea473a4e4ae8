/* SPDX-License-Identifier: ISC */
/*
 * The child that writes for root. It gives up root before it opens anything
 * in folders that warder-keeper may change, so a link put there leads
 * nowhere that warder-keeper could not go alone.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/text.h"
#include "confine/confine.h"
#include "ctl/askeeper.h"
#include "ctl/record.h"
#include "ctl/vault.h"
#include "ledger/note.h"
#include "ledger/syslog.h"

#define CONF_FILE WARDER_SYSCONFDIR "/warder.conf"
#define PUBLIC_KEY WARDER_SYSCONFDIR "/ledger.pub"

/* A small number that the kernel prints into a file of ours. */
static void
set_from_proc(struct record *rec, enum member m, const char *path)
{
	auto_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[24];
	uint64_t number;
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (n <= 0)
		return;
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	if (text_parse_number(text, UINT32_MAX, &number) == 0)
		record_set_int(rec, m, number);
}

static void
set_who(struct record *rec)
{
	char tty[64], buffer[4096];
	struct passwd entry, *found = NULL;
	uid_t uid = getuid();

	if (getpwuid_r(uid, &entry, buffer, sizeof(buffer), &found) == 0 &&
	    found != NULL)
		record_set(rec, M_USER, found->pw_name);
	record_set_int(rec, M_UID, uid);
	set_from_proc(rec, M_LUID, "/proc/self/loginuid");
	set_from_proc(rec, M_SES, "/proc/self/sessionid");
	if (ttyname_r(STDIN_FILENO, tty, sizeof(tty)) == 0 &&
	    strncmp(tty, "/dev/", 5) == 0)
		record_set(rec, M_TTY, tty + 5);
	record_set_int(rec, M_PID, (uint64_t)getpid());
}

static void
raise_marks(struct state *state, const struct ledger_line *line,
    const char *mark, const struct state_mark *value)
{
	struct state_mark seq = { .n = line->seq, .h_len = RECORD_HASH_LEN };
	struct state_mark other;

	memcpy(seq.h, line->head, RECORD_HASH_LEN);
	if (state_mark_set(state, "seq", &seq, true) != STATE_DONE)
		log_warn("ledger: the mark of the last line was not raised");
	if (mark == NULL)
		return;
	other = *value;
	if (other.n == 0)
		other.n = line->seq;
	if (state_mark_set(state, mark, &other, false) != STATE_DONE)
		log_warn("state: the mark %s was not set", mark);
}

static void
tell_syslog(struct ledger *ledger, const struct record *rec,
    const struct ledger_line *line)
{
	auto_syslog struct syslog_sender *sender = NULL;
	struct ledger_aside asides[LEDGER_ASIDES];
	size_t n = ledger_take_asides(ledger, asides);
	struct conf conf;
	struct diag diag;
	int r;

	r = conf_load(CONF_FILE, &conf, &diag);
	if (r == 0)
		r = syslog_open(
		    conf.syslog_socket, conf.syslog_facility, &sender);
	for (size_t i = 0; r == 0 && i < n; i++)
		if (syslog_send(sender, &asides[i].rec, asides[i].head) !=
		    SYSLOG_SENT)
			r = WARDER_EFULL;
	if (r == 0 && rec != NULL)
		r = syslog_send(sender, rec, line->head) == SYSLOG_SENT
		        ? WARDER_OK
		        : WARDER_EFULL;
	if (r != 0)
		log_warn("syslog did not take line %llu",
		    (unsigned long long)line->seq);
}

/* In a child: gives up root, then opens both. */
static enum ledger_err
open_as_keeper(const char *host, struct state **state, struct ledger **ledger)
{
	struct state_mark seq = { .n = 0 };
	enum state_result found;

	askeeper_never_stop();
	if (confine_become(WARDER_USER_KEEPER, "adm") != 0 ||
	    state_open(WARDER_STATEDIR, state) != STATE_OK)
		return LEDGER_IO;
	found = state_mark_get(*state, "seq", &seq);
	if (found != STATE_OK && found != STATE_ABSENT)
		return LEDGER_IO;
	return ledger_open(WARDER_LOGDIR, host, seq.n, ledger);
}

/* What it returns is the exit status of the child. */
static enum ledger_err
write_as_keeper(struct record *rec, const char *mark,
    const struct state_mark *value, const char *host)
{
	auto_ledger struct ledger *ledger = NULL;
	auto_state struct state *state = NULL;
	struct ledger_line line;
	enum ledger_err e = open_as_keeper(host, &state, &ledger);

	if (e == LEDGER_OK)
		e = ledger_append(ledger, rec, &line);
	if (e != LEDGER_OK)
		return e;
	raise_marks(state, &line, mark, value);
	tell_syslog(ledger, rec, &line);
	return LEDGER_OK;
}

static enum ledger_err
rotate_as_keeper(const char *host, uint64_t *ret_first)
{
	auto_ledger struct ledger *ledger = NULL;
	auto_state struct state *state = NULL;
	struct ledger_line line = { .len = 0 };
	enum ledger_err e = open_as_keeper(host, &state, &ledger);

	if (e == LEDGER_OK)
		e = ledger_rotate(ledger, ret_first);
	if (e != LEDGER_OK)
		return e;
	line.seq = ledger_seq(ledger);
	ledger_head(ledger, line.head);
	raise_marks(state, &line, NULL, NULL);
	tell_syslog(ledger, NULL, &line);
	return LEDGER_OK;
}

static enum ledger_err
look_as_keeper(const char *host)
{
	auto_ledger struct ledger *ledger = NULL;
	auto_state struct state *state = NULL;
	enum ledger_err e = open_as_keeper(host, &state, &ledger);

	return e == LEDGER_OK ? ledger_has_room(ledger) : e;
}

static enum ledger_err
wait_for(pid_t child)
{
	int status;

	if (child < 0)
		return LEDGER_IO;
	while (waitpid(child, &status, 0) != child)
		if (errno != EINTR)
			return LEDGER_IO;
	if (!WIFEXITED(status) || WEXITSTATUS(status) > LEDGER_RECORD)
		return LEDGER_IO;
	return (enum ledger_err)WEXITSTATUS(status);
}

enum ledger_err
ctl_record(struct record *rec, const char *mark, const struct state_mark *value)
{
	struct note_verifier verifier;
	pid_t child;

	if (geteuid() != 0 || note_verifier_load(PUBLIC_KEY, 0, &verifier) != 0)
		return LEDGER_IO;
	set_who(rec);
	if (record_check(rec) != 0)
		return LEDGER_RECORD;
	(void)fflush(NULL);
	child = fork();
	if (child == 0)
		_exit((int)write_as_keeper(rec, mark, value, verifier.host));
	return wait_for(child);
}

int
ctl_record_ready(void)
{
	struct note_verifier verifier;
	enum ledger_err e = LEDGER_IO;
	pid_t child;

	if (geteuid() == 0 &&
	    note_verifier_load(PUBLIC_KEY, 0, &verifier) == 0) {
		(void)fflush(NULL);
		child = fork();
		if (child == 0)
			_exit((int)look_as_keeper(verifier.host));
		e = wait_for(child);
	}
	if (e == LEDGER_OK)
		return REASON_DONE;
	return ctl_fail(REASON_NO_RECORD,
	    "the ledger would not take the record (%s): nothing was changed",
	    ledger_word(e));
}

enum ledger_err
ctl_rotate(uint64_t *ret_first)
{
	uint64_t *first = askeeper_share(sizeof(*first));
	struct note_verifier verifier;
	enum ledger_err e;
	pid_t child;

	if (first == NULL || geteuid() != 0 ||
	    note_verifier_load(PUBLIC_KEY, 0, &verifier) != 0)
		return LEDGER_IO;
	(void)fflush(NULL);
	child = fork();
	if (child == 0)
		_exit((int)rotate_as_keeper(verifier.host, first));
	e = wait_for(child);
	if (e == LEDGER_OK)
		*ret_first = *first;
	return e;
}

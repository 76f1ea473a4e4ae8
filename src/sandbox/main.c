/* SPDX-License-Identifier: ISC */
/*
 * warder-sandbox: a stand-in for Yunxiao Flow on loopback, for trying warder
 * out and for tests. It holds nothing of a real installation and binds no
 * address but 127.0.0.1.
 */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <gnutls/gnutls.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sandbox/control.h"
#include "sandbox/https.h"
#include "sandbox/scenario.h"

#define STEP_DEFAULT_MS 500
#define SCENARIO_MAX (16 * 1024 * 1024)

struct options {
	uint16_t port, control_port;
	const char *state_dir, *scenario;
	int64_t step_ms;
	struct crowd crowd;
};

struct rundir {
	struct text path, ca, journal;
	bool is_ours; /* made here, so removed at the end */
};

static void
usage(FILE *to)
{
	fputs("usage: warder-sandbox [--port N] [--control-port N]\n"
	      "           [--state-dir DIR] [--scenario FILE] [--step-ms N]\n"
	      "           [--pipelines N [--waiting N] [--running N]]\n"
	      "       warder-sandbox --print-scenario | --help | --version\n"
	      "Listens on 127.0.0.1 only; port 0, the default, is any free "
	      "one.\n",
	    to);
}

static int
fail(const char *what, const char *why)
{
	fprintf(stderr, "warder-sandbox: %s: %s\n", what, why);
	return 1;
}

static char *
builtin_text(void)
{
	struct text t = { 0 };
	size_t i;

	for (i = 0; scenario_builtin[i] != NULL; i++) {
		text_add(&t, scenario_builtin[i]);
		text_add(&t, "\n");
	}
	return t.s;
}

static int
print_scenario(void)
{
	char *text = builtin_text();
	cJSON *tree = cJSON_Parse(text);
	char *pretty = cJSON_Print(tree);

	free(text);
	cJSON_Delete(tree);
	if (pretty == NULL || puts(pretty) == EOF || fflush(stdout) != 0)
		return fail("scenario", "cannot be printed");
	cJSON_free(pretty);
	return 0;
}

/* Decimal from 0 to max; -1: it is not. */
static int64_t
number(const char *s, int64_t max)
{
	char *end;
	long long v;

	if (s[0] < '0' || s[0] > '9')
		return -1;
	errno = 0;
	v = strtoll(s, &end, 10);
	return errno != 0 || *end != '\0' || v > max ? -1 : (int64_t)v;
}

static int
take_number(const char *name, int64_t max, int64_t *ret)
{
	int64_t v = number(optarg, max);

	if (v < 0) {
		fprintf(stderr, "warder-sandbox: %s: not a number in range\n",
		    name);
		return -1;
	}
	*ret = v;
	return 0;
}

static int
take_crowd(const char *name, size_t *ret)
{
	int64_t v = 0;
	int r = take_number(name, CROWD_MAX, &v);

	*ret = (size_t)v;
	return r;
}

/* 0: go on; 1: done; -1: wrong. */
static int
take_option(int c, struct options *o)
{
	int64_t v = 0;
	int r = 0;

	switch (c) {
	case 'p':
		r = take_number("--port", 65535, &v);
		o->port = (uint16_t)v;
		return r;
	case 'c':
		r = take_number("--control-port", 65535, &v);
		o->control_port = (uint16_t)v;
		return r;
	case 'd':
		o->state_dir = optarg;
		return 0;
	case 'f':
		o->scenario = optarg;
		return 0;
	case 's':
		return take_number("--step-ms", 3600000, &o->step_ms);
	case 'n':
		return take_crowd("--pipelines", &o->crowd.n);
	case 'w':
		return take_crowd("--waiting", &o->crowd.waiting);
	case 'r':
		return take_crowd("--running", &o->crowd.running);
	case 'P':
		return print_scenario() == 0 ? 1 : -1;
	case 'h':
		usage(stdout);
		return 1;
	case 'V':
		puts("warder-sandbox " PACKAGE_VERSION);
		return 1;
	default:
		usage(stderr);
		return -1;
	}
}

static int
read_options(int argc, char **argv, struct options *o)
{
	static const struct option known[] = {
		{ "port", required_argument, NULL, 'p' },
		{ "control-port", required_argument, NULL, 'c' },
		{ "state-dir", required_argument, NULL, 'd' },
		{ "scenario", required_argument, NULL, 'f' },
		{ "step-ms", required_argument, NULL, 's' },
		{ "pipelines", required_argument, NULL, 'n' },
		{ "waiting", required_argument, NULL, 'w' },
		{ "running", required_argument, NULL, 'r' },
		{ "print-scenario", no_argument, NULL, 'P' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	int c, r;

	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1)
		if ((r = take_option(c, o)) != 0)
			return r;
	if (optind < argc || o->crowd.waiting + o->crowd.running > o->crowd.n) {
		usage(stderr);
		return -1;
	}
	return 0;
}

static char *
read_file(const char *path)
{
	struct text t = { 0 };
	char piece[4096];
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return NULL;
	text_add(&t, "");
	while (
	    (n = read(fd, piece, sizeof(piece))) > 0 && t.len <= SCENARIO_MAX)
		text_add_bytes(&t, piece, (size_t)n);
	close(fd);
	if (n != 0) {
		text_free(&t);
		return NULL;
	}
	return t.s;
}

static int
make_rundir(const char *given, struct rundir *d)
{
	const char *tmp = getenv("TMPDIR");

	if (given != NULL) {
		text_add(&d->path, given);
		if (mkdir(given, 0755) != 0 && errno != EEXIST)
			return fail(given, strerror(errno));
	} else {
		text_printf(&d->path, "%s/warder-sandbox.XXXXXX",
		    tmp != NULL && tmp[0] == '/' ? tmp : "/tmp");
		if (mkdtemp(d->path.s) == NULL)
			return fail(d->path.s, strerror(errno));
		d->is_ours = true;
		/* Others must be able to read the authority's certificate. */
		if (chmod(d->path.s, 0755) != 0)
			return fail(d->path.s, strerror(errno));
	}
	text_printf(&d->ca, "%s/ca.pem", d->path.s);
	text_printf(&d->journal, "%s/journal.jsonl", d->path.s);
	return 0;
}

static void
end_rundir(struct rundir *d)
{
	if (d->is_ours) {
		unlink(d->ca.s);
		unlink(d->journal.s);
		rmdir(d->path.s);
	}
	text_free(&d->path);
	text_free(&d->ca);
	text_free(&d->journal);
}

static int
write_file(const char *path, const char *content)
{
	size_t len = strlen(content);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	bool good;

	if (fd < 0)
		return fail(path, strerror(errno));
	good = write(fd, content, len) == (ssize_t)len;
	if (close(fd) != 0 || !good)
		return fail(path, "cannot be written");
	return 0;
}

static void
wait_for_signal(void)
{
	sigset_t set;
	int sig;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigwait(&set, &sig);
}

static void
stop(struct sandbox *s)
{
	pthread_mutex_lock(&s->lock);
	s->is_stopping = true;
	pthread_cond_broadcast(&s->stop_changed);
	pthread_mutex_unlock(&s->lock);
}

static int
run(struct sandbox *s, const struct options *o, const struct rundir *d,
    const struct cert *cert)
{
	struct MHD_Daemon *https = https_start(s, o->port, cert);
	struct MHD_Daemon *control = control_start(s, o->control_port);
	int r = 0;

	if (https == NULL || control == NULL)
		r = fail("listen", "a port cannot be had");
	else {
		pthread_mutex_lock(&s->lock);
		s->https_port = https_port(https);
		pthread_mutex_unlock(&s->lock);
		printf("https=" SANDBOX_HOST ":%u control=" SANDBOX_HOST
		       ":%u ca=%s\n",
		    s->https_port, https_port(control), d->ca.s);
		if (fflush(stdout) != 0)
			r = fail("stdout", strerror(errno));
		else
			wait_for_signal();
	}
	stop(s);
	if (https != NULL)
		MHD_stop_daemon(https);
	if (control != NULL)
		MHD_stop_daemon(control);
	return r;
}

/* Before any thread is there, so that all of them inherit the mask. */
static void
block_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

/* Where the region edition of an organization is served. */
static void
list_hosts(const struct sandbox *s, const char *hosts[CERT_HOSTS_MAX])
{
	const cJSON *o;
	int n = 0;

	cJSON_ArrayForEach(o, get(s->world.root, "organizations"))
	{
		if (n < CERT_HOSTS_MAX && get_text(o, "host")[0] != '\0')
			hosts[n++] = get_text(o, "host");
	}
}

static int
prepare(struct sandbox *s, const struct options *o, const struct rundir *d,
    struct cert *cert)
{
	const char *hosts[CERT_HOSTS_MAX] = { NULL };
	struct text why = { 0 };
	int r;

	s->step_ms = o->step_ms;
	s->crowd = o->crowd;
	s->scenario =
	    o->scenario != NULL ? read_file(o->scenario) : builtin_text();
	if (s->scenario == NULL)
		return fail(o->scenario, "cannot be read");
	if (sandbox_reset(s, &why) != 0) {
		r = fail(o->scenario != NULL ? o->scenario : "scenario", why.s);
		text_free(&why);
		return r;
	}
	text_free(&why);
	list_hosts(s, hosts);
	if (cert_make(cert, hosts) != 0)
		return fail("certificate", "GnuTLS cannot make one");
	if (write_file(d->ca.s, cert->ca_pem) != 0)
		return 1;
	s->journal_fd = open(d->journal.s,
	    O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
	if (s->journal_fd < 0)
		return fail(d->journal.s, strerror(errno));
	return 0;
}

int
main(int argc, char **argv)
{
	struct sandbox s = { .journal_fd = -1 };
	struct options o = { .step_ms = STEP_DEFAULT_MS };
	struct rundir d = { 0 };
	struct cert cert = { 0 };
	int r = read_options(argc, argv, &o);

	if (r != 0)
		return r > 0 ? 0 : 2;
	block_signals();
	pthread_mutex_init(&s.lock, NULL);
	pthread_cond_init(&s.stop_changed, NULL);
	r = make_rundir(o.state_dir, &d);
	if (r == 0 && (r = prepare(&s, &o, &d, &cert)) == 0)
		r = run(&s, &o, &d, &cert);
	if (s.journal_fd >= 0)
		close(s.journal_fd);
	end_rundir(&d);
	cert_free(&cert);
	sandbox_free(&s);
	return r;
}

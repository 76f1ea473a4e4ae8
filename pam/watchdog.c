/* SPDX-License-Identifier: ISC */
/*
 * A timer of our own on a signal of our own: modules use alarm(2) and
 * SIGALRM as they like. The handler may only do what is safe in a handler,
 * so the frame it sends is written beforehand.
 */
#include "config.h"

#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "pam/watchdog.h"

#define GRACE_MS 1000

static struct {
	timer_t timer;
	int sock;
	uint8_t frame[FRAME_HEAD + 1024];
	size_t len;
} watchdog;

static void
on_time(int number)
{
	(void)number;
	(void)!send(watchdog.sock, watchdog.frame, watchdog.len,
	    MSG_DONTWAIT | MSG_NOSIGNAL);
	_exit(0);
}

static int
write_frame(const struct proof_verdict *verdict)
{
	struct wbuf out = wbuf_of(watchdog.frame, sizeof(watchdog.frame));
	struct proof_verdict late = *verdict;
	int r;

	late.authn = 0;
	if ((r = text_copy(late.word, sizeof(late.word), "timeout")) != 0)
		return r;
	put_u32(&out, PROOF_VERDICT);
	put_u32(&out, 1);
	proof_verdict_put(&out, &late);
	watchdog.len = out.len;
	return wbuf_end(&out);
}

int
watchdog_start(int sock, uint32_t limit_ms, const struct proof_verdict *verdict)
{
	struct sigaction action = { .sa_handler = on_time };
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL,
		.sigev_signo = SIGRTMAX };
	const uint32_t ms = limit_ms + GRACE_MS;
	const struct itimerspec when = { .it_value = { .tv_sec = ms / 1000,
		                             .tv_nsec =
		                                 ms % 1000 * 1000000L } };
	sigset_t only;
	int r;

	if ((r = write_frame(verdict)) != 0)
		return r;
	watchdog.sock = sock;
	(void)sigemptyset(&only);
	(void)sigaddset(&only, SIGRTMAX);
	if (sigaction(SIGRTMAX, &action, NULL) != 0 ||
	    sigprocmask(SIG_UNBLOCK, &only, NULL) != 0 ||
	    timer_create(CLOCK_BOOTTIME, &event, &watchdog.timer) != 0 ||
	    timer_settime(watchdog.timer, 0, &when, NULL) != 0)
		return WARDER_ESYS;
	return WARDER_OK;
}

void
watchdog_stop(void)
{
	(void)timer_delete(watchdog.timer);
}

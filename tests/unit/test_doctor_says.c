/* SPDX-License-Identifier: ISC */
/* What doctor says of files, names, keys and sockets, and how it looks. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "ctl/doctor.h"
#include "ctl/key.h"
#include "doctor_folder.h"
#include "ledger/files.h"
#include "policy/check.h"
#include "wire/peer.h"

/* A socket that is held open by systemd, for a service that cannot start. */
static void
a_socket_that_nobody_serves_does_not_answer(void **state)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0), held[4];
	int64_t since = clock_boot_ms();
	pid_t child;

	(void)state;
	(void)snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", at("sock"));
	assert_int_equal(peer_is_served(at("sock"), 200), WARDER_ESYS);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(
	    bind(sock, (const struct sockaddr *)&sun, sizeof(sun)), 0);
	assert_int_equal(peer_is_served(at("sock"), 200), WARDER_ESYS);
	assert_int_equal(errno, ECONNREFUSED);
	assert_int_equal(listen(sock, 8), 0);
	assert_int_equal(peer_is_served(at("sock"), 200), WARDER_ETIME);
	/* A full queue: connect() itself would wait. */
	assert_int_equal(listen(sock, 0), 0);
	for (size_t i = 0; i < 4; i++)
		if (peer_connect_within(at("sock"), 100, &held[i]) != 0)
			held[i] = -1;
	assert_int_equal(peer_is_served(at("sock"), 200), WARDER_ESYS);
	assert_int_equal(errno, EAGAIN);
	assert_true(clock_boot_ms() - since < 4000);
	assert_int_equal(listen(sock, 8), 0);
	if ((child = fork()) == 0)
		for (;;)
			(void)close(accept(sock, NULL, NULL));
	assert_int_equal(peer_is_served(at("sock"), 5000), 0);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	for (size_t i = 0; i < 4; i++)
		if (held[i] >= 0)
			(void)close(held[i]);
	(void)close(sock);
	drop("sock");
}

/* What it says of a file of ours that is held against `rule`. */
static const char *
said_of(const char *name, struct doctor_file rule)
{
	const struct doctor_owner owner = { geteuid(), "somebody", 0 };

	rule.path = at(name);
	findings_forget();
	doctor_file(&rule, &owner);
	return finding_text(0) == NULL ? "" : finding_text(0);
}

static void
a_file_that_its_readers_cannot_read_is_found(void **state)
{
	const struct doctor_file open = {
		.mode = 0644, .forbidden = 0022, .needed = 0004
	};

	(void)state;
	put("file", "x");
	assert_string_equal(said_of("file", open), at("file"));
	assert_int_equal(findings_count(FINDING_OK), 1);
	assert_int_equal(chmod(at("file"), 0600), 0);
	assert_non_null(strstr(said_of("file", open), "then: chmod 0644 /"));
	assert_int_equal(findings_count(FINDING_BAD), 1);
	drop("file");
}

/* Below a folder of the keeper, who could put a link there meanwhile. */
static void
a_repair_follows_no_link(void **state)
{
	const struct doctor_file inside = {
		.mode = 0600, .forbidden = 0177, .is_inside = true
	};
	const struct doctor_owner other = { geteuid() + 1, "somebody", 0 };
	struct doctor_file rule = inside;

	(void)state;
	assert_int_equal(mkdir(at("d"), 0700), 0);
	put("d/file", "x");
	rule.path = at("d/file");
	findings_forget();
	doctor_file(&rule, &other);
	assert_non_null(
	    strstr(finding_text(0), "chown -h somebody:somebody /"));
	assert_non_null(
	    strstr(finding_text(0), " && runuser -u somebody -- chmod 0600 /"));
	/* What lies behind a link is not that file, and has no repair. */
	assert_int_equal(symlink("d", at("link")), 0);
	assert_string_equal(said_of("link/file", inside), "");
	assert_int_equal(symlink("file", at("d/soft")), 0);
	assert_non_null(strstr(said_of("d/soft", inside), "no plain file"));
	drop("d/soft");
	drop("link");
	drop("d/file");
	drop("d");
}

static void
a_file_with_a_second_name_is_found(void **state)
{
	const struct doctor_owner owner = { geteuid(), "somebody", 0 };
	struct doctor_file rule = { .mode = 0600, .forbidden = 0177 };

	(void)state;
	put("file", "x");
	assert_int_equal(chmod(at("file"), 0600), 0);
	rule.path = at("file");
	findings_forget();
	doctor_file(&rule, &owner);
	expect_found(1, 0, 0);
	assert_int_equal(link(at("file"), at("other")), 0);
	doctor_file(&rule, &owner);
	expect_found(1, 0, 1);
	assert_non_null(strstr(finding_text(1), "second name"));
	drop("other");
	drop("file");
}

static void
a_closed_ledger_that_others_may_change_is_found(void **state)
{
	struct ledger_closed closed = { .first = { 1, 9 }, .n = 2 };
	int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	put("ledger.1.jsonl", "x");
	put("ledger.9.jsonl", "x");
	assert_int_equal(chmod(at("ledger.1.jsonl"), 0640), 0);
	assert_int_equal(chmod(at("ledger.9.jsonl"), 0640), 0);
	findings_forget();
	doctor_closed(dir, folder, &closed);
	expect_found(1, 0, 0);
	assert_int_equal(chmod(at("ledger.9.jsonl"), 0660), 0);
	findings_forget();
	doctor_closed(dir, folder, &closed);
	expect_found(0, 0, 1);
	drop("ledger.1.jsonl");
	assert_int_equal(symlink("ledger.9.jsonl", at("ledger.1.jsonl")), 0);
	findings_forget();
	doctor_closed(dir, folder, &closed);
	expect_found(0, 0, 2);
	drop("ledger.1.jsonl");
	drop("ledger.9.jsonl");
	(void)close(dir);
}

/* Nobody is told to make /tmp root's alone. */
static void
the_first_place_that_others_may_change_is_found(void **state)
{
	char loose[PATH_MAX];

	(void)state;
	put("ca.pem", "x");
	assert_true(doctor_first_loose(at("ca.pem"), loose));
	assert_string_equal(loose, "/tmp");
	drop("ca.pem");
	assert_false(doctor_first_loose("/", loose));
	assert_false(doctor_first_loose("/etc/passwd", loose));
	assert_false(doctor_first_loose("/etc//passwd/", loose));
	assert_false(doctor_first_loose("/etc/no/such", loose));
	assert_true(doctor_is_plain("/etc/ssl/ca-1.pem"));
	assert_false(doctor_is_plain("/etc/ssl/a b"));
	assert_false(doctor_is_plain("$(id)"));
	assert_false(doctor_is_plain("-rf"));
	assert_false(doctor_is_plain(""));
}

static const char *
said_of_missing(const char *code, const char *text)
{
	struct check_finding found = {
		.file = "policy", .line = 7, .local_code = code
	};

	(void)snprintf(found.text, sizeof(found.text), "%s", text);
	findings_forget();
	doctor_missing(&found);
	return finding_text(0);
}

/* `domain users` is not `users`, and a name of a directory is not made here. */
static void
a_name_that_is_not_local_is_not_made(void **state)
{
	static const char *const foreign[] = { "domain users", "DOM\\ops",
		"ops@example.com", "1000", "x;reboot" };
	char text[96];
	const char *said;

	(void)state;
	said = said_of_missing("unknown_group", "there is no group developers");
	assert_non_null(strstr(said, "make it: groupadd developers, or"));
	assert_non_null(strstr(said, "getent group developers"));
	assert_int_equal(findings_count(FINDING_BAD), 1);
	said = said_of_missing("unknown_user", "there is no user lin");
	assert_non_null(strstr(said, "make it: useradd lin, or"));
	assert_int_equal(findings_count(FINDING_WARN), 1);
	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++) {
		(void)snprintf(
		    text, sizeof(text), "there is no group %s", foreign[i]);
		said = said_of_missing("unknown_group", text);
		assert_null(strstr(said, "groupadd"));
		assert_non_null(strstr(said, "directory service"));
	}
	said = said_of_missing("unknown_user", "no user has the uid 5000");
	assert_null(strstr(said, "useradd"));
	assert_null(strstr(said, "name service"));
	said = said_of_missing(
	    "unknown_group", "group:ops cannot be looked up now");
	assert_non_null(strstr(said, "name service answers: getent group"));
}

static const char *
said_of_key(const struct key_row *row)
{
	struct conf conf;

	conf_defaults(&conf);
	findings_forget();
	doctor_key(&conf, row, 0);
	return finding_text(0);
}

/* The host's own key is not sealed by `key seal`. */
static void
each_key_has_its_own_repair(void **state)
{
	struct key_row row = { .e = SEAL_KEY_EXPIRED, .kind = SEAL_ACCESS_KEY };

	(void)state;
	assert_non_null(strstr(said_of_key(&row), "warderctl key seal ORG"));
	(void)snprintf(
	    row.organization, sizeof(row.organization), "%s", "0123abcd");
	assert_non_null(
	    strstr(said_of_key(&row), "warderctl key seal 0123abcd"));
	row.kind = SEAL_HOST;
	assert_null(strstr(said_of_key(&row), "key seal"));
	assert_non_null(strstr(said_of_key(&row), "backup"));
}

static void
a_configuration_that_does_not_read_is_no_missing_key(void **state)
{
	struct conf conf;

	(void)state;
	conf_defaults(&conf);
	assert_false(doctor_has_conf(&conf));
	findings_forget();
	doctor_keys(&conf);
	expect_found(0, 0, 1);
	assert_null(strstr(finding_text(0), "warderctl init"));
}

static const struct doctor_look look = { "test", "something", "wait" };

static void
find_one(void *ctx)
{
	finding_add(FINDING_OK, "test", "%s", (const char *)ctx);
}

static void
hang(void *ctx)
{
	find_one(ctx);
	for (;;)
		(void)pause();
}

static void
end_badly(void *ctx)
{
	(void)ctx;
	_exit(3);
}

static void
a_look_that_does_not_end_is_not_ok(void **state)
{
	static char words[] = "found";
	int64_t since = clock_boot_ms();

	(void)state;
	findings_forget();
	doctor_within(5000, &look, find_one, words);
	expect_found(1, 0, 0);
	assert_string_equal(finding_text(0), "found");
	doctor_within(200, &look, hang, words);
	expect_found(2, 0, 1);
	assert_non_null(strstr(finding_text(2), "no answer in time; wait"));
	assert_true(clock_boot_ms() - since < 4000);
	doctor_within(5000, &look, end_badly, words);
	expect_found(2, 0, 2);
}

static void
a_document_says_where_doctor_could_not_look(void **state)
{
	char *text;

	(void)state;
	findings_forget();
	finding_add(FINDING_BAD, "policy", "x");
	finding_place("/p", 7);
	assert_non_null(text = findings_document());
	assert_non_null(strstr(text, "\"complete\":true,\"errors\":[]"));
	assert_non_null(strstr(text, "\"file\":\"/p\",\"line\":7"));
	free(text);
	finding_unseen(FINDING_BAD, "server", "nobody asked");
	assert_non_null(text = findings_document());
	assert_non_null(
	    strstr(text, "\"complete\":false,\"errors\":[{\"topic\":\"server\","
	                 "\"text\":\"nobody asked\"}]"));
	free(text);
}

static void
a_repair_that_is_cut_says_so(void **state)
{
	char name[1800];

	(void)state;
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	findings_forget();
	finding_add(FINDING_BAD, "x", "chown root:root %s && true", name);
	assert_non_null(strstr(finding_text(0), "a && true"));
	finding_add(FINDING_BAD, "x", "chown root:root %s%s", name, name);
	assert_non_null(strstr(finding_text(1), "too long"));
	finding_add(FINDING_BAD, "x", "a\033[2Jb");
	assert_null(strchr(finding_text(2), '\033'));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_socket_that_nobody_serves_does_not_answer),
		cmocka_unit_test(a_file_that_its_readers_cannot_read_is_found),
		cmocka_unit_test(a_repair_follows_no_link),
		cmocka_unit_test(a_file_with_a_second_name_is_found),
		cmocka_unit_test(
		    a_closed_ledger_that_others_may_change_is_found),
		cmocka_unit_test(
		    the_first_place_that_others_may_change_is_found),
		cmocka_unit_test(a_name_that_is_not_local_is_not_made),
		cmocka_unit_test(each_key_has_its_own_repair),
		cmocka_unit_test(
		    a_configuration_that_does_not_read_is_no_missing_key),
		cmocka_unit_test(a_look_that_does_not_end_is_not_ok),
		cmocka_unit_test(a_document_says_where_doctor_could_not_look),
		cmocka_unit_test(a_repair_that_is_cut_says_so),
	};

	return cmocka_run_group_tests(
	    tests, doctor_folder_make, doctor_folder_drop);
}

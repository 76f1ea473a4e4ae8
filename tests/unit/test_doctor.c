/* SPDX-License-Identifier: ISC */
/* What doctor makes of mounts, units, disks, processes and certificates. */
#include "config.h"

#include <errno.h>
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
#include <sys/statvfs.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/fd.h"
#include "ctl/doctor.h"
#include "ctl/key.h"
#include "policy/check.h"
#include "wire/peer.h"

static FILE *
file_of(const char *text)
{
	FILE *file = fmemopen((void *)(uintptr_t)text, strlen(text), "r");

	assert_non_null(file);
	return file;
}

static const char *
mount_of(const char *table, const char *path)
{
	static char dir[PATH_MAX], how[512];
	FILE *file = file_of(table);
	bool is_found = doctor_mount_of(file, path, dir, how);

	(void)fclose(file);
	return is_found ? dir : NULL;
}

static void
the_longest_mount_and_of_two_the_later_counts(void **state)
{
	static const char table[] = "a / ext4 rw 0 0\n"
	                            "b /var ext4 rw 0 0\n"
	                            "c /var/log ext4 rw 0 0\n"
	                            "d /var/lo ext4 rw 0 0\n"
	                            "e /var/log ext4 ro 0 0\n";
	char dir[PATH_MAX], how[512];
	FILE *file = file_of(table);

	(void)state;
	assert_true(doctor_mount_of(file, "/var/log/warder", dir, how));
	(void)fclose(file);
	assert_string_equal(dir, "/var/log");
	assert_string_equal(how, "ro");
	assert_string_equal(mount_of(table, "/var/log"), "/var/log");
	assert_string_equal(mount_of(table, "/var/logs"), "/var");
	assert_string_equal(mount_of(table, "/srv"), "/");
	assert_null(mount_of("b /var ext4 rw 0 0\n", "/srv"));
}

static void
a_proc_that_hides_is_found_with_its_group(void **state)
{
	gid_t gid = 7;

	(void)state;
	assert_false(doctor_hides_processes("rw,nosuid", &gid));
	assert_false(doctor_hides_processes("rw,hidepid=0,gid=5", &gid));
	assert_false(doctor_hides_processes("rw,hidepid=off", &gid));
	assert_true(doctor_hides_processes("rw,hidepid=2", &gid));
	assert_int_equal(gid, 0);
	assert_true(doctor_hides_processes("gid=2120,hidepid=invisible", &gid));
	assert_int_equal(gid, 2120);
	assert_true(doctor_hides_processes("hidepid=ptraceable,gid=x", &gid));
	assert_int_equal(gid, 0);
}

static bool
has_group(const char *status, uid_t uid, gid_t gid)
{
	FILE *file = file_of(status);
	bool is_in = doctor_status_has_group(file, uid, gid);

	(void)fclose(file);
	return is_in;
}

static void
the_groups_of_a_process_are_read(void **state)
{
	static const char status[] = "Name:\twarder-keeper\n"
	                             "Uid:\t962\t962\t962\t962\n"
	                             "Gid:\t4\t4\t4\t4\n"
	                             "Groups:\t10 2120 \n"
	                             "NStgid:\t77\n";

	(void)state;
	assert_true(has_group(status, 962, 2120));
	assert_true(has_group(status, 962, 4));
	assert_false(has_group(status, 962, 77));
	assert_false(has_group(status, 962, 212));
	assert_false(has_group(status, 963, 2120));
	assert_false(has_group("Groups:\t4\n", 0, 4));
}

static bool
is_of_unit(const char *cgroup)
{
	FILE *file = file_of(cgroup);
	bool is_unit = doctor_is_of_unit(file);

	(void)fclose(file);
	return is_unit;
}

/* On one host with systemd: its units tell nothing of runit's keeper. */
static void
a_keeper_of_runit_is_told_from_one_of_its_unit(void **state)
{
	(void)state;
	assert_true(is_of_unit("0::/system.slice/warder-keeper.service\n"));
	assert_true(is_of_unit("2:cpu:/\n"
	                       "1:name=systemd:/system.slice/"
	                       "warder-keeper.service\n"));
	assert_false(is_of_unit("0::/system.slice/runit.service\n"));
	assert_false(is_of_unit("0::/user.slice/x-warder-keeper.service\n"));
	assert_false(is_of_unit("0::/\n"));
}

static bool
hands_over(const char *unit)
{
	FILE *file = file_of(unit);
	bool is_found = doctor_hands_over(file, "warder.rootkey");

	(void)fclose(file);
	return is_found;
}

static void
a_unit_without_the_master_key_is_found(void **state)
{
	(void)state;
	assert_true(
	    hands_over("[Service]\nLoadCredential=warder.rootkey:/k\n"));
	assert_true(hands_over("LoadCredentialEncrypted= warder.rootkey:/k"));
	assert_false(hands_over("# LoadCredential=warder.rootkey:/k\n"));
	assert_false(hands_over("LoadCredential=warder.rootkeys:/k\n"));
	assert_false(hands_over("LoadCredential=warder.master:/k\n"));
	assert_false(hands_over("LoadCredential=warder.rootkey:/k\n"
	                        "LoadCredential=\n"));
	assert_false(hands_over("[Service]\n"));
}

static void
a_disk_without_room_for_a_decision_is_found(void **state)
{
	struct statvfs disk = { .f_frsize = 1024,
		.f_bavail = 1u << 20,
		.f_bfree = 1u << 20,
		.f_files = 100,
		.f_favail = 10 };

	(void)state;
	assert_int_equal(doctor_room_of(&disk), DOCTOR_ROOM_FINE);
	disk.f_bavail = 1024;
	assert_int_equal(doctor_room_of(&disk), DOCTOR_ROOM_SHORT);
	/* What is left for root is not for the keeper. */
	disk.f_bavail = 71;
	assert_int_equal(doctor_room_of(&disk), DOCTOR_ROOM_NONE);
	disk.f_bavail = 1u << 20;
	disk.f_favail = 0;
	assert_int_equal(doctor_room_of(&disk), DOCTOR_ROOM_NONE);
	disk.f_files = 0;
	assert_int_equal(doctor_room_of(&disk), DOCTOR_ROOM_FINE);
	disk.f_flag = ST_RDONLY;
	assert_int_equal(doctor_room_of(&disk), DOCTOR_ROOM_CLOSED);
}

static void
certificates_are_counted_whole(void **state)
{
	static const char one[] = "-----BEGIN CERTIFICATE-----\nAA==\n"
	                          "-----END CERTIFICATE-----\n";
	char two[512];

	(void)state;
	(void)snprintf(two, sizeof(two), "# CA\n%s%s", one, one);
	assert_int_equal(doctor_certificates(""), 0);
	assert_int_equal(doctor_certificates(one), 1);
	assert_int_equal(doctor_certificates(two), 2);
	assert_int_equal(doctor_certificates("-----BEGIN CERTIFICATE-----"), 0);
	assert_int_equal(doctor_certificates("-----BEGIN PRIVATE KEY-----\n"
	                                     "-----END CERTIFICATE-----\n"),
	    0);
}

static void
a_socket_that_nobody_reads_is_found(void **state)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	char long_path[200];
	int sock = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)state;
	assert_true(sock >= 0);
	(void)snprintf(at.sun_path, sizeof(at.sun_path),
	    "/tmp/warder-doctor-%ld", (long)getpid());
	assert_int_equal(doctor_try_syslog(at.sun_path), ENOENT);
	assert_int_equal(
	    bind(sock, (const struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(doctor_try_syslog(at.sun_path), 0);
	(void)close(sock);
	assert_int_equal(doctor_try_syslog(at.sun_path), ECONNREFUSED);
	assert_int_equal(unlink(at.sun_path), 0);
	memset(long_path, 'a', sizeof(long_path) - 1);
	long_path[sizeof(long_path) - 1] = '\0';
	assert_int_equal(doctor_try_syslog(long_path), ENAMETOOLONG);
}

static void
every_end_of_a_call_has_a_repair(void **state)
{
	(void)state;
	for (int exit = 1; exit <= REASON_DOCTOR_BAD; exit++)
		assert_true(
		    strlen(doctor_server_repair((enum reason)exit)) > 20);
	assert_non_null(
	    strstr(doctor_server_repair(REASON_UNREACHABLE), "ca_file"));
	assert_non_null(
	    strstr(doctor_server_repair(REASON_SERVER_REFUSED), "key check"));
}

static char folder[64];

/* FOLDER/name; the last few that were asked for stay. */
static const char *
at(const char *name)
{
	static char paths[8][128];
	static size_t next;
	char *path = paths[next++ % 8];

	(void)snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

static void
put(const char *name, const char *text)
{
	FILE *file = fopen(at(name), "we");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(at(name), 0644), 0);
}

static void
drop(const char *name)
{
	assert_int_equal(remove(at(name)), 0);
}

static int
make_folder(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/warder-doctor-XXXXXX");
	return mkdtemp(folder) == NULL ? -1 : 0;
}

static int
drop_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

static void
expect_found(size_t ok, size_t warn, size_t bad)
{
	for (size_t i = 0; finding_text(i) != NULL; i++)
		print_message("%s\n", finding_text(i));
	assert_int_equal(findings_count(FINDING_OK), ok);
	assert_int_equal(findings_count(FINDING_WARN), warn);
	assert_int_equal(findings_count(FINDING_BAD), bad);
}

static void
expect_rotation(size_t ok, size_t warn, size_t bad)
{
	findings_forget();
	doctor_rotation(at("conf"), at("d"));
	expect_found(ok, warn, bad);
}

#define ROTATES WARDER_LOGDIR "/*.jsonl {\n weekly\n}\n"

static void
a_logrotate_that_cannot_be_read_is_not_ok(void **state)
{
	(void)state;
	expect_rotation(1, 0, 0); /* none is installed */
	assert_int_equal(mkdir(at("conf"), 0700), 0);
	expect_rotation(0, 1, 0);
	drop("conf");
	put("d", "no folder\n");
	expect_rotation(0, 1, 0);
	drop("d");
	assert_int_equal(mkdir(at("d"), 0700), 0);
	assert_int_equal(mkfifo(at("d/fifo"), 0600), 0);
	expect_rotation(0, 1, 0); /* and comes back from it */
	drop("d/fifo");
	put("d/large", "");
	assert_int_equal(truncate(at("d/large"), 2 << 20), 0);
	expect_rotation(0, 1, 0);
	drop("d/large");
	drop("d");
}

static void
what_logrotate_includes_is_read_and_what_it_leaves_out_is_not(void **state)
{
	char text[256];

	(void)state;
	assert_int_equal(mkdir(at("d"), 0700), 0);
	assert_int_equal(mkdir(at("more"), 0700), 0);
	put("d/old.dpkg-old", ROTATES);
	put("d/old~", ROTATES);
	put("d/.hidden", ROTATES);
	expect_rotation(1, 0, 0);
	put("d/new", ROTATES);
	expect_rotation(0, 0, 1);
	drop("d/new");
	put("more/one", ROTATES);
	(void)snprintf(text, sizeof(text), "weekly\ninclude %s\n", at("more"));
	put("conf", text);
	expect_rotation(0, 0, 1);
	drop("more/one");
	/* One that includes itself has an end all the same. */
	(void)snprintf(text, sizeof(text), "include %s\n", at("conf"));
	put("conf", text);
	expect_rotation(0, 1, 0);
	drop("conf");
	drop("d/old.dpkg-old");
	drop("d/old~");
	drop("d/.hidden");
	drop("d");
	drop("more");
}

static struct pam_facts
facts_of(const char *text)
{
	struct pam_facts facts;

	put("service", text);
	pam_service_look(folder, "service", &facts);
	drop("service");
	return facts;
}

/* As libpam puts lines together: each of these lets everybody in. */
static void
a_way_in_is_found_however_it_is_written(void **state)
{
	static const char *const open[] = {
		"auth sufficient \\\n pam_permit.so\nauth required "
		"pam_unix.so\n",
		"AUTH SUFFICIENT pam_permit.so\nauth required pam_unix.so\n",
		"auth [ success = done default=bad ] pam_permit.so\n"
		"auth required pam_unix.so\n",
		"auth [default=done] pam_permit.so\nauth required "
		"pam_unix.so\n",
		"auth [default=1] pam_permit.so\nauth required pam_unix.so\n",
		/* The end forgets a failure. */
		"auth sufficient pam_unix.so\nauth required pam_nologin.so\n",
		"auth requisite pam_faillock.so preauth\n"
		"auth sufficient pam_unix.so\nauth required pam_permit.so\n",
	};
	static const char *const shut[] = {
		"auth [success=1 default=ignore] pam_unix.so\n"
		"auth [default=die] pam_faillock.so authfail\n"
		"auth required pam_permit.so\n",
		"auth [success=done] pam_unix.so\nauth required "
		"pam_permit.so\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(open) / sizeof(open[0]); i++)
		if (facts_of(open[i]).way_in[0] == '\0')
			fail_msg("a way in: %s", open[i]);
	for (size_t i = 0; i < sizeof(shut) / sizeof(shut[0]); i++)
		if (facts_of(shut[i]).way_in[0] != '\0')
			fail_msg("no way in: %s", shut[i]);
}

static void
a_module_that_proves_nothing_does_not_ask(void **state)
{
	static const char *const idle[] = {
		"auth required pam_faillock.so preauth\nauth required "
		"pam_permit.so\n",
		"auth required pam_localuser.so\n",
		"auth required # pam_unix.so\n",
		"auth OPTIONAL pam_unix.so\n",
		"auth [default=ignore] pam_unix.so\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(idle) / sizeof(idle[0]); i++)
		if (facts_of(idle[i]).asks)
			fail_msg("asks: %s", idle[i]);
	assert_true(facts_of("auth required \\\npam_unix.so\n").asks);
	/* Of one that is in no list it is not known. */
	assert_false(facts_of("auth required pam_ours.so\n").asks);
	assert_string_equal(
	    facts_of("auth required pam_ours.so\n").unknown, "pam_ours.so");
}

static void
a_service_that_is_not_read_to_its_end_is_found(void **state)
{
	char text[4096];

	(void)state;
	assert_string_equal(facts_of("auth required pam_unix.so\n").unread, "");
	assert_string_equal(
	    facts_of("auth required pam_unix.so\n@include gone\n").unread,
	    "gone");
	assert_string_equal(
	    facts_of("auth include service\n").unread, "service");
	(void)snprintf(
	    text, sizeof(text), "auth required pam_unix.so %02000d\n", 1);
	assert_string_equal(facts_of(text).unread, "service");
	put("whole", "auth required pam_oath.so\n");
	(void)snprintf(text, sizeof(text), "@include %s\n", at("whole"));
	assert_true(facts_of(text).asks);
	assert_string_equal(facts_of(text).unread, "");
	drop("whole");
}

static void
a_service_that_others_can_change_is_found(void **state)
{
	struct pam_facts facts;

	(void)state;
	put("service", "@include common\n");
	put("common", "auth required pam_unix.so\n");
	pam_service_look(folder, "service", &facts);
	assert_string_equal(facts.loose, "");
	assert_int_equal(chmod(at("common"), 0664), 0);
	pam_service_look(folder, "service", &facts);
	assert_string_equal(facts.loose, at("common"));
	drop("service");
	/* warder-pam takes no link for it. */
	assert_int_equal(symlink("common", at("service")), 0);
	pam_service_look(folder, "service", &facts);
	assert_true(facts.is_there);
	assert_string_equal(facts.unread, "service");
	drop("service");
	drop("common");
}

static void
an_account_line_that_looks_at_nothing_is_found(void **state)
{
	(void)state;
	assert_true(facts_of("account required pam_permit.so\n").has_account);
	assert_false(facts_of("account required pam_permit.so\n").judges);
	assert_true(facts_of("account required pam_unix.so\n").judges);
	assert_false(facts_of("account optional pam_unix.so\n").judges);
}

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
		cmocka_unit_test(the_longest_mount_and_of_two_the_later_counts),
		cmocka_unit_test(a_proc_that_hides_is_found_with_its_group),
		cmocka_unit_test(the_groups_of_a_process_are_read),
		cmocka_unit_test(
		    a_keeper_of_runit_is_told_from_one_of_its_unit),
		cmocka_unit_test(a_unit_without_the_master_key_is_found),
		cmocka_unit_test(a_disk_without_room_for_a_decision_is_found),
		cmocka_unit_test(certificates_are_counted_whole),
		cmocka_unit_test(a_socket_that_nobody_reads_is_found),
		cmocka_unit_test(every_end_of_a_call_has_a_repair),
		cmocka_unit_test(a_logrotate_that_cannot_be_read_is_not_ok),
		cmocka_unit_test(
		    what_logrotate_includes_is_read_and_what_it_leaves_out_is_not),
		cmocka_unit_test(a_way_in_is_found_however_it_is_written),
		cmocka_unit_test(a_module_that_proves_nothing_does_not_ask),
		cmocka_unit_test(
		    a_service_that_is_not_read_to_its_end_is_found),
		cmocka_unit_test(a_service_that_others_can_change_is_found),
		cmocka_unit_test(
		    an_account_line_that_looks_at_nothing_is_found),
		cmocka_unit_test(a_socket_that_nobody_serves_does_not_answer),
		cmocka_unit_test(a_file_that_its_readers_cannot_read_is_found),
		cmocka_unit_test(a_repair_follows_no_link),
		cmocka_unit_test(a_file_with_a_second_name_is_found),
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

	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}

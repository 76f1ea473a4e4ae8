#!/bin/bash
# SPDX-License-Identifier: ISC
# minutes: 8
#
# The same table for people who are not in /etc/shadow: pam_ldap through nslcd
# against a real slapd, pam_krb5 against a real KDC and against one that
# somebody put in its place.

ready
# shellcheck source=tests/host/lib/stacks.sh
. /warder/tests/host/lib/stacks.sh
# shellcheck source=tests/host/lib/directory.sh
. /warder/tests/host/lib/directory.sh
# shellcheck source=tests/host/lib/kerberos.sh
. /warder/tests/host/lib/kerberos.sh

start_slapd
start_nslcd
make_zhou
stack_is 'pam_ldap (nslcd, slapd)' <<'END'
auth     required  pam_ldap.so
account  required  pam_ldap.so
END
ZW=(Password zhou-field-4)
types "${ZW[@]}" | row right zhou "$YES"
types Password wrong | row wrong zhou "$NO"
types "${ZW[@]}" | row 'locked (pwdAccountLockedTime)' zhou "$NO" \
	zhou_has pwdAccountLockedTime 000001010000Z
zhou_has pwdAccountLockedTime ''
types "${ZW[@]}" | row 'expired (shadowExpire)' zhou "$EXPIRED" zhou_has shadowExpire 18000
zhou_has shadowExpire ''
types "${ZW[@]}" | row 'must-change (pwdReset)' zhou "$CHANGE" zhou_has pwdReset TRUE
zhou_has pwdReset ''
fenced pam-ldap
types "${ZW[@]}" | row right zhou "$YES"
row 'no directory: nobody, not even asked' zhou 'exit 5 user_unknown, 0 POSTs, no auth line' \
	systemctl stop ldap-server </dev/null

start_kdcs
stack_is 'pam_krb5' <<'END'
auth     required  pam_krb5.so minimum_uid=1000 defer_pwchange
account  required  pam_krb5.so minimum_uid=1000
END
KW=(Password chen-realm-9) SPOOF=(Password chen-spoof-5)
chen_is() { kadmin_at true "modprinc $1 chen"; }
types "${KW[@]}" | row right chen "$YES"
types Password wrong | row wrong chen "$NO"
types "${KW[@]}" | row 'locked (-allow_tix)' chen "$NO" chen_is -allow_tix
chen_is +allow_tix
types "${KW[@]}" | row expired chen "$EXPIRED" chen_is '-expire "2020-01-01 00:00:00 UTC"'
chen_is '-expire never'
types "${KW[@]}" | row must-change chen "$CHANGE" chen_is +needchange
chen_is -needchange
fenced pam-krb5
types "${KW[@]}" | row right chen "$YES"
types "${SPOOF[@]}" | row 'a spoofed KDC that says yes' chen "$NO" the_kdc_is 2088
# That it would have been believed is what the row above is worth.
rm /etc/krb5.keytab
types "${SPOOF[@]}" | row 'the same, without keytab and nofail' chen "$YES" the_kdc_is 2088 false
types "${SPOOF[@]}" | row 'the same, without keytab' chen "$NO" the_kdc_is 2088

all_rows 16

# shellcheck shell=bash
# SPDX-License-Identifier: ISC
#
# Key distribution centers on loopback: the realm's, and one that somebody put
# in its place. Both know chen and this host, each by keys of its own.

REALM=BASTION.TEST

# kdc NAME COMMAND...: one of krb5's programs, with that one's database
kdc() {
	local name=$1
	shift
	KRB5_KDC_PROFILE=/run/kdc-$name/kdc.conf "$@"
}

# kadmin_at NAME REQUEST
kadmin_at() { kdc "$1" kadmin.local -r $REALM -q "$2" >/run/kdc-"$1"/said 2>&1; }

# make_kdc NAME PORT PASSWORD: of chen
make_kdc() {
	local dir=/run/kdc-$1
	install -d -m 0700 "$dir"
	cat >"$dir/kdc.conf" <<-END
		[kdcdefaults]
		    kdc_ports = $2
		    kdc_tcp_ports = $2
		[realms]
		    $REALM = {
		        database_name = $dir/principal
		        key_stash_file = $dir/stash
		        acl_file = $dir/acl
		        max_life = 1h
		    }
	END
	kdc "$1" kdb5_util -r $REALM create -s -P "master-of-$1" >/dev/null
	kadmin_at "$1" "addprinc -pw $3 chen"
	kadmin_at "$1" 'addprinc -randkey host/bastion'
	systemd-run -q --unit="kdc-$1" -p Environment=KRB5_KDC_PROFILE="$dir/kdc.conf" \
		/usr/sbin/krb5kdc -n -r $REALM
}

# the_kdc_is PORT
the_kdc_is() {
	cat >/etc/krb5.conf <<-END
		[libdefaults]
		    default_realm = $REALM
		    dns_lookup_kdc = false
		    rdns = false
		    verify_ap_req_nofail = ${2-true}
		[realms]
		    $REALM = {
		        kdc = 127.0.0.1:$1
		    }
	END
}

start_kdcs() {
	the_kdc_is 1088
	make_kdc true 1088 chen-realm-9
	make_kdc spoofed 2088 chen-spoof-5
	kadmin_at true 'ktadd -k /etc/krb5.keytab host/bastion'
	[ "$(stat -c %a /etc/krb5.keytab)" = 600 ]
	until_true 10 eval 'kinit -c /run/kdc-true/cc chen <<<chen-realm-9 >/dev/null 2>&1'
}

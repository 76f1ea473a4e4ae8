# shellcheck shell=bash
# SPDX-License-Identifier: ISC
#
# A directory service on loopback: slapd with password policies, nslcd in
# between, and a person whom only the directory knows.

LDAP_AT=ldap://127.0.0.1:1389/
LDAP_ROOT=(-x -H "$LDAP_AT" -D 'cn=admin,dc=bastion' -y /run/slapd/secret)
ZHOU=uid=zhou,ou=people,dc=bastion

write_slapd() {
	install -d -o openldap -g openldap -m 0700 /run/slapd /run/slapd/db
	(umask 077 && printf '%s' admin-of-the-tree >/run/slapd/secret)
	cat >/run/slapd/slapd.conf <<-END
		include    /etc/ldap/schema/core.schema
		include    /etc/ldap/schema/cosine.schema
		include    /etc/ldap/schema/nis.schema
		include    /etc/ldap/schema/inetorgperson.schema
		modulepath /usr/lib/ldap
		moduleload back_mdb
		moduleload ppolicy
		access to attrs=userPassword by anonymous auth by * none
		access to * by * read
		database   mdb
		suffix     dc=bastion
		directory  /run/slapd/db
		rootdn     cn=admin,dc=bastion
		rootpw     $(cat /run/slapd/secret)
		overlay    ppolicy
		ppolicy_default cn=policy,dc=bastion
		ppolicy_hash_cleartext
		ppolicy_use_lockout
	END
	chown openldap /run/slapd/slapd.conf
}

tree() {
	cat <<-'END'
		dn: dc=bastion
		objectClass: dcObject
		objectClass: organization
		o: bastion
		dc: bastion

		dn: cn=policy,dc=bastion
		objectClass: device
		objectClass: pwdPolicy
		pwdAttribute: userPassword
		pwdMustChange: TRUE
		pwdLockout: TRUE

		dn: ou=people,dc=bastion
		objectClass: organizationalUnit

		dn: uid=zhou,ou=people,dc=bastion
		objectClass: inetOrgPerson
		objectClass: posixAccount
		objectClass: shadowAccount
		cn: zhou
		sn: zhou
		uidNumber: 2106
		gidNumber: 100
		homeDirectory: /home/zhou
		loginShell: /bin/bash
		userPassword: zhou-field-4
		shadowMin: 0
		shadowMax: 99999
		shadowLastChange: 20000
	END
}

start_slapd() {
	write_slapd
	systemd-run -q --unit=ldap-server -p RuntimeDirectoryPreserve=yes /usr/sbin/slapd \
		-d 0 -u openldap -g openldap -f /run/slapd/slapd.conf -h $LDAP_AT
	until_true 10 ldapsearch -x -H $LDAP_AT -s base -b '' >/dev/null 2>&1
	tree | ldapadd "${LDAP_ROOT[@]}" >/dev/null
}

start_nslcd() {
	cat >/etc/nslcd.conf <<-END
		uid  nslcd
		gid  nslcd
		uri  $LDAP_AT
		base dc=bastion
		# Who has to change the password may bind and not search.
		pam_authc_search NONE
	END
	install -d -o nslcd -g nslcd -m 0755 /run/nslcd
	systemd-run -q --unit=ldap-client /usr/sbin/nslcd --nofork
	sed -i -E '/^(passwd|group|shadow):/s/files.*/files ldap/' /etc/nsswitch.conf
	until_true 10 getent passwd zhou >/dev/null
}

# zhou_has ATTRIBUTE VALUE: and no other; VALUE empty: none
zhou_has() {
	printf 'dn: %s\nchangetype: modify\nreplace: %s\n' "$ZHOU" "$1" |
		if [ -n "$2" ]; then cat; echo "$1: $2"; else cat; fi |
		ldapmodify "${LDAP_ROOT[@]}" >/dev/null
}

# Whom /etc knows only as a member of a group.
make_zhou() {
	sed -i '/^release-managers:/s/$/,zhou/' /etc/group
	install -d -m 0755 -o zhou -g 100 /home/zhou
	install -d -m 0700 -o zhou -g 100 /home/zhou/.ssh
	install -m 0600 -o zhou -g 100 /root/.ssh/id_ed25519.pub /home/zhou/.ssh/authorized_keys
	sed -i '/account li=/a account zhou=187700112255' /etc/warder/policy
	warderctl policy install -y /etc/warder/policy
	systemctl restart warder-keeper.service warderd.service
}

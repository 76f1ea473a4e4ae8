#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# What a run would bring: `show` tells the commits since the last pass, who
# wrote them, which files they touch; `deny self commit-author` holds whoever
# wrote one. An author who cannot be known denies everybody, and says why.

# wu has an account here, and no role.
useradd --no-create-home wu
web=shop/10877/2291 pay=shop/11222/1187

# installs WU: a policy with people's addresses; WU is wu's own line or nothing
installs() {
	write_policy
	sed -i -e 's/\(account chen=.*\)$/\1 chen@shop.example/' \
		-e 's/\(account fang=.*\)$/\1 Fang@Shop.example/' \
		-e 's/\(account li=.*\)$/\1 li@shop.example/' \
		-e "s/^    robot .*/&\\n    $1/" /etc/warder/policy
	echo 'deny self commit-author on shop/*/*/*  because "you wrote it"' >>/etc/warder/policy
	warderctl policy install -y /etc/warder/policy >/dev/null
}
# shows WANT GATE: as chen, into /tmp/shown and as a document /tmp/doc
shows() {
	exits "$1" as chen warder show "$2" >/tmp/shown 2>&1
	exits "$1" as chen warder show --json "$2" >/tmp/doc
	cat /tmp/shown
}
saw() { grep -qE -- "$1" /tmp/shown || fail "not shown: $1"; }
# tells EXPRESSION: true of the document d, and of its first source s
tells() {
	python3 -Ic "
import json, sys
d = json.load(open('/tmp/doc'))
s = d['commits'][0]
sys.exit(0 if $1 else 1)" || fail "the document does not tell $1: $(cat /tmp/doc)"
}
# denied WHO GATE: before any prompt, for what WHO wrote or nobody knows
denied() {
	exits 5 at "$1" warder pass -y -m 'checked on staging' "$2" </dev/null >/tmp/shown
	cat /tmp/shown
	saw 'Refused: Forbidden.AccessDenied \(here, self\). Nothing was sent.'
	saw 'deny self commit-author'
}
# world EDIT: a sandbox of another world; EDIT changes `org`, one organization
world() {
	warder-sandbox --print-scenario | python3 -Ic "
import json, sys
doc = json.load(sys.stdin)
org = doc['organizations'][0]
$1
json.dump(doc, sys.stdout)" >/run/world.json
	another_sandbox --scenario /run/world.json --step-ms 3600000
}

say '== the commits since the last pass, and no rule asks who wrote them'
shows 0 $web
saw '^Last pass +run 2290$'
saw '^Change +2 commits since run 2290, the last one passed here$'
saw '^ +c4d2e9f07b  首页活动横幅$'
saw '^ +by wu <wu@shop.example>$'
saw '^ +51f3b8a09c  tests the banner'
saw '^Files +new  src/banner.ts$'
saw '^ +changed  src/home.ts$'
saw '^ +renamed  tests/dates.ts, was tests/date.ts$'
! grep -q 9b8a7c6d5e /tmp/shown || fail 'what was passed already is no change'
tells "d['complete'] and d['last_pass'] == {'state': 'found', 'run_id': '2290', 'why': ''}"
tells "[c['title'] for c in s['log']] == ['首页活动横幅', \"tests the banner's dates\"]"
tells "s['log'][1]['authors'] == [{'address': 'fang@shop.example', 'user': '', 'name': 'fang'}]"
tells "s['authors_known'] and s['after'].startswith('9b8a7c6d') and s['log_more'] == 0"
tells "[f['change'] for f in s['files']] == ['new', 'changed', 'renamed']"
shows 0 $pay
saw '^Last pass +none: no earlier run was passed here$'
saw '^Change +2e7c91d4a6 alone, as far as warder can tell$'

say '== who wrote a commit is refused, who wrote none passes'
installs 'account wu=187700112266 wu@shop.example'
denied fang $web
posts 0
records 1 ev=denied user=fang err=self
exits 0 at chen warder pass -y -m 'checked on staging' $web >/tmp/shown <<-END
	expect Password
	secret $(password chen)
	expect One-time
	secret @otp
END
saw 'Passed.'
posts 1
# fang may refuse what she wrote herself: only letting it out is denied.
exits 0 at fang warder refuse -y -m 'rounding is wrong' $pay >/tmp/shown <<-END
	expect Password
	secret $(password fang)
END
posts 2

say '== a first run: its commit alone, and whether it was signed'
world "
org['pipelines'][0]['runs'].pop(0)"
shows 0 $web
saw '^Last pass +none: no earlier run was passed here$'
saw '^Change +c4d2e9f07b alone, as far as warder can tell$'
saw '^ +c4d2e9f07b  首页活动横幅  \(signature verified\)$'
tells "s['log'][0]['signature_verified'] is True and s['after'] == ''"

say '== an address that no account line has: nobody knows who that is'
world ''
installs '# nobody says who wu is'
denied chen $web
saw 'unknown: gate.sources.authors'
posts 0

say '== the key may not read the repository'
installs 'account wu=187700112266 wu@shop.example'
world "org['repositories'][0]['readers'] = []"
denied chen $web
saw '^Authors +unknown: the server refused to tell: '
posts 0
shows 25 $web
saw '^Authors +unknown: the server refused to tell: '
tells "not d['complete'] and not s['authors_known'] and s['unknown']['why'] == 'server'"
tells "d['errors'][0]['what'].endswith('web-home.git')"

say '== a source that is not at Codeup'
world "
for run in org['pipelines'][0]['runs']:
    run['sources'][0]['repo'] = 'https://git.shop.example/web-home.git'"
denied chen $web
shows 0 $web
saw '^Authors +unknown: its repository is not at Codeup$'
tells "s['unknown'] == {'why': 'host', 'detail': ''} and s['log'] == []"

say '== a repository of another organization'
world "
for run in org['pipelines'][0]['runs']:
    run['sources'][0]['repo'] = 'https://codeup.aliyun.com/0123456789abcdef01234567/shop/web-home.git'"
denied chen $web
shows 0 $web
saw '^Authors +unknown: its repository is another organization'

say '== a commit without an address'
world "org['repositories'][0]['commits'][1]['authorEmail'] = ''"
denied chen $web
shows 0 $web
saw '^ +by fang, without an address$'
saw '^Authors +unknown: a commit bears no address$'

say '== what was passed before lies on another branch'
world "
side = {'id': 'd' * 40, 'title': 'aside', 'authorName': 'li', 'authorEmail': 'li@shop.example',
        'committerEmail': 'li@shop.example', 'parents': [org['repositories'][0]['commits'][-1]['id']]}
org['repositories'][0]['commits'].insert(0, side)
org['pipelines'][0]['runs'][0]['sources'][0]['commits'] = [side['id']]"
denied chen $web
shows 0 $web
saw '^Authors +unknown: its history does not follow the one before$'

say '== more commits than the server tells at once'
world "
commits = org['repositories'][0]['commits']
old = commits[-1]['id']
ids = ['%040x' % (0xabc000 + n) for n in range(600)]
org['repositories'][0]['commits'] = [
    {'id': id, 'title': 'one more', 'authorEmail': 'wu@shop.example',
     'committerEmail': 'wu@shop.example', 'authorName': 'wu',
     'parents': [ids[n + 1] if n < 599 else old]}
    for n, id in enumerate(ids)] + [commits[-1]]
org['pipelines'][0]['runs'][1]['sources'][0]['commits'] = ids[:3]"
denied chen $web
shows 25 $web
saw 'and other commits'
saw '^Authors +unknown: there is more than the server tells at once$'

say '== a title, a name and a path may hold anything'
world "
evil = 'x\\x1b[2J\\u202egnp\\n| Passed.'
for c in org['repositories'][0]['commits']:
    c['title'] = c['authorName'] = evil
    for f in c.get('files', []):
        f['path'] = evil"
shows 0 $web
! grep -qP '\x1b|\x{202e}' /tmp/shown || fail 'foreign bytes on the screen'
! grep -q '^| Passed' /tmp/shown || fail 'a title made a line of its own'
posts 0
exits 0 warderctl ledger verify

#!/bin/sh
# Install the real counterparts that tests talk to: a browser, mail servers, a virus scanner,
# PostgreSQL with a pooler and with Patroni.
set -eu
missing=
for pair in chromium:chromium dovecot:dovecot-core clamd:clamav-daemon \
    pgbouncer:pgbouncer patroni:patroni etcd:etcd-server; do
    command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair#*:}"
done
# Servers lie where ordinary users do not look for programs.
[ -x /usr/sbin/dovecot ] && missing=$(echo "$missing" | sed 's/ dovecot-core//')
[ -x /usr/sbin/clamd ] && missing=$(echo "$missing" | sed 's/ clamav-daemon//')
[ -x /usr/sbin/pgbouncer ] && missing=$(echo "$missing" | sed 's/ pgbouncer//')
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || missing="$missing postgresql"
[ -x /usr/sbin/exim4 ] || missing="$missing exim4-daemon-light"
[ -e /usr/lib/dovecot/imap ] || missing="$missing dovecot-imapd"
[ -e /usr/lib/dovecot/lmtp ] || missing="$missing dovecot-lmtpd"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "Tests that need these packages are left out:$missing"
    exit 0
fi
echo "Installing for the tests:$missing"
# Packages of servers must not start them.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
fi
install() {
    # shellcheck disable=SC2086  # a list of packages
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 -qq install -y \
        --no-install-recommends $missing >/dev/null
}
if ! install 2>/dev/null; then
    apt-get -o DPkg::Lock::Timeout=600 -qq update
    install || echo "Not installed; tests that need them are left out:$missing"
fi

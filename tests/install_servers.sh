#!/bin/sh
# The real servers and the browser that the tests talk to: installed where we may, else named.
set -u
if [ ! tests/node/node_modules/.package-lock.json -nt tests/node/package-lock.json ]; then
    (cd tests/node && npm ci --silent) || echo "Faltam os programas de tests/node (npm ci falhou)." >&2
fi
missing=""
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
[ -n "$(ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null)" ] || missing="$missing postgresql"
command -v redis-server >/dev/null 2>&1 || missing="$missing redis-server"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $missing >/dev/null && exit 0
fi
echo "Faltam para todos os testes (os que precisam deles são pulados):$missing" >&2

#!/usr/bin/env bash
# What the machine itself must have, by Debian package. Installs what is missing where it may; otherwise says one exact sentence.
#   tools/system.sh run     what serving needs
#   tools/system.sh test    that, and what the tests drive: Chromium, WebKit, PostgreSQL with PostGIS
set -eu
missing=()
# Debian's own Node may be older than what we need, so these two are asked for by name, not installed.
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
  || { echo "Please install Python 3.11 or newer, then run make again." >&2; exit 1; }
{ command -v npm && node -e 'process.exit(process.versions.node.split(".")[0] < 20 ? 1 : 0)'; } >/dev/null 2>&1 \
  || { echo "Please install Node 20 or newer with npm (nodejs.org tells how), then run make again." >&2; exit 1; }
has_lib() { ldconfig -p 2>/dev/null | grep -q "$1" || compgen -G "/usr/lib/*/$1*" >/dev/null; }
need() { "${@:2}" >/dev/null 2>&1 || missing+=("$1"); }

need python3-venv python3 -c 'import ensurepip, venv'
need libsqlite3-mod-spatialite has_lib mod_spatialite
if [ "${1:-run}" = test ]; then
  need chromium test -x /usr/bin/chromium
  need webkit2gtk-driver command -v WebKitWebDriver
  need xvfb command -v Xvfb
  need postgresql-15-postgis-3 bash -c 'compgen -G "/usr/share/postgresql/*/extension/postgis.control"'
fi
[ "${#missing[@]}" -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then as_root=(sudo -n); else
    echo "Please install what is missing, then run make again: sudo apt-get install ${missing[*]}" >&2; exit 1
  fi
fi
command -v apt-get >/dev/null || { echo "Please install the equivalent of these Debian packages, then run make again: ${missing[*]}" >&2; exit 1; }
echo "Installing ${missing[*]} ..."
"${as_root[@]}" apt-get update -qq >/dev/null || true # a source that does not answer need not be the one with our packages
# PostgreSQL's package would start a server of its own: not wanted, the tests run a private one.
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null \
  || { echo "Please install what is missing, then run make again: sudo apt-get install ${missing[*]}" >&2; exit 1; }

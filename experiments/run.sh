#!/bin/sh
# Runs a command in an environment made once: .venv here or WAVEGAN_VENV=FOLDER
set -eu; from=$PWD && cd "$(dirname "$0")/.."
fail() { echo "error: $*" >&2 && exit 2; }
venv=${WAVEGAN_VENV:-$PWD/.venv} made_for="$PWD $(cksum <setup.py)"
case $venv in /*) ;; *) venv=$from/$venv ;; esac
file=$(echo "${1-}" | tr . /) && [ -f "$file.py" ] || file=$file/__main__
[ $# = 0 ] || [ -f "$file.py" ] || fail "no command $1: experiments/README.md"
new() { [ "$(cat "$venv/made_for" 2>/dev/null)" != "$made_for" ]; }
for word; do case $word in -h | -help* | --help*) # where no flags can be asked
  ! new || exec sed '1s/^r*"""//; /"""$/{s///;q;}' "$file.py" ;; esac; done
exec 9<setup.py && flock 9 2>/dev/null || :; if new; then # a second one waits
  check='import sys; assert (3, 10) <= sys.version_info < (3, 13)'
  for python in python3 python3.12 python3.11 python3.10 ''
  do "$python" -c "$check" 2>/dev/null && break; done
  [ "$python" ] || fail "Python 3.10, 3.11 or 3.12 is needed: apt-get install \
python3.12-venv, brew install python@3.12 or uv python install 3.12"
  "$python" -c 'import ensurepip, venv' 2>/dev/null ||
    fail "$python lacks its venv module: apt-get install python3-venv"
  [ -e "$venv/made_for" ] || [ -z "$(ls -A "$venv" 2>/dev/null)" ] ||
    fail "$venv was not made by this command: move it, or set WAVEGAN_VENV"
  echo "Making $venv, once (740 MB to download, 2.8 GB on disk)"
  rm -rf "$venv" && mkdir -p "$venv" && : >"$venv/made_for"
  pip() { "$venv/bin/python" -m pip install "$@"; }
  "$python" -m venv "$venv" && pip --upgrade pip && pip --editable '.[test]' ||
    fail "$venv is not whole, see above; the same command starts over"
  echo "$made_for" >"$venv/made_for"
fi; echo "Environment: $venv (. $venv/bin/activate)" >&2
[ "${1-}" = tests ] || cd "$from"  # paths are those of who calls
[ $# = 0 ] || exec "$venv/bin/python" -m "$@" 9<&-

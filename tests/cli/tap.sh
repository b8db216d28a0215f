# SPDX-License-Identifier: MIT
# TAP for shell tests: `exits CODE NAME COMMAND...` passes if the command ends
# with that code; what it prints is in $scratch/out and $scratch/err, which
# `check NAME COMMAND...`, that passes if the command succeeds, may look at.
# shellcheck shell=sh
partita=$1
# The small SoundFont that the tests need anyway, for each rendering reads all of
# the one it takes, and a machine may have one of 148 MB.
font=/usr/share/sounds/sf2/TimGM6mb.sf2
if [ -f "$font" ]; then
  PARTITA_SOUNDFONT=$font
  export PARTITA_SOUNDFONT
fi
count=0
bad=0
scratch=$(mktemp -d)
trap 'chmod -R u+rwX "$scratch" 2>/dev/null; rm -rf "$scratch"' EXIT

result() {
  count=$((count + 1))
  if [ "$1" -eq 0 ]; then
    echo "ok $count - $2"
  else
    bad=$((bad + 1))
    echo "not ok $count - $2"
    sed 's/^/# /' "$3" >&2
  fi
}

check() {
  name=$1
  shift
  status=0
  "$@" >"$scratch/log" 2>&1 || status=$?
  result "$status" "$name" "$scratch/log"
}

exits() {
  code=$1
  name=$2
  shift 2
  status=0
  "$@" >"$scratch/out" 2>"$scratch/err" || status=$?
  [ "$status" -eq "$code" ] || echo "exit $status, not $code" >>"$scratch/err"
  result $((status != code)) "$name" "$scratch/err"
}

# One line on standard error that holds the words.
says() {
  [ "$(wc -l <"$scratch/err")" -eq 1 ] && grep -qF -- "$1" "$scratch/err"
}

# No file but those named is left in the folder.
holds_only() {
  folder=$1
  shift
  [ "$(ls -A "$folder")" = "$(printf '%s\n' "$@" | LC_ALL=C sort)" ]
}

finish() {
  echo "1..$count"
  [ "$bad" -eq 0 ]
}

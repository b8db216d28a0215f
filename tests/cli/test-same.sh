#!/bin/sh
# SPDX-License-Identifier: MIT
# A command gives the same bytes and messages again: each ninth of the command
# lines of same.py, which also compares two builds.
. "${0%/*}/tap.sh"
corpus=$2
python=$3
tests=$(cd "${0%/*}" && pwd)
cd "$scratch" || exit 1
for style in chorale waltz blues; do
  mkdir -p "music/$style"
  cp "$corpus/$style/$style"-0[1-5].mid "music/$style"
done
mkdir given
exits 0 "music such as users have" "$python" "$tests/given.py" given
exits 0 "the same again" "$python" "$tests/same.py" "$partita" "$partita" \
  music given 9
finish

#!/bin/sh
# SPDX-License-Identifier: MIT
# What was built: the library shows the public functions and nothing else, and
# what is released is hardened.
# Arguments: the program, the library, the public headers, whether the sound of
# render is built in, whether the build is a release.
set -u
. "$(dirname "$0")/tap.sh"
library=$2
headers=$3
if ! command -v readelf >/dev/null; then
  echo "1..0 # SKIP readelf is missing"
  exit 0
fi

for header in "$headers"/*.h; do
  [ "$4" = true ] || [ "$(basename "$header")" != render.h ] || continue
  tr '\n' ' ' <"$header" | grep -oE 'PARTITA_API [^;(]*\(' |
    grep -oE 'partita_[a-z0-9_]+ *\($' | tr -d ' ('
done | LC_ALL=C sort -u >"$scratch/public"
# Defined, global, and not the name of a version.
readelf --dyn-syms -W "$library" |
  awk '$5 != "LOCAL" && $7 != "UND" && $1 ~ /^[0-9]+:$/ {
    sub(/@.*/, "", $8); print $8 }' | LC_ALL=C sort -u >"$scratch/shown"
check "there are public functions" test -s "$scratch/public"
check "the library shows them and nothing else" \
  diff "$scratch/public" "$scratch/shown"

if [ "$5" = true ]; then
  for file in "$partita" "$library"; do
    called=$(basename "$file")
    check "$called binds all at its start" \
      sh -c 'readelf -dW "$1" | grep -qE "BIND_NOW|FLAGS.*NOW"' sh "$file"
    check "$called has tables that are only read" \
      sh -c 'readelf -lW "$1" | grep -q GNU_RELRO' sh "$file"
    check "$called guards its stack" \
      sh -c 'readelf --dyn-syms -W "$1" | grep -q __stack_chk_fail' sh "$file"
    check "$called checks sizes" \
      sh -c 'readelf --dyn-syms -W "$1" | grep -q "_chk@"' sh "$file"
  done
fi

finish

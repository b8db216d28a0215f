#!/bin/sh
# SPDX-License-Identifier: MIT
# Memory and time of corpora of more and more small files, cut out of real ones.
# Usage: bench-corpus.sh PARTITA CUT-MUSIC FOLDER N...
# The music is below $PARTITA_DATA; FOLDER keeps files and corpora.
set -eu

[ -n "${PARTITA_DATA:-}" ] || { echo "corpus: set PARTITA_DATA"; exit 77; }
partita=$1 cutter=$2 folder=$3
shift 3

# Highest resident memory in kB, and of that what is no map of a file; seconds of
# processor time and of the clock. The second is looked at now and then.
watch() {
  what=$1 n=$2
  shift 2
  started=$(date +%s)
  "$@" > "$folder/out" 2> "$folder/err" &
  id=$!
  highest=0 own=0 ticks=0
  while state=$(cat "/proc/$id/status" "/proc/$id/stat" 2> "$folder/gone") &&
    [ -n "${state##*State:?Z*}" ]; do
    set -- $(echo "$state" | awk -v id=$id '
      /^VmHWM/ { high = $2 } /^RssAnon/ { own = $2 }
      $1 == id { time = $14 + $15 } END { print high + 0, own + 0, time + 0 }')
    [ "$1" -le $highest ] || highest=$1
    [ "$2" -le $own ] || own=$2
    ticks=$3
    sleep 0.1
  done
  wait $id
  printf '%s\tfiles=%s\tpeak_kB=%s\tanonymous_kB=%s\tcpu_s=%s\twall_s=%s\n' \
    "$what" "$n" "$highest" "$own" \
    "$((ticks / $(getconf CLK_TCK)))" "$(($(date +%s) - started))"
}

for n in "$@"; do
  [ -d "$folder/music-$n" ] || "$cutter" "$PARTITA_DATA" "$folder/music-$n" "$n"
  rm -rf "$folder/corpus-$n"
  watch prepare "$n" "$partita" prepare "$folder/music-$n" \
    -o "$folder/corpus-$n"
  watch again "$n" "$partita" prepare "$folder/music-$n" -o "$folder/corpus-$n"
  for from in corpus music; do
    watch "train-$from" "$n" "$partita" train "$folder/$from-$n" \
      -o "$folder/model.safetensors" --force --size tiny --steps 3 --threads 1
  done
done

#!/bin/sh
# SPDX-License-Identifier: MIT
# Small files that were once read or worked on wrongly, in tests/cases, each with
# what is right. One function a kind of command; what a file is for is told by
# the name of its check. Arguments: the program.
set -u
. "$(dirname "$0")/tap.sh"
cases=$(cd "$(dirname "$0")/../cases" && pwd)
cd "$scratch" || exit 1

# reads FILE WHAT: what `inspect` says of the file, as Python of f.
reads() {
  exits 0 "inspect $1" "$partita" inspect --json "$cases/$1.mid"
  check "$1: $2" python3 -c "import json
f = json.load(open('out'))
assert $2, f"
}

# shows FILE NAME TEXT: a line of `inspect --notes` that holds the text.
shows() {
  exits 0 "inspect --notes $1" "$partita" inspect --notes "$cases/$1.mid"
  check "$1: $2" grep -qF -- "$3" out
}

test_notes() {
  shows A60_one_lost_off "fifteen notes stay clean" \
    '1.00: C4/0.96 2.00: C4/0.96 3.00: C4/0.96 4.00: C4/0.96'
  check "A60_one_lost_off: the restrike ends the first note" grep -qF \
    '1.00: C4/1.00 2.00: C4/0.96' out
  reads A60_one_lost_off 'f["notes"] == 16 and f["bars"] == 4'
  shows A05_overlap_fifo "a key struck again ends the note" \
    '1.00: C4/1.00 2.00: C4/2.00'
  shows A61_cc123_ends "all notes off" '1.00: C4/1.00 E4/1.00 3.00: D4/1.00'
  reads A61_cc123_ends 'f["notes"] == 4 and f["bars"] == 2'
  shows R20_all_notes_off "all notes off" '1.00: C5/1.00'
  reads A43b_drums_no_off_far_eot 'f["notes"] == 24 and f["bars"] == 2'
  reads A62b_stale_after_declared_mtrk \
    'f["notes"] == 16 and f["mended"] == ["trailing"]'
  reads A63_tempos_5000 'abs(f["duration_s"] - 161) < 1'
}

test_instruments() {
  reads A26b_program_in_later_track \
    'f["programs"] == [56] and f["tracks"] == 1'
  reads A30_all_ch0 'f["programs"] == [4, 27, 36] and f["tracks"] == 3'
  reads A31_xg_drums_ch16 'f["programs"] == [33] and f["drums"]'
  reads A32_gs_rhythm_part 'f["programs"] == [40] and f["drums"]'
  reads R05_xg_drum 'f["programs"] == [] and f["drums"] and f["key"] is None'
  shows A22_sjis "Shift-JIS is shown" 'ピアノ'
  shows A22_cp1251 "CP1251 is shown" 'Скрипк'
}

test_keys_and_metres() {
  reads A05_overlap_fifo 'f["key"] == "C"'
  reads A16_abminor 'f["key"] == "A flat minor"'
  reads A16_sharp7 'f["key"] == "C sharp major"'
  reads G04_meter_1_1 'f["meter"] == "1/1" and f["bars"] == 6'
}

# Every command takes every case, or refuses it by name; nothing crashes, and what
# is written can be read.
test_commands() {
  for path in "$cases"/*.mid; do
    name=$(basename "$path" .mid)
    exits 0 "roundtrip $name" "$partita" roundtrip "$path" --json
    check "$name: notes are kept or counted as lost" python3 -c '
import json
f = json.load(open("out"))
for s in f["schemes"].values():
    assert s["notes_kept"] + s["notes_lost"] == f["notes"], s'
    rm -f o.mid
    status=0
    "$partita" compose --quiet -o o.mid --prime "$path:1" --bars 2 --seed 1 \
      >out 2>err || status=$?
    if [ "$status" -eq 1 ]; then
      check "compose --prime $name is refused in one line" says partita
      check "and writes nothing" test ! -e o.mid
    else
      check "compose --prime $name" test "$status" -eq 0
      exits 0 "and is read again" "$partita" inspect o.mid
    fi
  done
}

test_commands
test_notes
test_instruments
test_keys_and_metres
finish

#!/bin/sh
# SPDX-License-Identifier: MIT
# What each scheme loses: of a file of known contents, and of a folder.
# Arguments: the program, the corpus.
set -u
. "$(dirname "$0")/tap.sh"
music=$2
cd "$scratch" || exit 1

# At 480 ticks a quarter and 120 quarters a minute: a note 10 ticks late and
# one on time, the pedal, a bend, a volume and a pressure.
{
  printf 'MThd\0\0\0\6\0\0\0\1\1\340MTrk\0\0\0\051'
  printf '\0\260\100\177\0\340\0\120\0\260\7\100\0\320\20'
  printf '\12\220\74\100\203\66\200\74\0\40\220\100\100\203\140\200\100\0'
  printf '\0\377\57\0\0\0\0\0'
} >one.mid

exits 0 "a file in words" "$partita" roundtrip one.mid
check "names what no scheme holds" grep -q \
  '1 pitch bends, 1 pressures, 1 other controllers; 1 pedal' out
exits 0 "a file as JSON" "$partita" roundtrip --json one.mid
check "counts and measures" python3 -c '
import json
one = json.load(open("out"))
assert one["files"] == 1 and one["notes"] == 2, one
assert one["pedals_folded"] == 1, one
assert one["controls_dropped"] == {
    "pitch_bend": 1, "pressure": 1, "other_controllers": 1}, one
remi = one["schemes"]["remi"]
assert remi["notes_kept"] == 2 and remi["notes_lost"] == 0, remi
# Ten ticks are 10.4 ms; the grid of remi has 40, that of grid 120.
assert abs(remi["worst_onset_ms"] - 10.417) < 0.1, remi
assert abs(one["schemes"]["grid"]["worst_onset_ms"] - 10.417) < 0.1, one
assert one["schemes"]["performance"]["worst_onset_ms"] <= 5.001, one
assert remi["worst_onset_in"] == "one.mid", remi'

mkdir folder
cp "$music"/waltz/waltz-0[1-3].mid folder
printf 'no music' >folder/page.mid
printf 'no music' >folder/page.txt
exits 0 "a folder" "$partita" roundtrip --json folder
check "is summed" python3 -c '
import json
folder = json.load(open("out"))
assert folder["files"] == 3 and folder["refused"] == 1, folder
assert folder["schemes"]["remi"]["notes_lost"] == 0, folder'
exits 1 "what is no MIDI file" "$partita" roundtrip folder/page.mid
check "is refused by name" grep -q 'page.mid' err
mkdir void
exits 1 "a folder without music" "$partita" roundtrip void
exits 1 "a file that is not there" "$partita" roundtrip nothing.mid

finish

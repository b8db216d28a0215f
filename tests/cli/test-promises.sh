#!/bin/sh
# SPDX-License-Identifier: MIT
# Promises, on models barely trained: what is asked for is kept, counted by
# another reader of the files, or refused by name.
. "${0%/*}/tap.sh"
corpus=$2
python=$3
tests=$(cd "${0%/*}" && pwd)
cd "$scratch" || exit 1
mkdir music
for style in chorale waltz blues; do
  mkdir "music/$style"
  cp "$corpus/$style/$style"-0[1-5].mid "music/$style"
done

for model in lstm transformer; do
  exits 0 "train, $model" "$partita" train music -o "$model.safetensors" \
    --model "$model" --size tiny --steps 10 --seed 1
  exits 0 "promises are kept, $model" \
    "$python" "$tests/promises.py" "$partita" "$model.safetensors" 40 7
done

exits 0 "what excludes each other is refused by name" \
  "$python" "$tests/refusals.py" "$partita" lstm.safetensors 36 5

compose() {
  "$partita" compose -m lstm.safetensors -o piece.mid --seed 3 "$@"
}

refused() {
  words=$1
  shift
  exits 1 "refused: $*" compose "$@"
  check "by name: $words" says "$words"
  check "with nothing written" test ! -e piece.mid
}

exits 0 "report" compose --key "D minor" --bars 4 --report report.json
check "in words" grep -qx '  bars 4/4' out
check "of every note" grep -qE '^  key D minor: ([0-9]+)/\1 notes in scale$' out
check "and as JSON" "$python" -c '
import json
piece, = json.load(open("report.json"))
assert piece["file"] == "piece.mid", piece
names = [p["name"] for p in piece["promises"]]
assert names == ["bars", "key", "signature", "ending", "notes"], names
assert all(p["kept"] and p["held"] == p["of"] for p in piece["promises"])'
rm piece.mid

exits 0 "why each note" compose --bars 4 --range C4-C5 --explain why.json
check "is what it is" "$python" -c '
import json, mido
notes = json.load(open("why.json"))
played = [m.note for m in mido.MidiFile("piece.mid")
          if m.type == "note_on" and m.velocity > 0]
assert sorted(n["pitch"] for n in notes) == sorted(played), notes
assert all(n["log_probability"] < 0 < n["entropy"] for n in notes), notes
assert all(len(n["alternatives"]) == 3 for n in notes), notes
assert any("range" in n["acted"] for n in notes), notes'
rm piece.mid
exits 0 "the best of many" compose --bars 2 -n 5 --best 2
check "are rated" [ "$(grep -c '^piece [1-5] rates' out)" = 2 ]
check "best first" sh -c 'sed -n "s/.* rates \([^:]*\):.*/\1/p" out |
  LC_ALL=C sort -rgc'
check "by the style too" grep -q 'deviations from the style, most in' out
check "and written" [ -e piece-1.mid -a -e piece-2.mid -a ! -e piece-3.mid ]
exits 2 "no more than there are" compose -n 2 --best 3

exits 0 "like a piece" compose --bars 4 --tempo 70 \
  --like "$corpus/waltz/waltz-01.mid"
check "in its style" grep -q 'like it: style' err
check "and its metre" grep -q 'meter 3/4: 4/4 bars' out
check "unless an option says more" grep -q 'tempo 70: 1/1' out
exits 0 "a blend" compose --bars 2 --style chorale:0.7,blues:0.3
rm piece.mid
refused "the model does not know it" --style chorale:0.7,polka:0.3

exits 0 "words" compose --tempo 80 \
  "a slow waltz in D minor for string quartet, 6 bars, mauve"
check "become controls" grep -qx 'asked for: programs violin,viola,cello' err
check "unless an option says more" grep -q 'tempo 80: 1/1' out
check "and are kept" grep -qx '  bars 6/6' out
check "or are named" grep -qx 'not understood: mauve' err
rm piece.mid

refused "range Db4-Db4 holds no note of C major" --key C --range 'C#4-C#4'
refused "chord A7 has Db, which C major has not" --key C --chords "C | A7"
refused "scale blues needs a key" --scale blues
refused "drums alone" --programs drums --key C
refused "does not keep to meter 3/4" --prime "$corpus/march/march-01.mid" \
  --meter 3/4 --bars 80
refused "tempo 144 and 66" "a fast slow waltz"
exits 2 "two sentences" compose "a waltz" "a march"
exits 2 "no such key" compose --key H
check "is said" grep -q 'no key is called that' err
exits 2 "no such instrument" compose --programs kazoo
check "is said too" grep -q 'no instrument is called that' err
exits 1 "the report's folder is missing" compose --report nowhere/report.json
finish

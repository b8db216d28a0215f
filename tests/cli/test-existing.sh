#!/bin/sh
# SPDX-License-Identifier: MIT
# Work on existing music, by a model barely trained: what was given stays, event
# for event, compared by another reader of the files; what cannot be done is
# refused by name.
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

mkdir given
exits 0 "music such as users have" "$python" "$tests/given.py" given

for model in lstm transformer; do
  exits 0 "train, $model" "$partita" train music -o "$model.safetensors" \
    --model "$model" --size tiny --steps 10 --seed 1
  exits 0 "what is given stays, $model" "$python" "$tests/existing.py" \
    "$partita" "$model.safetensors" 16 7 music/*/*-01.mid
  exits 0 "also what is odd, $model" "$python" "$tests/existing.py" \
    "$partita" "$model.safetensors" 24 8 given/[brstu]*.mid given/early.mid
done

# Real music, where PARTITA_DATA names a folder of it.
if [ -n "${PARTITA_DATA:-}" ]; then
  find "$PARTITA_DATA" -name '*.mid' | sort | awk 'NR % 97 == 1' | head -n 40 \
    >real
  exits 0 "real files" xargs -d '\n' -a real "$python" "$tests/existing.py" \
    "$partita" lstm.safetensors 40 9
fi

waltz=music/waltz/waltz-01.mid

compose() {
  "$partita" compose -m lstm.safetensors -o piece.mid --seed 3 "$@"
}

refused() {
  status=$1
  words=$2
  shift 2
  exits "$status" "refused: $*" compose "$@"
  check "by name: $words" grep -qF -- "$words" err
  check "with nothing written" test ! -e piece.mid
}

refused 2 "fill BARS" --infill "$waltz"
refused 2 "add NAMES" --accompany "$waltz"
refused 2 "strength" --strength 0.4
refused 2 "one of --prime" --infill "$waltz" --fill 1-2 --loop
refused 2 "without --bars" --vary "$waltz" --bars 4
refused 2 "fill 8-5" --infill "$waltz" --fill 8-5
refused 2 "fill two" --infill "$waltz" --fill two
refused 2 "add kazoo" --accompany "$waltz" --add kazoo
refused 2 "strength much" --vary "$waltz" --strength much
refused 1 "from 0 to 1" --vary "$waltz" --strength 1.5
refused 1 "bars 900 to 901: the piece has" --infill "$waltz" --fill 900-901
refused 1 "there is no track tuba" --infill "$waltz" --fill 1:tuba
refused 1 "no key D minor" --infill "$waltz" --fill 1 --key "D minor"
refused 1 "No such file" --infill none.mid --fill 1

exits 0 "report" compose --infill "$waltz" --fill 3-4 --report report.json
check "of what was given" grep -qE \
  '^  given: ([0-9]+)/\1 notes as they were$' out
check "and as JSON" "$python" -c '
import json
piece, = json.load(open("report.json"))
assert [p["name"] for p in piece["promises"]] == ["bars", "given"], piece'
rm piece.mid

# Every note that is composed, and no other, is explained.
explained() {
  exits 0 "why: $*" compose --explain why.json --report report.json "$@"
  check "each new note" "$python" -c '
import json, mido
given = sum(p["held"] for p in json.load(open("report.json"))[0]["promises"]
            if p["name"] == "given")
given = given or int(open("first").read())
notes = [m.note for m in mido.MidiFile("piece.mid")
         if m.type == "note_on" and m.velocity > 0]
reasons = json.load(open("why.json"))
assert len(reasons) == len(notes) - given > 0, (len(reasons), given)
assert all(r["log_probability"] < 0 for r in reasons)'
  rm piece.mid
}

echo 0 >first
explained --infill "$waltz" --fill 3-4
explained --accompany "$waltz" --add flute
explained --vary "$waltz" --strength 1
explained --harmonise "$waltz"
explained --loop --bars 8
"$python" -c '
import mido
notes = mido.MidiFile()
track = mido.MidiTrack()
notes.tracks.append(track)
for i in range(3):
    track.append(mido.Message("note_on", note=60, time=3840 if i else 0))
    track.append(mido.Message("note_off", note=60, time=480))
notes.save("gaps.mid")'
echo 3 >first
explained --prime gaps.mid --bars 8

# What is like a piece asks for what can be had, in the metre of most of it.
exits 0 "like a dense piece" compose --like given/dense.mid
rm piece.mid
exits 0 "like one with a bar of another metre" compose --like given/metres.mid
check "in its prevailing metre" grep -qF "meter 4/4: 16/16" out
rm piece.mid
exits 0 "like one in 1/1" compose --like given/whole.mid
check "by a name of its metre" grep -qF "meter 4/4: 16/16" out
rm piece.mid
refused 1 "no notes" --like given/empty.mid
exits 0 "the first bar, less an early note of the second" compose \
  --prime given/early.mid:1 --bars 3
check "of exact bars" grep -qF "bars 3/3" out
rm piece.mid

exits 0 "a model trained without parts" "$partita" train music \
  -o plain.safetensors --size tiny --steps 2 --seed 1 --augment none
exits 1 "has not learnt it" "$partita" compose -m plain.safetensors \
  -o piece.mid --vary "$waltz"
check "and says so" grep -qF -- "--augment parts" err

finish

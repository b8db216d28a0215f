#!/bin/sh
# SPDX-License-Identifier: MIT
# The whole path on the corpus that ships: train, compose, render, inspect.
# Arguments: the program, the corpus.
set -u
. "$(dirname "$0")/tap.sh"
corpus=$2
cd "$scratch" || exit 1

# Two styles and few pieces: the path is tested here, not the learning.
mkdir music music/waltz music/blues
for n in 01 02 03 04 05 06; do
  cp "$corpus/waltz/waltz-$n.mid" music/waltz/
  cp "$corpus/blues/blues-$n.mid" music/blues/
done

for scheme in remi performance grid; do
  exits 0 "train, $scheme" "$partita" train music -o "$scheme.safetensors" \
    --scheme "$scheme" --size tiny --steps 4 --seed 3
  check "the trigram's loss is printed, $scheme" \
    grep -qE 'held-out loss [0-9.]+ nats a token, trigram [0-9.]+' out
  cp out trained
  check "the ledger has a line a file, $scheme" \
    test "$(wc -l <"$scheme.ledger.jsonl")" -eq 12
  "$partita" train music -o again.safetensors --force --scheme "$scheme" --size tiny \
    --steps 4 --seed 3 --threads 1 2>err >out
  check "the same seed trains the same model, $scheme" \
    cmp "$scheme.safetensors" again.safetensors
  exits 0 "evaluate, $scheme" "$partita" evaluate -m "$scheme.safetensors" \
    music --json --split valid
  check "the held-out loss is the one training printed, $scheme" python3 -c '
import json, re
held_out = json.load(open("out"))
loss = float(re.search("held-out loss ([0-9.]+)", open("trained").read())[1])
assert abs(held_out["nll_per_token"] - loss) < 1e-4, (held_out, loss)
types = held_out["by_type"].values()
assert sum(t["tokens"] for t in types) == held_out["tokens"], held_out
nats = sum(t["tokens"] * t["nll"] for t in types)
bits = held_out["bits_per_note"] * held_out["notes"]
assert abs(nats - loss * held_out["tokens"]) < 1e-4 * nats, (nats, loss)
assert abs(nats / 0.6931471805599453 - bits) < 1e-6 * bits, held_out'
  exits 0 "inspect a model, $scheme" \
    "$partita" inspect --json "$scheme.safetensors"
  check "the model's styles, $scheme" \
    python3 -c '
import json, sys
model = json.load(open("out"))
assert model["styles"] == ["blues", "waltz"], model
assert model["scheme"] == sys.argv[1], model
assert model["parameters"] > 100000, model' "$scheme"
  exits 0 "compose, $scheme" "$partita" compose -m "$scheme.safetensors" \
    -o "$scheme.mid" --style waltz --bars 5 --seed 11 -n 2 --wav "$scheme.wav"
  "$partita" compose -m "$scheme.safetensors" -o same.mid --style waltz \
    --bars 5 --seed 11 -n 2 --threads 1 --wav same.wav >out 2>err
  for n in 1 2; do
    check "the same seed composes the same piece, $scheme $n" \
      cmp "$scheme-$n.mid" "same-$n.mid"
    check "and renders the same sound, $scheme $n" \
      cmp "$scheme-$n.wav" "same-$n.wav"
    "$partita" render "$scheme-$n.mid" -o again.wav >out 2>err
    check "which the file alone gives too, $scheme $n" \
      cmp "$scheme-$n.wav" again.wav
  done
  exits 0 "inspect a piece, $scheme" "$partita" inspect --json "$scheme-1.mid"
  check "the bars asked for are there, $scheme" python3 -c '
import json
piece = json.load(open("out"))
assert piece["bars"] == 5, piece
assert piece["verdict"] == "read" and piece["mended"] == [], piece'
done

exits 0 "print a piece while it is made" "$partita" compose \
  -m remi.safetensors -o stream.mid --stream --style waltz --bars 5 --seed 11
check "it is the piece composed without" cmp stream.mid remi-1.mid
grep -c "^note" out >printed
"$partita" inspect --json stream.mid >out 2>err
check "as many notes were printed as the file has" \
  grep -qE "\"notes\" : $(cat printed)(,|\$)" out

exits 0 "continue a piece" "$partita" compose -m remi.safetensors -o on.mid \
  --prime music/waltz/waltz-01.mid --bars 60 --seed 1
"$partita" inspect --json on.mid >out 2>err
check "continued to the bars asked for" grep -q '"bars" : 60' out
exits 0 "continue its first bars" "$partita" compose -m remi.safetensors \
  -o on.mid --prime music/waltz/waltz-01.mid:3 --bars 5 --seed 1
"$partita" inspect --json on.mid >out 2>err
check "to no more than were asked for" grep -q '"bars" : 5' out
exits 1 "more first bars than there are" "$partita" compose \
  -m remi.safetensors -o no.mid --prime music/waltz/waltz-01.mid:9999
check "is refused with how many there are" says "it has"
exits 1 "a primer of more bars than asked for" "$partita" compose \
  -m remi.safetensors -o no.mid --prime music/waltz/waltz-01.mid --bars 2
check "is refused by name" says bars
exits 1 "an unknown style" "$partita" compose -m remi.safetensors -o no.mid \
  --style polka
check "is answered with the known ones" says blues
check "what is refused writes nothing" test ! -e no.mid

for format in s16 s24 float; do
  exits 0 "render, $format" "$partita" render music/blues/blues-01.mid \
    -o "r-$format.wav" --format "$format" --rate 22050
  exits 0 "is sound, $format" sox "r-$format.wav" -n stat
  check "not silent, not clipped, $format" awk '
    /Maximum amplitude/ { ok = $3 > 0.05 && $3 < 0.999 }
    END { exit !ok }' err
done

exits 0 "evaluate in words" "$partita" evaluate -m remi.safetensors music/blues
check "all files, one type a line" grep -qE '^Pitch +[0-9]+ +[0-9.]+ +[0-9.]+$' out
check "of the one style its pieces" grep -qE '^pieces +6$' out
mkdir void
exits 1 "evaluate a folder without music" "$partita" evaluate \
  -m remi.safetensors void
check "is refused by name" says void
exits 1 "evaluate with what is no model" "$partita" evaluate \
  -m music/blues/blues-01.mid music
check "is refused by name" says blues-01.mid

exits 0 "inspect a folder" "$partita" inspect --json music
check "sums its ledger" python3 -c '
import json
folder = json.load(open("out"))
assert folder["files"] == 12 and folder["skipped"] == 0, folder
assert folder["styles"] == {"blues": 6, "waltz": 6}, folder'
exits 0 "print the notes of a piece" \
  "$partita" inspect --notes music/waltz/waltz-01.mid
check "bar by bar" grep -q '^bar 1  3/4' out

# scale SIGNATURE MODE PITCH...: octal, quarters in a row
scale() {
  printf 'MThd\0\0\0\6\0\0\0\1\1\340MTrk\0\0\0%b' \
    "\\0$(printf %o $((9 * $# - 8)))"
  printf '\0\377\131\2%b%b' "\\0$1" "\\0$2"
  shift 2
  for pitch; do
    printf '\0\220%b\100\203\140\200%b\0' "\\0$pitch" "\\0$pitch"
  done
  printf '\0\377\57\0'
}
scale 377 1 76 100 101 103 105 106 111 112 76 >minor.mid
exits 0 "print a minor scale" "$partita" inspect --notes minor.mid
check "with its leading note" grep -q 'C#5' out
check "and its flat" grep -q 'Bb4' out
scale 372 0 66 70 72 73 75 77 101 102 66 >flats.mid
exits 0 "print six flats" "$partita" inspect --notes flats.mid
check "the octave is the letter's" grep -q 'Cb4' out
scale 4 1 61 63 64 66 70 71 74 75 61 >sharps.mid
exits 0 "print four sharps" "$partita" inspect --notes sharps.mid
check "of this letter too" grep -q 'B#3' out

finish

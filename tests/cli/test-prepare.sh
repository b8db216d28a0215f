#!/bin/sh
# SPDX-License-Identifier: MIT
# A corpus is prepared, used in the place of its folder, and survives kills.
# Arguments: the program, the corpus.
set -u
. "$(dirname "$0")/tap.sh"
here=$(cd "$(dirname "$0")" && pwd)
music=$2
cd "$scratch" || exit 1

exits 2 "prepare without a place to write to is wrong usage" \
  "$partita" prepare "$music"
exits 2 "no part 3 of 2" "$partita" prepare "$music" -o c --part 3/2
exits 1 "a corpus in its own music is refused" \
  "$partita" prepare "$scratch" -o "$scratch/c"
check "in one line" says "would lie in the folder of its music"
check "and leaves no trace" test ! -e c

exits 0 "the music that ships is prepared" \
  "$partita" prepare "$music" -o ready --workers 2
check "the name of the corpus is printed" grep -qx 'wrote ready' out
exits 0 "in parts too" "$partita" prepare "$music" -o parts --part 2/2
exits 0 "the other one" "$partita" prepare "$music" -o parts --part 1/2
exits 0 "and joined" "$partita" prepare "$music" -o parts --workers 1
check "with the same bytes" diff -r ready parts

for source in "$music" ready; do
  exits 0 "training on $(basename "$source")" "$partita" train "$source" \
    -o "$(basename "$source").safetensors" --ledger "$(basename "$source").jsonl" \
    --size tiny --steps 2 --seed 5
done
check "gives the same model" cmp ready.safetensors music.safetensors
check "and the same ledger" cmp ready.jsonl music.jsonl
exits 1 "another scheme than it was prepared for is refused" \
  "$partita" train ready -o x.safetensors --scheme grid
check "in one line" says "prepared as remi, not as grid"
exits 0 "evaluating on it" "$partita" evaluate -m ready.safetensors ready

exits 0 "inspecting it" "$partita" inspect --json ready
check "sums up what is in it" python3 -c '
import json
corpus, advice = json.load(open("out")), []
ledger = [json.loads(line) for line in open("ready/ledger.jsonl")]
used = [x for x in ledger if x["verdict"] != "skipped"]
assert corpus["files"] == len(ledger) and corpus["scheme"] == "remi"
assert corpus["used"] + corpus["mended"] == len(used)
assert corpus["skipped"] == sum(corpus["skipped_because"].values())
assert corpus["notes"] == sum(x["notes"] for x in used)
assert sum(corpus["styles"].values()) == len(used)
assert corpus["in_families"] == len([x for x in used if x["family"]])'

mkdir few
for n in 01 02 03 04; do cp "$music/march/march-$n.mid" few/; done
mkdir few/again
cp "$music/march/march-01.mid" few/again/
exits 0 "inspecting a few pieces" "$partita" inspect few
check "advises on little music" grep -q '^  4 pieces of .* expect it to copy' out
check "and on copies" grep -q '^  [0-9]* % of the pieces are duplicates' out
check "and on pieces without a style" grep -q '^  3 pieces have no style' out

exits 0 "a prepare that is killed goes on" \
  python3 "$here/kill-prepare.py" "$partita" "$music" "${KILLS:-6}"

finish

#!/bin/sh
# SPDX-License-Identifier: MIT
# The model that is taken when none is named, and what it knows.
set -u
. "$(dirname "$0")/tap.sh"
corpus=$2
cd "$scratch" || exit 1
unset PARTITA_MODEL
mkdir -p songs/waltz songs/march built/src/cli built/models
cp "$corpus"/waltz/waltz-0[1-5].mid songs/waltz
cp "$corpus"/march/march-0[1-7].mid songs/march

exits 0 "train" "$partita" train songs -o songs.safetensors --size tiny \
  --steps 4 --seed 1
exits 0 "train without styles" "$partita" train songs/waltz -o bare.safetensors \
  --size tiny --steps 4 --seed 1

exits 0 "styles" "$partita" styles -m songs.safetensors
check "a line each, under a head" [ "$(wc -l <out)" -eq 3 ]
check "with metre and instruments" \
  grep -qE '^waltz +[345] +[0-9]+-[0-9]+ +3/4 +.*(piano|violin|flute)' out
exits 0 "as JSON" "$partita" styles -m songs.safetensors --json
pieces=$(awk '/"pieces"/ { n += $3 } END { print n }' out)
check "the pieces are those not held out" \
  [ "$pieces" -ge 8 -a "$pieces" -le 12 ]
exits 0 "of a model without styles" "$partita" styles -m bare.safetensors
check "one line for all" grep -qE '^- +[345] ' out
exits 1 "no such model" "$partita" styles -m none.safetensors
check "is named" says none.safetensors
exits 2 "the model is an option" "$partita" styles songs.safetensors

# Law: what is named is taken, else what is beside the program.
exits 0 "the environment names it" \
  env PARTITA_MODEL=songs.safetensors "$partita" compose -o piece.mid --bars 2
check "and is printed" grep -qx 'model songs.safetensors' err
exits 1 "or names none" \
  env PARTITA_MODEL=none.safetensors "$partita" compose -o other.mid
check "which is an error" grep -q '^partita compose: none.safetensors: ' err
check "with nothing written" [ ! -e other.mid ]
exits 0 "an option is before it" env PARTITA_MODEL=none.safetensors \
  "$partita" compose -m songs.safetensors -o piece.mid --bars 2
exits 0 "evaluate takes it too" \
  env PARTITA_MODEL=songs.safetensors "$partita" evaluate songs
exits 0 "and inspect" env PARTITA_MODEL=songs.safetensors "$partita" inspect
check "which tells what it is" grep -qx 'styles  *march, waltz' out
check "and how it was trained" \
  grep -q '^settings .*architecture lstm, size tiny, .*learning_rate 0.00' out
check "in words, not in JSON" sh -c '! grep -q "[][{}\"]" out'

# A program in the folder it was built in.
cp "$partita" built/src/cli/partita
cp "$(dirname "$partita")"/../../libpartita.so.0 built/
cp songs.safetensors built/models/partita.safetensors
exits 0 "the program's own" built/src/cli/partita compose -o piece.mid --bars 2
check "is printed" \
  grep -qx "model .*/built/models/partita.safetensors" err
exits 0 "and listed" built/src/cli/partita styles
check "with its styles" grep -q '^march ' out

finish

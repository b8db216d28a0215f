#!/bin/sh
# SPDX-License-Identifier: MIT
# Usage, help and completion: exit codes and words.
set -u
. "$(dirname "$0")/tap.sh"

exits 2 "no command is wrong usage" "$partita"
exits 2 "an unknown command is wrong usage" "$partita" sing
exits 0 "--help" "$partita" --help
for command in prepare train compose styles render inspect roundtrip evaluate; do
  "$partita" --help >"$scratch/help"
  check "help names $command" grep -qw "$command" "$scratch/help"
  exits 0 "$command --help" "$partita" "$command" --help
  case $command in
  inspect | styles) ;; # tell of the model that ships
  *) exits 2 "$command without arguments is wrong usage" "$partita" "$command" ;;
  esac
  exits 2 "$command refuses unknown options" "$partita" "$command" --sing
done
exits 0 "--version" "$partita" --version
exits 2 "train wants -o" "$partita" train "$scratch"
exits 2 "train wants one folder" "$partita" train a b -o "$scratch/m"
exits 2 "one length only" \
  "$partita" train "$scratch" -o "$scratch/m" --minutes 1 --steps 2
exits 2 "minutes are not negative" \
  "$partita" train "$scratch" -o "$scratch/m" --minutes -1
exits 2 "a seed is a number" \
  "$partita" compose -m m -o "$scratch/o.mid" --seed x
exits 2 "a temperature is a number" \
  "$partita" compose -m m -o "$scratch/o.mid" --temperature hot
exits 2 "one piece is printed while it is made" \
  "$partita" compose -m m --stream -n 2
exits 2 "compose wants -o" "$partita" compose -m m
exits 2 "a side of the split is one of three" \
  "$partita" evaluate -m m "$scratch" --split half
exits 2 "a rate is within bounds" \
  "$partita" render in.mid -o "$scratch/o.wav" --rate 7
exits 2 "a format is one of three" \
  "$partita" render in.mid -o "$scratch/o.wav" --format mp3

"$partita" complete 1 partita co >"$scratch/words"
check "completes commands" grep -qx compose "$scratch/words"
"$partita" complete 3 partita train --si >"$scratch/words"
check "completes options" test ! -s "$scratch/words"
"$partita" complete 2 partita train --si >"$scratch/words"
check "completes options of a command" grep -qx -- --size "$scratch/words"
"$partita" complete 3 partita train --size t >"$scratch/words"
check "completes values" grep -qx tiny "$scratch/words"

finish

#!/bin/sh
# SPDX-License-Identifier: MIT
# The first ten minutes: what somebody sees who types what comes to mind.
# Arguments: the program, the corpus.
set -u
. "$(dirname "$0")/tap.sh"
corpus=$2
here=$(cd "$(dirname "$0")" && pwd)
cd "$scratch" || exit 1
cp "$corpus/waltz/waltz-01.mid" song.mid

# fails CODE TEXT ARGUMENT...: the command ends with that code and says the text.
fails() {
  code=$1
  text=$2
  shift 2
  exits "$code" "partita $*" "$partita" "$@"
  check "is answered with '$text'" grep -qF -- "$text" err
}

test_compose() {
  exits 0 "compose with nothing but -o" "$partita" compose -o piece.mid --seed 3
  check "says what it took" grep -qE \
    '^  style .+, key .+, metre [0-9]+/[0-9]+, tempo [0-9]+, for .+' out
  check "ends with how to hear it" sh -c \
    '[ "$(tail -n 1 out)" = "to hear it: partita render piece.mid -o piece.wav" ]'
  check "which works" sh -c '"$1" $(sed -n "s/^to hear it: partita //p" out)' \
    sh "$partita"
  check "and is sound" test -s piece.wav
  exits 0 "a name with blanks" "$partita" compose -o 'my piece.mid' --bars 2
  check "is quoted" grep -qF "render 'my piece.mid' -o 'my piece.wav'" out
  exits 0 "with --wav" "$partita" compose -o p.mid --wav p.wav --bars 2
  check "nothing need be said" sh -c '! grep -q "to hear it" out'
  exits 0 "many pieces" "$partita" compose -o many.mid -n 16 --bars 4 --seed 5 \
    --report report.json
  check "each ends on the chord of its key, and none is drums alone" \
    python3 "$here/first.py" pieces "$partita" report.json many-*.mid
  exits 0 "drums that are asked for" "$partita" compose -o drums.mid --bars 2 \
    --programs drums
  exits 0 "a style in capitals" "$partita" compose -o c.mid --bars 2 \
    --style CHORALE
  check "is the one" grep -q '^  style chorale' out
}

test_words() {
  exits 0 "rock without drums" "$partita" compose -o rock.mid --bars 4 --seed 2 \
    "rock without drums, not too fast"
  check "is kept" grep -qE '^  without drums: ([0-9]+)/\1 notes' out
  check "and moderate" grep -q 'asked for: tempo 112' err
  exits 0 "thirty seconds" "$partita" compose -o s.mid --seed 4 "30 seconds in A"
  check "last so long" grep -qE '^wrote s.mid: .* (29\.9|30\.0|30\.1) s' out
  check "in A" grep -q 'asked for: key A' err
  exits 0 "a loop" "$partita" compose -o l.mid --seed 4 --bars 8 "a loop"
  check "is one" grep -q '^  loop: ' out
  exits 0 "a style that the model lacks" "$partita" compose -o m.mid --bars 4 \
    --tempo 100 "a pompous marhc, a tango in D minor"
  check "gives what it can" grep -q 'tango: only metre and tempo' err
  check "what is misspelt is asked after" \
    grep -q 'not understood: marhc; did you mean march?' err
  check "what is unknown is named" grep -q 'not understood: pompous$' err
  check "what an option overrules is said" grep -q 'left aside: tempo 64' err
  exits 1 "drums and none" "$partita" compose -o d.mid --programs drums \
    --without drums
  check "exclude each other" grep -q 'programs drums and without drums' err
}

test_errors() {
  printf '{"a": 1}' >words.json
  : >nothing.mid
  fails 2 "did you mean compose?" compse
  fails 2 "did you mean --style?" compose -o o.mid --stlye rock
  fails 2 "did you mean --threads?" prepare . -o c --treads 2
  fails 1 "did you mean chorale?" compose -o o.mid --style chorrale
  fails 1 "did you mean chorale?" compose -o o.mid --style choral:1,rock:2
  fails 2 "did you mean violin?" compose -o o.mid --programs voilin
  fails 2 "did you mean violin?" compose -o o.mid --range voilin:C4-C6
  fails 2 "did you mean dorian?" compose -o o.mid --key C --scale dorain
  fails 2 "from A to G" compose -o o.mid --key H
  fails 1 "-m takes a model, and this is a MIDI file" compose -m song.mid -o o.mid
  fails 1 "-m takes a model, and this is a JSON file" styles -m words.json
  fails 1 "-m takes a model, and this is a folder" evaluate -m . .
  fails 1 "takes a MIDI file, and this is a folder" compose --prime . -o o.mid
  fails 1 "takes a MIDI file, and this is an empty file" render nothing.mid -o o.wav
  fails 1 "takes a SoundFont, and this is a MIDI file" render song.mid -o o.wav \
    --soundfont song.mid
  fails 1 "takes a folder of MIDI files or a corpus, and this is a MIDI file" \
    train song.mid -o o.safetensors
  fails 1 "and this is a JSON file" roundtrip words.json
  fails 1 "and this is a JSON file" inspect words.json
  fails 2 "a whole number from 1 to 4096" compose -o o.mid --bars 5000
  fails 2 "a whole number from 1 to 4096" compose -o o.mid --bars many
  fails 2 "a whole number from 1 to 4096" compose -o o.mid --bars 99999999999
  fails 2 "a whole number from 1 to 100000" compose -o o.mid -n 1.5
  fails 2 "a number above 0" train . -o o.safetensors --minutes x
  fails 2 "a number from 0 to 1" train . -o o.safetensors --balance 2
  fails 2 "a whole number from 8000 to 96000" render song.mid -o o.wav --rate 7
  fails 2 "a number from 0.01 to 10" render song.mid -o o.wav --gain 11
  for command in "prepare . -o c" "train . -o o.safetensors" "compose -o o.mid" \
    "evaluate ."; do
    # shellcheck disable=SC2086 # words
    fails 2 "a whole number from 0 to 1024" $command --threads 5000
  done
  fails 2 "one of --quiet and --verbose" compose -o o.mid -q -v
  check "nothing was written" sh -c '! ls o.* c 2>/dev/null'
}

test_voices() {
  mkdir heap && cp song.mid heap/ && printf 'MThd' >heap/bad.mid
  exits 0 "roundtrip, verbose" "$partita" roundtrip heap --verbose
  check "names what is refused" grep -q '^refused heap/bad.mid' err
  exits 0 "inspect, verbose" "$partita" inspect heap -v
  check "names what is skipped" grep -q '^skipped bad.mid: ' err
  for command in "roundtrip heap" "inspect heap" "styles" \
    "compose -o q.mid --bars 2 --seed 1" "prepare heap -o heap.corpus" \
    "evaluate heap" "render song.mid -o q.wav"; do
    # shellcheck disable=SC2086 # words
    exits 0 "$command, quiet" "$partita" $command --quiet
    check "says nothing on standard error" test ! -s err
  done
}

test_train() {
  mkdir music
  cp "$corpus"/waltz/waltz-0[1-6].mid music/
  exits 0 "train" "$partita" train music -o 'a model.safetensors' --size tiny \
    --steps 4
  check "ends with a verdict on the trigram model" \
    grep -qE '^(better than|worse than|about as good as) a trigram model' out
  check "and on the model that ships" grep -qE \
    '^(better|worse) than the model that ships: [0-9.]+ bits a note' out
  check "with advice" grep -q '^advice: 6 pieces of .* are little music' out
  check "and the next command" sh -c "[ \"\$(tail -n 1 out)\" = \
    \"next: partita compose -m 'a model.safetensors' -o piece.mid\" ]"
  check "which works" sh -c "$partita compose -m 'a model.safetensors' -o next.mid"
}

# With a comma for the point, if there is such a locale or one can be made.
test_locale() {
  mkdir locales
  if ! localedef -i de_DE -f UTF-8 "$scratch/locales/de_DE.UTF-8" 2>/dev/null; then
    echo "# no locale with a comma here"
    return
  fi
  export LOCPATH="$scratch/locales"
  check "the locale has a comma" sh -c \
    '[ "$(LC_ALL=de_DE.UTF-8 printf "%.1f" 1.5 2>/dev/null || echo 1,5)" != x ] &&
     [ "$(LC_ALL=de_DE.UTF-8 locale decimal_point)" = , ]'
  for command in "inspect song.mid" "inspect song.mid --json" "roundtrip song.mid" \
    "inspect heap" "evaluate heap" "evaluate heap --json" "styles" \
    "compose -o loc.mid --seed 1 --bars 4 --tempo 90.5 --temperature 0.9 --density 2.5" \
    "render song.mid -o loc.wav --gain 0.5" "compose -o loc.mid --bars 3,5"; do
    # shellcheck disable=SC2086 # words
    LC_ALL=C.UTF-8 "$partita" $command >plain 2>plain.err
    # shellcheck disable=SC2086
    LC_ALL=de_DE.UTF-8 "$partita" $command >comma 2>comma.err
    check "$command is the same with a comma" cmp plain comma
    check "on standard error too" cmp plain.err comma.err
  done
}

test_completion() {
  if command -v zsh >/dev/null; then
    check "zsh reads its completion" zsh -n "$here/../../completions/_partita"
  fi
  if command -v fish >/dev/null; then
    check "fish reads its completion" \
      fish --no-execute "$here/../../completions/partita.fish"
  fi
  "$partita" complete 2 partita inspect --qu >words
  check "what all commands take is completed" grep -qx -- --quiet words
  "$partita" complete 4 partita prepare x --w >words
  check "what is hidden is not" test ! -s words
}

test_compose
test_words
test_errors
test_voices
test_train
test_locale
test_completion
check "progress is cut to the terminal's width, with the time left" \
  python3 "$here/first.py" progress "$partita" "$corpus"
finish

#!/bin/sh
# SPDX-License-Identifier: MIT
# What stands is never lost: outputs that are inputs, names that lie, devices,
# pipes, links, standard input and output, signals, killed writers.
# Arguments: the program, the corpus.
set -u
. "$(dirname "$0")/tap.sh"
corpus=$2
cd "$scratch" || exit 1
mkdir music place
for n in 01 02 03 04; do cp "$corpus/waltz/waltz-$n.mid" music/; done
cp music/waltz-01.mid a.mid
"$partita" train music -o model.safetensors --size tiny --steps 1 >out 2>err
PARTITA_MODEL=model.safetensors
export PARTITA_MODEL
compose() { "$partita" compose --bars 2 --seed 1 "$@"; }

# train: a model or a checkpoint that stands is not begun anew.
cp model.safetensors before.safetensors
cp model.run/checkpoint.safetensors before.run
exits 1 "a model that stands is not replaced" \
  "$partita" train nowhere -o model.safetensors
check "which is said before anything is read" says \
  "model.safetensors exists: --resume goes on"
cp -R model.run alone.run
exits 1 "nor is a checkpoint" "$partita" train music -o alone.safetensors
check "which is named" says "alone.run/checkpoint.safetensors exists"
exits 2 "to go on or to begin anew" \
  "$partita" train music -o model.safetensors --resume --force
exits 1 "no model in the place of a device" \
  "$partita" train music -o /dev/null --force
check "nothing of it was touched" sh -c '
  cmp model.safetensors before.safetensors &&
  cmp model.run/checkpoint.safetensors before.run'

# stop SECONDS SIGNAL FILE COMMAND...: its status once the signal has ended it;
# with a FILE the signal is sent that long after the file was made.
cat >stop.py <<'END'
import os, signal, subprocess, sys, time
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # whoever began this under nohup
run = subprocess.Popen(sys.argv[4:], stdout=open("out", "w"),
                       stderr=open("err", "w"))
for _ in range(600):
    if sys.argv[3] == "-" or os.path.exists(sys.argv[3]) or run.poll() is not None:
        break
    time.sleep(0.05)
time.sleep(float(sys.argv[1]))
run.send_signal(getattr(signal, sys.argv[2]))
sent = time.monotonic()
while run.poll() is None and time.monotonic() < sent + 120:
    if "stopping" in open("err").read():
        print("said after %.2f s" % (time.monotonic() - sent))
        break
    time.sleep(0.01)
try:
    run.communicate(timeout=120)
finally:
    run.kill()
sys.exit(run.returncode if run.returncode >= 0 else 128 - run.returncode)
END
stop() { python3 stop.py "$@" >said; }

stop 1 SIGINT - \
  "$partita" train "$corpus" -o model.safetensors --force --size base
check "stopped before its first step, a forced training leaves what stood" sh -c '
  cmp model.safetensors before.safetensors &&
  cmp model.run/checkpoint.safetensors before.run'
for signal in SIGHUP SIGTERM; do
  rm -rf new.*
  stop 0.5 $signal new.run/checkpoint.safetensors \
    "$partita" train music -o new.safetensors --size tiny --minutes 30
  result $? "$signal ends a training cleanly" err
  check "and what follows is said at once" \
    grep -q 'within about [0-9]* s' err
  check "with a model and a checkpoint" sh -c \
    'test -s new.safetensors && test -s new.run/checkpoint.safetensors'
done
cp new.safetensors before.safetensors
stop 0 SIGINT - "$partita" train music -o new.safetensors --size tiny \
  --minutes 30 --resume
loss() {
  "$partita" inspect --json "$1" | sed -n 's/.*"valid_loss" *: *\([0-9.e+-]*\).*/\1/p'
}
check "stopped again at once, the model is no worse" awk \
  -v before="$(loss before.safetensors)" -v after="$(loss new.safetensors)" \
  'BEGIN { exit !(before > 0 && after > 0 && after <= before) }'

# Outputs that are inputs or other outputs.
refuses() {
  name=$1
  words=$2
  shift 2
  cp a.mid kept
  exits 2 "$name" "$@"
  check "... by name" grep -qF -- "$words" err
  check "... and a.mid is as it was" cmp a.mid kept
}
ln -s a.mid link
ln a.mid hard.mid
ln a.mid hard
refuses "--prime" "same file as --prime" compose --prime a.mid -o a.mid
refuses "--prime with bars" "same file as --prime" \
  compose --prime a.mid:2 -o ./a.mid
refuses "--like through a link" "same file as --like" compose --like a.mid -o link
refuses "--vary through a hard link" "same file as --vary" \
  compose --vary a.mid -o hard.mid
refuses "--harmonise" "same file as --harmonise" compose --harmonise a.mid -o a.mid
refuses "--infill" "same file as --infill" \
  compose --infill a.mid --fill 1 -o a.mid
refuses "--accompany" "same file as --accompany" \
  compose --accompany a.mid --add flute -o a.mid
refuses "render onto its input" "" "$partita" render a.mid -o a.mid
refuses "two outputs that are not yet there" "same file as --wav" \
  compose -o o --wav place/o --report ./place/../place/o
ln -s place/later later
refuses "the same through a link to nothing" "same file as -o" \
  compose -o later --report place/later
refuses "numbered outputs" "same file as -o" compose -o w -n 3 --report w-2
ln -s model.safetensors linked
refuses "the model" "a name for a model" compose -o linked
refuses "the model that is found" "same file as -m" env PARTITA_MODEL=a.mid \
  "$partita" compose -o a.mid
refuses "a ledger over the corpus" "same file as DIR" \
  "$partita" prepare music -o music
refuses "a ledger over the file" "same file as FILE" \
  "$partita" inspect a.mid --ledger hard
cp a.mid music/plain
refuses "a ledger over music of the folder" "music of the folder DIR" \
  "$partita" train music -o t.safetensors --ledger music/plain
rm music/plain

# Names that lie.
lies() {
  words=$1
  shift
  exits 2 "lies: $*" "$@"
  check "... and the right command is named" grep -qF -- "$words" err
}
lies 'compose -o OUT.mid --wav OUT.wav' compose -o x.wav
lies 'compose -o OUT.mid --wav OUT.wav' compose -o x.WAV
lies 'compose -m MODEL -o OUT.mid' "$partita" render a.mid -o x.mid
lies 'a name for MP3' "$partita" render a.mid -o x.mp3
lies 'compose -o OUT.mid' compose -o o.mid --wav x.mid
lies 'a name for a model' compose -o x.safetensors
lies 'render IN.mid -o OUT.wav' "$partita" train music -o x.wav
lies 'a name for MIDI' "$partita" train music -o t.safetensors --ledger x.mid
lies 'a name for WAV' compose -o o.mid --report x.wav
ln -s x.wav sound
lies 'a name for WAV' compose -o sound
check "nothing was written" sh -c '! ls x.* o.mid t.* 2>/dev/null | grep -q .'

# What an output path is.
exits 0 "a piece to a device" compose -o /dev/null
check "the device stays" test -c /dev/null
exits 1 "a full device" compose -o /dev/full
check "is named" grep -qF /dev/full err
compose -o plain.mid >out 2>err
exits 0 "standard output" compose -o -
check "is the file alone" cmp out plain.mid
check "and the words go beside it" grep -q '^seed 1$' err
exits 0 "by its other name" compose -o /dev/stdout
check "is the same" cmp out plain.mid
compose -o - 2>err | cat >piped
check "through a pipe too" cmp piped plain.mid
exits 2 "standard output for two files" compose -o - --report -
exits 2 "or for many pieces" compose -o - -n 2
exits 2 "or for a model" "$partita" train music -o -
mkfifo fifo
cat fifo >piped &
exits 0 "a FIFO" compose -o fifo
wait $!
check "gets the piece" cmp piped plain.mid
check "and stays one" test -p fifo
echo old >target.mid
chmod 640 target.mid
ln -s target.mid through.mid
exits 0 "a link" compose -o through.mid
check "stays one" test -L through.mid
check "and its target is replaced" cmp target.mid plain.mid
check "keeping its mode" test "$(stat -c %a target.mid)" = 640
if [ "$(id -u)" -eq 0 ]; then
  chown 12:34 target.mid
  compose -o target.mid >out 2>err
  check "and its owner" test "$(stat -c %u:%g target.mid)" = 12:34
fi

# Standard input.
reads() {
  name=$1
  shift
  status=0
  "$@" <plain.mid >out 2>err || status=$?
  result "$status" "standard input: $name" err
}
reads "inspect" "$partita" inspect -
check "... is the file" grep -q '^bars  *2$' out
reads "roundtrip" "$partita" roundtrip -
reads "--prime" compose --prime - --bars 4 -o o.mid
reads "--prime with bars" compose --prime -:1 -o o.mid
reads "--like" compose --like - -o o.mid
reads "render, and output" "$partita" render - -o -
check "... is a WAV file" sh -c 'head -c 4 out | grep -q RIFF'
reads "the device's name" "$partita" inspect /dev/stdin
"$partita" inspect - --json <model.safetensors >out 2>err
check "standard input: a model" grep -q '"parameters"' out
"$partita" compose -m - --bars 2 --seed 1 -o o.mid <model.safetensors >out 2>err
check "... which composes" cmp o.mid plain.mid
exits 2 "standard input for two files" compose --prime - --like - -o o.mid
exits 2 "or for a folder" "$partita" train - -o t.safetensors

exits 0 "a ledger to standard output" "$partita" inspect --json music --ledger -
check "is alone there" sh -c '
  [ "$(grep -c "^{.*}$" out)" = 4 ] && [ "$(wc -l <out)" = 4 ]'
check "and what was asked for goes beside it" grep -q '"files" : 4' err

# Standard output that fails.
"$partita" prepare music -o ready >out 2>err
for command in "inspect a.mid" "inspect --json a.mid" "inspect music" \
  "inspect --json model.safetensors" "styles" "styles --json" "roundtrip a.mid" \
  "roundtrip --json a.mid" "evaluate music --split all" \
  "evaluate --json music --split all" "prepare music -o ready" \
  "compose -o o.mid --bars 2" "compose --stream --bars 2" \
  "render a.mid -o o.wav" "train music -o full.safetensors --steps 1 --size tiny --force" \
  "--help" "--version" "train --help" "complete 1 partita co"; do
  # shellcheck disable=SC2086 # words
  "$partita" $command >/dev/full 2>err
  check "full: $command" test $? -eq 1
  check "... is said once" test "$(grep -c 'standard output' err)" -eq 1
  # shellcheck disable=SC2086 # words
  "$partita" $command >&- 2>err
  check "closed: $command" test $? -eq 1
done
# Whoever reads may go away, as head does; here before anything is written.
deserted() {
  python3 -c 'import os, subprocess, sys
reading, writing = os.pipe()
os.close(reading)
sys.exit(subprocess.run(sys.argv[1:], stdout=writing).returncode)' "$@"
}
for command in "inspect a.mid" "inspect --json a.mid" "styles" "--help" \
  "compose --stream --bars 2" "compose -o - --bars 2" "render a.mid -o -"; do
  # shellcheck disable=SC2086 # words
  exits 1 "no reader: $command" deserted "$partita" $command
  check "... needs no words" sh -c '! grep -qE "standard output|pipe|cannot" err'
done
exits 1 "another failure" deserted "$partita" inspect nowhere.mid
check "is told also where nobody reads" says nowhere.mid
check "nothing was written where standard output was" sh -c '
  head -c 4 o.mid | grep -q MThd && head -c 4 o.wav | grep -q RIFF'

# Numbers that are no wish.
for options in "compose -o o.mid --bars 0" "compose -o o.mid -n 0" \
  "compose -o o.mid --bars -1" "compose -o o.mid -n -1" \
  "compose -o o.mid -n 2 --best 0" "compose -o o.mid --tempo 0" \
  "compose -o o.mid --density 0" "compose -o o.mid --polyphony 0" \
  "compose -o o.mid -n 100001" \
  "render a.mid -o o.wav --rate 0" "render a.mid -o o.wav --gain 0" \
  "prepare music -o c --part 0/1" \
  "train music -o z.safetensors --minutes 0" \
  "train music -o z.safetensors --minutes nan" \
  "train music -o z.safetensors --epochs 0" \
  "train music -o z.safetensors --steps 0" \
  "train music -o z.safetensors --layers 0" \
  "train music -o z.safetensors --context 0" \
  "train music -o z.safetensors --learning-rate 0" \
  "train music -o z.safetensors --learning-rate nan" \
  "train music -o z.safetensors --minutes 1e7" \
  "train music -o z.safetensors --batch 0" \
  "train music -o z.safetensors --shards 0" \
  "train music -o z.safetensors --checkpoint 0"; do
  # shellcheck disable=SC2086 # words
  exits 2 "no wish: $options" "$partita" $options
done

# What killed commands leave, the next one sweeps.
python3 - "$partita" <<'END'
import os, random, subprocess, sys, time
for i in range(12):
    run = subprocess.Popen([sys.argv[1], "compose", "-o", "place/k.mid", "-n",
                            "200", "--bars", "2", "--wav", "place/k.wav"],
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(random.uniform(0.3, 0.8))
    run.kill()
    run.wait()
END
touch place/k.mid.partita-aB3xYz place/.partita-012345
exits 0 "after twelve kills" compose -o place/next.mid
check "no temporary file is left" sh -c '! ls -A place | grep -q partita-'

finish

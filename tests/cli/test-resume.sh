#!/bin/sh
# SPDX-License-Identifier: MIT
# A training that is killed, stopped or short of room loses nothing: it goes on
# from its checkpoint and ends in the same model, to the bit.
# Arguments: the program, the corpus, how often to kill.
set -u
. "$(dirname "$0")/tap.sh"
corpus=$2
kills=${3:-20}
here=$(cd "$(dirname "$0")" && pwd)
cd "$scratch" || exit 1
mkdir music music/train music/valid
for n in 04 17 24 29 48; do
  cp "$corpus/chorale/chorale-$n.mid" music/train/
done
cp "$corpus/chorale/chorale-06.mid" music/valid/ # the shortest

for model in lstm transformer; do
  rm -rf kill && mkdir kill
  check "killed again and again, $model, it ends as if it had never stopped" \
    sh -c 'cd kill && python3 "$1" "$2" ../music "$3" "$4"' sh \
    "$here/kill-train.py" "$partita" "$kills" $model
  sed 's/^/# /' log
  check "the event files of a killed run are whole" \
    sh -c 'python3 "$1" kill/killed.run/events.out.tfevents.*' sh \
    "$here/read-events.py"
done

# The last line on standard error holds the words.
tells() {
  tail -n 1 err | grep -qF -- "$1"
}

train() {
  "$partita" train music --size tiny --steps 3 "$@"
}

exits 1 "nothing to resume" train -o new.safetensors --resume
check "is said, with the folder" tells new.run
check "and leaves no folder" test ! -e new.run
exits 0 "train" train -o a.safetensors
check "the run's folder holds checkpoint, log and events" sh -c '
  ls a.run | sed "s/tfevents.*/tfevents/" | tr "\n" " " |
  grep -qx "checkpoint.safetensors events.out.tfevents log.jsonl "'
python3 "$here/read-events.py" a.run/events.out.tfevents.* >events 2>err
result $? "its events can be read" err
check "the events are those of the log" python3 -c '
import json, math
lines = [json.loads(line) for line in open("a.run/log.jsonl")]
events = {}
for line in open("events"):
    if line[0].isdigit():
        step, tag, value = line.split()
        events[int(step), tag] = float(value)
tags = {"loss": "loss/train", "valid_loss": "loss/valid",
        "learning_rate": "learning_rate", "gradient_norm": "gradient_norm",
        "tokens_per_s": "tokens_per_s"}
assert [line["step"] for line in lines] == [1, 2, 3], lines
count = 0
for line in lines:
    for key, tag in tags.items():
        if line[key] is None:
            assert (line["step"], tag) not in events
            continue
        value = events[line["step"], tag]
        assert math.isclose(value, line[key], rel_tol=1e-6), (line, tag)
        count += 1
assert count == len(events) == 15, events'
cp a.safetensors model
exits 0 "a finished run can be resumed" train -o a.safetensors --resume
check "and gives the same model" cmp a.safetensors model
exits 0 "and can be made longer" "$partita" train music --size tiny --steps 5 \
  -o a.safetensors --resume
check "by the steps that were added" grep -q '^steps 5,' out
check "the log goes on" sh -c \
  'tail -n 1 a.run/log.jsonl | grep -q "^{\"step\":5,"'

exits 1 "another seed" train -o a.safetensors --resume --seed 4
check "is told from that of the checkpoint" tells 'seed is "0"'
exits 1 "another size" "$partita" train music --steps 3 -o a.safetensors \
  --resume --size small
check "is told from that of the checkpoint" tells size
exits 1 "another scheme" train -o a.safetensors --resume --scheme performance
check "is told from that of the checkpoint" tells 'scheme is "remi"'
cp "$corpus/waltz/waltz-05.mid" music/train/
exits 1 "another corpus" train -o a.safetensors --resume
check "is told from that of the checkpoint" tells corpus
rm music/train/waltz-05.mid
head -c 100000 a.run/checkpoint.safetensors >torn
exits 2 "wrong --checkpoint" train -o a.safetensors --checkpoint -1

# A disk that fills: no file may grow past this size, whoever writes it.
small() {
  (ulimit -f "$1" && shift && train "$@")
}
cp a.run/checkpoint.safetensors old
exits 1 "a full disk" small 1000 -o a.safetensors --resume --steps 8
check "is told with the file" tells a.run/checkpoint.safetensors
check "keeps the checkpoint" cmp a.run/checkpoint.safetensors old
check "and leaves nothing half written" \
  sh -c '! ls a.run | grep -q partita-'
exits 0 "with room again it goes on" train -o a.safetensors --resume --steps 8
exits 1 "a full disk at the start" small 1000 -o full.safetensors
check "is told before a second step" sh -c '! grep -q "step 2" err'
"$partita" train music --size tiny --steps 1 --batch 4 --model transformer \
  -o t.safetensors >out 2>err
cp t.run/checkpoint.safetensors old
exits 1 "a full disk, transformer" small 1000 -o t.safetensors --resume \
  --batch 4 --model transformer
check "keeps the checkpoint" cmp t.run/checkpoint.safetensors old
cp torn a.run/checkpoint.safetensors
exits 1 "a torn checkpoint" train -o a.safetensors --resume
check "is told" tells a.run/checkpoint.safetensors

echo half >a.run/checkpoint.safetensors.partita-abc123
echo half >a.safetensors.partita-abc123
echo half >a.ledger.jsonl.partita-abc123
echo mine >a.safetensors.sha256
cp a.safetensors before
exits 1 "a fresh run over an old one is refused" train -o a.safetensors
check "with the ways there are" tells --resume
check "and leaves it alone" cmp a.safetensors before
exits 0 "unless it is forced" train -o a.safetensors --force
check "gives the same model again" cmp a.safetensors model
check "what a killed writer left is swept, no more" sh -c '
  ! ls . a.run | grep -q partita- && grep -q mine a.safetensors.sha256'

# Short of memory: an error, never a signal, and never a wait without end.
# Sanitizers need more address space than there is.
# shellcheck disable=SC3045 # dash knows ulimit -v
limited() (
  ulimit -v "$1" && shift && "$@"
)
if limited 400000 "$partita" --version >out 2>&1; then
  for model in lstm transformer; do
    for limit in 200000 400000 600000 800000 1000000; do
      status=0
      limited "$limit" env OPENBLAS_NUM_THREADS=2 timeout -s KILL 60 \
        "$partita" train music --size tiny --steps 1 --batch 4 --model $model \
        -o m.safetensors --force >out 2>err || status=$?
      check "a limit of $limit KiB on address space, $model, ends with 0 or 1" \
        test "$status" -le 1
    done
  done
else
  echo "# no limit on address space here"
fi

finish

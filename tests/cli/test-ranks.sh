#!/bin/sh
# SPDX-License-Identifier: MIT
# Several processes under mpirun are one training: the same model and the same
# checkpoint, to the bit, as one process; a process that dies ends the others.
# Arguments: the program, the corpus, how often to kill.
set -u
. "$(dirname "$0")/tap.sh"
corpus=$2
kills=${3:-2}
here=$(cd "$(dirname "$0")" && pwd)
cd "$scratch" || exit 1
mkdir music music/train music/valid
for n in 04 17 24 29 48; do
  cp "$corpus/chorale/chorale-$n.mid" music/train/
done
cp "$corpus/chorale/chorale-06.mid" music/valid/ # the shortest

# MPI keeps what it allocated.
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"
# Tests may run as root, and on fewer cores than processes.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1

# Whatever stands there is replaced, unless it is gone on with.
force_of() {
  case " $* " in
  *" --resume "*) ;;
  *) echo --force ;;
  esac
}

train() {
  # shellcheck disable=SC2046 # nothing, or one word
  "$partita" train music --size tiny --batch 4 --steps 3 $(force_of "$@") "$@"
}

ranks() {
  n=$1
  shift
  # shellcheck disable=SC2046 # nothing, or one word
  mpirun --oversubscribe -n "$n" "$partita" train music --size tiny \
    --batch 4 --steps 3 $(force_of "$@") "$@"
}

# The SHA-256 that a safetensors file gives of its data.
sum_of() {
  python3 -c '
import json, struct, sys
with open(sys.argv[1], "rb") as file:
    (length,) = struct.unpack("<Q", file.read(8))
    print(json.loads(file.read(length))["__metadata__"]["sha256"])' "$1"
}

same_checkpoint() {
  [ "$(sum_of "$1.run/checkpoint.safetensors")" = \
    "$(sum_of "$2.run/checkpoint.safetensors")" ]
}

for model in lstm transformer; do
  exits 0 "one process, $model" train -o one.safetensors --model $model
  exits 0 "two processes" ranks 2 -o two.safetensors --model $model
  check "give the same model" cmp one.safetensors two.safetensors
  check "and the same checkpoint" same_checkpoint one two
  check "are told" grep -q '^processes: 2' err
  check "and speak with one voice" sh -c '
    [ "$(grep -c "^wrote" out)" = 1 ] && [ "$(grep -c "^backend" err)" = 1 ] &&
    [ "$(wc -l <two.run/log.jsonl)" = 3 ]'
done
exits 0 "two processes, another seed" ranks 2 -o two.safetensors \
  --model transformer --seed 1
check "give another model" sh -c '! cmp -s one.safetensors two.safetensors'

exits 0 "four shards, one process" train -o one.safetensors --shards 4
exits 0 "four shards, four processes" ranks 4 -o four.safetensors --shards 4
check "give the same model" cmp one.safetensors four.safetensors
exits 0 "made longer by two" ranks 2 -o four.safetensors --shards 4 --resume \
  --steps 5
exits 0 "and by one" train -o one.safetensors --shards 4 --resume --steps 5
check "it is the same again" cmp one.safetensors four.safetensors
check "with the same checkpoint" same_checkpoint one four

exits 1 "shards that cannot be shared" ranks 3 -o no.safetensors
check "are told" grep -q '2 shards for 3 processes' err
exits 1 "processes with other options" mpirun --oversubscribe \
  -n 1 "$partita" train music -o no.safetensors --steps 1 --size tiny : \
  -n 1 "$partita" train music -o no.safetensors --steps 1 --size tiny --seed 1
check "are told" grep -q 'process 1 has another seed' err
check "and leave no model" test ! -e no.safetensors
if [ "$(uname -m)" = x86_64 ]; then
  exits 0 "processes on other chips" mpirun --oversubscribe \
    -n 1 "$partita" train music -o mixed.safetensors --steps 2 --size tiny \
    --backend openblas : \
    -n 1 env OPENBLAS_CORETYPE=Prescott "$partita" train music \
    -o mixed.safetensors --steps 2 --size tiny --backend openblas
  check "are told" grep -q 'several kinds of chip' err
fi

for model in lstm transformer; do
  rm -rf kill && mkdir kill
  check "a process killed now and then, $model, changes nothing" \
    sh -c 'cd kill && python3 "$1" "$2" ../music "$3" "$4" 2' sh \
    "$here/kill-train.py" "$partita" "$kills" $model
  sed 's/^/# /' log
done

exits 0 "one process prepares" "$partita" prepare music -o alone --workers 1
exits 0 "three processes prepare" mpirun --oversubscribe -n 3 "$partita" \
  prepare music -o together --workers 1
check "the same bytes" diff -r alone together

finish

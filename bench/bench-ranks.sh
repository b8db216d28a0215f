#!/bin/sh
# SPDX-License-Identifier: MIT
# Two processes under mpirun beside two threads of one, in turn: the best tokens
# a second of each, and their ratio. Sizes are small, of both networks.
# Arguments: the program, the corpus, rounds, steps a run.
set -eu
partita=$1
corpus=$2
rounds=${3:-3}
steps=${4:-6}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir -p music/train music/valid
cp "$corpus"/chorale/*.mid music/train/
mv music/train/chorale-06.mid music/valid/ # the shortest
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1

# rate COMMAND...: the tokens a second that a training prints at its end.
rate() {
  "$@" train music --size small --steps "$steps" -o m.safetensors --force \
    --model "$model" 2>/dev/null |
    sed -n 's/^steps.* \([0-9]*\) tokens\/s$/\1/p'
}

for model in lstm transformer; do
  for _ in $(seq "$rounds"); do
    printf 'threads\t%s\n' "$(rate env OPENBLAS_NUM_THREADS=1 "$partita")"
    # Threads are bound to no core either.
    printf 'ranks\t%s\n' \
      "$(rate mpirun --oversubscribe --bind-to none -n 2 "$partita")"
  done | awk -v model="$model" '
    $2 > best[$1] { best[$1] = $2 }
    END {
      printf "ranks\tmodel=%s\tthreads2=%d\tranks2=%d\tratio=%.3f\n", model,
             best["threads"], best["ranks"], best["ranks"] / best["threads"]
    }'
done

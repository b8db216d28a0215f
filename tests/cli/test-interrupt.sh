#!/bin/sh
# SPDX-License-Identifier: MIT
# Ctrl-C saves the best model so far and ends cleanly.
# Arguments: the program, the corpus.
set -u
. "$(dirname "$0")/tap.sh"
corpus=$2
cd "$scratch" || exit 1

python3 - "$partita" "$corpus/waltz" >out 2>err <<'END'
import signal, subprocess, sys, time
run = subprocess.Popen([sys.argv[1], "train", sys.argv[2], "-o",
                        "m.safetensors", "--size", "tiny", "--minutes", "30",
                        "--ledger", "ledger.jsonl"],
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
# The first step leaves a checkpoint.
import os
for _ in range(1200):
    if os.path.exists("m.run/checkpoint.safetensors"):
        break
    time.sleep(0.1)
time.sleep(1)
run.send_signal(signal.SIGINT)
try:
    out, err = run.communicate(timeout=120)
finally:
    run.kill()
sys.stderr.write(err.decode())
sys.stdout.write(out.decode())
sys.exit(run.returncode)
END
result $? "Ctrl-C ends the training cleanly" err
check "and says so" grep -q 'stopped before the end' err
exits 0 "the model so far can compose" \
  "$partita" compose -m m.safetensors -o o.mid --bars 2 --seed 1
check "a checkpoint was written" test -s m.run/checkpoint.safetensors
exits 0 "and can be gone on from" "$partita" train "$corpus/waltz" \
  -o m.safetensors --size tiny --steps 1 --resume

finish

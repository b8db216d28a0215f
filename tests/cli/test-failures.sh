#!/bin/sh
# SPDX-License-Identifier: MIT
# Bad input: a clear line, exit 1, and nothing damaged or left behind.
# Arguments: the program, the corpus.
set -u
. "$(dirname "$0")/tap.sh"
corpus=$2
cd "$scratch" || exit 1
mkdir work music
for n in 01 02 03 04; do cp "$corpus/waltz/waltz-$n.mid" music/; done
"$partita" train music -o model.safetensors --size tiny --steps 1 >out 2>err
check "training names its backend" grep -q '^backend: ' err
check "and the memory it takes" grep -qE '^memory: [0-9]+ MiB: weights ' err

mkdir empty
exits 1 "an empty folder" "$partita" train empty -o work/m.safetensors
check "is said to be one" says empty
exits 1 "no folder" "$partita" train nowhere -o work/m.safetensors
check "is named" says nowhere
exits 1 "no such backend" \
  "$partita" train music -o work/m.safetensors --backend abacus
check "is named" says abacus
exits 1 "no output folder, training" \
  "$partita" train music -o nowhere/m.safetensors
check "is named before any work" says nowhere
exits 1 "no output folder, composing" \
  "$partita" compose -m model.safetensors -o nowhere/o.mid
exits 1 "no output folder, rendering" \
  "$partita" render music/waltz-01.mid -o nowhere/o.wav
exits 1 "output to a folder" \
  "$partita" compose -m model.safetensors -o work
exits 1 "no such MIDI file" "$partita" render no.mid -o work/o.wav
check "is named" says no.mid
mkfifo pipe.mid
exits 1 "a FIFO is not waited for" timeout 20 "$partita" inspect pipe.mid
echo '<html>' >page.mid
exits 1 "a page is no MIDI file" "$partita" inspect --json page.mid
check "its verdict is JSON" grep -q '"verdict" : "refused"' out
check "with the byte" grep -q 'byte' err

head -c 1000 model.safetensors >short.safetensors
exits 1 "a truncated model" \
  "$partita" compose -m short.safetensors -o work/o.mid
check "is named" says short.safetensors
sed 's/"version":"2"/"version":"9"/' model.safetensors >other.safetensors
check "(another version was made)" sh -c '! cmp -s model.safetensors other.safetensors'
exits 1 "a model of another version" \
  "$partita" compose -m other.safetensors -o work/o.mid
check "is told by number" says 9
exits 1 "a missing SoundFont" "$partita" render music/waltz-01.mid \
  -o work/o.wav --soundfont no.sf2
check "is named" says no.sf2
echo junk >junk.sf2
exits 1 "a broken SoundFont" "$partita" render music/waltz-01.mid \
  -o work/o.wav --soundfont junk.sf2
check "is named" says junk.sf2

# Sanitizers do not start where address space is limited.
# shellcheck disable=SC3045 # every sh of Debian has -v
tight() (ulimit -v 1500000 && "$@")
if tight "$partita" --version >out 2>err; then
  exits 1 "more memory than there is" tight \
    "$partita" train music -o work/m.safetensors --size base --batch 64 \
    --steps 1
  check "is told before it is taken" grep -q 'needs [0-9]* MiB of memory' err
  rm -rf work/*
fi

# Too little for the libraries' threads: an error, never a signal.
# shellcheck disable=SC3045 # every sh of Debian has -v
tighter() (ulimit -v "$1" && shift && "$@")
if tighter 400000 "$partita" --version >out 2>err; then
  for limit in 180000 260000 400000; do
    # The libraries may give up before the program begins.
    tighter "$limit" env OPENBLAS_NUM_THREADS=1 "$partita" --version >out 2>err ||
      continue
    exits 1 "render under $limit KiB" tighter "$limit" \
      env OPENBLAS_NUM_THREADS=1 "$partita" render music/waltz-01.mid -o work/o.wav
    check "is told so" says 'ulimit -v'
    exits 1 "prepare under $limit KiB" tighter "$limit" \
      env OPENBLAS_NUM_THREADS=1 "$partita" prepare music -o work/c
    check "is told so too" says 'ulimit -v'
  done
fi

# A disk that fills: no file may grow past this size, whoever writes it.
small() {
  limit=$1
  shift
  (ulimit -f "$limit" && "$@")
}
echo old >work/m.safetensors
exits 1 "a full disk, model" \
  small 64 "$partita" train music -o work/m.safetensors --size tiny --steps 1 \
  --force
check "keeps the old file" grep -qx old work/m.safetensors
rm -rf work/*
exits 1 "a full disk, sound" \
  small 64 "$partita" render music/waltz-01.mid -o work/o.wav
check "leaves nothing" holds_only work
exits 1 "a full disk, music" small 0 \
  "$partita" compose -m model.safetensors -o work/o.mid --bars 16 --seed 1
check "leaves nothing" holds_only work

if [ "$(id -u)" -ne 0 ]; then
  chmod a-w work
  exits 1 "a read-only folder" \
    "$partita" compose -m model.safetensors -o work/o.mid
  check "is named" says work/o.mid
  chmod u+w work
elif unshare -m mount -t tmpfs -o ro none work 2>/dev/null; then
  exits 1 "a read-only folder" unshare -m sh -c '
    mount -t tmpfs -o ro none work &&
    exec "$1" compose -m model.safetensors -o work/o.mid' sh "$partita"
  check "is named" says work/o.mid
  exits 1 "a disk that is full" unshare -m sh -c '
    mount -t tmpfs -o size=64k none work && echo old >work/o.wav &&
    { "$1" render music/waltz-01.mid -o work/o.wav --quiet; s=$?; } &&
    [ "$(cat work/o.wav)" = old ] && [ "$(ls -A work)" = o.wav ] &&
    exit $s' sh "$partita"
  check "is named" says work/o.wav
else
  echo "# no mounts here: the read-only folder and the tmpfs are left out"
fi

finish

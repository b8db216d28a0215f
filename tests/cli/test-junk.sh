#!/bin/sh
# SPDX-License-Identifier: MIT
# A folder of 10,000 entries of junk: every one in the ledger, no hang.
# Arguments: the program, the corpus.
set -u
. "$(dirname "$0")/tap.sh"
corpus=$2
cd "$scratch" || exit 1

python3 - <<'END'
import os, socket
os.makedirs("junk/deep/deeper")
def put(name, data):
    with open(os.path.join(b"junk", name), "wb") as f:
        f.write(data)
n = 0
for i in range(2500):
    put(b"empty%d.mid" % i, b"")
    put(b"page%d.mid" % i, b"<html><body>%d</body></html>" % i)
    put(b"text%d.txt" % i, b"words")
    put(b"head%d.mid" % i, b"MThd\0\0\0\6\0\1\0\1\0\x60MTrk\0\0\xff\xff")
put(b"new\nline.mid", b"x")
put(b"bad\xff\xfeutf8.mid", b"x")
put(b"\x1b[31mred.mid", b"x")
for i in range(20):
    os.mkfifo("junk/fifo%d.mid" % i)
    os.mkdir("junk/folder%d.mid" % i)
os.symlink("..", "junk/deep/loop")
os.symlink("../../junk", "junk/deep/deeper/loop.mid")
os.symlink("nowhere", "junk/dangling.mid")
os.symlink("self.mid", "junk/self.mid")
socket.socket(socket.AF_UNIX).bind("junk/socket.mid")
put(b"unreadable.mid", b"x")
os.chmod("junk/unreadable.mid", 0)
if os.geteuid() == 0:
    try:
        os.mknod("junk/zero.mid", 0o644 | 0o020000, os.makedev(1, 5))
    except OSError:
        pass
END

exits 1 "junk alone trains nothing" \
  timeout 120 "$partita" train junk -o m.safetensors
check "and is summed up in a line" says junk

exits 1 "nor does it prepare anything" \
  timeout 120 "$partita" prepare junk -o nothing
check "which is summed up in a line" says junk

for n in 01 02 03; do cp "$corpus/march/march-$n.mid" junk/deep/; done
exits 0 "three pieces among the junk train" timeout 120 "$partita" train junk \
  -o m.safetensors --ledger ledger.jsonl --size tiny --steps 1
exits 0 "and are prepared" timeout 120 "$partita" prepare junk -o ready
for ledger in ledger.jsonl ready/ledger.jsonl; do
  check "every entry has its line in $ledger" python3 -c '
import json, os, sys
names = []
for base, folders, files in os.walk(b"junk"):
    names += [os.path.join(base, f) for f in files]
    names += [os.path.join(base, f) for f in folders
              if os.path.islink(os.path.join(base, f))]
    names += [os.path.join(base, f) for f in folders if f.endswith(b".mid")
              and not os.path.islink(os.path.join(base, f))]
lines = [json.loads(line) for line in open(sys.argv[1])]
used = [x["path"] for x in lines if x["verdict"] != "skipped"]
assert len(lines) == len(names), (len(lines), len(names))
assert used == ["deep/march-%02d.mid" % n for n in (1, 2, 3)], used
assert all(x["reason"] for x in lines if x["verdict"] == "skipped")' "$ledger"
done

finish

#!/bin/sh
# SPDX-License-Identifier: MIT
# What `render` says and does of files that hold more than notes.
# Arguments: the program.
set -u
. "$(dirname "$0")/tap.sh"
cd "$scratch" || exit 1

# A file of one track, 480 ticks a quarter, half a second each.
python3 - <<'END'
def save(name, track):
    track = bytes.fromhex(track + "00 FF2F00")
    with open(name, "wb") as file:
        file.write(b"MThd" + bytes([0, 0, 0, 6, 0, 0, 0, 1, 1, 0xE0]) + b"MTrk" +
                   len(track).to_bytes(4, "big") + track)

def drum(key):
    return f"00 99{key:02X}5A 8360 89{key:02X}40"

fade = "".join(f"18 B007{level:02X}" for level in range(125, 0, -2))
save("fade.mid", "00 C010 00 903C5A" + fade + "8318 803C40")
save("none.mid", drum(0) + drum(127) + drum(36))
save("some.mid", drum(0) + drum(36) + drum(38) + drum(36))
save("kit.mid", "00 C919" + drum(36) + drum(38))
save("no-kit.mid", drum(36) + drum(38))
save("xg.mid", "00 BF007F 00 CF19" + (drum(36) + drum(38)).replace("99", "9F")
     .replace("89", "8F"))
END

level() {
  sox "$1" -n trim "$2" 0.2 stat 2>&1 | awk '/RMS.*amplitude/ { print $3 }'
}

exits 0 "a fade" "$partita" render fade.mid -o fade.wav
check "is heard" awk -v a="$(level fade.wav 0.3)" -v b="$(level fade.wav 1.7)" \
  'BEGIN { exit !(a > 5 * b && b > 0) }'
exits 0 "a kit" "$partita" render kit.mid -o kit.wav
exits 0 "another kit" "$partita" render no-kit.mid -o no-kit.wav
check "sounds otherwise" sh -c '! cmp -s kit.wav no-kit.wav'
exits 0 "drums on channel 16 by a bank of XG" "$partita" render xg.mid -o xg.wav
check "sound as on channel 10" cmp kit.wav xg.wav

exits 1 "most notes without a sound" "$partita" render none.mid -o none.wav
check "are an error that tells them" \
  grep -q "no sound for 2 of 3 notes: drum key 0 (1)" err
check "and write nothing" test ! -e none.wav
exits 0 "some notes without a sound" "$partita" render some.mid -o some.wav
check "are told" grep -q "no sound for 1 of 4 notes: drum key 0 (1)" err

finish

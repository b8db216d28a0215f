#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs into a folder and builds a program against what was installed.
# Arguments: the program, the build folder, meson.
set -u
. "$(dirname "$0")/tap.sh"
build=$2
meson=$3
root=$scratch/root

exits 0 "install" env DESTDIR="$root" "$meson" install -C "$build" --no-rebuild
pc=$(find "$root" -name partita-0.pc)
check "a pkg-config file" test -f "$pc"
cat >"$scratch/consumer.c" <<'END'
#include <partita/midi.h>
#include <partita/token.h>
#include <stdio.h>
int
main(void)
{
  g_autoptr(PartitaScheme) scheme = partita_scheme_new("remi", NULL, NULL);
  g_autoptr(PartitaScore) score = partita_score_new(480);
  partita_score_set_end(score, 1920);
  g_autoptr(GArray) ids = partita_scheme_encode(scheme, score, NULL);
  printf("%s %u\n", partita_scheme_get_name(scheme), ids->len);
  return ids->len > 2 ? 0 : 1;
}
END
export PKG_CONFIG_PATH="${pc%/*}" PKG_CONFIG_SYSROOT_DIR="$root"
sanitize=
case $(nm -D "$partita" 2>/dev/null) in *__asan_*) sanitize=-fsanitize=address,undefined ;; esac
# The system's own GLib is not below the sysroot.
flags="$(pkg-config --cflags --libs partita-0) $(PKG_CONFIG_SYSROOT_DIR='' pkg-config --cflags --libs gio-2.0)"
# shellcheck disable=SC2086 # flags are words
check "a consumer builds" cc $sanitize -Wall -Wextra -Werror \
  "$scratch/consumer.c" -o "$scratch/consumer" $flags
check "and runs" env LD_LIBRARY_PATH="$(dirname "$(find "$root" -name 'libpartita.so')")" \
  "$scratch/consumer"
check "the manual" test -f "$(find "$root" -name partita-train.1)"
shipped=$(find "$root" -path '*/partita/models/partita.safetensors')
check "the model that ships" test -f "$shipped"
check "with the notices of what it learnt from" \
  grep -q Freedoom "${shipped%/*}/model-card.md"
check "which composes" env PARTITA_MODEL="$shipped" "$partita" compose \
  -o "$scratch/piece.mid" --bars 2 --style chorale
for completion in '*/bash-completion/completions/partita' \
  '*/zsh/site-functions/_partita' '*/fish/vendor_completions.d/partita.fish'; do
  check "the completion $completion" test -f "$(find "$root" -path "$completion")"
done
installed=$(find "$root" -path '*/bin/partita')
exits 0 "the installed program runs, and finds its library and model" \
  env -u LD_LIBRARY_PATH -u PARTITA_MODEL "$installed" compose \
  -o "$scratch/own.mid" --bars 2 --seed 1
check "the model of its own installation" grep -qF \
  "$(dirname "$(dirname "$installed")")/share/partita/models" "$scratch/err"
lib=$(find "$root" -name 'libpartita.so')
nm -D --defined-only "$lib" >"$scratch/symbols" 2>/dev/null
check "only partita_ symbols are exported" sh -c '
  ! awk "{print \$3}" "$1" | grep -vE "^(partita_|_init|_fini|__bss_start|_edata|_end|__asan|__odr_asan|__ubsan|$)"' sh "$scratch/symbols"

finish

#!/bin/sh
# SPDX-License-Identifier: MIT
# Format, licence lines, manual pages and shell scripts of the whole tree.
set -u
cd "$1" || exit 1
count=0
bad=0

# report NAME OUTPUT: passes if there is no output.
report() {
  count=$((count + 1))
  if [ -z "$2" ]; then
    echo "ok $count - $1"
  else
    bad=$((bad + 1))
    echo "not ok $count - $1"
    echo "$2" | sed 's/^/# /'
  fi
}

sources() {
  find bench corpus fuzz include src tests -name '*.[ch]' | LC_ALL=C sort
}

report "clang-format" \
  "$(sources | xargs clang-format --dry-run 2>&1 | grep warning: | head -20)"
report "licence lines" "$(
  { sources; find . -name meson.build -not -path './build*' -o -name '*.sh' \
    -not -path './build*'; } | xargs grep -L 'SPDX-License-Identifier: MIT'
)"
report "files of 500 lines at most" \
  "$(sources | xargs wc -l | awk '$1 > 500 && $2 != "total"')"
report "only midi includes smf.h" \
  "$(grep -rlE '#include <smf.h>' src | grep -v '^src/midi/')"
report "only render includes fluidsynth.h and sndfile.h" \
  "$(grep -rlE '#include <(fluidsynth|sndfile).h>' src | grep -v '^src/render/')"
report "only nn includes cblas.h" \
  "$(grep -rlE '#include <cblas.h>' src | grep -v '^src/nn/')"
report "only nn includes dnnl.h" \
  "$(grep -rlE '#include <dnnl.h>' src | grep -v '^src/nn/')"
report "only train includes mpi.h" \
  "$(grep -rlE '#include <mpi.h>' src | grep -v '^src/train/')"
report "nn and model know no music" "$(
  grep -rnE '#include .*(score|midi|token|corpus)' src/nn src/model
)"
report "mandoc" "$(
  for page in doc/man/*.1; do mandoc -Tlint -Wwarning "$page"; done 2>&1
)"
report "shellcheck" "$(
  shellcheck src/make-map.sh scripts/demo scripts/install scripts/test \
    scripts/install-packages .ci/run \
    tests/lint/lint.sh
  cd tests/cli && shellcheck -x -e SC2016,SC2034 ./*.sh
)"
report "all JSON is read by base/json.h" "$(
  grep -rnE 'json_from_string|json_parser_(new|load)' src |
    grep -vE '^src/(base/json|model/safetensors)\.c:'
)"
report "all JSON for people is printed by output.h" \
  "$(grep -rnE 'json_(node_)?to_string' src/cli |
    grep -vE '^src/cli/(output|best|wishes|cmd-inspect)\.c:')"
report "the command line prints through g_print and g_printerr" "$(
  grep -rnE '(^|[^a-z_])(printf|fprintf|puts|fputs|putchar|fwrite|perror) ?\(' src/cli |
    grep -vE '^src/cli/(output|progress)\.c:'
)"
report "foreign text is shown by base/text.h before it is printed" "$(
  if command -v python3 >/dev/null; then
    python3 tests/lint/prints.py src/cli/*.c
  fi
)"
report "no word of unfinished work" "$(
  sources | grep -v lint | xargs grep -nEi '\b(todo|fixme)\b'
)"

echo "1..$count"
[ "$bad" -eq 0 ]

#!/bin/sh
# SPDX-License-Identifier: MIT
# Prints the version script of libpartita: what its public headers declare is
# shown, and nothing else. A pattern would not do, for the resolvers of functions
# that are built several times, one a processor, are called as these are.
# Arguments: the headers.
set -eu
echo '{'
echo '  global:'
cat "$@" | tr '\n' ' ' | grep -oE 'PARTITA_API [^;(]*\(' |
  grep -oE 'partita_[a-z0-9_]+ *\($' | tr -d ' (' | LC_ALL=C sort -u |
  sed 's/.*/    &;/'
echo '  local:'
echo '    *;'
echo '};'

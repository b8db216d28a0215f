#!/bin/sh
# SPDX-License-Identifier: MIT
# Two hosts: network namespaces with a cable between them, each with a name, a
# /tmp and a /dev/shm of its own, so that MPI finds no way but TCP. mpirun
# starts its daemon on the other host by an agent, as it would by ssh.
# Arguments: the program, the corpus.
set -u
. "$(dirname "$0")/tap.sh"
corpus=$2
cd "$scratch" || exit 1
a=partita-a-$$
b=partita-b-$$

skip() {
  echo "1..0 # SKIP $1"
  exit 0
}

[ "$(id -u)" -eq 0 ] || skip "network namespaces need root"
command -v ip >/dev/null || skip "no ip (iproute2)"
unshare --uts --mount --net true 2>/dev/null || skip "no namespaces here"
ip netns add "$a" 2>/dev/null || skip "no network namespaces here"
# shellcheck disable=SC2154 # of tap.sh
trap 'ip netns del "$a"; ip netns del "$b" 2>/dev/null
  chmod -R u+rwX "$scratch"; rm -rf "$scratch"' EXIT
ip netns add "$b"
ip link add va netns "$a" type veth peer name vb netns "$b" 2>/dev/null ||
  skip "no virtual cable here"
for end in a:1 b:2; do
  ns=partita-${end%:*}-$$
  ip -n "$ns" addr add "10.73.19.${end#*:}/24" dev "v${end%:*}"
  ip -n "$ns" link set "v${end%:*}" up
  ip -n "$ns" link set lo up
done

# host NAMESPACE NAME COMMAND...: runs the command on a host.
cat >host <<'END'
#!/bin/sh
ns=$1 name=$2
shift 2
exec ip netns exec "$ns" unshare --uts --mount sh -c '
  hostname "$0" && mount -t tmpfs none /dev/shm && exec "$@"' "$name" "$@"
END
# What mpirun calls as it would ssh: the other host, then words for its shell.
cat >agent <<END
#!/bin/sh
shift
exec "$scratch/host" "$b" host-b sh -c "\$*"
END
chmod +x host agent

mkdir music music/train music/valid
for n in 04 17 24 29 48; do
  cp "$corpus/chorale/chorale-$n.mid" music/train/
done
cp "$corpus/chorale/chorale-06.mid" music/valid/ # the shortest

export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
hosts() {
  ./host "$a" host-a mpirun -H 10.73.19.1,10.73.19.2 \
    --mca plm_rsh_agent "$scratch/agent" --mca btl tcp,self \
    --mca btl_tcp_if_include 10.73.19.0/24 \
    --mca oob_tcp_if_include 10.73.19.0/24 "$@"
}

# Bytes that host b has received over the cable.
received() {
  ip netns exec "$b" cat /sys/class/net/vb/statistics/rx_bytes
}

exits 0 "two hosts" hosts -n 2 sh -c 'hostname; readlink /proc/self/ns/net'
check "have two names and two networks" sh -c '
  grep -q "^host-a$" out && grep -q "^host-b$" out &&
  [ "$(grep net: out | sort -u | wc -l)" = 2 ]'
for model in lstm transformer; do
  rm -rf one.* two.*
  exits 0 "one process, $model" "$partita" train music --size tiny --batch 4 \
    --steps 3 --model $model -o one.safetensors
  before=$(received)
  exits 0 "a process a host" hosts -n 2 "$partita" train music --size tiny \
    --batch 4 --steps 3 --model $model -o two.safetensors
  check "gives the same model" cmp one.safetensors two.safetensors
  # At least the gradients of three steps, in float.
  check "over the cable" sh -c '
    [ $(($1 - $2)) -gt $((3 * $(wc -c <one.safetensors) / 2)) ]' sh \
    "$(received)" "$before"
done

# Kills the process of the other host while they train.
hosts -n 2 "$partita" train music --size tiny --batch 4 --steps 100000 \
  --checkpoint 0.1 -o cut.safetensors >out 2>err &
job=$!
for _ in $(seq 600); do
  grep -qsE '"step":([2-9]|[0-9]{2})' cut.run/log.jsonl && break
  sleep 0.1
done
ip netns pids "$b" | while read -r pid; do
  grep -qs train "/proc/$pid/cmdline" && kill -KILL "$pid"
done
status=0
wait $job || status=$?
check "a host whose process dies ends the other's" test "$status" -ne 0
exits 0 "and the last checkpoint is gone on from" "$partita" train music \
  --size tiny --batch 4 --steps 2 --resume -o cut.safetensors

finish

#!/usr/bin/env bash
# Starts a --distributed command as a group of processes on this machine; the status is the highest.
set -euo pipefail
[ $# -ge 2 ] || { echo "usage: process_group.sh PROCESSES COMMAND..." >&2; exit 2; }
export WORLD_SIZE=$1 MASTER_ADDR=127.0.0.1 MASTER_PORT=$((20000 + RANDOM % 10000))
shift
ranks=() highest=0
trap 'kill "${ranks[@]}" 2>/dev/null || true' EXIT
for ((rank = 0; rank < WORLD_SIZE; rank++)); do
  RANK=$rank "$@" &
  ranks+=($!)
done
for process in "${ranks[@]}"; do
  status=0
  wait "$process" || status=$?
  [ "$status" -le "$highest" ] || highest=$status
done
exit "$highest"

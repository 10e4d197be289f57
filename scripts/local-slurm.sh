#!/usr/bin/env bash
# A Slurm of several one-CPU nodes on this machine: to try the lines of docs/scaling.md, and for tests.
set -euo pipefail

usage() {
  cat <<'USAGE'
usage: scripts/local-slurm.sh start FOLDER [NODES]
       scripts/local-slurm.sh kill-node FOLDER NAME
       scripts/local-slurm.sh start-node FOLDER NAME
       scripts/local-slurm.sh stop FOLDER

Starts a real Slurm (a controller and NODES nodes n1, n2, ... of one CPU, default 3) on this machine,
with everything it writes in FOLDER and nothing of the system changed. It needs no root and Debian's
packages slurm-wlm and munge (scripts/setup.sh --slurm). Afterwards

  export SLURM_CONF=FOLDER/slurm.conf

and srun, sbatch, sinfo work. kill-node ends all processes of a node at once, its jobs' included, as a
power cut does; Slurm notices it after some 10 seconds. stop also ends the jobs that run. Status 3: this
machine cannot run a Slurm, and why.
USAGE
}

fail() { echo "local-slurm.sh: $1" >&2; exit "${2:-1}"; }

# Processes that log there: Slurm's own of that name, which change the environment they show.
daemons_of() {
  { find /proc/[0-9]*/fd -lname "$folder/log/$1.log" 2>/dev/null || true; } | cut -d/ -f3 | sort -u
}

# What jobs started there; the folder, for there may be more than one Slurm.
jobs_of() {
  local environment
  for environment in /proc/[0-9]*/environ; do
    if grep -qsxzF "SLURMD_NODENAME=$1" "$environment" &&
      grep -qsxzF "SLURM_CONF=$folder/slurm.conf" "$environment"; then
      cut -d/ -f3 <<<"$environment"
    fi
  done
}

# All at once: nobody is left to report how the others ended.
kill_all_of() {
  local processes
  mapfile -t processes < <(daemons_of "$1"; jobs_of "$1")
  [ "${#processes[@]}" -eq 0 ] || kill -KILL "${processes[@]}" 2>/dev/null || true
}

require_node() {
  grep -q "^NodeName=$1 " "$folder/slurm.conf" 2>/dev/null || fail "$folder has no node $1" 2
}

free_ports() {  # COUNT: the first of so many
  local first count=$1 port
  for first in $(seq 17000 50 31000); do
    for port in $(seq "$first" $((first + count - 1))); do
      ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || continue 2
    done
    echo "$first"
    return
  done
  fail "no ports are free"
}

write_configuration() {
  local host port
  host=$(hostname -s)
  port=$(free_ports $((nodes + 1)))
  {
    cat <<CONFIG
ClusterName=local
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket,cred_expire=5
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=2
ReturnToService=2
SlurmdTimeout=10
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool-%n
SlurmdPidFile=$folder/%n.pid
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdLogFile=$folder/log/%n.log
SlurmctldLogFile=$folder/log/slurmctld.log
CONFIG
    for i in $(seq "$nodes"); do
      echo "NodeName=n$i NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + i)) CPUs=1 RealMemory=4000"
    done
    echo "PartitionName=all Nodes=n[1-$nodes] Default=YES"
  } >"$folder/slurm.conf"
}

all_idle() { [ "$(sinfo --noheader --states=idle --format=%D 2>/dev/null | head -n 1)" = "$nodes" ]; }

start() {
  local program
  for program in munged slurmctld slurmd sbatch; do
    command -v "$program" >/dev/null || fail "there is no $program here (scripts/setup.sh --slurm)" 3
  done
  [[ $folder != *[[:space:]]* && ${#folder} -lt 90 ]] ||
    fail "Slurm takes no blanks in $folder, and no path as long as that: choose another" 2
  [ ! -e "$folder/slurm.conf" ] || fail "$folder has a Slurm already: stop it and remove the folder"
  mkdir -p "$folder/state" "$folder/log" "$folder/munge"
  for i in $(seq "$nodes"); do mkdir -p "$folder/spool-n$i"; done
  chmod 755 "$folder" "$folder/munge"
  (umask 077 && head -c 1024 /dev/urandom >"$folder/munge/key")
  munged --force --key-file="$folder/munge/key" \
    --seed-file="$folder/munge/seed" --pid-file="$folder/munge/pid" --log-file="$folder/log/munged.log" \
    --socket="$folder/munge.socket" || fail "munged does not start here: see $folder/log" 3
  write_configuration
  export SLURM_CONF=$folder/slurm.conf
  slurmctld -i || fail "slurmctld does not start here: see $folder/log" 3
  for i in $(seq "$nodes"); do slurmd -N "n$i" || fail "slurmd does not start here: see $folder/log" 3; done
  for _ in $(seq 60); do ! all_idle || break; sleep 0.5; done
  all_idle || { stop; fail "the nodes do not come up here: see $folder/log" 3; }
  echo "export SLURM_CONF=$folder/slurm.conf"
}

stop() {
  local i nodes
  nodes=$(grep -o '^NodeName=[^ ]*' "$folder/slurm.conf" | cut -d= -f2) || true
  for i in $nodes slurmctld munged; do kill_all_of "$i"; done
}

case "${1:-}" in
  -h | --help) usage; exit 0 ;;
  start | stop) [ $# -ge 2 ] && [ $# -le 3 ] || { usage >&2; exit 2; } ;;
  kill-node | start-node) [ $# -eq 3 ] || { usage >&2; exit 2; } ;;
  *) usage >&2; exit 2 ;;
esac
mkdir -p "$2"
folder=$(cd "$2" && pwd)
case "$1" in
  start) nodes=${3:-3}; start ;;
  stop) stop ;;
  kill-node) require_node "$3"; kill_all_of "$3" ;;
  start-node) require_node "$3"; SLURM_CONF=$folder/slurm.conf slurmd -N "$3" ;;
esac

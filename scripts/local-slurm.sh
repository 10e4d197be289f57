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
power cut does; Slurm notices it after some 10 seconds. stop also ends the jobs that run. Status 3: Slurm
is not installed, or cannot run here, and why.
USAGE
}

fail() { echo "local-slurm.sh: $1" >&2; exit "${2:-1}"; }

# Slurm's own processes that log there; they change the environment they show.
daemons_of() {
  local process
  { find /proc/[0-9]*/fd -lname "$folder/log/$1.log" 2>/dev/null || true; } | cut -d/ -f3 | sort -u |
    while read -r process; do
      case "$(cat "/proc/$process/comm" 2>/dev/null)" in slurm* | munged) echo "$process" ;; esac
    done
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

nodes_of() { grep -o '^NodeName=[^ ]*' "$folder/slurm.conf" | cut -d= -f2; }
require_node() { nodes_of | grep -qxF -- "$1" || fail "$folder has no node $1" 2; }

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
  # Not used, but looked for; this kind is content where a container has none.
  echo 'CgroupPlugin=cgroup/v1' >"$folder/cgroup.conf"
}

all_idle() { [ "$(sinfo --noheader --states=idle --format=%D 2>/dev/null | head -n 1)" = "$nodes" ]; }

last_error() {
  grep -h 'error: ' "$folder"/log/n*.log 2>/dev/null | tail -n 2 | sed 's/.*error: //' | tr '\n' ';'
  echo " see $folder/log"
}

start() {
  local program i
  for program in munged slurmctld slurmd sbatch; do
    command -v "$program" >/dev/null || fail "there is no $program here (scripts/setup.sh --slurm)" 3
  done
  [[ $nodes =~ ^[1-9][0-9]?$ ]] || fail "NODES is a number from 1 to 99, not \"$nodes\"" 2
  [ ! -e "$folder/slurm.conf" ] || fail "$folder held a Slurm already: stop it, and remove the folder"
  mkdir -p "$folder/state" "$folder/log" "$folder/munge"
  for i in $(seq "$nodes"); do mkdir -p "$folder/spool-n$i"; done
  chmod 755 "$folder" "$folder/munge"
  (umask 077 && head -c 1024 /dev/urandom >"$folder/munge/key")
  write_configuration
  export SLURM_CONF=$folder/slurm.conf
  started=no
  # From here on it is this machine that will not have it.
  trap '[ "$started" = yes ] || { stop; echo "local-slurm.sh: no Slurm starts here: $(last_error)" >&2; exit 3; }' EXIT
  munged --force --key-file="$folder/munge/key" --seed-file="$folder/munge/seed" \
    --pid-file="$folder/munge/pid" --log-file="$folder/log/munged.log" --socket="$folder/munge.socket"
  slurmctld -i
  for i in $(nodes_of); do slurmd -N "$i"; done
  for _ in $(seq 60); do ! all_idle || break; sleep 0.5; done
  all_idle || fail "the nodes do not come up"
  started=yes
  echo "export SLURM_CONF=$folder/slurm.conf"
}

stop() {
  local i
  for i in $(nodes_of) slurmctld munged; do kill_all_of "$i"; done
}

case "${1:-}" in
  -h | --help) usage; exit 0 ;;
  start) [ $# -eq 2 ] || [ $# -eq 3 ] || { usage >&2; exit 2; } ;;
  stop) [ $# -eq 2 ] || { usage >&2; exit 2; } ;;
  kill-node | start-node) [ $# -eq 3 ] || { usage >&2; exit 2; } ;;
  *) usage >&2; exit 2 ;;
esac
[ "$1" != start ] || mkdir -p "$2"
[ "$1" = start ] || [ -e "$2/slurm.conf" ] || fail "$2 holds no Slurm" 2
folder=$(cd "$2" && pwd -P)
[[ $folder =~ ^[A-Za-z0-9/._+@-]*$ && ${#folder} -lt 90 ]] ||
  fail "$folder: Slurm needs a folder of fewer than 90 letters, digits and /._+@-" 2
case "$1" in
  start) nodes=${3:-3}; start ;;
  stop) stop ;;
  kill-node) require_node "$3"; kill_all_of "$3" ;;
  start-node) require_node "$3"; SLURM_CONF=$folder/slurm.conf timeout 20 slurmd -N "$3" ;;
esac

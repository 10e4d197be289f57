#!/usr/bin/env bash
# The whole workflow on Slurm, with nodes that die, against one run on this machine.
set -euo pipefail

usage() {
  cat <<'USAGE'
usage: scripts/prove-on-slurm.sh --output FOLDER [--bin FOLDER] [--small]
                                 [--kill-node COMMAND --start-node COMMAND]

Shows that a cluster makes what one machine makes, on a synthetic corpus:

  alone     scripts/run-pipeline.sh, without shards, on this machine
  slurm     workflow/ on a Slurm of three nodes: every file of the stages and every table of the runs
            must be the same, byte by byte
  killed    the same, while a node is killed in the middle of frame extraction and another in the
            middle of a training
  parallel  one model trained by three processes on three nodes under srun; again, with a node killed,
            and continued by two processes: losses must be one process's but for rounding, accuracies
            are shown

Status 0 when all of it holds, 1 when not, 3 where Slurm or Snakemake is not installed or Slurm cannot
run. The demo's corpus and settings take a quarter of an hour on two cores.

  --small             a few minutes: a smaller corpus, tiny networks, two folds; leaves "slurm" out
  --bin FOLDER        the programs (default: build/release/bin)
  --kill-node and --start-node COMMAND
                      use the Slurm that SLURM_CONF names, with three idle nodes, instead of starting one
                      (scripts/local-slurm.sh); the commands get the name of a node
USAGE
}

fail_usage() { echo "prove-on-slurm.sh: $1" >&2; usage >&2; exit 2; }

repository=$(cd "$(dirname "$0")/.." && pwd)
output='' bin=$repository/build/release/bin small=no kill_command='' start_command=''
while [ $# -gt 0 ]; do
  case "$1" in
    -h | --help) usage; exit 0 ;;
    --small) small=yes; shift ;;
    --output | --bin | --kill-node | --start-node)
      [ $# -ge 2 ] || fail_usage "$1 needs a value"
      name=${1#--}
      printf -v "${name/-node/_command}" %s "$2"
      shift 2
      ;;
    *) fail_usage "unknown argument '$1'" ;;
  esac
done
[ -n "$output" ] || fail_usage "--output is required"
[ -n "$kill_command" ] && [ -n "$start_command" ] || [ -z "$kill_command$start_command" ] ||
  fail_usage "--kill-node and --start-node go together"
bin=$(cd "$bin" && pwd) || fail_usage "--bin needs a folder: build first"
[ -x "$bin/aver-train-visual" ] || fail_usage "$bin holds no programs: build first, or name another --bin"
[ ! -e "$output" ] || [ -z "$(ls -A "$output")" ] || fail_usage "--output $output is not empty"
command -v snakemake >/dev/null || { echo "prove-on-slurm.sh: no snakemake (scripts/setup.sh --workflow)" >&2; exit 3; }
mkdir -p "$output"
output=$(cd "$output" && pwd)
cd "$output"

step() { printf '\n== %s (%dm%02ds)\n' "$1" $((SECONDS / 60)) $((SECONDS % 60)); }
fail() { echo "NOT PROVED: $1" >&2; exit 1; }

flow='' job=''
at_the_end() {
  [ -z "$flow" ] || kill "$flow" 2>/dev/null || true
  [ -z "$job" ] || scancel "$job" 2>/dev/null || true
  [ -z "$local_slurm" ] || "$local_slurm" stop "$output/local-slurm"
}
trap at_the_end EXIT

local_slurm=''
if [ -z "$kill_command" ]; then
  "$repository/scripts/local-slurm.sh" start "$output/local-slurm" 3 >/dev/null || exit
  local_slurm=$repository/scripts/local-slurm.sh
  export SLURM_CONF=$output/local-slurm/slurm.conf
  kill_node() { "$local_slurm" kill-node "$output/local-slurm" "$1"; }
  start_node() { "$local_slurm" start-node "$output/local-slurm" "$1"; }
else
  kill_node() { eval "$kill_command" '"$1"'; }
  start_node() { eval "$start_command" '"$1"'; }
fi

# The same code on every CPU with AVX2, as in the demo.
export OPENBLAS_CORETYPE=${OPENBLAS_CORETYPE:-Haswell} DNNL_MAX_CPU_ISA=${DNNL_MAX_CPU_ISA:-AVX2} \
  ATEN_CPU_CAPABILITY=${ATEN_CPU_CAPABILITY:-avx2}

if [ "$small" = yes ]; then
  configs=$output/configs protocol=group-3 folds=0,1 rounding=.0001
  mkdir "$configs"
  cat >"$configs/aver-synthesize.toml" <<'TOML'
actors = 3
statements = 2
repetitions = 1
seconds = 2
size = "320x240"
TOML
  echo 'every = 1' >"$configs/aver-extract-frames.toml"
  echo 'pictures = false' >"$configs/aver-compute-mfcc.toml"
  cat >"$configs/aver-train-visual.toml" <<'TOML'
epochs = 8
size = 32
filters = [8, 8]
dense = [16]
TOML
  cat >"$configs/aver-train-audio.toml" <<'TOML'
epochs = 6
batch-size = 8
TOML
  touch "$configs/aver-extract-audio.toml" "$configs/aver-evaluate-fusion.toml"
else
  configs=$repository/configs/demo protocol=group-6 folds=0 rounding=.1
fi

# In a process of its own, which becomes Snakemake: the workflow into a folder, on Slurm.
workflow() {
  local gres=()
  case "$(snakemake --version)" in 7.*) gres=(gres=none) ;; esac # which its command line always names
  mkdir "$1-slurm"
  cat >"$1.yaml" <<YAML
dataset: $output/corpus
output: $output/$1
bin: $bin
configs: $configs
protocol: $protocol
folds: [$folds]
shards: {frames: 3, audio: 3, features: 3}
threads: {frames: 1, audio: 1, features: 1, train: 1}
YAML
  cd "$1-slurm"
  exec snakemake --snakefile "$repository/workflow/Snakefile" --configfile "../$1.yaml" \
    --profile "$repository/workflow/profiles/slurm" --default-resources mem_mb=1000 runtime=60 "${gres[@]}" >"../$1.log" 2>&1
}

# The arrays' manifest without the times at which their sounds were written (source_modified).
arrays_of() { cut -d, -f1-6,8- "$1/mfcc/manifest.csv"; }

# Every file but logs and settings, which tell of time and place, and caches.
same_as_alone() {
  local different
  different=$(diff -rq --exclude=run.log --exclude=config.toml --exclude='.workflow-*' --exclude=.pictures.cache \
    alone "$1" | grep -v '^Files alone/mfcc/manifest.csv') || true
  [ -z "$different" ] || fail "$1 is not as alone: $different"
  diff <(arrays_of alone) <(arrays_of "$1") >/dev/null || fail "$1/mfcc/manifest.csv is not as alone"
  echo "$1: as alone, byte by byte: $(find "$1" -name '*.jpg' -o -name '*.wav' -o -name '*.npy' | wc -l) files of the" \
    "stages; models, predictions, tables and report"
}

# until_true SECONDS COMMAND...
until_true() {
  local end=$((SECONDS + $1)); shift
  until "$@"; do
    [ $SECONDS -lt $end ] || return 1
    sleep 0.02
  done
}

lines_in() { cat "$@" 2>/dev/null | wc -l || true; }
is_down() { sinfo --noheader --nodes="$1" --format=%T | grep -q '^down'; }
is_usable() { ! sinfo --noheader --nodes="$1" --format=%T | grep -q '^down\|\*$'; }
restarts_of() { scontrol show job --oneliner "$1" | grep -o 'Restarts=[0-9]*' | cut -d= -f2; }

# What a job of the workflow, named by its rule and wildcards, has finished so far.
finished_by() {
  local i=${2#*i=} fold=${2#*fold=}
  case "$1" in
    frames_shard) lines_in "killed/frames/shards/${i%%,*}-of-3/journal.jsonl" ;;
    *_single) lines_in "killed/runs/${1%_single}/history.csv" ;;
    *_fold) lines_in "killed/runs/${1%_fold}/fold-$fold/history.csv" ;;
  esac
}

# Sets job, node and restarts of a job of that rule that has something to lose.
in_the_middle() {
  local wildcards
  while read -r job node restarts wildcards; do
    [ "$(finished_by "$1" "$wildcards")" -lt 2 ] || return 0
  done < <(squeue --noheader --states=RUNNING --name="aver-$1" \
    --Format=JobID:12,NodeList:64,RestartCnt:8,Comment:64)
  return 1
}

is_over() { [ -e "$1" ] || ! kill -0 "$flow" 2>/dev/null; }
seen_or_over() { in_the_middle "$1" || is_over "$2"; }

# kill_in_the_middle RULE RESULT: the node of such a job dies, stays dead until Slurm has noticed, and is
# repaired. A job may end between the look at it and the death of its node: then another is taken. Status 1
# when there is none, for what the rule's jobs lead to is made.
kill_in_the_middle() {
  local job node restarts try
  for try in 1 2 3 4 5; do
    until_true 600 seen_or_over "$@" || fail "no job of $1 was seen at work: see $output/killed.log"
    ! is_over "$2" || return 1
    kill_node "$node"
    echo "killed: node $node, at work on $1 (job $job)"
    repair "$node"
    [ "$(restarts_of "$job")" != $((restarts + 1)) ] || return 0
    echo "job $job ended before its node was killed (try $try)"
  done
  return 1
}

repair() {
  until_true 120 is_down "$1" || fail "Slurm did not notice that $1 is gone"
  start_node "$1"
  until_true 120 is_usable "$1" || fail "node $1 does not come back"
}

step corpus
"$bin/aver-synthesize" --config "$configs/aver-synthesize.toml" --output corpus --quiet

step "alone: all stages on this machine"
"$repository/scripts/run-pipeline.sh" --input corpus --output alone --bin "$bin" --configs "$configs" \
  --protocol "$protocol" --folds "$folds" --side-by-side >alone.log 2>&1 || fail "see $output/alone.log"
cat alone/runs/fusion/table.txt

if [ "$small" = no ]; then
  step "slurm: the workflow on three nodes"
  (workflow slurm) || fail "see $output/slurm.log"
  same_as_alone slurm
fi

step "killed: the workflow, and nodes that die"
training=visual_fold
[ "$small" = yes ] || training=visual_single
for attempt in 1 2 3; do
  workflow killed &
  flow=$! both_died=no
  if kill_in_the_middle frames_shard killed/frames/.workflow-joined &&
    kill_in_the_middle "$training" killed/runs/visual/metrics.json; then
    both_died=yes
  fi
  wait "$flow" || fail "see $output/killed.log"
  flow=''
  [ "$both_died" = no ] || break
  [ "$attempt" -lt 3 ] || fail "in $attempt runs all jobs of a rule ended before their nodes were killed"
  echo "all jobs of a rule ended before their nodes were killed: once more (attempt $attempt)"
  rm -rf killed killed-slurm
done
grep -q "continuing after epoch" killed/runs/visual/run.log killed/runs/visual/fold-*/run.log 2>/dev/null ||
  fail "the training whose node was killed began anew"
same_as_alone killed

# The machine that the script of a job runs on is that of rank 0; here a machine needs no name.
address='$(hostname)'
[ -z "$local_slurm" ] || address=127.0.0.1

# in_parallel NAME TASKS OPTION...: the audio model of the first fold under srun; sets job and log.
in_parallel() {
  local name=$1 tasks=$2; shift 2
  job=$(sbatch --parsable --no-requeue --ntasks="$tasks" --output="$name-%j.log" --wrap \
    "MASTER_ADDR=$address srun $(printf '%q ' "$bin/aver-train-audio" --config "$configs/aver-train-audio.toml" \
      --input alone/mfcc --split alone/split.csv --folds 0 --output "$name" --threads 1 \
      --distributed --distributed-timeout 20 "$@")")
  log=$name-$job.log
}
job_state() { scontrol show job --oneliner "$job" | grep -o 'JobState=[A-Z_]*' | cut -d= -f2; }
job_ended() { case "$(job_state)" in PENDING | RUNNING | COMPLETING | CONFIGURING) return 1 ;; esac; }
await_job() { until_true 1800 job_ended || fail "job $job does not end: see $output/$log"; }

# loss_difference RUN EPOCHS: the largest between its losses and those of one process.
loss_difference() {
  paste -d, "$one/history.csv" "$1/history.csv" | awk -F, -v epochs="$2" '
    NR > 1 && NR <= epochs + 1 {
      for (i = 3; i <= 5; i += 2) { d = $i - $(i + 6); if (d < 0) d = -d; if (d > most) most = d }
    }
    END { if (NR < 2) most = 999; printf "%.6f", most }'
}
test_accuracy() { grep ' test part ' "$1/run.log" | tail -n 1 | grep -o 'accuracy [0-9.]* %'; }

# Rounding grows with the steps (docs/scaling.md), so the losses are held to the first two epochs; of the
# run that was interrupted, the second is the first that two processes did.
compare_training() {
  local two
  two=$(loss_difference "$1" 2)
  echo "$1: losses at most $(loss_difference "$1" 1) from one process's in the first epoch, $two up to the second," \
    "$(loss_difference "$1" 999) in all; test part: $(test_accuracy "$1"), one process $(test_accuracy "$one")"
  awk "BEGIN { exit !($two <= $rounding) }" || fail "$two is more than rounding"
}

one=alone/runs/audio
[ -e $one/history.csv ] || one=$one/fold-0

step "parallel: one training, three nodes"
in_parallel parallel 3
await_job
[ "$(job_state)" = COMPLETED ] || fail "the training ended as $(job_state): see $output/$log"
compare_training parallel

an_epoch_is_done() { [ "$(lines_in interrupted/history.csv)" -ge 2 ] || job_ended; }
tells() { grep -q "Another process of the group" "$log"; }
tells_or_over() { tells || [ -e interrupted/metrics.json ]; }
noticed_after=''
for attempt in 1 2 3; do
  rm -rf interrupted
  in_parallel interrupted 3
  until_true 600 an_epoch_is_done || fail "no epoch ends: see $output/$log"
  node=$(squeue --noheader --states=RUNNING --jobs="$job" --format=%N 2>/dev/null) || node=''
  if [ -n "$node" ]; then
    node=$(scontrol show hostnames "$node" | tail -n 1)
    kill_node "$node"
    killed_at=$SECONDS
    echo "killed: node $node, one of the three (job $job)"
    until_true 60 tells_or_over || fail "the other processes did not notice within a minute: see $output/$log"
    noticed_after=$((SECONDS - killed_at + 1))
    repair "$node"
  fi
  await_job
  # It may have finished in the moment before its node was killed.
  [ -e interrupted/metrics.json ] || break
  echo "job $job ended before its node was killed: attempt $attempt"
done
tells || fail "the other processes did not notice: see $output/$log"
echo "the other processes ended with an error within $noticed_after s"
[ "$(job_state)" != COMPLETED ] || fail "a job whose node was killed says it is complete"
[ ! -e interrupted/metrics.json ] || fail "a training whose node was killed says it is finished"
in_parallel interrupted 2 --resume
await_job
[ "$(job_state)" = COMPLETED ] || fail "the training ended as $(job_state): see $output/$log"
grep "continuing after epoch" interrupted/run.log || fail "the training began anew"
compare_training interrupted

step "proved"

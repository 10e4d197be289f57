#!/usr/bin/env bash
# Kills every program at random moments, lets it finish, and compares what it wrote byte by byte.
set -euo pipefail

usage() {
  cat <<'USAGE'
usage: scripts/kill.sh [--kills N] [--bin FOLDER] [--work FOLDER] [--seed N] [RUN...]

Runs each program on a tiny synthetic corpus (tests/robustness/small_runs.sh), ends it with SIGKILL after
a random time, runs it again (trainers with --resume) until it is done, and compares every byte with an
undisturbed run; run.log, which holds times, aside. After each kill it looks at what lies there: a file
under its own name must be whole. Prints a table; ends with status 1 when anything differs.

  --kills N      kills over all runs together (default: 100; 1,000 take half an hour on two cores)
  --bin FOLDER   where the programs are (default: build/release/bin)
  --work FOLDER  where everything is written (default: a new folder in TMPDIR, removed in the end)
  --seed N       of the random times (default: the time; it is printed)
USAGE
}

kills=100 bin='' work='' seed=$(date +%s) runs=()
while [ $# -gt 0 ]; do
  case "$1" in
    -h | --help) usage; exit 0 ;;
    --kills | --bin | --work | --seed)
      [ $# -ge 2 ] || { echo "kill.sh: $1 needs a value" >&2; exit 2; }
      printf -v "${1#--}" %s "$2"
      shift 2
      ;;
    -*) echo "kill.sh: unknown argument '$1'" >&2; usage >&2; exit 2 ;;
    *) runs+=("$1"); shift ;;
  esac
done
# shellcheck source=tests/robustness/small_runs.sh
. "$(dirname "$0")/../tests/robustness/small_runs.sh"
[ "${#runs[@]}" -gt 0 ] || runs=("${small_runs[@]}")
prepare_small_runs
RANDOM=$seed
echo "seed $seed"

milliseconds() { echo $(($(date +%s%N) / 1000000)); }

# Files that say how far a program is, or belong to an epoch; all others have their last content or none.
is_record() {
  case $1 in
    ./*stage.json | ./*journal.jsonl | *.part | */.* | ./.* | ./run/* | ./corpus/synthesis.json) true ;;
    *) false ;;
  esac
}

# run_it WORDS…: says what went wrong, if anything did.
run_it() {
  "$@" >"$work/said" 2>&1 </dev/null && return
  echo "kill.sh: $* ended with status $?:" >&2
  tail -5 "$work/said" >&2
  return 1
}

if [ ! -e "$inputs/done" ]; then
  rm -rf "$inputs"
  make_small_inputs "$inputs"
  touch "$inputs/done"
fi

declare -A length_of killed differing torn left
for name in "${runs[@]}"; do
  small_run "$name" "$inputs" "$out"
  rm -rf "$out" && mkdir -p "$out"
  [ "${#prepare[@]}" -eq 0 ] || run_it "${prepare[@]}"
  listing "$out" >"$work/$name.before"
  begun=$(milliseconds)
  run_it "${command[@]}"
  length_of[$name]=$(($(milliseconds) - begun))
  listing "$out" >"$work/$name.reference"
  killed[$name]=0 differing[$name]=0 torn[$name]=0 left[$name]=0
done

# Whether each file that has its name is whole: as it was before, or as it is in the end.
look_at_remains() {
  local name=$1 sum file
  while read -r sum file; do
    is_record "$file" && continue
    grep -qxF "$sum  $file" "$work/$name.before" "$work/$name.reference" && continue
    echo "kill.sh: after a kill of $name, $file is neither what it was nor what it becomes" >&2
    torn[$name]=$((torn[$name] + 1))
  done < <(listing "$out")
}

# What came out so far; a long run that is interrupted says it too.
table() {
  local name bad=0
  printf '%-16s %8s %8s %10s %8s %10s\n' run length kills differences torn left-over
  for name in "${runs[@]}"; do
    printf '%-16s %6dms %8d %10d %8d %10d\n' "$name" "${length_of[$name]}" "${killed[$name]}" \
      "${differing[$name]}" "${torn[$name]}" "${left[$name]}"
    bad=$((bad + differing[$name] + torn[$name] + left[$name]))
  done
  echo "$total kills, $bad differences"
  [ "$bad" -eq 0 ]
}

total=0
trap 'table; exit 130' INT TERM
while [ "$total" -lt "$kills" ]; do
  for name in "${runs[@]}"; do
    rm -rf "$out" && mkdir -p "$out"
    small_run "$name" "$inputs" "$out"
    [ "${#prepare[@]}" -eq 0 ] || run_it "${prepare[@]}"
    # Some runs are killed once, others again and again.
    for ((round = 1 + RANDOM % 5; round > 0 && total < kills; --round)); do
      wait_ms=$((RANDOM % (length_of[$name] * 11 / 10 + 1)))
      status=0
      timeout -s KILL "$((wait_ms / 1000)).$(printf %03d $((wait_ms % 1000)))" "${again[@]}" \
        >"$work/said" 2>&1 </dev/null &
      wait $! 2>/dev/null || status=$? # in the foreground the shell would say "Killed" itself
      if [ "$status" -eq 137 ]; then
        total=$((total + 1))
        killed[$name]=$((killed[$name] + 1))
        look_at_remains "$name"
      elif [ "$status" -ne 0 ]; then
        echo "kill.sh: ${again[*]} ended with status $status after a kill:" >&2
        tail -5 "$work/said" >&2
        differing[$name]=$((differing[$name] + 1))
        break
      fi
      small_run "$name" "$inputs" "$out"
    done
    small_run "$name" "$inputs" "$out"
    if ! run_it "${again[@]}"; then
      differing[$name]=$((differing[$name] + 1))
      continue
    fi
    listing "$out" >"$work/now"
    if ! cmp -s "$work/now" "$work/$name.reference"; then
      # Hidden files that a kill left are no loss, but nobody cleans them up.
      if diff <(grep -v '/\.[^/]*$' "$work/now") <(grep -v '/\.[^/]*$' "$work/$name.reference") >"$work/said"; then
        # Other shards write meanwhile, so that the join clears what a killed one left.
        case $name in *-shard) continue ;; esac
        left[$name]=$((left[$name] + 1))
        echo "kill.sh: $name leaves $(grep -o '[^/]*/\.[^/]*$' "$work/now" | head -2 | tr '\n' ' ')" >&2
      else
        differing[$name]=$((differing[$name] + 1))
        echo "kill.sh: $name wrote something else after kills:" >&2
        head -6 "$work/said" >&2
      fi
    fi
  done
done

table

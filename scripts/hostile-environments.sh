#!/usr/bin/env bash
# Runs every program where something is missing: space, memory, files, a terminal, a home.
set -euo pipefail

usage() {
  cat <<'USAGE'
usage: scripts/hostile-environments.sh [--bin FOLDER] [--work FOLDER] [--run NAME]... [ENVIRONMENT...]

Runs each program on a tiny synthetic corpus (tests/robustness/small_runs.sh) in each environment. The right
answer is the whole output, or a status other than 0 and a sentence on standard error; not a signal, a
text of a library, or more than a minute. What lay there before must still be there, and the same command
in good surroundings must then finish the work, byte for byte. Prints a table; ends with status 1 when
anything is wrong.

  --bin FOLDER   where the programs are (default: build/release/bin)
  --work FOLDER  where everything is written (default: a new folder in TMPDIR, removed in the end)
  --run NAME     only this run; may be given several times
USAGE
  echo
  echo "Environments: ${environments[*]}"
}

environments=(full-disk-tiny full-disk-small read-only memory-150 memory-400 memory-1000 files-8 files-16 files-40
  file-size-1 file-size-16 no-output no-input-output no-streams output-full bare no-temporary odd-locale
  no-working-folder one-cpu)
bin='' work='' only=() chosen=()
while [ $# -gt 0 ]; do
  case "$1" in
    -h | --help) usage; exit 0 ;;
    --bin | --work | --run)
      [ $# -ge 2 ] || { echo "hostile-environments.sh: $1 needs a value" >&2; exit 2; }
      case $1 in
        --run) only+=("$2") ;;
        *) printf -v "${1#--}" %s "$2" ;;
      esac
      shift 2
      ;;
    -*) echo "hostile-environments.sh: unknown argument '$1'" >&2; usage >&2; exit 2 ;;
    *) chosen+=("$1"); shift ;;
  esac
done
[ "${#chosen[@]}" -gt 0 ] || chosen=("${environments[@]}")
# shellcheck source=tests/robustness/small_runs.sh
. "$(dirname "$0")/../tests/robustness/small_runs.sh"
[ "${#only[@]}" -gt 0 ] || only=("${small_runs[@]}")
prepare_small_runs

# in_environment NAME WORDS…: runs them there. Status 124 after a minute.
in_environment() (
  local name=$1
  shift
  case $name in
    full-disk-* | read-only) ;; # prepared by the caller
    memory-*) ulimit -v "$((${name#memory-} * 1000))" ;;
    files-*) ulimit -n "${name#files-}" ;;
    file-size-*) ulimit -f "${name#file-size-}" ;;
    no-output) exec >&- ;;
    no-input-output) exec <&- >&- ;;
    no-streams) exec <&- >&- 2>&- ;;
    output-full) exec >/dev/full ;;
    bare) # what chooses the code of the BLAS stays: another one rounds in another way
      mapfile -t kept < <(env | grep '^OPENBLAS_' || true)
      exec env -i PATH="$PATH" "${kept[@]}" timeout -k 5 60 "$@"
      ;;
    no-temporary) export TMPDIR=$work/missing HOME=$work/missing ;;
    odd-locale) export LC_ALL=xx_YY.KOI8-R LANG='' LANGUAGE=xx ;;
    no-working-folder)
      mkdir -p "$work/gone"
      cd "$work/gone"
      rmdir "$work/gone"
      ;;
    one-cpu) exec taskset -c 0 timeout -k 5 60 "$@" ;;
    *) echo "hostile-environments.sh: no environment '$name'; there are: ${environments[*]}" >&2; exit 2 ;;
  esac
  exec timeout -k 5 60 "$@"
)

# Those that need a file system of their own are skipped where one cannot be mounted.
needs_mount() { case $1 in full-disk-* | read-only) true ;; *) false ;; esac }
can_mount() {
  [ "$(id -u)" -eq 0 ] && mkdir -p "$work/try" && mount -t tmpfs -o size=64k none "$work/try" 2>/dev/null &&
    umount "$work/try"
}
enter() {
  needs_mount "$1" || return 0
  mount -t tmpfs -o size=64m none "$out"
}
tighten() {
  case $1 in
    full-disk-tiny) mount -o remount,size="$(($(du -sk "$out" | cut -f1) + 8))k" "$out" ;;
    full-disk-small) mount -o remount,size="$(($(du -sk "$out" | cut -f1) + 48))k" "$out" ;;
    read-only) mount -o remount,ro "$out" ;;
  esac
}
loosen() { ! needs_mount "$1" || mount -o remount,rw,size=64m "$out"; }
leave() { ! mountpoint -q "$out" || umount "$out"; }
fresh() {
  leave
  rm -rf "$out"
  mkdir -p "$out"
}

problem() {
  echo "hostile-environments.sh: $1: $2" >&2
  [ -z "${3:-}" ] || head -3 "$3" | cut -c1-300 | cat -v >&2
  wrong[$environment]=$((wrong[$environment] + 1))
}

# judge STATUS WHERE: the status and the words of an attempt.
judge() {
  local status=$1 where=$2
  if [ "$status" -eq 124 ] || [ "$status" -eq 137 ]; then
    hung[$environment]=$((hung[$environment] + 1))
    problem "$where" "more than a minute: ${command[*]}"
  elif [ "$status" -ge 128 ]; then
    problem "$where" "ended by signal $((status - 128)): ${command[*]}" "$work/said"
  elif [ "$status" -ne 0 ]; then
    refused[$environment]=$((refused[$environment] + 1))
    if [ "$environment" != no-streams ] && ! grep -qE '^(aver-|error: |failed )' "$work/said" "$work/printed" -h; then
      problem "$where" "status $status without a sentence: ${command[*]}" "$work/said"
    elif grep -qE 'json.exception|basic_string::|bad_alloc|filesystem error|terminate called|std::|what\(\)' "$work/said"; then
      problem "$where" "words of a library" "$work/said"
    fi
  else
    finished[$environment]=$((finished[$environment] + 1))
  fi
}

if [ ! -e "$inputs/done" ]; then
  rm -rf "$inputs"
  make_small_inputs "$inputs"
  touch "$inputs/done"
fi
for name in "${only[@]}"; do
  fresh
  small_run "$name" "$inputs" "$out"
  [ "${#prepare[@]}" -eq 0 ] || "${prepare[@]}" >/dev/null
  "${command[@]}" >/dev/null
  listing "$out" >"$work/$name.reference"
done

declare -A finished refused hung wrong skipped
for environment in "${chosen[@]}"; do
  finished[$environment]=0 refused[$environment]=0 hung[$environment]=0 wrong[$environment]=0
  if needs_mount "$environment" && ! can_mount; then
    skipped[$environment]=yes
    continue
  fi
  for name in "${only[@]}"; do
    # With nothing there, or what comes before.
    fresh
    enter "$environment"
    small_run "$name" "$inputs" "$out"
    [ "${#prepare[@]}" -eq 0 ] || "${prepare[@]}" >/dev/null
    tighten "$environment"
    status=0
    { in_environment "$environment" "${command[@]}" >"$work/printed" 2>"$work/said"; } </dev/null || status=$?
    loosen "$environment"
    judge "$status" "$environment, $name"
    if [ "$status" -eq 0 ] && ! diff <(listing "$out") "$work/$name.reference" >"$work/difference"; then
      problem "$environment, $name" "status 0 and another output" "$work/difference"
    fi
    small_run "$name" "$inputs" "$out"
    if ! "${again[@]}" >"$work/said" 2>&1; then
      problem "$environment, $name" "cannot be finished afterwards" "$work/said"
    elif ! diff <(listing "$out") "$work/$name.reference" >"$work/difference"; then
      problem "$environment, $name" "another output in the end" "$work/difference"
    fi
    # With the finished output there.
    tighten "$environment"
    status=0
    in_environment "$environment" "${again[@]}" >"$work/printed" 2>"$work/said" </dev/null || status=$?
    loosen "$environment"
    judge "$status" "$environment, $name again"
    listing "$out" >"$work/now"
    # A run that is scored again is unfinished until that is done, and pictures of other data than those
    # beside them are taken away; what a prediction had so far is kept beside; everything else stays.
    # What --force is to redo goes before the new one comes.
    if [ "$status" -ne 0 ]; then
      diff "$work/now" "$work/$name.reference" | grep -vE '^> .*/(figures/|enrolment[.](png|svg)$|metrics.json$)|^< .*[.]part$' |
        grep '^[<>]' >"$work/difference" || true
      [ "$name" = audio-redo ] || [ ! -s "$work/difference" ] ||
        problem "$environment, $name again" "the output that was there is another" "$work/difference"
      small_run "$name" "$inputs" "$out"
      "${again[@]}" >"$work/said" 2>&1 ||
        problem "$environment, $name again" "cannot be finished afterwards" "$work/said"
      listing "$out" >"$work/now"
    fi
    if ! diff "$work/now" "$work/$name.reference" >"$work/difference"; then
      problem "$environment, $name again" "another output in the end" "$work/difference"
    fi
  done
  leave
done

bad=0
printf '%-20s %9s %8s %6s %6s\n' environment finished refused hung wrong
for environment in "${chosen[@]}"; do
  if [ -n "${skipped[$environment]:-}" ]; then
    printf '%-20s skipped: it needs root and a tmpfs\n' "$environment"
    continue
  fi
  printf '%-20s %9d %8d %6d %6d\n' "$environment" "${finished[$environment]}" "${refused[$environment]}" \
    "${hung[$environment]}" "${wrong[$environment]}"
  bad=$((bad + wrong[$environment]))
done
[ "$bad" -eq 0 ]

#!/usr/bin/env bash
# Gives every reader of files inputs that nobody meant: libFuzzer, with the sanitizers of clang.
set -euo pipefail

usage() {
  cat <<'USAGE'
usage: scripts/fuzz.sh [--seconds N | --runs N] [--seed N] [--jobs N] [--extra FOLDER] [--no-setup] [TARGET...]
       scripts/fuzz.sh --again FILE TARGET

Builds the targets in tests/robustness with clang (in build/fuzz), makes their first inputs, and runs
each target until N seconds are over, N inputs were read or something was found. Prints a table, and
ends with status 1 when there is a finding: a crash, a hang, a leak, more than 2 GB of memory, an
exception that is no aver::Error, or an answer that cannot be right. What was found lies in
build/fuzz/findings/TARGET, inputs that reached something new in build/fuzz/corpus/TARGET, where the
next run goes on from.

  --seconds N     for each target (default: 30, five minutes for all of them on two CPUs)
  --runs N        inputs for each target instead, however long it takes
  --seed N        of what is drawn (default: another each time); with --runs all inputs are the same again
  --jobs N        targets side by side (default: the CPUs of this machine)
  --extra FOLDER  further first inputs; those of FOLDER/TARGET go to that target, files beside them to all
  --no-setup      nothing is installed
  --again FILE    reads one input, such as a finding, and says what happens
USAGE
}

seconds=30 runs=-1 seed=0 jobs=$(nproc 2>/dev/null || echo 2) extra='' setup=yes again='' targets=()
while [ $# -gt 0 ]; do
  case "$1" in
    -h | --help) usage; exit 0 ;;
    --seconds | --runs | --seed | --jobs | --extra | --again)
      [ $# -ge 2 ] || { echo "fuzz.sh: $1 needs a value" >&2; exit 2; }
      printf -v "${1#--}" %s "$2"
      [ "$1" != --runs ] || seconds=0
      shift 2
      ;;
    --no-setup) setup=no; shift ;;
    -*) echo "fuzz.sh: unknown argument '$1'" >&2; usage >&2; exit 2 ;;
    *) targets+=("$1"); shift ;;
  esac
done
[ -z "$extra" ] || extra=$(cd "$extra" && pwd) || { echo "fuzz.sh: --extra needs a folder" >&2; exit 2; }
[ -z "$again" ] || again=$(realpath -e "$again")

cd "$(dirname "$0")/.."
all=()
for source in tests/robustness/fuzz_*.cpp; do
  name=$(basename "$source" .cpp)
  all+=("${name#fuzz_}")
done
[ "${#targets[@]}" -gt 0 ] || targets=("${all[@]}")
for target in "${targets[@]}"; do
  [ -e "tests/robustness/fuzz_$target.cpp" ] ||
    { echo "fuzz.sh: no target '$target'; there are: ${all[*]}" >&2; exit 2; }
done

[ "$setup" = no ] || scripts/setup.sh --fuzz
build=build/fuzz
cmake -G Ninja -S . -B "$build" -DCMAKE_CXX_COMPILER=clang++ -DAVER_FUZZ=ON -DAVER_WITH_TORCH=OFF \
  -DAVER_WITH_SERVE=OFF -DAVER_BUILD_TESTS=OFF -DCMAKE_BUILD_TYPE=RelWithDebInfo \
  -DCMAKE_CXX_FLAGS_RELWITHDEBINFO="-O1 -gline-tables-only" >/dev/null
cmake --build "$build" -j "$jobs" --target make_seeds "${targets[@]/#/fuzz_}"

# OpenCV and FFmpeg are not built with the sanitizer, so what they leave behind the end of a vector's
# content is not marked.
export ASAN_OPTIONS=detect_container_overflow=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}
export UBSAN_OPTIONS=print_stacktrace=1${UBSAN_OPTIONS:+:$UBSAN_OPTIONS}
limits=(-timeout=30 -rss_limit_mb=2048 -max_len=65536)

if [ -n "$again" ]; then
  exec "$build/bin/fuzz_${targets[0]}" "${limits[@]}" "$again"
fi

seeds=$build/seeds
rm -rf "$seeds"
"$build/bin/make_seeds" "$seeds"
# A moment of a drawn picture and a tone, in every container and kind of sound and picture that is read.
media() {
  local target=$1 name=$2
  shift 2
  mkdir -p "$seeds/$target"
  ffmpeg -v error -nostdin -y -f lavfi -i testsrc=size=32x24:rate=10:duration=0.4 \
    -f lavfi -i sine=frequency=440:sample_rate=16000:duration=0.4 -map_metadata -1 -fflags +bitexact \
    "$@" "$seeds/$target/$name" || { echo "fuzz.sh: ffmpeg makes no $name here" >&2; rm -f "$seeds/$target/$name"; }
}
picture=(-an -frames:v 1)
for one in "mp4 libx264 aac" "mov mpeg4 pcm_s16le" "mkv libx264 flac" "webm libvpx libopus" "avi mjpeg pcm_s16le"; do
  read -r extension video sound <<<"$one"
  media container "clip.$extension" -c:v "$video" -pix_fmt yuv420p -c:a "$sound"
done
media container clip.flv -c:v flv -c:a libmp3lame -ar 22050
media container fragments.mp4 -c:v libx264 -pix_fmt yuv420p -c:a aac -movflags frag_keyframe+empty_moov
for extension in mp3 ogg aac; do media container "sound.$extension" -vn; done
media container sound.opus -vn -c:a libopus
for extension in flac aiff w64 caf; do media sound "sound.$extension" -vn -t 0.05; done
media sound float.wav -vn -t 0.02 -c:a pcm_f32le
media sound stereo.wav -vn -t 0.02 -ac 2 -c:a pcm_s24le
for extension in webp bmp tiff; do media picture "picture.$extension" "${picture[@]}"; done
media picture grey.png "${picture[@]}" -pix_fmt gray
media picture palette.png "${picture[@]}" -pix_fmt pal8

# The file of a target's finding, if its log names one.
finding_of() { sed -n 's/.*Test unit written to //p' "$build/logs/$1.log" | head -1; }

# One target: a line of the table to its .row.
run_target() {
  local target=$1 log=$build/logs/$1.log status=0 executions spent found
  local findings=$build/findings/$target first=("$seeds/$target")
  mkdir -p "$build/corpus/$target" "$findings" "$build/logs" "$seeds/$target"
  if [ -n "$extra" ]; then
    mkdir -p "$build/extra/$target"
    find "$extra" -maxdepth 1 -type f -exec cp -t "$build/extra/$target" {} +
    [ ! -d "$extra/$target" ] || cp -rL "$extra/$target/." "$build/extra/$target/"
    first+=("$build/extra/$target")
  fi
  local begun=$SECONDS
  "$build/bin/fuzz_$target" "${limits[@]}" -seed="$seed" -runs="$runs" -max_total_time="$seconds" \
    -artifact_prefix="$findings/" -print_final_stats=1 "$build/corpus/$target" "${first[@]}" \
    >"$log" 2>&1 </dev/null || status=$?
  spent=$((SECONDS - begun))
  executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  found=none
  if [ "$status" -ne 0 ]; then
    found=$(finding_of "$target")
    found=${found:-"status $status, see $log"}
  fi
  printf '%-20s %12s %8s  %s\n' "$target" "${executions:-?}" "$spent" "$found" >"$build/logs/$target.row"
  [ "$status" -eq 0 ] || echo bad >"$build/logs/$target.bad"
}

# What was found, for a reader who has the output alone: the complaint, and the input as text.
show_finding() {
  local target=$1 file
  printf '\n== %s\n' "$target"
  grep -m 5 -E 'ERROR|SUMMARY|runtime error|what\(\)' "$build/logs/$target.log" || tail -5 "$build/logs/$target.log"
  file=$(finding_of "$target")
  [ -f "$file" ] || return 0
  echo "the input ($(stat -c %s "$file") bytes), from: base64 -d | gunzip"
  gzip -9nc "$file" | base64 -w 160 | head -c 40000
}

rm -f "$build"/logs/*.row "$build"/logs/*.bad
for target in "${targets[@]}"; do
  while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n; done
  run_target "$target" &
done
wait

printf '%-20s %12s %8s  %s\n' target inputs seconds finding
for target in "${targets[@]}"; do cat "$build/logs/$target.row"; done
if ls "$build"/logs/*.bad >/dev/null 2>&1; then
  for target in "${targets[@]}"; do
    [ ! -e "$build/logs/$target.bad" ] || show_finding "$target"
  done
  echo "fuzz.sh: there are findings; scripts/fuzz.sh --again FILE TARGET shows one again" >&2
  exit 1
fi

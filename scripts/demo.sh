#!/usr/bin/env bash
# From nothing to an accuracy table: installs, builds, makes a small corpus, runs all stages on it.
set -euo pipefail

usage() {
  cat <<'USAGE'
usage: scripts/demo.sh [--output FOLDER] [--bin FOLDER] [--expect FILE [--tolerance X]]
       scripts/demo.sh --ravdess DATASET [--output FOLDER] [--bin FOLDER] [PIPELINE OPTION...]

Installs what is missing (Debian 12 packages), builds a release, synthesises a small corpus of drawn
faces and synthetic voices, runs all stages on it and prints the accuracy table: about ten minutes on
two cores. Ends with the command that opens the models to camera and microphone in a browser. The settings are in configs/demo and are not the paper's. Started again, it continues where
it was.

  --output FOLDER     where everything goes (default: demo-work, with --ravdess ravdess-work)
  --bin FOLDER        use the programs there; nothing is installed or built
  --expect FILE       figures that must come out again, else status 4 (with --tolerance X)
  --ravdess DATASET   instead of the synthetic corpus a folder with the real RAVDESS recordings, and
                      the paper's settings (configs/paper): hours. Further options go to
                      scripts/run-pipeline.sh, e.g. --protocol actor-5
  --configs strong    with --ravdess: the models for people that nobody trained on (configs/strong).
                      Further options go to scripts/run-strong.sh, e.g. --landmarks FOLDER
USAGE
}

output='' ravdess='' bin='' expect='' tolerance='' strong=no pipeline=()
while [ $# -gt 0 ]; do
  case "$1" in
    -h | --help) usage; exit 0 ;;
    --output | --ravdess | --bin | --expect | --tolerance)
      [ $# -ge 2 ] || { echo "demo.sh: $1 needs a value" >&2; exit 2; }
      printf -v "${1#--}" %s "$2"
      shift 2
      ;;
    --landmarks | --encoder)  # the script that takes them starts in another folder
      [ $# -ge 2 ] && [ -n "$ravdess" ] || { echo "demo.sh: $1 needs a value, and --ravdess before it" >&2; exit 2; }
      pipeline+=("$1" "$(realpath -m "$2")")
      shift 2
      ;;
    *)
      [ "$1 ${2:-}" != "--configs strong" ] || { strong=yes; shift 2; continue; }
      # The rest is the pipeline's, which knows its own options.
      [ -n "$ravdess" ] || { echo "demo.sh: unknown argument '$1'" >&2; usage >&2; exit 2; }
      pipeline+=("$1")
      shift
      ;;
  esac
done
if [ -n "$ravdess" ]; then
  ravdess=$(cd "$ravdess" && pwd) || { echo "demo.sh: --ravdess needs a folder" >&2; exit 2; }
fi
[ "$strong" = no ] || [ -n "$ravdess" ] || { echo "demo.sh: --configs strong needs --ravdess" >&2; exit 2; }
[ -z "$output" ] || output=$(mkdir -p "$output" && cd "$output" && pwd)
[ -z "$bin" ] || bin=$(cd "$bin" && pwd) || { echo "demo.sh: --bin needs a folder" >&2; exit 2; }
[ -z "$expect" ] || pipeline+=(--expect "$(realpath "$expect")")
[ -z "$tolerance" ] || pipeline+=(--tolerance "$tolerance")

here=$PWD
cd "$(dirname "$0")/.."
# Where aver is installed there is nothing to build, and nothing to be written.
if [ ! -e scripts/setup.sh ]; then
  [ -n "$bin" ] || bin=$(dirname "$(command -v aver-predict)")
else
  here=$PWD
fi
# shellcheck source=scripts/programs.sh
. scripts/programs.sh

if [ -z "$bin" ]; then
  step "packages"
  scripts/setup.sh
  step "build"
  cmake -G Ninja -S . -B build/release -DCMAKE_BUILD_TYPE=Release -DAVER_BUILD_TESTS=OFF
  cmake --build build/release
  bin=$PWD/build/release/bin
fi

if [ -n "$ravdess" ]; then
  output=${output:-$here/ravdess-work}
  if [ "$strong" = yes ]; then
    scripts/run-strong.sh --input "$ravdess" --output "$output" --bin "$bin" "${pipeline[@]}"
    exit 0
  fi
  scripts/run-pipeline.sh --input "$ravdess" --output "$output" --bin "$bin" "${pipeline[@]}"
else
  output=${output:-$here/demo-work}
  step "corpus"
  "$bin/aver-synthesize" --config configs/demo/aver-synthesize.toml --output "$output/corpus"
  # Four actors train, one validates, one tests. One code path for every CPU with AVX2 keeps the figures
  # equal from machine to machine as far as possible.
  OPENBLAS_CORETYPE=${OPENBLAS_CORETYPE:-Haswell} DNNL_MAX_CPU_ISA=${DNNL_MAX_CPU_ISA:-AVX2} \
    ATEN_CPU_CAPABILITY=${ATEN_CPU_CAPABILITY:-avx2} \
    scripts/run-pipeline.sh --input "$output/corpus" --output "$output" --bin "$bin" \
    --configs configs/demo --protocol group-6 --side-by-side "${pipeline[@]}" --caption \
    "Synthetic corpus, demo settings (configs/demo): these are not the paper's settings or results."
  step "a linear model that can be told of people"
  [ -e "$output/runs/centred/metrics.json" ] ||
    "$bin/aver-train-features" -q --input "$output/mfcc" --output "$output/runs/centred" --force \
      --architecture linear --centre speaker --epochs 30 --split "$output/split.csv" --folds 0 --threads 1
  step "recordings in which the emotion changes, of the actor whom nobody trained on"
  "$bin/aver-synthesize" -q --transitions 20 --input "$output/corpus" --filter speaker=01 --output "$output/joined"
  "$bin/aver-predict" -q --visual "$output/runs/visual" --audio "$output/runs/audio" --window 0.5 --hop 0.25 \
    --rule product --format csv --output "$output/joined.csv" "$output/joined"
  "$bin/aver-evaluate-timeline" -q --truth "$output/joined/truth.csv" --answers "$output/joined.csv" \
    --output "$output/timeline"
  cp configs/demo/space.toml "$output/space.toml" # for aver-sweep, where the folder is demo-work
fi
step "done"
echo "Figures: $output/runs/visual/figures, $output/runs/audio/figures, $output/runs/fusion/figures"
if [ -x "$bin/aver-serve" ]; then
  visual=$output/runs/visual audio=$output/runs/audio
  # Several folds are runs of their own.
  [ -e "$visual/model.safetensors" ] || visual+=/fold-0
  [ -e "$audio/model.safetensors" ] || audio+=/fold-0
  printf 'One more command opens the models to camera, microphone and files (then http://127.0.0.1:8080/):\n'
  printf '  %q --visual %q --audio %q\n' "$bin/aver-serve" "$visual" "$audio"
fi

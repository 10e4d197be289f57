#!/usr/bin/env bash
# Runs all stages on a dataset folder: recordings in, accuracy tables out.
set -euo pipefail

usage() {
  cat <<'USAGE'
usage: scripts/run-pipeline.sh --input DATASET --output FOLDER [OPTION...]

Runs every stage on a folder of recordings and ends with the accuracy table. What is done already is
not done again: after an interruption, start it once more.

  --input DATASET     Actor_XX folders, the zip layout or flat files
  --output FOLDER     gets frames/, audio/, mfcc/ (or the features' folder), runs/visual, runs/audio and runs/fusion
  --corpus WHAT       what the recordings are: a corpus that comes with aver, a description (.toml) or
                      a table (.csv); default: RAVDESS
  --features NAME     what the audio model learns from: mfcc (default), or others of
                      aver-compute-features, such as log-mel
  --configs FOLDER    one <tool>.toml per stage (default: configs/paper)
  --bin FOLDER        where the programs are (default: build/release/bin, else the PATH)
  --protocol NAME     paper (default: each trainer splits its own items at random), or one of
                      aver-split's (aver-split --help); then both train on the same split
  --folds WHICH       folds of that split to train and test: a number (default: 0), several (0,2), or
                      all, which gives figures over every clip of the dataset
  --side-by-side      train both models at the same time, on one thread each
  --caption TEXT      a line above the table
  --expect FILE       metrics.json of an earlier run that must come out again, else status 4
  --tolerance X       largest difference --expect allows (default: .005)
USAGE
}

fail_usage() { echo "run-pipeline.sh: $1" >&2; usage >&2; exit 2; }

repository=$(cd "$(dirname "$0")/.." && pwd)
input='' output='' corpus='' features=mfcc configs=$repository/configs/paper bin='' protocol=paper folds=0
side_by_side=no caption='' expect='' tolerance=.005
while [ $# -gt 0 ]; do
  case "$1" in
    -h | --help) usage; exit 0 ;;
    --side-by-side) side_by_side=yes; shift; continue ;;
    --input | --output | --corpus | --features | --configs | --bin | --protocol | --folds | --caption | --expect | --tolerance) ;;
    *) fail_usage "unknown argument '$1'" ;;
  esac
  [ $# -ge 2 ] || fail_usage "$1 needs a value"
  name=${1#--}
  printf -v "$name" %s "$2"
  shift 2
done
[ -n "$input" ] && [ -n "$output" ] || fail_usage "--input and --output are required"
[ -d "$configs" ] || fail_usage "--configs $configs is no folder"

# shellcheck source=scripts/programs.sh
. "$repository/scripts/programs.sh"
use_programs "$bin" aver-train-visual
tool() {
  local name=$1 config=(); shift
  [ ! -e "$configs/$name.toml" ] || config=(--config "$configs/$name.toml")
  "$name" "${config[@]}" "$@"
}
read_as=()
[ -z "$corpus" ] || read_as=(--corpus "$corpus")

# An unfinished run is continued after its last epoch; a finished one with the same settings is only
# scored again. Several folds are folders in that of the run; a list of them is joined here.
train() {
  local name=$1 run=$2 begun; shift 2
  for begun in "$run" "$run"/fold-*; do
    [ ! -e "$begun/config.toml" ] || { set -- "$@" --resume; break; }
  done
  tool "$name" --output "$run" "$@"
  case "$folds" in
    *,*) [ "$protocol" = paper ] || "$name" --output "$run" --join --folds "$folds" ;;
  esac
}

step "frames"
tool aver-extract-frames --input "$input" --output "$output/frames" "${read_as[@]}"
step "sound"
tool aver-extract-audio --input "$input" --output "$output/audio" "${read_as[@]}"
sound=(--input "$output/audio" --output "$output/$features")
if [ "$features" = mfcc ]; then
  step "MFCCs"
  tool aver-compute-mfcc "${sound[@]}"
else
  step "features: $features"
  tool aver-compute-features --features "$features" "${sound[@]}"
fi

split=()
if [ "$protocol" != paper ]; then
  step "split: $protocol"
  aver-split make --input "$output/$features" --output "$output/split.csv" --protocol "$protocol" "${read_as[@]}"
  split=(--split "$output/split.csv" --folds "$folds")
fi

visual=(aver-train-visual "$output/runs/visual" --input "$output/frames" "${split[@]}")
audio=(aver-train-audio "$output/runs/audio" --input "$output/$features" "${split[@]}")
if [ "$side_by_side" = yes ]; then
  step "visual and audio model, side by side"
  # LibTorch's threads spin while they wait: two processes with all CPUs each would stand in each
  # other's way.
  train "${visual[@]}" --threads 1 2> >(sed -u 's/^/picture  /' >&2) &
  picture=$!
  status=0
  train "${audio[@]}" --threads 1 2> >(sed -u 's/^/sound    /' >&2) || status=$?
  wait "$picture" || status=$?
  [ "$status" -eq 0 ] || exit "$status"
else
  step "visual model"
  train "${visual[@]}"
  step "audio model"
  train "${audio[@]}"
fi

step "fusion"
fusion=(--visual "$output/runs/visual" --audio "$output/runs/audio" --output "$output/runs/fusion"
  "${read_as[@]}")
[ -z "$caption" ] || fusion+=(--caption "$caption")
[ -z "$expect" ] || fusion+=(--expect "$expect" --tolerance "$tolerance")
tool aver-evaluate-fusion "${fusion[@]}"

#!/usr/bin/env bash
# Recordings of RAVDESS (and its landmarks) in, honest tables about people nobody trained on out.
set -euo pipefail

usage() {
  cat <<'USAGE'
usage: scripts/run-strong.sh --input RAVDESS --output FOLDER [OPTION...]

Trains the models of configs/strong on RAVDESS's speech with actors apart, fuses them, and asks what
they know of people of whom some unlabelled clips are known. What is done already is not done again:
after an interruption, start it once more. docs/recognition.md explains the steps.

  --input RAVDESS     folder with RAVDESS's recordings, of which the audio-only ones are taken
  --output FOLDER     gets features, runs/, enrolment/ and fusion/
  --landmarks FOLDER  also RAVDESS's facial landmarks (a .csv or .npy for each clip): then there are
                      two modalities, and both together
  --encoder FILE      take the states of this speaker encoder for the sound (scripts/export-encoder.py
                      makes the file) in place of a network that begins from nothing
  --protocol NAME     of aver-split (default: actor-5); all of its folds are trained and tested
  --seeds LIST        seeds to train (default: 1,2,3); tables tell of each and of their mean answer
  --threads N         threads of a training (default: all CPUs)
  --bin FOLDER        where the programs are (default: build/release/bin, else the PATH)
USAGE
}

fail_usage() { echo "run-strong.sh: $1" >&2; usage >&2; exit 2; }

repository=$(cd "$(dirname "$0")/.." && pwd)
input='' output='' landmarks='' encoder='' protocol=actor-5 seeds=1,2,3 threads=0 bin=''
while [ $# -gt 0 ]; do
  case "$1" in
    -h | --help) usage; exit 0 ;;
    --input | --output | --landmarks | --encoder | --protocol | --seeds | --threads | --bin) ;;
    *) fail_usage "unknown argument '$1'" ;;
  esac
  [ $# -ge 2 ] || fail_usage "$1 needs a value"
  printf -v "${1#--}" %s "$2"
  shift 2
done
[ -n "$input" ] && [ -n "$output" ] || fail_usage "--input and --output are required"
configs=$repository/configs/strong
# shellcheck source=scripts/programs.sh
. "$repository/scripts/programs.sh"
use_programs "$bin" aver-train-audio

# Every trained model is scored on all folds. One that was begun is gone on with.
train() {
  local tool=$1 run=$2; shift 2
  [ ! -e "$run" ] || set -- "$@" --resume
  "$tool" --output "$run" --split "$output/split.csv" --folds all --seeds "$seeds" \
    --threads "$threads" "$@"
}
# The curve over the number of clips that are known of a person, by the models that were made for it.
enrol() {
  local name=$1 clips=$2
  step "$name: people of whom some clips are known"
  aver-evaluate-enrolment --model "$output/runs/$name-centred" --input "$clips" \
    --output "$output/enrolment/$name" --threads "$threads"
}

step "sound"
aver-extract-audio --config "$configs/aver-extract-audio.toml" --input "$input" \
  --output "$output/audio" --modality audio-only
if [ -n "$encoder" ]; then
  sound=speaker-states sound_model=aver-train-audio-speaker.toml centred=(--weight-decay 3)
  step "states of the encoder"
  aver-compute-features --config "$configs/aver-compute-features-speaker.toml" \
    --encoder "$encoder" --input "$output/audio" --output "$output/$sound"
else
  sound=log-mel sound_model=aver-train-audio.toml centred=()
  step "mel levels"
  aver-compute-features --config "$configs/aver-compute-features.toml" --input "$output/audio" \
    --output "$output/$sound"
fi

step "split: $protocol"
aver-split make --input "$output/$sound" --output "$output/split.csv" --protocol "$protocol" \
  --no-validation

step "models of the sound"
train aver-train-audio "$output/runs/sound" --config "$configs/$sound_model" --input "$output/$sound"
train aver-train-audio "$output/runs/sound-centred" --config "$configs/$sound_model" \
  --input "$output/$sound" --centre speaker "${centred[@]}"
enrol sound "$output/$sound"

if [ -n "$landmarks" ]; then
  step "models of the face"
  face=(--config "$configs/aver-train-features.toml" --input "$landmarks")
  train aver-train-features "$output/runs/face" "${face[@]}"
  train aver-train-features "$output/runs/face-centred" "${face[@]}" --centre speaker
  enrol face "$landmarks"
  step "both, of people of whom nothing is known"
  aver-evaluate-fusion --audio "$output/runs/sound" --visual "$output/runs/face" --rule product \
    --output "$output/fusion/strangers"
  for known in 4 16; do
    step "both, of people of whom $known unlabelled clips are known"
    aver-evaluate-fusion --rule product --output "$output/fusion/known-$known" \
      --audio-posteriors "$output/enrolment/sound/predictions-$known.csv" \
      --visual-posteriors "$output/enrolment/face/predictions-$known.csv"
  done
fi
step "done"
echo "Tables: $output/runs/*/metrics.json, $output/enrolment/*, $output/fusion/*"

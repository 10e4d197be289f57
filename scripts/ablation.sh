#!/usr/bin/env bash
# The same models under the paper's split, clips at random and actors apart: one table.
set -euo pipefail

usage() {
  cat <<'USAGE'
usage: scripts/ablation.sh --output FOLDER [--input DATASET] [OPTION...] [-- AUDIO TRAINER OPTIONS...]

Trains the same models on the same clips under three protocols and prints what each of them makes of
the test figures: paper (items at random), clip (clips at random) and folds of actors that training
has not seen. Without --input a synthetic corpus is drawn. What is done already is not done again:
after an interruption, start it once more.

  --output FOLDER     gets the stage folders, runs/PROTOCOL/… and ablation.md
  --input DATASET     recordings with RAVDESS names
  --audio-only        audio alone, of audio-only recordings
  --folds-of NAME     protocol of the actor-disjoint folds (default: group-6; actor-5 for RAVDESS)
  --folds all|K,K     which of its folds (default: all)
  --configs FOLDER    one <tool>.toml per stage (default: configs/demo, with --input configs/paper)
  --bin FOLDER        where the programs are (default: build/release/bin, else the PATH)
  --threads N         of each trainer (default: the trainers' own)

Everything after -- is given to aver-train-audio.
USAGE
}

fail_usage() { echo "ablation.sh: $1" >&2; usage >&2; exit 2; }

repository=$(cd "$(dirname "$0")/.." && pwd)
input='' output='' configs='' bin='' folds_of=group-6 folds=all threads='' audio_only=no more=()
while [ $# -gt 0 ]; do
  case "$1" in
    -h | --help) usage; exit 0 ;;
    --audio-only) audio_only=yes; shift; continue ;;
    --) shift; more=("$@"); break ;;
    --input | --output | --configs | --bin | --folds-of | --folds | --threads) ;;
    *) fail_usage "unknown argument '$1'" ;;
  esac
  [ $# -ge 2 ] || fail_usage "$1 needs a value"
  name=${1#--}
  printf -v "${name//-/_}" %s "$2"
  shift 2
done
[ -n "$output" ] || fail_usage "--output is required"
[ -n "$configs" ] || configs=$repository/configs/$([ -n "$input" ] && echo paper || echo demo)
[ -d "$configs" ] || fail_usage "--configs $configs is no folder"
# shellcheck source=scripts/programs.sh
. "$repository/scripts/programs.sh"
use_programs "$bin" aver-train-audio
tool() { local name=$1; shift; "$name" --config "$configs/$name.toml" "$@" >&2; }
limit=()
[ -z "$threads" ] || limit=(--threads "$threads")

# train KIND PROTOCOL OPTION...
train() {
  local kind=$1 run=$output/runs/$2/$1 stage=mfcc extra=("${more[@]}")
  shift 2
  [ "$kind" = audio ] || { stage=frames; extra=(); }
  # Of a folder that is there finished folds are kept and an unfinished run goes on, as long as the
  # settings are the same; the trainer says so when they are not.
  [ ! -e "$run" ] || set -- "$@" --resume
  tool "aver-train-$kind" --input "$output/$stage" --output "$run" "${limit[@]}" "${extra[@]}" "$@"
}

if [ -z "$input" ]; then
  step "corpus"
  input=$output/corpus
  tool aver-synthesize --output "$input"
fi
step "stages"
if [ "$audio_only" = yes ]; then
  tool aver-extract-audio --input "$input" --modality audio-only --output "$output/audio"
else
  tool aver-extract-frames --input "$input" --output "$output/frames"
  tool aver-extract-audio --input "$input" --output "$output/audio"
fi
tool aver-compute-mfcc --input "$output/audio" --no-pictures --output "$output/mfcc"
aver-split make --input "$output/mfcc" --protocol clip --output "$output/clip.csv" >&2
aver-split make --input "$output/mfcc" --protocol "$folds_of" --output "$output/$folds_of.csv" >&2

kinds=(audio)
[ "$audio_only" = yes ] || kinds+=(visual)
for kind in "${kinds[@]}"; do
  step "$kind, protocol paper"
  train "$kind" paper --folds -1
  step "$kind, protocol clip"
  train "$kind" clip --folds -1 --split "$output/clip.csv"
  step "$kind, protocol $folds_of"
  train "$kind" "$folds_of" --split "$output/$folds_of.csv" --folds "$folds"
  if [ "$folds" != all ]; then
    tool "aver-train-$kind" --output "$output/runs/$folds_of/$kind" --join --folds "$folds"
  fi
done

# Audio alone is fused with itself, which changes no answer and gives its intervals.
for protocol in paper clip "$folds_of"; do
  runs=$output/runs/$protocol
  aver-evaluate-fusion --quiet --no-figures --audio "$runs/audio" --visual "$runs/${kinds[-1]}" \
    --output "$runs/fusion" >/dev/null
done

# Share of right answers among the rows of a role.
accuracy() {  # TABLE ROLE
  awk -F, -v role="$2" '
    NR == 1 { for (i = 1; i <= NF; ++i) { name[i] = $i; at[$i] = i }; next }
    $at["role"] == role {
      best = ""
      for (i = 1; i <= NF; ++i) {
        if (name[i] == "clip" || name[i] == "fold" || name[i] == "role" || name[i] == "label") continue
        if (best == "" || $i + 0 > $best + 0) best = i
      }
      all += 1
      right += name[best] == $at["label"]
    }
    END { if (all) printf "%.1f %% of %d", 100 * right / all, all; else printf "–" }' "$1"
}

# "82.1 % [79.0–85.1]" of a system in a scope.
scored() {  # PROTOCOL SCOPE SYSTEM
  awk -F, -v scope="$2" -v which="$3" '
    function at(field) { return $column[field] }
    NR == 1 { for (i = 1; i <= NF; ++i) column[$i] = i; next }
    at("scope") == scope && at("system") == which && at("clips") > 0 {
      printf "%.1f %% [%.1f–%.1f]", 100 * at("accuracy"), 100 * at("accuracy_low"), 100 * at("accuracy_high")
    }' "$output/runs/$1/fusion/metrics.csv"
}

row() {  # PROTOCOL SCORED SEEN AUDIO VISUAL BOTH
  if [ "$audio_only" = yes ]; then
    echo "| $1 | $2 | $3 | $4 |"
  else
    echo "| $1 | $2 | $3 | $4 | $5 | $6 |"
  fi
}

rows() {
  row protocol "scored on" "training has seen" audio visual both
  row : : : --: --: --: | sed 's/ //g; s/:|/:--|/g; s/|--:--/|--:/g'
  row paper "all clips, as the paper fuses" "most of these clips" "$(scored paper all_clips audio)" \
    "$(scored paper all_clips visual)" "$(scored paper all_clips fused)"
  local frames=–
  [ "$audio_only" = yes ] ||
    frames="$(accuracy "$output/runs/paper/visual/frame_predictions.csv" test) frames"
  row paper "each model's own test part" "the actors; of a frame's clip, other frames" \
    "$(accuracy "$output/runs/paper/audio/predictions.csv" test) clips" "$frames" –
  local protocol seen="the actors"
  for protocol in clip "$folds_of"; do
    row "$protocol" "test clips" "$seen" "$(scored "$protocol" held_out audio)" \
      "$(scored "$protocol" held_out visual)" "$(scored "$protocol" held_out fused)"
    [[ $folds_of != actor-* && $folds_of != group-* ]] || seen="neither clips nor actors"
  done
}

step "table"
rows | tee "$output/ablation.md"
if grep -q '|  |' "$output/ablation.md"; then
  echo "ablation.sh: a figure is missing: see $output/runs/*/fusion" >&2
  exit 1
fi

# Small runs of every program that writes something, for scripts/kill.sh and
# scripts/hostile-environments.sh: a corpus of thirty tiny clips, networks of a few weights. To be
# sourced, and prepared.
# shellcheck shell=bash

# What small_run knows. Programs appear once for each way of writing that they have.
small_runs=(synthesize frames frames-faces sheet audio audio-redo audio-shard audio-join mfcc features split
  corpus-make corpus-export train-audio train-visual train-features train-folds train-join predict-stage
  predict-clips predict-shard predict-join predict-segments joined fusion evaluate
  enrolment robustness audio-degraded audio-copies frames-degraded timeline explain export)

small_network=(--epochs 3 --filters 4,4,4 --lstm 4,4 --dense 4 --norm-momentum 0.9 --threads 1 -j 1)
small_sound=(--sample-rate 16000 -j 2)

# What both scripts make of --bin and --work: the PATH, and the folders `inputs` and `out`, in one that
# is removed in the end where none was named.
prepare_small_runs() {
  local repository
  repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
  bin=$(cd "${bin:-$repository/build/release/bin}" && pwd) ||
    { echo "$(basename "$0"): build first, or name --bin" >&2; exit 2; }
  export PATH=$bin:$PATH
  if [ -z "$work" ]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
  fi
  mkdir -p "$work"
  work=$(cd "$work" && pwd)
  # shellcheck disable=SC2034  # for the scripts
  inputs=$work/inputs out=$work/out
}

# What a folder holds, byte by byte, hidden files too; run.log, which holds times, aside.
listing() {
  (cd "$1" && find . -type f ! -name run.log -print0 | sort -z | xargs -0 -r sha256sum)
}

# What the runs read, made once in a folder.
make_small_inputs() {
  local folder=$1
  aver-synthesize -q -o "$folder/corpus" --actors 2 --statements 1 --repetitions 1 --size 64x64 \
    --seconds 0.5 --fps 10 --twin-actor 0 --seed 7
  aver-extract-frames -q -i "$folder/corpus" -o "$folder/frames" --every 2
  aver-extract-audio -q -i "$folder/corpus" -o "$folder/audio" "${small_sound[@]}"
  aver-compute-mfcc -q -i "$folder/audio" -o "$folder/mfcc" --no-pictures --coefficients 8 --mels 32 \
    --n-fft 512 --hop-length 256 "${small_sound[@]}"
  aver-split make -q -i "$folder/mfcc" -o "$folder/split.csv" --protocol group-2 >/dev/null
  aver-train-audio -q -i "$folder/mfcc" -o "$folder/audio-run" --split "$folder/split.csv" --folds 0 \
    "${small_network[@]}" >/dev/null
  aver-train-visual -q -i "$folder/frames" -o "$folder/visual-run" --split "$folder/split.csv" --folds 0 \
    --epochs 2 --filters 4,4 --dense 8 --size 32 --threads 1 >/dev/null
  # Centring takes two speakers to train on: here clips are dealt, not people.
  aver-split make -q -i "$folder/mfcc" -o "$folder/clips.csv" --protocol clip >/dev/null
  aver-train-features -q -i "$folder/mfcc" -o "$folder/centred-run" --split "$folder/clips.csv" --folds 0 \
    --architecture linear --centre speaker --epochs 2 --threads 1 >/dev/null
  aver-synthesize -q --transitions 3 --parts 3 -i "$folder/corpus" -o "$folder/joined" --fps 10 >/dev/null
  aver-predict -q --audio "$folder/audio-run" --window 0.5 --hop 0.25 --format csv --threads 1 \
    -o "$folder/joined.csv" "$folder/joined" >/dev/null
}

# small_run NAME INPUTS OUT: sets `command` to what makes OUT, and `prepare` to what comes before it
# once, undisturbed; where that is not the same command, `again` to what is said after an interruption.
small_run() {
  local name=$1 inputs=$2 out=$3 begun
  prepare=() again=()
  case $name in
    synthesize)
      command=(aver-synthesize -o "$out/corpus" --actors 1 --statements 1 --repetitions 1 --size 64x64
        --seconds 0.5 --fps 10 --twin-actor 1 -j 2)
      ;;
    frames) command=(aver-extract-frames -i "$inputs/corpus" -o "$out/frames" --every 2 -j 2) ;;
    frames-faces)
      command=(aver-extract-frames -i "$inputs/corpus" -o "$out/frames" --face haar --every 5 -j 2)
      ;;
    sheet)
      command=(aver-extract-frames -i "$inputs/corpus" -o "$out/sheet.png" --contact-sheet 01-01-01-01-01-01)
      ;;
    audio) command=(aver-extract-audio -i "$inputs/corpus" -o "$out/audio" "${small_sound[@]}") ;;
    audio-redo)
      prepare=(aver-extract-audio -i "$inputs/corpus" -o "$out/audio" --sample-rate 8000)
      command=(aver-extract-audio -i "$inputs/corpus" -o "$out/audio" "${small_sound[@]}" --force)
      ;;
    audio-shard)
      command=(aver-extract-audio -i "$inputs/corpus" -o "$out/audio" "${small_sound[@]}" --shard 1/2)
      ;;
    audio-join)
      prepare=(both_shards aver-extract-audio -i "$inputs/corpus" -o "$out/audio" "${small_sound[@]}")
      command=(aver-extract-audio -o "$out/audio" --join)
      ;;
    mfcc) command=(aver-compute-mfcc -i "$inputs/audio" -o "$out/mfcc" "${small_sound[@]}") ;;
    features)
      command=(aver-compute-features --features log-mel -i "$inputs/audio" -o "$out/log-mel"
        "${small_sound[@]}")
      ;;
    split)
      command=(aver-split make -i "$inputs/mfcc" -o "$out/split.csv" --protocol group-2)
      ;;
    corpus-make) command=(aver-corpus make -i "$inputs/corpus" -o "$out/corpus.csv") ;;
    corpus-export)
      command=(aver-corpus export -i "$inputs/corpus" -o "$out/kaldi" --format kaldi)
      ;;
    train-audio)
      command=(aver-train-audio -i "$inputs/mfcc" -o "$out/run" --split "$inputs/split.csv" --folds 0
        "${small_network[@]}")
      ;;
    train-visual)
      command=(aver-train-visual -i "$inputs/frames" -o "$out/run" --split "$inputs/split.csv" --folds 0
        --epochs 3 --filters 4,4 --dense 8 --size 32 --threads 1 -j 1)
      ;;
    train-features)
      command=(aver-train-features -i "$inputs/mfcc" -o "$out/run" --split "$inputs/clips.csv" --folds 0
        --architecture gru --centre speaker --epochs 3 --threads 1 -j 1)
      ;;
    train-folds)
      command=(aver-train-audio -i "$inputs/mfcc" -o "$out/run" --split "$inputs/split.csv" --folds all
        "${small_network[@]}")
      ;;
    train-join)
      prepare=(each_fold "$out/run" aver-train-audio -i "$inputs/mfcc" --split "$inputs/split.csv"
        "${small_network[@]}")
      command=(aver-train-audio -o "$out/run" --join)
      ;;
    predict-stage)
      command=(aver-predict --model "$inputs/audio-run" -i "$inputs/mfcc" -o "$out/predictions.csv"
        --threads 1)
      ;;
    predict-clips | predict-shard | predict-join)
      command=(aver-predict --visual "$inputs/visual-run" --audio "$inputs/audio-run" --format csv
        --threads 1 -j 1 -o "$out/answers.csv" "$inputs/corpus")
      case $name in
        predict-shard) command+=(--shard 1/2) ;;
        predict-join)
          prepare=(both_shards "${command[@]}")
          command=(aver-predict --join -o "$out/answers.csv")
          ;;
      esac
      ;;
    predict-segments)
      command=(aver-predict --audio "$inputs/audio-run" --segments --window 0.5 --hop 0.25 --format csv
        --threads 1 -j 1 -o "$out/segments.csv" "$inputs/joined")
      ;;
    joined)
      command=(aver-synthesize --transitions 3 --parts 3 -i "$inputs/corpus" -o "$out/joined" --fps 10 -j 2)
      ;;
    timeline)
      command=(aver-evaluate-timeline --truth "$inputs/joined/truth.csv" --answers "$inputs/joined.csv"
        -o "$out/timeline" --fit --draws 100)
      ;;
    export)
      command=(aver-export "$inputs/audio-run" -o "$out/exported" --weights fp16)
      ;;
    fusion)
      command=(aver-evaluate-fusion --visual "$inputs/visual-run" --audio "$inputs/audio-run"
        -o "$out/fusion" --draws 100 -j 2)
      ;;
    evaluate)
      command=(aver-evaluate "$inputs/visual-run" "$inputs/audio-run" -o "$out/evaluation" --draws 100
        --group-by gender -j 2)
      ;;
    enrolment)
      command=(aver-evaluate-enrolment --model "$inputs/centred-run" -i "$inputs/mfcc" -o "$out/enrolment"
        --enrol 0,1 --repeats 2 --draws 100 --threads 1)
      ;;
    robustness)
      command=(aver-evaluate-robustness -i "$inputs/corpus" --audio "$inputs/audio-run" --visual
        "$inputs/visual-run" -o "$out/robustness" --conditions "babble=0,opus,gamma=3,no-audio" --draws 100
        --threads 1 -j 2)
      ;;
    explain)
      command=(aver-explain --audio "$inputs/audio-run" --visual "$inputs/visual-run" -o "$out/explained" --check
        --threads 1 "$inputs/corpus/Actor_01")
      ;;
    audio-degraded)
      command=(aver-extract-audio -i "$inputs/corpus" -o "$out/audio" "${small_sound[@]}" --conditions
        "babble,reverberation")
      ;;
    frames-degraded)
      command=(aver-extract-frames -i "$inputs/corpus" -o "$out/frames" --every 2 --conditions "gamma,blur" -j 2)
      ;;
    audio-copies)
      command=(aver-extract-audio -i "$inputs/corpus" -o "$out/audio" "${small_sound[@]}" --copies 5)
      ;;
    *) echo "small_runs.sh: no run '$name'; there are: ${small_runs[*]}" >&2; return 2 ;;
  esac
  command+=(-q)
  again=("${command[@]}")
  # As scripts/run-pipeline.sh does: a run that has begun is continued.
  case $name in
    train-audio | train-visual | train-features | train-folds)
      for begun in "$out/run" "$out"/run/fold-*; do
        [ ! -e "$begun/config.toml" ] || { again+=(--resume); break; }
      done
      ;;
  esac
}

both_shards() { "$@" -q --shard 1/2 && "$@" -q --shard 2/2; }
each_fold() {
  local folder=$1 fold
  shift
  for fold in 0 1; do "$@" -q -o "$folder/fold-$fold" --folds "$fold" >/dev/null || return; done
}

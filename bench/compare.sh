#!/usr/bin/env bash
# Runs every stage against what a researcher would run instead, and writes docs/performance.md.
set -euo pipefail

usage() {
  cat <<'USAGE'
usage: bench/compare.sh [--bin FOLDER] [--data FOLDER] [--work FOLDER] [--repeats N] [--quick]
                        [--python PROGRAM] [--report FILE] [--isa avx2] [--only STAGE...]

Builds RAVDESS-like inputs, checks that aver and its Python peers put out the same, runs them in turn
on the same cores, and writes medians, ratios and memory into docs/performance.md: two hours on two
cores. Let nothing else run meanwhile: the report says when something did. Results of stages that
are not run again are kept; the report names their commits when there are several. Each kind of CPU
has a part of the report, and what was measured on other kinds stays.

  --bin FOLDER      aver's programs (default: build/release/bin); those of -DAVER_BUILD_BENCH=ON for
                    the stage micro
  --data FOLDER     real recordings (default: $AVER_TEST_DATA); without them a synthetic corpus
  --work FOLDER     inputs, outputs and results (default: build/bench), all of one --data
  --repeats N       timed runs of each side (default: 3)
  --quick           tiny inputs, to see that everything works; its figures mean nothing, as its
                    report says, which is performance.md in the work folder
  --python PROGRAM  a Python that has bench/requirements.txt (default: one is made in build/bench-venv)
  --report FILE     write there instead
  --isa avx2        keep every library of both sides, and aver's own loops, from AVX-512, and report
                    it as a kind of CPU of its own, named as forced; training and prediction only,
                    and --bin must be of a build with -DAVER_WITHOUT_AVX512=ON
  --only STAGE...   of: frames audio mfcc mel pictures train-visual train-audio train-resnet
                    train-resgru train-series predict fusion analyses workers processes growth
                    micro;
                    "report" only writes the report again
USAGE
}

fail_usage() { echo "compare.sh: $1" >&2; usage >&2; exit 2; }
fail() { echo "compare.sh: $1" >&2; exit 1; }

repository=$(cd "$(dirname "$0")/.." && pwd)
networks=(train-visual train-audio train-resnet train-resgru train-series predict)
stages=(frames audio mfcc mel pictures "${networks[@]}" fusion analyses workers processes growth micro report)
bin=$repository/build/release/bin data=${AVER_TEST_DATA:-} work=$repository/build/bench repeats=3
python='' report='' isa='' quick=no only=()
while [ $# -gt 0 ]; do
  case "$1" in
    -h | --help) usage; exit 0 ;;
    --quick) quick=yes; shift ;;
    --bin | --data | --work | --repeats | --python | --report | --isa)
      [ $# -ge 2 ] || fail_usage "$1 needs a value"
      printf -v "${1#--}" %s "$2"
      shift 2
      ;;
    --only)
      shift
      while [ $# -gt 0 ] && [[ $1 != --* ]]; do
        [[ " ${stages[*]} " == *" $1 "* ]] || fail_usage "there is no stage '$1'"
        only+=("$1")
        shift
      done
      ;;
    *) fail_usage "unknown argument '$1'" ;;
  esac
done
[[ $repeats =~ ^[1-9][0-9]*$ ]] || fail_usage "--repeats needs a number"
[[ $isa =~ ^(avx2)?$ ]] || fail_usage "--isa can only be avx2"
bin=$(cd "$bin" && pwd) || fail_usage "--bin needs a folder: build first"
[ -z "$data" ] || data=$(cd "$data" && pwd) || fail_usage "--data needs a folder"
mkdir -p "$work"
work=$(cd "$work" && pwd)
if [ -n "$isa" ]; then
  stages=("${networks[@]}" report)
  for stage in "${only[@]}"; do
    [[ " ${stages[*]} " == *" $stage "* ]] ||
      fail_usage "--isa $isa is for ${stages[*]}: what the stage '$stage' runs has no such switch"
  done
fi
[ "${#only[@]}" -gt 0 ] || only=("${stages[@]}")

cd "$repository"
if [ "$quick" = yes ]; then
  work=$work/quick
  report=${report:-$work/performance.md}
  clips=16 decoded=16 sounds=32 pictures=4 every=30 sizes=(10 30 100)
else
  report=${report:-$repository/docs/performance.md}
  clips=240 decoded=40 sounds=320 pictures=64 every=2 sizes=(100 300 1000 3000 10000)
fi
kind=$(python3 bench/environment.py --kind)${isa:+-as-$isa}
export TORCHINDUCTOR_CACHE_DIR=$work/inductor/$kind  # what PyTorch compiled
inputs=$work/inputs results=$work/results/$kind outputs=$work/outputs prepared=$work/prepared
mkdir -p "$results" "$outputs" "$prepared"

# One OpenBLAS for all: its own choice of code for this CPU.
was_set=''
for variable in OPENBLAS_CORETYPE OPENBLAS_L2_SIZE; do
  [ -z "${!variable:-}" ] || was_set="$was_set $variable=${!variable}"
  unset "$variable"
done
forced=''
if [ -n "$isa" ]; then
  # LibTorch's and PyTorch's own loops and their compiler, oneDNN, MKL, OpenBLAS, XLA.
  forced="ATEN_CPU_CAPABILITY=avx2 DNNL_MAX_CPU_ISA=AVX2 ONEDNN_MAX_CPU_ISA=AVX2 \
MKL_ENABLE_INSTRUCTIONS=AVX2 OPENBLAS_CORETYPE=Haswell XLA_FLAGS=--xla_cpu_max_isa=AVX2"
  # shellcheck disable=SC2086,SC2163  # several words, names with values
  export $forced
  if nm "$bin"/aver-train-* | grep -q x86_64_v4; then
    fail "$bin has loops in AVX-512: build with -DAVER_WITHOUT_AVX512=ON in a folder of its own"
  fi
fi
cores=$(nproc)
commit=$(git describe --always 2>/dev/null || echo unknown)
# The report is below docs/: written after one stage, it changes nothing for the next.
[ -z "$(git diff --name-only HEAD -- ':!docs' 2>/dev/null)" ] || commit=$commit-dirty
one_core=$(taskset -cp $$ | sed 's/.*: *//; s/[-,].*//')

for program in ffmpeg ffprobe nm setpriv taskset python3; do
  command -v "$program" >/dev/null || fail "$program is missing"
done

# The programs of aver that the chosen stages run.
needed_programs() {
  echo synthesize extract-frames extract-audio compute-mfcc
  local stage
  for stage in "${only[@]}"; do
    case "$stage" in
      train-visual | train-audio) echo "$stage" ;;
      train-resnet) echo train-visual ;;
      train-resgru) echo train-audio compute-features ;;
      train-series) echo train-features ;;
      processes) echo train-visual train-audio ;;
      mel) echo compute-features ;;
      predict) echo train-visual train-audio train-features compute-features predict ;;
      fusion) echo evaluate-fusion ;;
      analyses) echo split train-visual train-audio predict evaluate-robustness explain evaluate-timeline ;;
      growth) echo split evaluate-fusion ;;
    esac
  done
}
for program in $(needed_programs); do
  [ -x "$bin/aver-$program" ] || fail "$bin holds no aver-$program: build it, or name another --bin"
done

made_from="--data '$data' --clips $clips --decoded $decoded --sounds $sounds"
only_report=no
[[ " ${only[*]} " != " report " ]] || only_report=yes
if [ $only_report = yes ]; then
  if [ ! -e "$inputs/inputs.json" ] || ! compgen -G "$results/*.json" >/dev/null; then
    fail "nothing was measured in $work yet, so there is nothing to report"
  fi
elif [ -e "$inputs/inputs.json" ]; then
  made_before=$(cat "$inputs/made-from" 2>/dev/null || echo "unknown options")
  [ "$made_before" = "$made_from" ] ||
    fail "inputs and results in $work are of $made_before, not of $made_from: \
remove that folder, or name another --work"
fi
if [ -z "$python" ]; then
  python=$repository/build/bench-venv/bin/python
  if [ ! -x "$python" ]; then
    python3 -m venv build/bench-venv
    "$python" -m pip install -q -r bench/requirements.txt
  fi
fi

with_this='setpriv --pdeathsig TERM'  # a program that ends when this script is ended
step() { printf '\n== %s (%dm%02ds)\n' "$1" $((SECONDS / 60)) $((SECONDS % 60)) >&2; }
aver() { local name=$1; shift; "$bin/aver-$name" --quiet "$@" >/dev/null; }

# measure NAME ARGUMENT...
measure() {
  local name=$1
  shift
  $with_this python3 bench/measure.py --name "$name" --results "$results" --outputs "$outputs/$name" \
    --repeats "$repeats" --fact "commit=$commit" "$@"
}

agree() { echo "$python bench/agree.py $*"; }
count() { find "$1" -name "$2" | wc -l; }

# The folders the measured stages start from, made once.
prepare() {
  if [ ! -e "$inputs/inputs.json" ]; then
    step "inputs"
    rm -rf "$inputs" "$prepared"
    mkdir -p "$inputs"
    echo "$made_from" >"$inputs/made-from"
    python3 bench/inputs.py build --bin "$bin" ${data:+--data "$data"} --clips "$clips" \
      --decoded "$decoded" --sounds "$sounds" "$inputs"
  fi
  aver extract-audio --input "$inputs/sounds" --modality audio-only --output "$prepared/audio"
  aver compute-mfcc --input "$prepared/audio" --no-pictures --output "$prepared/mfcc"
  aver extract-frames --input "$inputs/frames-b" --every "$every" --output "$prepared/frames"
}

stage_frames() {
  local kind
  for kind in b no-b; do
    measure "frames-$kind" --fact clips="$decoded" --check "$(agree frames '{aver}' '{opencv}')" \
      "aver=$bin/aver-extract-frames --quiet --input $inputs/frames-$kind --output {output}" \
      "opencv=$python bench/peers/frames_opencv.py $inputs/frames-$kind {output}" \
      "ffmpeg=bench/peers/decode_ffmpeg.sh $inputs/frames-$kind $cores"
  done
}

stage_audio() {
  local folder
  for folder in clips clips-16; do
    measure "audio-$folder" --fact clips="$(count "$inputs/$folder" '*.mp4')" \
      --check "$(agree audio '{aver}' '{ffmpeg}')" \
      "aver=$bin/aver-extract-audio --quiet --input $inputs/$folder --output {output}" \
      "ffmpeg=$python bench/peers/audio_ffmpeg.py $inputs/$folder {output}"
  done
}

stage_mfcc() {
  measure mfcc --fact clips="$sounds" --check "$(agree mfcc '{aver}' '{librosa}')" \
    "aver=taskset -c $one_core $bin/aver-compute-mfcc --quiet --no-pictures --workers 1
      --input $prepared/audio --output {output}" \
    "librosa=taskset -c $one_core $python bench/peers/mfcc_librosa.py $prepared/audio {output}"
}

sound_16k() {
  aver extract-audio --input "$inputs/sounds" --modality audio-only --sample-rate 16000 \
    --output "$prepared/audio-16k"
}

mel_levels="--features log-mel --sample-rate 16000 --n-fft 400 --hop-length 160 --mels 64
  --lowest-hz 50"

mel_stage() {
  sound_16k
  # shellcheck disable=SC2086  # several words
  aver compute-features $mel_levels --input "$prepared/audio-16k" --output "$prepared/mel"
}

stage_mel() {
  sound_16k
  # A quiet band is a small difference of large numbers, whose last digits the FFTs do not share.
  measure mel --fact clips="$sounds" --check "$(agree mfcc --tolerance .02 '{aver}' '{librosa}')" \
    "aver=taskset -c $one_core $bin/aver-compute-features --quiet --workers 1 $mel_levels
      --input $prepared/audio-16k --output {output}" \
    "librosa=taskset -c $one_core $python bench/peers/features_librosa.py $prepared/audio-16k
      {output}"
}

stage_pictures() {
  # A stage folder with fewer clips: matplotlib takes its time.
  local few=$prepared/sounds-few sound
  rm -rf "$few"
  mkdir -p "$few"
  find "$inputs/sounds" -name '*.flac' | sort | head -n "$pictures" |
    while read -r sound; do ln "$sound" "$few"; done
  aver extract-audio --input "$few" --modality audio-only --output "$prepared/audio-few"
  measure mfcc-pictures --fact clips="$pictures" \
    --check "$(agree mfcc --pictures '{aver}' '{librosa}')" \
    "aver=taskset -c $one_core $bin/aver-compute-mfcc --quiet --workers 1
      --input $prepared/audio-few --output {output}" \
    "librosa=taskset -c $one_core $python bench/peers/mfcc_librosa.py --pictures
      $prepared/audio-few {output}"
}

one_train_audio="$bin/aver-train-audio --quiet --input $prepared/mfcc --max-frames 228"
one_train_visual="$bin/aver-train-visual --quiet --input $prepared/frames"
train_audio="$one_train_audio --threads $cores"
train_visual="$one_train_visual --threads $cores"
train_resnet="$train_visual --architecture resnet-small --batch-size 64"
train_resgru="$bin/aver-train-audio --quiet --input $prepared/mel --threads $cores
  --architecture resgru --max-frames 400"
train_series="$bin/aver-train-features --quiet --input $prepared/mfcc --threads $cores
  --max-frames 228"
frames() { count "$prepared/frames/by-actor" '*.jpg'; }
# Test parts of the paper's splits, rounded up.
fifth() { echo $((($1 + 4) / 5)); }
fifteen_percent() { echo $(((15 * $1 + 99) / 100)); }

# What this machine cannot run is left out of the comparison, and the report says why.
left_out=''
without() {
  left_out="$left_out${left_out:+; }$1"
  echo "compare.sh: left out: $1" >&2
}

find_peers() {
  modes=(eager channels-last compiled) has_keras=yes
  "$python" -c 'import torch; torch.compile(lambda x: x.sin() + 1)(torch.ones(8))' >/dev/null 2>&1 ||
    { modes=(eager channels-last); without "torch.compile, which finds no compiler that works"; }
  "$python" -c 'import keras, tensorflow' >/dev/null 2>&1 ||
    { has_keras=no; without "Keras, which is not installed"; }
}

# train_against NAME ITEMS TEST_ITEMS AVER_COMMAND PYTORCH_COMMAND [bf16|one-layout] [keras=COMMAND]
# Trains with aver and its peer in PyTorch, in all of its modes. bf16: aver also in it, where the CPU
# multiplies it. one-layout: the network has no pictures whose channels could come last.
train_against() {
  local name=$1 items=$2 test_items=$3 ours=$4 theirs=$5 mode
  local sides=("aver=$ours --precision fp32 --output {output}") logs=()
  shift 5
  if [[ " $* " == *" bf16 "* && $kind == *-avx512_bf16 ]]; then
    sides+=("aver-bf16=$ours --precision bf16 --output {output}")
  fi
  for mode in "${modes[@]}"; do
    [[ $mode != channels-last || " $* " != *" one-layout "* ]] || continue
    sides+=("pytorch-$mode=$theirs --mode $mode")
    logs+=("{pytorch-$mode.log}")
  done
  if [[ $has_keras = yes && ${!#} == keras=* ]]; then
    sides+=("${!#}")
    logs+=('{keras.log}')
  fi
  measure "$name" --count-warm-up --fact items="$items" --fact "left-out=$left_out" \
    --training-items $((items - test_items)) \
    --check "$(agree training "${ours%% *}" '{aver}' "${logs[@]}")" "${sides[@]}"
}

stage_train-visual() {
  train_against train-visual "$(frames)" "$(fifth "$(frames)")" "$train_visual --epochs 3" \
    "$python bench/peers/train_visual.py $prepared/frames --threads $cores" \
    "keras=$python bench/peers/train_keras.py visual $prepared/frames --threads $cores"
}

stage_train-audio() {
  train_against train-audio "$sounds" "$(fifteen_percent "$sounds")" "$train_audio --epochs 3" \
    "$python bench/peers/train_audio.py $prepared/mfcc --threads $cores" bf16 \
    "keras=$python bench/peers/train_keras.py audio $prepared/mfcc --threads $cores"
}

stage_train-resnet() {
  train_against train-resnet "$(frames)" "$(fifth "$(frames)")" \
    "$train_resnet --epochs 3" \
    "$python bench/peers/train_visual.py $prepared/frames --threads $cores
      --architecture resnet-small --batch-size 64" bf16
}

stage_train-resgru() {
  mel_stage
  train_against train-resgru "$sounds" "$(fifteen_percent "$sounds")" \
    "$train_resgru --epochs 3" \
    "$python bench/peers/train_audio.py $prepared/mel --threads $cores --architecture resgru
      --max-frames 400" bf16
}

stage_train-series() {
  local network
  for network in gru tcn; do
    train_against "train-$network" "$sounds" "$(fifteen_percent "$sounds")" \
      "$train_series --epochs 6 --architecture $network" \
      "$python bench/peers/train_audio.py $prepared/mfcc --threads $cores --epochs 6
        --architecture $network" one-layout
  done
}

# predict_against NAME KIND STAGE_FOLDER ITEMS TRAINING_COMMAND [PEER_OPTION...]
predict_against() {
  local name=$1 kind=$2 input=$3 items=$4 train=$5 model=$prepared/model-$1
  shift 5
  if [ ! -e "$model/metrics.json" ]; then
    rm -rf "$model"
    # shellcheck disable=SC2086  # a command line in a variable
    $train --epochs 1 --output "$model" >/dev/null
  fi
  measure "predict-$name" --fact items="$items" \
    --check "$(agree predictions '{aver}/predictions.csv' '{pytorch}/predictions.csv')" \
    "aver=$bin/aver-predict --quiet --model $model --input $input --threads $cores
      --output {output}/predictions.csv" \
    "pytorch=$python bench/peers/predict.py $kind $input $model/model.safetensors {output}
      --threads $cores $*"
}

stage_predict() {
  local network
  predict_against audio audio "$prepared/mfcc" "$sounds" "$train_audio"
  predict_against visual visual "$prepared/frames" "$(frames)" "$train_visual"
  predict_against resnet visual "$prepared/frames" "$(frames)" "$train_resnet"
  mel_stage
  predict_against resgru audio "$prepared/mel" "$sounds" "$train_resgru" --max-frames 400
  for network in gru tcn; do
    predict_against "$network" audio "$prepared/mfcc" "$sounds" "$train_series --architecture $network"
  done
}

stage_fusion() {
  local visual=$data/posteriors/visual-au-bilstm.csv audio=$data/posteriors/audio-wav2vec2.csv
  if [ ! -e "$visual" ] || [ ! -e "$audio" ]; then
    visual=$prepared/table.csv audio=$prepared/table.csv
    python3 bench/inputs.py table --count 1440 "$visual"
  fi
  local fuse="$bin/aver-evaluate-fusion --quiet --channel all --visual-posteriors $visual
    --audio-posteriors $audio"
  measure fusion --fact clips=1440 "with-figures=$fuse --output {output}" \
    "without-figures=$fuse --no-figures --output {output}"
}

# What is asked of trained models: 60 clips of an actor that no model has seen, and joined clips.
stage_analyses() {
  local made=$prepared/analyses small="--threads $cores --epochs 1"
  if [ ! -e "$made/done" ]; then
    rm -rf "$made"
    aver synthesize --actors 4 --output "$made/corpus"
    aver extract-frames --input "$made/corpus" --every "$every" --output "$made/frames"
    aver extract-audio --input "$made/corpus" --output "$made/audio"
    aver compute-mfcc --input "$made/audio" --no-pictures --output "$made/mfcc"
    aver split make --input "$made/mfcc" --protocol actor-loo --output "$made/split.csv"
    # shellcheck disable=SC2086  # several words
    aver train-visual --input "$made/frames" --split "$made/split.csv" --folds 3 $small -o "$made/visual"
    # shellcheck disable=SC2086
    aver train-audio --input "$made/mfcc" --split "$made/split.csv" --folds 3 $small -o "$made/audio-run"
    aver synthesize --transitions 200 -i "$made/corpus" --output "$made/joined"
    aver predict --audio "$made/audio-run" --window 1 --hop 0.5 --format csv -o "$made/windows.csv" \
      "$made/joined"
    touch "$made/done"
  fi
  local conditions=no-audio,telephone,opus=12,frame-rate=4,eyes-covered,mouth-covered level
  for level in white-noise=20 white-noise=10 white-noise=0 white-noise=-5 babble=20 babble=10 babble=0 \
    babble=-5 reverberation=0.3 reverberation=0.9 clipping=5 clipping=20 gamma=2 gamma=4 jpeg=10 jpeg=2 \
    blur=2 blur=8; do
    conditions+=,$level
  done
  local models="--audio $made/audio-run --visual $made/visual --threads $cores" few
  few=$(find "$made/corpus/Actor_04" -name '*.mp4' | sort | head -n 12 | paste -sd ' ')
  measure robustness --fact clips=60 "aver=$bin/aver-evaluate-robustness --quiet --input $made/corpus
    $models --output {output} --conditions $conditions"
  local method
  for method in grad-cam hires-cam occlusion; do
    measure "explain-$method" --fact clips=12 \
      "aver=$bin/aver-explain --quiet $models --method $method --output {output} $few"
  done
  measure timeline --fact recordings=200 "aver=$bin/aver-evaluate-timeline --quiet --fit
    --truth $made/joined/truth.csv --answers $made/windows.csv --output {output}"
}

stage_workers() {
  local tool=$bin/aver
  workers() {
    local name=$1
    shift
    measure "workers-$name" "one=$* --quiet --workers 1 --output {output}" \
      "two=$* --quiet --workers 2 --output {output}"
  }
  workers frames "$tool-extract-frames --input $inputs/frames-b"
  workers audio "$tool-extract-audio --input $inputs/clips"
  workers mfcc "$tool-compute-mfcc --no-pictures --input $prepared/audio"
  workers pictures "$tool-compute-mfcc --input $prepared/audio"
}

stage_processes() {
  local group="bench/process_group.sh $cores"
  # processes NAME ITEMS VALIDATION COMMAND
  processes() {
    measure "processes-$1" --count-warm-up --fact items="$2" --fact cores="$cores" \
      --training-items $(($2 - $3)) \
      "threads=$4 --epochs 3 --threads $cores --output {output}" \
      "processes=$group $4 --epochs 3 --threads 1 --distributed --output {output}"
  }
  processes visual "$(frames)" "$(fifth "$(frames)")" "$one_train_visual"
  processes audio "$sounds" "$(fifteen_percent "$sounds")" "$one_train_audio --precision fp32"
  [[ $kind != *-avx512_bf16 ]] ||
    processes audio-bf16 "$sounds" "$(fifteen_percent "$sounds")" "$one_train_audio --precision bf16"
}

growth() {
  measure "growth-$1-$2" --count-warm-up --fact "stage=$1" --fact "clips=$2" "aver=$3"
}

stage_growth() {
  local size folder
  rm -f "$results"/growth-*
  for size in "${sizes[@]}"; do
    folder=$work/growth
    rm -rf "$folder" "$outputs"/growth-*
    python3 bench/inputs.py names --short "$inputs/short" --count "$size" "$folder/clips"
    python3 bench/inputs.py table --count "$size" "$folder/table.csv"
    local audio=$outputs/growth-audio-$size/aver mfcc=$outputs/growth-mfcc-$size/aver
    growth frames "$size" "$bin/aver-extract-frames --quiet --channel all --input $folder/clips
      --output {output}"
    growth audio "$size" "$bin/aver-extract-audio --quiet --channel all --input $folder/clips
      --output {output}"
    growth mfcc "$size" "$bin/aver-compute-mfcc --quiet --channel all --no-pictures --input $audio
      --output {output}"
    growth split "$size" "$bin/aver-split make --quiet --channel all --protocol clip --input $mfcc
      --output {output}/split.csv"
    growth fusion "$size" "$bin/aver-evaluate-fusion --quiet --channel all --no-figures
      --visual-posteriors $folder/table.csv --audio-posteriors $folder/table.csv --output {output}"
  done
  rm -rf "$work/growth" "$outputs"/growth-*
}

stage_micro() {
  local program found=no options=(--benchmark_out_format=json --benchmark_context="commit=$commit")
  [ "$quick" = no ] || options+=(--benchmark_min_time=0.01)
  rm -f "$results"/micro-*
  for program in "$bin"/bench_*; do
    [ -x "$program" ] || continue
    found=yes
    $with_this "$program" "${options[@]}" --benchmark_out="$results/micro-${program##*/bench_}.json" >/dev/null
  done
  [ "$found" = yes ] ||
    echo "compare.sh: no micro benchmarks in $bin (configure with -DAVER_BUILD_BENCH=ON)" >&2
}

stage_report() { :; }  # written after every run

[ $only_report = yes ] || prepare
"$python" bench/environment.py --bin "$bin" --cores "$cores" --unset "$was_set" \
  --forced "$forced" >"$results/../$kind.json"
[[ " ${only[*]} " != *" train-"* ]] || find_peers
for stage in "${only[@]}"; do
  step "$stage"
  "stage_$stage"
done
report_options=()
[ "$quick" = no ] || report_options+=(--quick)
python3 bench/report.py --results "$results" --environment "$results/../$kind.json" \
  --kind "$kind" --inputs "$inputs/inputs.json" --report "$report" "${report_options[@]}"
step "done: $report"

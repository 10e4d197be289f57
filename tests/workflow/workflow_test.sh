#!/usr/bin/env bash
# Runs workflow/Snakefile as a user does: the plan, a whole run, runs with nothing or little to do.
# workflow_test.sh SOURCE_FOLDER BIN_FOLDER; status 77: skipped.
set -euo pipefail
source=$1 bin=$2

command -v snakemake >/dev/null || { echo "skipped: no snakemake (scripts/setup.sh --workflow)"; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export HOME=$folder OMP_NUM_THREADS=1

fail() { echo "FAILED: $1" >&2; [ ! -e log ] || tail -n 60 log >&2; exit 1; }
flow() { snakemake --snakefile "$source/workflow/Snakefile" --configfile my.yaml --cores 2 "$@" >log 2>&1; }
# Rules of the last plan: "rule count", sorted.
planned() { grep -E '^[a-z_]+ +[0-9]+( +[0-9]+ +[0-9]+)?$' log | awk '$1 != "total" { print $1 " " $2 }' | sort -u; }
expect_plan() {
  flow --dry-run "${@:2}" || fail "no plan"
  diff <(planned) <(tr ',' '\n' <<<"$1") || fail "another plan was expected"
}

cat >my.yaml <<CONFIG
dataset: corpus
output: a work folder
bin: $bin
configs: configs
protocol: group-3
folds: [0, 1]
shards: {frames: 2, audio: 1, features: 3}
threads: {frames: 1, audio: 1, features: 1, train: 1}
options:
  aver-extract-frames: --every 10
  aver-compute-mfcc: --coefficients 20 --hop-length 1024 --no-pictures
  aver-train-visual: --epochs 1 --size 32 --filters 8 8 --dense 16
  aver-train-audio: --epochs 1 --batch-size 8 --filters 8 8 8 --lstm 16 16 16
CONFIG
mkdir configs
echo 'draws = 100' >configs/aver-evaluate-fusion.toml
work='a work folder'
"$bin/aver-synthesize" --output corpus --actors 3 --statements 1 --repetitions 1 --seconds 0.8 \
  --size 96x72 --quiet

# The plan: everything, every line one of our executables and nothing else, and nothing is done.
everything='all 1,audio 1,audio_fold 2,audio_joined 1,audio_shard 1,features 1,features_shard 3,frames 1,frames_shard 2,fusion 1,split 1,visual_fold 2,visual_joined 1'
expect_plan "$everything"
[ ! -e "$work" ] || fail "the plan made files"
flow --dry-run --printshellcmds || fail "no commands"
commands=$(grep -c "^$bin/aver-" log) || fail "no command was found"
[ "$commands" -eq 17 ] || fail "$commands commands of 17 are ours"
! grep "^$bin/aver-" log | grep -q '[;&|<>$`]' || fail "a command does more than one thing"

# The run, and what it leaves.
flow || fail "the workflow failed"
for made in frames/stage.json audio/stage.json mfcc/stage.json split.csv runs/visual/metrics.json \
  runs/audio/fold-1/metrics.json runs/fusion/metrics.json runs/fusion/report.html; do
  [ -s "$work/$made" ] || fail "$made is missing"
done
[ -z "$(find "$work" -name 'shards*' -o -name '.workflow-shard*')" ] || fail "shards were left behind"
"$bin/aver-compute-mfcc" --input "$work/audio" --output whole --coefficients 20 --hop-length 1024 \
  --no-pictures --quiet >/dev/null
diff -r --exclude=.workflow-joined "$work/mfcc" whole || fail "shards made another folder than one run"

# Nothing is done twice, and only what is missing is done.
flow || fail "the second run failed"
grep -q "Nothing to be done" log || fail "something was done twice"
rm "$work/runs/audio/fold-1/metrics.json"
expect_plan 'all 1,audio_fold 1,audio_joined 1,fusion 1'
flow || fail "an unfinished fold was not continued"

# An interrupted stage keeps its clips: only what is missing is made.
rm "$work/mfcc/.workflow-joined" "$(find "$work/mfcc" -name '*.npy' | sort | head -n 1)"
touch now
flow --until features || fail "an interrupted stage was not continued"
[ "$(find "$work/mfcc" -name '*.npy' -newer now | wc -l)" -eq 1 ] || fail "finished clips were made again"
diff -r --exclude=.workflow-joined "$work/mfcc" whole || fail "continuing made another folder"

# Another protocol or config file is seen, and the models of the old one are not taken for it.
expect_plan 'all 1,audio_fold 2,audio_joined 1,fusion 1,split 1,visual_fold 2,visual_joined 1' \
  --config protocol=group-2
! flow --config protocol=group-2 || fail "models of another split were taken"
grep -q "data and split" log || fail "the refusal does not speak of the split"
flow --forcerun split || fail "the old protocol did not come back"
echo 'draws = 200' >configs/aver-evaluate-fusion.toml
expect_plan 'all 1,fusion 1'
! flow --dry-run --config folds=x || fail "strange folds were taken"
grep -q "folds is x" log || fail "strange folds are not named"
! flow --dry-run --config 'folds=[0,3]' || fail "a fold that is not there was taken"
grep -q "folds has \[3\]: group-3 makes the folds \[0, 1, 2\] of corpus" log || fail "that fold is not named"

# How many folds there are is aver-split's to say, and all of them are trained.
expect_plan "$(sed 's/\(fold\) 2/\1 3/g' <<<"$everything")" --config folds=all output=all

# Other features, and another corpus: the same recordings as a table, two of the three actors.
flow --until features --config features=log-mel output=levels || fail "no log-mel"
"$bin/aver-compute-features" --features log-mel --input levels/audio --output whole-levels --quiet >/dev/null
diff -r --exclude=.workflow-joined levels/log-mel whole-levels || fail "log-mel is not as by hand"
{
  echo "file,emotion,speaker"
  for clip in corpus/Actor_0[12]/01-*.mp4; do echo "${clip#corpus/},happy,$(basename "$(dirname "$clip")")"; done
} >table.csv
expect_plan "$everything" \
  --config corpus=table.csv protocol=group-2 folds=all output=other
flow --dry-run --printshellcmds --config corpus=table.csv protocol=group-2 folds=all output=other || fail "no plan"
[ "$(grep -c -- "--corpus table.csv" log)" -ge 5 ] || fail "the corpus does not reach the stages"

# The paper's protocol shares no split: one run of each model.
sed -e 's/^protocol:.*/protocol: paper/' -e 's/^output:.*/output: paper/' my.yaml >paper.yaml
mv paper.yaml my.yaml
expect_plan 'all 1,audio 1,audio_shard 1,audio_single 1,features 1,features_shard 3,frames 1,frames_shard 2,fusion 1,visual_single 1'
! flow --dry-run --config protocol=actor-7 || fail "a strange protocol was taken"
grep -q "protocol is 'actor-7'" log || fail "a strange protocol is not named"
snakemake --snakefile "$source/workflow/Snakefile" --configfile my.yaml \
  --profile "$source/workflow/profiles/slurm" --dry-run >log 2>&1 || fail "the Slurm profile is not understood"
echo "all as expected"

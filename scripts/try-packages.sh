#!/usr/bin/env bash
# Installs the Debian packages as a new user does, and uses them: stages, a page of the manual, programs in C and Python.
set -euo pipefail

usage() {
  cat <<'USAGE'
usage: scripts/try-packages.sh FOLDER

Installs aver_*.deb, libaver_*.deb and libaver-dev_*.deb of FOLDER with apt-get (as root or with sudo; best on a
machine that has nothing else), then runs the README's stages on a small synthetic corpus with what lies in
/usr/bin, and the programs of docs/library.md, whose answers must be those of aver-predict. Ends with status 0
when all of it holds.
USAGE
}

case "${1:-}" in
  -h | --help) usage; exit 0 ;;
  '') usage >&2; exit 2 ;;
esac
packages=$(cd "$1" && pwd)
repository=$(cd "$(dirname "$0")/.." && pwd)
as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi; }
# shellcheck source=scripts/programs.sh
. "$repository/scripts/programs.sh"

step "apt-get install ./aver_*.deb"
as_root apt-get update -q
as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q "$packages"/aver_*.deb
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

step "what lies beside the programs"
for program in /usr/bin/aver-*; do
  name=$(basename "$program")
  [ -e "/usr/share/man/man1/$name.1.gz" ] || grep -qs "path-exclude.*/man/" /etc/dpkg/dpkg.cfg.d/* ||
    { echo "no manual page of $name" >&2; exit 1; }
  [ -e "/usr/share/bash-completion/completions/$name" ] || { echo "no completion of $name" >&2; exit 1; }
  "$name" --version >/dev/null
done

step "the stages"
aver-synthesize -q --output corpus --actors 3 --statements 1 --repetitions 1 --seconds 1 --size 96x96
aver-extract-frames -q -i corpus -o work/frames
aver-extract-audio -q -i corpus -o work/audio
aver-compute-mfcc -q -i work/audio -o work/mfcc
aver-split make -q -i work/mfcc -o work/split.csv --protocol group-3
aver-train-visual -q -i work/frames -o work/visual --split work/split.csv --folds 0 --epochs 2 --size 32 --filters 8,8 --dense 16
aver-train-audio -q -i work/mfcc -o work/audio-model --split work/split.csv --folds 0 --epochs 2 --filters 8,8,8 --lstm 16,16 --dense 16
aver-evaluate-fusion -q --visual work/visual --audio work/audio-model -o work/fusion
[ -s work/fusion/report.html ]

step "the model that comes along"
clip=$(find corpus -name '*.mp4' | sort | head -1)
aver-predict -q --format csv "$clip" | tee answer.csv
[ "$(wc -l <answer.csv)" -eq 2 ]

step "programs of one's own"
as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
  "$packages"/libaver_*.deb "$packages"/libaver-dev_*.deb gcc libc6-dev pkg-config python3-numpy
block() { awk -v begin="\`\`\`$1" '$0 == begin { on = 1; next } /^```/ { if (on) exit } on' "$repository/docs/library.md"; }
block c >recognise.c
block python >recognise.py
cc recognise.c -o recognise $(pkg-config --cflags --libs aver)
./recognise work/visual work/audio-model "$clip" >c.txt
/usr/bin/python3 recognise.py work/visual work/audio-model "$clip" >python.txt
aver-predict -q --visual work/visual --audio work/audio-model --format csv "$clip" >command.csv
/usr/bin/python3 - <<'PYTHON'
import csv
row = next(csv.DictReader(open("command.csv")))
expected = [f"{row['emotion']} {row['confidence']} {row['decided_by']}"]
names = list(row)[6:]
expected += [f"{name} {row[name]}" for name in names[:names.index("visual_" + names[0])]]
for said in ("c.txt", "python.txt"):
    assert open(said).read().splitlines() == expected, (said, open(said).read(), expected)
PYTHON
step "all of it holds"

# shellcheck shell=bash
# Read by the scripts that run stages: where aver's programs are, and headings that say the time.

step() { printf '\n== %s (%dm%02ds)\n' "$1" $((SECONDS / 60)) $((SECONDS % 60)) >&2; }

# use_programs FOLDER PROGRAM
# Looks for programs in the folder first, without one in the release build, then on the PATH. Ends the
# script where PROGRAM is nowhere.
use_programs() {
  local bin=$1 program=$2 release
  release=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/build/release/bin
  if [ -z "$bin" ] && [ -x "$release/$program" ]; then
    bin=$release
  fi
  [ -z "$bin" ] || PATH=$(cd "$bin" && pwd):$PATH
  command -v "$program" >/dev/null || {
    echo "$(basename "$0"): $program is not here; build first (scripts/demo.sh does)" >&2
    exit 1
  }
}

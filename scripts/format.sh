#!/usr/bin/env bash
# Formats every C++ file git knows, or only checks.
set -euo pipefail

usage() {
  cat <<'USAGE'
usage: scripts/format.sh [--check]

Formats all C++ files of the repository with clang-format and the settings in .clang-format.

  --check  changes nothing; exits with 1 and names the places when a file is not formatted
USAGE
}

mode=(-i)
case "${1:-}" in
  --check) mode=(--dry-run --Werror) ;;
  -h | --help) usage; exit 0 ;;
  '') ;;
  *) echo "format.sh: unknown argument '$1'" >&2; usage >&2; exit 2 ;;
esac

cd "$(dirname "$0")/.."
if ! command -v clang-format >/dev/null; then
  echo "format.sh: clang-format is missing; run scripts/setup.sh --format" >&2
  exit 1
fi
mapfile -d '' files < <(git ls-files -z '*.cpp' '*.h' '*.hpp')
clang-format "${mode[@]}" "${files[@]}"
echo "format: ${#files[@]} files ${1:+checked, all formatted}"

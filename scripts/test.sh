#!/usr/bin/env bash
# Installs what is missing, builds everything and runs every test.
set -euo pipefail

usage() {
  cat <<'USAGE'
usage: scripts/test.sh [CTEST ARGUMENT...]

Installs what is missing, builds everything and runs every test with CTest. Further arguments go to
ctest, e.g. `scripts/test.sh -R mfcc`.

Environment:
  AVER_TEST_DATA     folder with real recordings; tests that need it are skipped without it
  AVER_FACE_MODEL    face_detection_yunet_2023mar.onnx, for the tests of --face yunet; skipped without it
  AVER_BUILD_DIR     where to build (default: build/test)
  AVER_CMAKE_FLAGS   further arguments for cmake, separated by blanks
  AVER_JOBS          jobs side by side (default: the CPUs of this machine)
USAGE
}

case "${1:-}" in
  -h | --help) usage; exit 0 ;;
esac

cd "$(dirname "$0")/.."
build=${AVER_BUILD_DIR:-build/test}
jobs=${AVER_JOBS:-$(nproc 2>/dev/null || echo 2)}
data=${AVER_TEST_DATA:-}
[ -z "$data" ] || data=$(cd "$data" && pwd)

scripts/setup.sh --tests
# shellcheck disable=SC2086  # several flags in one variable
cmake -G Ninja -S . -B "$build" -DCMAKE_BUILD_TYPE=Release -DAVER_BUILD_TESTS=ON \
  -DAVER_TEST_DATA="$data" ${AVER_CMAKE_FLAGS:-}
cmake --build "$build" -j "$jobs"
ctest --test-dir "$build" --output-on-failure -j "$jobs" "$@"

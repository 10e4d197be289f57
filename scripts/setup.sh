#!/usr/bin/env bash
# Installs what aver is built from, on Debian 12 and its relatives. Elsewhere it says what is needed.
set -euo pipefail

usage() {
  cat <<'USAGE'
usage: scripts/setup.sh [--tests] [--browser] [--bench] [--format] [--workflow]
                        [--slurm] [--fuzz] [--list]

Installs the packages that building and running aver needs and that are not there yet (Debian 12 and
its relatives; on other systems it names what is needed and leaves the check to CMake). Makes sure that
an optimised BLAS is the one in use: with the reference BLAS the audio network trains four to five
times slower.

  --tests     also what the tests need (GoogleTest, the ffmpeg programs)
  --browser   also what the test of aver-serve's page needs (Chromium, its driver and Python's
              Selenium: half a gigabyte); without them that test is skipped
  --bench     also what bench/ needs (Google Benchmark, the ffmpeg programs, Python's venv)
  --format    also clang-format
  --workflow  also snakemake, which runs workflow/
  --slurm     also Slurm and munge, for scripts/local-slurm.sh and the test of the workflow on a cluster
  --fuzz      also clang with its sanitizers, and the ffmpeg programs, for scripts/fuzz.sh
  --list      only print the packages
USAGE
}

build_packages=(
  g++ cmake ninja-build ccache pkg-config
  libtorch-dev libgloo-dev libopenblas0-openmp
  libopencv-core-dev libopencv-imgproc-dev libopencv-imgcodecs-dev
  libopencv-objdetect-dev libopencv-dnn-dev opencv-data
  libavformat-dev libavcodec-dev libavutil-dev libswscale-dev
  libsndfile1-dev libsoxr-dev libsoundtouch-dev libpng-dev libturbojpeg0-dev libjpeg-dev libre2-dev
  libcli11-dev libspdlog-dev libfmt-dev nlohmann-json3-dev libtomlplusplus-dev libcpp-httplib-dev
  gnuplot-nox fonts-dejavu-core
)
test_packages=(libgtest-dev libgmock-dev ffmpeg python3-numpy)
browser_packages=(chromium chromium-driver python3-selenium ffmpeg)
bench_packages=(libbenchmark-dev ffmpeg python3-venv)
format_packages=(clang-format)
workflow_packages=(snakemake)
slurm_packages=(slurm-wlm munge)
fuzz_packages=(clang libclang-rt-dev ffmpeg)

packages=("${build_packages[@]}")
list=no
for argument in "$@"; do
  case "$argument" in
    --tests) packages+=("${test_packages[@]}") ;;
    --browser) packages+=("${browser_packages[@]}") ;;
    --bench) packages+=("${bench_packages[@]}") ;;
    --format) packages+=("${format_packages[@]}") ;;
    --slurm) packages+=("${slurm_packages[@]}") ;;
    --fuzz) packages+=("${fuzz_packages[@]}") ;;
    --workflow) packages+=("${workflow_packages[@]}") ;;
    --list) list=yes ;;
    -h | --help) usage; exit 0 ;;
    *) echo "setup.sh: unknown argument '$argument'" >&2; usage >&2; exit 2 ;;
  esac
done
if [ "$list" = yes ]; then
  printf '%s\n' "${packages[@]}"
  exit 0
fi

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  else
    sudo "$@"
  fi
}

installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# The package lists of a new machine are empty; those of an old one may name files that are gone.
install_packages() {
  local options=(-y -q --no-install-recommends -o Dpkg::Use-Pty=0)
  local fresh=no
  if ! apt-cache show "$@" >/dev/null 2>&1; then
    as_root apt-get update -q
    fresh=yes
  fi
  if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get install "${options[@]}" "$@" </dev/null; then
    [ "$fresh" = no ] || return 1
    as_root apt-get update -q
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install "${options[@]}" "$@" </dev/null
  fi
}

# libtorch-dev brings the reference BLAS along; a choice made by hand for another fast one is left.
prefer_optimised_blas() {
  local architecture name current fast
  architecture=$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || gcc -print-multiarch)
  for name in libblas.so.3 liblapack.so.3; do
    current=$(readlink -f "/etc/alternatives/$name-$architecture" 2>/dev/null || true)
    fast="/usr/lib/$architecture/openblas-openmp/$name"
    case "$current" in
      */blas/* | */lapack/*)
        if [ -e "$fast" ]; then
          echo "setup: using OpenBLAS for $name"
          as_root update-alternatives --set "$name-$architecture" "$fast"
        fi
        ;;
    esac
  done
}

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
  cat >&2 <<'NEEDED'
setup: this is no Debian system, so nothing is installed here. Needed, with headers:
  g++ 12 or newer (or clang 15), CMake 3.22, Ninja, pkg-config; ccache is welcome
  LibTorch 1.13 to 2.x with the C++11 ABI (CMAKE_PREFIX_PATH), an optimised BLAS; with a CUDA build
  the CUDA toolkit; for --distributed the headers of Gloo
  OpenCV 4 (core, imgproc, imgcodecs, objdetect), and of its data the Haar cascade of frontal faces
  FFmpeg 5 or newer with libx264, libsndfile, libsoxr, SoundTouch, libpng, libjpeg-turbo with its TurboJPEG interface,
  RE2
  CLI11 2, spdlog, fmt 9 or newer, nlohmann-json 3, toml++ 3, cpp-httplib 0.11 or newer as a
  library (or -DAVER_WITH_SERVE=OFF); for the tests GoogleTest and ffmpeg
  gnuplot with its cairo terminals and a font, for the figures
Going on: CMake names what it does not find.
NEEDED
  exit 0
fi

missing=()
for package in "${packages[@]}"; do
  installed "$package" || missing+=("$package")
done
if [ "${#missing[@]}" -gt 0 ]; then
  if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
    echo "setup: not root and no sudo here. Ask for: apt-get install ${missing[*]}" >&2
    echo "Going on: CMake names what it does not find." >&2
    exit 0
  fi
  echo "setup: installing ${missing[*]}"
  install_packages "${missing[@]}"
fi
prefer_optimised_blas
echo "setup: everything is there"

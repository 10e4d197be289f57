#!/usr/bin/env bash
# Decodes every clip below a folder and throws the result away: one ffmpeg process of one thread per
# clip, as many side by side as there are cores. The yardstick for decoding speed.
set -euo pipefail
[ $# -eq 2 ] || { echo "usage: decode_ffmpeg.sh CLIPS PROCESSES" >&2; exit 2; }
find -L "$1" -name '*.mp4' -print0 | sort -z |
  xargs -0 -P "$2" -I{} ffmpeg -nostdin -v error -threads 1 -i {} -f null -

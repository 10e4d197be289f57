#!/usr/bin/env bash
# scripts/prove-on-slurm.sh, its small version. slurm_test.sh SOURCE_FOLDER BIN_FOLDER; status 77: skipped.
set -euo pipefail
source=$1 bin=$2
for program in snakemake slurmctld slurmd sbatch munged; do
  command -v "$program" >/dev/null || {
    echo "skipped: no $program (scripts/setup.sh --workflow --slurm)"
    exit 77
  }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
status=0
HOME=$folder OMP_NUM_THREADS=1 "$source/scripts/prove-on-slurm.sh" --small --bin "$bin" --output "$folder/proof" || status=$?
if [ "$status" -eq 3 ]; then
  echo "skipped: no Slurm can run here (above)"
  exit 77
fi
if [ "$status" -ne 0 ]; then
  for log in "$folder"/proof/*.log "$folder"/proof/*/*.log "$folder"/proof/local-slurm/log/*; do
    [ -e "$log" ] || continue
    printf '\n== %s\n' "$log"
    tail -n 20 "$log"
  done
fi
exit "$status"

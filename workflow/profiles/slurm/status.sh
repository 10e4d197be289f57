#!/usr/bin/env bash
# What became of a Slurm job, as Snakemake asks it: running, success or failed. Without this a job that
# Slurm ends (out of time or memory) would be waited for without end.
job=${1%%;*}
state=$(sacct --jobs "$job" --noheader --parsable2 --format State 2>/dev/null | head -n 1)
if [ -z "$state" ]; then  # no accounting here
  state=$(scontrol show job --oneliner "$job" 2>/dev/null | grep -o 'JobState=[A-Z_]*' | cut -d= -f2)
fi
case "$state" in
  COMPLETED) echo success ;;
  BOOT_FAIL | CANCELLED* | DEADLINE | FAILED | NODE_FAIL | OUT_OF_ME* | PREEMPTED | TIMEOUT) echo failed ;;
  *) echo running ;;
esac

#!/usr/bin/env bash
# What became of a Slurm job, as Snakemake asks it: running, success or failed. Without this a job that
# Slurm ends (out of time or memory) would be waited for without end.
job=${1%%;*}
# The controller first: of a job that it puts back into the queue, accounting tells how it failed.
answer=$(scontrol show job --oneliner "$job" 2>&1)
state=$(grep -o 'JobState=[A-Z_]*' <<<"$answer" | cut -d= -f2)
if [ -z "$state" ]; then
  state=$(sacct --jobs "$job" --noheader --parsable2 --format State 2>/dev/null | head -n 1)
fi
# Forgotten by both; a controller that does not answer says something else.
if [ -z "$state" ] && [[ $answer == *"Invalid job id"* ]]; then state=FAILED; fi
case "$state" in
  COMPLETED) echo success ;;
  BOOT_FAIL | CANCELLED* | DEADLINE | FAILED | NODE_FAIL | OUT_OF_ME* | PREEMPTED | TIMEOUT) echo failed ;;
  *) echo running ;;
esac

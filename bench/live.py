#!/usr/bin/env python3
"""How long aver-predict --live takes from the last sample of a window to its line.

Plays a WAV into the program at the speed at which it was spoken, again and again, and notes when the
sample that ends a window was written and when the window's line came. Prints the latency's
percentiles, the memory at the start and at the end, and the share of a CPU. The Python standard
library is enough.
"""
import argparse
import json
import resource
import subprocess
import sys
import threading
import time
import wave


def resident_mib(pid):
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--wav", required=True, help="16-bit recording that is played")
    parser.add_argument("--seconds", type=float, default=600, help="how long (600)")
    parser.add_argument("--window", type=float, default=3)
    parser.add_argument("--hop", type=float, default=1)
    parser.add_argument("program", nargs="+", help="aver-predict and its models (after --)")
    args = parser.parse_args()

    with wave.open(args.wav) as wav:
        rate, channels = wav.getframerate(), wav.getnchannels()
        sound = wav.readframes(wav.getnframes())
        if wav.getsampwidth() != 2:
            sys.exit("live.py: --wav must have 16 bits")
    frame = 2 * channels
    command = args.program + ["--live", "-", "--window", str(args.window), "--hop", str(args.hop)]
    program = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    lines = []

    def read():
        for line in program.stdout:
            lines.append((time.monotonic(), json.loads(line)))

    reader = threading.Thread(target=read)
    reader.start()
    head = b"RIFF\xff\xff\xff\xffWAVEfmt \x10\x00\x00\x00\x01\x00"
    head += channels.to_bytes(2, "little") + rate.to_bytes(4, "little")
    head += (rate * frame).to_bytes(4, "little") + frame.to_bytes(2, "little")
    head += b"\x10\x00data\xff\xff\xff\xff"
    program.stdin.write(head)
    program.stdin.flush()

    # Ten milliseconds at a time, as a sound card hands them out.
    part = rate // 100
    written, ends, memory = 0, {}, []
    start = time.monotonic() + 2  # the models are loaded
    while written < args.seconds * rate:
        time.sleep(max(0.0, start + (written + part) / rate - time.monotonic()))
        begin = written * frame % (len(sound) - part * frame)
        begin -= begin % frame
        program.stdin.write(sound[begin:begin + part * frame])
        program.stdin.flush()
        written += part
        ends[written] = time.monotonic()
        if written % (30 * rate) < part:
            memory.append(resident_mib(program.pid))
    program.stdin.close()
    reader.join()
    program.wait()

    delays = []
    for when, line in lines:
        if "window" not in line:
            continue
        sample = round(line["end"] * rate / part) * part
        # The last window ends with the recording.
        if sample in ends and line["end"] + 0.2 < args.seconds:
            delays.append(when - ends[sample])
    delays.sort()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{len(delays)} windows of {args.window:g} s each {args.hop:g} s: from its last sample to its line "
          f"median {1e3 * delays[len(delays) // 2]:.0f} ms, 95 % {1e3 * delays[int(.95 * len(delays))]:.0f} ms, "
          f"most {1e3 * delays[-1]:.0f} ms")
    print(f"memory {memory[0]:.0f} MiB after half a minute, {memory[-1]:.0f} MiB at the end; "
          f"{100 * (used.ru_utime + used.ru_stime) / args.seconds:.1f} % of a CPU")


if __name__ == "__main__":
    main()

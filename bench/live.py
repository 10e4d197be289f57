#!/usr/bin/env python3
"""How long aver-predict --live takes from the last sample of a window to its line.

Plays a WAV into the program at the speed at which it was spoken, again and again, or a movie
as a camera's clusters of a tenth of a second, and notes when the moment that ends a window was written and when the window's line came. Prints the latency's
percentiles, the memory at the start and at the end, and the share of a CPU. The Python standard
library is enough.
"""
import argparse
import bisect
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
    parser.add_argument("--wav", help="16-bit recording that is played")
    parser.add_argument("--movie", help="or: recording with pictures")
    parser.add_argument("--seconds", type=float, default=600, help="how long (600)")
    parser.add_argument("--window", type=float, default=3)
    parser.add_argument("--hop", type=float, default=1)
    parser.add_argument("program", nargs="+", help="aver-predict and its models (after --)")
    args = parser.parse_args()
    if (args.wav is None) == (args.movie is None):
        parser.error("one of --wav and --movie is required")
    command = args.program + ["--live", "-", "--window", str(args.window), "--hop", str(args.hop)]
    program = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    lines = []

    def read():
        for line in program.stdout:
            lines.append((time.monotonic(), json.loads(line)))

    reader = threading.Thread(target=read)
    reader.start()
    memory = []
    written_at = play_wav(program, args, memory) if args.wav else play_movie(program, args, memory)
    program.stdin.close()
    reader.join()
    program.wait()

    delays = []
    for when, line in lines:
        if "window" not in line:
            continue
        end = written_at(line["end"])
        # The last window ends with the recording.
        if end is not None and line["end"] + 0.2 < args.seconds:
            delays.append(when - end)
    delays.sort()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{len(delays)} windows of {args.window:g} s each {args.hop:g} s: from its last moment to its line "
          f"median {1e3 * delays[len(delays) // 2]:.0f} ms, 95 % {1e3 * delays[int(.95 * len(delays))]:.0f} ms, "
          f"most {1e3 * delays[-1]:.0f} ms")
    print(f"memory {memory[0]:.0f} MiB after half a minute, {memory[-1]:.0f} MiB at the end; "
          f"{100 * (used.ru_utime + used.ru_stime) / args.seconds:.1f} % of a CPU")


def number(stream, with_mark):
    """An EBML number and its bytes: with the mark of its length, as identifiers have it, or without."""
    first = stream.read(1)
    if not first:
        return None, b""
    length = 9 - first[0].bit_length()
    text = first + stream.read(length - 1)
    value = int.from_bytes(text, "big")
    return (value if with_mark else value & ((1 << 7 * length) - 1)), text


def elements(stream):
    """The elements of a Matroska stream, with their bytes: (identifier, head, content)."""
    segment = 0x18538067  # without an end, while it is made
    while True:
        name, name_text = number(stream, True)
        if name is None:
            return
        size, size_text = number(stream, False)
        yield name, name_text + size_text, b"" if name == segment else stream.read(size)


def play_movie(program, args, memory):
    """Plays it, each cluster when it is over, and gives when a second of it was written."""
    cluster = 0x1F43B675
    player = subprocess.Popen(
        ["ffmpeg", "-v", "error", "-stream_loop", "-1", "-i", args.movie, "-t", str(args.seconds), "-c:v", "copy",
         "-c:a", "pcm_s16le", "-f", "matroska", "-cluster_time_limit", "100", "-"], stdout=subprocess.PIPE)
    start, held, begins, written = time.monotonic() + 2, b"", [], []

    def write(text, seconds):
        time.sleep(max(0.0, start + seconds - time.monotonic()))
        program.stdin.write(text)
        program.stdin.flush()
        written.append(time.monotonic())
        if len(memory) < seconds // 30:
            memory.append(resident_mib(program.pid))

    for name, head, content in elements(player.stdout):
        if name == cluster:  # its time comes first, behind a checksum: E7, its length, milliseconds
            at = 6 if content[0] == 0xBF else 0
            seconds = int.from_bytes(content[at + 2:at + 2 + (content[at + 1] & 0x7F)], "big") / 1000
            begins.append(seconds)
            write(held, seconds)
            held = b""
        held += head + content
    write(held, args.seconds)
    player.wait()
    # A second lies in the last cluster that begins no later, and that is written at the end of it.
    return lambda second: written[bisect.bisect_right(begins, second)]


def play_wav(program, args, memory):
    """Plays it, and gives when a second of it was written, or nothing of one that was not."""
    with wave.open(args.wav) as wav:
        rate, channels = wav.getframerate(), wav.getnchannels()
        sound = wav.readframes(wav.getnframes())
        if wav.getsampwidth() != 2:
            sys.exit("live.py: --wav must have 16 bits")
    frame = 2 * channels
    head = b"RIFF\xff\xff\xff\xffWAVEfmt \x10\x00\x00\x00\x01\x00"
    head += channels.to_bytes(2, "little") + rate.to_bytes(4, "little")
    head += (rate * frame).to_bytes(4, "little") + frame.to_bytes(2, "little")
    head += b"\x10\x00data\xff\xff\xff\xff"
    program.stdin.write(head)
    program.stdin.flush()

    # Ten milliseconds at a time, as a sound card hands them out.
    part = rate // 100
    written, ends = 0, {}
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
    return lambda second: ends.get(round(second * rate / part) * part)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Builds the inputs of bench/compare.sh.

Clips are RAVDESS-like: 1280x720, 29.97 frames a second, H.264 at about 10 Mbit/s (the 4904 videos
of RAVDESS have 24.8 GB), 48 kHz AAC. Pictures are the real clips' where a folder with real
recordings is given, else the synthetic corpus'; so is the sound. Every clip has a sound of its own;
the pictures are a few, which many clips share.

    clips/        Actor_XX/01-...mp4, with B-frames (libx264's defaults)
    clips-16/     16 of them
    frames-b/     those whose frames are extracted
    frames-no-b/  the same, encoded without B-frames
    sounds/       Actor_XX/03-...flac
    short/        half-second 320x180 clips, source of the growth inputs
"""

import argparse
import itertools
import json
import os
import shutil
import subprocess
from pathlib import Path

PICTURES = 4  # different ones
BITRATE = "10M"


def run(*command):
    subprocess.run(
        [str(word) for word in command],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )


def ffmpeg(*arguments):
    run("ffmpeg", "-nostdin", "-v", "error", "-y", *arguments)


def link(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    os.link(source, target)


def ravdess_names():
    """Keys of all performances of actors 01 to 99, speech and song, actor by actor."""
    for actor in range(1, 100):
        for channel, emotions in ((1, range(1, 9)), (2, range(1, 7))):
            for emotion, strength, statement, take in itertools.product(
                emotions, (1, 2), (1, 2), (1, 2)
            ):
                if emotion == 1 and strength == 2:
                    continue
                yield f"{channel:02}-{emotion:02}-{strength:02}-{statement:02}-{take:02}-{actor:02}"


def spread(keys, count):
    """`count` of them from the whole list, so that all actors and emotions are among them."""
    count = min(count, len(keys))
    return [keys[number * len(keys) // count] for number in range(count)]


def clip_path(folder, key, modality="01", extension="mp4"):
    return Path(folder) / f"Actor_{key[-2:]}" / f"{modality}-{key}.{extension}"


class Inputs:
    def __init__(self, arguments):
        self.bin = arguments.bin
        self.data = arguments.data
        self.root = arguments.output
        self.clips = arguments.clips
        self.sounds = arguments.sounds
        self.decoded = arguments.decoded
        self.scratch = self.root / "scratch"

    def build(self):
        self.scratch.mkdir(parents=True, exist_ok=True)
        self.find_sources()
        sounds = self.make_sounds()
        keys = spread(list(sounds), self.clips)
        self.make_clips("clips", [], keys, sounds)
        self.make_clips("frames-no-b", ["-bf", "0"], spread(keys, self.decoded), sounds)
        for name, count in (("clips-16", 16), ("frames-b", self.decoded)):
            for key in spread(keys, count):
                link(clip_path(self.root / "clips", key), clip_path(self.root / name, key))
        emotions = {key[3:5] for key in spread(keys, self.decoded)}
        if len(emotions) < 8:
            raise SystemExit(f"inputs.py: {self.decoded} clips have only {len(emotions)} emotions")
        self.make_short()
        shutil.rmtree(self.scratch)
        self.describe()

    def find_sources(self):
        """Moving pictures and voices: real ones where they are."""
        real = Path(self.data) if self.data else None
        self.voices = sorted((real / "ravdess-speech-audio").rglob("*.flac")) if real else []
        self.videos = sorted((real / "ravdess-av-clips").glob("01-*.mp4")) if real else []
        self.videos = self.videos[-PICTURES:]  # the last ones have no overlay burned in
        self.real_voices, self.real_videos = bool(self.voices), bool(self.videos)
        if not self.voices:
            corpus = self.synthesize("voices", (self.sounds + 59) // 60, "192x144", 2, 2)
            self.voices = sorted(corpus.rglob("*.mp4"))
        if not self.videos:
            corpus = self.synthesize("videos", 1, "1280x720", 1, 1)
            self.videos = sorted(corpus.rglob("*.mp4"))[:PICTURES]

    def synthesize(self, name, actors, size, statements, repetitions):
        corpus = self.scratch / name
        run(
            self.bin / "aver-synthesize",
            "--quiet",
            "--output",
            corpus,
            "--actors",
            actors,
            "--size",
            size,
            "--statements",
            statements,
            "--repetitions",
            repetitions,
            "--twin-actor",
            0,
            "--seconds",
            3.6,
        )
        return corpus

    def make_sounds(self):
        """The voices as FLAC with the names of an audio-only dataset; {key: path}."""
        sounds = {}
        for voice in spread(self.voices, self.sounds):
            key = voice.stem[3:]
            target = clip_path(self.root / "sounds", key, "03", "flac")
            target.parent.mkdir(parents=True, exist_ok=True)
            if voice.suffix == ".flac":
                shutil.copyfile(voice, target)
            else:
                ffmpeg("-i", voice, "-vn", target)
            sounds[key] = target
        return sounds

    def make_clips(self, name, options, keys, sounds):
        """Camera noise is added: pictures that were compressed before have none, and would not fill
        the rate."""
        pictures = []
        for video in self.videos:
            picture = self.scratch / f"{name}-{video.stem}.mp4"
            ffmpeg(
                "-i",
                video,
                "-an",
                "-vf",
                "scale=1280:720:flags=lanczos,fps=30000/1001,noise=alls=5:allf=t,format=yuv420p",
                "-c:v",
                "libx264",
                "-b:v",
                BITRATE,
                *options,
                picture,
            )
            pictures.append(picture)
        for key, picture in zip(keys, itertools.cycle(pictures)):
            target = clip_path(self.root / name, key)
            target.parent.mkdir(parents=True, exist_ok=True)
            ffmpeg(
                "-i",
                picture,
                "-i",
                sounds[key],
                "-map",
                "0:v",
                "-map",
                "1:a",
                "-c:v",
                "copy",
                "-c:a",
                "aac",
                "-b:a",
                "128k",
                "-ac",
                "1",
                "-ar",
                "48000",
                target,
            )

    def make_short(self):
        clips = sorted((self.root / "clips").rglob("*.mp4"))[:PICTURES]
        for clip in clips:
            target = self.root / "short" / clip.name
            target.parent.mkdir(parents=True, exist_ok=True)
            ffmpeg(
                "-i",
                clip,
                "-t",
                "0.5",
                "-vf",
                "scale=320:180",
                "-c:v",
                "libx264",
                "-c:a",
                "aac",
                "-ar",
                "48000",
                target,
            )

    def describe(self):
        facts = {
            "real_voices": self.real_voices,
            "real_videos": self.real_videos,
            "clips": self.clips,
            "sounds": len(list((self.root / "sounds").rglob("*.flac"))),
        }
        for name in ("frames-b", "frames-no-b"):
            clips = sorted((self.root / name).rglob("*.mp4"))
            facts[name] = [probe(clip) for clip in clips[:PICTURES]]
        (self.root / "inputs.json").write_text(json.dumps(facts, indent=1))


def probe(clip):
    """What ffprobe says of a clip's video, with the number of its B-frames."""
    command = [
        "ffprobe",
        "-v",
        "error",
        "-select_streams",
        "v:0",
        "-show_entries",
        "stream=width,height,r_frame_rate,bit_rate:frame=pict_type",
        "-of",
        "json",
        str(clip),
    ]
    found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    kinds = [frame["pict_type"] for frame in found["frames"]]
    return {**found["streams"][0], "frames": len(kinds), "b_frames": kinds.count("B")}


def write_names(short, count, output):
    """A dataset of `count` names over the few short clips."""
    shutil.rmtree(output, ignore_errors=True)
    clips = sorted(short.glob("*.mp4"))
    for key, clip in zip(itertools.islice(ravdess_names(), count), itertools.cycle(clips)):
        link(clip, clip_path(output, key))


def write_table(count, output):
    """Class probabilities for `count` clips, without randomness."""
    output.parent.mkdir(parents=True, exist_ok=True)
    emotions = ["neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised"]
    with open(output, "w") as file:
        print("clip", *emotions, sep=",", file=file)
        for number, key in enumerate(itertools.islice(ravdess_names(), count)):
            weights = [1 + (number * 7919 + 104729 * k) % 97 for k in range(len(emotions))]
            total = sum(weights)
            print(key, *(f"{weight / total:.6f}" for weight in weights), sep=",", file=file)


def main():
    parser = argparse.ArgumentParser(description="Builds the inputs of the comparison.")
    commands = parser.add_subparsers(dest="command", required=True)
    build = commands.add_parser("build", help="clips and sounds")
    build.add_argument("--bin", type=Path, required=True, help="folder with aver's programs")
    build.add_argument("--data", type=Path, help="folder with real recordings")
    build.add_argument("--clips", type=int, default=240, help="audio-video clips")
    build.add_argument("--decoded", type=int, default=48, help="of these, for the frames stage")
    build.add_argument("--sounds", type=int, default=320)
    names = commands.add_parser("names", help="a dataset of many names over the short clips")
    names.add_argument("--short", type=Path, required=True)
    table = commands.add_parser("table", help="a table of class probabilities")
    for command in (names, table):
        command.add_argument("--count", type=int, required=True)
    for command in (build, names, table):
        command.add_argument("output", type=Path)
    arguments = parser.parse_args()
    if arguments.command == "build":
        Inputs(arguments).build()
    elif arguments.command == "names":
        write_names(arguments.short, arguments.count, arguments.output)
    else:
        write_table(arguments.count, arguments.output)


if __name__ == "__main__":
    main()

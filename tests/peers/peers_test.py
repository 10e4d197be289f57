#!/usr/bin/env python3
"""What programs of others make of what aver writes. Environment: AVER_BIN_DIR, AVER_SOURCE_DIR, and
AVER_PEERS, the bin folder of an environment with requirements.txt (without it: skipped)."""

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

if "AVER_PEERS" not in os.environ:
    print("skipped: AVER_PEERS names no environment with tests/peers/requirements.txt")
    sys.exit(77)
PEERS = Path(os.environ["AVER_PEERS"])
BIN = Path(os.environ["AVER_BIN_DIR"])
# The tests themselves run where the packages are.
if Path(sys.prefix).resolve() != PEERS.resolve().parent:
    os.execv(PEERS / "python", [str(PEERS / "python"), *sys.argv])

import audformat  # noqa: E402
import pysrt  # noqa: E402
from praatio import textgrid  # noqa: E402


def run(name, *words):
    done = subprocess.run([BIN / name, *map(str, words)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{name} ended with {done.returncode}: {done.stderr}")
    return done.stdout


class Readers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        cls.folder = Path(temporary.name)
        run("aver-synthesize", "-q", "-o", cls.folder / "corpus", "--actors", 1, "--statements", 1,
            "--repetitions", 1, "--seconds", 3, "--size", "96x96")
        cls.clips = sorted((cls.folder / "corpus").rglob("01-*.mp4"))

    def predict(self, *words):
        """By the model of voices that comes along."""
        return run("aver-predict", "-q", "--threads", 1, *words)

    def windows(self, clip):
        line = json.loads(self.predict("--format", "jsonl", "--window", 1, "--hop", 0.5, clip))
        return line["windows"]

    def test_audformat_reads_csv_as_a_segmented_table(self):
        path = self.folder / "answers.csv"
        self.predict("--format", "csv", "--window", 1, "--hop", 0.5, "-o", path, *self.clips[:2])
        table = audformat.utils.read_csv(str(path), as_dataframe=True)
        self.assertTrue(audformat.is_segmented_index(table.index))
        first = table.loc[str(self.clips[0])]
        windows = self.windows(self.clips[0])
        self.assertEqual(list(first["emotion"]), [w["emotion"] for w in windows])
        starts = first.index.get_level_values("start").total_seconds()
        for read, window in zip(starts, windows, strict=True):
            self.assertAlmostEqual(read, window["start"], places=3)

    def test_pysrt_reads_captions(self):
        text = self.predict("--format", "srt", "--window", 1, "--hop", 0.5, self.clips[0])
        captions = pysrt.from_string(text)
        windows = self.windows(self.clips[0])
        self.assertEqual(len(captions), len(windows))
        self.assertEqual([c.text.split()[0] for c in captions], [w["emotion"] for w in windows])
        for one, next_one in zip(captions, captions[1:]):
            self.assertLessEqual(one.end, next_one.start)

    def test_praatio_reads_textgrids(self):
        path = self.folder / "clip.TextGrid"
        self.predict("--format", "textgrid", "--window", 1, "--hop", 0.5, "-o", path, self.clips[0])
        grid = textgrid.openTextgrid(str(path), includeEmptyIntervals=True, reportingMode="error")
        self.assertEqual(list(grid.tierNames), ["emotion", "confidence"])
        labels = [entry.label for entry in grid.getTier("emotion").entries if entry.label]
        self.assertEqual(labels, [w["emotion"] for w in self.windows(self.clips[0])])

    def test_emobox_lines_come_back_as_a_corpus(self):
        path = self.folder / "answers.jsonl"
        self.predict("--format", "emobox", "-o", path, *self.clips[:3])
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        self.assertEqual(len({line["key"] for line in lines}), 3)
        self.assertEqual([line["wav"] for line in lines], [str(clip) for clip in self.clips[:3]])
        for line in lines:
            self.assertAlmostEqual(sum(line["scores"].values()), 1, places=4)
        table = self.folder / "table.csv"
        run("aver-corpus", "import", "-q", "--format", "emobox", "-i", path, "-o", table)
        self.assertEqual(table.read_text().count("\n"), 4)


class Server(unittest.TestCase):
    def test_schemathesis_finds_the_server_as_its_description_says(self):
        model = Path(os.environ["AVER_SOURCE_DIR"]) / "models/ravdess-audio/model.safetensors"
        with subprocess.Popen([BIN / "aver-serve", "--audio", model, "--model", f"other=,{model}", "--port", "0",
                               "--threads", "1"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
            try:
                url = re.search(r"http://\S+/", server.stdout.readline())[0]
                # Random bytes are no clips, whatever a schema says; and the library that speaks HTTP
                # answers methods it has never heard of with 400.
                found = subprocess.run(
                    [PEERS / "schemathesis", "run", f"{url}openapi.json", "--max-examples", "40", "--seed", "1",
                     "--exclude-checks", "unsupported_method,positive_data_acceptance", "--no-color"],
                    capture_output=True, text=True, check=False, cwd=self.enterContext(tempfile.TemporaryDirectory()))
                self.assertEqual(found.returncode, 0, found.stdout)
                self.assertRegex(found.stdout, r"Selected: 7/7")
            finally:
                server.terminate()


if __name__ == "__main__":
    unittest.main(verbosity=2)

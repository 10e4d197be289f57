"""What the browser test needs around it: models, clips, a running aver-serve, a Chromium that takes
files for its camera and microphone."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

SKIPPED = 77


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


try:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
except ImportError:
    skip("needs python3-selenium (scripts/setup.sh --browser)")


def require_programs():
    for names in (["chromium", "google-chrome"], ["chromedriver"], ["ffmpeg"]):
        if not any(shutil.which(name) for name in names):
            skip(f"needs the program {names[0]} (scripts/setup.sh --browser)")


def run(*words):
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{words[0]} ended with {done.returncode}: {done.stdout}{done.stderr}")


def ffmpeg(*words):
    run("ffmpeg", "-nostdin", "-v", "error", "-y", *words)


class Setting:
    """Everything in one temporary folder."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.bin = Path(os.environ["AVER_BIN_DIR"])
        self.corpus = self.folder / "corpus"
        self._synthesize()
        given = os.environ.get("AVER_SERVE_RUNS")
        self.runs = Path(given) if given else self._train()
        self.clip = self._clip()
        self._convert()

    def _tool(self, name, *words):
        run(self.bin / name, *words, "--quiet")

    def _synthesize(self):
        self._tool("aver-synthesize", "--output", self.corpus, "--actors", "3", "--statements", "1",
                   "--repetitions", "1", "--seconds", "2", "--size", "192x144")

    def _train(self):
        work, runs = self.folder, self.folder / "runs"
        self._tool("aver-extract-frames", "--input", self.corpus, "--output", work / "frames")
        self._tool("aver-extract-audio", "--input", self.corpus, "--output", work / "audio")
        self._tool("aver-compute-mfcc", "--input", work / "audio", "--output", work / "mfcc",
                   "--coefficients", "20", "--hop-length", "1024", "--no-pictures")
        common = ["--epochs", "2", "--threads", "1"]
        self._tool("aver-train-visual", "--input", work / "frames", "--output", runs / "visual", *common)
        self._tool("aver-train-audio", "--input", work / "mfcc", "--output", runs / "audio", *common,
                   "--filters", "8", "8", "8", "--lstm", "16", "16", "16")
        return runs

    def _clip(self):
        """A real recording where there are some, else a synthetic one."""
        if os.environ.get("AVER_SERVE_CLIP"):
            return Path(os.environ["AVER_SERVE_CLIP"])
        data = os.environ.get("AVER_TEST_DATA")
        real = sorted(Path(data).glob("ravdess-av-clips/01-*.mp4")) if data else []
        return real[0] if real else sorted(self.corpus.rglob("01-*.mp4"))[0]

    def _convert(self):
        self.camera = self.folder / "camera.mjpeg"
        self.microphone = self.folder / "microphone.wav"
        self.long_clip = self.folder / "long.mp4"
        self.broken_clip = self.folder / "broken.mp4"
        ffmpeg("-i", self.clip, "-an", "-vf", "scale=640:480", "-r", "15", "-q:v", "3", self.camera)
        ffmpeg("-i", self.clip, "-vn", "-ar", "48000", "-c:a", "pcm_s16le", self.microphone)
        parts = sorted(self.clip.parent.glob("01-*.mp4"))[:6] if not self._is_real() else [self.clip] * 3
        listing = self.folder / "parts.txt"
        listing.write_text("".join(f"file '{part}'\n" for part in parts))
        ffmpeg("-f", "concat", "-safe", "0", "-i", listing, "-c:v", "libx264", "-c:a", "aac",
               self.long_clip)
        self.broken_clip.write_bytes(self.clip.read_bytes()[:2000])

    def side_by_side(self):
        """Two people in one picture; None without real recordings, for a detector finds no drawn faces."""
        if not self._is_real():
            return None
        clips = sorted(self.clip.parent.glob("01-01-*.mp4"))
        first, second = (next(c for c in clips if c.stem.endswith(actor)) for actor in ("-01", "-06"))
        both = self.folder / "both.mp4"
        ffmpeg("-i", first, "-i", second, "-filter_complex",
               "[0:v]scale=640:360,fps=25[a];[1:v]scale=640:360,fps=25[b];[a][b]hstack=shortest=1",
               "-an", "-c:v", "libx264", both)
        return both

    def _is_real(self):
        return self.corpus not in self.clip.parents and not os.environ.get("AVER_SERVE_CLIP")

    def server(self, *options):
        return Server(self.bin / "aver-serve", *options)

    def server_with_both(self):
        return self.server("--visual", self.runs / "visual", "--audio", self.runs / "audio")

    def browser(self, *arguments, profile):
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium") or shutil.which("google-chrome")
        for argument in (
            "--headless=new", "--disable-dev-shm-usage", "--disable-background-networking",
            "--no-first-run", "--disable-gpu", "--autoplay-policy=no-user-gesture-required",
            f"--user-data-dir={self.folder / profile}", "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-audio-capture={self.microphone}",
            f"--use-file-for-fake-video-capture={self.camera}", *arguments,
        ):
            options.add_argument(argument)
        if os.geteuid() == 0:
            options.add_argument("--no-sandbox")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        return webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=options)


class Server:
    def __init__(self, program, *options):
        words = [program, "--port", "0", "--threads", "1", *options]
        self.process = subprocess.Popen([str(w) for w in words], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if "http://" not in line:
            raise RuntimeError(f"aver-serve did not start: {line}")
        self.url = line.split()[-1]

    def stop(self):
        self.process.terminate()
        with self.process.stdout as output:
            output.read()
        return self.process.wait(timeout=30)


def requested_urls(browser):
    """What the pages of this browser asked for since the last call."""
    urls = []
    for entry in browser.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            urls.append(message["params"]["request"]["url"])
    return urls

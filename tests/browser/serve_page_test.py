#!/usr/bin/env python3
"""Presses the buttons of aver-serve's page in a headless Chromium whose camera and microphone play a
clip, and reads the answers. Environment: AVER_BIN_DIR (required), AVER_TEST_DATA (real recordings), AVER_AXE (axe.min.js),
AVER_SERVE_RUNS (trained runs instead of tiny ones), AVER_SERVE_CLIP, AVER_SCREENSHOTS (a folder)."""

import base64
import json
import os
import tempfile
import time
import unittest
import urllib.request
from pathlib import Path

from setting import Setting, ffmpeg, require_programs, requested_urls

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

PANELS = {"audio": "audio", "visual": "visual", "combined": "both"}

# Elements with text of their own whose colour is less than 4.5 times as bright or dark as what is
# behind them (WCAG 2.1).
LOW_CONTRAST = """
const channel = (v) => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; };
const numbers = (text) => text.match(/[\\d.]+/g).map(Number);
const light = ([r, g, b]) => .2126 * channel(r) + .7152 * channel(g) + .0722 * channel(b);
const behind = (e) => {
  for (; e; e = e.parentElement) {
    const c = numbers(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c;
  }
  return [255, 255, 255];
};
const found = [];
for (const e of document.querySelectorAll('body *')) {
  const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
  if (!own || !e.getClientRects().length || e.closest('svg, .level, script, noscript, .skip')) continue;
  const a = light(numbers(getComputedStyle(e).color)), b = light(behind(e));
  const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
  if (ratio < 4.5) found.push(`${e.className || e.tagName} ${ratio.toFixed(2)}: ${e.textContent.slice(0, 40)}`);
}
return found;
"""

DROP = """
const bytes = Uint8Array.from(atob(arguments[1]), (c) => c.charCodeAt(0));
const data = new DataTransfer();
data.items.add(new File([bytes], 'clip.mp4', {type: 'video/mp4'}));
document.getElementById(arguments[0]).dispatchEvent(
  new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true}));
"""


class ServePage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.temporary.cleanup)
        cls.setting = Setting(cls.temporary.name)
        cls.server = cls.setting.server_with_both()
        cls.addClassCleanup(cls.server.stop)
        cls.browser = cls.setting.browser("--use-fake-ui-for-media-stream", profile="allowed")
        cls.addClassCleanup(cls.browser.quit)

    def setUp(self):
        self.resize(1440, 1000)
        self.scheme("light")
        self.open(self.server)

    def tearDown(self):
        self.assert_quiet(self.browser, self.server)

    # Helpers

    def open(self, server, browser=None):
        browser = browser or self.browser
        browser.get(server.url)
        self.wait(lambda: len(browser.find_elements(By.CSS_SELECTOR, ".panel .record")) == 3, browser)

    def wait(self, condition, browser=None, seconds=60):
        return WebDriverWait(browser or self.browser, seconds, 0.1).until(lambda _: condition())

    def resize(self, width, height):
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500})

    def scheme(self, name):
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": name}]})

    def part(self, panel, css, browser=None):
        return (browser or self.browser).find_element(By.CSS_SELECTOR, f"#{panel} {css}")

    def screenshot(self, name):
        folder = os.environ.get("AVER_SCREENSHOTS")
        if not folder:
            return
        time.sleep(0.5)  # players show their first picture
        picture = self.browser.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True})
        Path(folder).mkdir(parents=True, exist_ok=True)
        (Path(folder) / f"{name}.png").write_bytes(base64.b64decode(picture["data"]))

    def assert_quiet(self, browser, *servers):
        """No error on the console, no breach of the content security policy, nothing from outside."""
        loud = [e for e in browser.get_log("browser") if e["level"] in ("SEVERE", "WARNING")
                and "status of 4" not in e["message"]]
        self.assertEqual(loud, [])
        self.assert_own(requested_urls(browser), *servers)

    def assert_own(self, urls, *servers):
        own = tuple(server.url for server in servers) + ("blob:", "data:", "chrome")
        self.assertEqual([u for u in urls if not u.startswith(own)], [])

    def result(self, panel, browser=None):
        """Waits for the answer; emotion and share per class as the page shows them."""
        def over():
            problem = self.part(panel, ".problem", browser).text
            self.assertEqual(problem, "")
            return self.part(panel, ".result", browser).is_displayed()
        self.wait(over, browser)
        return self.part(panel, ".emotion", browser).text.lower()

    def level(self, panel):
        """Of the live sound, in per cent of the meter."""
        width = self.part(panel, ".level-bar").value_of_css_property("width")
        track = self.part(panel, ".level-track").size["width"]
        return 100 * float(width.removesuffix("px")) / track

    def so_far(self, panel):
        """What the timeline of a recording that goes on says in words."""
        return self.browser.execute_script(
            "return document.querySelector(arguments[0])?.getAttribute('aria-label')",
            f"#{panel} .so-far svg")

    def shares(self, panel, column):
        cells = self.browser.find_elements(By.CSS_SELECTOR, f"#{panel} td.{column} .number")
        return [0.0 if "<" in c.text else float(c.text.rstrip(" %")) for c in cells]

    def api(self, clip, modality):
        url = f"{self.server.url}api/predict?modality={modality}"
        with urllib.request.urlopen(urllib.request.Request(url, data=clip.read_bytes())) as answer:
            return json.load(answer)

    def check_answer(self, panel):
        emotion = self.result(panel)
        columns = {"audio": ["audio"], "visual": ["visual"], "combined": ["visual", "audio", "fused"]}[panel]
        for column in columns:
            shares = self.shares(panel, column)
            self.assertEqual(len(shares), 8)
            self.assertAlmostEqual(sum(shares), 100, delta=5)
        names = [e.text for e in self.browser.find_elements(By.CSS_SELECTOR, f"#{panel} tbody th")]
        self.assertIn(emotion, names)
        self.assertIn(emotion, self.part(panel, ".status").text)
        self.assertRegex(self.part(panel, ".confidence").text, r"^\d+ %$")
        self.assertRegex(self.part(panel, ".latency").text,
                         r"Answered in \d+ ms: receiving .*, waiting .*, decoding .*, networks .* ms")
        self.assertTrue(self.part(panel, ".record").is_enabled())
        return emotion

    # What a user does

    def test_recording_in_all_three_panels(self):
        for panel in PANELS:
            button = self.part(panel, ".record")
            button.click()
            self.wait(lambda: button.text == "Stop")
            if panel != "visual":
                self.wait(lambda: self.level(panel) > 5)
            if panel != "audio":
                self.wait(lambda: self.part(panel, ".live").get_property("videoWidth") > 0)
            self.wait(lambda: self.part(panel, ".clock").text.startswith("0:04"))
            # The timeline moves while it is recorded; it is drawn anew each time.
            self.wait(lambda: self.so_far(panel))
            first = self.so_far(panel)
            self.wait(lambda: self.so_far(panel) != first)
            if panel == "combined":
                self.screenshot("recording")
            button.click()
            self.check_answer(panel)
            self.assertFalse(self.part(panel, ".so-far").is_displayed())
            self.assertEqual(button.text, "Record")
        by = self.part("combined", ".by").text
        self.assertRegex(by, r"^(audio|visual) decided \(visual: \w+ .* %, audio: \w+ .* %\)$")
        self.screenshot("recorded")

    def test_uploads_show_what_the_api_answers(self):
        for panel, modality in PANELS.items():
            self.part(panel, ".file").send_keys(str(self.setting.clip))
            emotion = self.check_answer(panel)
            answer = self.api(self.setting.clip, modality)
            self.assertEqual(emotion, answer["emotion"])
            column = {"both": "fused"}.get(modality, modality)
            for shown, share in zip(self.shares(panel, column), answer[column].values()):
                self.assertAlmostEqual(shown, 100 * share, delta=1)

    def test_longer_clips_get_a_timeline(self):
        for panel in PANELS:
            self.part(panel, ".file").send_keys(str(self.setting.long_clip))
            self.result(panel)
            self.wait(lambda: self.part(panel, ".timeline svg"))
            label = self.part(panel, ".timeline svg").get_attribute("aria-label")
            self.assertRegex(label, r"^Timeline: 0 to \d+ seconds \w+")
            columns = len(self.browser.find_elements(By.CSS_SELECTOR, f"#{panel} .winner"))
            self.assertGreater(columns, 3)
            self.assertGreaterEqual(len(self.part(panel, ".runs").text), 8)
        for scheme in ("light", "dark"):
            self.scheme(scheme)
            self.assertEqual(self.browser.execute_script(LOW_CONTRAST), [], scheme)
            self.screenshot(f"results-{scheme}")
        for width, scheme in ((390, "light"), (390, "dark"), (1024, "light")):
            self.resize(width, 844)
            self.scheme(scheme)
            time.sleep(0.3)  # the timelines are drawn again
            wide = self.browser.execute_script(
                "return document.documentElement.scrollWidth > document.documentElement.clientWidth")
            self.assertFalse(wide, f"scrolls sideways at {width}")
            self.screenshot(f"results-{width}-{scheme}")

    def test_axe_finds_no_fault(self):
        if not os.environ.get("AVER_AXE"):
            self.skipTest("AVER_AXE names no axe.min.js")
        rules = Path(os.environ["AVER_AXE"]).read_text(encoding="utf-8")
        for state in ("empty", "answered"):
            if state == "answered":
                self.part("combined", ".file").send_keys(str(self.setting.long_clip))
                self.check_answer("combined")
            for scheme in ("light", "dark"):
                self.scheme(scheme)
                self.browser.execute_script(rules)
                found = self.browser.execute_async_script(
                    "const done = arguments[0]; axe.run().then((r) => done(r.violations.map((v) => "
                    "`${v.id}: ${v.nodes.map((n) => n.html).join(' ')}`)))")
                self.assertEqual(found, [], f"{state}, {scheme}")

    def test_answers_are_saved_in_three_forms(self):
        self.browser.execute_cdp_cmd("Browser.setDownloadBehavior", {
            "behavior": "allow", "downloadPath": str(self.setting.folder / "downloads")})
        self.part("combined", ".file").send_keys(str(self.setting.long_clip))
        emotion = self.check_answer("combined")
        for ending in ("json", "csv", "srt"):
            self.part("combined", f".save-{ending}").click()
            path = self.setting.folder / "downloads" / f"{self.setting.long_clip.stem}.{ending}"
            self.wait(path.exists)
            text = path.read_text(encoding="utf-8")
            if ending == "json":
                self.assertEqual(json.loads(text)["emotion"], emotion)
            if ending == "csv":
                self.assertTrue(text.startswith("file,start,end,emotion"))
                self.assertIn(f"\n{self.setting.long_clip.name},0,3,", text)
            if ending == "srt":
                self.assertTrue(text.startswith("1\n00:00:00,000 --> "))
            path.unlink()

    def test_what_speaks_against_an_answer_stands_above_it(self):
        silence = self.setting.folder / "silence.wav"
        ffmpeg("-f", "lavfi", "-i", "anullsrc=r=16000", "-t", "2", silence)
        self.part("audio", ".file").send_keys(str(silence))
        self.check_answer("audio")
        self.assertEqual(self.part("audio", ".doubts").text, "Not to be relied on: the recording is silent.")
        black = self.setting.folder / "black.mp4"
        ffmpeg("-f", "lavfi", "-i", "color=black:s=128x96:d=1", "-c:v", "libx264", black)
        self.part("visual", ".file").send_keys(str(black))
        self.check_answer("visual")
        self.assertRegex(self.part("visual", ".doubts").text, "the picture is too dark(, and no face is seen)?.$")
        self.assertEqual(self.browser.execute_script(LOW_CONTRAST), [])
        self.screenshot("doubts")

    def test_one_of_several_models_is_chosen(self):
        self.assertFalse(self.browser.find_element(By.ID, "choice").is_displayed())
        runs = self.setting.runs
        server = self.setting.server("--model", f"both={runs / 'visual'},{runs / 'audio'}",
                                     "--model", f"voice=,{runs / 'audio'}")
        try:
            self.open(server)
            choice = self.browser.find_element(By.ID, "model")
            self.assertEqual(choice.accessible_name, "Models")
            self.part("combined", ".file").send_keys(str(self.setting.clip))
            self.check_answer("combined")
            choice.send_keys("voice")
            self.wait(lambda: "--visual" in self.part("visual", ".unavailable").text)
            self.assertFalse(self.part("combined", ".result").is_displayed())
            self.part("audio", ".file").send_keys(str(self.setting.clip))
            self.check_answer("audio")
            self.screenshot("models")
            self.assert_quiet(self.browser, server, self.server)
        finally:
            self.assertEqual(server.stop(), 0)

    def test_every_face_has_a_box_that_moves_with_the_clip(self):
        self.assertFalse(self.part("visual", ".every").is_displayed(), "pictures are not cropped here")
        both = self.setting.side_by_side()
        if both is None:
            self.skipTest("needs real recordings (AVER_TEST_DATA)")
        server = self.setting.server("--visual", self.setting.runs / "visual", "--face", "haar")
        try:
            self.open(server)
            self.assertEqual(self.part("visual", ".every-face").accessible_name, "Every face")
            self.part("visual", ".every-face").click()
            self.part("visual", ".file").send_keys(str(both))
            self.wait(lambda: self.part("visual", ".result").is_displayed())
            faces = self.browser.find_elements(By.CSS_SELECTOR, "#visual .face")
            self.assertGreaterEqual(len(faces), 2)
            self.assertRegex(self.part("visual", ".status").text, r"^Face 1: \w+, \d+\s%\. Face 2: \w+")
            self.assertEqual(len(self.browser.find_elements(By.CSS_SELECTOR, "#visual .face .timeline svg")), len(faces))
            seek = "const v = document.querySelector('#visual .replay-video'); v.currentTime = arguments[0]; return v.duration"
            duration = self.browser.execute_script(seek, 1.0)
            boxes = "return [...document.querySelectorAll('#visual .boxes .box')].map((b) => +b.getAttribute('x'))"
            self.wait(lambda: len(self.browser.execute_script(boxes)) >= 2)
            left, right = sorted(self.browser.execute_script(boxes))[:2]
            self.assertLess(left, 640)
            self.assertGreater(right, 640)
            where = """const r = (e) => e.getBoundingClientRect();
              const b = [...document.querySelectorAll('#visual .boxes .box')].map(r), v = r(document.querySelector('#visual .replay-video'));
              return b.every((x) => x.left >= v.left && x.right <= v.right && x.top >= v.top && x.bottom <= v.bottom)"""
            self.assertTrue(self.browser.execute_script(where), "boxes lie on the picture")
            self.screenshot("faces")
            before = self.browser.execute_script("return document.querySelector('#visual .boxes').innerHTML")
            self.browser.execute_script(seek, duration - 0.2)
            self.wait(lambda: self.browser.execute_script(
                "return document.querySelector('#visual .boxes').innerHTML") != before)
            self.part("visual", ".every-face").click()
            self.part("visual", ".file").send_keys(str(self.setting.clip))
            self.check_answer("visual")
            self.assertEqual(self.browser.execute_script(boxes), [], "of another clip")
            self.resize(390, 844)
            self.assertEqual(self.browser.execute_script(LOW_CONTRAST), [])
            self.assert_quiet(self.browser, server, self.server)
        finally:
            self.assertEqual(server.stop(), 0)

    def test_dropping_a_file_on_a_panel(self):
        data = base64.b64encode(self.setting.clip.read_bytes()).decode()
        self.browser.execute_script(DROP, "combined", data)
        self.check_answer("combined")

    def test_a_broken_file_is_a_sentence_and_the_panel_goes_on(self):
        self.part("combined", ".file").send_keys(str(self.setting.broken_clip))
        problem = self.wait(lambda: self.part("combined", ".problem").text)
        self.assertRegex(problem, r"^(The|[A-Z].* the) clip.*\.$")
        self.screenshot("problem")
        self.part("combined", ".file").send_keys(str(self.setting.clip))
        self.check_answer("combined")
        self.assertEqual(self.part("combined", ".problem").text, "")

    def test_everything_is_reached_and_pressed_with_the_keyboard(self):
        reached = []
        for _ in range(7):
            ActionChains(self.browser).send_keys(Keys.TAB).perform()
            element = self.browser.switch_to.active_element
            panel = self.browser.execute_script("return arguments[0].closest('.panel')?.id || ''", element)
            reached.append((panel, element.get_attribute("class")))
            outline = self.browser.execute_script(
                "return getComputedStyle(arguments[0].closest('.choose') || arguments[0]).outlineStyle", element)
            self.assertEqual(outline, "solid", element.get_attribute("outerHTML"))
        self.assertEqual(reached, [("", "skip")] + [(p, c) for p in PANELS for c in ("record", "file")])
        button = self.part("audio", ".record")
        self.browser.execute_script("arguments[0].focus()", button)
        # To whatever has the focus: it must stay on the button by itself.
        ActionChains(self.browser).send_keys(Keys.ENTER).perform()
        self.wait(lambda: button.text == "Stop" and self.part("audio", ".clock").text.startswith("0:02"))
        ActionChains(self.browser).send_keys(Keys.SPACE).perform()
        self.check_answer("audio")
        self.wait(lambda: self.browser.switch_to.active_element == button)

    def test_the_page_asks_its_own_server_only(self):
        urls = requested_urls(self.browser)
        for name in ("", "style.css", "app.js", "recorder.js", "result.js", "timeline.js", "faces.js", "api/models"):
            self.assertIn(self.server.url + name, urls)
        self.assert_own(urls, self.server)

    def test_the_page_says_what_it_is_to_a_screen_reader(self):
        self.assertEqual(self.browser.find_element(By.TAG_NAME, "html").get_attribute("lang"), "en")
        self.assertEqual(len(self.browser.find_elements(By.TAG_NAME, "h1")), 1)
        for panel in PANELS:
            self.assertEqual(self.part(panel, ".record").accessible_name, "Record")
            self.assertEqual(self.part(panel, ".file").accessible_name, "Choose file")
            self.assertEqual(self.part(panel, ".status").get_attribute("role"), "status")
            self.assertEqual(self.part(panel, ".problem").get_attribute("role"), "alert")
            section = self.browser.find_element(By.ID, panel)
            self.assertEqual(section.accessible_name.lower(), panel)
        self.assertIn("not a measurement", self.browser.find_element(By.TAG_NAME, "footer").text)
        self.assertIn(f"{self.server.url}api/predict", self.browser.find_element(By.ID, "curl").text)
        for scheme in ("light", "dark"):
            self.scheme(scheme)
            self.assertEqual(self.browser.execute_script(LOW_CONTRAST), [], scheme)
            self.screenshot(f"empty-{scheme}")

    def test_a_panel_without_its_model_says_so(self):
        server = self.setting.server("--audio", self.setting.runs / "audio")
        try:
            self.open(server)
            self.assertIn("--visual", self.part("visual", ".unavailable").text)
            self.assertIn("nothing to combine", self.part("combined", ".unavailable").text)
            for panel in ("visual", "combined"):
                self.assertFalse(self.part(panel, ".record").is_enabled())
                self.assertFalse(self.part(panel, ".file").is_enabled())
            self.part("audio", ".file").send_keys(str(self.setting.clip))
            self.check_answer("audio")
            self.assert_quiet(self.browser, server, self.server)
        finally:
            self.assertEqual(server.stop(), 0)

    def test_without_permission_files_still_work(self):
        browser = self.setting.browser("--deny-permission-prompts", profile="denied")
        try:
            self.open(self.server, browser)
            self.part("combined", ".record", browser).click()
            problem = self.wait(lambda: self.part("combined", ".problem", browser).text, browser)
            self.assertIn("not allowed to use the camera or microphone", problem)
            self.part("combined", ".file", browser).send_keys(str(self.setting.clip))
            self.wait(lambda: self.part("combined", ".problem", browser).text == "", browser)
            self.result("combined", browser)
        finally:
            browser.quit()


if __name__ == "__main__":
    require_programs()
    unittest.main(verbosity=2)

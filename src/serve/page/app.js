// The three panels: record or take a file, send it, show the answer.

import {FaceBoxes, renderFaces, sentenceOfFaces} from "./faces.js";
import {Recording, whyNoRecording} from "./recorder.js";
import {KEYS, renderResult, saveButtons, sentence} from "./result.js";
import {drawTimeline} from "./timeline.js";

const WINDOW = 3;
const HOP = 1;
const TRIES = 8;
const ACCEPT = {
  audio: "audio/*,video/*,.flac,.wav,.mkv,.avi",
  visual: "video/*,image/jpeg,image/png,.mkv,.avi",
  both: "video/*,audio/*,image/jpeg,image/png,.mkv,.avi,.flac,.wav",
};
const HINTS = {
  audio: "Record your voice, or drop a sound or video file here.",
  visual: "Record your face, or drop a video or picture here.",
  both: "Record voice and face together, or drop a video file here.",
};

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

/** POSTs the clip; `report(0…1)` follows the upload. A busy server is asked again. */
async function predict(clip, asked, report, wait) {
  for (let attempt = 1; ; ++attempt) {
    const request = new XMLHttpRequest();
    request.open("POST", `api/predict?${asked}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.responseType = "text";
    request.upload.addEventListener("progress", (e) => e.lengthComputable && report(e.loaded / e.total));
    const done = new Promise((resolve) => request.addEventListener("loadend", resolve));
    request.send(clip);
    await done;
    if (request.status === 503 && attempt < TRIES) {
      wait();
      await pause(1000 * (Number(request.getResponseHeader("Retry-After")) || 1));
      continue;
    }
    if (request.status === 0) throw new Error("The server cannot be reached. Is aver-serve still running?");
    let answer;
    try {
      answer = JSON.parse(request.responseText);
    } catch {
      throw new Error("The server's answer could not be read.");
    }
    if (request.status === 200) return answer;
    const text = answer.error || `status ${request.status}`;
    throw new Error(text[0].toUpperCase() + text.slice(1) + (text.endsWith(".") ? "" : "."));
  }
}

class Panel {
  constructor(section, models) {
    this.section = section;
    this.modality = section.dataset.modality;
    this.models = models;
    section.append(document.getElementById("panel-body").content.cloneNode(true));
    for (const name of ["hint", "live", "level", "level-bar", "replay-video", "replay-audio", "replay-image",
      "boxes", "every", "every-face", "record", "record-name", "file", "clock", "unavailable", "progress", "status", "problem", "so-far", "result"]) {
      this[name.replace(/-(.)/g, (_, letter) => letter.toUpperCase())] = section.querySelector("." + name);
    }
    const title = section.querySelector("h2").id;
    this.record.setAttribute("aria-describedby", title);
    this.file.setAttribute("aria-describedby", title);
    this.file.accept = ACCEPT[this.modality];
    this.hint.textContent = HINTS[this.modality];
    this.bar = this.progress.querySelector("progress");
    this.bar.setAttribute("aria-label", "Sending the clip");
    this.faceBoxes = new FaceBoxes(this.boxes);
    this.every.hidden = !(this.modality === "visual" && this.models.faces);
    this.missing = this.whatIsMissing();
    this.noRecording = whyNoRecording();
    this.record.addEventListener("click", () => (this.recording ? this.finish() : this.begin()));
    this.file.addEventListener("change", () => {
      if (this.file.files[0]) this.send(this.file.files[0]);
      this.file.value = "";
    });
    this.acceptDrops();
    this.showReady();
  }

  /** Other models answer from now on. */
  use(models) {
    this.models = models;
    this.every.hidden = !(this.modality === "visual" && models.faces);
    this.missing = this.whatIsMissing();
    if (!this.recording) {
      this.clear();
      this.hint.hidden = false;
      this.showReady();
    }
  }

  whatIsMissing() {
    const {visual, audio} = this.models;
    if (this.modality === "audio" && !audio) return "There is no audio model here (--audio).";
    if (this.modality === "visual" && !visual) return "There is no visual model here (--visual).";
    if (this.modality === "both" && !(visual && audio)) {
      return `There is no ${audio ? "visual model here (--visual)" : "audio model here (--audio)"}: there is nothing to combine.`;
    }
    return "";
  }

  acceptDrops() {
    this.section.addEventListener("dragover", (event) => {
      event.preventDefault();
      this.section.classList.toggle("over", this.ready);
    });
    this.section.addEventListener("dragleave", (event) => {
      if (!this.section.contains(event.relatedTarget)) this.section.classList.remove("over");
    });
    this.section.addEventListener("drop", (event) => {
      event.preventDefault();
      this.section.classList.remove("over");
      const file = event.dataTransfer.files[0];
      if (file && this.ready) this.send(file);
    });
  }

  /** Nothing to press for a while. A button that is switched off loses the focus: it is remembered. */
  switchOff() {
    this.ready = false;
    for (const control of [this.record, this.file, this.everyFace]) {
      if (document.activeElement === control) this.focused = control;
      control.disabled = true;
    }
  }

  switchOn(...controls) {
    for (const control of controls) control.disabled = false;
    if (this.focused && !this.focused.disabled) {
      if (document.activeElement === document.body) this.focused.focus({preventScroll: true});
      this.focused = null;
    }
  }

  showReady() {
    this.ready = !this.missing;
    if (!this.missing) this.switchOn(this.file, this.everyFace, ...(this.noRecording ? [] : [this.record]));
    else this.switchOff();
    if (this.noRecording) this.record.disabled = true;
    this.unavailable.textContent = this.missing || this.noRecording;
    this.unavailable.hidden = !this.unavailable.textContent;
    this.progress.hidden = true;
    this.section.removeAttribute("aria-busy");
  }

  /** An empty stage, and no answer to something else beside it. */
  clear() {
    for (const part of [this.hint, this.live, this.level, this.replayVideo, this.replayAudio, this.replayImage, this.soFar, this.result]) {
      part.hidden = true;
    }
    for (const player of [this.replayVideo, this.replayAudio]) {
      player.pause();
      player.removeAttribute("src");
    }
    this.faceBoxes.clear();
    this.live.srcObject = null;
    this.section.classList.remove("answered");
    if (this.url) URL.revokeObjectURL(this.url);
    this.url = null;
    this.problem.textContent = "";
    this.status.textContent = "";
  }

  async begin() {
    this.clear();
    this.hint.hidden = false;
    this.hint.textContent = "Waiting for the browser's permission…";
    this.switchOff();
    try {
      this.recording = await Recording.start(this.modality, {
        picture: (stream) => {
          this.live.srcObject = stream;
          this.live.hidden = false;
          this.live.play().catch(() => {});
        },
        level: (level) => { this.levelBar.style.width = `${Math.round(100 * level)}%`; },
      });
    } catch (error) {
      this.hint.textContent = HINTS[this.modality];
      this.problem.textContent = error.message;
      this.showReady();
      return;
    }
    this.hint.hidden = true;
    this.hint.textContent = HINTS[this.modality];
    this.level.hidden = this.modality === "visual";
    this.level.classList.toggle("under", this.modality === "both");
    this.section.classList.add("recording");
    this.recordName.textContent = "Stop";
    this.switchOn(this.record);
    this.status.textContent = `Recording. A timeline follows after ${WINDOW} seconds; press Stop for the answer.`;
    this.follow(this.recording);
    this.clock.hidden = false;
    const longest = Math.max(1, this.models.limits.seconds - 1);
    const tick = () => {
      const seconds = this.recording.seconds();
      this.clock.textContent = `${clock(seconds)} of ${clock(longest)}`;
      if (seconds >= longest) this.finish();
    };
    tick();
    this.ticker = setInterval(tick, 250);
  }

  /**
   * Draws how it goes while it is recorded: its parts are sent as they come, and the server says of
   * each window what it hears and sees. What fails here is passed over; the answer after Stop says
   * what is wrong.
   */
  async follow(recording) {
    const answer = {classes: this.models.classes, windows: []};
    const width = this.section.clientWidth - 40;
    const send = (path, body) => fetch(path, {
      method: "POST", body, headers: body ? {"Content-Type": "application/octet-stream"} : {},
    });
    let events;
    try {
      const opened = await send(`api/live?${this.asked(false)}`);
      if (!opened.ok) return;
      const name = (await opened.json()).recording;
      events = new EventSource(`api/live/answers?recording=${name}`);
      events.addEventListener("message", (event) => {
        if (this.recording !== recording) return;
        answer.windows.push(JSON.parse(event.data));
        this.soFar.replaceChildren(drawTimeline(answer, KEYS[this.modality], width));
        this.soFar.hidden = false;
      });
      // It would ask again for what is answered once.
      for (const end of ["end", "problem", "error"]) events.addEventListener(end, () => events.close());
      for await (const part of recording.coming()) {
        if (part.size === 0) continue;
        const parts = `api/live/parts?recording=${name}`;
        let taken = await send(parts, part);
        while ((taken.status === 429 || taken.status === 503) && this.recording === recording) {
          await pause(500);
          taken = await send(parts, part);
        }
        if (!taken.ok) break;
      }
      await send(`api/live/parts?recording=${name}&last=1`);
    } catch {
      events?.close();
    }
  }

  async finish() {
    const recording = this.recording;
    if (!recording) return;
    this.recording = null;
    clearInterval(this.ticker);
    this.switchOff();
    const clip = await recording.stop();
    this.section.classList.remove("recording");
    this.recordName.textContent = "Record";
    this.clock.hidden = true;
    await this.send(clip);
  }

  replay(clip) {
    this.url = URL.createObjectURL(clip);
    const kind = this.modality === "audio" ? "audio" : clip.type.split("/")[0];
    const player = kind === "image" ? this.replayImage : kind === "audio" ? this.replayAudio : this.replayVideo;
    player.onerror = () => {
      player.hidden = true;
      this.hint.textContent = "The browser cannot show this file.";
      this.hint.hidden = false;
    };
    player.src = this.url;
    player.hidden = false;
    return player;
  }

  /** Of each face, whose answers move along with the clip: shorter windows. */
  asked(everyFace = this.everyFace.checked) {
    const model = `model=${encodeURIComponent(this.models.name)}&modality=${this.modality}`;
    if (everyFace) return `${model}&faces=all&window=1&hop=0.5`;
    return `${model}&window=${WINDOW}&hop=${HOP}`;
  }

  async send(clip) {
    this.clear();
    this.hint.textContent = HINTS[this.modality];
    const player = this.replay(clip);
    const {megabytes} = this.models.limits;
    if (clip.size > megabytes * 1024 * 1024) {
      this.problem.textContent = `The clip has ${(clip.size / 1048576).toFixed(0)} MB; the server takes up to ${megabytes} MB.`;
      this.showReady();
      return;
    }
    this.switchOff();
    this.section.setAttribute("aria-busy", "true");
    this.bar.value = 0;
    this.progress.hidden = false;
    this.status.textContent = "Sending…";
    const begun = performance.now();
    try {
      const answer = await predict(clip, this.asked(), (share) => {
        if (share < 1) this.bar.value = share;
        else this.bar.removeAttribute("value");
        this.status.textContent = share < 1 ? `Sending… ${Math.round(100 * share)} %` : "The server is looking at it…";
      }, () => { this.status.textContent = "The server is busy; trying again…"; });
      if (answer.every_face) {
        renderFaces(this.result, answer, performance.now() - begun);
        this.faceBoxes.follow(player, answer);
      } else {
        renderResult(this.result, answer, this.modality, performance.now() - begun);
      }
      const asked = this.asked();
      this.result.append(saveButtons(answer, clip.name || "clip", async (format) => {
        if (format === "json") return new Blob([JSON.stringify(answer, null, 2)], {type: "application/json"});
        const reply = await fetch(`api/predict?${asked}&format=${format}&name=${encodeURIComponent(clip.name || "clip")}`,
          {method: "POST", headers: {"Content-Type": "application/octet-stream"}, body: clip});
        if (!reply.ok) this.problem.textContent = "The server could not write this; try again in a second.";
        return reply.blob();
      }));
      // Shown large already: for screen readers.
      this.section.classList.add("answered");
      this.status.textContent = answer.every_face ? sentenceOfFaces(answer) : sentence(answer, this.modality);
    } catch (error) {
      this.status.textContent = "";
      this.problem.textContent = error.message;
    }
    this.showReady();
  }
}

function describe(models) {
  const has = models.visual && models.audio ? `visual and audio, joined by ${models.rule}` :
    models.visual ? "visual only" : "audio only";
  return `Models: ${has}. Emotions: ${models.classes.join(", ")}. ` +
    `Clips up to ${models.limits.seconds} s and ${models.limits.megabytes} MB. aver ${models.version}.`;
}

async function start() {
  document.getElementById("curl").textContent =
    `curl --data-binary @clip.mp4 ${location.origin}/api/predict`;
  // A file that misses its panel must not replace the page.
  for (const type of ["dragover", "drop"]) addEventListener(type, (event) => event.preventDefault());
  const about = document.getElementById("about");
  try {
    const models = await (await fetch("api/models")).json();
    const named = (one) => ({...models, ...one});
    const use = (one) => { about.textContent = describe(named(one)); };
    use(models.models[0]);
    const panels = [...document.querySelectorAll(".panel")].map((section) => new Panel(section, named(models.models[0])));
    const choice = document.getElementById("model");
    choice.append(...models.models.map(({name}) => new Option(name)));
    document.getElementById("choice").hidden = models.models.length < 2;
    choice.addEventListener("change", () => {
      const chosen = models.models[choice.selectedIndex];
      use(chosen);
      for (const panel of panels) panel.use(named(chosen));
    });
  } catch {
    about.textContent = "The server cannot be reached. Is aver-serve still running? Reload this page when it is.";
  }
}

start();

// Camera and microphone: a live level or picture while recording, its parts as they come, one Blob in
// the end.

const VIDEO_TYPES = ["video/webm;codecs=vp8,opus", "video/webm", "video/mp4"];
const AUDIO_TYPES = ["audio/webm;codecs=opus", "audio/webm", "audio/mp4", "audio/ogg"];

const PART = 500;  // milliseconds from one part of a recording to the next

/** Why recording cannot work here at all, as a sentence; "" when it can be tried. */
export function whyNoRecording() {
  if (!window.isSecureContext || !navigator.mediaDevices) {
    return "The browser gives camera and microphone only to https pages and to pages of this machine. Files work.";
  }
  if (!window.MediaRecorder) return "This browser cannot record. Files work.";
  return "";
}

function sentenceFor(error, devices) {
  switch (error.name) {
    case "NotAllowedError":
    case "SecurityError":
      return `The browser was not allowed to use the ${devices}. Allow it in the address bar, or choose a file.`;
    case "NotFoundError":
    case "OverconstrainedError":
      return `No ${devices} was found. Choose a file instead.`;
    case "NotReadableError":
      return `The ${devices} is in use by another program. Close it there, or choose a file.`;
    default:
      return `The ${devices} could not be started (${error.message || error.name}). Choose a file instead.`;
  }
}

/** Level of the sound, 0 to 1 over 60 dB, reported until stop(). */
class LevelMeter {
  constructor(stream, report) {
    this.context = new AudioContext();
    this.analyser = this.context.createAnalyser();
    this.analyser.fftSize = 2048;
    this.context.createMediaStreamSource(stream).connect(this.analyser);
    const samples = new Float32Array(this.analyser.fftSize);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.timer = setInterval(() => {
      this.analyser.getFloatTimeDomainData(samples);
      let sum = 0;
      for (const sample of samples) sum += sample * sample;
      const decibels = 10 * Math.log10(sum / samples.length + 1e-9);
      report(Math.min(1, Math.max(0, 1 + decibels / 60)));
    }, calm ? 500 : 60);
  }

  stop() {
    clearInterval(this.timer);
    this.context.close();
  }
}

export class Recording {
  /**
   * Asks for the devices and starts. `show.picture(stream)` and `show.level(0…1)` are called for
   * what there is. Throws an Error whose message is a sentence for the user.
   */
  static async start(modality, show) {
    const wantsSound = modality !== "visual";
    const wantsPicture = modality !== "audio";
    const devices = wantsSound && wantsPicture ? "camera or microphone" : wantsSound ? "microphone" : "camera";
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        audio: wantsSound && {echoCancellation: false, noiseSuppression: false},
        video: wantsPicture && {width: {ideal: 1280}, height: {ideal: 720}, facingMode: "user"},
      });
    } catch (error) {
      throw new Error(sentenceFor(error, devices));
    }
    try {
      return new Recording(stream, wantsPicture, wantsSound, show);
    } catch (error) {
      stream.getTracks().forEach((track) => track.stop());
      throw new Error(sentenceFor(error, devices));
    }
  }

  constructor(stream, picture, sound, show) {
    this.stream = stream;
    const type = (picture ? VIDEO_TYPES : AUDIO_TYPES).find((t) => MediaRecorder.isTypeSupported(t));
    this.recorder = new MediaRecorder(stream, type ? {mimeType: type} : {});
    this.parts = [];
    this.over = false;
    this.awaitNews();
    this.recorder.addEventListener("dataavailable", (event) => {
      this.parts.push(event.data);
      this.tell();
    });
    this.finished = new Promise((resolve) => this.recorder.addEventListener("stop", () => {
      this.over = true;
      this.tell();
      resolve();
    }, {once: true}));
    if (picture) show.picture(stream);
    this.meter = sound ? new LevelMeter(stream, show.level) : null;
    this.recorder.start(PART);
    this.started = performance.now();
  }

  seconds() {
    return (performance.now() - this.started) / 1000;
  }

  awaitNews() {
    this.news = new Promise((resolve) => { this.resolveNews = resolve; });
  }

  tell() {
    this.resolveNews();
    this.awaitNews();
  }

  /** The parts of the recording, each as soon as it is there, until it ends. */
  async *coming() {
    for (let next = 0; ; ++next) {
      while (next === this.parts.length) {
        if (this.over) return;
        await this.news;
      }
      yield this.parts[next];
    }
  }

  /** Ends the recording, frees the devices, and gives what was recorded. */
  async stop() {
    if (this.recorder.state !== "inactive") this.recorder.stop();
    await this.finished;
    this.meter?.stop();
    this.stream.getTracks().forEach((track) => track.stop());
    return new Blob(this.parts, {type: this.recorder.mimeType});
  }
}

// The answer of /api/predict as words, bars and a timeline.

import {drawTimeline, runsOf} from "./timeline.js";

export const KEYS = {audio: "audio", visual: "visual", both: "fused"};  // of an answer, by modality
const MANY = 8;  // stretches of a timeline that are listed without being asked for
const NAMES = {visual: "Visual", audio: "Audio", fused: "Both"};

export function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

export function percent(share) {
  if (share > 0 && share < .005) return "<\u00a01\u00a0%";
  return `${Math.round(100 * share)}\u00a0%`;
}

function topOf(distribution) {
  return Object.entries(distribution).reduce((best, entry) => (entry[1] > best[1] ? entry : best));
}

/** Who decided, as the end of a sentence. */
export function decidedBy(answer, modality) {
  if (modality === "audio") return "from audio alone";
  if (modality === "visual") return "from visual alone";
  if (!answer.visual) return "audio decided: no picture could be looked at";
  if (!answer.audio) return "visual decided: no sound could be listened to";
  if (answer.decided_by === "audio") return "audio decided";
  if (answer.decided_by === "visual") return "visual decided";
  return "visual and audio decided together";
}

/** What the two said, when both spoke. */
function opinions(answer) {
  if (!answer.visual || !answer.audio) return "";
  const [seen, seenShare] = topOf(answer.visual);
  const [heard, heardShare] = topOf(answer.audio);
  return ` (visual: ${seen} ${percent(seenShare)}, audio: ${heard} ${percent(heardShare)})`;
}

/** What is missing or was cut. */
export function remarks(answer) {
  return element("ul", "remarks", ...answer.remarks.map((remark) => element("li", "", remark[0].toUpperCase() + remark.slice(1) + ".")));
}

/** The class, or those between which the answer is not sure. */
export function emotionOf(answer) {
  if (!answer.set || answer.set.length < 2) return answer.emotion;
  const names = answer.set.slice(0, -1).join(", ");
  return `not sure: ${names} or ${answer.set.at(-1)}`;
}

function decision(answer, modality) {
  const by = element("span", "by");
  by.append(element("strong", "", decidedBy(answer, modality)), modality === "both" ? opinions(answer) : "");
  return element("p", "decision", element("span", "emotion", emotionOf(answer)),
    element("span", "confidence", percent(answer.confidence)), by);
}

function cell(key, share, peak) {
  const bar = element("div", "bar");
  bar.style.width = `${(100 * share).toFixed(2)}%`;
  const track = element("div", "track", bar);
  track.setAttribute("aria-hidden", "true");
  return element("td", key + (peak ? " peak" : ""),
    element("div", "cell", track, element("span", "number", percent(share))));
}

function bars(answer, keys) {
  const table = element("table", keys.length > 1 ? "bars three" : "bars");
  table.append(element("caption", "visually-hidden", "Probability of each emotion"));
  const head = element("tr", "", element("th", "", "Emotion"));
  for (const key of keys) {
    const mark = element("span", "key");
    mark.setAttribute("aria-hidden", "true");
    head.append(element("th", key, mark, keys.length > 1 ? NAMES[key] : "Probability"));
  }
  head.childNodes.forEach((th) => th.setAttribute("scope", "col"));
  const body = element("tbody");
  for (const name of answer.classes) {
    const th = element("th", "", name);
    th.setAttribute("scope", "row");
    const row = element("tr", name === answer.emotion ? "top" : "", th);
    for (const key of keys) row.append(cell(key, answer[key][name], name === topOf(answer[key])[0]));
    body.append(row);
  }
  const header = element("thead", keys.length > 1 ? "" : "visually-hidden", head);
  table.append(header, body);
  return table;
}

export function timeline(answer, key) {
  const span = (time) => Math.round(time);
  const spans = runsOf(answer.windows).map((run) => element("li", "",
    `${span(run.from)}–${span(run.to)} s `, element("b", "", run.emotion || "nothing")));
  let runs = element("ul", "runs", ...spans);
  if (spans.length > MANY) {
    runs = element("details", "", element("summary", "", `As text (${spans.length} stretches)`), runs);
  }
  const place = element("div");
  const {start, end} = answer.windows[0];
  const figure = element("figure", "timeline", element("h3", "", "Over time"),
    element("figcaption", "", `Windows of ${+(end - start).toFixed(1)} s. The stronger the colour, the more probable; marked: the answer.`),
    place, runs);
  let drawn = 0;
  new ResizeObserver(([entry]) => {
    const width = Math.round(entry.contentRect.width);
    if (width === drawn || width < 120) return;
    drawn = width;
    place.replaceChildren(drawTimeline(answer, key, width));
  }).observe(figure);
  return figure;
}

export function latency(answer, browserMs) {
  const t = answer.timing_ms;
  const ms = Math.round;
  return element("p", "latency", `Answered in ${Math.round(browserMs)} ms: receiving ${ms(t.receive)}, ` +
    `waiting ${ms(t.wait)}, decoding ${ms(t.decode)}, networks ${ms(t.network)} ms. ` +
    `Clip: ${answer.seconds.toFixed(1)} s` + (answer.pictures ? `, ${answer.pictures} picture${answer.pictures === 1 ? "" : "s"} looked at.` : "."));
}

/** One sentence for screen readers and the status line. */
export function sentence(answer, modality) {
  return `${answer.emotion}, ${percent(answer.confidence)}: ${decidedBy(answer, modality)}.`;
}

const CHECKS = {silent: "the recording is silent", "too dark": "the picture is too dark", "no face": "no face is seen"};

/** What speaks against believing the answer; nothing where nothing does. */
function doubts(answer) {
  if (!answer.checks.length) return [];
  const found = answer.checks.map((check) => CHECKS[check] || check).join(", and ");
  return [element("p", "notice doubts", element("strong", "", "Not to be relied on: "), `${found}.`)];
}

/** A button for each form of the answer: `fetchAs(format)` gives its bytes. */
export function saveButtons(answer, name, fetchAs) {
  const kinds = [["json", "JSON", "json"], ["csv", "CSV", "csv"], ...(answer.seconds > 0 && !answer.every_face ? [["srt", "SRT", "srt"]] : [])];
  const save = async (format, ending) => {
    const link = element("a");
    link.href = URL.createObjectURL(await fetchAs(format));
    link.download = `${name.replace(/\.[^.]*$/, "") || "clip"}.${ending}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };
  return element("p", "save", "Save as ", ...kinds.map(([format, title, ending]) => {
    const button = element("button", `save-${format}`, title);
    button.type = "button";
    button.addEventListener("click", () => save(format, ending));
    return button;
  }));
}

export function renderResult(container, answer, modality, browserMs) {
  const key = KEYS[modality];
  const keys = modality === "both" ? ["visual", "audio", "fused"].filter((k) => answer[k]) : [key];
  container.replaceChildren(...doubts(answer), decision(answer, modality), bars(answer, keys));
  if (answer.windows.length > 1) container.append(timeline(answer, key));
  if (answer.remarks.length) container.append(remarks(answer));
  container.append(latency(answer, browserMs));
  container.hidden = false;
}

// Answers on every face of a picture: boxes over what is played, and a part of the result for each.

import {element, emotionOf, latency, percent, remarks, timeline} from "./result.js";
import {columns, svg} from "./timeline.js";

const nameOf = (face) => `Face ${face.face + 1}`;

/** Where a face is at a time, and what its answer is then; null while it is not seen. */
function momentOf(face, time) {
  if (!face.windows.length) return time >= face.start && time <= face.end ? face : null;
  const found = columns(face.windows).find(({from, to}) => time >= from && time < to);
  if (found) return found.window;
  const last = face.windows[face.windows.length - 1];
  return time >= last.start && time <= last.end ? last : null;
}

/** Draws over a player. Boxes are in pixels of its picture, which is shown whole and centred. */
export class FaceBoxes {
  constructor(over) {
    this.over = over;
    this.player = null;
  }

  follow(player, answer) {
    this.player = player;
    this.answer = answer;
    const draw = () => {
      if (this.player !== player) return;
      this.draw();
      if (player.tagName === "VIDEO") requestAnimationFrame(draw);
    };
    // Players say their size when they know it; pictures may have been shown before the answer came.
    if (player.videoWidth || player.naturalWidth) draw();
    else for (const type of ["loadedmetadata", "load"]) player.addEventListener(type, draw, {once: true});
  }

  draw() {
    const {player} = this;
    const width = player.videoWidth || player.naturalWidth;
    const height = player.videoHeight || player.naturalHeight;
    const time = player.currentTime || 0;
    const moments = this.answer.every_face.map((face) => [face, momentOf(face, time)]).filter(([, moment]) => moment);
    const drawn = JSON.stringify([width, height, player.clientHeight, moments.map(([face, m]) => [face.face, m.x, m.y, m.emotion])]);
    if (!width || drawn === this.drawn) return;
    this.drawn = drawn;
    this.over.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const size = (13 * width) / Math.min(player.clientWidth, (player.clientHeight * width) / height);
    this.over.replaceChildren(...moments.flatMap(([face, moment]) => {
      const box = {x: moment.x, y: moment.y, width: moment.w, height: moment.h};
      const label = {x: moment.x + size / 3, y: moment.y > 1.3 * size ? moment.y - size / 3 : moment.y + moment.h + size};
      return [svg("rect", {class: "under", ...box}), svg("rect", {class: "box", ...box}),
        svg("text", {"font-size": size, ...label}, `${face.face + 1} ${moment.emotion}`)];
    }));
    this.over.removeAttribute("hidden");
  }

  clear() {
    this.player = null;
    this.drawn = "";
    this.over.replaceChildren();
    this.over.setAttribute("hidden", "");
  }
}

export function sentenceOfFaces(answer) {
  const each = answer.every_face.map((face) => `${nameOf(face)}: ${emotionOf(face)}, ${percent(face.confidence)}`);
  return each.join(". ") + ".";
}

export function renderFaces(container, answer, browserMs) {
  container.replaceChildren(...answer.every_face.map((face) => {
    const seen = answer.seconds > 0 ? `${face.start.toFixed(1)} to ${face.end.toFixed(1)} s` : "in the picture";
    const part = element("section", "face", element("h3", "", nameOf(face)),
      element("p", "decision", element("span", "emotion", emotionOf(face)),
        element("span", "confidence", percent(face.confidence)), element("span", "by", seen)));
    if (face.windows.length > 1) {
      part.append(timeline({classes: answer.classes, windows: face.windows, until: answer.seconds}, "visual"));
    }
    return part;
  }));
  if (answer.remarks.length) container.append(remarks(answer));
  container.append(latency(answer, browserMs));
  container.hidden = false;
}

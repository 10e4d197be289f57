// How a longer recording goes on: one row per class, one column per window.

const SVG = "http://www.w3.org/2000/svg";
const NAMES = 72;
const ROW = 18;

export function svg(name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

/** Windows overlap: each stands for the time around its middle, halfway to its neighbours. */
export function columns(windows) {
  const middle = (w) => (w.start + w.end) / 2;
  return windows.map((w, i) => ({
    window: w,
    from: i === 0 ? w.start : (middle(windows[i - 1]) + middle(w)) / 2,
    to: i === windows.length - 1 ? w.end : (middle(w) + middle(windows[i + 1])) / 2,
  }));
}

function shareOf(window, key) {
  return window[key] || {};
}

/** "0–4 s happy", one entry for neighbours with the same answer. */
export function runsOf(windows) {
  const runs = [];
  for (const {window, from, to} of columns(windows)) {
    const last = runs[runs.length - 1];
    if (last && last.emotion === window.emotion) last.to = to;
    else runs.push({emotion: window.emotion, from, to});
  }
  return runs;
}

function tickStep(seconds, width) {
  const most = Math.max(2, Math.floor(width / 70));
  return [1, 2, 5, 10, 20, 30, 60, 120, 300, 600].find((step) => seconds / step <= most) || 1200;
}

/** Marks the answer of a window: a frame, or a line below where many windows leave no room. */
function mark(place, narrow) {
  if (narrow) {
    return svg("rect", {class: "line", x: place.x, y: place.y + place.height - 3, width: place.width, height: 3});
  }
  return svg("rect", {
    class: "winner", x: place.x + .75, y: place.y + .75, width: place.width - 1.5, height: place.height - 1.5,
  });
}

/** `answer`: classes, windows, and `until` where the time axis goes beyond them. */
export function drawTimeline(answer, key, width) {
  const {classes, windows} = answer;
  const end = answer.until || windows[windows.length - 1].end;
  const plot = width - NAMES - 8;
  const x = (seconds) => NAMES + (plot * seconds) / end;
  const height = classes.length * ROW + 22;
  const picture = svg("svg", {
    viewBox: `0 0 ${width} ${height}`, role: "img",
    "aria-label": "Timeline: " + runsOf(windows).map((run) =>
      `${Math.round(run.from)} to ${Math.round(run.to)} seconds ${run.emotion || "nothing"}`).join(", "),
  });
  classes.forEach((name, row) => {
    picture.append(svg("text", {x: 0, y: row * ROW + 13}, name));
    picture.append(svg("rect", {class: "back", x: NAMES, y: row * ROW + 1, width: plot, height: ROW - 2}));
  });
  for (const {window, from, to} of columns(windows)) {
    classes.forEach((name, row) => {
      const share = shareOf(window, key)[name] || 0;
      const place = {x: x(from), y: row * ROW + 1, width: Math.max(1, x(to) - x(from) - 1), height: ROW - 2};
      const cell = svg("rect", {class: "share", "fill-opacity": share.toFixed(3), ...place});
      cell.append(svg("title", {}, `${name}: ${Math.round(100 * share)} % from ${window.start.toFixed(1)} to ${window.end.toFixed(1)} s`));
      picture.append(cell);
      if (name === window.emotion) picture.append(mark(place, plot / windows.length < 12));
    });
  }
  for (let second = 0; second <= end; second += tickStep(end, plot)) {
    const anchor = second === 0 ? "start" : "middle";
    picture.append(svg("text", {x: x(second), y: height - 4, "text-anchor": anchor}, `${second} s`));
  }
  return picture;
}

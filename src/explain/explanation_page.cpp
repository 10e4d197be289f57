#include "explain/explanation_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "explain/heat_pictures.h"
#include "features/feature_picture.h"
#include "report/html.h"
#include "report/tables.h"

namespace aver {
namespace {

constexpr const char* kStyle = R"(
.faces { overflow-x: auto; max-width: 100%; border: 1px solid var(--line); width: fit-content; }
.faces img { display: block; max-width: none; }
.faces.one { overflow: hidden; }
.heard { position: relative; width: fit-content; max-width: 100%; margin: .5rem 0; }
.heard img { display: block; max-width: 100%; height: auto; background: #fff; }
.heard .now { position: absolute; top: 0; bottom: 0; width: 2px; background: #d02020; }
.time { display: flex; gap: .75rem; align-items: center; max-width: 46rem; margin: .75rem 0; }
.time input { flex: 1; }
.time output { min-width: 5rem; font-variant-numeric: tabular-nums; }
)";

// Without it a clip's pictures stand side by side, and nothing is missing.
constexpr const char* kScript = R"js(
document.querySelectorAll("[data-seconds]").forEach(function (clip) {
  var seconds = Number(clip.dataset.seconds);
  var shown = JSON.parse(clip.dataset.shown);
  var faces = clip.querySelector(".faces");
  var marks = clip.querySelectorAll(".now");
  var time = document.createElement("p");
  time.className = "time";
  var slider = document.createElement("input");
  slider.type = "range";
  slider.min = 0;
  slider.max = 1000;
  slider.value = 0;
  slider.setAttribute("aria-label", "Time in " + clip.dataset.name);
  var said = document.createElement("output");
  time.append(slider, said);
  clip.prepend(time);
  function show() {
    var now = seconds * slider.value / 1000;
    var frames = clip.dataset.unit === "frames";
    said.textContent = frames ? "frame " + Math.floor(now) : now.toFixed(2) + " s";
    if (faces) {
      var at = shown.length - 1;
      while (at !== 0 ? shown[at] > now : false) at -= 1;
      faces.firstElementChild.style.transform =
        "translateX(" + -at * Number(faces.dataset.side) + "px)";
    }
    marks.forEach(function (mark) {
      var share = Number(mark.dataset.from) + Number(mark.dataset.over) * now / seconds;
      mark.style.left = 100 * share + "%";
    });
  }
  if (faces) {
    faces.classList.add("one");
    faces.style.width = faces.dataset.side + "px";
  }
  slider.addEventListener("input", show);
  show();
});
)js";

Html image(std::span<const std::byte> png, const std::string& described) {
  return Html::markup(fmt::format("<img alt=\"{}\" src=\"{}\"/>", Html(described).str(),
                                  data_address("image/png", png)));
}

std::string signed_points(double share) {
  return fmt::format("{:+.1f}", 100 * share);
}

Html shares_of(const ExplainedClip& clip) {
  HtmlTable table;
  table.header = {{"", "text"}, "probability", "adds (points)"};
  const auto row = [&](const char* name, const std::optional<double>& probability, double share) {
    if (!probability) return;
    table.rows.push_back({name, percent(probability), clip.shares ? signed_points(share) : "–"});
  };
  const ModalityShares shares = clip.shares.value_or(ModalityShares{});
  row("face", clip.visual, shares.visual);
  row(clip.shares ? "voice" : "model", clip.audio, shares.audio);
  if (clip.shares) {
    table.rows.push_back(
        {"both", percent(clip.probability), signed_points(shares.visual + shares.audio)});
    table.last_rows = 1;
  }
  return html_table(table);
}

std::string words_of(const LookedAt& looked) {
  std::string text =
      looked.gap ? fmt::format("{} (their sum is {:.1f} % off)", looked.method, 100 * *looked.gap)
      : looked.layer.empty() ? looked.method
                             : fmt::format("{} at the layer {}", looked.method, looked.layer);
  if (const auto& check = looked.check) {
    text += fmt::format(
        "; taking away what it marks first leaves {:.1f} % on the mean, at random {:.1f} %; "
        "correlation with a network of shuffled weights {:.2f}",
        100 * check->deletion, 100 * check->random_deletion, check->shuffled);
  }
  return text + ".";
}

Html marked(std::span<const std::byte> png, const std::string& described) {
  const double width = FeaturePainter::kWidth;
  return element("div",
                 image(png, described) +
                     Html::markup(fmt::format(
                         R"(<div class="now" data-from="{:.5f}" data-over="{:.5f}"></div>)",
                         FeaturePainter::kLeft / width, FeaturePainter::kPlotWidth / width)),
                 "heard");
}

Html content_of(const ExplainedClip& clip) {
  Html content = element("p", clip.emotion == clip.answer
                                  ? fmt::format("Why {}, which it was taken for.", clip.emotion)
                                  : fmt::format("What speaks for {}; it was taken for {}.",
                                                clip.emotion, clip.answer));
  for (const std::string& remark : clip.remarks) content += element("p", remark, "note");
  content += shares_of(clip);
  Html moving;
  if (clip.face) moving += element("p", words_of(*clip.face), "note");
  if (!clip.faces.empty()) {
    moving += Html::markup(
                  fmt::format("<div class=\"faces\" tabindex=\"0\" data-side=\"{}\">", kHeatSide)) +
              image(clip.faces, fmt::format("{} pictures of {}, and below each what was looked at",
                                            clip.picture_seconds.size(), clip.name)) +
              Html::markup("</div>\n");
  }
  if (clip.sound) {
    moving += element("p", words_of(*clip.sound), "note");
    moving += marked(clip.features, "Features of " + clip.name + " over time");
    moving += marked(clip.looked, "How much each of them had to do with the answer");
  }
  content += Html::markup(fmt::format(
      "<div data-seconds=\"{:.4f}\" data-unit=\"{}\" data-shown=\"[{:.3f}]\" data-name=\"{}\">",
      std::max(
          {clip.seconds, clip.picture_seconds.empty() ? 0.0 : clip.picture_seconds.back(), 1e-3}),
      clip.unit, fmt::join(clip.picture_seconds, ","), Html(clip.name).str()));
  return content + moving + Html::markup("</div>\n");
}

}  // namespace

std::string explanation_page(const std::vector<ExplainedClip>& clips,
                             const std::vector<std::string>& failed) {
  Html lead = element(
      "p",
      "Warm colours mark what spoke for the class, and a picture without them showed nothing that "
      "did. They say where a network looked, not whether it was right, nor what a person feels.",
      "lead");
  std::vector<HtmlSection> sections;
  const std::size_t shown = std::min(clips.size(), kClipsOnPage);
  for (std::size_t i = 0; i < shown; ++i) {
    sections.push_back({fmt::format("clip-{}", i + 1), clips[i].name, content_of(clips[i])});
  }
  if (shown < clips.size()) {
    HtmlTable others;
    others.header = {{"clip", "text"}, {"class", "text"}, "probability", {"its pictures", "text"}};
    for (const ExplainedClip& clip : std::span(clips).subspan(shown)) {
      others.rows.push_back({clip.name, clip.emotion, percent(clip.probability), clip.folder});
    }
    sections.push_back({"others", "Further clips", html_table(others)});
  }
  if (!failed.empty()) {
    Html list;
    for (const std::string& sentence : failed) list += element("li", sentence);
    sections.push_back({"failed", "Not read", element("ul", list)});
  }
  return html_page("What the models looked at", lead, sections, kStyle, kScript);
}

}  // namespace aver

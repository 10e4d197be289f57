#include "runs/model_card.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>
#include <vector>

#include "base/error.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/toml.h"
#include "corpus/corpus.h"
#include "corpus/known_corpora.h"
#include "eval/confusion.h"
#include "runs/model_file.h"
#include "runs/outcome.h"
#include "runs/run_folder.h"
#include "runs/tested_rows.h"
#include "runs/trained_on.h"

namespace aver {
namespace {

constexpr std::size_t kDraws = 2000;

constexpr const char* kUse = R"(## What it is for

Research on emotion in recordings, and teaching it. Its answers say how strongly a recording resembles what
the people it was trained on did when they showed an emotion; they are no measurement of what a person feels.

It must not be used to judge anyone: not for work, school, insurance, justice, borders or health, nor to watch
people who have not agreed. In the European Union inferring emotions of people at work and in education is
forbidden but for medical or safety reasons (Regulation (EU) 2024/1689, Article 5).
)";

std::string task_of(const std::string& kind) {
  if (kind == "audio") return "audio-classification";
  return kind == "visual" ? "image-classification" : "tabular-classification";
}

/// A text in YAML, whatever is in it.
std::string quoted(const std::string& text) {
  return nlohmann::json(printable(text)).dump();
}

/// "CC BY-NC-SA 4.0" as model hubs write it; nothing for what is no such licence.
std::optional<std::string> licence_id(const std::string& licence) {
  if (!licence.starts_with("CC ")) return std::nullopt;
  std::string id = to_lower(licence);
  std::ranges::replace(id, ' ', '-');
  return id;
}

/// What is known of a model without its tensors.
struct Described {
  std::string kind;
  std::string architecture;
  std::vector<std::string> classes;
  int members = 1;
  TrainedOn people;
  std::string pretrained;
  nlohmann::json input;  ///< how what it reads was made
};

Described described(const ModelCard& card) {
  Described what;
  what.kind = card.metrics.value("kind", "");
  what.classes = card.metrics.value("classes", std::vector<std::string>());
  what.pretrained = card.metrics.value("pretrained", "");
  std::vector<fs::path> models = {card.model};
  if (card.model.empty()) {
    models.clear();
    for (const int fold : folds_in(card.run)) models.push_back(fold_folder(card.run, fold));
  }
  for (const fs::path& path : models) {
    const ModelFile model = read_model(path, "");
    what.input = model.input;
    what.architecture = model.architecture;
    what.members = model.members;
    what.people.merge(trained_on(model.training));
  }
  return what;
}

/// Scores on a test part with their intervals.
struct Tested {
  std::string protocol, unit, leak_check;
  Scores scores;
  Interval accuracy, uar;
  std::size_t items = 0;
  bool speakers = false;
  std::vector<std::string> classes;
  std::set<std::string> corpora;  ///< of the clips, where a table knows them
};

std::optional<Tested> tested_of(const fs::path& run, const nlohmann::json& metrics) {
  const TestedRows rows = read_test_rows({run});
  if (rows.units.empty()) return std::nullopt;
  Tested tested;
  tested.protocol = metrics.value("protocol", "unknown");
  tested.unit = metrics.contains("pictures") ? "pictures" : "clips";
  tested.leak_check = metrics.value("leak_check", "");
  if (metrics.value("chosen_on_test_part", false)) {
    tested.leak_check += " The epoch was chosen on the test part.";
  }
  tested.scores = score(confusion_of(rows.rows, Role::test));
  tested.items = rows.units.size();
  tested.speakers = rows.speakers;
  tested.classes = rows.rows.classes;
  const ClipTable known = clips_of_folder(run, ClipTable());
  for (const auto& [key, clip] : known.clips()) {
    if (const auto corpus = clip.value("corpus"); !corpus.empty()) tested.corpora.insert(corpus);
  }
  const auto draws = bootstrap({outcomes_of(rows)}, kDraws, 42);
  tested.accuracy = percentile_interval(draws.front().accuracy);
  tested.uar = percentile_interval(draws.front().uar);
  return tested;
}

std::string name_of_model(const Described& what) {
  const auto corpora = fmt::format("{}", fmt::join(what.people.corpora, "-"));
  return fmt::format("aver-{}{}{}", what.kind, corpora.empty() ? "" : "-", corpora);
}

std::string head(const Described& what, const std::optional<Tested>& tested) {
  std::string text = "---\nlibrary_name: aver\n";
  text += fmt::format("pipeline_tag: {}\ntags:\n- emotion-recognition\n", task_of(what.kind));
  std::set<std::string> languages;
  for (const std::string& name : what.people.corpora) {
    const auto scheme = shipped_scheme(name);
    if (!scheme) continue;
    for (const auto& language : scheme->languages()) languages.insert(language);
    if (what.people.corpora.size() > 1) continue;
    if (const auto id = licence_id(scheme->licence())) {
      text += fmt::format("license: {}\n", *id);
    }
  }
  if (!languages.empty()) text += fmt::format("language: [{}]\n", fmt::join(languages, ", "));
  text += fmt::format("model-index:\n- name: {}\n", quoted(name_of_model(what)));
  if (!tested) return text + "  results: []\n---\n\n";
  const auto corpora = fmt::format("{}", fmt::join(tested->corpora, ", "));
  text += "  results:\n  - task:\n";
  text += fmt::format("      type: {}\n      name: emotion recognition\n", task_of(what.kind));
  text +=
      fmt::format("    dataset:\n      type: {}\n      name: {}\n",
                  quoted(corpora.empty() ? "unknown" : corpora),
                  quoted(fmt::format("{}, protocol {}", corpora.empty() ? tested->unit : corpora,
                                     tested->protocol)));
  text += "    metrics:\n";
  for (const auto& [type, value, interval] :
       {std::tuple{"uar", tested->scores.uar, tested->uar},
        std::tuple{"accuracy", tested->scores.accuracy, tested->accuracy}}) {
    text += fmt::format("    - type: {}\n      value: {:.4f}\n      name: {}\n", type, value,
                        quoted(fmt::format("{} of the test part, 95 % interval {:.4f} to {:.4f}",
                                           type, interval.low, interval.high)));
  }
  return text + "---\n\n";
}

std::string about(const Described& what) {
  const char* of = what.kind == "audio"    ? "voices"
                   : what.kind == "visual" ? "faces"
                                           : "series of features";
  std::string text = fmt::format("# {}\n\nTells emotions in {} apart: {}.", name_of_model(what), of,
                                 printable(fmt::format("{}", fmt::join(what.classes, ", "))));
  if (!what.architecture.empty()) text += fmt::format(" Network `{}`", what.architecture);
  if (what.architecture.empty()) text += " The paper's network";
  if (what.members > 1) text += fmt::format(", the mean answer of {}", what.members);
  text += ".";
  if (!what.pretrained.empty()) text += " " + printable(what.pretrained);
  return text + "\n\n";
}

std::string trained(const Described& what, bool in_folds) {
  std::string text = "## Whom it was trained on\n\n";
  if (what.people.empty()) return text + "Of its items no clips and no speakers are known.\n\n";
  if (in_folds) text += "One model for each fold, and together they were trained on:\n\n";
  text += fmt::format("{} of {}: {}.\n\n", counted(what.people.clips.size(), "clips"),
                      counted(what.people.speakers.size(), "speakers"),
                      printable(fmt::format("{}", fmt::join(what.people.speakers, ", "))));
  for (const std::string& name : what.people.corpora) {
    const auto scheme = shipped_scheme(name);
    if (!scheme) {
      text += fmt::format("- {}\n", printable(name));
      continue;
    }
    text += fmt::format("- **{}**: {}, {}. {}. Licence of the data: {}.\n", scheme->called(),
                        scheme->title(), scheme->url(), scheme->cite(), scheme->licence());
    if (const auto id = licence_id(scheme->licence())) {
      text += fmt::format(
          "  What is made of it, such as this model, is passed on under the same licence"
          " (`{}`) and with this attribution.\n",
          *id);
    }
  }
  return text +
         "\nIt has met nobody else: other microphones, cameras, languages, ages, and emotions "
         "that nobody acts are unlike what it knows.\n\n";
}

std::string results(const std::optional<Tested>& tested, bool elsewhere) {
  std::string text = "## How well it does\n\n";
  if (!tested) return text + "Nothing of its split was tested.\n\n";
  if (elsewhere) {
    text +=
        "All clips trained this model, so nothing is left to test it with. Models that were "
        "trained in "
        "the same way on a part of them read of the others:\n\n";
  }
  text += "| tested | accuracy [95 %] | UAR [95 %] |\n|---|---|---|\n";
  text += fmt::format(
      "| {}, protocol `{}` | {:.1f} % [{:.1f}–{:.1f}] | {:.1f} % [{:.1f}–{:.1f}] |\n\n",
      counted(tested->items, tested->unit), printable(tested->protocol),
      100 * tested->scores.accuracy, 100 * tested->accuracy.low, 100 * tested->accuracy.high,
      100 * tested->scores.uar, 100 * tested->uar.low, 100 * tested->uar.high);
  text += fmt::format("Intervals are over {}. {}\n\n", tested->speakers ? "speakers" : tested->unit,
                      printable(tested->leak_check));
  text += "| emotion | precision | recall |\n|---|---|---|\n";
  for (std::size_t c = 0; c < tested->classes.size(); ++c) {
    const ClassScores& own = tested->scores.classes[c];
    std::string name = printable(tested->classes[c]);
    for (std::size_t at = 0; (at = name.find('|', at)) != std::string::npos; at += 2) {
      name.insert(at, 1, '\\');
    }
    text +=
        fmt::format("| {} | {:.1f} % | {:.1f} % |\n", name, 100 * own.precision, 100 * own.recall);
  }
  return text + "\n";
}

/// Paths lose the folders of the machine that they were on.
nlohmann::ordered_json placeless(nlohmann::ordered_json value) {
  if (value.is_array()) {
    for (auto& one : value) one = placeless(one);
  } else if (value.is_string()) {
    value = fs::path(value.get<std::string>()).filename().string();
  }
  return value;
}

std::string again(const fs::path& run, const nlohmann::json& input) {
  const RunConfig config = read_run_config(run);
  std::string text = fmt::format(
      "## How it is trained again\n\n`{} --config FILE`, where the file says:\n\n```toml\n",
      config.tool);
  nlohmann::ordered_json settings;
  for (const auto& [key, value] : config.settings.items()) {
    // How fast it was made: the card of the same model made otherwise is the same.
    if (is_of_speed(key)) continue;
    settings[key] = is_place(key) || key == "labels" ? placeless(value) : value;
  }
  text += toml_lines(settings);
  return text + fmt::format("```\n\nWhat it reads was made with:\n\n```json\n{}\n```\n",
                            input.dump(2, ' ', true, nlohmann::json::error_handler_t::replace));
}

}  // namespace

std::string model_card(const ModelCard& card) {
  const Described what = described(card);
  const bool elsewhere = !card.tested.empty();
  const auto tested = elsewhere ? tested_of(card.tested, read_run_metrics(card.tested))
                                : tested_of(card.run, card.metrics);
  return head(what, tested) + about(what) + trained(what, card.model.empty()) +
         results(tested, elsewhere) + kUse + "\n" + again(card.run, what.input);
}

}  // namespace aver

#include "prediction/evaluate_timeline.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/csv.h"
#include "base/durable_file.h"
#include "base/error.h"
#include "base/json_bytes.h"
#include "base/options.h"
#include "base/output_place.h"
#include "base/spreadsheet.h"
#include "base/text.h"
#include "corpus/emotions.h"
#include "corpus/spelling.h"
#include "eval/ratio_interval.h"
#include "prediction/timeline_tables.h"
#include "report/tables.h"
#include "report/timeline_figure.h"
#include "runs/run_folder.h"
#include "store/cleared_folder.h"

namespace aver {
namespace {

constexpr std::size_t kMostDrawn = 8;

/// What one way of answering is worth.
struct Scored {
  std::string name;
  std::vector<std::vector<TimedLabel>> answers;  ///< of each recording
  std::vector<TimelineErrors> errors;
  std::vector<std::vector<OnsetError>> onsets;
  TimelineErrors all;
  std::vector<OnsetError> all_onsets;
  std::optional<Interval> interval;
};

std::string seconds_cell(const std::optional<double>& seconds) {
  return seconds ? fmt::format("{:.3f}", *seconds) : "";
}

class Evaluation {
 public:
  explicit Evaluation(const EvaluateTimelineConfig& config)
      : config_(config), background_(class_or_label(config.background)) {}

  EvaluateTimelineReport run() {
    truth_ = read_true_timelines(config_.truth);
    table_ = read_answered_timelines(config_.answers);
    answers_ = answers_to(truth_, table_);
    for (const TrueTimeline& one : truth_) {
      try {
        references_.push_back(reference_of(one.rows, one.seconds, background_));
      } catch (const Error& error) {
        throw Error("{}: {}: {}", config_.truth.string(), one.file, error.what());
      }
    }
    scored_.push_back(score("as answered", as_answered()));
    if (config_.fit) fit();
    if (!config_.smoother.empty()) smoother_ = read_smoother(config_.smoother);
    if (smoother_) scored_.push_back(score("smoothed", smoothed()));
    const FolderLock lock = lock_cleared(config_.output);
    write_tables();
    return report();
  }

 private:
  std::vector<std::vector<TimedLabel>> as_answered() const {
    std::vector<std::vector<TimedLabel>> timelines;
    for (const AnsweredTimeline* answer : answers_)
      timelines.push_back(timeline_of(answer->labels));
    return timelines;
  }

  void require_probabilities() const {
    if (!table_.classes.empty()) return;
    throw UsageError(
        "{} has no columns of probabilities, which --fit and --smoother need: give the windows of "
        "aver-predict --window SECONDS --format csv",
        config_.answers.string());
  }

  void fit() {
    require_probabilities();
    std::vector<KnownTimeline> known;
    for (std::size_t i = 0; i < truth_.size(); ++i) {
      known.push_back({answers_[i]->windows, references_[i]});
    }
    fit_ = fit_smoother(known, table_.classes, background_);
    fit_->smoother.fitted_on = fmt::format("{}, {:.1f} s", counted(truth_.size(), "recordings"),
                                           scored_.front().all.reference);
    smoother_ = fit_->smoother;
  }

  /// What a smoother was fitted on says nothing of other windows.
  void require_fitted_windows() const {
    constexpr double kRounding = 2e-3;
    if (smoother_->window == 0) return;
    for (const AnsweredTimeline* answer : answers_) {
      if (answer->windows.size() < 2) continue;
      const WindowAnswer& first = answer->windows[0];
      const double window = first.end - first.start;
      const double hop = answer->windows[1].start - first.start;
      if (std::abs(window - smoother_->window) > kRounding ||
          std::abs(hop - smoother_->hop) > kRounding) {
        throw Error(
            "{} was fitted on windows of {:g} s each {:g} s, and {} has windows of {:g} s each "
            "{:g} s",
            config_.smoother.string(), smoother_->window, smoother_->hop, answer->clip, window,
            hop);
      }
    }
  }

  std::vector<std::vector<TimedLabel>> smoothed() const {
    require_probabilities();
    require_fitted_windows();
    std::vector<std::vector<TimedLabel>> timelines;
    for (const AnsweredTimeline* answer : answers_) {
      timelines.push_back(labelled(smoother_->segments(answer->windows), table_.classes));
    }
    return timelines;
  }

  Scored score(std::string name, std::vector<std::vector<TimedLabel>> answers) const {
    Scored scored;
    scored.name = std::move(name);
    scored.answers = std::move(answers);
    for (std::size_t i = 0; i < truth_.size(); ++i) {
      scored.errors.push_back(timeline_errors(references_[i], scored.answers[i], background_));
      scored.onsets.push_back(onset_errors(references_[i], scored.answers[i]));
      scored.all += scored.errors.back();
      std::ranges::copy(scored.onsets.back(), std::back_inserter(scored.all_onsets));
    }
    scored.interval = interval_of(scored.errors);
    return scored;
  }

  std::size_t speakers() const {
    std::set<std::string> names;
    for (const TrueTimeline& one : truth_) names.insert(one.speaker);
    return names.contains("") ? 0 : names.size();
  }

  /// Over speakers, where all are known and there are several, else over recordings.
  std::optional<Interval> interval_of(const std::vector<TimelineErrors>& errors) const {
    std::map<std::string, TimelineErrors> units;
    const bool by_speaker = speakers() > 1;
    for (std::size_t i = 0; i < truth_.size(); ++i) {
      units[by_speaker ? truth_[i].speaker : truth_[i].file] += errors[i];
    }
    if (units.size() < 2) return std::nullopt;
    std::vector<double> wrong, all;
    for (const auto& [unit, sum] : units) {
      wrong.push_back(sum.missed + sum.false_alarm + sum.confused);
      all.push_back(sum.reference);
    }
    return ratio_interval(wrong, all, static_cast<std::size_t>(config_.draws), config_.seed);
  }

  double share_within_tolerance(const std::vector<OnsetError>& onsets) const {
    const auto near = std::ranges::count_if(onsets, [&](const OnsetError& onset) {
      return onset.error && *onset.error <= config_.tolerance;
    });
    return static_cast<double>(near) / static_cast<double>(onsets.size());
  }

  void write_tables() {
    const Scored& last = scored_.back();
    CsvTable recordings{{"file", "speaker", "seconds", "error_rate", "missed", "false_alarm",
                         "confused", "onsets", "median_onset_error"},
                        {},
                        {}};
    CsvTable onsets{{"file", "seconds", "emotion", "error"}, {}, {}};
    CsvTable segments{{"file", "start", "end", "emotion"}, {}, {}};
    for (std::size_t i = 0; i < truth_.size(); ++i) {
      const TimelineErrors& errors = last.errors[i];
      const std::string& file = truth_[i].file;
      recordings.rows.push_back(
          {file, truth_[i].speaker, fmt::format("{:.3f}", errors.reference),
           fmt::format("{:.6f}", errors.rate()), fmt::format("{:.3f}", errors.missed),
           fmt::format("{:.3f}", errors.false_alarm), fmt::format("{:.3f}", errors.confused),
           fmt::format("{}", last.onsets[i].size()),
           seconds_cell(median_onset_error(last.onsets[i]))});
      for (const OnsetError& onset : last.onsets[i]) {
        onsets.rows.push_back(
            {file, fmt::format("{:.3f}", onset.seconds), onset.label, seconds_cell(onset.error)});
      }
      for (const TimedLabel& one : last.answers[i]) {
        segments.rows.push_back(
            {file, fmt::format("{:.3f}", one.start), fmt::format("{:.3f}", one.end), one.label});
      }
    }
    write_file_durably(config_.output / "recordings.csv", spreadsheet_csv(recordings));
    write_file_durably(config_.output / "onsets.csv", spreadsheet_csv(onsets));
    write_file_durably(config_.output / "segments.csv", spreadsheet_csv(segments));
    if (fit_) write_fit();
    if (config_.figure) draw();
  }

  void write_fit() const {
    CsvTable tried{{"change_penalty", "minimum_seconds", "error_rate"}, {}, {}};
    for (const TriedSmoother& one : fit_->tried) {
      tried.rows.push_back({fmt::format("{:g}", one.change_penalty),
                            fmt::format("{:g}", one.minimum_seconds),
                            fmt::format("{:.6f}", one.rate)});
    }
    write_file_durably(config_.output / "tried.csv", spreadsheet_csv(tried));
    write_file_durably(config_.output / "smoother.json",
                       dump_keeping_bytes(aver::json_of(*smoother_), 2) + "\n");
  }

  void draw() {
    std::vector<std::string> labels = table_.classes;
    std::vector<DrawnTimeline> drawn;
    for (std::size_t i = 0; i < truth_.size(); ++i) {
      for (const auto* bar : {&references_[i], &scored_.back().answers[i]}) {
        for (const TimedLabel& one : *bar) labels.push_back(one.label);
      }
      if (drawn.size() < kMostDrawn) {
        drawn.push_back({truth_[i].file, references_[i], scored_.back().answers[i]});
      }
    }
    remarks_ = draw_all(config_.output, {timelines_figure(drawn, in_class_order(labels))});
  }

  nlohmann::json json_of(const Scored& scored) const {
    const double all = scored.all.reference;
    nlohmann::json json = {{"answers", scored.name},
                           {"error_rate", scored.all.rate()},
                           {"missed", scored.all.missed / all},
                           {"false_alarm", scored.all.false_alarm / all},
                           {"confused", scored.all.confused / all},
                           {"onsets", scored.all_onsets.size()}};
    if (scored.interval) {
      json["error_rate_interval"] = {scored.interval->low, scored.interval->high};
    }
    if (scored.all_onsets.empty()) return json;
    json["onsets_within_tolerance"] = share_within_tolerance(scored.all_onsets);
    if (const auto median = median_onset_error(scored.all_onsets)) {
      json["median_onset_error"] = *median;
    }
    return json;
  }

  std::string notes() const {
    std::string notes;
    std::size_t failed = 0;
    for (const AnsweredTimeline* answer : answers_) failed += answer->error.empty() ? 0 : 1;
    if (failed > 0) {
      notes += fmt::format("{} could not be answered, and are missed whole\n",
                           counted(failed, "recordings"));
    }
    if (answers_.size() < table_.clips.size()) {
      const std::size_t more = table_.clips.size() - answers_.size();
      notes += fmt::format("{} that the truth does not have {} left out\n",
                           counted(more, "answers"), more == 1 ? "is" : "are");
    }
    std::set<std::string> unknown;
    for (const auto& reference : references_) {
      for (const TimedLabel& one : reference) unknown.insert(one.label);
    }
    for (const std::string& name : table_.classes) unknown.erase(name);
    if (!table_.classes.empty() && !unknown.empty()) {
      notes += fmt::format("Nothing could be answered with {}, which the model does not know\n",
                           fmt::join(unknown, ", "));
    }
    if (smoother_) {
      notes += fmt::format("Smoothed: a change costs {:g} nats, a segment lasts {:g} s or more\n",
                           smoother_->change_penalty, smoother_->minimum_seconds);
    }
    if (fit_) {
      notes +=
          "Its parameters were fitted on these very recordings: score others with --smoother\n";
    } else if (smoother_ && !smoother_->fitted_on.empty()) {
      notes += fmt::format("It was fitted on {}\n", smoother_->fitted_on);
    }
    return notes;
  }

  EvaluateTimelineReport report() const {
    EvaluateTimelineReport report;
    TextTable table{{"answers", "EDER", "interval", "missed", "false", "confused", "onset error",
                     fmt::format("within {:g} s", config_.tolerance)},
                    {},
                    1};
    nlohmann::json systems = nlohmann::json::array();
    for (const Scored& scored : scored_) {
      const TimelineErrors& all = scored.all;
      const auto median = median_onset_error(scored.all_onsets);
      table.rows.push_back(
          {scored.name, percent(all.rate()), interval_text(scored.interval),
           percent(all.missed / all.reference), percent(all.false_alarm / all.reference),
           percent(all.confused / all.reference), median ? fmt::format("{:.2f} s", *median) : "-",
           scored.all_onsets.empty() ? "-" : percent(share_within_tolerance(scored.all_onsets))});
      systems.push_back(json_of(scored));
    }
    report.text = fmt::format(
        "{}, {:.1f} s, {} changes; background: {}; intervals over {}\n\n{}\n{}Everything is in "
        "{}\n",
        counted(truth_.size(), "recordings"), scored_.front().all.reference,
        scored_.front().all_onsets.size(), background_,
        speakers() > 1 ? counted(speakers(), "speakers") : "recordings", format_table(table),
        notes(), config_.output.string());
    for (const std::string& remark : remarks_) report.text += remark + "\n";
    report.metrics = {{"format", 1},
                      {"recordings", truth_.size()},
                      {"speakers", speakers()},
                      {"seconds", scored_.front().all.reference},
                      {"background", background_},
                      {"tolerance", config_.tolerance},
                      {"fitted_here", config_.fit},
                      {"systems", systems}};
    if (smoother_) report.metrics["smoother"] = aver::json_of(*smoother_);
    write_file_durably(config_.output / "metrics.json",
                       dump_keeping_bytes(report.metrics, 2) + "\n");
    return report;
  }

  const EvaluateTimelineConfig& config_;
  const std::string background_;  ///< the class that it means
  std::vector<TrueTimeline> truth_;
  AnsweredTimelines table_;
  std::vector<const AnsweredTimeline*> answers_;
  std::vector<std::vector<TimedLabel>> references_;
  std::vector<Scored> scored_;  ///< the last one is what tables and figure are of
  std::optional<SmootherFit> fit_;
  std::optional<Smoother> smoother_;
  std::vector<std::string> remarks_;
};

}  // namespace

void EvaluateTimelineConfig::describe(Options& options) {
  options.heading("Input and output");
  options
      .place("truth", truth, "Table with file,start,end,emotion and perhaps speaker and duration")
      .required();
  options
      .place("answers", answers,
             "What aver-predict --format csv wrote of the recordings: windows, or segments")
      .required();
  options.place("output", output, "Folder for the tables and the figure").required();
  options.heading("Scoring");
  options.result("background", background,
                 "The label that is no emotion, and of time that the truth does not name");
  options.result("tolerance", tolerance, "Seconds that an onset may be off and count as found")
      .at_least(0);
  options.result("draws", draws, "Of the bootstrap over speakers, or over recordings")
      .at_least(100);
  options.result("seed", seed, "Seed of the draws");
  options.control("figure", figure, "Draw the first recordings").has_opposite();
  options.heading("Smoothing");
  options.result("fit", fit,
                 "Find the parameters of aver-predict --segments that suit these windows best, and "
                 "write smoother.json: on validation recordings");
  options.place("smoother", smoother, "A smoother.json that was fitted on others");
  options.check([this](std::vector<std::string>& problems) {
    if (fit && !smoother.empty()) {
      problems.emplace_back("--fit makes a smoother and --smoother brings one: give one of them");
    }
    if (background.empty()) problems.emplace_back("--background must name a label");
  });
}

void EvaluateTimelineConfig::validate() const {
  EvaluateTimelineConfig copy = *this;
  Options::of(std::move(copy)).require_valid();
}

EvaluateTimelineReport run_evaluate_timeline(const EvaluateTimelineConfig& config) {
  config.validate();
  if (is_run_folder(config.output)) {
    throw UsageError("--output {} is the folder of a training run: name another",
                     config.output.string());
  }
  refuse_output_beside(config.output, config.truth);
  refuse_output_beside(config.output, config.answers);
  return Evaluation(config).run();
}

}  // namespace aver

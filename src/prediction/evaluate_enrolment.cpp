#include "prediction/evaluate_enrolment.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "base/durable_file.h"
#include "base/environment.h"
#include "base/error.h"
#include "base/json_bytes.h"
#include "base/options.h"
#include "base/parallel.h"
#include "base/random.h"
#include "base/spreadsheet.h"
#include "base/text.h"
#include "eval/confusion.h"
#include "eval/significance.h"
#include "features/mfcc_input.h"
#include "features/speaker_states.h"
#include "nn/network.h"
#include "prediction/enrolment.h"
#include "prediction/model_clips.h"
#include "report/figures.h"
#include "report/tables.h"
#include "runs/chosen_model.h"
#include "runs/run_folder.h"
#include "store/cleared_folder.h"
#include "store/predictions.h"
#include "train/dataset.h"
#include "train/load_network.h"
#include "train/network_options.h"
#include "train/runtime.h"
#include "train/trainer.h"
#include "training/fit.h"

namespace aver {
namespace {

/// A trained fold and the clips it is asked about.
struct TestedFold {
  ModelFile model;
  std::shared_ptr<Network> network;
  std::vector<MfccClip> clips;
  std::map<std::string, std::vector<std::size_t>> own;  ///< speaker -> its clips, by key
};

/// One clip that was answered.
struct Answer {
  std::string speaker;
  Prediction prediction;
};

/// A number of clips: what came out over the repeats.
struct Point {
  int count = 0;
  std::size_t scored = 0;  ///< clips, of one repeat
  double accuracy = 0, uar = 0;
  Interval accuracy_interval, uar_interval;
  std::vector<std::string> left_out;  ///< speakers with no more clips than are drawn
  Predictions predictions;            ///< of the first repeat
};

std::vector<fs::path> runs_below(const std::vector<fs::path>& given) {
  std::vector<fs::path> runs;
  for (const fs::path& run : given) {
    const auto folds = fs::is_directory(run) ? folds_in(run) : std::vector<int>();
    for (const int fold : folds) runs.push_back(fold_folder(run, fold));
    if (folds.empty()) runs.push_back(run);
  }
  return runs;
}

class Evaluation {
 public:
  Evaluation(const EvaluateEnrolmentConfig& config, Progress& progress)
      : config_(config), progress_(progress) {}

  EvaluateEnrolmentReport run() {
    start_runtime("cpu", config_.threads > 0 ? config_.threads : available_cpus());
    for (const fs::path& run : runs_below(config_.runs)) folds_.push_back(read_fold(run));
    std::vector<Point> points;
    const std::size_t steps = config_.counts.size() * static_cast<std::size_t>(config_.repeats);
    progress_.start("enrolling", steps);
    for (const int count : config_.counts) {
      points.push_back(point_of(count));
      if (points.back().scored > 0) continue;
      throw Error(
          "--enrol {}: no speaker of the {} part has more clips, so that none is left to score",
          count, config_.part);
    }
    progress_.finish();
    const FolderLock lock = lock_cleared(config_.output);
    write_tables(points);
    return report_of(points);
  }

 private:
  TestedFold read_fold(const fs::path& run) {
    TestedFold fold;
    fold.model = read_chosen_model(run, "");
    if (fold.model.kind == "visual") {
      throw UsageError("{} is a model of pictures, whose input has no mean of a person",
                       run.string());
    }
    require_takes_enrolment(fold.model, run);
    if (!classes_.empty() && classes_ != fold.model.classes) {
      throw Error("{} has other classes than the models before it", run.string());
    }
    classes_ = fold.model.classes;
    fold.network = load_network(fold.model, run.string(), torch::Device(torch::kCPU));
    const Split split = split_of_model(run_of_model(run), fold.model);
    std::set<std::string> asked;
    for (const SplitRow& row : split.rows) {
      if (row.role == part_) asked.insert(row.item);
    }
    if (clips_.clips.empty()) {
      clips_ = clips_for_model(fold.model, config_.input, config_.choice, config_.workers,
                               std::nullopt, progress_);
      for (const MfccClip& clip : clips_.clips) table_.add(clip.clip);
    }
    for (const MfccClip& clip : clips_.clips) {
      if (!asked.contains(clip.clip.key)) continue;
      const std::string speaker = speaker_to_enrol(table_, clip.clip);
      if (!tested_.insert(clip.clip.key).second) {
        throw Error("{} is in the {} part of two runs: give one run for each fold", clip.clip.key,
                    config_.part);
      }
      fold.own[speaker].push_back(fold.clips.size());
      fold.clips.push_back(clip);
    }
    if (fold.clips.empty()) {
      throw Error("{} has no clip of {} in its {} part", run.string(), config_.input.string(),
                  config_.part);
    }
    return fold;
  }

  /// What one fold says of the clips that are left when `count` of each speaker are drawn.
  void answer(const TestedFold& fold, int count, std::uint64_t seed, std::vector<Answer>& answers,
              std::set<std::string>& left_out) const {
    const EnrolledClips enrolled =
        enrolled_clips(fold.clips, fold.own, static_cast<std::size_t>(count), seed, fold.model);
    left_out.insert(enrolled.left_out.begin(), enrolled.left_out.end());
    std::vector<std::size_t> asked;
    std::vector<std::string> speakers;
    for (const auto& [speaker, rest] : enrolled.asked) {
      asked.insert(asked.end(), rest.begin(), rest.end());
      speakers.insert(speakers.end(), rest.size(), speaker);
    }
    if (asked.empty()) return;
    ClipFeatures features;
    for (const std::size_t clip : asked) features.push_back(&enrolled.clips[clip].array);
    const auto options = network_options(fold.model);
    const MfccDataset dataset(
        features, std::vector<std::int64_t>(asked.size(), -1), fold.model.normalisation,
        static_cast<std::size_t>(options.as<SeriesNetworkOptions>().max_frames));
    std::vector<std::size_t> all(asked.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    const auto distributions = predict(*fold.network, dataset, all, torch::Device(torch::kCPU));
    const int number = fold.model.training.value("fold", 0);
    for (const std::size_t i : all) {
      const Clip& clip = fold.clips[asked[i]].clip;
      if (std::ranges::find(classes_, clip.label) == classes_.end()) continue;
      answers.push_back({speakers[i], {clip.key, number, part_, clip.label, distributions[i]}});
    }
  }

  /// A set, for folds may have been trained with several.
  std::set<std::string> pretrained_notes() const {
    std::set<std::string> notes;
    for (const TestedFold& fold : folds_) {
      notes.insert(pretrained_note(fold.model.input));
      notes.insert(start_note(fold.model.training));
    }
    notes.erase("");
    return notes;
  }

  /// What stands under every table of answers that know so many clips.
  std::string uses_of(int count) const {
    std::vector<std::string> uses;
    if (count > 0) uses.push_back(uses_of_enrolled(static_cast<std::size_t>(count)));
    std::ranges::copy(pretrained_notes(), std::back_inserter(uses));
    return joined_uses(uses);
  }

  Point point_of(int count) {
    Point point;
    point.count = count;
    // Without any clip there is nothing to draw.
    const int repeats = count == 0 ? 1 : config_.repeats;
    std::set<std::string> left_out;
    std::vector<UnitOutcomes> outcomes;  // of each repeat
    for (int repeat = 0; repeat < repeats; ++repeat) {
      std::vector<Answer> answers;
      const auto seed = derive_seed(config_.seed, {static_cast<std::uint64_t>(repeat)});
      for (const TestedFold& fold : folds_) answer(fold, count, seed, answers, left_out);
      progress_.update(++done_);
      if (answers.empty()) break;
      ConfusionMatrix matrix(classes_);
      std::map<std::string, std::size_t> unit;
      for (const Answer& one : answers) unit.emplace(one.speaker, unit.size());
      outcomes.emplace_back(unit.size(), classes_.size());
      for (const auto& [speaker, prediction] : answers) {
        const std::size_t truth = matrix.index_of(prediction.label);
        const std::size_t said = argmax(prediction.probabilities);
        matrix.add(truth, said);
        outcomes.back().add(unit.at(speaker), truth, truth == said);
        if (repeat == 0) point.predictions.rows.push_back(prediction);
      }
      const Scores scores = score(matrix);
      point.scored = scores.total;
      point.accuracy += scores.accuracy / repeats;
      point.uar += scores.uar / repeats;
    }
    point.left_out.assign(left_out.begin(), left_out.end());
    if (outcomes.empty()) return point;
    point.predictions.classes = classes_;
    point.predictions.uses = uses_of(count);
    std::ranges::sort(point.predictions.rows, {}, &Prediction::clip);
    // The same speakers are drawn for every repeat, whose means are what has an interval.
    const auto draws =
        bootstrap(outcomes, static_cast<std::size_t>(config_.draws), config_.seed, config_.workers);
    point.accuracy_interval = mean_interval(draws, &BootstrapDraws::accuracy);
    point.uar_interval = mean_interval(draws, &BootstrapDraws::uar);
    return point;
  }

  void write_tables(const std::vector<Point>& points) {
    CsvTable table{{"clips", "scored", "accuracy", "accuracy_low", "accuracy_high", "uar",
                    "uar_low", "uar_high"},
                   {},
                   {}};
    std::string data;
    for (const Point& point : points) {
      write_predictions(config_.output / fmt::format("predictions-{}.csv", point.count),
                        point.predictions);
      table.rows.push_back({fmt::format("{}", point.count), fmt::format("{}", point.scored),
                            fmt::format("{:.6f}", point.accuracy),
                            fmt::format("{:.6f}", point.accuracy_interval.low),
                            fmt::format("{:.6f}", point.accuracy_interval.high),
                            fmt::format("{:.6f}", point.uar),
                            fmt::format("{:.6f}", point.uar_interval.low),
                            fmt::format("{:.6f}", point.uar_interval.high)});
      data += fmt::format("{} {:.4f} {:.4f} {:.4f}\n", point.count, 100 * point.uar,
                          100 * point.uar_interval.low, 100 * point.uar_interval.high);
    }
    write_file_durably(config_.output / "enrolment.csv", spreadsheet_csv(table));
    Drawing drawing;
    drawing.name = "enrolment";
    drawing.columns = "clips uar low high";
    drawing.data = data;
    drawing.height = 420;
    std::vector<std::string> marks;
    for (const Point& point : points) marks.push_back(fmt::format("{}", point.count));
    drawing.commands = fmt::format("set xtics ({})\n", fmt::join(marks, ", ")) +
                       "set xlabel 'unlabelled clips of the tested person'\n"
                       "set ylabel 'UAR (%)'\n"
                       "set grid ytics lc rgb '#dddddd'\n"
                       "set border 3\nset tics nomirror\nset xrange [-1:]\n"
                       "set key off\n"
                       "set offsets graph 0.03, graph 0.03, graph 0.05, graph 0.05\n"
                       "plot 'enrolment.dat' using 1:3:4 with filledcurves fc rgb '#c6dbef', "
                       "'' using 1:2 with linespoints lw 2 pt 7 lc rgb '#08519c'\n";
    warnings_ = draw_all(config_.output, {drawing});
  }

  EvaluateEnrolmentReport report_of(const std::vector<Point>& points) const {
    EvaluateEnrolmentReport report;
    TextTable table{{"enrolled", "clips", "accuracy", "interval", "UAR", "interval"}, {}, 1};
    nlohmann::json rows = nlohmann::json::array();
    std::string notes;
    for (const Point& point : points) {
      table.rows.push_back({fmt::format("{}", point.count), fmt::format("{}", point.scored),
                            percent(point.accuracy), interval_text(point.accuracy_interval),
                            percent(point.uar), interval_text(point.uar_interval)});
      rows.push_back(
          {{"clips", point.count},
           {"scored", point.scored},
           {"accuracy", point.accuracy},
           {"accuracy_interval", {point.accuracy_interval.low, point.accuracy_interval.high}},
           {"uar", point.uar},
           {"uar_interval", {point.uar_interval.low, point.uar_interval.high}}});
      if (!point.left_out.empty()) {
        notes += fmt::format("With {} clips left out, having no more: {}\n", point.count,
                             fmt::join(point.left_out, ", "));
      }
    }
    for (const std::string& note : pretrained_notes()) notes += note + "\n";
    report.text = fmt::format(
        "{} part, {} of {} folds; each line uses N unlabelled clips of the tested person\n"
        "(drawn {} times, never scored); acted, balanced corpora flatter it.\n\n{}\n{}"
        "Everything is in {}\n",
        config_.part, counted(speakers(), "speakers"), folds_.size(), config_.repeats,
        format_table(table), notes, config_.output.string());
    for (const std::string& warning : warnings_) report.text += warning + "\n";
    report.metrics = {{"format", 1},
                      {"part", config_.part},
                      {"folds", folds_.size()},
                      {"speakers", speakers()},
                      {"repeats", config_.repeats},
                      {"seed", config_.seed},
                      {"uses", "N unlabelled clips of the tested person"},
                      {"curve", rows}};
    write_file_durably(config_.output / "metrics.json",
                       dump_keeping_bytes(report.metrics, 2) + "\n");
    return report;
  }

  std::size_t speakers() const {
    std::size_t count = 0;
    for (const TestedFold& fold : folds_) count += fold.own.size();
    return count;
  }

  const EvaluateEnrolmentConfig& config_;
  Progress& progress_;
  const Role part_ = role_named(config_.part).value();
  std::vector<TestedFold> folds_;
  std::vector<std::string> classes_;
  std::set<std::string> tested_;
  MfccClips clips_;
  ClipTable table_;
  std::size_t done_ = 0;
  std::vector<std::string> warnings_;
};

}  // namespace

void EvaluateEnrolmentConfig::describe(Options& options) {
  options.heading("Input and output");
  options
      .place("model", runs,
             "Finished runs trained with --centre speaker, or folders of their folds")
      .required();
  options.place("input", input, "What they were trained on: a stage folder of features, or series")
      .required();
  options.place("output", output, "Folder for the tables and the figure").required();
  choice.describe(options, Effect::result);
  options.heading("Enrolment");
  options.result("enrol", counts, "Numbers of unlabelled clips of each tested person")
      .each_at_least(0);
  options.result("repeats", repeats, "Times that clips are drawn").at_least(1);
  options.result("part", part, "test, or validation: which settings are chosen on")
      .one_of({"test", "validation"});
  options.result("seed", seed, "Seed of the draws");
  options.result("draws", draws, "Of the bootstrap over speakers").at_least(100);
  options.heading("Running");
  options.control("threads", threads, "Threads of LibTorch (0 = the CPUs this process may use)")
      .at_least(0);
  describe_workers(options, workers);
}

void EvaluateEnrolmentConfig::validate() const {
  EvaluateEnrolmentConfig copy = *this;
  Options::of(std::move(copy)).require_valid();
}

EvaluateEnrolmentReport run_evaluate_enrolment(const EvaluateEnrolmentConfig& config,
                                               Progress& progress) {
  config.validate();
  if (is_run_folder(config.output)) {
    throw UsageError("--output {} is the folder of a training run: name another",
                     config.output.string());
  }
  return in_one_sentence("evaluate", [&] { return Evaluation(config, progress).run(); });
}

}  // namespace aver

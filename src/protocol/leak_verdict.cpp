#include "protocol/leak_verdict.h"

#include <fmt/format.h>

#include <vector>

namespace aver {
namespace {

const char* things(const LeakVerdict& verdict) {
  return verdict.clips_known ? "clips" : "items";
}

/// The test part is clean, and what chose the weights is not.
bool only_validation_leaks(const LeakVerdict& verdict) {
  return !verdict.leaks() && verdict.validation_leaks();
}

/// Says what training and validation have seen; it stands behind the word for a leak.
std::string details_of(const LeakVerdict& verdict) {
  std::string text =
      verdict.seen() + (verdict.leaks() ? "; expect lower figures on new people." : ".");
  if (only_validation_leaks(verdict)) {
    text += fmt::format(" Validation shares {} {}, {} {} and {} {} under another name with it.",
                        verdict.validation_groups, verdict.people, verdict.validation_clips,
                        things(verdict), verdict.validation_sounds,
                        verdict.pictures ? "pictures" : "recordings");
    if (verdict.validation_versions > 0) {
      text += fmt::format(" {} of its {} have a version of themselves in training.",
                          verdict.validation_versions, things(verdict));
    }
  }
  if (verdict.by_name) {
    text += " Only names were compared; aver-split audit --input compares what the files hold.";
  }
  if (!verdict.validated) text += " The test part also served as validation.";
  return text;
}

}  // namespace

std::string LeakVerdict::seen() const {
  std::vector<std::string> parts;
  if (test_groups > 0) {
    parts.push_back(fmt::format("{} of {} test {}", shared_groups, test_groups, people));
  } else {
    parts.push_back(fmt::format("an unknown number of test {}", people));
  }
  parts.push_back(fmt::format("{} of {} test {}", shared_clips, test_clips, things(*this)));
  if (frames) parts.push_back(fmt::format("{} identical frames", shared_items));
  if (shared_sounds > 0)
    parts.push_back(
        fmt::format("{}{} under another name", shared_sounds, pictures ? " pictures" : ""));
  std::string text = fmt::format("Training has seen {}", fmt::join(parts, ", "));
  if (shared_versions > 0) {
    text += fmt::format("; {} of {} test items have a version of themselves in training",
                        shared_versions, test_clips);
  }
  if (begun_clips + begun_speakers > 0) {
    text += fmt::format(
        "; the weights that it began with had met {} clips that test or validate, and the {} of {} "
        "more",
        begun_clips, people, begun_speakers);
  }
  return text;
}

std::string LeakVerdict::finding() const {
  if (!checked()) return fmt::format("Not possible, {}.", unchecked);
  return (only_validation_leaks(*this) ? "None found in the test part. " : "") + details_of(*this);
}

std::string LeakVerdict::sentence() const {
  if (!checked()) return fmt::format("Leak check: not possible, {}.", unchecked);
  const char* word = leaks()                        ? "LEAK"
                     : only_validation_leaks(*this) ? "none found in the test part"
                                                    : "none found";
  return fmt::format("Leak check: {}. {}", word, details_of(*this));
}

}  // namespace aver

#include "curation/exchange_formats.h"

#include "base/error.h"
#include "base/text.h"
#include "curation/audformat.h"
#include "curation/emobox.h"
#include "curation/hugging_face.h"
#include "curation/kaldi.h"

namespace aver {

const std::vector<ExchangeFormat>& exchange_formats() {
  static const std::vector<ExchangeFormat> kFormats = {
      {"audformat", "db.yaml and the CSV tables of a database", false, read_audformat,
       write_audformat},
      {"emobox", "EmoBox's JSON lines", true, read_emobox, write_emobox},
      {"kaldi", "a data directory: wav.scp, utt2spk, utt2emo", false, read_kaldi, write_kaldi,
       true},
      {"hugging-face", "metadata.csv of an audio, image or video folder", false, read_hugging_face,
       write_hugging_face},
  };
  return kFormats;
}

std::string format_problem(const std::string& name) {
  std::vector<std::string> names;
  for (const auto& format : exchange_formats()) {
    if (format.name == name) return {};
    names.push_back(format.name);
  }
  if (name.empty()) return fmt::format("--format is required: {}", fmt::join(names, ", "));
  const auto guess = nearest(name, names);
  return fmt::format("--format must be one of {}, not '{}'{}", fmt::join(names, ", "), name,
                     guess ? fmt::format("; did you mean {}?", *guess) : "");
}

const ExchangeFormat& exchange_format(const std::string& name) {
  for (const auto& format : exchange_formats()) {
    if (format.name == name) return format;
  }
  throw UsageError("{}", format_problem(name));
}

std::string exchange_formats_help() {
  std::vector<std::string> lines;
  for (const auto& format : exchange_formats()) {
    lines.push_back(fmt::format("{} ({})", format.name, format.clause));
  }
  return fmt::format("{}", fmt::join(lines, ", "));
}

}  // namespace aver

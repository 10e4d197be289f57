#include "corpus/known_corpora.h"

#include <algorithm>
#include <map>
#include <mutex>

#include "base/archives.h"
#include "base/error.h"
#include "base/inner_path.h"
#include "base/text.h"
#include "corpora.h"
#include "folds.h"

namespace aver {
namespace {

std::string stem_of(std::string_view file) {
  return std::string(file.substr(0, file.rfind('.')));
}

}  // namespace

std::vector<std::string> known_corpora() {
  std::vector<std::string> names;
  for (const auto& [file, text] : k_corpora) names.push_back(stem_of(file));
  std::sort(names.begin(), names.end());
  return names;
}

std::shared_ptr<const Scheme> shipped_scheme(const std::string& name) {
  static std::mutex mutex;
  static std::map<std::string, std::shared_ptr<const Scheme>> read;
  for (const auto& [file, text] : k_corpora) {
    if (stem_of(file) != name) continue;
    const std::lock_guard lock(mutex);
    auto& scheme = read[name];
    if (!scheme) scheme = std::make_shared<const Scheme>(text, std::string(file));
    return scheme;
  }
  return nullptr;
}

namespace {

/// Descriptions of a user's own, by the name they give: clips say that name and nothing else.
struct OwnSchemes {
  std::mutex mutex;
  std::map<std::string, std::shared_ptr<const Scheme>> by_name;

  static OwnSchemes& get() {
    static OwnSchemes schemes;
    return schemes;
  }
};

}  // namespace

std::shared_ptr<const Scheme> own_scheme(const std::string& name) {
  OwnSchemes& own = OwnSchemes::get();
  const std::lock_guard lock(own.mutex);
  const auto found = own.by_name.find(name);
  return found == own.by_name.end() ? nullptr : found->second;
}

std::shared_ptr<const Scheme> scheme_named(const std::string& name) {
  if (auto scheme = shipped_scheme(name)) return scheme;
  if (fs::path(name).extension() == ".toml") {
    auto scheme = std::make_shared<const Scheme>(read_file(name), name);
    // Clips say the name alone, and would be taken for the other's.
    if (const auto shipped = shipped_scheme(scheme->name());
        shipped && shipped->toml() != scheme->toml()) {
      throw UsageError("{}: a corpus named '{}' comes with aver; give yours a name of its own",
                       name, scheme->name());
    }
    OwnSchemes& own = OwnSchemes::get();
    const std::lock_guard lock(own.mutex);
    own.by_name[scheme->name()] = scheme;
    return scheme;
  }
  if (const std::string way = fs::is_regular_file(name) ? way_to_unpack(name) : ""; !way.empty()) {
    throw UsageError("--corpus {} is an archive: {} unpacks it", name, way);
  }
  const auto known = known_corpora();
  const auto guess = nearest(name, known);
  throw UsageError(
      "--corpus is '{}', which is no corpus that is known ({}), no .toml and no .csv{}", name,
      fmt::join(known, ", "), guess ? fmt::format("; did you mean {}?", *guess) : "");
}

const Scheme& ravdess() {
  static const std::shared_ptr<const Scheme> scheme = shipped_scheme("ravdess");
  return *scheme;
}

std::shared_ptr<const Scheme> scheme_of(const Clip& clip) {
  const std::string corpus = clip.value("corpus");
  auto scheme = shipped_scheme(corpus);
  return scheme ? scheme : own_scheme(corpus);
}

std::string people_of(const Clip& clip) {
  const auto scheme = scheme_of(clip);
  return scheme ? scheme->people() : "speakers";
}

std::string person_of(const Clip& clip) {
  std::string people = people_of(clip);
  if (people.ends_with('s')) people.pop_back();
  return people;
}

std::string folds_text(const std::string& file, const std::string& beside) {
  for (const auto& [name, text] : k_folds) {
    if (name == file) return std::string(text);
  }
  return read_file(inner_path(fs::path(beside).parent_path(), file, beside,
                              "put the table of folds beside the description"));
}

}  // namespace aver

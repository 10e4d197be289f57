#include "markup.h"

#include <regex>
#include <set>
#include <vector>

namespace aver::test {
namespace {

const std::regex kTag(R"(<(/?)([a-zA-Z][a-zA-Z0-9]*)((?: [a-zA-Z][a-zA-Z0-9-]*="[^"<]*")*)(/?)>)");
const std::regex kAttribute(R"re( (id|href)="([^"]*)")re");
const std::regex kEntity("&(amp|lt|gt|quot|#39);");

std::string near(const std::string& page, std::size_t position) {
  return " at \"" + page.substr(position, 60) + "\"";
}

struct Names {
  std::set<std::string> ids, links;
  std::string doubled;
  void take(const std::string& attributes) {
    for (std::sregex_iterator it(attributes.begin(), attributes.end(), kAttribute), end; it != end;
         ++it) {
      const std::string value = (*it)[2];
      if ((*it)[1] == "href") {
        links.insert(value.starts_with('#') ? value.substr(1) : value);
      } else if (!ids.insert(value).second) {
        doubled = value;
      }
    }
  }
};

}  // namespace

std::string markup_problem(const std::string& page) {
  const std::string doctype = "<!DOCTYPE html>\n";
  if (!page.starts_with(doctype)) return "no doctype";
  std::vector<std::string> open;
  Names names;
  for (std::size_t at = page.find_first_of("<&", doctype.size()); at != std::string::npos;) {
    std::smatch match;
    const auto begin = page.begin() + static_cast<std::ptrdiff_t>(at);
    const auto flags = std::regex_constants::match_continuous;
    if (page[at] == '&') {
      if (!std::regex_search(begin, page.end(), match, kEntity, flags)) {
        return "no entity" + near(page, at);
      }
    } else {
      if (!std::regex_search(begin, page.end(), match, kTag, flags)) {
        return "no tag" + near(page, at);
      }
      const std::string tag = match[2];
      names.take(match[3]);
      if (match[1].length() > 0) {
        if (open.empty() || open.back() != tag) return "closes what is not open" + near(page, at);
        open.pop_back();
      } else if (match[4].length() == 0) {
        open.push_back(tag);
      }
    }
    at = page.find_first_of("<&", at + static_cast<std::size_t>(match.length()));
  }
  if (!open.empty()) return "not closed: " + open.back();
  if (!names.doubled.empty()) return "twice the id " + names.doubled;
  for (const std::string& link : names.links) {
    if (!names.ids.contains(link)) return "no id for the link " + link;
  }
  return "";
}

}  // namespace aver::test

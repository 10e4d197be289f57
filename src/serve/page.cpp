#include "serve/page.h"

#include <array>
#include <span>

// Made from src/serve/page at build time.
#include "app.js.h"
#include "faces.js.h"
#include "icon.svg.h"
#include "index.html.h"
#include "openapi.json.h"
#include "recorder.js.h"
#include "result.js.h"
#include "style.css.h"
#include "timeline.js.h"

namespace aver {
namespace {

struct Entry {
  std::string_view path;
  std::string_view type;
  std::span<const unsigned char> bytes;
};

constexpr std::string_view kScript = "text/javascript; charset=utf-8";
const std::array kFiles = {
    Entry{"/", "text/html; charset=utf-8", k_index_html},
    Entry{"/style.css", "text/css; charset=utf-8", k_style_css},
    Entry{"/icon.svg", "image/svg+xml", k_icon_svg},
    Entry{"/app.js", kScript, k_app_js},
    Entry{"/faces.js", kScript, k_faces_js},
    Entry{"/recorder.js", kScript, k_recorder_js},
    Entry{"/result.js", kScript, k_result_js},
    Entry{"/timeline.js", kScript, k_timeline_js},
};

std::string_view text_of(std::span<const unsigned char> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

std::string_view openapi_text() {
  return text_of(k_openapi_json);
}

std::optional<PageFile> page_file(std::string_view path) {
  for (const Entry& entry : kFiles) {
    if (entry.path == path) {
      return PageFile{entry.type, text_of(entry.bytes)};
    }
  }
  return std::nullopt;
}

}  // namespace aver

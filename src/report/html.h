#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aver {

// Blocks of a page that is one file: no script, nothing fetched, well-formed as XML too. A piece of
// markup has a type of its own, and plain text becomes one only by being escaped.

/// Markup. Text converts to it with what HTML means replaced; characters that no page may hold, and
/// bytes that are no UTF-8, are shown as printable_text() does.
class Html {
 public:
  Html() = default;
  Html(std::string_view text);  // NOLINT(*-explicit-*): it is safe
  Html(const std::string& text) : Html(std::string_view(text)) {}  // NOLINT(*-explicit-*)
  Html(const char* text) : Html(std::string_view(text)) {}         // NOLINT(*-explicit-*)
  /// Adds text as it is: only for what this program wrote.
  static Html markup(std::string written);

  Html& operator+=(const Html& more);
  friend Html operator+(Html one, const Html& other) { return one += other; }
  const std::string& str() const { return markup_; }
  bool empty() const { return markup_.empty(); }

 private:
  std::string markup_;
};

/// `<tag class="kind">content</tag>`; no class when `kind` is empty.
Html element(std::string_view tag, const Html& content, std::string_view kind = {});

/// `kind` is the cell's CSS class: "" for a number (flush right), "text", "plot", "s0" … "s8" for a
/// shade. A cell without one takes its column's, the one of the header.
struct HtmlCell {
  HtmlCell(const char* text) : content(text) {}         // NOLINT(*-explicit-*)
  HtmlCell(const std::string& text) : content(text) {}  // NOLINT(*-explicit-*)
  HtmlCell(Html markup, std::string_view css = {}) : content(std::move(markup)), kind(css) {}
  Html content;
  std::string_view kind;  ///< a literal
};

/// A table that scrolls sideways on narrow screens, by keyboard too.
struct HtmlTable {
  std::string caption;
  std::vector<HtmlCell> header;
  std::vector<std::vector<HtmlCell>> rows;  ///< the first cell of each is its heading
  std::string_view kind;                    ///< CSS class of the table
  std::size_t last_rows = 0;                ///< below a rule: means, totals
};
Html html_table(const HtmlTable& table);

/// Content that opens on demand, and is all there in print.
Html html_details(const Html& summary, const Html& content);

struct HtmlSection {
  std::string id;     ///< letters, digits and '-'
  std::string title;  ///< its heading and its name in the list of sections
  Html content;
};

/// The bytes of a picture as the source of an image of a page that is one file.
std::string data_address(std::string_view media_type, std::span<const std::byte> bytes);

/// A page with a heading, what stands below it, links to the sections, and those. Light and dark as
/// the reader's system asks, light in print. `more_style` follows the style sheet. `script`, ours
/// and without "<" and
/// "&", makes the page move; it must be whole without.
std::string html_page(const std::string& title, const Html& lead,
                      const std::vector<HtmlSection>& sections, const std::string& more_style = "",
                      const std::string& script = "");

}  // namespace aver

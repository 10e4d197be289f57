#include "report/html.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "base/printable.h"
#include "report/html_style.h"

namespace aver {
namespace {

void append_escaped(std::string& to, std::string_view text) {
  for (const char c : printable_text(text)) {
    if (c == '&') {
      to += "&amp;";
    } else if (c == '<') {
      to += "&lt;";
    } else if (c == '>') {
      to += "&gt;";
    } else if (c == '"') {
      to += "&quot;";
    } else if (c == '\'') {
      to += "&#39;";
    } else {
      to += c;
    }
  }
}

void open_tag(std::string& to, std::string_view tag, std::string_view kind) {
  to += '<';
  to += tag;
  if (!kind.empty()) {
    to += " class=\"";
    append_escaped(to, kind);
    to += '"';
  }
}

void append_cell(std::string& to, const HtmlCell& cell, std::string_view tag,
                 std::string_view scope, std::string_view kind) {
  open_tag(to, tag, kind);
  if (!scope.empty()) {
    to += " scope=\"";
    to += scope;
    to += '"';
  }
  to += '>';
  to += cell.content.str();
  to += "</";
  to += tag;
  to += '>';
}

}  // namespace

Html::Html(std::string_view text) {
  append_escaped(markup_, text);
}

Html Html::markup(std::string written) {
  Html html;
  html.markup_ = std::move(written);
  return html;
}

Html& Html::operator+=(const Html& more) {
  markup_ += more.markup_;
  return *this;
}

Html element(std::string_view tag, const Html& content, std::string_view kind) {
  std::string text;
  open_tag(text, tag, kind);
  text += '>';
  text += content.str();
  text += "</";
  text += tag;
  text += ">\n";
  return Html::markup(std::move(text));
}

Html html_table(const HtmlTable& table) {
  const Html caption(table.caption);
  std::string text = fmt::format(
      "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{}\">\n", caption.str());
  open_tag(text, "table", table.kind);
  text += "><caption><span>" + caption.str() + "</span></caption>\n<thead><tr>";
  for (const HtmlCell& cell : table.header) append_cell(text, cell, "th", "col", cell.kind);
  text += "</tr></thead>\n<tbody>\n";
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    const auto& row = table.rows[r];
    const bool first_of_last = table.last_rows > 0 && r + table.last_rows == table.rows.size();
    text += first_of_last ? "<tr class=\"total\">" : "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i) {
      const bool heading = i == 0;
      const bool own = !row[i].kind.empty() || i >= table.header.size();
      append_cell(text, row[i], heading ? "th" : "td", heading ? "row" : "",
                  own ? row[i].kind : table.header[i].kind);
    }
    text += "</tr>\n";
  }
  text += "</tbody></table></div>\n";
  return Html::markup(std::move(text));
}

Html html_details(const Html& summary, const Html& content) {
  return Html::markup("<details><summary>" + summary.str() + "</summary>\n" + content.str() +
                      "</details>\n");
}

std::string data_address(std::string_view media_type, std::span<const std::byte> bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text = fmt::format("data:{};base64,", media_type);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t here = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      bits = bits << 8 | (k < here ? std::to_integer<std::uint32_t>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text += k <= here ? kDigits[bits >> (18 - 6 * k) & 63U] : '=';
    }
  }
  return text;
}

std::string html_page(const std::string& title, const Html& lead,
                      const std::vector<HtmlSection>& sections, const std::string& more_style,
                      const std::string& script) {
  const Html name(title);
  std::string text = fmt::format(
      R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:{4}"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<title>{0}</title>
<style>
{1}{3}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<h1>{0}</h1>
{2}</header>
<nav aria-label="Sections"><ul>
)",
      name.str(), kHtmlStyle, lead.str(), more_style,
      script.empty() ? "" : "; script-src 'unsafe-inline'");
  for (const HtmlSection& section : sections) {
    text += fmt::format("<li><a href=\"#{}\">{}</a></li>\n", section.id, Html(section.title).str());
  }
  text += "</ul></nav>\n<main id=\"content\" tabindex=\"-1\">\n";
  for (const HtmlSection& section : sections) {
    text += fmt::format(
        "<section id=\"{0}\" aria-labelledby=\"{0}-title\">\n"
        "<h2 id=\"{0}-title\">{1}</h2>\n{2}</section>\n",
        section.id, Html(section.title).str(), section.content.str());
  }
  text += "</main>\n";
  if (!script.empty()) text += fmt::format("<script>\n{}</script>\n", script);
  return text + "</body>\n</html>\n";
}

}  // namespace aver

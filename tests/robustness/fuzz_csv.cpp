// A CSV table, ours and one from elsewhere.
#include "base/csv.h"
#include "base/spreadsheet.h"
#include "robustness.h"

using namespace aver;
using namespace aver::robustness;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const CsvOrigin origin : {CsvOrigin::ours, CsvOrigin::elsewhere}) {
    answered(text_of(data, size), [&] {
      const CsvTable table = parse_csv(text_of(data, size), "input", origin);
      for (const auto& row : table.rows) {
        require(row.size() == table.header.size(), "a row of another width than the header");
      }
      if (table.header.empty()) return;  // nothing but columns that are left out
      const CsvTable again = parse_csv(spreadsheet_csv(table), "again");
      require(again.header == table.header, "another header after writing it");
      // A row of one empty field is a blank line, which is passed over.
      require(again.rows == table.rows || table.header.size() == 1,
              "other rows after writing them");
    });
  }
  return 0;
}

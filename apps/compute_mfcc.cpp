#include "stages/compute_mfcc.h"

#include "cli.h"
#include "stage_outcome.h"

int main(int argc, char** argv) {
  using namespace aver;
  cli::Tool tool("aver-compute-mfcc",
                 "Compute the MFCCs of each sound of an audio stage folder, equal to librosa's, as "
                 ".npy and as a picture. A second run does only what is missing or changed.");
  ComputeMfccConfig config;
  config.describe(tool.options());
  tool.example("The MFCCs of the demo's sounds once more, in a folder of their own",
               "aver-compute-mfcc -i demo-work/audio -o demo-work/mfcc-2");
  tool.example("Twenty coefficients at 16 kHz, arrays only",
               "aver-compute-mfcc -i demo-work/audio -o demo-work/mfcc-16k --sample-rate 16000 "
               "--coefficients 20 --no-pictures");

  return tool.run(argc, argv, [&] {
    return cli::outcome_of(run_compute_mfcc(config, tool.progress()), config, tool, "files");
  });
}

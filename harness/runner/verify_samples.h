// The journal against the samples that a run had to ask.
#pragma once

#include <filesystem>
#include <vector>

#include "harness/journal/run_record.h"
#include "harness/journal/sample_record.h"
#include "harness/runner/plan.h"
#include "harness/runner/verify.h"

namespace tessera {

/// Reads the journals and gives the samples that count, as ReadJournal does, without those of benchmarks that `run`
/// does not have. A mismatch for each of those, for a line after a sample was answered in the same start of the run,
/// for two workers that answered differently, and for a torn last line.
std::vector<SampleRecord> CheckJournalLines(const std::filesystem::path& run_folder, const RunRecord& run,
                                            Verification* verification);

/// Compares the number of samples of one benchmark with run.json: all that can be said without the data.
void CheckSampleCount(const BenchmarkRecord& record, const std::vector<SampleRecord>& samples,
                      Verification* verification);

/// Compares one benchmark's samples of the journal with `planned`: each is there, none besides, with the same
/// questions, choices, references and tags, and with pictures of the same content.
void CheckPlannedSamples(const BenchmarkRecord& record, const std::vector<PlannedSample>& planned,
                         const std::vector<SampleRecord>& samples, Verification* verification);

}  // namespace tessera

// run.json of a run that is about to start.
#pragma once

#include "harness/journal/provenance.h"
#include "harness/journal/run_record.h"
#include "harness/runner/plan.h"
#include "harness/runner/run.h"

namespace tessera {

/// What `settings` ask for, with the hashes of all files of data and model, but without what only the backend knows:
/// precision and device as used. `notice` is told about long hashing. Throws kInput for a file that cannot be read.
RunRecord DescribeRun(const RunSettings& settings, const Plan& plan, const Notice& notice);

}  // namespace tessera

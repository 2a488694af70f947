#include "metrics/mmmu_table.h"

#include <algorithm>
#include <map>
#include <string>

namespace tessera::metrics {
namespace {

using Names = std::string_view[];

constexpr Names kArt = {"Art", "Art_Theory", "Design", "Music"};
constexpr Names kBusiness = {"Accounting", "Economics", "Finance", "Manage", "Marketing"};
constexpr Names kScience = {"Biology", "Chemistry", "Geography", "Math", "Physics"};
constexpr Names kHealth = {"Basic_Medical_Science", "Clinical_Medicine", "Diagnostics_and_Laboratory_Medicine",
                           "Pharmacy", "Public_Health"};
constexpr Names kHumanities = {"History", "Literature", "Sociology", "Psychology"};
constexpr Names kTech = {
    "Agriculture", "Architecture_and_Engineering", "Computer_Science", "Electronics", "Energy_and_Power",
    "Materials",   "Mechanical_Engineering"};

constexpr MmmuDomain kDomains[] = {
    {"Art and Design", "Art & Design", kArt},
    {"Business", "Business", kBusiness},
    {"Science", "Science", kScience},
    {"Health and Medicine", "Health & Medicine", kHealth},
    {"Humanities and Social Science", "Humanities & Social Science", kHumanities},
    {"Tech and Engineering", "Tech & Engineering", kTech},
};

using SubjectScores = std::map<std::string, Score, std::less<>>;

SubjectScores BySubject(std::span<const SampleScore> scores) {
  SubjectScores subjects;
  for (const SampleScore& score : scores) {
    Score& subject = subjects[score.tags.at("category")];
    if (!score.value) {
      ++subject.unscored;
      continue;
    }
    ++subject.scored;
    subject.undecided += score.undecided ? 1 : 0;
    subject.value = subject.value.value_or(0) + *score.value;
  }
  for (auto& [name, subject] : subjects) {
    subject.name = name;
    subject.unit = "fraction";
    if (subject.value) *subject.value /= subject.scored;
  }
  return subjects;
}

/// The mean over those of `names` that are there, weighted by their sizes.
Score Weighted(std::string name, const SubjectScores& subjects, std::span<const std::string_view> names) {
  Score mean{.name = std::move(name), .unit = "fraction"};
  double sum = 0;
  for (const std::string_view subject_name : names) {
    const auto it = subjects.find(subject_name);
    if (it == subjects.end()) continue;
    const Score& subject = it->second;
    mean.scored += subject.scored;
    mean.unscored += subject.unscored;
    mean.undecided += subject.undecided;
    sum += subject.value.value_or(0) * subject.scored;
  }
  if (mean.scored > 0) mean.value = sum / mean.scored;
  return mean;
}

}  // namespace

std::span<const MmmuDomain> MmmuDomains() { return kDomains; }

std::span<const std::string_view> MmmuSubjects() {
  static const auto kSubjects = [] {
    std::array<std::string_view, 30> names;
    auto next = names.begin();
    for (const MmmuDomain& domain : kDomains) next = std::copy(domain.subjects.begin(), domain.subjects.end(), next);
    std::sort(names.begin(), names.end());
    return names;
  }();
  return kSubjects;
}

const MmmuDomain* MmmuDomainOf(std::string_view subject) {
  for (const MmmuDomain& domain : kDomains) {
    if (std::find(domain.subjects.begin(), domain.subjects.end(), subject) != domain.subjects.end()) return &domain;
  }
  return nullptr;
}

std::string_view MmmuSubjectOfId(std::string_view id) {
  const std::size_t first = id.find('_');
  const std::size_t last = id.rfind('_');
  if (first == last) return "";
  return id.substr(first + 1, last - first - 1);
}

std::vector<Score> MmmuTable(std::span<const SampleScore> scores) {
  const SubjectScores subjects = BySubject(scores);
  std::vector<Score> table;
  for (const MmmuDomain& domain : kDomains) {
    table.push_back(Weighted("Overall-" + std::string(domain.name), subjects, domain.subjects));
    for (const std::string_view name : domain.subjects) {
      if (const auto it = subjects.find(name); it != subjects.end()) table.push_back(it->second);
    }
  }
  table.push_back(Weighted("Overall", subjects, MmmuSubjects()));
  return table;
}

}  // namespace tessera::metrics

#include "tests/google_contract/live/report.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <map>

namespace live {
namespace {

using contract::Json;

constexpr std::size_t kShownBytes = 400;    // of a body on the screen
constexpr std::size_t kStoredBytes = 4000;  // of a body in the document

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \n");
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(" \n") - first + 1));
}

// On one line and cut within the limit. Of what is no text, a gzip body for example, the size.
std::string shortened(const std::string& text, std::size_t most) {
  const bool binary = std::any_of(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x09 || (c > 0x0d && c < 0x20); });
  if (binary) return "(" + std::to_string(text.size()) + " bytes)";
  std::string out;
  bool space = false;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\n' || c == '\r' || c == '\t';
    if (blank && space) continue;
    space = blank;
    out += blank ? ' ' : c;
  }
  if (out.size() <= most) return out;
  std::size_t end = most;
  // Not within a character.
  while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xc0) == 0x80) --end;
  return out.substr(0, end) + " ...";
}

// One operand in the message of EXPECT_EQ: the expression, and its value where that differs.
std::pair<std::string, std::string> operand(std::string_view block) {
  constexpr std::string_view kWhich = "\n    Which is: ";
  const std::size_t which = block.find(kWhich);
  if (which == std::string_view::npos) return {trimmed(block), trimmed(block)};
  return {trimmed(block.substr(0, which)), trimmed(block.substr(which + kWhich.size()))};
}

const char* to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::agrees: return "agrees";
    case Verdict::agrees_late: return "agrees late";
    case Verdict::differs: return "differs";
    case Verdict::found: return "found";
    case Verdict::not_run: break;
  }
  return "not run";
}

std::string padded(const std::string& text, std::size_t width) {
  return text + std::string(width > text.size() ? width - text.size() : 1, ' ');
}

std::string number(std::size_t value) {
  std::string text = std::to_string(value);
  return std::string(text.size() < 10 ? 10 - text.size() : 0, ' ') + text;
}

// Replaces what follows each `label`, as much of it as `length` says, by dots.
void hide_after(std::string& text, std::string_view label,
                const std::function<std::size_t(std::string_view)>& length) {
  for (std::size_t at = 0; (at = text.find(label, at)) != std::string::npos;) {
    at += label.size();
    text.replace(at, length(std::string_view(text).substr(at)), "...");
  }
}

using Totals = std::array<std::size_t, 5>;  // by verdict

std::string row(const std::string& name, const Totals& cells) {
  std::string out = padded(name, 17);
  for (const std::size_t cell : cells) out += number(cell);
  return out + "\n";
}

std::string section_totals(const RunResult& run) {
  std::string out =
      "\n" + padded("section", 18) + "    agree      late    differ     found   not run\n";
  std::vector<std::string> sections;
  std::map<std::string, Totals> totals;
  Totals all{};
  for (const Finding& one : run.findings) {
    const auto verdict = static_cast<std::size_t>(one.verdict);
    if (!totals.contains(one.fact->section)) sections.push_back(one.fact->section);
    ++totals[one.fact->section][verdict];
    ++all[verdict];
  }
  for (const std::string& section : sections) out += row(section, totals[section]);
  return out + row("all", all);
}

std::string evidence_totals(const RunResult& run) {
  std::string out;
  for (const auto evidence : {contract::Evidence::documented, contract::Evidence::observed,
                              contract::Evidence::guessed}) {
    std::size_t agree = 0, differ = 0;
    for (const Finding& one : run.findings) {
      if (one.fact->evidence != evidence) continue;
      agree += one.verdict == Verdict::agrees || one.verdict == Verdict::agrees_late ? 1 : 0;
      differ += one.verdict == Verdict::differs ? 1 : 0;
    }
    out += padded(contract::to_string(evidence), 12) + std::to_string(agree) + " agree, " +
           std::to_string(differ) + " differ\n";
  }
  return out;
}

// What the probes have found, as the controls of the emulator take it.
Json behaviour_json(const RunResult& run) {
  Json values = Json::object();
  for (const Finding& one : run.findings)
    if (one.verdict == Verdict::found) values.set(one.fact->switch_name, one.value);
  return values;
}

std::string behaviour_text(const RunResult& run) {
  const Json values = behaviour_json(run);
  if (values.members().empty()) return "";
  std::string lines, options;
  for (const auto& [name, value] : values.members()) {
    lines += "google: " + name + " = " + value.as_string() + "\n";
    options += " --assume " + name + "=" + value.as_string();
  }
  return "\nWhat was only guessed:\n" + lines + "As options: google_emulator" + options + "\n";
}

std::string reasons_not_run(const RunResult& run, const Redactor& redact) {
  std::map<std::string, std::size_t> reasons;
  for (const Finding& one : run.findings)
    if (one.verdict == Verdict::not_run) ++reasons[one.why];
  std::string out = reasons.empty() ? "" : "\nNot run:\n";
  for (const auto& [why, count] : reasons) out += number(count) + "  " + redact(why) + "\n";
  return out;
}

std::string difference(std::size_t index, const Finding& finding, const Redactor& redact) {
  const auto shown = [&](const std::string& text) { return shortened(redact(text), kShownBytes); };
  const contract::Fact& fact = *finding.fact;
  std::string out = "\n" + std::to_string(index) + ". " + fact.section + ": " + shown_title(fact) +
                    "\n   evidence: " + contract::to_string(fact.evidence) + "\n";
  for (const Mismatch& one : finding.mismatches) {
    if (one.message.empty())
      out += "   looked at: " + shown(one.expression) + "\n   expected:  " + shown(one.expected) +
             "\n   got:       " + shown(one.actual) + "\n";
    else
      out += "   " + shown(one.message) + "\n";
  }
  for (const Exchange& one : finding.exchanges) {
    out += "   " + one.method + " " + shown(one.target) +
           (one.body.empty() ? "" : " " + shown(one.body)) + "\n";
    out += "     " + std::to_string(one.status) + " " + shown(one.response) + "\n";
  }
  return out;
}

Json mismatch_json(const Mismatch& mismatch, const Redactor& redact) {
  const auto stored = [&](const std::string& text) {
    return shortened(redact(text), kStoredBytes);
  };
  if (!mismatch.message.empty()) return Json::object({{"message", stored(mismatch.message)}});
  return Json::object({{"looked_at", redact(mismatch.expression)},
                       {"expected", stored(mismatch.expected)},
                       {"got", stored(mismatch.actual)}});
}

Json finding_json(const Finding& finding, const Redactor& redact) {
  const auto stored = [&](const std::string& text) {
    return shortened(redact(text), kStoredBytes);
  };
  Json entry = Json::object({{"section", finding.fact->section},
                             {"fact", finding.fact->title},
                             {"evidence", contract::to_string(finding.fact->evidence)},
                             {"verdict", to_string(finding.verdict)}});
  if (!finding.why.empty()) entry.set("why", redact(finding.why));
  if (finding.fact->probe) entry.set("switch", finding.fact->switch_name);
  if (finding.verdict == Verdict::found) entry.set("value", finding.value);
  if (finding.verdict != Verdict::differs) return entry;
  Json statements = Json::array(), exchanges = Json::array();
  for (const Mismatch& one : finding.mismatches) statements.push(mismatch_json(one, redact));
  for (const Exchange& one : finding.exchanges)
    exchanges.push(Json::object({{"request", one.method + " " + redact(one.target)},
                                 {"body", stored(one.body)},
                                 {"status", one.status},
                                 {"answer", stored(one.response)}}));
  entry.set("statements", std::move(statements));
  entry.set("exchanges", std::move(exchanges));
  return entry;
}

}  // namespace

Mismatch mismatch_in(const std::string& message) {
  constexpr std::string_view kEqual = "Expected equality of these values:\n",
                             kActual = "  Actual: ";
  Mismatch out;
  if (message.starts_with(kEqual)) {
    // Two blocks, indented by two. A line without indentation is a remark of the fact.
    std::vector<std::string> blocks;
    std::size_t at = kEqual.size();
    while (at < message.size() && message.compare(at, 2, "  ") == 0) {
      std::size_t end = std::min(message.find('\n', at), message.size());
      if (message.compare(at, 4, "    ") == 0 && !blocks.empty())
        blocks.back() += "\n" + message.substr(at, end - at);
      else
        blocks.push_back(message.substr(at, end - at));
      at = end + 1;
    }
    if (blocks.size() == 2) {
      const auto first = operand(blocks[0]), second = operand(blocks[1]);
      out.expression = first.first;
      out.actual = first.second;
      out.expected = second.second;
      return out;
    }
  }
  if (message.starts_with("Value of: ")) {
    const std::size_t actual = message.find(kActual), expected = message.find("\nExpected: ");
    if (actual != std::string::npos && expected != std::string::npos) {
      out.expression = trimmed(message.substr(10, actual - 10));
      out.actual =
          trimmed(message.substr(actual + kActual.size(), expected - actual - kActual.size()));
      out.expected = trimmed(message.substr(expected + 11));
      return out;
    }
  }
  out.message = trimmed(message);
  return out;
}

void Redactor::hide(const std::string& value, const std::string& replacement) {
  if (value.size() < 6) return;
  replacements_.emplace_back(value, replacement);
  if (const std::string encoded = contract::escape(value); encoded != value)
    replacements_.emplace_back(encoded, replacement);
}

std::string Redactor::operator()(std::string text) const {
  for (const auto& [value, replacement] : replacements_)
    for (std::size_t at = 0; (at = text.find(value, at)) != std::string::npos;
         at += replacement.size())
      text.replace(at, value.size(), replacement);
  hide_after(text, "eid=", [](std::string_view rest) {  // the calendar's id in base64
    return std::min(
        rest.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_%-"),
        rest.size());
  });
  hide_after(text, "\"displayName\":", [](std::string_view rest) {
    std::size_t at = rest.find_first_not_of(' ');
    if (at == std::string_view::npos || rest[at] != '"') return std::size_t{0};
    for (++at; at < rest.size() && rest[at] != '"'; ++at) at += rest[at] == '\\' ? 1 : 0;
    return std::min(at + 1, rest.size());
  });
  return text;
}

std::size_t count_differences(const RunResult& run, bool strict) {
  return static_cast<std::size_t>(
      std::count_if(run.findings.begin(), run.findings.end(), [&](const Finding& one) {
        return one.verdict == Verdict::differs &&
               (strict || one.fact->evidence != contract::Evidence::guessed);
      }));
}

std::string to_text(const RunResult& run, const Redactor& redact) {
  std::string out = section_totals(run) + "\n" + evidence_totals(run);
  out += behaviour_text(run) + reasons_not_run(run, redact);
  if (std::any_of(run.findings.begin(), run.findings.end(),
                  [](const Finding& one) { return one.verdict == Verdict::agrees_late; }))
    out +=
        "\nLate: agreed only when the reads waited after a write. Google is not consistent at "
        "once; the emulator is.\n";
  const std::size_t all = count_differences(run), known = count_differences(run, false);
  out += "\nDifferences: " + std::to_string(all);
  if (all != known) out += ", " + std::to_string(all - known) + " of them from a guess";
  out += "\n";
  std::size_t index = 0;
  for (const Finding& one : run.findings)
    if (one.verdict == Verdict::differs) out += difference(++index, one, redact);
  out += "\n" + std::to_string(run.requests) + " requests, " + std::to_string(run.calendars) +
         " calendars made, " + std::to_string(run.left) + " left";
  if (run.rate_limited > 0)
    out += "; Google asked " + std::to_string(run.rate_limited) + " times to slow down";
  out += ".\n";
  if (run.left > 0) out += "Some calendars could not be deleted: ./dev live --clean\n";
  if (!run.stopped.empty()) out += "The run ended early: " + redact(run.stopped) + "\n";
  return out;
}

Json to_json(const RunResult& run, const Redactor& redact) {
  Json findings = Json::array();
  for (const Finding& one : run.findings) findings.push(finding_json(one, redact));
  return Json::object(
      {{"google", run.google},
       {"requests", run.requests},
       {"calendars_made", run.calendars},
       {"calendars_left", run.left},
       {"slowed", run.rate_limited},
       {"stopped", redact(run.stopped)},
       {"differences", count_differences(run)},
       {"guessed_differences", count_differences(run) - count_differences(run, false)},
       {"behaviour", behaviour_json(run)},
       {"findings", std::move(findings)}});
}

}  // namespace live

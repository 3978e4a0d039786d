#include "tests/google_contract/live/report.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace live {
namespace {

using contract::Json;

constexpr std::size_t kLine = 400;       // of a body on the screen
constexpr std::size_t kDocument = 4000;  // of a body in the document

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \n");
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(" \n") - first + 1));
}

// Bytes that are no text, a gzip body for example, are only counted.
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
  while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xc0) == 0x80)
    --end;  // not within a character
  return out.substr(0, end) + " ...";
}

// The block below "label" in the words of EXPECT_EQ: an expression, and its value where that is
// another text.
std::pair<std::string, std::string> operand(std::string_view block) {
  constexpr std::string_view kWhich = "\n    Which is: ";
  const std::size_t which = block.find(kWhich);
  if (which == std::string_view::npos) return {trimmed(block), trimmed(block)};
  return {trimmed(block.substr(0, which)), trimmed(block.substr(which + kWhich.size()))};
}

std::string word(Verdict verdict) {
  switch (verdict) {
    case Verdict::agrees: return "agrees";
    case Verdict::agrees_late: return "agrees late";
    case Verdict::differs: return "differs";
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

// Replaces what follows each `label`, as long as `length` says, by dots.
void blank(std::string& text, std::string_view label,
           const std::function<std::size_t(std::string_view)>& length) {
  for (std::size_t at = 0; (at = text.find(label, at)) != std::string::npos;) {
    at += label.size();
    text.replace(at, length(std::string_view(text).substr(at)), "...");
  }
}

void print_difference(std::string& out, std::size_t index, const Finding& finding,
                      const Mask& mask) {
  const contract::Check& check = *finding.check;
  out += "\n" + std::to_string(index) + ". " + check.section + ": " + check.fact +
         "\n   known: " + contract::word(check.known) + "\n";
  for (const Statement& one : finding.statements) {
    if (!one.words.empty()) {
      out += "   " + shortened(mask(one.words), kLine) + "\n";
      continue;
    }
    out += "   looked at: " + shortened(mask(one.of), kLine) +
           "\n   expected:  " + shortened(mask(one.expected), kLine) +
           "\n   got:       " + shortened(mask(one.got), kLine) + "\n";
  }
  for (const Exchange& one : finding.exchanges) {
    out += "   " + one.method + " " + shortened(mask(one.target), kLine) +
           (one.body.empty() ? "" : " " + shortened(mask(one.body), kLine)) + "\n";
    out += "     " + std::to_string(one.status) + " " + shortened(mask(one.answer), kLine) + "\n";
  }
}

}  // namespace

Statement statement(const std::string& words) {
  constexpr std::string_view kEqual = "Expected equality of these values:\n",
                             kActual = "  Actual: ";
  Statement out;
  if (words.starts_with(kEqual)) {
    // Two blocks indented by two; a further line without indentation is the check's own remark.
    std::vector<std::string> blocks;
    std::size_t at = kEqual.size();
    while (at < words.size() && words.compare(at, 2, "  ") == 0) {
      std::size_t end = std::min(words.find('\n', at), words.size());
      if (words.compare(at, 4, "    ") == 0 && !blocks.empty())
        blocks.back() += "\n" + words.substr(at, end - at);
      else
        blocks.push_back(words.substr(at, end - at));
      at = end + 1;
    }
    if (blocks.size() == 2) {
      const auto first = operand(blocks[0]), second = operand(blocks[1]);
      out.of = first.first;
      out.got = first.second;
      out.expected = second.second;
      return out;
    }
  }
  if (words.starts_with("Value of: ")) {
    const std::size_t actual = words.find(kActual), expected = words.find("\nExpected: ");
    if (actual != std::string::npos && expected != std::string::npos) {
      out.of = trimmed(words.substr(10, actual - 10));
      out.got = trimmed(words.substr(actual + kActual.size(), expected - actual - kActual.size()));
      out.expected = trimmed(words.substr(expected + 11));
      return out;
    }
  }
  out.words = trimmed(words);
  return out;
}

void Mask::hide(const std::string& value, const std::string& word) {
  if (value.size() < 6)
    return;  // no address and no secret is so short; replacing it would tear other words apart
  words_.emplace_back(value, word);
  if (const std::string encoded = contract::escape(value); encoded != value)
    words_.emplace_back(encoded, word);
}

std::string Mask::operator()(std::string text) const {
  for (const auto& [value, word] : words_)
    for (std::size_t at = 0; (at = text.find(value, at)) != std::string::npos; at += word.size())
      text.replace(at, value.size(), word);
  blank(text, "eid=", [](std::string_view rest) {  // the calendar's id in base64
    return std::min(
        rest.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_%-"),
        rest.size());
  });
  blank(text, "\"displayName\":", [](std::string_view rest) {
    std::size_t at = rest.find_first_not_of(' ');
    if (at == std::string_view::npos || rest[at] != '"') return std::size_t{0};
    for (++at; at < rest.size() && rest[at] != '"'; ++at) at += rest[at] == '\\' ? 1 : 0;
    return std::min(at + 1, rest.size());
  });
  return text;
}

std::size_t differences(const Session& run) {
  return static_cast<std::size_t>(
      std::count_if(run.findings.begin(), run.findings.end(),
                    [](const Finding& one) { return one.verdict == Verdict::differs; }));
}

std::string printed(const Session& run, const Mask& mask) {
  std::string out = "\n" + padded("section", 18) + "    agree      late    differ   not run\n";
  std::vector<std::string> sections;
  std::map<std::string, std::array<std::size_t, 4>> totals;
  std::array<std::size_t, 4> all{};
  std::map<std::string, std::size_t> reasons;
  for (const Finding& one : run.findings) {
    if (!totals.contains(one.check->section)) sections.push_back(one.check->section);
    ++totals[one.check->section][static_cast<std::size_t>(one.verdict)];
    ++all[static_cast<std::size_t>(one.verdict)];
    if (one.verdict == Verdict::not_run) ++reasons[one.why];
  }
  const auto line = [&](const std::string& name, const std::array<std::size_t, 4>& cells) {
    out += padded(name, 17);
    for (const std::size_t cell : cells) out += number(cell);
    out += "\n";
  };
  for (const std::string& section : sections) line(section, totals[section]);
  line("all", all);
  out += "\n";
  for (const auto known :
       {contract::Known::documented, contract::Known::observed, contract::Known::guessed}) {
    const auto has = [&](const Finding& one, bool agreeing) {
      return one.check->known == known &&
             (agreeing ? one.verdict == Verdict::agrees || one.verdict == Verdict::agrees_late
                       : one.verdict == Verdict::differs);
    };
    const auto count = [&](bool agreeing) {
      return std::to_string(std::count_if(run.findings.begin(), run.findings.end(),
                                          [&](const Finding& one) { return has(one, agreeing); }));
    };
    out +=
        padded(contract::word(known), 12) + count(true) + " agree, " + count(false) + " differ\n";
  }
  if (!reasons.empty()) out += "\nNot run:\n";
  for (const auto& [why, count] : reasons) out += number(count) + "  " + mask(why) + "\n";
  if (all[1] > 0)
    out +=
        "\nLate: agreed only when the reads waited after a write. Google is not consistent at "
        "once; the emulator is.\n";
  const std::size_t found = differences(run);
  out += "\nDifferences: " + std::to_string(found) + "\n";
  std::size_t index = 0;
  for (const Finding& one : run.findings)
    if (one.verdict == Verdict::differs) print_difference(out, ++index, one, mask);
  out += "\n" + std::to_string(run.requests) + " requests, " + std::to_string(run.calendars) +
         " calendars made, " + std::to_string(run.left) + " left";
  if (run.slowed > 0) out += "; Google asked " + std::to_string(run.slowed) + " times to slow down";
  out += ".\n";
  if (run.left > 0) out += "Some calendars could not be deleted: ./dev live --clean\n";
  if (!run.stopped.empty()) out += "The run ended early: " + mask(run.stopped) + "\n";
  return out;
}

Json document(const Session& run, const Mask& mask) {
  Json findings = Json::array();
  for (const Finding& one : run.findings) {
    Json entry = Json::object({{"section", one.check->section},
                               {"fact", one.check->fact},
                               {"known", contract::word(one.check->known)},
                               {"verdict", word(one.verdict)}});
    if (!one.why.empty()) entry.set("why", mask(one.why));
    if (one.verdict == Verdict::differs) {
      Json statements = Json::array(), exchanges = Json::array();
      for (const Statement& said : one.statements) {
        if (!said.words.empty())
          statements.push(Json::object({{"words", shortened(mask(said.words), kDocument)}}));
        else
          statements.push(Json::object({{"looked_at", mask(said.of)},
                                        {"expected", shortened(mask(said.expected), kDocument)},
                                        {"got", shortened(mask(said.got), kDocument)}}));
      }
      for (const Exchange& two : one.exchanges)
        exchanges.push(Json::object({{"request", two.method + " " + mask(two.target)},
                                     {"body", shortened(mask(two.body), kDocument)},
                                     {"status", two.status},
                                     {"answer", shortened(mask(two.answer), kDocument)}}));
      entry.set("statements", std::move(statements));
      entry.set("exchanges", std::move(exchanges));
    }
    findings.push(std::move(entry));
  }
  return Json::object({{"google", run.google},
                       {"requests", run.requests},
                       {"calendars_made", run.calendars},
                       {"calendars_left", run.left},
                       {"slowed", run.slowed},
                       {"stopped", mask(run.stopped)},
                       {"differences", differences(run)},
                       {"findings", std::move(findings)}});
}

}  // namespace live

// The first rows of a list in order, bounded in number and bytes while they are collected. Used by
// AppointmentQueries. It must never hold more than the bounds and one row.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace host {

// Row has `key`, which orders, and `bytes`, an estimate of what it holds.
template <class Row>
class FirstRows {
 public:
  FirstRows(std::size_t rows, std::size_t bytes) : max_rows_(rows), max_bytes_(bytes) {}

  // Would a row with this key be kept? Asked before the row is made.
  template <class Key>
  bool wants(const Key& key) const {
    return !truncated_ || rows_.empty() || key < rows_.front().key;
  }
  void add(Row row) {
    bytes_ += row.bytes;
    rows_.push_back(std::move(row));
    std::ranges::push_heap(rows_, {}, &Row::key);
    while (rows_.size() > max_rows_ || (bytes_ > max_bytes_ && rows_.size() > 1)) {
      std::ranges::pop_heap(rows_, {}, &Row::key);
      bytes_ -= rows_.back().bytes;
      rows_.pop_back();
      truncated_ = true;
    }
  }
  bool truncated() const { return truncated_; }  // there are rows after the kept ones
  std::vector<Row> sorted() && {
    std::ranges::sort_heap(rows_, {}, &Row::key);
    return std::move(rows_);
  }

 private:
  std::size_t max_rows_, max_bytes_, bytes_ = 0;
  bool truncated_ = false;
  std::vector<Row> rows_;  // a heap, the last row in front
};

}  // namespace host

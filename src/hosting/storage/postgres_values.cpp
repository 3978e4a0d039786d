#include "src/hosting/storage/postgres_values.hpp"

#include <bit>
#include <cstddef>

namespace hosting {
namespace {

// The numbers of pg_type; they never change.
enum Oid : std::uint32_t {
  kUnknown = 0,
  kBool = 16,
  kBytea = 17,
  kName = 19,
  kInt8 = 20,
  kInt2 = 21,
  kInt4 = 23,
  kText = 25,
  kFloat4 = 700,
  kFloat8 = 701,
  kUnknownText = 705,
  kBpchar = 1042,
  kVarchar = 1043,
};

std::uint32_t type_of(Value::Type type) {
  switch (type) {
    case Value::Type::integer: return kInt8;
    case Value::Type::real: return kFloat8;
    case Value::Type::text: return kText;
    case Value::Type::blob: return kBytea;
    case Value::Type::null: break;
  }
  return kUnknown;
}

std::uint64_t in_network_order(std::uint64_t number) {
  if constexpr (std::endian::native == std::endian::big)
    return number;
  else
    return __builtin_bswap64(number);
}

// A number of at most 8 bytes in network order.
std::uint64_t number_of(std::string_view bytes) {
  std::uint64_t number = 0;
  for (const char c : bytes) number = number << 8 | static_cast<unsigned char>(c);
  return number;
}

}  // namespace

PostgresArguments::PostgresArguments(std::span<const Value> values) {
  numbers_.reserve(values.size());  // bytes_ points into it
  for (const Value& value : values) {
    const char* bytes = nullptr;
    std::size_t length = 0;
    switch (value.type) {
      case Value::Type::integer:
      case Value::Type::real:
        numbers_.push_back(in_network_order(value.type == Value::Type::integer
                                                ? static_cast<std::uint64_t>(value.integer)
                                                : std::bit_cast<std::uint64_t>(value.real)));
        bytes = reinterpret_cast<const char*>(&numbers_.back());
        length = sizeof(std::uint64_t);
        break;
      case Value::Type::text:
      case Value::Type::blob:
        bytes = value.text.data() ? value.text.data() : "";
        length = value.text.size();
        break;
      case Value::Type::null: break;
    }
    types_.push_back(type_of(value.type == Value::Type::null ? value.null_of : value.type));
    bytes_.push_back(bytes);
    lengths_.push_back(static_cast<int>(length));
    formats_.push_back(1);
  }
}

std::string PostgresArguments::signature() const {
  std::string letters;
  for (const std::uint32_t type : types_)
    letters += type == kInt8 ? 'i' : type == kFloat8 ? 'r' : type == kText ? 't' : type ? 'b' : '0';
  return letters;
}

Result<Value> postgres_value(std::uint32_t type, std::string_view bytes) {
  switch (type) {
    case kBool:
    case kInt8: return Value(static_cast<std::int64_t>(number_of(bytes)));
    case kInt2: return Value(static_cast<std::int16_t>(number_of(bytes)));
    case kInt4: return Value(static_cast<std::int32_t>(number_of(bytes)));
    case kFloat4:
      return Value(
          static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(number_of(bytes)))));
    case kFloat8: return Value(std::bit_cast<double>(number_of(bytes)));
    case kText:
    case kVarchar:
    case kBpchar:
    case kName:
    case kUnknownText: return Value(bytes);
    case kBytea: return Value(Blob{bytes});
    default:
      return Error{Code::invalid,
                   "a column has a type that no value here has (number " + std::to_string(type) +
                       " of pg_type): cast it to BIGINT, DOUBLE PRECISION, TEXT or BYTEA",
                   {}};
  }
}

}  // namespace hosting

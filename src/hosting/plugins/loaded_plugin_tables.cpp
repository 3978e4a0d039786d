// The function tables of a plugin: none may lack a function that its manifest promises.
#include <cstring>
#include <initializer_list>
#include <type_traits>

#include "src/hosting/plugins/loaded_plugin.hpp"

namespace hosting {
namespace {

Error lacks(const std::string& what) {
  return {Code::invalid, what + ": install a version that keeps the contract", {}};
}

// The first function that a table, a struct of function pointers, leaves empty; "" when it has all.
template <class Table>
std::string_view empty_function(const Table& table, std::initializer_list<const char*> names) {
  using Function = void (*)();
  constexpr std::size_t kCount = sizeof(Table) / sizeof(Function);
  static_assert(sizeof(Table) == kCount * sizeof(Function));
  Function functions[kCount];
  std::memcpy(static_cast<void*>(functions), &table, sizeof table);
  const auto* name = names.begin();
  for (std::size_t i = 0; i < kCount && name != names.end(); ++i, ++name)
    if (!functions[i]) return *name;
  return {};
}

}  // namespace

Result<> LoadedPlugin::check_functions() {
  const std::string_view name = empty_function(
      *plugin_, {"prepare", "start", "self_check", "quiesce", "destroy", "capability"});
  if (name.empty()) return {};
  if (!plugin_->destroy) plugin_ = nullptr;  // it cannot be freed
  return lacks("the plugin has no function " + std::string(name));
}

Result<> LoadedPlugin::find_tables() {
  const auto find = [this](const char* id, auto& table,
                           std::initializer_list<const char*> functions) -> Result<> {
    if (!manifest().provides(id)) return {};
    const auto ask = [this, id, &table](crm_sink, crm_error*) {
      table =
          static_cast<std::decay_t<decltype(table)>>(may_throw(plugin_->capability)(plugin_, id));
      return crm_status{CRM_OK};
    };
    TRY_VOID(lifecycle("capability", lifecycle_deadline_, ask));
    if (!table)
      return Error{Code::invalid,
                   "its manifest promises " + std::string(id) +
                       ", but the library does not offer it: install the package again",
                   {}};
    const std::string_view name = empty_function(*table, functions);
    if (name.empty()) return {};
    return lacks("its table " + std::string(id) + " has no function " + std::string(name));
  };
  TRY_VOID(find(CRM_SETTINGS, settings_, {"step"}));
  TRY_VOID(find(CRM_CALENDAR, calendar_, {"calendars", "status", "sync_now"}));
  TRY_VOID(find(CRM_HOOKS, hooks_, {"event_changed", "account_changed", "record_changed"}));
  TRY_VOID(find(CRM_HTTP, http_, {"handle"}));
  TRY_VOID(find(CRM_INVITATIONS, invitations_, {"sample"}));
  TRY_VOID(find(CRM_PRIVACY, privacy_, {"forget"}));
  return find(CRM_RUN, run_, {"run"});
}

}  // namespace hosting

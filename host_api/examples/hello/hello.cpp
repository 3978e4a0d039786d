// The smallest plugin: it writes one line to the host's log when it starts. The tutorial beside
// this file builds it step by step.
#include "host_api/cpp/plugin.hpp"

class Hello : public crm::Plugin {
 public:
  explicit Hello(crm::Host host) : host_(host) {}

  crm::Result<> prepare() override {
    if (host_.log()) return {};
    return crm::Error{crm::Code::invalid, "this plugin needs crm.log/0", {}};
  }

  crm::Result<> start(std::string_view) override {
    if (started_) return crm::Error{crm::Code::conflict, "the plugin is running already", {}};
    started_ = true;
    host_.log()->write(CRM_LOG_INFO, "hello.started", "{}");
    return {};
  }

  crm::Result<std::string> self_check() override { return std::string("{}"); }

  crm::Result<std::string> quiesce(std::chrono::milliseconds) override {
    started_ = false;
    return std::string();
  }

  const void* capability(std::string_view) noexcept override { return nullptr; }

 private:
  crm::Host host_;
  bool started_ = false;
};

CRM_PLUGIN(Hello, "com.example.hello", "1.0.0")

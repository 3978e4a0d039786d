// The two hosts whose service tables are compared, crm_host's and the fake one, each with its user
// and its administrator. Used by services_test.cpp.
#pragma once

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include "host_api/testing/fakes.hpp"
#include "src/common/base/clock.hpp"
#include "src/common/base/log.hpp"
#include "src/common/base/random.hpp"
#include "src/host/crm/crm.hpp"
#include "src/host/mail/mail.hpp"
#include "src/hosting/services/plugin_host.hpp"

namespace schema {

using gcal::base::Json;

// The user and the administrator of either host.
class World {
 public:
  virtual ~World() = default;
  virtual const crm_host* host() = 0;
  virtual std::string add_user(const std::string& email) = 0;
  virtual std::string connect(const std::string& user) = 0;  // an account
  virtual std::string add_lead(const std::string& address) = 0;
  virtual void change_lead(const std::string& lead, const std::string& address) = 0;
  virtual void restore_backup() = 0;
  // Begins the run of a waiting task and returns its fence; a second call simulates another host
  // that takes the key over.
  virtual std::int64_t run_task() = 0;
  // Names a mail server, which no test mail reached yet.
  virtual void set_up_mail() = 0;
};

class FakeWorld final : public World {
 public:
  const crm_host* host() override { return &host_; }
  std::string add_user(const std::string& email) override {
    host_.add_user({.id = "user", .email = email, .name = "Anna"});
    return "user";
  }
  std::string connect(const std::string& user) override {
    return *host_.accounts.connect({.id = "account",
                                    .user = user,
                                    .unique_id = "sub",
                                    .title = "Work",
                                    .identity = "anna@gmail.example"});
  }
  std::string add_lead(const std::string& address) override {
    host_.contacts.put("lead", "lead", {address});
    return "lead";
  }
  void change_lead(const std::string& lead, const std::string& address) override {
    host_.contacts.put("lead", lead, {address});
  }
  void restore_backup() override { host_.restore_backup(); }
  std::int64_t run_task() override {
    auto run = host_.tasks.take("key");
    if (!run) run = host_.tasks.take_over("key");
    return run->fence;
  }
  void set_up_mail() override { host_.mailer.set_state("untested"); }

 private:
  crm::fakes::Host host_;
};

class RealWorld final : public World {
 public:
  RealWorld() {
    folder_ =
        std::filesystem::temp_directory_path() / ("gcal-schema-" + std::to_string(::getpid()));
    std::filesystem::remove_all(folder_);
    auto opened =
        host::Crm::open({.data = folder_, .database = {}, .scrypt_cost = 4}, clock_, random_, log_);
    if (!opened) throw std::runtime_error(opened.error().message);
    crm_ = *std::move(opened);
    auto mail = host::mail::Mail::open(*crm_);
    if (!mail) throw std::runtime_error(mail.error().message);
    mail_ = *std::move(mail);
    crm_->context().set_mail(mail_.get());
    host_ =
        std::make_unique<hosting::PluginHost>(crm_->context(), crm_->port(), "com.example.test");
  }
  ~RealWorld() override {
    host_.reset();
    mail_.reset();
    crm_.reset();
    std::filesystem::remove_all(folder_);
  }
  const crm_host* host() override { return host_.get(); }
  std::string add_user(const std::string& email) override {
    return crm_->users()
        .create({.email = email, .name = "Anna", .password = "long enough", .locale = "en"})
        ->id;
  }
  std::string connect(const std::string& user) override {
    return crm_->accounts()
        .finish_setup({.id = {},
                       .plugin = "com.example.test",
                       .user = user,
                       .unique_id = "sub",
                       .title = "Work",
                       .identity = "anna@gmail.example"})
        ->id;
  }
  std::string add_lead(const std::string& address) override {
    return crm_->records()
        .create(host::RecordKind::lead,
                Json::object({{"name", "Kim"}, {"emails", Json::array({address})}}))
        ->id;
  }
  void change_lead(const std::string& lead, const std::string& address) override {
    EXPECT_TRUE(crm_->records().update(host::RecordKind::lead, lead,
                                       Json::object({{"emails", Json::array({address})}})));
  }
  void restore_backup() override { EXPECT_TRUE(crm_->appointment_feed().new_epoch()); }
  std::int64_t run_task() override {
    EXPECT_TRUE(
        crm_->tasks()
            .recover());  // what a new process does first: a run of the old one is due again
    const auto due = crm_->tasks().take_due();
    return due && *due ? (*due)->fence : -1;
  }
  void set_up_mail() override {
    EXPECT_TRUE(mail_->settings().write(Json::object({{"host", "relay.example.com"},
                                                      {"port", 587},
                                                      {"security", "starttls"},
                                                      {"from", "calendar@crm.example.com"}})));
  }

 private:
  std::filesystem::path folder_;
  gcal::base::SystemClock clock_;
  gcal::base::SystemRandom random_;
  gcal::base::SilentLog log_;
  std::unique_ptr<host::Crm> crm_;
  std::unique_ptr<host::mail::Mail> mail_;
  std::unique_ptr<hosting::PluginHost> host_;
};

}  // namespace schema

// The page's files and the routes of plugins.
#include <filesystem>
#include <fstream>

#include "src/common/net/gzip.hpp"
#include "src/host/web/static_files.hpp"
#include "src/hosting/web/rate_limit.hpp"
#include "tests/unit/host/web/world.hpp"

namespace host {
namespace {

class Files : public WebTest {};

TEST_F(Files, PageHasItsMimeTypeAndIsCachedByETag) {
  Browser page = browser();
  EXPECT_EQ(page.get("/").headers.get("Content-Type"), "text/html; charset=utf-8");
  const Reply first = page.get("/ui/app.js");
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.headers.get("Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(first.headers.get("Cache-Control"), "no-cache");
  const std::string etag(first.headers.get("ETag"));
  ASSERT_FALSE(etag.empty());
  const Reply again = page.send("GET", "/ui/app.js", {}, {{"If-None-Match", etag}});
  EXPECT_EQ(again.status, 304);
  EXPECT_TRUE(again.body.empty());
  std::ofstream(folder / "web/ui/app.js") << "changed";
  const Reply changed = page.send("GET", "/ui/app.js", {}, {{"If-None-Match", etag}});
  EXPECT_EQ(changed.status, 200);
  EXPECT_EQ(changed.body, "changed");
}

TEST_F(Files, BundledFilesAreKeptForEverAndTheIndexIsAskedForEachTime) {
  const auto files = StaticFiles::open(folder / "web/ui", {});
  ASSERT_TRUE(files) << files.error().message;
  const gcal::net::ServerResponse index = (*files)->get({}, {});
  EXPECT_EQ(index.headers.get("Cache-Control"), "no-cache");
  EXPECT_FALSE(index.headers.get("ETag").empty());
  const gcal::net::ServerResponse script = (*files)->get({"ui", "app.js"}, {});
  EXPECT_EQ(script.status, 200);
  EXPECT_EQ(script.headers.get("Cache-Control"), "public, max-age=31536000, immutable");
  const gcal::net::ServerResponse old = (*files)->get({"ui", "app-OLD.js"}, {});
  EXPECT_EQ(old.status, 404);
  EXPECT_EQ(old.headers.get("Cache-Control"), "no-store") << "it must not be kept for ever";
  EXPECT_EQ((*files)->get({"npm", "listed", "dist", "listed.js"}, {}).status, 404);
}

TEST_F(Files, TextsAreGzippedForClientsThatAcceptIt) {
  Browser page = browser();
  const Reply packed = page.send("GET", "/ui/app.js", {}, {{"Accept-Encoding", "br, gzip"}});
  EXPECT_EQ(packed.headers.get("Content-Encoding"), "gzip");
  EXPECT_EQ(gcal::net::gunzip(packed.body, 1 << 20).operator*(), page.get("/ui/app.js").body);
  EXPECT_TRUE(page.send("GET", "/ui/app.js", {}, {{"Accept-Encoding", "gzip;q=0"}})
                  .headers.get("Content-Encoding")
                  .empty());
}

TEST_F(Files, WhatTheBundleCompressedIsSentToThoseWhoAcceptIt) {
  std::ofstream(folder / "web/ui/app.js.br") << "shorter";
  const auto bundled = StaticFiles::open(folder / "web/ui", {});
  ASSERT_TRUE(bundled) << bundled.error().message;
  const auto coding = [&](const char* accepted) {
    const auto sent = (*bundled)->get({"ui", "app.js"}, {{"Accept-Encoding", accepted}});
    EXPECT_EQ(sent.headers.get("Vary"), "Accept-Encoding");
    return std::string(sent.headers.get("Content-Encoding"));
  };
  EXPECT_EQ(coding("gzip, deflate, br, zstd"), "br");
  const auto packed = (*bundled)->get({"ui", "app.js"}, {{"Accept-Encoding", "br"}});
  EXPECT_EQ(*packed.shared_body, "shorter");
  EXPECT_EQ(coding("gzip;q=0.8,br;q=0"), "gzip");
  EXPECT_EQ(coding("brotli, gzip"), "gzip");
  EXPECT_EQ(coding(""), "");
  EXPECT_EQ((*bundled)->get({"ui", "app.js.br"}, {}).status, 404);
  // Not what is served as it is while it is developed.
  const Reply developed = browser().send("GET", "/ui/app.js", {}, {{"Accept-Encoding", "br"}});
  EXPECT_TRUE(developed.headers.get("Content-Encoding").empty());
}

TEST_F(Files, OnlyListedPackageFilesAreServed) {
  Browser page = browser();
  EXPECT_EQ(page.get("/npm/listed/dist/listed.js").body, "listed");
  EXPECT_EQ(page.get("/npm/listed/package.json").status, 404);
  EXPECT_EQ(page.get("/npm/listed/dist/absent.js").status, 404);
  EXPECT_EQ(page.get("/npm/listed/dist").status, 404);
}

TEST_F(Files, PathThatLeavesTheFolderIs404) {
  std::filesystem::create_symlink(folder / "web/secret.js", folder / "web/ui/link.js");
  Browser page = browser();
  for (const char* path :
       {"/ui/../secret.js", "/ui/%2e%2e/secret.js", "/ui/..%2fsecret.js", "/ui/..%5csecret.js",
        "/npm/listed/../../secret.js", "/npm/%2e%2e/secret.js", "/ui//etc/passwd", "/ui/link.js",
        "/ui/notes.txt", "/ui/", "/ui", "/npm/", "//etc/passwd", "/secret.js", "/ui/.hidden.js"}) {
    const Reply reply = page.get(path);
    EXPECT_EQ(reply.status, 404) << path;
    EXPECT_EQ(reply.body.find("outside"), std::string::npos) << path;
  }
  EXPECT_EQ(page.get("/ui/%00.js").status, 400);
  EXPECT_EQ(page.post("/ui/app.js").status, 405);
}

TEST_F(Files, TextsExistInTwoLanguages) {
  const Json by_plugin = browser().get("/api/strings/de?by=plugin").json();
  EXPECT_EQ(by_plugin["com.example.diary"].string("diary.name"), "Tagebuch");
  EXPECT_EQ(browser().get("/api/strings/de").json().string("diary.name"), "Tagebuch");
  EXPECT_EQ(browser().get("/api/strings/fr").status, 404);
}

class PluginRoutes : public WebTest {};

TEST_F(PluginRoutes, DeclaredRouteReachesThePluginWithoutTheSession) {
  script.http = [](const Json& request, std::string body, PluginAnswer answer) {
    EXPECT_EQ(request.string("method"), "POST");
    EXPECT_EQ(request.string("path"), "webhook");
    EXPECT_EQ(request.string("query"), "a=1");
    EXPECT_EQ(request["headers"].string("x-channel"), "c1");
    EXPECT_FALSE(request["headers"].contains("cookie"));
    EXPECT_FALSE(request["headers"].contains("x-csrf-token"));
    EXPECT_EQ(body, "hello");
    answer(std::string(
        R"({"status": 202, "headers": {"Content-Type": "text/x-own",
            "Set-Cookie": "crm_session=stolen", "Content-Security-Policy": "none"},
            "body": "ok"})"));
  };
  Browser page = anna();
  const Reply reply = page.send("POST", "/plugins/com.example.diary/webhook?a=1", "hello",
                                {{"X-Channel", "c1"}, {"Content-Type", "text/plain"}});
  EXPECT_EQ(reply.status, 202);
  EXPECT_EQ(reply.body, "ok");
  EXPECT_EQ(reply.headers.get("Content-Type"), "text/x-own");
  EXPECT_FALSE(reply.headers.contains("Set-Cookie"));
  EXPECT_NE(reply.headers.get("Content-Security-Policy"), "none");
}

TEST_F(PluginRoutes, UndeclaredRequestsDoNotReachThePlugin) {
  script.http = [](const Json&, std::string, PluginAnswer answer) {
    ADD_FAILURE() << "asked";
    answer(std::string("{}"));
  };
  Browser page = browser();
  EXPECT_EQ(page.get("/plugins/com.example.diary/webhook").status, 404);
  EXPECT_EQ(page.send("POST", "/plugins/com.example.diary/other").status, 404);
  EXPECT_EQ(page.send("POST", "/plugins/com.example.other/webhook").status, 404);
  EXPECT_EQ(page.send("POST", "/plugins/com.example.diary/webhook", "seventeen bytes!!").status,
            413);
  EXPECT_EQ(page.send("POST", "/plugins/com.example.diary/own").status, 401);
  Browser logged_in = anna();
  logged_in.csrf.clear();
  EXPECT_EQ(logged_in.send("POST", "/plugins/com.example.diary/own").status, 403);
}

TEST_F(PluginRoutes, InvalidResponseOfAPluginIsAnErrorForTheClient) {
  Browser page = browser();
  EXPECT_EQ(page.send("POST", "/plugins/com.example.diary/webhook").status, 503);
  script.http = [](const Json&, std::string, PluginAnswer answer) {
    answer(std::string("nonsense"));
  };
  EXPECT_EQ(page.send("POST", "/plugins/com.example.diary/webhook").status, 500);
}

TEST(RateLimitTest, SpentBurstWaitsForTheRefill) {
  RateLimit limit(3, 2);
  using std::chrono::milliseconds;
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(limit.allows("a", milliseconds(0)));
  EXPECT_FALSE(limit.allows("a", milliseconds(0)));
  EXPECT_TRUE(limit.allows("b", milliseconds(0))) << "another peer";
  EXPECT_FALSE(limit.allows("a", milliseconds(400)));
  EXPECT_TRUE(limit.allows("a", milliseconds(600)));
}

}  // namespace
}  // namespace host

#include "support.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <thread>

#include "base/error.h"

namespace aver::test {

class RunningCommand::Child {
 public:
  Child(const std::vector<std::string>& arguments,
        const std::map<std::string, std::string>& environment) {
    std::vector<std::string> words = arguments;
    const char* bin = std::getenv("AVER_BIN_DIR");
    if (bin != nullptr && words.front().starts_with("aver-")) {
      words.front() = (fs::path(bin) / words.front()).string();
    }
    // Output goes to files, not pipes: a killed child's descendants cannot block the test.
    out_ = ::fileno(std::tmpfile());
    err_ = ::fileno(std::tmpfile());
    pid_ = ::fork();
    if (pid_ == 0) {
      for (const auto& [name, value] : environment) {
        ::setenv(name.c_str(), value.c_str(), 1);
      }
      const int nothing = ::open("/dev/null", O_RDONLY);
      ::dup2(nothing, 0);
      ::dup2(out_, 1);
      ::dup2(err_, 2);
      std::vector<char*> pointers;
      for (auto& word : words) pointers.push_back(word.data());
      pointers.push_back(nullptr);
      ::execvp(pointers[0], pointers.data());
      ::_exit(127);
    }
    if (pid_ < 0) throw Error("cannot start {}", words.front());
  }

  bool ended() {
    if (!reaped_ && ::waitpid(pid_, &status_, WNOHANG) == pid_) reaped_ = true;
    return reaped_;
  }

  void send(int signal) const { ::kill(pid_, signal); }

  CommandResult wait() {
    while (!reaped_) {
      if (::waitpid(pid_, &status_, 0) == pid_) reaped_ = true;
    }
    CommandResult result;
    result.exit_status = WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
    result.out = content(out_);
    result.err = content(err_);
    return result;
  }

 private:
  static std::string content(int file) {
    std::string text;
    char buffer[4096];
    ::lseek(file, 0, SEEK_SET);
    for (ssize_t n = 0; (n = ::read(file, buffer, sizeof(buffer))) > 0;) {
      text.append(buffer, static_cast<std::size_t>(n));
    }
    ::close(file);
    return text;
  }

  pid_t pid_ = -1;
  int out_ = -1;
  int err_ = -1;
  int status_ = 0;
  bool reaped_ = false;
};

RunningCommand::RunningCommand(const std::vector<std::string>& arguments,
                               const std::map<std::string, std::string>& environment)
    : child_(std::make_unique<Child>(arguments, environment)) {}
RunningCommand::RunningCommand(RunningCommand&&) noexcept = default;
RunningCommand::~RunningCommand() {
  if (child_ == nullptr || child_->ended()) return;
  child_->send(SIGKILL);
  child_->wait();
}
bool RunningCommand::ended() {
  return child_->ended();
}
void RunningCommand::send(int signal) const {
  child_->send(signal);
}
CommandResult RunningCommand::wait() {
  return child_->wait();
}

TemporaryFolder::TemporaryFolder() {
  std::string name = (fs::temp_directory_path() / "aver-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw Error("cannot create a temporary folder {}", name);
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::optional<fs::path> test_data() {
  const char* folder = std::getenv("AVER_TEST_DATA");
  if (folder == nullptr || *folder == '\0') return std::nullopt;
  if (!fs::is_directory(folder)) throw Error("AVER_TEST_DATA is {}: no such folder", folder);
  return fs::path(folder);
}

CommandResult run_command(const std::vector<std::string>& arguments,
                          const std::map<std::string, std::string>& environment) {
  return RunningCommand(arguments, environment).wait();
}

CommandResult run_to_status(const std::vector<std::string>& arguments, int status) {
  auto result = run_command(arguments);
  EXPECT_EQ(result.exit_status, status) << arguments.front() << ": " << result.err;
  return result;
}

CommandResult run_and_kill(const std::vector<std::string>& arguments, int signal,
                           const std::function<bool()>& ready) {
  RunningCommand child(arguments);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!child.ended() && !ready() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  child.send(signal);
  return child.wait();
}

std::map<std::string, std::string> folder_content(const fs::path& folder) {
  std::map<std::string, std::string> content;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) {
      content[fs::relative(entry.path(), folder).string()] = read_file(entry.path());
    }
  }
  return content;
}

bool has_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  for (std::string_view rest = path ? path : ""; !rest.empty();) {
    const auto colon = rest.find(':');
    if (::access((fs::path(rest.substr(0, colon)) / name).c_str(), X_OK) == 0) return true;
    rest = colon == std::string_view::npos ? "" : rest.substr(colon + 1);
  }
  return false;
}

}  // namespace aver::test

// Preloaded into crm_host by the end-to-end suites: writes where each connect() of the process goes
// to the file CONNECT_LOG, one line of "ADDRESS PORT" each, before the connection is attempted.
// support/outgoing.mjs reads it. A line that cannot be written ends the process: a suite must not
// pass because nothing was recorded.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void record(const struct sockaddr* to) {
  const char* path = getenv("CONNECT_LOG");
  if (!path) return;
  char address[INET6_ADDRSTRLEN] = "?";
  int port = 0;
  if (to->sa_family == AF_INET) {
    const struct sockaddr_in* v4 = (const struct sockaddr_in*)to;
    inet_ntop(AF_INET, &v4->sin_addr, address, sizeof address);
    port = ntohs(v4->sin_port);
  } else if (to->sa_family == AF_INET6) {
    const struct sockaddr_in6* v6 = (const struct sockaddr_in6*)to;
    inet_ntop(AF_INET6, &v6->sin6_addr, address, sizeof address);
    port = ntohs(v6->sin6_port);
  } else {
    return;  // sockets of this machine, such as those of the name service
  }
  char line[INET6_ADDRSTRLEN + 8];
  const int length = snprintf(line, sizeof line, "%s %d\n", address, port);
  const int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0 || write(file, line, (size_t)length) != length) abort();
  close(file);
}

int connect(int socket, const struct sockaddr* to, socklen_t length) {
  int (*next)(int, const struct sockaddr*, socklen_t);
  *(void**)&next = dlsym(RTLD_NEXT, "connect");
  record(to);
  return next(socket, to, length);
}

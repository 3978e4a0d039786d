#include "src/host/program/host_main.hpp"

int main(int argc, char** argv) {
  return host::host_main(argc, argv);
}

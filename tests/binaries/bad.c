// A program with every offence that check_hardening has to find; CMakeLists.txt has its flags.
#include <stdio.h>
#include <string.h>

static const char path[] = SOURCES;

int main(int count, char** words) {
  char copy[64];
  strcpy(copy, words[count - 1]);
  return printf("%s %s\n", copy, path) < 0;
}

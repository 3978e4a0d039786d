# shellcheck shell=bash
# Functions of the scripts that make archives and Debian packages; sourced by them, in the root of
# the repository.

fail() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }

version_of_repository() {
  local version
  version=$(sed -n 's/^project(.* VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
  [ -n "$version" ] || fail "CMakeLists.txt has no VERSION"
  echo "$version"
}

# When the sources are from, in seconds: all files of a package get it.
time_of_sources() {
  echo "${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 1767225600)}"
}

# PROGRAM: the Debian packages whose libraries it names itself; apt adds what these need.
packages_of() {
  local libraries paths owners path
  libraries=$(readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
  [ -n "$libraries" ] || fail "$1 names no libraries"
  mapfile -t paths < <(ldd "$1" | awk -v names="$libraries" '
    BEGIN { split(names, list); for (i in list) wanted[list[i]] = 1 }
    { name = $1; sub(".*/", "", name); path = $3 ~ /^\// ? $3 : $1 }
    name in wanted && path ~ /^\// { print path }')
  [ ${#paths[@]} = "$(wc -w <<<"$libraries")" ] || fail "a library of $1 is not on this machine"
  # dpkg knows a file below /lib or below /usr/lib, never as both.
  owners=$(dpkg-query -S "${paths[@]}" "${paths[@]/#//usr}" 2>/dev/null || true)
  for path in "${paths[@]}"; do
    awk -v path="$path" '
      $NF == path || $NF == "/usr" path { split($1, name, ":"); print name[1]; found = 1; exit }
      END { exit !found }' <<<"$owners" || fail "$path is of no Debian package"
  done
}

# FOLDER: modes that do not depend on the umask of the build.
usual_modes() {
  find "$1" -type d -exec chmod 755 {} +
  find "$1" -type f -perm /100 -exec chmod 755 {} +
  find "$1" -type f ! -perm /100 -exec chmod 644 {} +
}

# PARENT NAME ARCHIVE [LIST]: PARENT/NAME as ARCHIVE, the same bytes for every user and folder.
# LIST has the names in their order, otherwise they are sorted.
write_archive() {
  local names=(--sort=name "$2")
  [ $# -lt 4 ] || names=(--no-recursion --files-from="$4")
  tar --create --directory "$1" --format=ustar --mtime="@$(time_of_sources)" --owner=0 --group=0 \
    --numeric-owner "${names[@]}" | gzip -n -9 >"$3.new"
  mv "$3.new" "$3"
}

# Functions of build.sh and of the launcher. Everything is relative to the root of the repository.
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

ARTIFACTS=artifacts
INPAINT="$ARTIFACTS/bin/Inpaint.Medical.Cli/release_linux-x64/inpaint"

say() { echo "build: $*" >&2; }

# Debian packages by name; only those that are missing. Without apt or its servers the task goes on with what is there.
install_packages() {
  local missing=()
  command -v dpkg-query >/dev/null || { say "no dpkg here; going on without checking for: $*"; return 0; }
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0

  local apt=(apt-get -qq -o Acquire::Retries=0 -o Acquire::http::Timeout=10 -o Acquire::https::Timeout=10)
  [ "$(id -u)" = 0 ] || apt=(sudo -n "${apt[@]}")
  say "installing ${missing[*]}"
  if { "${apt[@]}" update && DEBIAN_FRONTEND=noninteractive "${apt[@]}" install -y --no-install-recommends "${missing[@]}"; } >/dev/null 2>&1; then
    return 0
  fi
  say "apt could not install ${missing[*]}; going on with what is there"
}

# playwright-core, to look at the validation report in a real browser. Without npm or its registry that one test is skipped by name.
install_browser_driver() {
  local folder=tests/Inpaint.Medical.Validation.Tests/Report/browser
  [ -d "$folder/node_modules/playwright-core" ] && return 0
  command -v npm >/dev/null || { say "no npm here; the report is not looked at in a browser"; return 0; }
  (cd "$folder" && timeout 120 npm ci --silent --no-audit --no-fund >/dev/null 2>&1) || say "npm could not install playwright-core; going on without"
}

# fo-dicom comes from the public registry where it can be had; otherwise our own implementation of the part that we use is compiled in.
# Tried once: the answer is remembered until the version changes or artifacts/ is removed.
fetch_fo_dicom() {
  local version cache marker
  version=$(sed -n 's/.*<FoDicomVersion[^>]*>\([^<]*\)<.*/\1/p' Directory.Build.props)
  cache="${NUGET_PACKAGES:-$HOME/.nuget/packages}/fo-dicom/$version"
  marker="$ARTIFACTS/fo-dicom-$version.unavailable"
  { [ -d "$cache" ] || [ -e "$marker" ]; } && return 0
  mkdir -p "$ARTIFACTS"
  timeout 60 dotnet package download "fo-dicom@$version" >/dev/null 2>&1 || { rm -rf "$cache"; touch "$marker"; }
}

# True when a source is newer than the stamp of the last build.
is_stale() {
  [ -e "$1" ] || return 0
  [ -n "$(find "${@:2}" build Directory.Build.props Directory.Build.targets Directory.Packages.props global.json \
    -newer "$1" -type f -print -quit)" ]
}

# build WHAT STAMP SOURCES…
build() {
  is_stale "$2" "${@:3}" || return 0
  command -v dotnet >/dev/null || { say "the .NET 10 SDK is missing: https://dotnet.microsoft.com/download/dotnet/10.0"; exit 1; }
  fetch_fo_dicom
  mkdir -p "$ARTIFACTS"
  local log="$ARTIFACTS/build.log" started
  started=$(mktemp "$ARTIFACTS/stamp.XXXXXX")
  say "building $(basename "$1"); the first time takes a few minutes"
  if ! dotnet build "$1" -c Release -v q --nologo -clp:NoSummary -p:WarningLevel=4 >"$log" 2>&1; then
    rm -f "$started"
    grep -E 'error' "$log" | sort -u | head -20 >&2 || tail -20 "$log" >&2
    say "the build failed; the whole log is $log"
    exit 1
  fi
  mv "$started" "$2"
}

build_cli() { build src/Inpaint.Medical.Cli/Inpaint.Medical.Cli.csproj "$ARTIFACTS/cli.stamp" src protocols $(ls -d models 2>/dev/null); }

build_worker() { build src/Inpaint.Medical.Worker/Inpaint.Medical.Worker.csproj "$ARTIFACTS/worker.stamp" src; }

build_solution() {
  build Inpaint.Medical.sln "$ARTIFACTS/solution.stamp" src tests protocols $(ls -d models 2>/dev/null)
  touch -r "$ARTIFACTS/solution.stamp" "$ARTIFACTS/cli.stamp" "$ARTIFACTS/worker.stamp"
}

# run_tests [NAME]: all test programs but those of the worker with other programs, or those whose name contains NAME.
# The last line is "N passed, N failed".
run_tests() {
  local passed=0 failed=0 skipped=0 logs="$ARTIFACTS/test-logs"
  rm -rf "$logs" && mkdir -p "$logs"
  local light=() heavy=()
  for project in tests/*.Tests; do
    local name="${project#tests/}"
    [[ "$name" == *"${1:-}"* ]] || continue
    [[ -n "${1:-}" || "$name" != *.Worker.EndToEnd.Tests ]] || continue
    case "$name" in
      *.EndToEnd.Tests | *.Torch.Tests | *.Validation.Tests) heavy+=("$name") ;;
      *) light+=("$name") ;;
    esac
  done

  # Light ones two at a time, heavy ones alone: they measure time or use all cores themselves.
  [ ${#light[@]} -eq 0 ] || printf '%s\n' "${light[@]}" | ARTIFACTS=$ARTIFACTS xargs -P 2 -I{} bash -c 'run_test_program "$1"' _ {} || true
  for name in "${heavy[@]}"; do run_test_program "$name" || true; done

  for name in "${light[@]}" "${heavy[@]}"; do
    local log="$logs/$name.log" counts
    counts=$(count_tests "$log")
    read -r p f s <<<"$counts"
    if [ -z "${p:-}" ]; then
      failed=$((failed + 1))
      echo "$name: did not finish"; tail -20 "$log"
      continue
    fi
    passed=$((passed + p)); failed=$((failed + f)); skipped=$((skipped + s))
    echo "$name: $p passed, $f failed, $s skipped"
    grep -A 1 '\[SKIP\]$' "$log" | grep -v '^--$' || true
    [ "$f" = 0 ] || cat "$log"
  done
  [ "$skipped" = 0 ] || echo "$skipped skipped (named above)"
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ] && [ $((passed)) -gt 0 ]
}

# One test program in a temporary folder of its own. Whatever it leaves behind, also when it fails or is stopped, ends with it.
run_test_program() {
  local name=$1 limit=1200 group result=0 folder
  [ "$name" != Inpaint.Medical.Worker.EndToEnd.Tests ] || limit=5400
  folder=$(mktemp -d)
  chmod 711 "$folder" # PostgreSQL runs as a user of its own
  TMPDIR=$folder timeout "$limit" "$ARTIFACTS/bin/$name/release_linux-x64/$name" -noColor >"$ARTIFACTS/test-logs/$name.log" 2>&1 &
  group=$! # timeout leads a process group
  trap 'sweep_up "$group" "$folder"; exit 130' INT TERM
  wait "$group" || result=$?
  trap - INT TERM
  sweep_up "$group" "$folder"
  return "$result"
}

# sweep_up GROUP FOLDER: processes of the group, database servers and small disks in the folder, the folder.
sweep_up() {
  kill -KILL -- "-$1" 2>/dev/null || true
  for server in "$2"/postgres*/data/postmaster.pid; do
    [ ! -e "$server" ] || kill -QUIT "$(head -1 "$server")" 2>/dev/null || true
  done
  awk -v folder="$2/" 'index($2, folder) == 1 { print $2 }' /proc/mounts | xargs -r umount -l
  rm -rf "$2"
}
export -f run_test_program sweep_up

# "PASSED FAILED SKIPPED" from the summary line of a test program; nothing when there is none.
count_tests() {
  sed -n 's/.*Total: \([0-9]*\), Errors: \([0-9]*\), Failed: \([0-9]*\), Skipped: \([0-9]*\), Not Run: \([0-9]*\).*/\1 \2 \3 \4 \5/p' "$1" |
    awk 'END { if (NF == 5) print $1 - $2 - $3 - $4 - $5, $2 + $3, $4 }'
}

run_benchmarks() {
  local bin="$ARTIFACTS/bin"
  if [ $# = 0 ]; then
    "$bin/Inpaint.Medical.FellowOakDicom.Tests/release_linux-x64/Inpaint.Medical.FellowOakDicom.Tests" -noColor -explicit only -showLiveOutput |
      grep -E 'storescp|storescu|FAIL|Total:' || true
  fi
  # libtorch says of every float32 convolution that this processor is not one of NNPACK's.
  "$bin/Benchmarks/release_linux-x64/Inpaint.Medical.Benchmarks" "$@" 2> >(grep --line-buffered -v NNPACK >&2)
}

# validate_shipped_methods [METHODS]: the tables of docs/validation.md, on the validation scans of INPAINT_DATA. Their names begin with
# their modality, which NIfTI does not name. A run that was stopped goes on.
validate_shipped_methods() {
  local data="${INPAINT_DATA:-../shared/data}/val" methods="${1:-nearest,linear,cubic,spline,registration,transformer,auto}" list file name modality
  local folder="$ARTIFACTS/validation/$methods"
  [ -d "$data" ] || { say "no validation scans in $data; set INPAINT_DATA"; exit 1; }
  mkdir -p "$folder"
  list="$folder/val.csv"
  for file in "$data"/*.nii.gz; do
    name=$(basename "$file")
    modality=${name%%-*}
    echo "$(readlink -f "$file"),val,${modality^^}"
  done >"$list"
  "$INPAINT" validate "$list" --drop runs:1@2 runs:2@2 runs:3@2 every:2 --method "$methods" --seed 1 --resume -o "$folder"
  python3 build/validation_table.py "$folder/summary.json"
}

#!/usr/bin/env bash
# Prepares a Debian 12 machine to build Tessera: system packages, and LibTorch and Arrow unpacked from their wheels into .deps/.
# Safe to run again; quick when nothing is missing. No Python package is installed into the system.
#
# Usage: scripts/setup.sh [--cuda] [--no-native]
#   --cuda       also fetch the CUDA wheels that LibTorch needs on a GPU (about 3 GB)
#   --no-native  only what the harness-only build needs (no LibTorch)
set -euo pipefail
cd "$(dirname "$0")/.."

with_cuda=0
with_native=1
for argument in "$@"; do
  case "$argument" in
    --cuda) with_cuda=1 ;;
    --no-native) with_native=0 ;;
    -h | --help) sed -n '2,7p' "$0" | cut -c3-; exit 0 ;;
    *) echo "setup: unknown option $argument (see --help)" >&2; exit 2 ;;
  esac
done

torch_version=2.11.0
cuda_runtime_version=13.0.96
cuda_cupti_version=13.0.85
pyarrow_version=26.0.1
deps=.deps

fail() { echo "setup: $*" >&2; exit 4; }
say() { echo "setup: $*"; }

packages=(
  g++ cmake ninja-build ccache pkg-config ca-certificates python3 python3-pip unzip
  libtbb-dev nlohmann-json3-dev libfmt-dev libcli11-dev libspdlog-dev libssl-dev libsentencepiece-dev
  libjpeg62-turbo-dev libpng-dev libwebp-dev libgif-dev libexpat1-dev libzip-dev libxlsxwriter-dev libcurl4-openssl-dev
  libgtest-dev libgmock-dev libbenchmark-dev openmpi-bin
)

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  say "installing Debian packages: ${missing[*]}"
  [ "$(id -u)" = 0 ] || fail "Debian packages are missing (${missing[*]}); run as root, or install them first"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq || fail "apt-get update failed; is the network up?"
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
    fail "apt-get could not install: ${missing[*]}"
fi

# fetch NAME VERSION: downloads one wheel without its dependencies and unpacks it into .deps/.
# A stamp marks a complete unpacking, so an interrupted one is done again.
fetch() {
  local name=$1 version=$2
  local stamp="$deps/.$name-$version"
  [ -e "$stamp" ] && return 0
  say "fetching $name $version"
  local folder
  folder=$(mktemp -d "$deps/download.XXXXXX")
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --python-version 3.11 \
    --dest "$folder" "$name==$version" || { rm -rf "$folder"; fail "pip could not download $name==$version"; }
  unzip -q -o "$folder"/*.whl -d "$deps" || { rm -rf "$folder"; fail "the wheel of $name could not be unpacked (disk full?)"; }
  rm -rf "$folder"
  touch "$stamp"
}

mkdir -p "$deps"
if [ "$with_native" = 1 ]; then
  fetch torch "$torch_version"
  fetch nvidia-cuda-runtime "$cuda_runtime_version"
  fetch nvidia-cuda-cupti "$cuda_cupti_version"
fi
fetch pyarrow "$pyarrow_version"
if [ "$with_cuda" = 1 ]; then
  stamp="$deps/.cuda-$torch_version"
  if [ ! -e "$stamp" ]; then
    say "fetching the CUDA wheels of torch $torch_version (about 3 GB)"
    folder=$(mktemp -d "$deps/download.XXXXXX")
    python3 -m pip download --quiet --disable-pip-version-check --only-binary=:all: --python-version 3.11 \
      --dest "$folder" "torch==$torch_version" || { rm -rf "$folder"; fail "pip could not download the CUDA wheels"; }
    for wheel in "$folder"/nvidia_*.whl; do unzip -q -o "$wheel" -d "$deps" || fail "$wheel could not be unpacked"; done
    rm -rf "$folder"
    touch "$stamp"
  fi
fi
say "ready"

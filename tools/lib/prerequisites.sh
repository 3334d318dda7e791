# shellcheck shell=bash
# What the build needs and a fresh machine may lack. Source it from bash; it defines functions and does nothing else:
#
#   require_dotnet            the .NET 10 SDK; installs it where the system's packages have it
#   require_packages GROUP... Debian packages by group:
#                               native  NativeAOT for this machine
#                               arm     NativeAOT for arm64, and an emulator to run it; nothing on an arm64 machine
#                               board   the emulated board of tools/board-emulator
#                               python  for the bundle reader in tools/
#                               torch   for the tests that compare gradients with PyTorch, and for tools/finetune
#   native_rid                prints linux-x64 or linux-arm64
#   arm_emulator              prints the emulator's command; empty on an arm64 machine; fails when there is none
#
# The require functions return 0 when all is there. What is missing they install with apt-get as root or with password-less
# sudo; where they may not, they print the exact command to type and exit with 5. Everything they say goes to stderr.

native_rid() {
    case "$(uname -m)" in
        aarch64 | arm64) echo linux-arm64 ;;
        *) echo linux-x64 ;;
    esac
}

arm_emulator() {
    [ "$(native_rid)" = linux-arm64 ] && return 0
    command -v qemu-aarch64-static || command -v qemu-aarch64
}

require_dotnet() {
    has_dotnet && return 0
    if apt_has dotnet-sdk-10.0; then
        apt_install dotnet-sdk-10.0
        has_dotnet && return 0
    fi
    {
        echo "error: the .NET 10 SDK is missing: 'dotnet --list-sdks' shows no version 10. Install it with"
        echo "    curl -sSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0"
        echo "    export PATH=\"\$HOME/.dotnet:\$PATH\""
        echo "and start again. Other ways: https://learn.microsoft.com/dotnet/core/install/linux"
    } >&2
    exit 5
}

require_packages() {
    local group package missing=()
    for group in "$@"; do
        while read -r package; do
            has_package "$package" || missing+=("$package")
        done < <(packages_of "$group")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    apt_install "${missing[@]}"
}

packages_of() {
    case "$1" in
        native) printf '%s\n' clang lld zlib1g-dev ;;
        arm)
            [ "$(native_rid)" = linux-arm64 ] ||
                printf '%s\n' gcc-aarch64-linux-gnu binutils-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user-static
            ;;
        board) printf '%s\n' qemu-system-arm make cpio xz-utils ;;
        python) printf '%s\n' python3 python3-msgpack ;;
        torch) printf '%s\n' python3 python3-numpy python3-onnx python3-pil python3-torch ;;
        *)
            echo "error: there is no package group '$1' (native, arm, board, python, torch)" >&2
            exit 2
            ;;
    esac
}

# By what a package is needed for, so that tools installed in another way count too.
has_package() {
    case "$1" in
        clang) command -v clang > /dev/null ;;
        lld) command -v ld.lld > /dev/null ;;
        zlib1g-dev) [ -e /usr/include/zlib.h ] ;;
        gcc-aarch64-linux-gnu) command -v aarch64-linux-gnu-gcc > /dev/null ;;
        binutils-aarch64-linux-gnu) command -v aarch64-linux-gnu-objcopy > /dev/null ;;
        libc6-dev-arm64-cross) [ -e /usr/aarch64-linux-gnu/lib/crt1.o ] ;;
        qemu-user-static) arm_emulator > /dev/null ;;
        qemu-system-arm) command -v qemu-system-aarch64 > /dev/null ;;
        make | cpio) command -v "$1" > /dev/null ;;
        xz-utils) command -v xz > /dev/null ;;
        python3) command -v python3 > /dev/null ;;
        python3-msgpack) /usr/bin/python3 -c 'import msgpack' 2> /dev/null ;;
        python3-numpy) /usr/bin/python3 -c 'import numpy' 2> /dev/null ;;
        python3-onnx) /usr/bin/python3 -c 'import onnx' 2> /dev/null ;;
        python3-pil) /usr/bin/python3 -c 'import PIL' 2> /dev/null ;;
        python3-torch) /usr/bin/python3 -c 'import torch' 2> /dev/null ;;
        *) return 1 ;;
    esac
}

has_dotnet() {
    # The official script installs here and leaves PATH to the user.
    if ! command -v dotnet > /dev/null && [ -x "$HOME/.dotnet/dotnet" ]; then
        PATH="$HOME/.dotnet:$PATH"
        export PATH
    fi
    command -v dotnet > /dev/null && dotnet --list-sdks | grep -q '^10\.'
}

apt_has() {
    command -v apt-get > /dev/null && apt-cache show "$1" > /dev/null 2>&1
}

apt_install() {
    local command=(apt-get install -y --no-install-recommends "$@") sudo=()
    if command -v apt-get > /dev/null; then
        if [ "$(id -u)" -eq 0 ]; then
            sudo=(env)
        elif sudo -n true 2> /dev/null; then
            sudo=(sudo -n env)
        fi
    fi
    if [ ${#sudo[@]} -eq 0 ]; then
        echo "error: packages are missing and this user may not install them. Type this, and start again:" >&2
        echo "    sudo ${command[*]}" >&2
        command -v apt-get > /dev/null ||
            echo "(the names are Debian's: this system has no apt-get, so take its own packages of that kind)" >&2
        exit 5
    fi
    echo "installing $*" >&2
    # Package lists may be absent or out of date; fetching them is slow, so first try without.
    "${sudo[@]}" DEBIAN_FRONTEND=noninteractive "${command[@]}" > /dev/null 2>&1 && return 0
    "${sudo[@]}" DEBIAN_FRONTEND=noninteractive apt-get update >&2 || true
    "${sudo[@]}" DEBIAN_FRONTEND=noninteractive "${command[@]}" >&2 && return 0
    {
        echo "error: apt-get could not install $* (see above). When it can, type this, and start again:"
        echo "    ${command[*]}"
    } >&2
    exit 5
}

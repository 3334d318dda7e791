# shellcheck shell=bash
# Fetches Debian's arm64 kernel and what goes with it, without installing anything. Source it; it defines functions:
#
#   fetch_packages DIR    leaves the packages' contents in DIR/unpacked, the kernel in DIR/vmlinuz, its release in DIR/release, and the few
#                         source files that are built in DIR/sources; does nothing when they are there
#
# A private apt state with its own architecture leaves the machine's own alone.

apt_arm() {
    APT_CONFIG=$work/apt/apt.conf "$@"
}

prepare_apt() {
    local dir=$1
    mkdir -p "$dir/apt/state/lists/partial" "$dir/apt/cache/archives/partial"
    touch "$dir/apt/status"
    cat > "$dir/apt/apt.conf" << END
APT::Architecture "arm64";
APT::Architectures { "arm64"; "$(dpkg --print-architecture)"; };
APT::Sandbox::User "root";
Acquire::Languages "none";
Dir::State "$dir/apt/state";
Dir::State::status "$dir/apt/status";
Dir::Cache "$dir/apt/cache";
Dir::Etc::SourceList "$dir/apt/sources.list";
Dir::Etc::SourceParts "/dev/null";
END
    cat > "$dir/apt/sources.list" << END
deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian bookworm main
deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian-security bookworm-security main
END
}

fetch_packages() {
    local dir=$1 release version
    [ -e "$dir/fetched" ] && [ -d "$dir/unpacked" ] && return 0
    echo "fetching the kernel's packages"
    rm -rf "$dir/packages" "$dir/unpacked" "$dir/sources"
    mkdir -p "$dir/packages" "$dir/unpacked" "$dir/sources"
    prepare_apt "$dir"
    apt_arm apt-get update -qq
    # The meta package names the newest; image, headers, build tools and source must be of one version.
    release=$(apt_arm apt-cache show linux-image-6.12-arm64 | sed -n 's/^Depends: linux-image-\([^ ]*\) .*/\1/p' | head -n 1)
    version=$(apt_arm apt-cache show linux-image-6.12-arm64 | sed -n 's/^Version: //p' | head -n 1)
    if [ -z "$release" ]; then
        echo "error: Debian's package lists hold no linux-image-6.12-arm64. Look at $dir/apt/sources.list." >&2
        return 5
    fi
    (
        cd "$dir/packages"
        apt_arm apt-get download -qq "linux-image-$release=$version" "linux-headers-$release=$version" "linux-headers-${release%-arm64}-common=$version" \
            "linux-kbuild-${release%-arm64}:$(dpkg --print-architecture)=$version" "linux-source-6.12=$version" busybox-static libgpiod2
    )
    local package
    for package in "$dir"/packages/*.deb; do
        case "$package" in
            */linux-source-*) dpkg-deb --fsys-tarfile "$package" | tar -xO ./usr/src/linux-source-6.12.tar.xz | tar -xJ -C "$dir/sources" --strip-components=1 \
                --wildcards '*/drivers/gpio/gpio-sim.c' '*/kernel/irq/irq_sim.c' '*/drivers/power/supply/test_power.c' ;;
            *) dpkg-deb -x "$package" "$dir/unpacked" ;;
        esac
    done
    cp "$dir/unpacked/boot/vmlinuz-$release" "$dir/vmlinuz"
    echo "$release" > "$dir/release"
    # What is unpacked is enough from now on.
    rm -rf "$dir/packages"
    touch "$dir/fetched"
}

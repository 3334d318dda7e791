# shellcheck shell=bash
# Makes the initramfs. Source it; it defines functions:
#
#   make_image DIR GUEST EDGERT BUNDLE    leaves DIR/initramfs.gz: busybox, libraries, modules, the program, the bundle and the job in GUEST

# What the kernel has as modules; their dependencies come along. Ours come last.
readonly STOCK_MODULES="configfs i2c-dev vivid"
readonly OUR_MODULES="irq_sim gpio-sim test_power ina219-sim"

# Copies a module after those that it needs, and notes the order.
add_module() {
    local dir=$1 target=$2 name=$3 file needed
    grep -qx "$name.ko" "$target/modules/order" 2> /dev/null && return 0
    file=$(find "$dir/modules" "$dir/unpacked/lib/modules" -name "$name.ko" -o -name "$name.ko.xz" -o -name "${name//_/-}.ko.xz" -o -name "${name//_/-}.ko" | head -n 1)
    if [ -z "$file" ]; then
        # Built into the kernel, then.
        return 0
    fi
    case "$file" in
        *.xz) xz -dc "$file" > "$target/modules/$name.ko" ;;
        *) cp "$file" "$target/modules/$name.ko" ;;
    esac
    # Debug information would only cost memory.
    aarch64-linux-gnu-strip --strip-debug "$target/modules/$name.ko"
    for needed in $(tr '\0' '\n' < "$target/modules/$name.ko" | sed -n 's/^depends=//p' | tr ',' ' '); do
        add_module "$dir" "$target" "$needed"
    done
    echo "$name.ko" >> "$target/modules/order"
}

make_image() {
    local dir=$1 guest=$2 edgert=$3 bundle=$4 target=$1/image name library
    rm -rf "$target"
    mkdir -p "$target"/{bin,lib,modules,proc,sys,dev,tmp,etc}
    cp "$dir/unpacked/bin/busybox" "$target/bin/"
    for library in ld-linux-aarch64.so.1 libc.so.6 libm.so.6; do
        cp -L "/usr/aarch64-linux-gnu/lib/$library" "$target/lib/"
    done
    cp -L "$dir/unpacked/usr/lib/aarch64-linux-gnu/libgpiod.so.2" "$target/lib/"
    for name in $STOCK_MODULES $OUR_MODULES; do
        add_module "$dir" "$target" "$name"
    done
    cp "$edgert" "$target/bin/edgert"
    cp "$bundle" "$target/model.edge"
    cp "$guest"/* "$target/"
    chmod +x "$target/init"
    (cd "$target" && find . | cpio --quiet -o -H newc --owner 0:0) | gzip -1 > "$dir/initramfs.gz"
}

# shellcheck shell=bash
# Builds the kernel modules that Debian's arm64 kernel lacks. Source it; it defines functions:
#
#   build_modules DIR OURS    builds gpio-sim, irq_sim and test_power from the kernel's source and our own test modules in OURS, into DIR/modules

build_modules() {
    local dir=$1 ours=$2 release headers sources=$1/unpacked/usr/src key
    release=$(cat "$dir/release")
    headers=$sources/linux-headers-$release
    key="$release $(cat "$ours"/* | cksum)"
    [ -e "$dir/modules/built" ] && [ "$(cat "$dir/modules/built")" = "$key" ] && return 0
    echo "building kernel modules"
    rm -rf "$dir/modules"
    mkdir -p "$dir/modules"
    cp "$dir/sources/drivers/gpio/gpio-sim.c" "$dir/sources/kernel/irq/irq_sim.c" "$dir/sources/drivers/power/supply/test_power.c" "$ours"/* "$dir/modules/"
    # As a module of its own the simulated interrupt controller needs a licence tag, and must not use what the kernel keeps to itself.
    sed -i 's/handle_simple_irq(irq_to_desc(irqnum));/generic_handle_irq(irqnum);/' "$dir/modules/irq_sim.c"
    printf '#include <linux/module.h>\nMODULE_LICENSE("GPL");\n' >> "$dir/modules/irq_sim.c"
    # The headers' makefile names the place where the package would be installed; with vmlinux there the build asks for pahole.
    sed -i "s#include /usr/src#include $sources#" "$headers/Makefile"
    rm -f "$headers/vmlinux"
    make -C "$headers" M="$dir/modules" CROSS_COMPILE=aarch64-linux-gnu- modules > "$dir/modules.log" 2>&1 || {
        tail -n 20 "$dir/modules.log" >&2
        return 1
    }
    echo "$key" > "$dir/modules/built"
}

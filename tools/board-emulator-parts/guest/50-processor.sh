# The kernels are those of the processor that is emulated.
edgert kernels > /tmp/kernels.txt
case "$(cat /proc/cmdline)" in
    *cortex-a76*) dot=0 ;;
    *) dot=1 ;;
esac
grep -q asimddp /proc/cpuinfo
check dot-product-as-the-cpu-has-it test $? -eq $dot
check bundle-verifies edgert verify /model.edge

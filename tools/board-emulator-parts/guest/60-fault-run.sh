# One fault after another while it watches: the process never ends, and answers come again after every one. The clock of the wall jumps too.
seconds=$(sed -n 's/.*fault_seconds=\([0-9]*\).*/\1/p' /proc/cmdline)
mkdir -p /tmp/tight
mount -t tmpfs -o size=512k none /tmp/tight
cp /model.edge /tmp/live.edge
start faults --camera v4l2:/dev/video0 --camera-size 320x180 --trigger interval:150 --top 1 --pictures /tmp/tight/seen --pictures-max 20 \
    --energy-source ina219@1-0040,shunt=0.1 --idle-watts 0.15 --max-watts 0.6 --energy-log /tmp/tight/energy.jsonl
check fault-run-starts until_true 30 has_lines '"type":"frame"' 1

uptime_s() { cut -d. -f1 /proc/uptime; }
fault() { # fault NAME on|off
    case "$1-$2" in
        camera-on) echo vivid.0 > /sys/bus/platform/drivers/vivid/unbind ;;
        camera-off) echo vivid.0 > /sys/bus/platform/drivers/vivid/bind ;;
        sensor-on) echo 0 > $ina/present ;;
        sensor-off) echo 1 > $ina/present ;;
        power-on) echo 40000 > $ina/shunt_uv ;;
        power-off) echo 9000 > $ina/shunt_uv ;;
        disk-on) dd if=/dev/zero of=/tmp/tight/filler bs=1k count=512 ;;
        disk-off) rm -f /tmp/tight/filler ;;
        bundle-on) head -c 5000 /model.edge > /tmp/live.edge && kill -HUP $pid ;;
        bundle-off) cp /model.edge /tmp/live.edge && kill -HUP $pid ;;
        clock-on) date -s "@$(($(date +%s) + 86400))" ;;
        clock-off) date -s "@$(($(date +%s) - 172800))" ;;
    esac > /tmp/fault.txt 2>&1 || true
}
alive() { kill -0 $pid 2> /dev/null; }
faults=0
fault_run() {
    end=$(($(uptime_s) + seconds))
    while [ "$(uptime_s)" -lt $end ]; do
        for kind in camera sensor power disk bundle clock; do
            for way in on off; do
                fault $kind $way
                faults=$((faults + 1))
                usleep 700000
                alive || { echo "ended after $kind $way"; tail -n 3 /tmp/faults.err; return 1; }
            done
            n=$(lines '"type":"frame"')
            until_true 20 has_lines '"type":"frame"' $((n + 2)) || { echo "no answers after $kind"; return 1; }
        done
    done
}
check survives-every-fault fault_run
check clock-steps-bend-no-times awk '/"type":"frame"/ { if (match($0, /"latency_ms":[-0-9.eE+]+/)) { v = substr($0, RSTART + 13, RLENGTH - 13) + 0; if (v < 0 || v > 60000) bad = 1 } } END { exit bad }' /tmp/faults.out
kill -TERM $pid
check fault-run-ends-on-term ends 0 10
check fault-log-is-readable sh -c 'edgert energy /tmp/tight/energy.jsonl --csv /tmp/faults.csv && [ -s /tmp/faults.csv ]'
echo "FIGURE fault run: $faults faults in $seconds s, $(lines '"type":"frame"') answers"

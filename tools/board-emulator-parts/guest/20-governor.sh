# One run from full power to the end: the sensor's trace rises, the battery drains, the sensor goes and comes back, the bundle is swapped.
ina=/sys/module/ina219_sim/parameters
cell=/sys/module/test_power/parameters
echo 9000 > $ina/shunt_uv           # 90 mA at 5 V: 0.45 W
# The test battery calls its per cent microampere-hours, so only an absurd voltage makes a store of them: 684 J at 95 %,
# 0.76 W over the quarter of an hour wanted, more than the cap on power allows even after a time of less (0.72 W).
echo 2000000000 > $cell/battery_voltage
echo 95 > $cell/battery_capacity
echo discharging > $cell/battery_status

start power --camera v4l2:/dev/video0 --camera-size 320x180 --trigger gpio:pinctrl-bcm2711:17:falling --debounce-us 0 \
    --energy-source ina219@1-0040,shunt=0.1 --idle-watts 0.15 --energy-log /tmp/energy.jsonl --max-watts 0.6 --battery-hours 0.25
check governor-starts until_true 20 has_lines '"type":"start"' 1

# pulses SECONDS COMMAND...: edges, one after another, until the command is true.
pulses() {
    end=$(($(date +%s) + ($1 * patience)))
    shift
    while ! "$@"; do
        [ "$(date +%s)" -lt $end ] || { echo "not within the time: $*"; tail -n 2 "/tmp/$run.out"; return 1; }
        pulse 17 2000
        usleep 150000
    done
}
point() { grep '"type":"frame"' "/tmp/$run.out" | tail -n 1 | grep -o '"point":"[^"]*"'; }
at_best() { [ "$(point)" = "$best" ]; }
cheaper() { [ "$(point)" != "$best" ]; }

check measured-by-the-sensor pulses 20 has_lines '"source":"measured:ina219@1-0040"' 3
best=$(point)
check best-point-while-power-allows test "$(grep -o '"point":"[^"]*"' /tmp/power.out | sort -u | wc -l)" -eq 1
check watts-are-right awk -v w="$(number watts)" 'BEGIN { exit !(w > 0.44 && w < 0.46) }'

echo 40000 > $ina/shunt_uv          # 2 W: more than the goal
check power-rises-point-falls pulses 40 cheaper
check switch-is-explained has_lines '"kind":"switch","text":".*power .* goal 0.60 W' 1
echo 9000 > $ina/shunt_uv
check power-falls-point-rises pulses 60 at_best

echo 5 > $cell/battery_capacity     # 36 J; believed step by step, since gauges jump
echo 11600 > $ina/shunt_uv          # 0.58 W: still below the cap
check battery-drains-point-falls pulses 120 has_lines '"kind":"switch","text":".*the battery lasts at' 1
check cheaper-on-a-low-battery pulses 20 cheaper
echo 95 > $cell/battery_capacity

echo 0 > $ina/present
check sensor-loss-is-told pulses 20 has_lines '"kind":"sensor-lost"' 1
n=$(lines '"type":"frame"')
check answers-go-on-without-sensor pulses 20 has_lines '"type":"frame"' $((n + 3))
echo 1 > $ina/present
check sensor-comes-back pulses 30 has_lines '"kind":"sensor-back"' 1

head -c 5000 /model.edge > /tmp/live.edge
kill -HUP $pid
check broken-bundle-is-refused until_true 20 has_lines '"kind":"swap-refused"' 1
n=$(lines '"type":"frame"')
check old-bundle-goes-on pulses 20 has_lines '"type":"frame"' $((n + 2))
cp /model.edge /tmp/live.edge
kill -HUP $pid
check bundle-is-swapped until_true 30 has_lines '"kind":"swapped"' 1
n=$(lines '"type":"frame"')
check new-bundle-answers pulses 20 has_lines '"type":"frame"' $((n + 2))

grep -o '"kind":"\(switch\|governor\)","text":"[^"]*"' /tmp/power.out | sed 's/^/EVENT /'
kill -TERM $pid
check run-ends-on-term ends 0 10
check log-has-frames sh -c 'grep -c "\"type\":\"frame\"" /tmp/energy.jsonl | grep -qE "[0-9][0-9]"'
check log-has-switches grep -q '"type":"switch"' /tmp/energy.jsonl
check log-tells-of-sensor grep -q '"type":"sensor-lost"' /tmp/energy.jsonl
check log-is-readable sh -c 'edgert energy /tmp/energy.jsonl --csv /tmp/energy.csv && [ -s /tmp/energy.csv ]'
echo "FIGURE switches of the point: $(lines '"kind":"switch"') in $(lines '"type":"frame"') frames"

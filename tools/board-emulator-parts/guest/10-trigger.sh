# An edge on a line of the GPIO chip becomes a picture of the camera and an answer.
cp /model.edge /tmp/live.edge

check camera-there test -c /dev/video0

drive 17 high
start edge --camera v4l2:/dev/video0 --camera-size 640x480 --trigger gpio:pinctrl-bcm2711:17:falling --led pinctrl-bcm2711:22 --strobe pinctrl-bcm2711:23 --marker pinctrl-bcm2711:24
check watch-starts until_true 20 has_lines '"type":"start"' 1
sleep 1
check no-frame-without-edge test "$(lines '"type":"frame"')" -eq 0
check lamp-ready test "$(level 22)" -eq 1

before=$(awk '/^voluntary/ { print $2 }' /proc/$pid/task/*/status | awk '{ s += $1 } END { print s }')
sleep 5
after=$(awk '/^voluntary/ { print $2 }' /proc/$pid/task/*/status | awk '{ s += $1 } END { print s }')
echo "FIGURE wake-ups in 5 s without an edge: $((after - before))"
check idle-wake-ups test $((after - before)) -lt 10

edge() {
    pulse 17
    until_true 10 has_lines '"type":"frame"' "$1"
}
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    edge $i > /tmp/edge.txt 2>&1 || break
done
check frame-per-edge test "$(lines '"type":"frame"')" -eq 20
check answers-have-classes has_lines '"classes":\[{"label":"' 20
check no-misses test "$(number missed)" -eq 0

# A contact that bounces within the debounce time is one edge.
bounce() {
    n=$(lines '"type":"frame"')
    for i in 1 2 3; do drive 17 low; drive 17 high; done
    pulse 17
    sleep 1
    [ "$(lines '"type":"frame"')" -le $((n + 1)) ] || { echo "$(($(lines '"type":"frame"') - n)) frames"; return 1; }
}
check bounces-are-one-edge bounce

kill -TERM $pid
check stops-on-term ends 0 10
check end-line has_lines '"type":"end".*"reason":"signal"' 1
echo "FIGURE trigger to answer, ms: $(grep -o '"latency_ms":{[^}]*}' /tmp/edge.out | tail -n 1)"
echo "FIGURE overhead beyond capture and inference, ms: $(grep -o '"overhead_ms":{[^}]*}' /tmp/edge.out | tail -n 1)"

# The marker line frames every measuring window.
edgert bench /model.edge --energy --energy-source ina219@1-0040,shunt=0.1 --idle-watts 0.15 --windows 5 --window-seconds 0.5 --runs 2 --marker pinctrl-bcm2711:24 > /tmp/bench.txt 2> /tmp/bench.err &
bench=$!
marker_is() { [ "$(level 24)" -eq "$1" ]; }
check marker-falls-in-a-window until_true 20 marker_is 0
check marker-rises-after-it until_true 20 marker_is 1
check bench-with-marker-ends wait $bench

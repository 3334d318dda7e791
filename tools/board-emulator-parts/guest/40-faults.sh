# What is missing or in use is told at the start, with the right exit code; a full disk does not end a run.
fails() { # fails CODE WORD ARGUMENTS...
    want=$1
    word=$2
    shift 2
    edgert "$@" > /tmp/fault.out 2> /tmp/fault.err
    code=$?
    [ $code -eq "$want" ] && grep -q -- "$word" /tmp/fault.err || { echo "ended with $code"; cat /tmp/fault.err; return 1; }
}
check no-such-chip fails 5 pinctrl-bcm2711 watch /model.edge --trigger gpio:pinctrl-rp1:17
check no-such-line fails 5 'only 54 lines' watch /model.edge --trigger gpio:pinctrl-bcm2711:60
check no-such-camera fails 5 /dev/video7 watch /model.edge --camera v4l2:/dev/video7
check no-such-sensor fails 5 'does not answer' watch /model.edge --energy-source ina219@1-0041

start busy --camera synthetic --trigger gpio:pinctrl-bcm2711:5
until_true 20 has_lines '"type":"start"' 1 > /tmp/busy.txt
check line-in-use fails 5 'Another program' watch /model.edge --trigger gpio:pinctrl-bcm2711:5
kill -TERM $pid
check holder-ends ends 0 10

mkdir -p /tmp/small
mount -t tmpfs -o size=256k none /tmp/small
dd if=/dev/zero of=/tmp/small/filler bs=1k count=180 2> /dev/null
start full --camera synthetic --camera-size 320x240 --trigger interval:100 --pictures /tmp/small/seen --energy-source ina219@1-0040,shunt=0.1 --energy-log /tmp/small/energy.jsonl --top 1
check full-disk-is-told until_true 30 has_lines '"kind":"pictures-failing"' 1
n=$(lines '"type":"frame"')
check answers-go-on-with-a-full-disk until_true 20 has_lines '"type":"frame"' $((n + 5))
rm /tmp/small/filler
check writing-works-again until_true 30 has_lines '"kind":"pictures-back"' 1
kill -TERM $pid
check full-run-ends ends 0 10

edgert doctor > /tmp/doctor.txt
check doctor-sees-chip grep -q pinctrl-bcm2711 /tmp/doctor.txt
check doctor-sees-camera grep -q '/dev/video0' /tmp/doctor.txt
check doctor-sees-bus grep -q 'i2c-1' /tmp/doctor.txt

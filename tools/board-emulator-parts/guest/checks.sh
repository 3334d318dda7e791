# Helpers of the jobs.

# check NAME COMMAND...: one line that says whether the command succeeded.
check() {
    name=$1
    shift
    if "$@" > /tmp/check.txt 2>&1; then
        echo "PASS $name"
    else
        echo "FAIL $name: $(tail -n 3 /tmp/check.txt | tr '\n' ' ')"
    fi
}

# Emulated on a busy machine everything takes longer; who succeeds does not wait for it.
patience=3

# until_true SECONDS COMMAND...: tries every tenth of a second, for that long on a machine that is idle.
until_true() {
    left=$(($1 * 10 * patience))
    shift
    while ! "$@"; do
        left=$((left - 1))
        if [ $left -le 0 ]; then
            echo "not within the time: $*"
            return 1
        fi
        usleep 100000
    done
}

# Lines of the chip, seen from outside.
sim=$(echo /sys/devices/platform/gpio-sim.0/gpiochip*/)

# drive LINE high|low
drive() {
    if [ "$2" = high ]; then echo pull-up; else echo pull-down; fi > "${sim}sim_gpio$1/pull"
}

# level LINE: what the line is driven to.
level() {
    cat "${sim}sim_gpio$1/value"
}

# pulse LINE: down and up again.
pulse() {
    drive "$1" low
    usleep "${2:-20000}"
    drive "$1" high
}

# start NAME ARGUMENTS...: edgert watch in the background; lines in /tmp/NAME.out, messages in /tmp/NAME.err, its number in $pid.
start() {
    run=$1
    shift
    : > "/tmp/$run.out"
    edgert watch /tmp/live.edge "$@" > "/tmp/$run.out" 2> "/tmp/$run.err" &
    pid=$!
}

# lines TEXT: lines of the run that hold it.
lines() {
    grep -c "$1" "/tmp/$run.out"
}

has_lines() {
    [ "$(lines "$1")" -ge "$2" ] || { tail -n 2 "/tmp/$run.out" "/tmp/$run.err"; return 1; }
}

# number MEMBER: its value in the last line of the run that has it.
number() {
    grep -o "\"$1\":[-0-9.eE]*" "/tmp/$run.out" | tail -n 1 | cut -d: -f2
}

# ends CODE SECONDS: the run ends with it, by itself or after a signal.
ends() {
    until_true "$2" gone || kill -9 "$pid"
    wait "$pid"
    code=$?
    [ "$code" -eq "$1" ] || { echo "ended with $code"; tail -n 3 "/tmp/$run.err"; return 1; }
}

gone() {
    [ ! -d "/proc/$pid" ] || grep -q '^State:.Z' "/proc/$pid/status"
}

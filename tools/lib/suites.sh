# shellcheck shell=bash
# Runs and counts suites. Source it from bash in the repository's root; it defines functions and does nothing else:
#
#   begin_suites               empties the counters and the log folder; from then on the last line printed is the sum
#   check NAME COMMAND...      runs a command as one test; its output goes to a log, whose end is shown when it fails
#   skip NAME REASON           counts one skipped test
#   no_warnings NAME           inside a checked command: fails when its log so far holds a compiler or linker warning
#   dotnet_suite PROJECT TEXT  runs a test project that is already built; TEXT may be empty or part of the tests' names

readonly SUITE_LOGS=artifacts/test/logs
readonly TAIL_LINES=40

begin_suites() {
    passed=0
    failed=0
    skipped=0
    rm -rf "$SUITE_LOGS"
    mkdir -p "$SUITE_LOGS"
    trap finish_suites EXIT
    trap 'exit 130' INT TERM
}

finish_suites() {
    local code=$?
    # Whoever leaves early without a failed test (a missing prerequisite, a signal) has not passed either.
    if [ "$code" -ne 0 ] && [ "$failed" -eq 0 ]; then
        failed=1
    fi
    echo
    echo "$passed passed, $failed failed, $skipped skipped"
    exit "$code"
}

log_of() {
    echo "$SUITE_LOGS/${1// /-}.log"
}

check() {
    local name=$1 log start=$SECONDS
    shift
    log=$(log_of "$name")
    printf '%-32s ' "$name"
    if "$@" > "$log" 2>&1 < /dev/null; then
        passed=$((passed + 1))
        echo "ok ($((SECONDS - start)) s)"
        return 0
    fi
    failed=$((failed + 1))
    echo "FAILED ($((SECONDS - start)) s), end of $log:"
    tail -n "$TAIL_LINES" "$log" | sed 's/^/    /'
    return 1
}

skip() {
    skipped=$((skipped + 1))
    printf '%-32s skipped: %s\n' "$1" "$2"
}

no_warnings() {
    # Quietly: grep does not read a file that it also writes to.
    if grep -qE '\bwarning [A-Z]+[0-9]+:' "$(log_of "$1")"; then
        echo "error: it built, but with warnings (see above)"
        return 1
    fi
}

dotnet_suite() {
    local project=$1 text=$2 log report start=$SECONDS code counters total ran good bad
    log=$(log_of "$project")
    report=$(pwd)/$SUITE_LOGS/$project.trx
    printf '%-32s ' "$project"
    dotnet test "tests/$project" -c Release --no-build --nologo --logger "trx;LogFileName=$report" --logger "console;verbosity=normal" \
        ${text:+--filter "FullyQualifiedName~$text"} > "$log" 2>&1 < /dev/null
    code=$?
    counters=$(grep -o '<Counters [^>]*>' "$report" 2> /dev/null)
    if [ -z "$counters" ]; then
        if [ "$code" -eq 0 ] && [ -n "$text" ]; then
            echo "no test of that name"
            return 0
        fi
        failed=$((failed + 1))
        echo "FAILED, no report was written; end of $log:"
        tail -n "$TAIL_LINES" "$log" | sed 's/^/    /'
        return 1
    fi
    total=$(counter total) ran=$(counter executed) good=$(counter passed)
    bad=$((ran - good))
    # A run that breaks down (a crash of the host) may leave a report without the test that broke it.
    if [ "$code" -ne 0 ] && [ "$bad" -eq 0 ]; then
        bad=1
    fi
    passed=$((passed + good))
    failed=$((failed + bad))
    skipped=$((skipped + total - ran))
    echo "$good passed, $bad failed, $((total - ran)) skipped ($((SECONDS - start)) s)"
    sed -n '/outcome="NotExecuted"/,/<\/UnitTestResult>/s/.*<Message>\([^<]*\).*/\1/p' "$report" | sort | uniq -c | sed 's/^ *\([0-9]*\) /    \1 skipped: /'
    if [ "$bad" -gt 0 ]; then
        grep -A 12 -E '^ +Failed ' "$log" | head -n $((TAIL_LINES * 3)) | sed 's/^/    /'
        echo "    (all of it: $log)"
        return 1
    fi
}

counter() {
    sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<< "$counters"
}

# shellcheck shell=bash
# Counts what the test reports below the current folder say. Sourced by the scripts in bin/.

forget_old_reports() {
    find . -path '*/target/*-reports/TEST-*.xml' -delete
}

# Prints the counts of all test reports; fails unless every test ran and passed, and the build did. Where there is no
# browser, the one test that needs it may have been skipped.
summarize() {
    local built=$1 without_browser=${2:-0} tests failed skipped seconds=$SECONDS
    tests=$(total tests)
    failed=$(($(total failures) + $(total errors)))
    skipped=$(total skipped)
    if [ "$without_browser" -ne 0 ] && [ "$skipped" -ne 0 ]; then
        echo "nobody looked at the status page: install google-chrome (https://www.google.com/chrome) and run this again"
        tests=$((tests - 1)) skipped=$((skipped - 1))
    fi
    if [ "$skipped" -ne 0 ]; then
        echo "skipped tests, which count as failed here:"
        reports -exec grep -l '<skipped' {} +
    fi
    echo "verify took $((seconds / 60)) min $((seconds % 60)) s"
    [ "$built" = yes ] || echo "the build failed, see above"
    [ "$tests" -ne 0 ] || echo "no test has run"
    echo "$((tests - failed - skipped)) passed, $((failed + skipped)) failed"
    [ "$built" = yes ] && [ "$tests" -ne 0 ] && [ $((failed + skipped)) -eq 0 ]
}

# Adds up one attribute of the test suites in all reports.
total() {
    reports -exec sed -nE '/<testsuite /,/>/ s/.* '"$1"'="([0-9]+)".*/\1/p' {} + | awk '{ sum += $1 } END { print sum + 0 }'
}

reports() {
    find . -path '*/target/*-reports/TEST-*.xml' "$@"
}

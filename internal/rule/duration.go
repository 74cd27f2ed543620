package rule

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	isoDuration    = regexp.MustCompile(`(?i)^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$`)
	shortDuration  = regexp.MustCompile(`(?i)^(\d+)\s*(d|day|days|h|hour|hours|m|min|minute|minutes|s|sec|second|seconds|w)$`)
	clockDuration  = regexp.MustCompile(`^(?:(\d+)\.)?(\d{1,2}):(\d{2})(?::(\d{2}))?$`)
	durationUnits  = map[byte]time.Duration{'w': 7 * 24 * time.Hour, 'd': 24 * time.Hour, 'h': time.Hour, 'm': time.Minute, 's': time.Second}
	isoGroupsUnits = []time.Duration{7 * 24 * time.Hour, 24 * time.Hour, time.Hour, time.Minute, time.Second}
)

// ParseDuration reads a time span as rules write it: Sentinel's "1d", "5m",
// ISO 8601's "P1D", "PT5M", or a clock "1.00:05:00".
func ParseDuration(s string) (time.Duration, error) {
	s = strings.TrimSpace(s)
	if m := shortDuration.FindStringSubmatch(s); m != nil {
		return addUnits(s, m[1:2], []time.Duration{durationUnits[strings.ToLower(m[2])[0]]})
	}
	if m := isoDuration.FindStringSubmatch(s); m != nil && len(s) > 1 && !strings.HasSuffix(strings.ToUpper(s), "T") {
		return addUnits(s, m[1:], isoGroupsUnits)
	}
	if m := clockDuration.FindStringSubmatch(s); m != nil {
		return addUnits(s, m[1:], isoGroupsUnits[1:])
	}
	return 0, fmt.Errorf("%q is not a time span such as 1d or PT5M", s)
}

// addUnits sums numbers times units and refuses what does not fit.
func addUnits(s string, numbers []string, units []time.Duration) (time.Duration, error) {
	var sum time.Duration
	for i, n := range numbers {
		if n == "" {
			continue
		}
		v, err := strconv.ParseInt(n, 10, 64)
		if err != nil || v > (math.MaxInt64-int64(sum))/int64(units[i]) {
			return 0, fmt.Errorf("%q is longer than 292 years", s)
		}
		sum += time.Duration(v) * units[i]
	}
	return sum, nil
}

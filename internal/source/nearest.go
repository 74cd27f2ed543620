package source

import "strings"

// Nearest is the candidate that a mistyped name most likely meant, or "".
//
// Case differences always count as near; else the edit distance may be at
// most a third of the length, which keeps "Foo" from becoming "Bar".
func Nearest(name string, candidates []string) string {
	best, bestDist := "", len(name)/3+1
	low := strings.ToLower(name)
	for _, c := range candidates {
		lc := strings.ToLower(c)
		if lc == low {
			return c
		}
		if d := len(lc) - len(low); d >= bestDist || -d >= bestDist {
			continue
		}
		if d := distance(low, lc, bestDist); d < bestDist || d == bestDist && best != "" && c < best {
			best, bestDist = c, d
		}
	}
	return best
}

// distance is the edit distance with swaps of neighbours, cut off at limit.
func distance(a, b string, limit int) int {
	prev2 := make([]int, len(b)+1)
	prev := make([]int, len(b)+1)
	cur := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		low := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, prev2[j-2]+1)
			}
			cur[j] = d
			low = min(low, d)
		}
		if low > limit {
			return limit + 1
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return prev[len(b)]
}

package plugin

import (
	"strconv"

	"goshawk/internal/types"
)

// later is why a plugin that needs no service is refused all the same.
const later = "it is not built yet"

// timeline are the columns of plugins that give a row for each bin of a
// timeline: the bin, the dimensions, then the measures.
func timeline(measures ...Column) func(*Use) ([]Column, error) {
	return func(u *Use) ([]Column, error) {
		var out []Column
		if a := u.Arg("TimelineColumn"); a != nil {
			out = append(out, columnOf(a))
		}
		for _, a := range u.All("Dimension") {
			out = append(out, columnOf(a))
		}
		return append(out, measures...), nil
	}
}

// segments are the columns of the plugins that find segments: some measures
// and every column of the input.
func segments(measures ...Column) func(*Use) ([]Column, error) {
	return func(u *Use) ([]Column, error) {
		out := append([]Column(nil), measures...)
		for _, c := range u.In {
			out = append(out, Made(c.Name, c.Type))
		}
		return out, nil
	}
}

func longs(names ...string) []Column {
	var out []Column
	for _, n := range names {
		out = append(out, Made(n, types.Long))
	}
	return out
}

func reals(names ...string) []Column {
	var out []Column
	for _, n := range names {
		out = append(out, Made(n, types.Real))
	}
	return out
}

var (
	_ = refused("active_users_count", "Counts users that are active often enough.", later, timeline(longs("dcount")...), false)
	_ = refused("activity_counts_metrics", "Counts and distinct counts per step.", later, timeline(longs("count", "dcount", "new_dcount", "aggregated_dcount")...), false)
	_ = refused("activity_engagement", "Ratio of distinct users of a short and a long window.", later,
		timeline(append(longs("dcount_activities_inner", "dcount_activities_outer"), reals("activity_ratio")...)...), false)
	_ = refused("activity_metrics", "Retention and churn between steps.", later,
		timeline(append(longs("dcount_values", "dcount_newvalues"), reals("retention_rate", "churn_rate")...)...), false)
	_ = refused("autocluster", "Finds common patterns of values.", later, segments(append(longs("SegmentId", "Count"), reals("Percent")...)...), false)
	_ = refused("basket", "Finds all frequent patterns of values.", later, segments(append(longs("SegmentId", "Count"), reals("Percent")...)...), false)
	_ = refused("dcount_intersect", "Counts in intersections of hll values.", later, func(u *Use) ([]Column, error) {
		out := u.passed()
		for i := range u.All("hll") {
			out = append(out, Made("s"+strconv.Itoa(i), types.Long))
		}
		return out, nil
	}, false)
	_ = refused("diffpatterns", "Finds patterns that tell two sets apart.", later,
		segments(append(longs("SegmentId", "CountA", "CountB"), reals("PercentA", "PercentB", "PercentDiffAB")...)...), false)
	_ = refused("estimate_rows_count", "Estimates the number of rows.", later, fixed(longs("EstimatedRowsCount")...), false)
	_ = refused("funnel_sequence", "Counts what comes before and after a sequence.", later,
		timeline(Made("prev", types.String), Made("next", types.String), Made("dcount", types.Long), Made("samples", types.Dynamic)), false)
	_ = refused("funnel_sequence_completion", "Counts completed sequences.", later, func(u *Use) ([]Column, error) {
		var out []Column
		for _, p := range []string{"TimelineColumn", "StateColumn"} {
			if a := u.Arg(p); a != nil {
				out = append(out, columnOf(a))
			}
		}
		return append(out, Made("Period", types.Timespan), Made("dcount", types.Long)), nil
	}, false)
	_ = refused("geo_line_lookup", "Looks points up near lines.", later, func(u *Use) ([]Column, error) {
		return lookupColumns(u, "LookupLineKey", u.truth("return_lookup_key")), nil
	}, false)
	_ = refused("geo_polygon_lookup", "Looks points up in polygons.", later, func(u *Use) ([]Column, error) {
		return lookupColumns(u, "LookupPolygonKey", u.truth("return_lookup_key")), nil
	}, false)
	_ = refused("identity", "Gives its input.", later, same, false)
	_ = refused("new_activity_metrics", "Retention and churn of new users by cohort.", later, func(u *Use) ([]Column, error) {
		var out []Column
		if a := u.Arg("TimelineColumn"); a != nil {
			out = append(out, Made("from_"+a.Name, a.Type), Made("to_"+a.Name, a.Type))
		}
		for _, a := range u.All("Dimension") {
			out = append(out, columnOf(a))
		}
		return append(append(out, longs("dcount_new_values", "dcount_retained_values", "dcount_churn_values")...), reals("retention_rate", "churn_rate")...), nil
	}, false)
	_ = refused("preview", "Gives some rows and the number of all.", later, none, false)
	_ = refused("rolling_percentile", "Percentile over a rolling window.", later, none, true)
	_ = refused("rows_near", "Rows near those that fulfil a condition.", later, same, false)
	_ = refused("sequence_detect", "Finds sequences of events.", later, none, true)
	_ = refused("session_count", "Counts sessions on a timeline.", later, timeline(longs("count_sessions")...), false)
	_ = refused("sliding_window_counts", "Counts in a sliding window.", later, timeline(longs("Count", "Dcount")...), false)
)

package fn

import (
	"testing"

	"goshawk/internal/dynamic"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// arg makes a one-row constant of a Go value.
func arg(t *testing.T, x any) *vector.Vector {
	t.Helper()
	d := vector.Datum{V: x}
	switch v := x.(type) {
	case int:
		d = vector.Datum{T: types.Long, V: int64(v)}
	case float64:
		d.T = types.Real
	case bool:
		d.T = types.Bool
	case string:
		d.T = types.String
	case day:
		ticks := int64(v)
		d = vector.Datum{T: types.Datetime, V: ticks}
	case span:
		d = vector.Datum{T: types.Timespan, V: int64(v)}
	case js:
		parsed, err := dynamic.Parse(string(v))
		if err != nil {
			t.Fatal(err)
		}
		d = vector.Datum{T: types.Dynamic, V: parsed}
		if parsed.IsNull() {
			d.V = nil
		}
	}
	return vector.Constant(d, 1)
}

type (
	day  int64
	span int64
	js   string
)

// on is a datetime of date and time parts.
func on(y, m, d int, rest int64) day { return day(dayNumber(y, m, d)*types.Day + rest) }

func TestFacts(t *testing.T) {
	clock := 13*types.Hour + 45*types.Minute + 56*types.Second + 1234567
	for _, f := range []struct {
		name string
		ret  types.Type
		args []any
		want string
	}{
		{"startofweek", types.Datetime, []any{on(2017, 1, 1, clock), -1}, "2016-12-25T00:00:00.0000000Z"},
		{"startofweek", types.Datetime, []any{on(1, 1, 1, 0)}, "null"},
		{"startofmonth", types.Datetime, []any{on(2017, 1, 31, clock), 1}, "2017-02-01T00:00:00.0000000Z"},
		{"endofyear", types.Datetime, []any{on(9999, 3, 1, 0)}, "9999-12-31T23:59:59.9999999Z"},
		{"endofmonth", types.Datetime, []any{on(2020, 2, 3, 0)}, "2020-02-29T23:59:59.9999999Z"},
		{"week_of_year", types.Int, []any{on(2021, 1, 3, 0)}, "53"},
		{"week_of_year", types.Int, []any{on(2018, 12, 31, 0)}, "1"},
		{"dayofweek", types.Timespan, []any{on(2021, 1, 2, 0)}, "6.00:00:00"},
		{"bin", types.Long, []any{-5, 2}, "-6"},
		{"bin", types.Real, []any{-5.5, 2.0}, "-6.0"},
		{"bin", types.Datetime, []any{on(1955, 11, 5, 0), span(7 * types.Day)}, "1955-10-31T00:00:00.0000000Z"},
		{"bin", types.Long, []any{5, -2}, "null"},
		{"bin_at", types.Real, []any{6.5, 2.5, 7}, "4.5"},
		{"bin_at", types.Timespan, []any{span(types.Hour), span(types.Day), span(12 * types.Hour)}, "-12:00:00"},
		{"datetime_diff", types.Long, []any{"month", on(2020, 3, 1, 0), on(2020, 2, 28, 0)}, "1"},
		{"datetime_diff", types.Long, []any{"Year", on(2020, 1, 1, 0), on(2019, 12, 31, 0)}, "1"},
		{"datetime_add", types.Datetime, []any{"month", 1, on(2020, 1, 31, clock)}, "2020-02-29T13:45:56.1234567Z"},
		{"datetime_add", types.Datetime, []any{"month", -1, on(2020, 1, 31, 0)}, "2019-12-31T00:00:00.0000000Z"},
		{"make_datetime", types.Datetime, []any{2020, 13, 1}, "null"},
		{"make_timespan", types.Timespan, []any{25, 70}, "null"},
		{"make_timespan", types.Timespan, []any{1, 12, 30, 55}, "1.12:30:55"},
		{"format_datetime", types.String, []any{on(2017, 3, 9, clock), "ddd MMM"}, "099 033"},
		{"format_datetime", types.String, []any{on(2017, 1, 9, clock), "yy-MM-dd [hh:mm:ss tt] fff"}, "17-01-09 [01:45:56 PM] 123"},
		{"format_timespan", types.String, []any{span(-types.Hour), "hh:mm:ss"}, "-01:00:00"},
		{"format_timespan", types.String, []any{span(types.Day), "dddd"}, "0001"},
		{"unixtime_seconds_todatetime", types.Datetime, []any{1546300800}, "2019-01-01T00:00:00.0000000Z"},
		{"datetime_utc_to_local", types.Datetime, []any{on(2022, 7, 1, 0), "US/Pacific"}, "2022-06-30T17:00:00.0000000Z"},
		{"round", types.Real, []any{3.25, 1}, "3.3"},
		{"round", types.Real, []any{-2.5}, "-3.0"},
		{"log", types.Real, []any{-1.0}, "null"},
		{"array_length", types.Long, []any{js(`{"a":1}`)}, "null"},
		{"array_index_of", types.Long, []any{js("[5,15]"), 15.0}, "1"},
		{"array_slice", types.Dynamic, []any{js("[1,2,3,4,5]"), -2, -1}, "[4,5]"},
		{"array_shift_left", types.Dynamic, []any{js("[1,2,3,4,5]"), -2, -1}, "[-1,-1,1,2,3]"},
		{"array_rotate_right", types.Dynamic, []any{js("[1,2,3,4,5]"), 2}, "[4,5,1,2,3]"},
		{"array_split", types.Dynamic, []any{js("[1,2,3,4,5]"), js("[1,3]")}, "[[1],[2,3],[4,5]]"},
		{"array_sort_asc", types.Dynamic, []any{js(`[null,"b","a"]`)}, `["a","b",null]`},
		{"array_sort_desc", types.Dynamic, []any{js(`[null,"b","c"]`), false}, `[null,"c","b"]`},
		{"array_iff", types.Dynamic, []any{js("[1,0,50]"), "yes", "no"}, `["yes","no","yes"]`},
		{"array_sum", types.Real, []any{js("[1,null,3]")}, "4.0"},
		{"bag_merge", types.Dynamic, []any{js(`{"a":1}`), js(`{"a":2,"b":3}`)}, `{"a":1,"b":3}`},
		{"bag_set_key", types.Dynamic, []any{js(`{"k":{"a":1,"b":2}}`), "$.k.a", "x"}, `{"k":{"b":2,"a":"x"}}`},
		{"bag_remove_keys", types.Dynamic, []any{js(`{"a":1,"k":{"x":1,"y":2}}`), js(`["$.k.x","a"]`)}, `{"k":{"y":2}}`},
		{"bag_zip", types.Dynamic, []any{js(`["a",8,"b"]`), js("[1,2]")}, `{"a":1,"b":null}`},
		{"zip", types.Dynamic, []any{js("[1,2]"), js("[3]")}, "[[1,3],[2,null]]"},
		{"set_difference", types.Dynamic, []any{js("[null,1,null,2]"), js("[null]")}, "[1,2]"},
		{"set_has_element", types.Bool, []any{js("[1,2]"), "2"}, "false"},
		{"range", types.Dynamic, []any{1, 8, 3}, "[1,4,7]"},
		{"hash", types.Long, []any{"World"}, "1846988464401551951"},
		{"hash", types.Long, []any{on(2015, 1, 1, 0)}, "1380966698541616202"},
		{"hash", types.Long, []any{"World", 100}, "51"},
		{"hash_md5", types.String, []any{on(2020, 1, 1, 0)}, "786c530672d1f8db31fee25ea8a9390b"},
		{"geo_distance_2points", types.Real, []any{-122.407628, 47.578557, -118.275287, 34.019056}, "1546754.3519738096"},
		{"geo_point_to_geohash", types.String, []any{-80.195829, 25.802215, 8}, "dhwfz15h"},
		{"format_bytes", types.String, []any{564}, "564 B"},
		{"format_bytes", types.String, []any{10332, 1}, "10.1 KB"},
		{"format_bytes", types.String, []any{20010332, 0, "KB"}, "19541 KB"},
		{"zlib_decompress_from_base64_string", types.String, []any{"eJwLSS0uUSguKcrMS1cwNDIGACxqBQ4="}, "Test string 123"},
		{"gzip_decompress_from_base64_string", types.String, []any{"x0x0x0"}, ""},
		{"gettype", types.String, []any{js("null")}, "null"},
		{"gettype", types.String, []any{js("1.5")}, "double"},
		{"datetime_local_to_utc", types.Datetime, []any{on(2022, 3, 27, 2*types.Hour), "Europe/Brussels"}, "2022-03-27T00:00:00.0000000Z"},
		{"geo_point_in_circle", types.Bool, []any{200.0, 1.0, 1.0, 1.0, 1.0}, "null"},
	} {
		args, kinds := []*vector.Vector{}, []types.Type{}
		for _, a := range f.args {
			v := arg(t, a)
			args, kinds = append(args, v), append(kinds, v.Type)
		}
		s := ScalarNamed(f.name)
		if s == nil {
			t.Errorf("no row %s", f.name)
			continue
		}
		v, err := Apply(s, s.KernelFor(kinds, f.ret), &Call{Env: &Env{}, N: 1, Ret: f.ret}, args)
		if err != nil {
			t.Errorf("%s(%v): %v", f.name, f.args, err)
			continue
		}
		got := "null"
		if !v.IsNull(0) {
			got = v.ToDynamic(0).String()
		}
		if got != f.want {
			t.Errorf("%s(%v) = %s, want %s", f.name, f.args, got, f.want)
		}
	}
}

func TestXXHash(t *testing.T) {
	// The published value for the empty input, and the long path.
	if got := xxhash64(nil); got != 0xef46db3751d8e999 {
		t.Errorf("empty: %x", got)
	}
	if got := xxhash64([]byte("Nobody inspects the spammish repetition")); got != 0xfbcea83c8a378bf1 {
		t.Errorf("long: %x", got)
	}
}

func TestWindows(t *testing.T) {
	vals := vector.Of(types.Long, []int64{2, 3, 3, 3, 100}, nil)
	again := vector.Of(types.Bool, []bool{false, false, true, false, false}, nil)
	for _, f := range []struct {
		name string
		args []*vector.Vector
		want string
	}{
		{"row_number", nil, "1 2 3 4 5"},
		{"row_number", []*vector.Vector{vector.Constant(vector.Datum{T: types.Long, V: int64(0)}, 5), again}, "0 1 0 1 2"},
		{"row_cumsum", []*vector.Vector{vals, again}, "2 5 3 6 106"},
		{"row_rank_dense", []*vector.Vector{vals}, "1 2 2 2 3"},
		{"row_rank_min", []*vector.Vector{vals}, "1 2 2 2 5"},
		{"prev", []*vector.Vector{vals}, " 2 3 3 3"},
		{"next", []*vector.Vector{vals, vector.Constant(vector.Datum{T: types.Long, V: int64(2)}, 5), vector.Constant(vector.Datum{T: types.Long, V: int64(7)}, 5)}, "3 3 100 7 7"},
	} {
		s := ScalarNamed(f.name)
		v, err := Apply(s, s.Kernel, &Call{Env: &Env{}, N: 5, Ret: types.Long}, f.args)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for i := 0; i < 5; i++ {
			if i > 0 {
				got += " "
			}
			got += v.ToDynamic(i).String()
		}
		if got != f.want {
			t.Errorf("%s: %q, want %q", f.name, got, f.want)
		}
	}
}

// What a function makes for one batch is bounded: each of these rows alone is
// allowed.
func TestMadeValuesAreBounded(t *testing.T) {
	rows := func(d vector.Datum) *vector.Vector { return vector.Constant(d, 1).Gather(make([]int32, 300)) }
	many, text := rows(num(1<<20)), rows(str("x"))
	for name, args := range map[string][]*vector.Vector{
		"range": {rows(num(1)), many}, "repeat": {rows(num(1)), many}, "strrep": {text, many},
	} {
		s := ScalarNamed(name)
		kinds, ret := []types.Type{args[0].Type, args[1].Type}, types.Dynamic
		if name == "strrep" {
			ret = types.String
		}
		flat := []*vector.Vector{args[0].Flatten(), args[1].Flatten()}
		if _, err := Apply(s, s.KernelFor(kinds, ret), &Call{Env: &Env{}, N: 300, Ret: ret}, flat); err == nil {
			t.Errorf("%s makes 300 million values", name)
		}
	}
}

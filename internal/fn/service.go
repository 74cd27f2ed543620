package fn

import (
	"math"
	"strings"

	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// The catalogue comes from the language service, which is a model of Kusto.
// Where the answers of Kusto itself show something else, it is written here.

// Served gives the result type that Kusto's answers have where the catalogue
// says another; Unknown means the catalogue is right. lits holds the constant
// arguments, nil where not constant.
func Served(name string, lits []*vector.Datum) types.Type {
	switch name {
	case "getyear", "hourofday", "monthofyear", "datetime_part", "datepart":
		return types.Long
	case "datetime_diff":
		// Weeks are counted as a real, whatever else is counted as a long.
		if len(lits) > 0 && lits[0] != nil {
			if unit, ok := lits[0].V.(string); ok && strings.EqualFold(unit, "week") {
				return types.Real
			}
		}
	}
	return types.Unknown
}

// Wider gives signatures that Kusto takes and the catalogue lacks.
func Wider(name string) []Sig { return wider[name] }

var wider = map[string][]Sig{
	// The documented example names the type of the percentiles.
	"percentiles_array_tdigest": {{Returns: "dynamic", MinArgs: 3, MaxArgs: 3, Params: []Param{
		{Name: "tdigest", Min: 1, Max: 1, Kind: "DynamicArray"}, {Name: "percentiles", Min: 1, Max: 1, Kind: "DynamicArray"},
		{Name: "type", Min: 1, Max: 1, Arg: "Literal"}}}},
	// The seconds may have a fraction.
	"make_timespan": {
		{Returns: "timespan", MinArgs: 3, MaxArgs: 3, Params: []Param{wholeParam("hours"), wholeParam("minutes"), seconds}},
		{Returns: "timespan", MinArgs: 4, MaxArgs: 4, Params: []Param{wholeParam("days"), wholeParam("hours"), wholeParam("minutes"), seconds}},
	},
}

func wholeParam(name string) Param { return Param{Name: name, Min: 1, Max: 1, Kind: "Integer"} }

var seconds = Param{Name: "seconds", Min: 1, Max: 1, Types: []types.Type{types.Real}}

// secondTicks is a number of seconds below a minute in ticks; ok is false
// beyond.
func secondTicks(s float64) (int64, bool) {
	if !(s >= 0 && s < 60) {
		return 0, false
	}
	return int64(math.Round(s * float64(types.Second))), true
}

package fn

import (
	"math"
	"strings"
)

// factors say how many of the base unit one of a unit is.
type factors map[string]float64

// Prefixes that units of one kind share.
const (
	nano, micro, milli, centi, deci       = 1e-9, 1e-6, 1e-3, 1e-2, 1e-1
	deca, hecto, kilo, mega, giga, tera   = 1e1, 1e2, 1e3, 1e6, 1e9, 1e12
	perMinute, perHour, perDay            = 60.0, 3600.0, 86400.0
	foot, inch, yard                      = 0.3048, 0.0254, 0.9144
	surveyFoot                            = 1200.0 / 3937
	btu, electronVolt, therm, poundForce  = 1055.05585262, 1.602176565e-19, 1.05505585262e8, 4.4482216152605095
	pound, usGallon, imperialGallon       = 0.45359237, 0.003785411784, 0.00454609
	thermUS, thermImperial, lightYear, pc = 1.054804e8, 1.05505585257348e8, 9.46073047258e15, 3.08567758128e16
)

// Units of angle in degrees.
var angles = factors{
	"Degree": 1, "Arcminute": 1.0 / 60, "Arcsecond": 1.0 / 3600, "Gradian": 0.9, "NatoMil": 360.0 / 6400, "Revolution": 360,
	"Radian": 180 / math.Pi, "Centiradian": centi * 180 / math.Pi, "Deciradian": deci * 180 / math.Pi, "Milliradian": milli * 180 / math.Pi,
	"Microradian": micro * 180 / math.Pi, "Nanoradian": nano * 180 / math.Pi,
	"Millidegree": milli, "Microdegree": micro, "Nanodegree": nano,
}

// Units of energy in joules.
var energies = factors{
	"Joule": 1, "Millijoule": milli, "Kilojoule": kilo, "Megajoule": mega, "Gigajoule": giga, "Calorie": 4.184, "Kilocalorie": 4184, "Megacalorie": 4.184e6,
	"BritishThermalUnit": btu, "KilobritishThermalUnit": kilo * btu, "MegabritishThermalUnit": mega * btu, "GigabritishThermalUnit": giga * btu,
	"ElectronVolt": electronVolt, "KiloelectronVolt": kilo * electronVolt, "MegaelectronVolt": mega * electronVolt,
	"GigaelectronVolt": giga * electronVolt, "TeraelectronVolt": tera * electronVolt,
	"Erg": 1e-7, "FootPound": 1.355817948, "HorsepowerHour": 2.6845195377e6,
	"WattHour": perHour, "KilowattHour": kilo * perHour, "MegawattHour": mega * perHour, "GigawattHour": giga * perHour, "TerawattHour": tera * perHour,
	"WattDay": perDay, "KilowattDay": kilo * perDay, "MegawattDay": mega * perDay, "GigawattDay": giga * perDay, "TerawattDay": tera * perDay,
	"ThermEc": therm, "ThermUs": thermUS, "ThermImperial": thermImperial,
	"DecathermEc": deca * therm, "DecathermUs": deca * thermUS, "DecathermImperial": deca * thermImperial,
}

// Units of force in newtons.
var forces = factors{
	"Newton": 1, "Decanewton": deca, "Kilonewton": kilo, "Meganewton": mega, "Millinewton": milli, "Micronewton": micro, "Dyn": 1e-5,
	"KilogramForce": 9.80665, "KiloPond": 9.80665, "TonneForce": 9806.65, "PoundForce": poundForce, "KilopoundForce": kilo * poundForce,
	"OunceForce": poundForce / 16, "ShortTonForce": 2000 * poundForce, "Poundal": pound * foot,
}

// Units of length in metres.
var lengths = factors{
	"Meter": 1, "Angstrom": 1e-10, "Nanometer": nano, "Micrometer": micro, "Millimeter": milli, "Centimeter": centi, "Decimeter": deci,
	"Decameter": deca, "Hectometer": hecto, "Kilometer": kilo, "AstronomicalUnit": 1.4959787070e11,
	"LightYear": lightYear, "KilolightYear": kilo * lightYear, "MegalightYear": mega * lightYear, "Parsec": pc, "Kiloparsec": kilo * pc, "Megaparsec": mega * pc,
	"SolarRadius": 6.957e8, "Inch": inch, "Microinch": micro * inch, "Mil": milli * inch, "Twip": inch / 1440, "DtpPoint": inch / 72, "DtpPica": inch / 6,
	"PrinterPoint": inch / 72.27, "PrinterPica": 12 * inch / 72.27, "Hand": 4 * inch, "Foot": foot, "Yard": yard, "Fathom": 2 * yard, "Chain": 22 * yard,
	"Shackle": 30 * yard, "Mile": 1760 * yard, "DataMile": 6000 * foot, "NauticalMile": 1852, "UsSurveyFoot": surveyFoot,
}

// Units of mass in kilograms.
var masses = factors{
	"Kilogram": 1, "Microgram": micro * milli, "Milligram": milli * milli, "Centigram": centi * milli, "Decigram": deci * milli, "Gram": milli,
	"Decagram": deca * milli, "Hectogram": hecto * milli, "Tonne": kilo, "Kilotonne": mega, "Megatonne": giga,
	"Grain": pound / 7000, "Ounce": pound / 16, "Pound": pound, "Kilopound": kilo * pound, "Megapound": mega * pound, "Stone": 14 * pound,
	"ShortHundredweight": 100 * pound, "LongHundredweight": 112 * pound, "ShortTon": 2000 * pound, "LongTon": 2240 * pound,
	"Slug": poundForce / foot, "EarthMass": 5.9722e24, "SolarMass": 1.98947e30,
}

// Units of speed in metres a second.
var speeds = factors{
	"MeterPerSecond": 1, "MeterPerMinute": 1 / perMinute, "MeterPerHour": 1 / perHour, "NanometerPerSecond": nano, "NanometerPerMinute": nano / perMinute,
	"MicrometerPerSecond": micro, "MicrometerPerMinute": micro / perMinute,
	"MillimeterPerSecond": milli, "MillimeterPerMinute": milli / perMinute, "MillimeterPerHour": milli / perHour,
	"CentimeterPerSecond": centi, "CentimeterPerMinute": centi / perMinute, "CentimeterPerHour": centi / perHour,
	"DecimeterPerSecond": deci, "DecimeterPerMinute": deci / perMinute,
	"KilometerPerSecond": kilo, "KilometerPerMinute": kilo / perMinute, "KilometerPerHour": kilo / perHour,
	"InchPerSecond": inch, "InchPerMinute": inch / perMinute, "InchPerHour": inch / perHour,
	"FootPerSecond": foot, "FootPerMinute": foot / perMinute, "FootPerHour": foot / perHour,
	"UsSurveyFootPerSecond": surveyFoot, "UsSurveyFootPerMinute": surveyFoot / perMinute, "UsSurveyFootPerHour": surveyFoot / perHour,
	"YardPerSecond": yard, "YardPerMinute": yard / perMinute, "YardPerHour": yard / perHour, "Knot": 1852 / perHour, "MilePerHour": 1760 * yard / perHour,
}

// Units of volume in cubic metres. An acre-foot is what Kusto gives, which is
// rounded to six digits.
var volumes = factors{
	"CubicMeter": 1, "HectocubicMeter": hecto, "KilocubicMeter": kilo, "CubicMicrometer": 1e-18, "CubicMillimeter": 1e-9, "CubicCentimeter": 1e-6,
	"CubicDecimeter": 1e-3, "CubicHectometer": 1e6, "CubicKilometer": 1e9,
	"Liter": milli, "Microliter": micro * milli, "Milliliter": milli * milli, "Centiliter": centi * milli, "Deciliter": deci * milli,
	"Decaliter": deca * milli, "Hectoliter": hecto * milli, "Kiloliter": 1, "Megaliter": kilo,
	"CubicInch": inch * inch * inch, "CubicFoot": foot * foot * foot, "HectocubicFoot": hecto * foot * foot * foot, "KilocubicFoot": kilo * foot * foot * foot,
	"MegacubicFoot": mega * foot * foot * foot, "BoardFoot": foot * foot * foot / 12, "CubicYard": yard * yard * yard, "CubicMile": 1609.344 * 1609.344 * 1609.344,
	"AcreFoot": 1 / 0.000810714,
	"UsGallon": usGallon, "DeciusGallon": deci * usGallon, "DecausGallon": deca * usGallon, "HectousGallon": hecto * usGallon, "KilousGallon": kilo * usGallon,
	"MegausGallon": mega * usGallon, "UsQuart": usGallon / 4, "UsPint": usGallon / 8, "UsCustomaryCup": usGallon / 16, "UsLegalCup": 0.00024,
	"UsOunce": usGallon / 128, "UsTablespoon": usGallon / 256, "UsTeaspoon": usGallon / 768, "UsBeerBarrel": 31 * usGallon, "OilBarrel": 42 * usGallon,
	"ImperialGallon": imperialGallon, "KiloimperialGallon": kilo * imperialGallon, "MegaimperialGallon": mega * imperialGallon,
	"ImperialPint": imperialGallon / 8, "ImperialOunce": imperialGallon / 160, "ImperialBeerBarrel": 36 * imperialGallon,
	"UkTablespoon": 1.5e-5, "AuTablespoon": 2e-5, "MetricCup": 2.5e-4, "MetricTeaspoon": 5e-6,
}

// thermometer says which temperature in kelvins stands at 0, and how many
// kelvins a degree is.
type thermometer struct{ zero, degree float64 }

var temperatures = map[string]thermometer{
	"Kelvin": {0, 1}, "DegreeCelsius": {273.15, 1}, "MillidegreeCelsius": {273.15, milli}, "DegreeFahrenheit": {459.67 * 5 / 9, 5.0 / 9},
	"DegreeRankine": {0, 5.0 / 9}, "DegreeDelisle": {373.15, -2.0 / 3}, "DegreeNewton": {273.15, 100.0 / 33}, "DegreeReaumur": {273.15, 1.25},
	"DegreeRoemer": {273.15 - 7.5*40/21, 40.0 / 21}, "SolarTemperature": {0, 5778},
}

// convertRow makes the row of a conversion. to gives the factor of a unit and the
// value at which it stands at 0; ok is false for a word that is no unit.
func convertRow(name, what string, unit func(word string) (t thermometer, ok bool)) {
	scalar(Scalar{
		Name: name, Summary: "Converts " + what + " from one unit to another.",
		Kernel: lift3n(func(x float64, from, to string) (float64, bool) {
			a, ok1 := unit(from)
			b, ok2 := unit(to)
			if !ok1 || !ok2 {
				return 0, false
			}
			if strings.EqualFold(from, to) {
				return x, true
			}
			if a.zero == 0 && b.zero == 0 {
				return x * a.degree / b.degree, true
			}
			return (x*a.degree + a.zero - b.zero) / b.degree, true
		}),
	})
}

// lookup finds a word in any case.
func lookup[T any](m map[string]T) func(word string) (T, bool) {
	folded := map[string]T{}
	for k, v := range m {
		folded[strings.ToLower(k)] = v
	}
	return func(word string) (T, bool) {
		v, ok := folded[strings.ToLower(word)]
		return v, ok
	}
}

func ofFactor(m factors) func(word string) (thermometer, bool) {
	find := lookup(m)
	return func(word string) (thermometer, bool) {
		f, ok := find(word)
		return thermometer{0, f}, ok
	}
}

func init() {
	convertRow("convert_energy", "an energy", ofFactor(energies))
	convertRow("convert_force", "a force", ofFactor(forces))
	convertRow("convert_length", "a length", ofFactor(lengths))
	convertRow("convert_mass", "a mass", ofFactor(masses))
	convertRow("convert_speed", "a speed", ofFactor(speeds))
	convertRow("convert_volume", "a volume", ofFactor(volumes))
	convertRow("convert_temperature", "a temperature", lookup(temperatures))
}

// convert_angle has one unit that is no multiple of the others: a tilt is the
// sine of an angle.
var _ = scalar(Scalar{
	Name: "convert_angle", Summary: "Converts an angle from one unit to another.",
	Kernel: lift3n(func() func(x float64, from, to string) (float64, bool) {
		find := lookup(angles)
		return func(x float64, from, to string) (float64, bool) {
			tiltFrom, tiltTo := strings.EqualFold(from, "Tilt"), strings.EqualFold(to, "Tilt")
			a, ok1 := find(from)
			b, ok2 := find(to)
			if !ok1 && !tiltFrom || !ok2 && !tiltTo {
				return 0, false
			}
			switch {
			case strings.EqualFold(from, to):
				return x, true
			case tiltFrom:
				x = math.Asin(x) * 180 / math.Pi
			default:
				x *= a
			}
			if tiltTo {
				return math.Sin(x * math.Pi / 180), true
			}
			return x / b, true
		}
	}()),
})

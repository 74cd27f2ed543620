package dynamic

import "testing"

func samples() []Value {
	bag, _ := Parse(`{"a":1,"b":[1.5,null,true,{"c":"é"}],"":"x","n":{}}`)
	return []Value{
		NullValue, FromBool(true), FromBool(false), FromLong(-7), FromLong(1 << 62), FromReal(1), FromReal(-2.5), FromString(""), FromString("höhe"),
		FromDatetime(638000000000000000), FromTimespan(-15), FromGuid("74be27de-1e4e-49d9-b579-fe0b331d3642"), FromDecimal("1.10"), bag,
		FromArray(nil), FromArray([]Value{bag, FromDatetime(5)}), FromBag([]string{"t"}, []Value{FromTimespan(9)}),
	}
}

func TestBinaryFormKeepsKindAndValue(t *testing.T) {
	for _, v := range samples() {
		raw := string(v.AppendBinary(nil))
		got, ok := FromBinary(raw)
		if !ok || got.Kind() != v.Kind() || !Equal(got, v) || got.JSON() != v.JSON() {
			t.Errorf("%s came back as %s (%v)", v.JSON(), got.JSON(), ok)
		}
		if again := string(got.AppendBinary(nil)); again != raw {
			t.Errorf("%s: the binary form of what was read differs", v.JSON())
		}
		for i, k := range v.Keys() {
			if w, ok := got.Lookup(k); !ok || !Equal(w, v.Items()[i]) {
				t.Errorf("%s: key %q is %s", v.JSON(), k, w.JSON())
			}
		}
		if _, ok := got.Lookup("no such key"); ok {
			t.Errorf("%s has a key that it has not", v.JSON())
		}
	}
}

func TestCutBinaryFormIsRefusedOrShort(t *testing.T) {
	for _, v := range samples() {
		raw := string(v.AppendBinary(nil))
		for n := range raw {
			if _, ok := FromBinary(raw[:n]); ok {
				t.Errorf("%s cut at byte %d of %d is taken", v.JSON(), n, len(raw))
			}
		}
	}
}

func FuzzFromBinary(f *testing.F) {
	for _, v := range samples() {
		f.Add(string(v.AppendBinary(nil)))
	}
	f.Fuzz(func(t *testing.T, raw string) {
		v, ok := FromBinary(raw)
		if !ok {
			return
		}
		_ = v.JSON()
		v.Lookup("a")
	})
}

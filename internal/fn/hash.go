package fn

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math/bits"

	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// digestRow makes the rows of the cryptographic hashes: of the text that
// tostring() would print, in lower-case hex.
func digestRow(name, summary string, sum func(b []byte) []byte) *Scalar {
	return scalar(Scalar{
		Name: name, Summary: summary,
		Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
			s, ask := texts(args[0]), nonNull(args, c.N)
			return collect(c, ask, func(i int) (string, bool) { return hex.EncodeToString(sum([]byte(s.at(i)))), true }), nil
		},
	})
}

var (
	_ = digestRow("hash_md5", "Gives the MD5 hash of a value's text.", func(b []byte) []byte { h := md5.Sum(b); return h[:] })
	_ = digestRow("hash_sha1", "Gives the SHA-1 hash of a value's text.", func(b []byte) []byte { h := sha1.Sum(b); return h[:] })
	_ = digestRow("hash_sha256", "Gives the SHA-256 hash of a value's text.", func(b []byte) []byte { h := sha256.Sum256(b); return h[:] })
)

// hashKernel is xxHash64 of a string's bytes, or of the eight bytes of a whole
// number or of a time's ticks, as the hashes that hll() prints show. How Kusto
// lays out other types is not documented, so they are refused.
func hashKernel(name string) Kernel {
	return func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		var sum func(i int) uint64
		switch args[0].Type {
		case types.String:
			s := viewOf[string](args[0])
			sum = func(i int) uint64 { return xxhash64([]byte(s.at(i))) }
		case types.Int, types.Long, types.Datetime, types.Timespan:
			t := viewOf[int64](args[0])
			sum = func(i int) uint64 { return xxhash64(binary.LittleEndian.AppendUint64(nil, uint64(t.at(i)))) }
		default:
			return nil, Errorf("%s() of type %s is not supported; use %s(tostring(..))", name, args[0].Type, name)
		}
		ask := nonNull(args, c.N)
		mod := view[int64]{data: []int64{0}}
		if len(args) > 1 {
			mod = ints(args[1])
		}
		return collect(c, ask, func(i int) (int64, bool) {
			h, m := int64(sum(i)), mod.at(i)
			switch {
			case len(args) < 2:
				return h, true
			case m <= 0:
				return 0, false
			}
			return (h%m + m) % m, true
		}), nil
	}
}

const onlyTexts = "only strings, whole numbers and times"

var (
	_ = scalar(Scalar{Name: "hash", Summary: "Gives the xxHash64 of a string, whole number or time.", Kernel: hashKernel("hash"), Status: Partial, Reason: onlyTexts})
	_ = scalar(Scalar{Name: "hash_xxhash64", Summary: "Gives the xxHash64 of a string, whole number or time.", Kernel: hashKernel("hash_xxhash64"), Status: Partial, Reason: onlyTexts})
	_ = scalar(Scalar{Name: "hash_many", Summary: "Gives one hash of several values.", Status: Planned, Reason: "how the hashes are combined is not documented"})
	_ = scalar(Scalar{Name: "hash_combine", Summary: "Gives one hash of several hashes.", Status: Planned, Reason: "how the hashes are combined is not documented"})
)

const (
	prime1 uint64 = 11400714785074694791
	prime2 uint64 = 14029467366897019727
	prime3 uint64 = 1609587929392839161
	prime4 uint64 = 9650029242287828579
	prime5 uint64 = 2870177450012600261
)

func xxround(acc, lane uint64) uint64 { return bits.RotateLeft64(acc+lane*prime2, 31) * prime1 }

// xxhash64 is the published hash with seed 0.
func xxhash64(b []byte) uint64 {
	h, n := prime5, uint64(len(b))
	if len(b) >= 32 {
		p1, p2 := prime1, prime2
		v := [4]uint64{p1 + p2, p2, 0, -p1}
		for ; len(b) >= 32; b = b[32:] {
			for k := range v {
				v[k] = xxround(v[k], binary.LittleEndian.Uint64(b[8*k:]))
			}
		}
		h = bits.RotateLeft64(v[0], 1) + bits.RotateLeft64(v[1], 7) + bits.RotateLeft64(v[2], 12) + bits.RotateLeft64(v[3], 18)
		for _, x := range v {
			h = (h^xxround(0, x))*prime1 + prime4
		}
	}
	h += n
	for ; len(b) >= 8; b = b[8:] {
		h = bits.RotateLeft64(h^xxround(0, binary.LittleEndian.Uint64(b)), 27)*prime1 + prime4
	}
	if len(b) >= 4 {
		h = bits.RotateLeft64(h^uint64(binary.LittleEndian.Uint32(b))*prime1, 23)*prime2 + prime3
		b = b[4:]
	}
	for _, c := range b {
		h = bits.RotateLeft64(h^uint64(c)*prime5, 11) * prime1
	}
	h = (h ^ h>>33) * prime2
	h = (h ^ h>>29) * prime3
	return h ^ h>>32
}

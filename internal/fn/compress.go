package fn

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"hash/adler32"
	"hash/crc32"
	"io"
	"unicode/utf8"
)

// maxInflated bounds what a compressed text may grow to.
const maxInflated = 64 << 20

// inflateRow makes the rows that read base64 of compressed text. What cannot
// be read, is no UTF-8 or grows beyond maxInflated gives the empty string.
func inflateRow(name, summary string, open func(r io.Reader) (io.Reader, error)) *Scalar {
	return scalar(Scalar{
		Name: name, Summary: summary,
		Kernel: lift1n(func(s string) (string, bool) {
			raw, err := base64.StdEncoding.DecodeString(s)
			if err != nil {
				return "", false
			}
			r, err := open(bytes.NewReader(raw))
			if err != nil {
				return "", false
			}
			out, err := io.ReadAll(io.LimitReader(r, maxInflated+1))
			return string(out), err == nil && len(out) <= maxInflated && utf8.Valid(out)
		}),
	})
}

// stored is the longest text that one stored block of deflate can hold.
const stored = 1<<16 - 1

// deflated is text in the form of deflate. What does not become shorter is
// stored as it is, in one block, as the documented results show.
func deflated(s string) ([]byte, error) {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.DefaultCompression)
	if err != nil {
		return nil, err
	}
	if _, err = io.WriteString(w, s); err == nil {
		err = w.Close()
	}
	if n := len(s); err == nil && n <= stored && n+5 <= b.Len() {
		out := binary.LittleEndian.AppendUint16([]byte{1}, uint16(n))
		out = binary.LittleEndian.AppendUint16(out, ^uint16(n))
		return append(out, s...), nil
	}
	return b.Bytes(), err
}

// The heads of zlib and gzip data: deflate, nothing said about level, time and
// system.
const (
	zlibHead = "\x78\x01"
	gzipHead = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
)

func deflateRow(name, summary, head string, sum func(out []byte, s string) []byte) *Scalar {
	return scalar(Scalar{
		Name: name, Summary: summary,
		Status: Partial, Reason: "reads back the same, but the compressed bytes can differ from Kusto's",
		Kernel: lift1n(func(s string) (string, bool) {
			body, err := deflated(s)
			out := sum(append([]byte(head), body...), s)
			return base64.StdEncoding.EncodeToString(out), err == nil
		}),
	})
}

var (
	_ = inflateRow("gzip_decompress_from_base64_string", "Reads text that was compressed with gzip and written in base64.",
		func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) })
	_ = inflateRow("zlib_decompress_from_base64_string", "Reads text that was compressed with zlib and written in base64.",
		func(r io.Reader) (io.Reader, error) { return zlib.NewReader(r) })
	_ = deflateRow("gzip_compress_to_base64_string", "Compresses text with gzip and writes it in base64.", gzipHead,
		func(out []byte, s string) []byte {
			out = binary.LittleEndian.AppendUint32(out, crc32.ChecksumIEEE([]byte(s)))
			return binary.LittleEndian.AppendUint32(out, uint32(len(s)))
		})
	_ = deflateRow("zlib_compress_to_base64_string", "Compresses text with zlib and writes it in base64.", zlibHead,
		func(out []byte, s string) []byte {
			return binary.BigEndian.AppendUint32(out, adler32.Checksum([]byte(s)))
		})
)

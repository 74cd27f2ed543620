package fn

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
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

func deflateRow(name, summary string, open func(w io.Writer) io.WriteCloser) *Scalar {
	return scalar(Scalar{
		Name: name, Summary: summary,
		Status: Partial, Reason: "reads back the same, but the compressed bytes can differ from Kusto's",
		Kernel: lift1n(func(s string) (string, bool) {
			var b bytes.Buffer
			w := open(&b)
			if _, err := io.WriteString(w, s); err != nil {
				return "", false
			}
			err := w.Close()
			return base64.StdEncoding.EncodeToString(b.Bytes()), err == nil
		}),
	})
}

var (
	_ = inflateRow("gzip_decompress_from_base64_string", "Reads text that was compressed with gzip and written in base64.",
		func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) })
	_ = inflateRow("zlib_decompress_from_base64_string", "Reads text that was compressed with zlib and written in base64.",
		func(r io.Reader) (io.Reader, error) { return zlib.NewReader(r) })
	_ = deflateRow("gzip_compress_to_base64_string", "Compresses text with gzip and writes it in base64.",
		func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) })
	_ = deflateRow("zlib_compress_to_base64_string", "Compresses text with zlib and writes it in base64.",
		func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) })
)
